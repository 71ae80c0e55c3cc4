"""Pages at the desk: about, contact, legal notice, privacy."""

from copy import copy

from django import forms
from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles import lint, preview
from articles.admin.editing import ADDRESSES, SheetAdmin, on_site
from articles.admin.states import StateFilter, state_column
from articles.admin.twins import TwinForm
from articles.editor import BodyField
from articles.fields import MomentField
from articles.models import Article, Page
from articles.photos import photos_of


class Unnamed(forms.HiddenInput):
    """A hidden field to which no label points."""

    def id_for_label(self, id_):
        return ""


class PageForm(TwinForm):
    body = BodyField(required=False, label=_("Text"))
    published_at = MomentField(
        required=False,
        label=_("Published on"),
        initial=timezone.now,
        help_text=_("Empty: a draft, that only the desk sees."),
    )

    # When the page that was opened had been saved.
    base = forms.CharField(widget=Unnamed, label="", required=False)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.saved_at = self.instance.modified_at.isoformat() if self.instance.pk else ""
        self.initial["base"] = self.saved_at

    def clean(self):
        """Refuse what would cover another's words unseen, and an address that an article has: both stand at /address/."""
        cleaned = super().clean()
        if cleaned.get("base") and cleaned["base"] != self.saved_at:
            self.data = self.data.copy()
            self.data["base"] = self.saved_at
            self.add_error(
                None, _("Somebody saved this page after you opened it. Save again to put yours in its place.")
            )
        taken = Article.objects.filter(language=cleaned.get("language"), slug=cleaned.get("slug")).first()
        if taken:
            self.add_error("slug", _("“%(title)s” has this address already.") % {"title": taken})
        return cleaned

    def as_typed(self):
        """Return the page with its title, also where that was refused."""
        page = copy(self.instance)
        page.title = self["title"].value() or "" if "title" in self.errors else page.title
        return page

    def _post_clean(self):
        """Let readers see no picture without words."""
        super()._post_clean()
        if self.instance.published_at:
            for finding in lint.stops(lint.check_page(self.instance, photos_of(self.instance.body))):
                self.add_error(finding.field, finding.message)


@admin.register(Page)
class PageAdmin(SheetAdmin):
    form = PageForm
    draw_typed = staticmethod(preview.draw_typed_page)
    change_form_template = "admin/articles/page/change_form.html"
    list_display = ("title", state_column, "language", "kind", "position")
    list_filter = (StateFilter, "language", "kind")
    search_fields = ("title__holds", "body__holds")
    formfield_overrides = ADDRESSES
    prepopulated_fields = {"slug": ("title",)}
    fields = ("title", "body", "language", "kind", "slug", "position", "published_at", "translation_of", "base")
    view_on_site = on_site
    desk_tab = (50, _("Pages"))

    def render_change_form(self, request, context, *args, obj=None, **options):
        if obj and not obj.is_public:
            context["preview_url"] = preview.preview_path(obj)
        return super().render_change_form(request, context, *args, obj=obj, **options)
