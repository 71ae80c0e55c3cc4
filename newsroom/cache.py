"""Which pages may be kept, for how long, what they were made from, and what a change makes stale.

A page is made from what was read to draw it. Every row of a `Watched` model that is read while a page is drawn counts
by itself (`article:12`); what is not there yet, such as the next article of a list, a view names: `depends_on`.
Whatever is true only until some moment says so: `good_until`. A change says what it touches: `purge`.
"""

import time
from contextvars import ContextVar
from functools import lru_cache, wraps

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from newsroom.answers import names_in
from newsroom.page_store import SITE, PageStore
from newsroom.release import release

LONGEST = 3600  # seconds that a page is kept
MANY = 60  # rows of one model, beyond which a page depends on all of them

_drawing = ContextVar("drawing", default=None)
_moments = []
_found = {}


class Drawing:
    """What is learnt about a page, or a part of one, while it is drawn: `with Drawing() as drawing`.

    It is good for `life` seconds at most.
    """

    def __init__(self, life=LONGEST):
        self.tags, self.until = {SITE}, time.time() + life

    def __enter__(self):
        self.token = _drawing.set(self)
        return self

    def __exit__(self, *failure):
        _drawing.reset(self.token)

    def few_tags(self):
        """Return the tags, many rows of one model made one: a sitemap depends on every article."""
        rows = {}
        for tag in self.tags:
            model, found, key = tag.partition(":")
            if found and key.isdecimal():
                rows.setdefault(model, []).append(tag)
        many = {model: tags for model, tags in rows.items() if len(tags) > MANY}
        return sorted(self.tags.difference(*many.values()) | set(many))


class Watched:
    """For a model whose rows, once read, are part of the page that is being drawn."""

    @classmethod
    def from_db(cls, *arguments):
        row = super().from_db(*arguments)
        if _drawing.get():
            depends_on(tag_of(row))
        return row


def tag_of(row):
    return f"{row._meta.model_name}:{row.pk}"


def depends_on(*tags):
    """Say that the page being drawn changes with these."""
    if drawing := _drawing.get():
        drawing.tags.update(tags)


def good_until(moment):
    """Say that the page being drawn changes at a moment, if it is still to come. None: at no moment."""
    if (drawing := _drawing.get()) and moment and (seconds := moment.timestamp()) > time.time():
        drawing.until = min(drawing.until, seconds)


def changes_with(part):
    """Say that the page being drawn shows a kept part (newsroom/parts.py): it depends on the same, and is good as long."""
    if drawing := _drawing.get():
        drawing.tags.update(part.tags)
        drawing.until = min(drawing.until, part.until)


def until_every(find):
    """Decorate a function that returns the next moment at which any page may change by itself, or None."""
    _moments.append(find)
    return find


def next_moment():
    """Return the next moment at which any page may change by itself; None when there is none.

    It is found anew once anything was purged, since whatever changes it purges the lists it changes.
    """
    store, now = page_store(), time.time()
    mark = store and store.mark()
    kept_in, since, moment = _found.get("moment", (None, None, None))
    if mark and (kept_in, since) == (store, mark) and (moment is None or moment.timestamp() > now):
        return moment
    moment = min(filter(None, (find() for find in _moments)), default=None)
    _found["moment"] = store, mark, moment
    return moment


def until_any_moment():
    """Say that what is being drawn changes when any page may."""
    if _drawing.get():
        good_until(next_moment())


def purge(*tags, at_once=False):
    """Forget, once the change is committed, every page that was made from one of these. `SITE`: all pages.

    Purging a row also purges what depends on all rows of its model. `at_once`: nobody is shown one for a moment longer,
    where pages are drawn ahead (newsroom/ahead.py), since it shows what is gone or what its reader has just changed.
    """
    tags = {*tags, *(tag.partition(":")[0] for tag in tags if tag.partition(":")[2].isdecimal())}
    if tags and (store := page_store()):
        note = store.owe(tags) if transaction.get_connection().in_atomic_block else None
        transaction.on_commit(lambda: store.purge(tags, at_once, note), robust=True)
    if tags and settings.CDN:
        from newsroom import cdn  # needs the models, which need this module

        cdn.stale(tags)


def page_store():
    """Return the site's store of pages; None when it is switched off."""
    return _store(str(settings.PAGE_STORE), release()) if settings.PAGE_STORE else None


@lru_cache
def _store(place, release):
    if "://" not in place:
        return PageStore(place, release, settings.PAGE_FILES)
    from newsroom.redis_pages import RedisPageStore  # its library is there where it is wanted

    return RedisPageStore(place, release)


def public_page(view=None, *, max_age=60, query=()):
    """Make `view` a page for everybody: read only, kept by any cache for a minute and shown for another while it asks again.

    `query` names what the view reads in a query string; all else there is ignored, and makes no second copy. A view
    that looks at the query and does not say so is not kept here.

    No CSRF check: nothing is written, and an odd method shall hear 405, not 403.
    """
    if view is None:
        return lambda view: public_page(view, max_age=max_age, query=query)

    @csrf_exempt
    @require_safe
    @wraps(view)
    def wrapper(request, *args, **kwargs):
        store = page_store()
        if store and may_be_kept(request, query):
            return _draw_once(store, request, lambda: draw(request, *args, **kwargs), query)
        return draw(request, *args, **kwargs)

    wrapper.is_public = True

    def draw(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        if response.status_code == 200:
            patch_cache_control(response, public=True, max_age=max_age, stale_while_revalidate=60)
        return response

    return wrapper


def may_be_kept(request, query):
    """Tell whether a request asks for what everybody gets, at the one address it has."""
    match = request.resolver_match
    try:
        address = reverse(match.view_name, args=match.args, kwargs=match.kwargs)
    except NoReverseMatch:
        return False
    return (
        request.path == request.META["PATH_INFO"] == address
        and not request.COOKIES
        and "Authorization" not in request.headers
        and not names_in(request.META.get("QUERY_STRING", "")) & set(query)
    )


def _draw_once(store, request, draw, query):
    """Draw a page and note what it is made from, while nobody else draws it; or take it from whoever just did."""
    request.flight = store.flight(request.path)
    request.flight.__enter__()
    if found := store.find(request.path):
        response = HttpResponse()
        response.answer = found
        return response
    mark = store.mark()
    with Drawing() as drawing:
        until_any_moment()
        response = draw()
    if query or "GET" not in request.__dict__:
        request.drawn = store, mark, drawing, query
    return response
