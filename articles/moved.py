"""An address without a page: where it leads now, whether it is gone, or that readers miss it. Good pages never come here."""

import logging
import re

from django.conf import settings
from django.contrib.redirects.models import Redirect
from django.db import DatabaseError
from django.http import HttpResponseGone, HttpResponsePermanentRedirect
from django.urls import is_valid_path, reverse
from django.views.defaults import page_not_found

from articles.models import FormerAddress, MissedAddress
from articles.models.address import LONGEST, KeepsAddress
from newsroom.limits import allow
from newsroom.middleware import is_desk

logger = logging.getLogger(__name__)

# What may follow the address of an article, a tag, an author or a dossier, and follows them when they move.
PARTS = re.compile(
    r"(?P<base>/.*?)/?(?P<rest>\.md|\.json|/page/\d+/|/feed/(?:[\w-]+/)?|/feed\.json"
    r"|/comment/(?:[\w-]+/)?|/comment-page-\d+/|/(?:reply|report)/[\w-]+/)?/?",
    re.DOTALL,
)
HOPS = 5
GONE = object()
# Asked for by those who try doors, not by readers.
PROBES = re.compile(r"wp-|/\.|//|\.(?!html?$)[^/]*$|@|%", re.IGNORECASE)
NOTES_A_MINUTE = 30


def not_found(request, exception):
    """Answer 301, 410 or 404 (Django's handler404)."""
    if request.method in ("GET", "HEAD") and request.path.isprintable() and not is_desk(request):
        number = wordpress_number(request)
        asked = f"{request.path}?p={number}" if number else request.get_full_path()
        target = destination(asked)
        if target is GONE:
            return HttpResponseGone()
        if target and target != asked:
            return HttpResponsePermanentRedirect(target)
        if request.method == "GET":
            note(asked if number else request.path)
    return page_not_found(request, exception)


def wordpress_number(request):
    """Return the 123 of /?p=123, by which WordPress knows an article before it has an address; else empty."""
    number = request.GET.get("p", "")
    is_one = number.isascii() and number.isdecimal() and len(number) <= 12
    return number if is_one and request.path == reverse("front_page") else ""


def destination(path):
    """Return the address at which what was at `path` stands now, GONE, or None. One answer, however often it moved."""
    found = None
    for _hop in range(HOPS):
        target = _by_hand(path) or _moved(path) or _in_small_letters(path)
        if target is None or target is GONE:
            return target or found
        found = path = target
    return None  # a circle


def _by_hand(path):
    """Look the path up in the redirects that the desk keeps: with its query first, then without."""
    bare = path.partition("?")[0].rstrip("/")
    spellings = (path, f"{bare}/", bare)
    redirects = Redirect.objects.filter(site_id=settings.SITE_ID, old_path__in=spellings)
    known = dict(redirects.values_list("old_path", "new_path"))
    target = next((known[old] for old in spellings if old in known), None)
    if target == "":
        return GONE
    return target if target and target.startswith(("/", "https://", "http://")) else None


def _moved(path):
    """Look the path up among the former addresses; what followed the old one follows the new one."""
    if not path.startswith("/") or len(path) > 2 * LONGEST:
        return None
    base, rest = PARTS.fullmatch(path.partition("?")[0]).group("base", "rest")
    former = FormerAddress.objects.filter(path=f"{base}/").first()
    if not former:
        return None
    row = former.find()
    if row is None or not row.is_public:
        return GONE
    target = row.get_absolute_url().removesuffix("/") + (rest or "/")
    return target if target != path else None


def _in_small_letters(path):
    """Return the path as addresses are written, in small letters, when there is something at it."""
    small = path.partition("?")[0].lower()
    if small == path.partition("?")[0] or len(small) > 2 * LONGEST:
        return None
    return small if _is_page(small) or _by_hand(small) or _moved(small) else None


def _is_page(path):
    base = PARTS.fullmatch(path)["base"]
    slug = base.rpartition("/")[2]
    rows = (row for model in KeepsAddress.__subclasses__() for row in model._base_manager.filter(slug=slug))
    return any(row.is_public and f"{base}/" in row.public_paths() for row in rows)


def note(path):
    """Write down that a path is missed, if a reader may have meant it; so seldom that a flood changes nothing."""
    if len(path) > LONGEST or PROBES.search(path) or (not path.endswith("/") and is_valid_path(f"{path}/")):
        return
    if not allow("missed", "", NOTES_A_MINUTE, 60):
        return
    try:
        MissedAddress.note(path)
    except DatabaseError as error:
        logger.warning("a missed address was not noted (%s)", type(error).__name__)
