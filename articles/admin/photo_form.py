"""The form of a photo: a file that is read when it is checked, the focal point, and the words."""

from copy import copy
from dataclasses import replace

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles import alt_text, photos, uploads
from articles.admin.library import link_to
from articles.framing import MOST_CUT, Framing, is_narrow
from articles.models import Photo
from articles.models.framed import FRAMED
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


class CutField(forms.FloatField):
    """What an edge loses, in hundredths of the picture's side; nothing where nothing is typed."""

    def __init__(self, label):
        super().__init__(label=label, required=False, min_value=0, max_value=MOST_CUT)

    def widget_attrs(self, widget):
        return {**super().widget_attrs(widget), "step": 0.5, "placeholder": 0}


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

    cut_left = CutField(gettext_lazy("cut off at the left"))
    cut_top = CutField(gettext_lazy("cut off at the top"))
    cut_right = CutField(gettext_lazy("cut off at the right"))
    cut_bottom = CutField(gettext_lazy("cut off at the bottom"))
    framing = Framing()

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
        self.initial |= {name: f"{lost:g}" for name in FRAMED[1:] if (lost := getattr(self.instance, name))}
        for name in OF_THE_PICTURE if self.instance.unconfirmed else ():
            if (field := self.fields.get(name)) and getattr(self.instance, name):
                field.help_text = format_html(
                    "<strong>{}</strong> {}", _("Of the picture before: is it true of this one?"), field.help_text
                )

    refusal = None  # why this file was not kept a moment ago

    def clean(self):
        values = super().clean()
        if self.refusal:
            self.add_error("original", self.refusal)
        self._look_for_twin(values)
        self._read_framing(values)
        keep_words(self)
        return values

    @property
    def edges(self):
        return [self[name] for name in FRAMED[1:]]

    @property
    def edges_are_wrong(self):
        return any(edge.errors for edge in self.edges)

    @property
    def quarters(self):
        """How many to the right the picture is to be turned; buttons say so."""
        return {"1": 1, "3": 3}.get(self.data.get("_turn"), 0)

    def _read_framing(self, values):
        """Note how the picture is to be shown: cut as it stands on the sheet, then turned."""
        was = self.instance.framing
        edges = {name.removeprefix("cut_"): values.get(name) or 0 for name in FRAMED[1:] if name in self.data}
        now = replace(was, **edges)
        across, down = now.left_over
        least = 100 - MOST_CUT
        narrow, flat = across < least, down < least
        if self.instance.width and not (narrow or flat):
            width, height = was.uncut_size(self.instance.width, self.instance.height)
            if is_narrow(width * across, height * down):
                narrow, flat = width * across < height * down, width * across > height * down
        for name, wrong in (("cut_right", narrow), ("cut_bottom", flat)):
            if wrong:
                self.add_error(name, _("Too little is left to be shown: cut less."))
        self.framing = now.turned(self.quarters)

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
