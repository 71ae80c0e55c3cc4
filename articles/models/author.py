"""Who signs: the author, the links by which readers support, follow and write."""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models, transaction
from django.urls import reverse

from articles.models.address import KeepsAddress
from articles.services import HOSTS, Service, completed
from articles.slugs import free_slug
from articles.translations import default_edition, editions
from newsroom.borrowed_words import gettext_lazy as _
from newsroom.translated import TranslatedTextField

NAMELESS = "author"  # the address of who has no letter in his name


class AuthorQuerySet(models.QuerySet):
    def for_page(self):
        """With all that an author box draws."""
        return self.select_related("portrait").prefetch_related("links", "works")

    def site_author(self):
        """The one whose site this is, with links; None before there is one."""
        return self.for_page().filter(is_site_author=True).first()

    def named(self, name, account=None):
        """Return an author of that name, not saved, with an address that is free."""
        taken = set(self.values_list("slug", flat=True))
        return self.model(name=name[:80], slug=free_slug(name, taken.__contains__, NAMELESS), account=account)

    def signing(self, user):
        """Return who signs what a person writes: the author of his account, else the site's.

        On a new site that is one of his name, not saved.
        """
        author = self.filter(account=user).first() or self.site_author() or self.first()
        return author or self.named(user.get_full_name() or user.get_username())

    def nobody_yet(self):
        """Return the site's author while nothing is said of him but the name by which somebody logs in; else None."""
        said = {"portrait": None, "role": {}, "biography": {}, "web_since": None, "links": None, "works": None}
        names = get_user_model().objects.values("username")
        return self.filter(is_site_author=True, name__in=names, **said).first()


class Author(KeepsAddress):
    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("address"), max_length=80, unique=True)
    portrait = models.ForeignKey(
        "articles.Photo", models.SET_NULL, null=True, blank=True, verbose_name=_("portrait"), related_name="portrays"
    )
    role = TranslatedTextField(_("role"), max_length=120)
    biography = TranslatedTextField(_("biography"), max_length=800, multiline=True)
    web_since = models.PositiveSmallIntegerField(
        _("on the web since"), null=True, blank=True, validators=[MinValueValidator(1989), MaxValueValidator(2100)]
    )
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="author",
        verbose_name=_("account"),
        help_text=_("Who logs in as this author: articles written there are signed with this name."),
    )
    is_site_author = models.BooleanField(_("this site’s author"), default=False)

    objects = AuthorQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("author"), _("authors")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_site_author"],
                condition=models.Q(is_site_author=True),
                name="one_site_author",
                violation_error_message=_("The site has its author already."),
            )
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **options):
        """Keep exactly one as the site's author: the first one is, and whoever is said to be takes the place."""
        others = type(self).objects.filter(is_site_author=True).exclude(pk=self.pk)
        with transaction.atomic():
            if self.is_site_author:
                others.update(is_site_author=False)
            else:
                self.is_site_author = not others.exists()
            super().save(*args, **options)

    def get_absolute_url(self):
        return reverse("author", args=[self.slug])

    def may_be_changed_by(self, user):
        """Tell whether a person who changes authors may change this one: the site's, and another's, only he and an owner."""
        own = self.account_id == user.pk
        return own or user.is_superuser or not (self.account_id or self.is_site_author)

    @property
    def initials(self):
        words = self.name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    def _links(self, purpose):
        return [link for link in self.links.all() if link.purpose == purpose]

    @property
    def support_links(self):
        return self._links(AuthorLink.Purpose.SUPPORT)

    @property
    def follow_links(self):
        return self._links(AuthorLink.Purpose.FOLLOW)

    @property
    def contact_links(self):
        return self._links(AuthorLink.Purpose.CONTACT)


IN_SUPPORT_CALL = 3  # more buttons than that are a list, which stands in the author's box


class AuthorLinkQuerySet(models.QuerySet):
    def of_the_site(self):
        """Return the links of the site's author as a dict: purpose to list. For support, those of the support call."""
        links = {purpose: [] for purpose in AuthorLink.Purpose.values}
        for link in self.filter(author__is_site_author=True):
            links[link.purpose].append(link)
        return links | {AuthorLink.Purpose.SUPPORT: links[AuthorLink.Purpose.SUPPORT][:IN_SUPPORT_CALL]}


class AuthorLink(models.Model):
    """One way to support, to follow or to write to an author."""

    class Purpose(models.TextChoices):
        SUPPORT = "support", _("Support")
        FOLLOW = "follow", _("Follow")
        CONTACT = "contact", _("Contact")

    SERVICES = {
        Purpose.SUPPORT: {
            Service.PATREON, Service.BUYMEACOFFEE, Service.LIBERAPAY, Service.KOFI, Service.TIPEEE,
            Service.PAYPAL, Service.OPENCOLLECTIVE, Service.GITHUB, Service.OTHER,
        },
        Purpose.FOLLOW: {
            Service.FACEBOOK, Service.TELEGRAM, Service.MASTODON, Service.BLUESKY, Service.YOUTUBE,
            Service.RSS, Service.OTHER,
        },
        Purpose.CONTACT: set(Service),
    }  # fmt: skip

    author = models.ForeignKey(Author, models.CASCADE, related_name="links")
    purpose = models.CharField(_("purpose"), max_length=8, choices=Purpose)
    service = models.CharField(_("service"), max_length=16, choices=Service)
    url = models.CharField(
        _("address"), max_length=300, help_text=_("https://…; for an e-mail address, mailto:name@example.org")
    )
    label = TranslatedTextField(_("label"), max_length=60, help_text=_("Empty: the name of the service."))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = AuthorLinkQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("link"), _("links")
        ordering = ["purpose", "position", "pk"]

    def __str__(self):
        return str(self.label) or self.get_service_display()

    def clean_fields(self, exclude=None):
        self.url = completed(self.url, self.service)
        super().clean_fields(exclude)

    def clean(self):
        if self.purpose and self.service and self.service not in self.SERVICES[self.purpose]:
            raise ValidationError({"service": _("This service is not for this purpose.")})
        if self.url:
            self._clean_url()

    def _clean_url(self):
        if self.service == Service.EMAIL:
            if not self.url.startswith("mailto:") or "@" not in self.url:
                raise ValidationError({"url": _("Write mailto: and the address: mailto:name@example.org")})
            return
        if re.match(r"/(?![/\\])", self.url) and self.purpose != self.Purpose.SUPPORT:
            return
        try:
            URLValidator(["https"])(self.url)
        except ValidationError:
            raise ValidationError({"url": _("This must be an address that begins with https://")}) from None
        hosts, parts = HOSTS.get(self.service), urlsplit(self.url)
        host = parts.hostname or ""
        if hosts and (parts.netloc.lower() != host or not parts.path.strip("/")):
            raise ValidationError({"url": _("This is the service’s own page: add the name that you have there.")})
        if hosts and not any(host == known or host.endswith(f".{known}") for known in hosts):
            raise ValidationError(
                {
                    "url": _("An address of %(service)s begins with https://%(host)s/")
                    % {"service": self.get_service_display(), "host": hosts[0]}
                }
            )


class Work(models.Model):
    """A book, a film, an inquiry: what the author box may name."""

    author = models.ForeignKey(Author, models.CASCADE, related_name="works")
    title = models.CharField(_("title"), max_length=160)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    language = models.CharField(_("language of the title"), max_length=12, choices=editions, default=default_edition)
    url = models.CharField(_("address"), max_length=300, blank=True, validators=[URLValidator(["https", "http"])])
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("book or work"), _("books and works")
        ordering = ["position", "-year", "pk"]

    def __str__(self):
        return self.title

    def clean_fields(self, exclude=None):
        self.url = completed(self.url)
        super().clean_fields(exclude)
