"""Dossiers at the desk: their texts, their parts in order, and the dossier of another language that says the same."""

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from articles.admin.editing import ADDRESSES, ORDER, on_site, position_form
from articles.admin.twins import TwinForm
from articles.models import Dossier, DossierEntry
from newsroom.folding import alphabetical


class DossierForm(TwinForm):
    class Meta:
        model = Dossier
        fields = ("language", "title", "slug", "description", "position")


class PartsFormSet(forms.BaseInlineFormSet):
    def clean(self):
        """Refuse articles of another language; put those without a number at the end."""
        super().clean()
        for form in self.forms:
            article = form.cleaned_data.get("article") if form.is_valid() else None
            if article and article.language != self.instance.language and not form.cleaned_data.get("DELETE"):
                form.add_error("article", _("This article is not in the language of the dossier."))
        last = max((form.cleaned_data.get("position") or 0 for form in self.forms if form.is_valid()), default=0)
        for form in self.forms:
            if form.is_valid() and form.cleaned_data.get("article") and not form.instance.position:
                last += 1
                form.instance.position = last


class PartForm(forms.ModelForm):
    position = forms.IntegerField(label=_("Place"), min_value=0, max_value=32767, required=False)

    class Meta:
        model = DossierEntry
        fields = ("position", "article")

    def clean_position(self):
        return self.cleaned_data["position"] or 0


class KnownSelect(AutocompleteSelect):
    """Django's list that one searches; of a form that was refused it shows again what can be a row."""

    def optgroups(self, name, value, attr=None):
        return super().optgroups(name, [key for key in value if key.isdecimal() and len(key) < 19], attr)


class Parts(admin.StackedInline):
    model = DossierEntry
    adds = _("Add a part")
    form = PartForm
    formset = PartsFormSet
    fields = ("position", "article")
    autocomplete_fields = ("article",)
    extra = 3

    def formfield_for_foreignkey(self, db_field, request, **options):
        return super().formfield_for_foreignkey(
            db_field, request, **options, widget=KnownSelect(db_field, self.admin_site)
        )

    def formfield_for_dbfield(self, db_field, request, **options):
        """Offer no way from here to write an article: who arranges a dossier has those it is made of."""
        field = super().formfield_for_dbfield(db_field, request, **options)
        if db_field.name == "article":
            field.widget.can_add_related = field.widget.can_view_related = False
        return field

    class Media:
        js = ["admin/js/autocomplete.js", "js/desk-names.js", ORDER]  # in this order


@admin.register(Dossier)
class DossierAdmin(admin.ModelAdmin):
    form = DossierForm
    fields = ("language", "title", "slug", "description", "position", "translation_of")
    list_display = ("called", "language", "position", "parts")
    list_filter = ("language",)
    list_editable = ("position",)
    search_fields = ("title__holds", "description__holds")
    formfield_overrides = ADDRESSES
    prepopulated_fields = {"slug": ("title",)}
    inlines = [Parts]
    view_on_site = on_site
    desk_tab = (45, _("Dossiers"))
    adds = _("Begin a dossier")

    class Media:
        js = ("admin/js/jquery.init.js", "js/desk-dossier.js")

    def get_changelist_form(self, request, **options):
        return position_form(Dossier, "position")

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(size=Count("entries"))

    @admin.display(description=_("title"), ordering=alphabetical("title"))
    def called(self, dossier):
        return str(dossier)

    @admin.display(description=_("parts"), ordering="size")
    def parts(self, dossier):
        return dossier.size
