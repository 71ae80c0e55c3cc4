"""Dossiers: articles that are read in order, each with its place."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from articles.models.address import KeepsAddress
from articles.models.article import Article
from articles.publication import published
from articles.translations import Translatable
from newsroom.typography import typeset


class DossierQuerySet(models.QuerySet):
    def published(self):
        """Those of which readers can read something."""
        entries = DossierEntry.objects.filter(dossier=models.OuterRef("pk"))
        return self.filter(models.Exists(entries.filter(published("article__"))))

    def edition(self, language):
        return self.filter(language=language)


class Dossier(KeepsAddress, Translatable):
    title = models.CharField(_("title"), max_length=120)
    slug = models.SlugField(_("address"), max_length=100)
    description = models.TextField(
        _("description"), max_length=500, blank=True, help_text=_("It stands on the dossier’s page.")
    )
    position = models.PositiveSmallIntegerField(
        _("place among the dossiers"), default=0, help_text=_("The lowest number stands first.")
    )

    objects = DossierQuerySet.as_manager()

    class Meta(Translatable.Meta):
        verbose_name, verbose_name_plural = _("dossier"), _("dossiers")
        ordering = ["position", "-pk"]

    def __str__(self):
        return typeset(self.title, self.language)

    def get_absolute_url(self):
        with self.in_language():
            return reverse("dossier", args=[self.slug])

    @property
    def is_public(self):
        return type(self).objects.published().filter(pk=self.pk).exists()

    def articles(self):
        """Return its published articles in their order."""
        found = Article.objects.published().filter(dossier_entry__dossier=self)
        return found.order_by("dossier_entry__position", "dossier_entry__pk")


class DossierEntryQuerySet(models.QuerySet):
    def let_go(self, article):
        """Take an article out of a dossier of another language than its own; return that dossier, or None."""
        entry = self.filter(article=article).exclude(dossier__language=article.language).first()
        if entry:
            entry.delete()
        return entry and entry.dossier


class DossierEntry(models.Model):
    """An article's place. It has one at most: what comes before and after it must be clear."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="entries", verbose_name=_("dossier"))
    article = models.OneToOneField(Article, models.CASCADE, related_name="dossier_entry", verbose_name=_("article"))
    position = models.PositiveSmallIntegerField(_("place"), default=0)

    objects = DossierEntryQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("part"), _("parts")
        ordering = ["position", "pk"]
        indexes = [models.Index(fields=["dossier", "position"], name="dossier_in_order")]

    def __str__(self):
        return f"{self.position}. {self.article}"

    def clean(self):
        if self.article_id and self.dossier_id and self.article.language != self.dossier.language:
            raise ValidationError({"article": _("This article is not in the language of the dossier.")})


@dataclass(frozen=True)
class Place:
    """Where an article stands in its dossier: “part 2 of 5”, and what comes before and after it."""

    dossier: Dossier
    number: int
    total: int
    previous: Article | None
    next: Article | None


def place_of(article):
    """Return the Place of a published article, or None: one query for an article in a dossier, none for another.

    It counts what readers can read now. The article must come from `for_page`.
    """
    entry = getattr(article, "dossier_entry", None)
    if entry is None:
        return None
    parts = list(entry.dossier.articles().only("language", "slug", "title"))
    if article not in parts:
        return None
    index = parts.index(article)
    after = parts[index + 1] if index + 1 < len(parts) else None
    return Place(entry.dossier, index + 1, len(parts), parts[index - 1] if index else None, after)
