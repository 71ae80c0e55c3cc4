"""The photo library at the desk: a grid to look through, a form with the focal point, and what scripts ask of it."""

from itertools import zip_longest

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from articles import alt_text, photos
from articles.admin.library import link_to
from articles.admin.photo_form import WORDS, AltForm, PhotoForm, WordsForm
from articles.admin.photo_library import SEARCHED, described, notices, picker, uncut, uncut_picture, upload, with_words
from articles.models import Photo

CROPS = {"3x2": "3:2", "16x9": "16:9", "4x3": "4:3", "1x1": "1:1", "191x100": gettext_lazy("1.91:1")}
HANDLES = "left", "right", "top", "bottom", "left top", "right top", "left bottom", "right bottom"


class MissingFilter(admin.SimpleListFilter):
    title, parameter_name = gettext_lazy("what is missing"), "missing"

    def lookups(self, request, model_admin):
        in_one = _("Without alternative text (%(language)s)")
        return [
            ("alt", _("Without alternative text")),
            *((f"alt-{code}", in_one % {"language": name}) for code, name in settings.LANGUAGES),
            ("credit", _("Without credit")),
            ("confirmation", _("With the words of a replaced file")),
        ]

    def queryset(self, request, queryset):
        what, _dash, code = (self.value() or "").partition("-")
        if code in settings.EDITIONS:
            return queryset.filter(**{f"alt__{code}__isnull": True}, decorative=False)
        if what == "confirmation":
            return queryset.filter(unconfirmed=True)
        if what == "alt":
            return queryset.filter(alt={}, decorative=False)
        return queryset.filter(credit="") if what == "credit" else queryset


@admin.register(Photo)
class PhotoAdmin(admin.ModelAdmin):
    form = PhotoForm
    list_display = ("__str__", "alt", "credit", "created_at")
    list_editable = ("alt",)  # in the list of those that have none: get_changelist_instance
    list_filter = (MissingFilter, "created_at")
    list_per_page = 48
    ordering = ("-pk",)  # the newest first, as ever: and no date of thousands is compared
    search_fields = SEARCHED
    search_help_text = gettext_lazy("In the name, the alternative text, the caption and the credit")
    show_full_result_count = False
    readonly_fields = ("used_in",)
    desk_tab = (20, gettext_lazy("Photos"))
    adds = gettext_lazy("Add a photo")

    class Media:
        css = {"all": ["css/photos.css"]}
        js = ["js/photo-drop.js", "js/photo-focal.js", "js/photo-cut.js"]

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return [(None, {"fields": ("original", "again", *WORDS)})]
        return [
            (None, {"fields": ("focal_x", "focal_y")}),
            (_("What it says"), {"fields": (*WORDS, "confirmed") if obj.unconfirmed else WORDS}),
            (_("The file"), {"fields": ("original", "again", "used_in")}),
        ]

    # The grid

    def get_search_results(self, request, queryset, search_term):
        return with_words(queryset, search_term), False

    def get_changelist_instance(self, request):
        changelist = super().get_changelist_instance(request)
        if not request.GET.get(MissingFilter.parameter_name, "").startswith("alt"):
            changelist.list_editable = ()
        return changelist

    def get_changelist_form(self, request, **options):
        return WordsForm

    def changelist_view(self, request, extra_context=None):
        response = super().changelist_view(request, extra_context)
        if changelist := getattr(response, "context_data", {}).get("cl"):
            counts = photos.count_uses(changelist.result_list)
            for photo in changelist.result_list:
                photo.use_count = counts[photo.pk]
            changelist.rows = list(zip_longest(changelist.result_list, changelist.formset or ()))
        return response

    # The form

    def changeform_view(self, request, *args, **options):
        """Show the form again, with all that was typed, when the file could not be kept."""
        try:
            return super().changeform_view(request, *args, **options)
        except ValidationError as refusal:
            request.refusal = refusal
            return super().changeform_view(request, *args, **options)

    def get_form(self, request, obj=None, **options):
        form = super().get_form(request, obj, **options)
        form.refusal = getattr(request, "refusal", None)
        return form

    def render_change_form(self, request, context, *args, obj=None, **options):
        if obj:
            context["crops"] = [{"name": name, "label": label} for name, label in CROPS.items()]
            context["whole"] = obj.jpeg("whole", 480)
            context["uncut"], context["handles"] = uncut_picture(obj), HANDLES
        return super().render_change_form(request, context, *args, obj=obj, **options)

    def save_model(self, request, photo, form, change):
        if not change:
            photo.added_by = request.user
            photos.propose(photo, form.cleaned_data["original"].picture.hints)
        elif "original" in form.changed_data:
            photo.unconfirmed = True
            asked = _(
                "The words and the focal point are those of the picture before: say at each whether it is still true."
            )
            self.message_user(request, asked, messages.WARNING)
        else:
            photo.unconfirmed = photo.unconfirmed and not form.cleaned_data.get("confirmed")
            photo.frame(getattr(form, "framing", photo.framing))  # the list's form has words alone
        super().save_model(request, photo, form, change)
        if not photo.may_be_published:
            mute = _("It has no alternative text: no article that shows it can be published.")
            self.message_user(request, mute, messages.WARNING)
        for problem in alt_text.problems(photo):
            self.message_user(request, problem, messages.WARNING)
        if "original" in form.changed_data:
            for notice in notices(form.cleaned_data["original"].picture):
                self.message_user(request, notice, messages.WARNING)

    def response_add(self, request, photo, post_url_continue=None):
        """Go on to the form where the focal point is set."""
        if "_addanother" in request.POST or "_popup" in request.POST:
            return super().response_add(request, photo, post_url_continue)
        self.message_user(request, _("The photo is in the library."), messages.SUCCESS)
        return redirect("admin:articles_photo_change", photo.pk)

    def construct_change_message(self, request, form, formsets, add=False):
        said = super().construct_change_message(request, form, formsets, add)
        # Kept in English, as the names of the other fields are.
        return [*said, {"changed": {"fields": ["Rotation"]}}] if getattr(form, "quarters", 0) else said

    def response_change(self, request, photo):
        """Stay where a picture was turned or cut, and where the words of a replaced file are."""
        if "_turn" in request.POST or "_cut" in request.POST:
            self.message_user(request, _("The picture is shown like this from now on."), messages.SUCCESS)
            popup = "?_popup=1" if "_popup" in request.POST else ""
            return redirect(reverse("admin:articles_photo_change", args=[photo.pk]) + popup + "#framing")
        if photo.unconfirmed and "_popup" not in request.POST:
            self.message_user(request, _("The photo is saved."), messages.SUCCESS)
            return redirect("admin:articles_photo_change", photo.pk)
        return super().response_change(request, photo)

    @admin.display(description=gettext_lazy("used in"))
    def used_in(self, photo):
        lines = [(link_to(thing), place) for place, thing in photos.uses([photo])[photo.pk]]
        return format_html_join("", "<p>{} ({})</p>", lines) if lines else _("nowhere")

    # What is in use stays

    def get_deleted_objects(self, objects, request):
        """Add to what Django would protect the texts that show a photo and the authors it portrays."""
        objects = list(objects)
        deleted, counts, missing, protected = super().get_deleted_objects(objects, request)
        used = photos.uses(objects)
        lines = [format_html("{} ({})", link_to(thing), place) for photo in objects for place, thing in used[photo.pk]]
        return deleted, counts, missing, lines or protected

    def delete_queryset(self, request, queryset):
        """One by one: each takes its files with it."""
        for photo in queryset:
            photo.delete()

    # What scripts ask

    @method_decorator(require_POST)
    def say_alt(self, request, pk):
        """Keep what one sees on a photo, in the language of the text where it was typed."""
        photo = get_object_or_404(Photo, pk=pk)
        language = request.POST.get("language")
        if not self.has_change_permission(request, photo):
            raise PermissionDenied
        if language not in settings.EDITIONS:
            return JsonResponse({"error": _("This language is none of the site’s.")}, status=400)
        form = AltForm(photo, language, request.POST.get("alt", ""))
        if not form.is_valid():
            return JsonResponse({"error": " ".join(form.errors["alt"])}, status=400)
        form.instance.save(update_fields=["alt"])
        self.log_change(request, photo, self.construct_change_message(request, form, None))
        return JsonResponse(described(photo) | {"notice": " ".join(alt_text.problems(photo))})

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("picker/", wrap(picker), name="articles_photo_picker"),
            path("<int:pk>/alt/", wrap(self.say_alt), name="articles_photo_alt"),
            path("<int:pk>/uncut/", wrap(uncut), name="articles_photo_uncut"),
            path("upload/", wrap(upload), name="articles_photo_upload"),
            *super().get_urls(),
        ]
