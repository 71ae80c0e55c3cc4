"""What an editor types of an article, and what is refused."""

import uuid
from copy import copy

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from articles import lint, merging, revisions
from articles.dead_links import dead, links_of
from articles.editor import BodyField
from articles.fields import (
    AddressField,
    KeyPointsField,
    OneLine,
    PhotoField,
    TagsField,
)
from articles.models import Article, Author, Page, Tag
from articles.photos import photos_of
from articles.publication_form import PublicationForm
from articles.slugs import free_slug, is_reserved, made_from
from newsroom.folding import alphabetical
from newsroom.typed import one_line

WORDS = ("title", "standfirst", "key_points", "body")  # one of which is a beginning
NAMELESS = "article"  # the address of what has no title yet, or one without a letter


class ArticleForm(PublicationForm):
    """An article as typed."""

    # A draft may wait for its title: what is to be published may not (articles/lint.py).
    title = forms.CharField(
        max_length=200,
        required=False,
        label=_("Title"),
        widget=OneLine({"class": "title", "placeholder": _("Title")}),
    )
    standfirst = forms.CharField(
        max_length=500,
        required=False,
        label=_("Standfirst"),
        widget=OneLine({"class": "stand", "placeholder": _("Standfirst")}),
    )
    key_points = KeyPointsField(required=False, label=_("Key points"))
    body = BodyField(required=False, label=_("Text"))
    tags = TagsField(
        required=False, label=_("Tags"), help_text=_("Separated by commas. The first one stands above the title.")
    )
    photo = PhotoField(label=_("Photo"))
    author = forms.ModelChoiceField(Author.objects.order_by(alphabetical("name")), label=_("Author"), empty_label=None)
    slug = AddressField(max_length=100, required=False, label=_("Address"))
    base = forms.IntegerField(widget=forms.HiddenInput, required=False)
    # What a browser calls its copy of a new article (static/js/desk-keep.js).
    copy = forms.CharField(widget=forms.HiddenInput, required=False, max_length=36, initial=uuid.uuid4)

    field_order = ("title", "standfirst", "key_points", "body", "tags", "photo", "author", "slug")

    class Meta:
        model = Article
        fields = (
            "title", "standfirst", "key_points", "body", "photo", "slug", "language", "author",
            "support_call", "comments", "comments_days", "seo_title", "seo_description",
        )  # fmt: skip
        widgets = {"seo_title": forms.TextInput, "seo_description": forms.Textarea({"rows": 3})}

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.conflict = None
        # What this form took from a version saved meanwhile, and what both say differently; None: nobody can tell.
        self.taken, self.both = [], None
        for field in self.fields.values():
            # With it a browser would cut what is pasted, and say nothing.
            for widget in getattr(field.widget, "widgets", [field.widget]):
                widget.attrs.pop("maxlength", None)
        if not self.instance.pk and "title" in self.fields:
            self.fields["title"].widget.attrs["autofocus"] = True
        self.initial["base"] = self.instance.version
        if self.instance.pk:
            self.initial["tags"] = [tag.name for tag in self.instance.ordered_tags]
        if "author" in self.fields:
            self._leave_author()
        if merging.is_undecided(self.data):
            self.data = self.data.copy()
            self.data.pop("_over", None)  # so it is asked again
        elif any(name.startswith("_take-") for name in self.data):
            self._take_theirs()
        if self.is_bound and self.instance.pk and "_theirs" not in self.data:
            self._merge()

    def _leave_author(self):
        """Ask for no author where there was none to choose: whoever saves it first signs it (articles/admin/article.py)."""
        self.fields["author"].required = False
        if self.is_bound and self.instance.author_id and not self.data.get("author"):
            self.data = self.data.copy()
            self.data["author"] = str(self.instance.author_id)

    def _take_theirs(self):
        """Put into this form what the other version says of each field for which that was chosen."""
        theirs = self.instance.revisions.filter(version=self._number("_over")).first() if self.instance.pk else None
        self.data = self.data.copy()
        for field in self.fields:
            name = merging.NAMES.get(field, field)
            if theirs and self.data.get(f"_take-{name}") == "theirs" and name in theirs.content:
                merging.put(self, field, theirs.content[name])

    def _merge(self):
        """Take what somebody saved meanwhile of the fields that this form did not change."""
        read, now = self.version_read, self.stored.version
        found = self.instance.revisions.filter(version__in=(read, now)) if read != now else ()
        said = {revision.version: revision.content for revision in found}
        if {read, now} == said.keys():
            self.taken, self.both = merging.merge(self, said[read], said[now])
        if self.taken and self.pressed != "_unpublish":
            self.pressed = ""  # nothing becomes public that nobody has seen together

    def _number(self, *names):
        """Return the version that the first of these buttons or fields names, if one does."""
        named = next((self.data[name] for name in names if self.data.get(name)), "")
        return int(named) if named.isdecimal() and len(named) < 10 else 0

    @property
    def version_read(self):
        """The version upon which all this is typed: the one opened, or shown beside it, or the newest, where that was merged."""
        merged = self.both == []
        return self.stored.version if merged else self._number("_over", "_theirs") or self._number("base")

    def clean_title(self):
        return one_line(self.cleaned_data["title"])

    def clean_standfirst(self):
        return one_line(self.cleaned_data["standfirst"])

    def clean(self):
        cleaned = super().clean()
        if self.instance.pk and self.version_read != self.stored.version:
            self.conflict = self.instance.revisions.select_related("saved_by").first()
            raise ValidationError(_("Somebody saved this article after you opened it."), code="stale")
        if "_over" in self.data or self.taken:  # it was seen: what else is refused, now or later, is refused once
            self.data = self.data.copy()
            self.data["base"] = self.version_read
        if not (self.errors or any(cleaned.get(name) for name in WORDS)):
            self.add_error("title", _("There is nothing to save yet."))
        if "language" in cleaned:
            self._clean_translation(cleaned)
        if "language" in cleaned and "tags" in cleaned:
            cleaned["tags"] = Tag.objects.spelt(cleaned["tags"], cleaned["language"])
        if "language" in cleaned and "slug" in cleaned:
            self._clean_address(cleaned)
        return cleaned

    def _clean_translation(self, cleaned):
        """A group of translations has one article a language."""
        if other := self.instance.siblings().filter(language=cleaned["language"]).first():
            self.add_error("language", _("“%(title)s” is this article in that language.") % {"title": other})

    def _clean_address(self, cleaned):
        """Make the address from the title while nobody knows it; refuse one that somebody else has."""
        language, slug = cleaned["language"], cleaned["slug"]
        if not slug or self._follows_title(slug):
            taken = lambda slug: is_reserved(slug) or self._owner(slug, language)  # noqa: E731
            cleaned["slug"] = free_slug(cleaned.get("title", ""), taken, NAMELESS)
        elif owner := self._owner(slug, language):
            self.add_error("slug", _("“%(title)s” has this address already.") % {"title": owner})

    def _follows_title(self, slug):
        """Tell the address of a draft that was made from its title, and so changes with it."""
        kept = not self.stored.first_published_at and slug == self.stored.slug
        return kept and made_from(slug, self.stored.title, NAMELESS)

    def _owner(self, slug, language):
        """Return the article or page that has an address, other than this one."""
        articles = Article.objects.out_of_bin().filter(language=language, slug=slug).exclude(pk=self.instance.pk)
        return articles.first() or Page.objects.filter(language=language, slug=slug).first()

    def _post_clean(self):
        super()._post_clean()
        if not self.conflict:
            self.decide_publication()

    def findings(self):
        """Return what articles/lint.py says of the article as it stands in this form."""
        names = self.cleaned_data.get("tags", []) if self.is_bound else self.initial.get("tags", [])
        new = self.new_tags(names)
        source = self.instance.translated_from
        original, body = source.content if source else {}, self.instance.body
        return lint.check(self.as_typed(), names, photos_of(body), new, original, dead(links_of(body)))

    def new_tags(self, names):
        """Return those of these names that no tag of the article's language has."""
        known = Tag.objects.filter(language=self.instance.language, name__in=names) if names else Tag.objects.none()
        return [name for name in names if name not in set(known.values_list("name", flat=True))]

    def as_typed(self):
        """Return the article with its words that were refused as well: what is too long is not missing."""
        article = copy(self.instance)
        for name in {"title", "standfirst", "key_points"} & self.errors.keys():
            typed = self[name].value() or ""
            setattr(article, name, [point for point in typed if point] if isinstance(typed, list) else typed)
        return article

    def snapshot(self):
        """Return what was typed, as a Revision holds it."""
        said = revisions.snapshot(self.instance, self.cleaned_data.get("tags", []))
        if self.conflict and (date := self.cleaned_data.get("publish_on")):
            said["published_at"] = revisions.written(date)
        return said

    @property
    def says_nothing_new(self):
        """Whether all this is stored already, so that saving it would leave a version that differs in nothing."""
        stood = revisions.snapshot(self.stored, [tag.name for tag in self.stored.ordered_tags])
        beside = ("leads_since", "revised_at", "translated_from_id")
        alike = all(getattr(self.stored, name) == getattr(self.instance, name) for name in beside)
        return alike and self.snapshot() == stood
