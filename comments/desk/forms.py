"""What moderators fill in: what to look for, what to decide and why, an answer."""

from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from articles.machines import article_at
from articles.models import Article
from comments import text
from comments.desk.cases import PER_PAGE, SHOWS
from comments.desk.log import REASONS
from comments.forms import MAX_TEXT, AtMost
from comments.models import ReaderComment
from newsroom.typography import typeset

NEWEST = 15  # articles that the author chooses from


class ListForm(forms.Form):
    """Which list, and which words. What is not understood shows the comments that wait."""

    show = forms.ChoiceField(choices=SHOWS, required=False)
    q = forms.CharField(max_length=100, required=False, label=_("Search in names, comments and titles"))
    article = forms.ModelChoiceField(Article.objects.only("title", "language"), required=False)
    of = forms.ModelChoiceField(ReaderComment.objects.only("user_name"), to_field_name="public_id", required=False)
    page = forms.IntegerField(min_value=1, max_value=10**6, required=False)

    NARROWING = ("q", "article", "of")

    def wanted(self):
        """Return one of SHOWS or "all", and what of it is looked for, as `cases.listed` takes it."""
        self.full_clean()
        found = self.cleaned_data
        narrowed = {"words": found.get("q", ""), "article": found.get("article"), "person": found.get("of")}
        show = found.get("show") or ("all" if any(narrowed.values()) else "waiting")
        return show, narrowed

    def query(self, *names):
        """Return what was understood, or of that these names only, as it is written in an address."""
        self.full_clean()
        written = {"article": lambda row: row.pk, "of": lambda row: row.public_id}
        found = {name: value for name, value in self.cleaned_data.items() if value and (not names or name in names)}
        return {name: written.get(name, str)(value) for name, value in found.items()}

    def address(self):
        """Return the list's address relative to the first one's."""
        return urlencode(self.query())


class LogForm(forms.Form):
    """Whose decisions."""

    by = forms.IntegerField(min_value=1, max_value=2**31 - 1, required=False)
    page = forms.IntegerField(min_value=1, max_value=10**6, required=False)

    def address(self):
        """Return the log's address relative to the first one's."""
        self.full_clean()
        return urlencode({name: value for name, value in self.cleaned_data.items() if value})


class DecisionForm(forms.Form):
    """What becomes of which comments, and why. `comment` holds what was seen: a public id, a colon, a status."""

    status = forms.ChoiceField(
        choices=[choice for choice in ReaderComment.Status.choices if choice[0] != ReaderComment.Status.PENDING]
    )
    reason = forms.ChoiceField(choices=REASONS, required=False)
    words = forms.CharField(max_length=250, required=False, label=_("Reason"))

    def clean(self):
        seen = dict(value.partition(":")[::2] for value in self.data.getlist("comment")[: 10 * PER_PAGE])
        self.cleaned_data["seen"] = {key: seen[key] for key in seen if "\0" not in key}
        if not self.cleaned_data["seen"]:
            raise forms.ValidationError(_("Choose the comments to decide on first."))
        return self.cleaned_data

    def faults(self):
        """Return what is wrong, a sentence each; what a field holds, with its name."""
        return [
            f"{self[name].label} – {error}" if name in self.fields else error
            for name, errors in self.errors.items()
            for error in errors
        ]

    @property
    def why(self):
        """The line's reason: a code, or words, or both."""
        given = (self.cleaned_data["reason"], text.one_line(self.cleaned_data["words"]))
        return ": ".join(part for part in given if part)


class UndoForm(forms.Form):
    batch = forms.UUIDField()
    alone = forms.CharField(required=False)


class AnswerForm(forms.Form):
    """What the author says to a reader."""

    answer = forms.CharField(
        validators=[AtMost(MAX_TEXT)],
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        error_messages={"required": _("Write your answer here.")},
    )

    def clean_answer(self):
        words = text.plain(self.cleaned_data["answer"])
        if not words:
            raise forms.ValidationError(self.fields["answer"].error_messages["required"])
        return words


class AuthorForm(AnswerForm):
    """What the author says below an article, answering nobody: one of the newest, or any by its address."""

    article = forms.ModelChoiceField(Article.objects.none(), label=_("Article"), required=False)
    address = forms.CharField(
        label=_("Or the address of an older article"),
        max_length=500,
        required=False,
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
    )

    field_order = ("article", "address", "answer")

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        field = self.fields["article"]
        field.queryset = Article.objects.published().select_related("author")
        newest = field.queryset.order_by("-published_at", "-pk").values_list("pk", "title", "language")[:NEWEST]
        field.choices = [("", "—"), *((pk, typeset(title, language)) for pk, title, language in newest)]
        self.fields["answer"].label = _("Comment")

    def clean(self):
        found = super().clean()
        if found.get("address"):
            found["article"] = article_at(found["address"])
            if not found["article"]:
                self.add_error("address", _("No published article of this site stands at this address."))
        elif not found.get("article") and not {"article", "address"} & set(self.errors):
            self.add_error("article", _("Choose an article, or give its address."))
        return found


class BlockForm(forms.Form):
    """Why a commenter is not to be read any more, and what becomes of those comments of hers that wait."""

    Status = ReaderComment.Status
    waiting = forms.ChoiceField(choices=[(one, one.label) for one in (Status.REJECTED, Status.SPAM)], required=False)
    network = forms.BooleanField(required=False)
    why = forms.CharField(max_length=200, required=False)
