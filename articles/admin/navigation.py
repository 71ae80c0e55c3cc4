"""What leads readers through the site, in one place: the topics at the head of its pages, the pages at their foot."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from articles.models import Page, Tag
from newsroom.folding import alphabetical


@dataclass(frozen=True)
class Place:
    """A list that readers go by, one in each edition: rows of a model, in the order that one of its fields says."""

    model: type[models.Model]
    field: str
    names: str
    label: str
    add: str

    @property
    def key(self):
        return self.model._meta.model_name

    @property
    def change_url(self):
        return f"admin:articles_{self.key}_change"

    def is_open_to(self, user):
        return user.has_perm(f"articles.change_{self.key}")

    def rows(self, language):
        """Return what stands in the list and what could, each a list of rows."""
        rows = self.model.objects.filter(language=language).order_by(self.field, alphabetical(self.names), "pk")
        if self.model is Page:
            rows = rows.defer("body")
        there = [row for row in rows if getattr(row, self.field) is not None]
        return there, [row for row in rows if getattr(row, self.field) is None]

    @transaction.atomic
    def change(self, language, what, key):
        """Put the row with this key up, down, in or out, where that can be, and number the list anew."""
        there, others = self.rows(language)
        row = next((row for row in [*there, *others] if str(row.pk) == key), None)
        if row is None or (what == "add") == (row in there):
            return
        at = there.index(row) if row in there else len(there)
        if row in there:
            there.remove(row)
        if what == "remove":
            self._place(row, None)
        else:
            there.insert(max(0, at + STEPS[what]), row)
        for number, one in enumerate(there, start=1):
            self._place(one, number)

    def _place(self, row, number):
        if getattr(row, self.field) != number:
            setattr(row, self.field, number)
            row.save(update_fields=[self.field])


STEPS = {"up": -1, "down": 1, "remove": 0, "add": 0}
PLACES = (
    Place(Tag, "nav_position", "name", _("Topics at the head of pages"), _("Add a topic to the navigation")),
    Place(Page, "position", "title", _("Pages at the foot of pages"), _("Add a page to the foot")),
)


@require_http_methods(["GET", "HEAD", "POST"])
def page(request):
    """Show these lists, to whoever may change one of them; change one by a button."""
    open_to = {place.key: place for place in PLACES if place.is_open_to(request.user)}
    if not open_to:
        raise PermissionDenied
    if request.method == "POST":
        return _changed(request, open_to)
    editions = dict(settings.LANGUAGES)
    lists = []
    for place in open_to.values():
        for language, name in editions.items():
            there, others = place.rows(language)
            lists.append({"place": place, "language": language, "name": name, "there": there, "others": others})
    context = {
        "title": _("Navigation"),
        "lists": lists,
        "several": len(editions) > 1,
        "pressed": request.GET.get("pressed", ""),
    }
    return render(request, "admin/articles/navigation.html", admin.site.each_context(request) | context)


def _changed(request, open_to):
    place, language = open_to.get(request.POST.get("place")), request.POST.get("language")
    what = next((name for name in STEPS if name in request.POST), None)
    if place is None:
        raise PermissionDenied
    if what is None or language not in settings.EDITIONS:
        return redirect("admin:articles_navigation")
    key = request.POST[what]
    place.change(language, what, key)
    # The button that was pressed has the focus again.
    pressed = f"{what}-{place.key}-{key}" if what in {"up", "down"} and key.isdecimal() else ""
    return redirect(f"{reverse('admin:articles_navigation')}{pressed and f'?pressed={pressed}'}#{place.key}-{language}")
