"""Pages at the desk: about, contact, legal notice, privacy."""

import uuid
from copy import copy
from types import SimpleNamespace

from django import forms
from django.contrib import admin, messages
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles import lint, merging, preview, revisions
from articles.admin import versions
from articles.admin.editing import ADDRESSES, SheetAdmin, on_site, taken_in_words
from articles.admin.states import StateFilter, state_column, state_in_words
from articles.admin.twins import TwinForm
from articles.comparison import differences
from articles.editor import BodyField
from articles.fields import TOO_FAR, MomentField, is_too_far
from articles.models import Article, Page
from articles.photos import photos_of
from newsroom.desk import Way
from newsroom.folding import alphabetical
from newsroom.typed import one_line


class Unnamed(forms.HiddenInput):
    """A hidden field to which no label points."""

    def id_for_label(self, id_):
        return ""


class PageForm(TwinForm):
    body = BodyField(required=False, label=_("Text"))
    published_at = MomentField(
        required=False,
        label=_("Published on"),
        help_text=_("Empty: a draft, that only the desk sees."),
    )

    # When the page that was opened had been saved, and what is kept of this form while it is not (static/js/desk-keep.js).
    base = forms.CharField(widget=Unnamed, label="", required=False)
    copy = forms.CharField(widget=Unnamed, label="", required=False, max_length=36, initial=uuid.uuid4)

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.stored = copy(self.instance)
        self.saved_at = self.stored.modified_at.isoformat() if self.stored.pk else ""
        self.conflict, self.given_up = None, {}
        self.taken, self.both = [], None  # as in an ArticleForm
        self.initial["base"] = self.saved_at
        if not self.stored.pk:
            self.initial["published_at"] = self.stored.published_at = None  # nothing is published by being saved
            self.initial.setdefault("position", Page.objects.next_position(self.initial.get("language")))
        if self.data.get("_over") and not merging.is_undecided(self.data):
            self._choose()
        if self.is_bound and self.stored.pk:
            self._merge()

    def _choose(self):
        """Take over the version that was shown beside this one, and what was chosen of it."""
        self.data = self.data.copy()
        self.data["base"] = self.data["_over"]
        for name in revisions.OF_PAGES:
            if self.data.get(f"_take-{name}") == "theirs":
                self.given_up[name] = self.data.get(name, "")
                merging.put(self, name, revisions.snapshot_of_page(self.stored)[name])

    def _merge(self):
        """Take what somebody saved meanwhile of the fields that this form did not change."""
        read = self.data.get("base")
        if not read or read == self.saved_at:
            return
        base = next((one for one in self.stored.revisions.all() if one.saved_at.isoformat() == read), None)
        if base:
            self.taken, self.both = merging.merge(self, base.content, revisions.snapshot_of_page(self.stored))
            self.data["base"] = self.saved_at if self.both == [] else read

    def clean_title(self):
        return one_line(self.cleaned_data["title"])

    def clean_published_at(self):
        moment = self.cleaned_data["published_at"]
        if is_too_far(moment) and "published_at" in self.changed_data:
            raise forms.ValidationError(TOO_FAR, code="far")
        return moment

    def clean(self):
        """Refuse what would cover another's words unseen, and an address that an article has: both stand at /address/."""
        cleaned = super().clean()
        if cleaned.get("base") and cleaned["base"] != self.saved_at:
            self.conflict = self._last_saved()
            self.add_error(
                None, forms.ValidationError(_("Somebody saved this page after you opened it."), code="stale")
            )
        taken = Article.objects.out_of_bin().filter(language=cleaned.get("language"), slug=cleaned.get("slug")).first()
        if taken:
            self.add_error("slug", _("“%(title)s” has this address already.") % {"title": taken})
        return cleaned | {"published_at": self._date(cleaned)}

    def _date(self, cleaned):
        """Return when readers see the page after this save: as the pressed button says, else as the date that was typed."""
        if "_unpublish" in self.data:
            return None
        if "_publish" in self.data and not self.stored.is_published and not self.taken:
            return timezone.now()
        if "published_at" not in self.changed_data and "published_at" not in self.errors:
            return self.stored.published_at  # of which the field shows no seconds
        return cleaned.get("published_at")

    @property
    def says_nothing_new(self):
        """Whether all this is stored already, so that saving it would leave a version that differs in nothing."""
        names = [field.attname for field in Page._meta.concrete_fields if field.name != "modified_at"]
        return not self.aside() and all(getattr(self.stored, name) == getattr(self.instance, name) for name in names)

    def _last_saved(self):
        """Return who saved the page last, as far as its versions know, and when."""
        last = self.stored.revisions.select_related("saved_by").first()
        return SimpleNamespace(
            saved_at=self.stored.modified_at, saved_by=last and last.saved_by, version=self.saved_at, only_over=True
        )

    def aside(self):
        """Return what was typed and given up for the other version, as a snapshot; None where no text was.

        What no page could say (a title too long, a text too large) is no version.
        """
        given_up = {"title", "body"} & self.given_up.keys()
        said = revisions.snapshot_of_page(self.instance)
        try:
            return (
                said | {name: self.fields[name].clean(self.given_up[name]) for name in given_up} if given_up else None
            )
        except forms.ValidationError:
            return None

    def differences(self):
        """Return what is typed differently from what somebody saved meanwhile."""
        said = map(revisions.snapshot_of_page, (self.stored, self.instance))
        return merging.asked(self, differences(*said, self.both or revisions.OF_PAGES))

    def as_typed(self):
        """Return the page with its title, also where that was refused."""
        page = copy(self.instance)
        page.title = self["title"].value() or "" if "title" in self.errors else page.title
        return page

    def _post_clean(self):
        """Let readers see no picture without words."""
        super()._post_clean()
        if "published_at" not in self.errors:
            self.instance.published_at = self.cleaned_data["published_at"]
        if self.instance.published_at:
            for finding in lint.stops(lint.check_page(self.instance, photos_of(self.instance.body))):
                self.add_error(finding.field, finding.message)


@admin.register(Page)
class PageAdmin(SheetAdmin):
    form = PageForm
    draw_typed = staticmethod(preview.draw_typed_page)
    change_form_template = "admin/articles/page/change_form.html"
    ordering = ("language", "position", alphabetical("title"), "pk")
    list_display = ("called", state_column, "language", "kind", "position")
    list_filter = (StateFilter, "language", "kind")
    search_fields = ("title__holds", "body__holds")
    formfield_overrides = ADDRESSES
    prepopulated_fields = {"slug": ("title",)}
    fields = ("title", "body", "language", "kind", "slug", "position", "published_at", "translation_of", "base", "copy")
    view_on_site = on_site
    desk_tab = (50, _("Pages"))
    adds = _("Write a page")
    ways = (Way(_("Navigation"), "admin:articles_navigation"),)

    @admin.display(description=_("title"), ordering=alphabetical("title"))
    def called(self, page):
        return str(page)

    def get_urls(self):
        def page(route, view, name):
            return path(f"<int:pk>/versions/{route}", self.admin_site.admin_view(view), {"kind": Page}, name)

        own = [
            page("", versions.page, "articles_page_versions"),
            page("<int:version>/", versions.compare, "articles_page_version"),
        ]
        return own + super().get_urls()

    def version_of(self, page):
        return page.modified_at.isoformat()

    def save_model(self, request, page, form, change):
        if change and form.says_nothing_new:
            request.nothing_new = True
            return
        super().save_model(request, page, form, change)
        if (
            page.is_published
            and page.position is None
            and not (form.stored.is_published and form.stored.position is None)
        ):
            text = _("It has no place at the foot of pages: nothing leads readers to it, unless a text does.")
            self.message_user(request, text, messages.WARNING)
        revisions.keep_page(page, form.stored, request.user, form.aside())
        Article.objects.make_room_for(page)

    def render_change_form(self, request, context, *args, obj=None, **options):
        form = context["adminform"].form
        if "body" in form.fields:
            context |= {"stored": form.stored, "state_in_words": state_in_words(form.stored)}
            if form.conflict:
                own = form.conflict.saved_by == request.user
                context |= {"conflict": form.conflict, "conflict_is_own": own, "differences": form.differences()}
                context["taken"] = taken_in_words(form)
                context["errors"] = [error for name, error in form.errors.items() if name != "__all__"]
        if obj:
            context["versions"] = obj.revisions.count()
            refused = lint.stops(lint.check_page(obj, photos_of(obj.body)))
            context["ask_before_publishing"] = not (obj.is_published or refused)
        if obj and not obj.is_public:
            context["preview_url"] = preview.preview_path(obj)
        return super().render_change_form(request, context, *args, obj=obj, **options)
