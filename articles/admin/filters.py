"""By what a list of articles is narrowed."""

from django.contrib import admin
from django.utils.dates import MONTHS
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Author, Tag
from newsroom.folding import alphabetical


class TagFilter(admin.SimpleListFilter):
    title, parameter_name = _("tag"), "tag"

    def lookups(self, request, model_admin):
        return [
            (str(tag.pk), f"{tag.name} ({tag.language})") for tag in Tag.objects.order_by(alphabetical("name"))[:200]
        ]

    def queryset(self, request, queryset):
        value = self.value() or ""
        return queryset.filter(tagged__tag=value) if value.isdecimal() and len(value) < 19 else queryset


class AuthorFilter(admin.SimpleListFilter):
    title, parameter_name = _("author"), "author"

    def lookups(self, request, model_admin):
        return [(str(author.pk), author.name) for author in Author.objects.order_by(alphabetical("name"))]

    def queryset(self, request, queryset):
        value = self.value() or ""
        return queryset.filter(author=value) if value.isdecimal() and len(value) < 19 else queryset


class MonthFilter(admin.SimpleListFilter):
    """Months of publication, the newest first: all from that of the first article to that of the last."""

    title, parameter_name = _("month"), "month"

    def lookups(self, request, model_admin):
        dates = Article.objects.filter(published_at__isnull=False).values_list("published_at", flat=True)
        # Asked for both ends at once, SQLite reads all that is between.
        ends = [dates.order_by(order).first() for order in ("published_at", "-published_at")]
        if not all(ends):
            return []
        first, last = (12 * moment.year + moment.month - 1 for moment in map(localtime, ends))
        months = [(count // 12, count % 12 + 1) for count in range(last, max(first, last - 120) - 1, -1)]
        return [(f"{year}-{month:02}", f"{MONTHS[month]} {year}") for year, month in months]

    def queryset(self, request, queryset):
        year, _dash, month = (self.value() or "").partition("-")
        if not (year.isdecimal() and month.isdecimal()):
            return queryset
        return queryset.within(int(year[:5]), int(month[:3]))
