"""Which row of another language says the same: a field for the sheets of topics, pages and dossiers."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class TwinForm(forms.ModelForm):
    """A sheet of a `Translatable` row, with the field `translation_of`: one row of each language, or none."""

    translation_of = forms.ModelChoiceField(
        None,
        label=_("Translation of"),
        required=False,
        help_text=_("What says the same in another language: readers can go from one to the other."),
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        others = self._meta.model.objects.exclude(pk=self.instance.pk)
        self.fields["translation_of"].queryset = others
        if self.instance.pk:
            self.fields["translation_of"].initial = others.filter(group=self.instance.group).first()

    def clean(self):
        cleaned = super().clean()
        model = self._meta.model
        original, language = cleaned.get("translation_of"), cleaned.get("language")
        if original:
            same = model.objects.filter(group=original.group, language=language).exclude(pk=self.instance.pk)
            if same.exists():
                raise ValidationError({"translation_of": _("It has one in this language already.")})
            self.instance.group = original.group
        elif self.instance.pk and "translation_of" in self.changed_data:
            self.instance.group = model._meta.get_field("group").get_default()
        return cleaned
