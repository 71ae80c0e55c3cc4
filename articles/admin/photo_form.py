"""The form of a photo: a file that is read when it is checked, the focal point, and the words."""

from copy import copy

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles import alt_text, photos, uploads
from articles.admin.library import link_to
from articles.models import Photo
from newsroom.typed import one_line

WORDS = ("alt", "decorative", "caption", "credit", "licence", "licence_url", "taken_on", "title")


# What is said of one picture, and seldom of another.
OF_THE_PICTURE = ("alt", "caption", "credit", "licence", "taken_on", "title", "focal_x")


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


class UnseenCheckbox(forms.CheckboxInput):
    """Its row is there and hidden, as Django does it for what is of type hidden, which no label may name."""

    is_hidden = True


class PhotoForm(forms.ModelForm):
    original = PhotoFileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput,
        help_text=gettext_lazy(
            "JPEG, PNG, WebP, AVIF, HEIC, TIFF or GIF, at most 50 MB. Where it was taken and all else that the file "
            "says of itself stays here. Of an animation, the first picture is shown."
        ),
    )
    again = forms.BooleanField(label=gettext_lazy("Keep both"), required=False, widget=UnseenCheckbox)

    confirmed = forms.BooleanField(
        label=gettext_lazy("All this is true of the new picture"),
        required=False,
        help_text=gettext_lazy("The file was replaced: the words and the focal point are those of the picture before."),
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

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        for name in OF_THE_PICTURE if self.instance.unconfirmed else ():
            if field := self.fields.get(name):
                field.help_text = format_html(
                    "<strong>{}</strong> {}", _("Of the picture before: is it true of this one?"), field.help_text
                )

    refusal = None  # why this file was not kept a moment ago

    def clean(self):
        values = super().clean()
        if self.refusal:
            self.add_error("original", self.refusal)
        self._look_for_twin(values)
        keep_words(self)
        return values

    def _look_for_twin(self, values):
        """Refuse a file that another photo is made of, until it is said to be meant."""
        picture = getattr(values.get("original"), "picture", None)
        if not picture or values.get("again"):
            return
        if twin := Photo.objects.filter(digest=picture.digest).exclude(pk=self.instance.pk).first():
            self.fields["again"].widget = forms.CheckboxInput()
            there = _(
                "This file is in the library already: {photo}. Use that one; or tick “Keep both” and choose it again."
            )
            self.add_error("original", ValidationError(format_html(there, photo=link_to(twin)), code="twin"))


def keep_words(form):
    """Keep the words of a photo that readers see, or are about to: its form may not leave it without."""
    photo, values = form.instance, form.cleaned_data
    if not photo.pk or values.get("decorative", photo.decorative) or values.get("alt") or "alt" in form.errors:
        return
    for _place, thing in photos.uses([photo])[photo.pk]:
        if getattr(thing, "published_at", None):
            form.add_error("alt", _("It is shown in “%s”: say what one sees, or that it is decorative.") % thing)
            break


class AltForm(forms.ModelForm):
    """What one sees on a photo in one language, as it is typed beside the picture in a text."""

    class Meta:
        model = Photo
        fields = ("alt",)

    def __init__(self, photo, language, text):
        alt = {**photo.alt, language: one_line(text)}
        super().__init__({f"alt_{code}": alt.get(code, "") for code in settings.EDITIONS}, instance=photo)

    def clean(self):
        values = super().clean()
        keep_words(self)
        return values


class WordsForm(forms.ModelForm):
    """What one sees on a photo of the list: a poor text is mended there and then."""

    class Meta:
        model = Photo
        fields = ("alt",)

    def clean_alt(self):
        photo = copy(self.instance)
        photo.alt = self.cleaned_data["alt"]
        if poor := "alt" in self.changed_data and alt_text.problems(photo):
            raise ValidationError(poor)
        return photo.alt

    def clean(self):
        values = super().clean()
        if "alt" in self.changed_data:
            keep_words(self)
        return values
