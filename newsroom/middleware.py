"""What is decided before a view: the language, and what a page may do in a browser."""

from urllib.parse import urlsplit

from django.conf import settings
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme

from newsroom.borrowed_words import Borrowing, borrows, spell_out

DESK = "/admin/"


def is_desk(request):
    """Tell the desk, which is private, from the public site."""
    return request.path_info.startswith(DESK)


def came_from(request):
    """Return the address at the desk to go on from after a login: what was asked for, or the page of a form sent."""
    here = request.get_full_path()
    if request.method in ("GET", "HEAD"):
        return here
    page = request.headers.get("Referer", "")
    parts = urlsplit(page) if url_has_allowed_host_and_scheme(page, {request.get_host()}) else urlsplit("")
    if not parts.path.startswith(DESK):
        return here
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def edition_of(path):
    """Return the language that an address names: /en/… is English, everything else the first edition."""
    first = path.split("/", 2)[1] if path.startswith("/") else ""
    return first if first in settings.EDITIONS[1:] else settings.LANGUAGE_CODE


class EditionMiddleware:
    """Activate the language that the address names.

    Nothing else decides: no cookie and no Accept-Language, so that any cache may keep any page.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        language = edition_of(request.path_info)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            if not borrows(language):
                return self.get_response(request)
            with Borrowing():
                response = self.get_response(request)
            spell_out(response)
            return response


class DeskLanguageMiddleware:
    """On the desk, speak the language the user chose, else the one the browser asks for."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not is_desk(request):
            return self.get_response(request)
        chosen = getattr(request.user, "language", "")
        language = chosen or translation.get_language_from_request(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response


class PermissionsMiddleware:
    """Ask the browser for nothing: no camera, no place, no topics; and open no window that can reach back."""

    POLICY = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", self.POLICY)
        return response
