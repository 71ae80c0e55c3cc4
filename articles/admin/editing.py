"""Forms with the editor in them: its import map, the photos it shows, its dialogs."""

from django.contrib import admin

from articles.admin.photo import described
from articles.body import photos_in
from articles.models import Photo


def on_site(self, thing):
    """Return the thing's own page. Django's way there leads over a table of sites, which knows nothing of SITE_URL."""
    return thing.get_absolute_url()


class SheetAdmin(admin.ModelAdmin):
    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        form = context["adminform"].form
        if "body" in form.fields:
            # The import map can only be an inline script: this page alone asks for a nonce.
            context["media"] = context["media"].with_nonce(str(request.csp_nonce))
            context["photos_in_use"] = photos_in_use(form)
        return super().render_change_form(request, context, add, change, form_url, obj)


def photos_in_use(form):
    """Return the photos that the form's text and its featured photo show, described for the scripts."""
    return photos_shown(form["photo"] if "photo" in form.fields else None, photos_in(form["body"].value()))


def photos_shown(field, ids=()):
    """Return the photo chosen in a bound field, and those with the given numbers, described for the scripts."""
    chosen = str((field and field.value()) or "")
    ids = {*ids, chosen} if chosen.isdecimal() and len(chosen) < 19 else ids
    return [described(photo) for photo in Photo.objects.filter(pk__in=ids)]
