"""What exists once per edition and knows its others: rows of articles, tags and pages, and the addresses of a page."""

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from newsroom.cache import depends_on


def editions():
    """Return (code, name) of each edition, the first one first."""
    return settings.LANGUAGES


def default_edition():
    return settings.LANGUAGE_CODE


class Translatable(models.Model):
    """One row per language; rows of one `group` say the same thing in different languages."""

    group = models.UUIDField(_("translation group"), default=uuid.uuid4, editable=False)
    language = models.CharField(_("language"), max_length=12, choices=editions, default=default_edition)

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["group", "language"], name="%(class)s_one_per_language"),
            models.UniqueConstraint(
                fields=["language", "slug"],
                name="%(class)s_slug_per_language",
                violation_error_message=_("Another one in this language has this address already."),
            ),
        ]

    def in_language(self):
        """Return a context manager under which addresses and texts are this row's language's."""
        return translation.override(self.language)

    def siblings(self):
        """Return the rows of the other languages, as a queryset; the caller adds what may be seen."""
        return type(self)._default_manager.filter(group=self.group).exclude(pk=self.pk)


def in_every_edition(name, *args):
    """Return edition to address, for a page that every edition has."""
    addresses = {}
    for code in settings.EDITIONS:
        with translation.override(code):
            addresses[code] = reverse(name, args=args)
    return addresses


def with_siblings(thing, siblings):
    """Return edition to address, of `thing` and of what says the same in other languages."""
    depends_on(f"group:{thing.group}")
    found = {row.language: row.get_absolute_url() for row in (thing, *siblings)}
    return {code: found[code] for code in settings.EDITIONS if code in found}
