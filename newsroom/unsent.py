"""A form of the desk that is sent when the session has ended: the page on which one logs in holds what was typed.

It goes from page to page with whoever typed it and is stored nowhere; after the login one press sends it on.
"""

from copy import copy

from django.contrib.admin import site
from django.http import QueryDict
from django.shortcuts import render
from django.urls import reverse

from newsroom.middleware import DESK, came_from

FIELDS = ("held", "held_for")  # what was typed, as a form is sent, and the address that it was sent to


def is_out(request):
    """Tell whether this is a form sent by somebody whose session has ended; scripts are told so by where they are led."""
    return request.user.is_anonymous and "text/html" in request.headers.get("Accept", "")


def ask_who(request):
    """Return the page on which one logs in, with what the form held; files and passwords are not handed back."""
    posted = request.POST.copy()
    for name in [name for name in posted if name == "csrfmiddlewaretoken" or "password" in name]:
        del posted[name]
    asked = copy(request)
    asked.method = "GET"
    held = dict(zip(FIELDS, (posted.urlencode(), request.get_full_path()), strict=True))
    told = {"files": any(request.FILES.values()), "app_path": reverse("admin:login"), "next": came_from(request)}
    return site.login(asked, held | told)


def held_by(request):
    """Return what came along to the page on which one logs in: a dict of FIELDS, empty when nothing did."""
    held = {name: request.POST.get(name, "") for name in FIELDS}
    return held if request.method == "POST" and held["held_for"].startswith(DESK) else {}


def offer(request, held):
    """Return a page whose one button sends what was typed to where it was sent before."""
    fields = [(name, value) for name, values in QueryDict(held["held"]).lists() for value in values]
    page = request.POST.get("next", "")
    own = {"fields": fields, "action": held["held_for"], "page": page if page.startswith(DESK) else DESK}
    return render(request, "admin/unsent.html", site.each_context(request) | own)
