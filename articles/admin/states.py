"""Draft, scheduled or published: in words, as a column of a list, and as what narrows it."""

from django.contrib import admin
from django.db.models import F
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import get_language, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from articles.publication import State


def when(moment):
    """Return a date and a time as the desk's language writes them."""
    words = date_format(localtime(moment), "DATETIME_FORMAT")
    return words.replace("1 ", "1er ", 1) if words.startswith("1 ") and get_language() == "fr" else words


def when_in_list(moment):
    """Return a date and a time, short enough for a column: it breaks between the two."""
    day, time = (date_format(localtime(moment), name) for name in ("SHORT_DATE_FORMAT", "TIME_FORMAT"))
    return format_html('<span class="moment">{}</span> {}', day, time)


def state_in_words(thing):
    of_page = thing._meta.model_name == "page"  # a page is feminine in French
    if thing.state == State.SCHEDULED:
        words = pgettext("page", "Scheduled for %s") if of_page else _("Scheduled for %s")
        return words % when(thing.published_at)
    if thing.state == State.PUBLISHED:
        words = pgettext("page", "Published on %s") if of_page else _("Published on %s")
        return words % when(thing.published_at)
    return _("Draft")


# From the oldest to the newest, to what is scheduled, to drafts: and back, whatever the database takes nothing for.
@admin.display(description=_("state"), ordering=F("published_at").asc(nulls_last=True))
def state_column(thing):
    words = format_html('<span class="state state--{}">{}</span>', thing.state, thing.state.label)
    if thing.published_at:
        words = format_html("{} {}", words, when_in_list(thing.published_at))
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


BIN = "bin"


class ArticleStateFilter(StateFilter):
    """An article may also stand at the head of the front page, or be in the bin, which no other list shows."""

    def lookups(self, request, model_admin):
        own = [("leading", _("Head of the front page")), (BIN, pgettext_lazy("of deleted articles", "Bin"))]
        return [*super().lookups(request, model_admin), *own]

    def queryset(self, request, queryset):
        if self.value() == BIN:
            return queryset.in_bin()
        if self.value() == "leading":
            return queryset.out_of_bin().leading()
        return super().queryset(request, queryset) if self.value() else queryset.out_of_bin()
