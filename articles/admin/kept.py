"""The desk keeps what is typed on a sheet and not saved, and offers it again on any machine (static/js/desk-keep.js)."""

import re

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from articles.admin.states import when
from articles.models import Article, KeptCopy, Page
from newsroom.desk import Row, Section
from newsroom.typography import typeset

LARGEST = 3_000_000  # letters: several novels
NOT_TYPED = {"csrfmiddlewaretoken", "base", "next", "copy"}


class KeepsCopies:
    """A ModelAdmin whose sheets are kept while somebody types; its form has the fields `copy` and `base`."""

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_keep"
        return [path("keep/", self.admin_site.admin_view(self.keep), name=name), *super().get_urls()]

    @method_decorator(require_POST)
    def keep(self, request):
        """Keep what stands in a form, or with `_forget` what was kept of it no longer. What is saved needs no copy."""
        sent = {name.replace("\0", ""): value.replace("\0", "") for name, value in request.POST.items()}
        copy = sent.get("copy", "")
        if "_forget" in sent:
            KeptCopy.objects.of(request.user).filter(copy=copy).delete()
            return HttpResponse(status=204)
        sheet = self._sheet_asked(request, sent.get("_pk"))
        typed = {name: value for name, value in sent.items() if name not in NOT_TYPED and not name.startswith("_")}
        if sum(map(len, typed.values())) > LARGEST:
            return HttpResponse(status=413)
        if not re.fullmatch(r"[0-9a-f-]{36}", copy):
            return HttpResponse(status=400)
        if copy in request.session.get("copies_saved", []):
            return JsonResponse({"said": ""})
        version = sent.get("base", "")[:40]
        kept = KeptCopy.objects.keep(request.user, copy, sheet=sheet, version=version, fields=typed)
        return JsonResponse({"said": _("Copy kept at %s") % _clock(kept.kept_at)})

    def _sheet_asked(self, request, pk):
        """Return the name of the sheet on which this was typed, to those who may save it."""
        thing = self.get_object(request, pk) if pk else None
        if not (self.has_change_permission(request, thing) if thing else self.has_add_permission(request)):
            raise PermissionDenied
        return self.sheet_name(thing)

    def sheet_name(self, thing=None):
        return f"{self.opts.model_name}-{thing.pk if thing else 'new'}"

    def saved_copy(self, request, copy):
        """Let go of what was kept of a form that has been saved, here and in the browser that sent it."""
        KeptCopy.objects.of(request.user).filter(copy=copy).delete()
        saved = request.session.get("copies_saved", [])
        request.session["copies_saved"] = [*saved[-30:], copy]

    def kept_here(self, request, thing=None):
        """Return what a sheet's template says to the script: what was kept of it, and where to keep more."""
        return {
            "sheet": self.sheet_name(thing),
            "pk": thing.pk if thing else "",
            "url": reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_keep"),
            "saved": " ".join(request.session.get("copies_saved", [])),
            "copies": [copy.for_script for copy in self._copies_for(request.user, thing)],
        }

    def _copies_for(self, user, thing):
        """Return what this person typed on a sheet; on that of a new thing also what was typed of one that is deleted."""
        copies = KeptCopy.objects.of(user)
        if thing:
            return copies.filter(sheet=self.sheet_name(thing))
        copies = list(copies.filter(sheet__startswith=f"{self.opts.model_name}-"))
        there = _there(self.model, copies)
        return [copy for copy in copies if copy.sheet not in there]


def typed_and_not_saved(request):
    """Yield the Section of what this person typed and has not saved, on whatever machine, if there is any."""
    copies = list(KeptCopy.objects.of(request.user))
    there = {sheet for kind in (Article, Page) for sheet in _there(kind, copies)}
    if copies:
        yield Section(5, _("Typed and not saved"), [_row(copy, there) for copy in copies])


def _there(kind, copies):
    """Return the sheets of those articles, or pages, that were not deleted since something was typed on them."""
    start = f"{kind._meta.model_name}-"
    pks = [copy.sheet.removeprefix(start) for copy in copies if copy.sheet.startswith(start)]
    pks = [pk for pk in pks if pk != "new"]
    found = kind.objects.filter(pk__in=pks).values_list("pk", flat=True) if pks else ()
    return {f"{start}{pk}" for pk in found}


def _row(copy, there):
    kind, _dash, pk = copy.sheet.rpartition("-")
    admin = f"admin:articles_{kind}"
    url = reverse(f"{admin}_change", args=[pk]) if copy.sheet in there else reverse(f"{admin}_add")
    title = typeset(copy.fields.get("title", ""), copy.fields.get("language", ""))
    return Row(title or _("Without a title"), url, when(copy.kept_at), copy=copy.copy)


def _clock(moment):
    return date_format(localtime(moment), "TIME_FORMAT")
