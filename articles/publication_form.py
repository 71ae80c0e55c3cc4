"""When an article is published, and what readers are told of its changes: as its form says, and the button that was pressed."""

from copy import copy

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles import corrections, lint
from articles.fields import TOO_FAR, MomentField, OneLine, WithdrawnField, is_too_far


class PublicationForm(forms.ModelForm):
    """The part of an article’s form that says so. `findings()` of the whole form tells what articles/lint.py finds."""

    publish_on = MomentField(required=False, label=_("Date and time"))
    notable = forms.BooleanField(
        required=False,
        label=_("This change is notable"),
        help_text=_("Readers see that the article was updated, and when."),
    )
    correction = forms.CharField(
        max_length=300,
        required=False,
        label=_("What was put right"),
        widget=OneLine(),
        help_text=_("One sentence, if you like: readers see it below the date and at the end of the article."),
    )
    withdrawn = WithdrawnField(required=False, label=_("Corrections shown to readers"))
    leads = forms.BooleanField(
        required=False,
        label=_("Keep at the head of the front page"),
        help_text=_("It stays there, whatever is published later, until you take it off or put another there."),
    )
    # Whether it did when the form was drawn: a form that is older than another choice undoes nothing.
    led = forms.BooleanField(widget=forms.HiddenInput, required=False)
    untranslated = forms.BooleanField(
        required=False,
        label=_("Publish it all the same"),
        help_text=_("Quotations and names may be the same in both languages."),
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.stored = copy(self.instance)
        self.pressed = next((name for name in ("_publish", "_schedule", "_unpublish") if name in self.data), "")
        self.asks = []
        self.idle_date = ""  # a date that was typed, where the button that was pressed does not use it
        if "withdrawn" in self.fields:
            self.fields["withdrawn"].choices = corrections.offered(self.instance)
        self.initial["leads"] = self.initial["led"] = bool(self.instance.leads_since)
        if self.instance.published_at:
            # As the field shows it: a date that nobody touched has not changed.
            self.initial["publish_on"] = self.instance.published_at.replace(second=0, microsecond=0)

    @property
    def leads_changed(self):
        return bool(self.cleaned_data.get("leads")) != bool(self.cleaned_data.get("led"))

    def decide_publication(self):
        """Put on the article what its form says of its publication; refuse what may not be published."""
        date = self._date()
        if date is None:
            self.instance.take_back()
        self.instance.published_at = date
        self._tell_readers()
        if self.leads_changed:
            self.instance.leads_since = timezone.now() if self.cleaned_data.get("leads") else None
        if followed := self._followed():
            self.instance.translated_from = followed
        if self.instance.published_at:
            self._refuse_publication(self.findings())

    def _tell_readers(self):
        """Date a notable change of what is public, and tell of it; forget the corrections that were taken away."""
        now = timezone.now()
        told = corrections.without(self.stored, self.cleaned_data.get("withdrawn") or ())
        new = corrections.said(self.cleaned_data.get("correction") or "", now)
        if self.stored.is_published and (new or self.cleaned_data.get("notable")):
            self.instance.revised_at = now
            told += new
        self.instance.corrections = told

    def _refuse_publication(self, findings):
        """Say at its field what forbids publication; what one may mean, only until it is published."""
        if not self.stored.published_at:
            self.asks = lint.asks(findings)
        meant = self.cleaned_data.get("untranslated")
        for finding in [*lint.stops(findings), *(() if meant else self.asks)]:
            if finding.field not in self.errors:
                self.add_error(finding.field, finding.message)

    def _followed(self):
        """Return the version of the original that this translation is now said to follow, or None."""
        pk = self.data.get("_followed", "")
        if not (pk.isdecimal() and len(pk) < 19 and self.instance.translated_from):
            return None
        return self.instance.translated_from.article.revisions.filter(pk=pk).first()

    def _date(self):
        """Return when the article is published after this save, or None."""
        if self.pressed == "_unpublish":
            return None
        if self.pressed == "_publish":
            return self._date_of_publication()
        if self.pressed == "_schedule":
            if not self.cleaned_data.get("publish_on") and "publish_on" not in self.errors:
                self.add_error("publish_on", _("Say when: a date and a time."))
            return self._moment()
        if "_theirs" not in self.data and self.cleaned_data.get("publish_on") and "publish_on" in self.changed_data:
            if self.stored.published_at:
                return self._moment()
            self.idle_date = self.data["publish_on"]
        return self.stored.published_at

    def _date_of_publication(self):
        """Return now; for what readers knew once the date that it had then, unless today's is asked for."""
        if self.stored.is_published:
            return self.stored.published_at
        again = self.stored.own_date if self.data["_publish"] != "today" else None
        return again or timezone.now()

    def _moment(self):
        """Return the moment typed. Only what readers know already may move to the past: the rest would appear at once."""
        moment = self.cleaned_data.get("publish_on")
        if moment and moment <= timezone.now() and not self.stored.is_published:
            past = _("This date is past. Use “Publish now”, or choose a later moment.")
            self.add_error("publish_on", past)
            return self.stored.published_at
        if is_too_far(moment) and "publish_on" in self.changed_data:
            self.add_error("publish_on", TOO_FAR)
        return moment
