"""Pages for what goes wrong, in the site's look; those of 400 and 500 ask nothing of the database."""

import sys
from functools import cache

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import OperationalError
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import add_never_cache_headers

from newsroom.middleware import came_from, is_desk

# How SQLite and PostgreSQL say that the disk takes no more.
FULL = ("disk is full", "disk I/O error", "No space left")
# Answers that Django and views give without a page.
BARE = frozenset({405, 410, 429})


def bad_request(request, exception=None):
    """Answer 400: an address nobody can mean, a host that is not ours; or 413, a form larger than we take."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return HttpResponse(render_to_string("413.html"), status=413)
    return HttpResponse(render_to_string("400.html"), status=400)


def server_error(request):
    """Answer 500 with a page that needs nothing, for nothing may be left that works; 503 while the database is away."""
    error = sys.exc_info()[1]
    away = isinstance(error, OperationalError)
    full = away and any(words in str(error) for words in FULL)
    response = HttpResponse(render_to_string("500.html", {"full": full}), status=503 if away else 500)
    if away:
        response.headers["Retry-After"] = "60"
    return response


@cache
def bare_page(edition, status):
    """Return the page, as bytes, for an answer of 400, 413 or 503 that Django does not give."""
    with translation.override(edition):
        return render_to_string("500.html" if status == 503 else f"{status}.html").encode()


def forbidden(request, exception=None):
    """Answer 403: to somebody who works here, at the desk, with what his account lacks; to others with the site's page."""
    return _told(request, "refused", 403)


def nothing_at_desk(request):
    """Answer 404 to an address of the desk at which there is nothing, or nothing any more."""
    return _told(request, "nothing", 404)


def _told(request, page, status):
    """Return the desk's own page of what went wrong, for somebody who works here and is at the desk; else the site's."""
    if not (is_desk(request) and request.user.is_authenticated and request.user.is_staff):
        return render(request, f"{status}.html", status=status)
    from django.contrib import admin  # not before the apps are ready

    answer = render(request, f"admin/{page}.html", admin.site.each_context(request), status=status)
    add_never_cache_headers(answer)
    return answer


def csrf_failure(request, reason=""):
    """Answer 403 to a form whose token is missing or old; what was typed at the desk is not lost."""
    if is_desk(request):
        from newsroom import unsent  # not before the apps are ready

        if answer := unsent.token_refused(request):
            add_never_cache_headers(answer)
            return answer
    again = came_from(request) if is_desk(request) else ""
    return render(request, "403.html", {"expired_form": True, "again": again}, status=403)


class ErrorPageMiddleware:
    """Put our page into an answer of 405, 410 or 429 that has none, and keep its headers."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code in BARE and not response.streaming and not response.content:
            page = render(
                request, f"{response.status_code}.html", {"desk": is_desk(request)}, status=response.status_code
            )
            response.content = page.content
            response["Content-Type"] = page["Content-Type"]
            # The middleware below has counted the bytes of nothing.
            response["Content-Length"] = str(len(page.content))
        return response
