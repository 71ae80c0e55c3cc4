"""A sheet of the desk covers nothing that somebody else saved while it was open: a part of every ModelAdmin."""

from django.contrib import messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import get_content_type_for_model
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from newsroom.meanwhile import Meanwhile, rows_of, said, written


class Undecided:
    """A form of what two people changed at once: it is refused until it is said of each field which is right."""

    def clean(self):
        cleaned = super().clean()
        text = _("Somebody saved this after you opened it: choose what is right, then save again.")
        self.add_error(None, ValidationError(text, code="stale"))
        return cleaned


class Merging:
    """A ModelAdmin whose sheets say what stood in them when they were drawn; one that `keeps_versions` sees to it itself."""

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method == "POST" and object_id and "read" in request.POST and not hasattr(self, "keeps_versions"):
            self._take_over(request, self.get_object(request, unquote(object_id)))
        response = super().changeform_view(request, object_id, form_url, extra_context)
        meanwhile = getattr(request, "meanwhile", None)
        if meanwhile and meanwhile.taken and response.status_code == 302:
            self.message_user(request, taken_in_words(meanwhile.taken), messages.WARNING)
        return response

    def _take_over(self, request, thing):
        """Put into what was posted what somebody saved of a thing since its sheet was drawn."""
        if thing is None or not self.has_change_permission(request, thing):
            return
        form = self.get_form(request, thing, change=True)(instance=thing)
        formsets = [
            formset(instance=thing, prefix=formset.get_default_prefix(), queryset=inline.get_queryset(request))
            for formset, inline in self.get_formsets_with_inlines(request, thing)
        ]
        request.meanwhile = Meanwhile(request.POST, form, formsets)
        request.POST = request.meanwhile.data

    def get_form(self, request, obj=None, change=False, **options):
        form = super().get_form(request, obj, change=change, **options)
        meanwhile = getattr(request, "meanwhile", None)
        return type(form.__name__, (Undecided, form), {}) if meanwhile and meanwhile.asked else form

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if change and not hasattr(self, "keeps_versions") and self.has_change_permission(request, obj):
            context |= self._as_read(request, context, obj)
        return super().render_change_form(request, context, add=add, change=change, form_url=form_url, obj=obj)

    def _as_read(self, request, context, thing):
        """Return what a sheet says of what stood in it when it was drawn, and of what was saved meanwhile."""
        if meanwhile := getattr(request, "meanwhile", None):
            last = LogEntry.objects.filter(content_type=get_content_type_for_model(thing), object_id=str(thing.pk))
            return {
                "read": meanwhile.as_read(),
                "meanwhile": meanwhile,
                "taken": taken_in_words(meanwhile.taken),
                "last_entry": last.select_related("user").first(),
            }
        form = context["adminform"].form
        if form.is_bound:
            return {}
        rows = rows_of(form, [inline.formset for inline in context["inline_admin_formsets"]])
        return {"read": written({row: said(one) for row, one in rows.items()})}


def taken_in_words(names):
    """Return the sentence that says which fields come from what was saved meanwhile, "" where none does."""
    names = ", ".join(dict.fromkeys(names))
    return _("Taken over from what was saved meanwhile: %(fields)s.") % {"fields": names} if names else ""
