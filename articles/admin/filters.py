"""By what a list of articles is narrowed."""

from django.contrib import admin
from django.db.models import Value
from django.db.models.functions import Coalesce
from django.utils.dates import MONTHS
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Author, Tag, TaggedArticle
from newsroom.folding import alphabetical, fold


class TagFilter(admin.SimpleListFilter):
    title, parameter_name = _("tag"), "tag"

    def lookups(self, request, model_admin):
        tags = sorted(Tag.objects.order_by().values_list("pk", "name", "language"), key=lambda tag: fold(tag[1]))
        return [(str(pk), f"{name} ({language})") for pk, name, language in tags[:200]]

    def queryset(self, request, queryset):
        """Return those that have the tag.

        They are looked for along the list, by no column, of which SQLite would first find and sort all that have it.
        """
        value = self.value() or ""
        if not value.isdecimal() or len(value) > 18:
            return queryset
        tagged = TaggedArticle.objects.filter(tag=value).values("content_object")
        return queryset.alias(key=Coalesce("pk", Value(0))).filter(key__in=tagged)


class AuthorFilter(admin.SimpleListFilter):
    title, parameter_name = _("author"), "author"

    def lookups(self, request, model_admin):
        return [(str(author.pk), author.name) for author in Author.objects.order_by(alphabetical("name"))]

    def queryset(self, request, queryset):
        value = self.value() or ""
        return queryset.filter(author=value) if value.isdecimal() and len(value) < 19 else queryset


class MonthFilter(admin.SimpleListFilter):
    """Months of publication, the newest first; of more than a year's, the years, and the months of the one chosen."""

    title, parameter_name = _("month"), "month"

    def lookups(self, request, model_admin):
        dates = Article.objects.filter(published_at__isnull=False).values_list("published_at", flat=True)
        # Asked for both ends at once, SQLite reads all that is between.
        ends = [dates.order_by(order).first() for order in ("published_at", "-published_at")]
        if not all(ends):
            return []
        first, last = (12 * moment.year + moment.month - 1 for moment in map(localtime, ends))
        months = [divmod(count, 12) for count in range(last, first - 1, -1)]
        if len(months) <= 12:
            return [_month(year, month) for year, month in months]
        found, chosen = [], (self.value() or "").partition("-")[0]
        for year in dict.fromkeys(year for year, _count in months):
            found.append((str(year), str(year)))
            found += [_month(*one) for one in months if one[0] == year and str(year) == chosen]
        return found

    def queryset(self, request, queryset):
        year, _dash, month = (self.value() or "").partition("-")
        if not (year.isdecimal() and (month or "1").isdecimal() and len(year + month) < 8):
            return queryset
        return queryset.within(int(year), int(month) if month else None)


def _month(year, count):
    """Return a month as a choice; `count` is 0 for January."""
    return f"{year}-{count + 1:02}", f"{MONTHS[count + 1]} {year}"
