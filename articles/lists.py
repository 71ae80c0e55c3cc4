"""Which articles an edition lists, and how many: kept (newsroom/parts.py) until one of them comes or goes.

So a large site counts as fast as a small one: what is read again is what a change has touched.
"""

from django.core.paginator import Page, Paginator
from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.utils.timezone import localtime
from django.utils.translation import get_language

from articles.models import Article, TaggedArticle
from articles.models.article import ends_of
from articles.publication import published
from newsroom.cache import depends_on
from newsroom.parts import kept_found, kept_values

PER_PAGE = 18  # on the front page: the lead story, five lines, four rows of three cards


def here():
    """Return the articles that readers of the current edition may see."""
    depends_on(f"articles-{get_language()}")
    return Article.objects.published().edition(get_language())


def lead_story():
    """Return the key of the article chosen to stand first on the front page of the current edition, or None."""
    return here().leading().values_list("pk", flat=True).first()


def page_of(find, number, name, may_be_empty=True, lead=lambda: None):
    """Return a page of the keys of the articles that `find()` returns, newest first. Raises InvalidPage where there is none.

    `name` is the list's own; its first word is the tag that changes with these articles. The one of them whose key
    `lead()` returns stands before all others.
    """

    def divided(keys):
        return Paginator(keys, PER_PAGE, allow_empty_first_page=may_be_empty)

    def read(_keys):
        articles, first = find().newest_first().values_list("pk", flat=True), lead()
        page = divided(articles).page(number)
        return {number: [page.paginator.count, _led_by(first, articles, number) if first else list(page)]}

    count, keys = kept_values({number: f"{name} {number}"}, read)[number]
    paginator = divided(keys)
    paginator.count = count
    return Page(keys, number, paginator)


def _led_by(first, articles, number):
    """Return a page of the keys, `first` before all others and not in its own place again."""
    end = number * PER_PAGE - 1
    others = articles.exclude(pk=first)
    return [first, *others[:end]] if number == 1 else list(others[end - PER_PAGE : end])


def tag_of_year(language, year):
    """Return the tag of what shows how many articles an edition has of one year."""
    return f"articles-{language}-{year}"


def all_years():
    """Return the years from that of the edition's newest article back to that of its oldest."""
    moments = here().newest_first().values_list("published_at", flat=True)
    last, first = (localtime(end[0]).year if end else 0 for end in (list(moments[:1]), list(moments.reverse()[:1])))
    return range(last, first - 1, -1) if last else range(0)


def beside(year, month=None):
    """Return (year, month) of the nearest month before this one that has articles, and of the nearest after it, or None.

    Of years likewise, month being None.
    """
    start, end = ends_of(year, month)
    sides = here().filter(published_at__lt=start).newest_first(), here().filter(published_at__gte=end).newest_first()
    moments = (articles.values_list("published_at", flat=True) for articles in (sides[0], sides[1].reverse()))
    days = [moment and localtime(moment) for moment in (found.first() for found in moments)]
    return [day and (day.year, month and day.month) for day in days]


def by_year(draw):
    """Return what `draw((year, [(month, number of articles)]))` gives for each year that has some, newest first."""

    def count(missing):
        """Count the missing years, and maybe some between them, in one query."""
        found = {year: (year, []) for year in missing}
        rows = here().filter(published_at__year__gte=min(missing), published_at__year__lte=max(missing)).order_by()
        counted = rows.annotate(moment=TruncMonth("published_at")).values_list("moment").annotate(Count("pk"))
        for moment, number in counted.order_by("-moment"):
            if moment.year in found:
                found[moment.year][1].append((moment.month, number))
        return found

    names = {year: f"{tag_of_year(get_language(), year)} months" for year in all_years()}
    return list(filter(None, kept_found(names, count, draw).values()))


def numbers_of(tags):
    """Return {key of a tag: number of published articles that have it}."""

    def count(missing):
        tagged = TaggedArticle.objects.filter(published("content_object__"), tag__in=missing).order_by()
        return dict.fromkeys(missing, 0) | dict(tagged.values_list("tag").annotate(Count("pk")))

    return kept_values({tag.pk: f"tagged:{tag.pk} number" for tag in tags}, count)
