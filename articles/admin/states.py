"""Draft, scheduled or published: in words, as a column of a list, and as what narrows it."""

from django.contrib import admin
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from articles.publication import State


def when(moment):
    """Return a date and a time as the desk's language writes them."""
    words = date_format(localtime(moment), "DATETIME_FORMAT")
    return words.replace("1 ", "1er ", 1) if words.startswith("1 ") and get_language() == "fr" else words


def state_in_words(thing):
    if thing.state == State.SCHEDULED:
        return _("Scheduled for %s") % when(thing.published_at)
    if thing.state == State.PUBLISHED:
        return _("Published on %s") % when(thing.published_at)
    return _("Draft")


@admin.display(description=_("state"), ordering="published_at")
def state_column(thing):
    words = format_html('<span class="state state--{}">{}</span>', thing.state, state_in_words(thing))
    if getattr(thing, "leads_since", None):
        return format_html('{} <span class="leads">{}</span>', words, _("Head of the front page"))
    return words


class StateFilter(admin.SimpleListFilter):
    title, parameter_name = _("state"), "state"

    def lookups(self, request, model_admin):
        return State.choices

    def queryset(self, request, queryset):
        states = {"draft": queryset.drafts, "scheduled": queryset.scheduled, "published": queryset.published}
        return states[self.value()]() if self.value() in states else queryset


class ArticleStateFilter(StateFilter):
    """An article may also stand at the head of the front page."""

    def lookups(self, request, model_admin):
        return [*super().lookups(request, model_admin), ("leading", _("Head of the front page"))]

    def queryset(self, request, queryset):
        return queryset.leading() if self.value() == "leading" else super().queryset(request, queryset)
