"""A form of the desk that is sent when the session has ended, or was begun anew in another tab: what was typed is held.

It goes from page to page with whoever typed it, over the login where there must be one, and is stored nowhere; one press
sends it on.
"""

from copy import copy
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.admin import site
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from newsroom.middleware import DESK, came_from

FIELDS = ("held", "held_for")  # what was typed, as a form is sent, and the address that it was sent to


# Where somebody who is not logged in sends a form of the desk.
OF_ANYBODY = ("password_reset", "password_reset_confirm")


def is_by_hand(request):
    """Tell a form that a browser sent from what scripts send, which keep it themselves."""
    return "text/html" in request.headers.get("Accept", "")


def is_out(request):
    """Tell whether this is a form sent by somebody whose session has ended; scripts are told so by where they are led."""
    return request.user.is_anonymous and is_by_hand(request)


def ask_who(request):
    """Return the page on which one logs in, with what the form held."""
    told = {"files": any(request.FILES.values()), "app_path": reverse("admin:login"), "next": came_from(request)}
    return _login(request, _held_of(request) | told)


def token_refused(request):
    """Return what follows a form of the desk whose token is older than the last login; None where nothing may follow.

    A page elsewhere may send a form here as well: what does not come from a page of this site is not offered.
    """
    if not (is_by_hand(request) and _is_from_here(request)):
        return None
    if request.resolver_match.url_name == "login":
        return _logged_in_elsewhere(request)
    if request.user.is_anonymous:
        return None if request.resolver_match.url_name in OF_ANYBODY else ask_who(request)
    return (
        _offer(request, _held_of(request), came_from(request), 403, new_login=True) if request.user.is_staff else None
    )


def _is_from_here(request):
    try:
        parts = urlsplit(request.headers.get("Origin") or request.headers.get("Referer", ""))
    except ValueError:
        return False
    return f"{parts.scheme}://{parts.netloc}" in (f"{request.scheme}://{request.get_host()}", settings.SITE_URL)


def _logged_in_elsewhere(request):
    """Go on from an old page on which one logs in: it asks anew, or it was answered in another tab."""
    held, page = held_by(request), request.POST.get("next", "")
    if request.user.is_anonymous:
        return _login(request, held)
    return offer(request, held) if held else redirect(page if page.startswith(DESK) else DESK)


def _login(request, told):
    asked = copy(request)
    asked.method = "GET"
    return site.login(asked, told)


def _held_of(request):
    """Return what a form held, as FIELDS; files and passwords are not handed back."""
    posted = request.POST.copy()
    for name in [name for name in posted if name == "csrfmiddlewaretoken" or "password" in name]:
        del posted[name]
    return dict(zip(FIELDS, (posted.urlencode(), request.get_full_path()), strict=True))


def held_by(request):
    """Return what came along to the page on which one logs in: a dict of FIELDS, empty when nothing did."""
    held = {name: request.POST.get(name, "") for name in FIELDS}
    return held if request.method == "POST" and held["held_for"].startswith(DESK) else {}


def offer(request, held):
    """Return a page whose one button sends what was typed to where it was sent before."""
    page = request.POST.get("next", "")
    return _offer(request, held, page if page.startswith(DESK) else DESK)


def _offer(request, held, page, status=200, **told):
    fields = [(name, value) for name, values in QueryDict(held["held"]).lists() for value in values]
    texts = [value for _name, value in fields if " " in value.strip()]
    own = {"fields": fields, "texts": texts, "action": held["held_for"], "page": page}
    files = {"files": any(request.FILES.values())}
    return render(request, "admin/unsent.html", site.each_context(request) | own | files | told, status=status)
