"""How what an article is made of is typed: lines, key points, tags, a photo, a moment."""

import re
from datetime import UTC, timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import ModelChoiceIterator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import Photo, Tag
from articles.models.article import MAX_KEY_POINTS
from articles.slugs import slug_from
from newsroom.folding import fold
from newsroom.typed import one_line

PHOTOS_OFFERED = 50
FARTHEST = timedelta(days=2 * 366)  # ahead: a year beyond is mistyped
TOO_FAR = _("This date is more than two years ahead. Choose an earlier one.")


def is_too_far(moment):
    """Whether nobody can mean to publish something at that moment; an empty one is not."""
    return bool(moment) and moment > timezone.now() + FARTHEST


class OneLine(forms.Textarea):
    """A line that may be long: it wraps as it will when it is read. Enter gives no new line."""

    def __init__(self, attrs=None):
        super().__init__({"rows": 1, "data-oneline": True} | (attrs or {}))


class KeyPointsWidget(forms.MultiWidget):
    template_name = "admin/articles/widgets/key_points.html"

    def __init__(self):
        super().__init__([OneLine({"class": "point"}) for _number in range(MAX_KEY_POINTS)])

    def decompress(self, value):
        points = list(value or [])
        return points + [""] * (MAX_KEY_POINTS - len(points))


class KeyPointsField(forms.MultiValueField):
    widget = KeyPointsWidget

    def __init__(self, **options):
        fields = [forms.CharField(required=False, max_length=240) for _number in range(MAX_KEY_POINTS)]
        super().__init__(fields, require_all_fields=False, **options)

    def compress(self, values):
        return [point for point in map(one_line, values) if point]


class TagsField(forms.CharField):
    """Names of tags in order, separated by commas; a name that holds a comma stands between quotation marks."""

    def prepare_value(self, value):
        if not isinstance(value, list):
            return value
        return ", ".join(f'"{name}"' if "," in name else name for name in value)

    def to_python(self, value):
        text = super().to_python(value)
        self.run_validators(text)  # of a list they see nothing: a NUL would pass
        typed = re.findall(r'"([^"]+)"|([^,"]+)', text)
        names = [one_line(quoted or plain) for quoted, plain in typed]
        unique = {fold(name): name for name in reversed(names) if name}
        return [name for name in names if name and unique.pop(fold(name), None)]

    def validate(self, value):
        super().validate(value)
        longest = Tag._meta.get_field("name").max_length
        if any(len(name) > longest for name in value):
            raise ValidationError(_("A tag has at most %(count)s signs."), params={"count": longest})


class PhotosOffered(ModelChoiceIterator):
    """The newest photos, and the chosen one wherever it stands: a library grows, and a sheet does not."""

    chosen = ()

    def __iter__(self):
        yield ("", self.field.empty_label)
        photos = self.queryset.only("title", "alt")
        yield from map(self.choice, dict.fromkeys([*photos[:PHOTOS_OFFERED], *photos.filter(pk__in=self.chosen)]))


class PhotoSelect(forms.Select):
    """Some photos by name; with its script, a dialog that shows the library."""

    template_name = "admin/articles/widgets/photo.html"

    def optgroups(self, name, value, attrs=None):
        self.choices.chosen = [pk for pk in value if pk.isdecimal() and len(pk) < 19]
        return super().optgroups(name, value, attrs)


class PhotoField(forms.ModelChoiceField):
    """A photo of the library: any of them may be sent, whether it was offered or not."""

    iterator = PhotosOffered
    widget = PhotoSelect

    def __init__(self, **options):
        super().__init__(Photo.objects.all(), required=False, **options)


class AddressField(forms.CharField):
    """An address, made of whatever was typed: « Été à Paris » is ete-a-paris."""

    widget = forms.TextInput

    def __init__(self, *, allow_unicode=False, **options):
        super().__init__(**options)

    def to_python(self, value):
        typed = super().to_python(value)
        self.run_validators(typed)  # of what is made of it they see nothing: a NUL would pass
        made = typed if re.fullmatch(r"[\w-]*", typed, re.ASCII) else slug_from(typed, self.max_length)
        if typed and not made:
            raise ValidationError(_("An address has letters or digits: type some."))
        return made


class WithdrawnField(forms.MultipleChoiceField):
    """Corrections to take away, by their moments; one that somebody else has taken away meanwhile is no error."""

    widget = forms.CheckboxSelectMultiple

    def valid_value(self, value):
        return True


class MomentField(forms.DateTimeField):
    """A date and a time of the site's own time zone, in one field.

    Of an hour that the clocks show twice it means the first; one that they leap over is refused.
    """

    def __init__(self, **options):
        super().__init__(widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M"), **options)

    def to_python(self, value):
        try:
            moment = super().to_python(value)
        except ValidationError as error:
            if error.code != "ambiguous_timezone":
                raise
            typed = error.params["datetime"]
            moment = timezone.make_aware(typed)
            if timezone.make_naive(moment.astimezone(UTC)) != typed:
                no_hour = _("This hour does not exist that night, when the clocks go forward. Choose another one.")
                raise ValidationError(no_hour, code="no_hour") from error
        if moment and not 1000 < moment.year < 9999:  # no archive has such a year, nor all databases
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return moment

    def has_changed(self, initial, data):
        """Take what nobody touched for unchanged, also when the field cannot show all of it."""
        shown = self.widget.format_value(self.prepare_value(initial))
        return data != shown and super().has_changed(initial, data)
