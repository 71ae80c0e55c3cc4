"""An address without a page: where it leads now, whether it is gone, or that readers miss it. Good pages never come here."""

import logging
import re

from django.conf import settings
from django.contrib.redirects.models import Redirect
from django.db import DatabaseError
from django.http import HttpResponseGone, HttpResponsePermanentRedirect
from django.urls import is_valid_path, reverse
from django.utils.encoding import iri_to_uri
from django.views.defaults import page_not_found

from articles.models import FormerAddress, MissedAddress
from articles.models.address import LONGEST, KeepsAddress
from newsroom.errors import nothing_at_desk
from newsroom.limits import allow
from newsroom.middleware import is_desk

logger = logging.getLogger(__name__)

# What may follow the address of an article, a tag, an author or a dossier, and follows them when they move.
PARTS = re.compile(
    r"(?P<base>/.*?)/?(?P<rest>\.md|\.json|/page/\d+/|/feed/(?:[\w-]+/)?|/feed\.json"
    r"|/comment/(?:[\w-]+/)?|/comment-page-\d+/|/(?:reply|report)/[\w-]+/)?/?",
    re.DOTALL,
)
# Where WordPress has articles, at /2026/11/23/slug/, and topics, at /category/news/slug/; both in any edition.
DATED = re.compile(r"((?:/[a-z-]+)?)/[12]\d{3}/[01]\d(?:/[0-3]\d)?(/[^/]+)")
CATEGORY = re.compile(r"((?:/[a-z-]+)?)/category/(?:.*/)?([^/]+)")
NUMBERS = ("p", "page_id")
HOPS = 5
GONE = object()
# Asked for by those who try doors, not by readers.
PROBES = re.compile(r"wp-|/\.|//|\.(?!html?$)[^/]*$|@|%", re.IGNORECASE)
NOTES_A_MINUTE = 30


def not_found(request, exception):
    """Answer 301, 410 or 404 (Django's handler404)."""
    if is_desk(request):
        return nothing_at_desk(request)
    if request.method in ("GET", "HEAD") and request.path.isprintable():
        number = wordpress_number(request)
        query = number or request.META.get("QUERY_STRING", "")
        asked = f"{request.path}?{query}" if query else request.path
        target = destination(asked)
        if target is GONE:
            return HttpResponseGone()
        if target and target != asked:
            return HttpResponsePermanentRedirect(target)
        if request.method == "GET":
            note(asked if number else request.path)
    return page_not_found(request, exception)


def wordpress_number(request):
    """Return p=123 of /?p=123, or page_id=123: so WordPress knows what has no address yet; else empty."""
    name = next((name for name in NUMBERS if name in request.GET), "")
    number = request.GET.get(name, "")
    is_one = number.isascii() and number.isdecimal() and len(number) <= 12
    return f"{name}={number}" if is_one and request.path == reverse("front_page") else ""


def destination(path):
    """Return the address at which what was at `path` stands now, GONE, or None. One answer, however often it moved."""
    found = None
    for _hop in range(HOPS):
        target = _by_hand(path) or _moved(path) or _taken_back(path) or _as_written_here(path)
        if target is None or target is GONE:
            return target or found
        found = path = target
    return None  # a circle


def _by_hand(path):
    """Look the path up in the redirects that the desk keeps: with its query first, then without; é may be %C3%A9 there."""
    bare = path.partition("?")[0].rstrip("/")
    spellings = [path, f"{bare}/", bare]
    spellings += [iri_to_uri(one) for one in spellings]
    redirects = Redirect.objects.filter(site_id=settings.SITE_ID, old_path__in=spellings)
    known = dict(redirects.values_list("old_path", "new_path"))
    target = next((known[old] for old in spellings if old in known), None)
    if target == "":
        return GONE
    return target if target and target.startswith(("/", "https://", "http://")) else None


def _moved(path):
    """Look the path up among the former addresses; what followed the old one follows the new one."""
    if not _may_be_ours(path):
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


def _may_be_ours(path):
    return path.startswith("/") and len(path) <= 2 * LONGEST


def _taken_back(path):
    """Return GONE when readers could see once what has this address, and nobody may see it now."""
    rows = _rows_at(path)
    return GONE if any(row.was_public for row in rows) and not any(row.is_public for row in rows) else None


def _as_written_here(path):
    """Return the path in small letters, without WordPress's date or category, when there is or was something at it."""
    asked = path.partition("?")[0]
    if not _may_be_ours(asked):
        return None
    answers = (_is_page, _by_hand, _moved, _taken_back)
    spellings = (one for one in map(_ours, dict.fromkeys((asked, asked.lower()))) if one != asked)
    return next((one for one in spellings if any(answer(one) for answer in answers)), None)


def _ours(path):
    base, rest = PARTS.fullmatch(path).group("base", "rest")
    for theirs, ours in ((DATED, r"\1\2"), (CATEGORY, r"\1/tag/\2")):
        if found := theirs.fullmatch(base):
            base = found.expand(ours)
    return base.rstrip("/") + (rest or "/")


def _is_page(path):
    return any(row.is_public for row in _rows_at(path))


def _rows_at(path):
    """Return the rows whose address this is, or begins this, whoever may see them."""
    if not _may_be_ours(path):
        return []
    base = PARTS.fullmatch(path.partition("?")[0])["base"]
    slug = base.rpartition("/")[2]
    rows = (row for model in KeepsAddress.__subclasses__() for row in model._base_manager.filter(slug=slug))
    return [row for row in rows if f"{base}/" in row.public_paths()]


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
