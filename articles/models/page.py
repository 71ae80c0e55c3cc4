"""What stands beside the news: about, contact, legal notice, privacy."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from articles import body
from articles.models.address import KeepsAddress
from articles.models.photo import ShowsPhotos
from articles.publication import Published, PublishedQuerySet
from articles.slugs import check_slug
from articles.translations import Translatable
from newsroom.folding import alphabetical
from newsroom.html import CleanHTMLField
from newsroom.typography import typeset


class PageQuerySet(PublishedQuerySet):
    def footer(self, language):
        """What the foot of one edition's pages links to, in its order."""
        return (
            self.published()
            .filter(language=language, position__isnull=False)
            .order_by("position", alphabetical("title"))
        )

    def next_position(self, language):
        """Return the place after the last one at the foot of an edition's pages, of the first edition where none is said."""
        pages = self.filter(language=language or settings.LANGUAGE_CODE)
        return (pages.aggregate(last=models.Max("position"))["last"] or 0) + 1


class Page(Published, ShowsPhotos, KeepsAddress, Translatable):
    class Kind(models.TextChoices):
        ABOUT = "about", _("About")
        CONTACT = "contact", _("Contact")
        LEGAL = "legal", _("Legal notice")
        PRIVACY = "privacy", _("Privacy")
        OTHER = "other", _("Other")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.OTHER)
    title = models.CharField(_("title"), max_length=120)
    slug = models.SlugField(_("address"), max_length=100, validators=[check_slug])
    body = CleanHTMLField(_("text"), policy=body.POLICY, blank=True)
    position = models.PositiveSmallIntegerField(
        _("place at the foot of pages"), null=True, blank=True, help_text=_("Empty: not there.")
    )
    published_at = models.DateTimeField(pgettext_lazy("date", "published"), null=True, blank=True, default=timezone.now)
    modified_at = models.DateTimeField(auto_now=True)

    objects = PageQuerySet.as_manager()

    class Meta(Translatable.Meta):
        verbose_name, verbose_name_plural = _("page"), _("pages")
        ordering = ["language", "position", "title"]

    def __str__(self):
        return typeset(self.title, self.language)

    def get_absolute_url(self):
        with self.in_language():
            return reverse("article", args=[self.slug])
