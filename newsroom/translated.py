"""Short texts that exist in every edition, kept together on one row: an alt text, a tagline, a role."""

import json

from django import forms
from django.conf import settings
from django.db import models
from django.utils.translation import get_language

from newsroom.emphasis import check_links
from newsroom.folding import AnyHolds


def direction(code):
    """Return "rtl" or "ltr": how a language runs."""
    return "rtl" if code.partition("-")[0] in settings.LANGUAGES_BIDI else "ltr"


class TranslatedText(dict):
    """Language code to text. As a string: the current language's text, else the first edition's, else any."""

    @property
    def language(self):
        """The code of the language that `str()` gives; the current one when there is no text at all."""
        current = get_language() or settings.LANGUAGE_CODE
        return next((code for code in (current, *settings.EDITIONS, *self) if self.get(code)), current)

    @property
    def foreign(self):
        """The code when `str()` gives another language than the current one, else empty: for a lang attribute."""
        return self.language if self.language != get_language() else ""

    @property
    def own(self):
        """The current language's text, else empty: for a title or an attribute, which no `lang` can mark as foreign."""
        return self.get(get_language(), "")

    def __str__(self):
        return self.get(self.language, "")

    def __bool__(self):
        return any(self.values())


class ReadableEncoder(json.JSONEncoder):
    """Keep letters with accents as they are, so that a database search finds them."""

    def __init__(self, **options):
        super().__init__(**{**options, "ensure_ascii": False})


class TranslatedTextWidget(forms.MultiWidget):
    """One input an edition, each labelled with its language."""

    template_name = "admin/widgets/translated.html"

    def __init__(self, widget=forms.TextInput, attrs=None):
        super().__init__({code: widget(attrs) for code in settings.EDITIONS})

    def decompress(self, value):
        return [(value or {}).get(code, "") for code in settings.EDITIONS]

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        for (code, label), subwidget in zip(settings.LANGUAGES, context["widget"]["subwidgets"], strict=True):
            subwidget["attrs"] |= {"lang": code}
            subwidget["language"] = label
        return context


class TranslatedTextFormField(forms.MultiValueField):
    """Gives a TranslatedText of the editions: the field on the model keeps what it has in other languages."""

    widget = TranslatedTextWidget

    def __init__(self, *, max_length=None, widget=None, **options):
        multiline = isinstance(widget, type) and issubclass(widget, forms.Textarea)
        signs = {"validators": [check_links]} if multiline else {}
        fields = [forms.CharField(required=False, max_length=max_length, **signs) for _ in settings.EDITIONS]
        options.pop("encoder", None), options.pop("decoder", None)
        super().__init__(
            fields,
            require_all_fields=False,
            widget=TranslatedTextWidget(
                forms.Textarea if multiline else forms.TextInput, {"rows": 3} if multiline else {}
            ),
            **options,
        )

    def compress(self, values):
        texts = zip(settings.EDITIONS, values, strict=False)
        return TranslatedText({code: text for code, text in texts if text})


class TranslatedTextField(models.JSONField):
    """A TranslatedText on a model. `max_length` counts signs of one language; `multiline` gives a text area."""

    def __init__(self, *args, max_length=None, multiline=False, **options):
        self.text_length, self.multiline = max_length, multiline
        super().__init__(*args, **{"default": TranslatedText, "blank": True, "encoder": ReadableEncoder} | options)

    def from_db_value(self, value, expression, connection):
        return TranslatedText(super().from_db_value(value, expression, connection) or {})

    def to_python(self, value):
        return TranslatedText(value or {})

    def pre_save(self, instance, add):
        """Let a plain dict become what a row from the database would hold."""
        setattr(instance, self.attname, text := TranslatedText(super().pre_save(instance, add) or {}))
        return text

    def save_form_data(self, instance, data):
        """Keep the texts in languages that are no edition, or no longer: no form shows them."""
        others = {code: text for code, text in getattr(instance, self.name).items() if code not in settings.EDITIONS}
        super().save_form_data(instance, TranslatedText(others | data))

    def formfield(self, **options):
        return models.Field.formfield(
            self,
            **{
                "form_class": TranslatedTextFormField,
                "max_length": self.text_length,
                # Django would post the callable default along as one string, to compare with.
                "show_hidden_initial": False,
                "widget": forms.Textarea if self.multiline else forms.TextInput,
            }
            | {key: option for key, option in options.items() if key != "widget"},
        )


TranslatedTextField.register_lookup(AnyHolds)
