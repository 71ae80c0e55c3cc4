"""Forms with the editor in them: its import map, the photos it shows, its dialogs."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from articles.admin.asked import ask_of_one
from articles.admin.kept import KeepsCopies
from articles.admin.photo_library import described
from articles.admin.states import when
from articles.body import photos_in
from articles.fields import AddressField
from articles.models import Photo
from articles.revisions import FIELDS
from newsroom import sheets

# What is typed as an address becomes one, wherever one is typed.
ADDRESSES = {models.SlugField: {"form_class": AddressField, "widget": AdminTextInputWidget}}
# Puts the rows of a form in order, by buttons; without it one types numbers.
ORDER = forms.Script("js/desk-order.js", defer=True)


def on_site(self, thing):
    """Return the thing's own page, None where readers have none.

    Django's way there leads over a table of sites, which knows nothing of SITE_URL.
    """
    return thing.get_absolute_url() if thing.is_public else None


def position_form(model, name):
    """Return the form of a list in which one types places; each of its fields says aloud what it is."""
    label = capfirst(model._meta.get_field(name).verbose_name)
    widget = forms.NumberInput({"aria-label": label, "class": "vIntegerField"})
    return forms.modelform_factory(model, fields=(name,), widgets={name: widget})


def taken_in_words(form):
    """Return the sentence that says which fields come from a version saved meanwhile, "" where none does."""
    return sheets.taken_in_words(str(FIELDS[name]) for name in form.taken)


class SheetAdmin(KeepsCopies, admin.ModelAdmin):
    """Its form has `taken`, the fields that articles/merging.py took from another version.

    `draw_typed(request, form)` answers what readers would see of what was typed; `version_of(thing)` is the `base` of a form
    that is opened now.
    """

    keeps_versions = True

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method == "POST" and "_preview" in request.POST:
            return self._look(request, object_id)
        if request.method == "POST" and {"_unpublish", "sure"} & request.POST.keys() == {"_unpublish"} and object_id:
            thing = self.get_object(request, unquote(object_id))
            if thing and thing.is_published and self.has_change_permission(request, thing):
                lost = _(
                    "Readers will find it no more, from this moment on. It becomes a draft, which you can publish again."
                )
                return ask_of_one(request, self, thing, _("Unpublish: make it a draft again"), lost)
        if request.method == "POST" and self._would_not_draw(request, object_id):
            return HttpResponse("stale")  # not being the sheet, it has the form sent again as any form is
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _would_not_draw(self, request, object_id):
        """Tell a script that saves (static/js/desk-save.js) a form that takes from another version, or must ask.

        Its page would go on with the older words as if they were typed upon the newer version.
        """
        if "text/html" in request.headers.get("Accept", "text/html") or not object_id:
            return False
        thing = self.get_object(request, unquote(object_id))
        return bool(thing) and self.version_of(thing) != request.POST.get("base")

    def _look(self, request, object_id):
        """Draw what was typed as readers would see it, and save nothing."""
        thing = self.get_object(request, unquote(object_id)) if object_id else None
        if not (self.has_change_permission(request, thing) if object_id else self.has_add_permission(request)):
            raise PermissionDenied
        if object_id and not thing:
            raise Http404
        form = self.get_form(request, thing, change=bool(thing))(request.POST, instance=thing)
        return self.draw_typed(request, form)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        form = context["adminform"].form
        if "body" in form.fields:
            # The import map can only be an inline script: this page alone asks for a nonce.
            context["media"] = context["media"].with_nonce(str(request.csp_nonce))
            context["photos_in_use"] = photos_in_use(form)
            context["kept"] = self.kept_here(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_related(self, request, form, formsets, change):
        if taken := taken_in_words(form):
            self.message_user(request, taken, messages.WARNING)
            if {"_publish", "_schedule"} & request.POST.keys() and not form.instance.published_at:
                text = _("It is not published by this: look at it, and press the button again.")
                self.message_user(request, text, messages.WARNING)
        super().save_related(request, form, formsets, change)
        self.saved_copy(request, form.cleaned_data["copy"])

    def response_add(self, request, thing, post_url_continue=None):
        return self.response_saved(request, thing)

    def response_change(self, request, thing):
        return self.response_saved(request, thing)

    def response_saved(self, request, thing):
        """Stay on the sheet and say what happened."""
        thing.refresh_from_db()
        if getattr(request, "nothing_new", False):
            text = _("There was nothing new to save.")
        elif thing.is_published:
            text = format_html(
                '{} <a href="{}" data-fresh>{}</a>', _("Saved and published."), thing.get_absolute_url(), _("See it")
            )
        elif thing.published_at:
            text = _("Saved. To be published: %s") % when(thing.published_at)
        elif "_unpublish" in request.POST:
            text = _("It is a draft, and nothing will publish it but you.")
            if getattr(thing, "own_date", None):
                undo = '{} <button class="plain" name="_publish" value="1" form="article_form">{}</button>'
                text = format_html(undo, text, _("Undo: publish it again"))
        else:
            text = _("Draft saved: %s") % date_format(localtime(thing.modified_at), "TIME_FORMAT")
        self.message_user(request, text, messages.SUCCESS)
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", thing.pk)


def photos_in_use(form):
    """Return the photos that the form's text and its featured photo show, described for the scripts."""
    return photos_shown(form["photo"] if "photo" in form.fields else None, photos_in(form["body"].value()))


def photos_shown(field, ids=()):
    """Return the photo chosen in a bound field, and those with the given numbers, described for the scripts."""
    chosen = str((field and field.value()) or "")
    ids = {*ids, chosen} if chosen.isdecimal() and len(chosen) < 19 else ids
    return [described(photo) for photo in Photo.objects.filter(pk__in=ids)]
