"""What is sent of a public page, and to whom: the outermost middleware, and what goes for the page store's answers as well."""

import re
import time

from django.conf import settings
from django.http import HttpResponse
from django.utils.cache import cc_delim_re, patch_vary_headers

from newsroom.answers import CLIENTS, Answer
from newsroom.cache import LONGEST, page_store

TYPES = (
    *("text/html", "text/plain", "text/markdown", "text/xml"),
    *(
        "application/xml",
        "application/rss+xml",
        "application/atom+xml",
        "application/json",
        "application/feed+json",
        "application/manifest+json",
    ),
)


class PageMiddleware:
    """Outermost: keep what a public page is, and send of it what this request wants of it.

    While the database fails, a page whose time is over is better than none.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        try:
            response = self.get_response(request)
            answer = getattr(response, "answer", None)
            if not answer and is_public(response):
                answer = self.answer_of(request, response)
            if not answer and response.status_code >= 500:
                answer = late_page(request.META)
        finally:
            if flight := getattr(request, "flight", None):
                flight.__exit__(None, None, None)
        if answer:
            return self.sent(request, answer)
        if not response.has_header("Cache-Control"):
            # What is nowhere today, or elsewhere, may be here tomorrow; caches guess unless they are told.
            response.headers["Cache-Control"] = "no-cache"
        return response

    @staticmethod
    def answer_of(request, response):
        """Return the public page that a response is, kept if it may be."""
        patch_vary_headers(response, ["Accept-Encoding"])
        store, mark, drawing, query = getattr(request, "drawn", (None, None, None, ()))
        headers = response.items()
        if not store:
            return Answer.of(headers, response.content)
        tags = drawing.few_tags()
        joined = {"surrogate-key": " ", "cache-tag": ","}
        headers = [*headers, *((name, joined[name.lower()].join(tags)) for name in settings.TAG_HEADERS)]
        answer = Answer.of(headers, response.content, time.time(), tags=tags, until=drawing.until, query=list(query))
        if store.keep(request.META["PATH_INFO"], answer.compress(), mark) is False:
            answer.until = 0  # nobody in front keeps it either
        return answer

    @staticmethod
    def sent(request, answer):
        status, headers, body = answer.reply(request.META)
        headers = bounded(answer, headers)
        sent = HttpResponse(body, status=int(status[:3]), headers=dict(headers))
        if "Content-Type" not in dict(headers):
            del sent["Content-Type"]
        return sent


def late_page(environ):
    """Return the page that a WSGI environ asks for as it was kept, though its time may be over; None when there is none."""
    store, path = page_store(), environ["PATH_INFO"]
    if not store or environ["REQUEST_METHOD"] not in ("GET", "HEAD") or not path.startswith("/"):  # a part of a page
        return None
    answer = store.find(path, stale=True)
    return answer if answer and answer.is_for(environ.get("QUERY_STRING", "")) else None


def is_public(response):
    """Tell whether any cache may keep a response for anybody (the lessons of CVE-2026-6907, 8404, 48588, 113593)."""
    if response.status_code != 200 or response.streaming or response.cookies or response.has_header("Set-Cookie"):
        return False
    allowed = {part.partition("=")[0].strip().lower() for part in cc_delim_re.split(response.get("Cache-Control", ""))}
    vary = {name.strip().lower() for name in response.get("Vary", "").split(",") if name.strip()}
    return (
        "public" in allowed
        and not allowed & {"private", "no-store", "no-cache"}
        and vary <= {"accept-encoding"}
        and not response.has_header("Content-Encoding")
        and response.get("Content-Type", "").startswith(TYPES)
    )


def bounded(answer, headers):
    """Return the headers of an answer, which nobody may keep beyond its time; a CDN, which hears of changes, until then."""
    left = max(0, int(answer.until - time.time()))
    if not answer.tags or (left >= CLIENTS and not settings.CDN):
        return headers
    return [(name, _bounded(value, left) if name.lower() == "cache-control" else value) for name, value in headers]


def _bounded(value, left):
    shared = f", s-maxage={min(LONGEST, left)}" if settings.CDN else ""
    for name in ("max-age", "stale-while-revalidate"):  # one after the other
        if found := re.search(rf"\b{name}=(\d+)", value):
            seconds = min(int(found[1]), left)
            left -= seconds
            value = value.replace(found[0], f"{name}={seconds}")
    return value + shared
