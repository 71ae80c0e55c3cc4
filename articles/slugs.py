"""Addresses made from titles, and those that no article or page may take."""

import itertools
import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

# First segments of addresses that the site uses itself, or that WordPress sites have in use.
RESERVED = frozenset(
    """
    admin api archives author authors category comments dossier dossiers embed feed healthz letter lettre media
    newsletter oembed page photos preview recherche robots rss search sitemap static support tag tags
    wp-admin wp-content wp-includes wp-json wp-login
    """.split()
)
LIGATURES = str.maketrans(
    {"œ": "oe", "Œ": "Oe", "æ": "ae", "Æ": "Ae", "ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"}
)


def slug_from(title, length=80):
    """Return an ASCII slug of at most `length` signs, cut between words: « L’œuvre d’été » gives l-oeuvre-d-ete."""
    words = slugify(re.sub(r"['’ʼ]", " ", title.translate(LIGATURES)))
    if len(words) > length:
        words = words[: length + 1].rpartition("-")[0] or words[:length]
    return words.strip("-_")


def free_slug(title, is_taken, otherwise, length=80):
    """Return an address made from `title` that `is_taken(slug)` does not know: l-eau, l-eau-2, l-eau-3…"""
    slug = slug_from(title, length) or otherwise
    candidates = itertools.chain([slug], (f"{slug}-{number}" for number in itertools.count(2)))
    return next(free for free in candidates if not is_taken(free))


def made_from(slug, title, otherwise):
    """Tell whether `free_slug` may have made an address from a title."""
    return bool(re.fullmatch(re.escape(slug_from(title) or otherwise) + r"(-\d+)?", slug))


def is_reserved(slug):
    """Tell an address that means something else on this site."""
    return slug in RESERVED or slug in settings.EDITIONS or bool(re.fullmatch(r"\d{4}", slug))


def check_slug(slug):
    """Refuse an address that means something else on this site."""
    if is_reserved(slug):
        raise ValidationError(_("The site uses the address “%(slug)s” itself: choose another."), params={"slug": slug})
