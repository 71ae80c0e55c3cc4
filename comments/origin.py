"""Where a post comes from. It carries no cookie, so that nothing is at stake but the words: refused, never lost."""

from urllib.parse import urlsplit

from django.conf import settings


def is_foreign(request):
    """Tell whether the browser says that a page of another site sent this post."""
    fetched_from = request.headers.get("Sec-Fetch-Site")
    if fetched_from is not None:
        return fetched_from not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin is not None and _host(origin) not in (request.get_host(), _host(settings.SITE_URL))


def _host(origin):
    """Return the host and port of an origin; an empty string for what is none, such as null."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def is_silent(request):
    """Tell whether a post says nothing of where it comes from, which browsers do not do and programs do."""
    return not {"Sec-Fetch-Site", "Origin", "Referer"} & set(request.headers)
