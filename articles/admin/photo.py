"""The photo library at the desk: a grid to look through, a form with the focal point, and what scripts ask of it."""

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import JsonResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from articles import alt_text, photos, uploads
from articles.models import Photo

PICKER_PAGE = 24
WORDS = ("alt", "decorative", "caption", "credit", "licence", "licence_url", "taken_on", "title")
CROPS = {"3x2": "3:2", "16x9": "16:9", "4x3": "4:3", "1x1": "1:1", "191x100": "1.91:1"}


class PhotoFileField(forms.FileField):
    """A file that is read when it is checked; the Picture read travels with it, so that it is read once."""

    default_error_messages = {"empty": gettext_lazy("This file is empty. Copy it again from where it comes.")}

    def to_python(self, data):
        file = super().to_python(data)
        if file:
            file.picture = uploads.read(file)
        return file

    def widget_attrs(self, widget):
        return {"accept": "image/*,.heic,.heif"}


class Slider(forms.NumberInput):
    """A number from 0 to 1, which always has a value: HTML knows no slider that is required."""

    input_type = "range"

    def __init__(self, attrs=None):
        super().__init__({"min": 0, "max": 1, "step": 0.01} | (attrs or {}))

    def use_required_attribute(self, initial):
        return False


class PhotoForm(forms.ModelForm):
    original = PhotoFileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput,
        help_text=gettext_lazy(
            "JPEG, PNG, WebP, AVIF, HEIC, TIFF or GIF, at most 50 MB. Where it was taken and all else that the file "
            "says of itself stays here. Of an animation, the first picture is shown."
        ),
    )

    class Meta:
        model = Photo
        fields = ("original", "focal_x", "focal_y", *WORDS)
        widgets = {
            "focal_x": Slider(),
            "focal_y": Slider(),
            # The browser's own calendar: Django's would be one more script, and in nobody's hand on a phone.
            "taken_on": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        }

    def clean(self):
        """Keep the words of a photo that readers see, or are about to."""
        values = super().clean()
        if self.instance.pk and not values.get("decorative") and not values.get("alt") and "alt" not in self.errors:
            for _place, thing in photos.uses([self.instance])[self.instance.pk]:
                if getattr(thing, "published_at", None):
                    self.add_error(
                        "alt", _("It is shown in “%s”: say what one sees, or that it is decorative.") % thing
                    )
                    break
        return values


class MissingFilter(admin.SimpleListFilter):
    title, parameter_name = gettext_lazy("what is missing"), "missing"

    def lookups(self, request, model_admin):
        in_one = _("Without alternative text (%(language)s)")
        return [
            ("alt", _("Without alternative text")),
            *((f"alt-{code}", in_one % {"language": name}) for code, name in settings.LANGUAGES),
            ("credit", _("Without credit")),
        ]

    def queryset(self, request, queryset):
        what, _dash, code = (self.value() or "").partition("-")
        if code in settings.EDITIONS:
            return queryset.filter(**{f"alt__{code}__isnull": True}, decorative=False)
        if what == "alt":
            return queryset.filter(alt={}, decorative=False)
        return queryset.filter(credit="") if what == "credit" else queryset


@admin.register(Photo)
class PhotoAdmin(admin.ModelAdmin):
    form = PhotoForm
    list_display = ("__str__", "credit", "created_at")
    list_filter = (MissingFilter, "created_at")
    list_per_page = 48
    search_fields = ("title__holds", "alt__holds", "caption__holds", "credit__holds")
    search_help_text = gettext_lazy("In the name, the alternative text, the caption and the credit")
    show_full_result_count = False
    readonly_fields = ("used_in",)
    desk_tab = (20, gettext_lazy("Photos"))

    class Media:
        css = {"all": ["css/photos.css"]}
        js = ["js/photo-drop.js", "js/photo-focal.js"]

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return [(None, {"fields": ("original", *WORDS)})]
        return [
            (None, {"fields": ("focal_x", "focal_y")}),
            (_("What it says"), {"fields": WORDS}),
            (_("The file"), {"fields": ("original", "used_in")}),
        ]

    # The grid

    def changelist_view(self, request, extra_context=None):
        response = super().changelist_view(request, extra_context)
        if changelist := getattr(response, "context_data", {}).get("cl"):
            counts = photos.count_uses(changelist.result_list)
            for photo in changelist.result_list:
                photo.use_count = counts[photo.pk]
        return response

    # The form

    def render_change_form(self, request, context, *args, obj=None, **options):
        if obj:
            context["crops"] = [{"name": name, "label": label} for name, label in CROPS.items()]
            context["whole"] = obj.jpeg("whole", 480)
        return super().render_change_form(request, context, *args, obj=obj, **options)

    def save_model(self, request, photo, form, change):
        if not change:
            photo.added_by = request.user
            _propose(photo, form.cleaned_data["original"].picture.hints)
        super().save_model(request, photo, form, change)
        if not photo.may_be_published:
            mute = _("It has no alternative text: no article that shows it can be published.")
            self.message_user(request, mute, messages.WARNING)
        for problem in alt_text.problems(photo):
            self.message_user(request, problem, messages.WARNING)
        file = form.cleaned_data.get("original")
        if "original" in form.changed_data and file.picture.animated:
            self.message_user(request, ANIMATED, messages.WARNING)

    def response_add(self, request, photo, post_url_continue=None):
        """Go on to the form where the focal point is set."""
        if "_addanother" in request.POST or "_popup" in request.POST:
            return super().response_add(request, photo, post_url_continue)
        self.message_user(request, _("The photo is in the library."), messages.SUCCESS)
        return redirect("admin:articles_photo_change", photo.pk)

    @admin.display(description=gettext_lazy("used in"))
    def used_in(self, photo):
        lines = [(_link(thing), place) for place, thing in photos.uses([photo])[photo.pk]]
        return format_html_join("", "<p>{} ({})</p>", lines) if lines else _("nowhere")

    # What is in use stays

    def get_deleted_objects(self, objects, request):
        """Add to what Django would protect the texts that show a photo and the authors it portrays."""
        objects = list(objects)
        deleted, counts, missing, protected = super().get_deleted_objects(objects, request)
        used = photos.uses(objects)
        lines = [format_html("{} ({})", _link(thing), place) for photo in objects for place, thing in used[photo.pk]]
        return deleted, counts, missing, lines or protected

    def delete_queryset(self, request, queryset):
        """One by one: each takes its files with it."""
        for photo in queryset:
            photo.delete()

    # What scripts ask

    def get_urls(self):
        wrap = self.admin_site.admin_view
        return [
            path("picker/", wrap(require_safe(self.picker)), name="articles_photo_picker"),
            path("upload/", wrap(require_POST(self.upload)), name="articles_photo_upload"),
            *super().get_urls(),
        ]

    def picker(self, request):
        """Answer one page of the photos that match `q`, or the one of this `id`: {photos: [...], more: bool}, newest first."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = Photo.objects.all()
        if pk := request.GET.get("id", ""):
            found = found.filter(pk=pk) if pk.isdecimal() and len(pk) < 19 else found.none()
        for word in request.GET.get("q", "").replace("\0", "").split()[:8]:
            found = found.filter(Q(*[(name, word) for name in self.search_fields], _connector=Q.OR))
        page = Paginator(found, PICKER_PAGE).get_page(request.GET.get("page"))
        return JsonResponse({"photos": [described(photo) for photo in page], "more": page.has_next()})

    def upload(self, request):
        """Add the files sent as `file`: JSON of the one for a script, messages and the grid for a form."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        files = request.FILES.getlist("file")
        if "_form" in request.POST:
            return self._upload_by_form(request, files)
        if not files:
            return JsonResponse({"error": _("No file arrived. Choose it again.")}, status=400)
        try:
            photo = photos.add(files[0], request.user)
        except ValidationError as refusal:
            return JsonResponse({"error": " ".join(refusal.messages)}, status=400)
        return JsonResponse(described(photo) | {"notice": str(ANIMATED) if files[0].picture.animated else ""})

    def _upload_by_form(self, request, files):
        added = 0
        for file in files:
            try:
                photos.add(file, request.user)
                added += 1
            except ValidationError as refusal:
                self.message_user(request, f"{file.name}: {' '.join(refusal.messages)}", messages.ERROR)
        text = ngettext("%(count)s photo is in the library.", "%(count)s photos are in the library.", added)
        self.message_user(request, text % {"count": added}, messages.SUCCESS if added else messages.WARNING)
        return redirect("admin:articles_photo_changelist")


ANIMATED = gettext_lazy("This is an animation: its first picture is shown, since nothing moves on these pages.")


def described(photo):
    """Return what the desk's scripts show of a photo."""
    file, card = photo.jpeg("1x1", 320), photo.jpeg("3x2", 720)
    return {
        "id": photo.pk,
        "title": str(photo),
        "alt": str(photo.alt),
        "decorative": photo.decorative,
        "caption": str(photo.caption),
        "credit": photo.credit,
        "thumb": file["url"] if file else "",
        "card": card["url"] if card else "",
        "width": photo.width,
        "height": photo.height,
        "url": reverse("admin:articles_photo_change", args=[photo.pk]),
    }


def _propose(photo, hints):
    """Fill what was left empty with what the file says of itself."""
    photo.credit = photo.credit or hints.get("credit", "")
    photo.taken_on = photo.taken_on or hints.get("taken_on")
    if not photo.caption and "caption" in hints:
        photo.caption = {settings.LANGUAGE_CODE: hints["caption"]}


def _link(thing):
    url = reverse(f"admin:articles_{thing._meta.model_name}_change", args=[thing.pk])
    return format_html('<a href="{}">{}</a>', url, thing)
