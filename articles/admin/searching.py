"""How the desk's list of articles finds: words by the readers' index and in the texts of drafts, which that does not know;
and a page of rows among all.
"""

from functools import reduce
from operator import and_, or_

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import BooleanField, Case, Q, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from articles.models import Article, Tag, TaggedArticle
from articles.search import search, search_parts

MOST = 200  # four pages: nobody reads on, one narrows


class KeysFirst(Paginator):
    """Sorts keys, then reads the rows of a page: a database that sorts rows carries along all that is in them.

    `rows`: where they are read, by their keys alone; asked for more, SQLite looks for that first.
    """

    def __init__(self, *args, rows, **options):
        super().__init__(*args, **options)
        self.rows = rows

    def _get_page(self, rows, number, paginator):
        keys = list(rows.values_list("pk", flat=True))
        found = {row.pk: row for row in self.rows.order_by().filter(pk__in=keys)}
        return Page([found[key] for key in keys if key in found], number, paginator)


def first_with(text, articles):
    """Return the keys of the first MOST of `articles`, in their order, in which `text` is found, and whether there are more.

    Where no article has all words, those that have them as parts of words.
    """
    wanted, keys = None, []
    for look in (search, search_parts):
        if not keys:
            wanted = _wanted(text, look)
            keys = list(articles.filter(wanted).order_by().values_list("pk", flat=True)[: MOST + 1])
    if len(keys) <= MOST:
        return keys, False
    # Where many have it, the first are found soon along the list; a database would rather sort all of them.
    along = Case(When(wanted, then=True), default=False, output_field=BooleanField())
    return list(articles.filter(along).values_list("pk", flat=True)[:MOST]), True


def _wanted(text, look):
    """Return the condition that an article's indexed words, a tag of it, or the texts of a draft fulfil."""
    words = text.split()
    tags = Tag.objects.filter(reduce(and_, (Q(name__holds=word) for word in words)))
    tagged = TaggedArticle.objects.filter(tag__in=list(tags.values_list("pk", flat=True))).values("content_object")
    in_draft = (Q(title__holds=word) | Q(standfirst__holds=word) | Q(body__holds=word) for word in words)
    indexed = (
        # No column, so that SQLite begins with the few that were found, not with all of a language.
        Q(Exact(Coalesce("language", Value("")), code), pk__in=look(text, code, Article.objects.edition(code)).keys)
        for code in settings.EDITIONS
    )
    return reduce(or_, indexed, Q(pk__in=tagged) | reduce(and_, in_draft, Q(published_at=None)))
