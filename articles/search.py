"""How articles are indexed, found and ranked, by FTS5 or PostgreSQL (articles/engines.py).

Both engines are given the same terms (articles/analysis.py) and asked only which articles have them, so that both
give the same hits in the same order: all words in the title, in title, standfirst and tags, anywhere; then those with
more of the words in the title, then in title, standfirst and tags; the newest first among equals. Only where nothing has the last word is it taken for the beginning of one.

The index holds every article that has a date. Who may be seen is asked of the articles themselves at each search.
"""

import re
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import add, or_

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, Q, QuerySet, Value, When

from articles import lexicon
from articles.analysis import MAX_SIGNS, fold, parse, primary, stem, terms, vocabulary
from articles.body import text_of
from articles.engines import PLACES, engine, matching
from articles.extracts import Hit
from articles.french_verbs import terms_of_verb, words_that_tell

# How many terms count of each place.
MOST = {"title": 300, "lead": 1500, "whole": 14_200}
MOST_OF_BODY = 14_000  # so that the author's name, which stands behind it, is always read
READ = {"language", "title", "standfirst", "key_points", "body", "author", "published_at"}  # fields of an article
MAX_CORRECTED, MAX_CANDIDATES, BATCH = 3, 6, 500
MOST_SHOWN = 1000  # of a common word's articles: counting them all takes longer than finding the best
EXCLUDED = re.compile(r'(?<!\S)-(?="?[^\W_])("[^"]*"|\S+)')
GAP = "¶"  # a term that nobody can ask for: no phrase goes on from one text to the next


def index(*articles):
    """Put these articles into the index, in the place of what it has of them; those without a date are taken out.

    Returns the words that they put there, as {(language, folded word): word}.
    """
    remove(*(article.pk for article in articles))
    here, rows, words, names = engine(), [], {}, _names(articles)
    for article in articles:
        if article.published_at:
            author, *tags = names[article.pk]
            texts = {
                "title": [article.title],
                "lead": [article.standfirst, *article.key_points, *tags],
                "whole": [text_of(article.body), author],
            }
            rows.append((article.pk, *here.row({place: _terms(texts[place], place, article) for place in PLACES})))
            said = " ".join(text for place in texts.values() for text in place)
            for folded, word in vocabulary(said, article.language).items():
                words.setdefault((article.language, folded), word)
    with connection.cursor() as cursor:
        cursor.executemany(here.insert, rows)
    lexicon.add(words)
    return words


def _names(articles):
    """Return {key: [its author's name, the names of its tags]} in two queries for any number of articles."""
    keys = [article.pk for article in articles]
    rows = apps.get_model("articles", "Article")._base_manager.filter(pk__in=keys)
    names = {pk: [name] for pk, name in rows.values_list("pk", "author__name")}
    tagged = apps.get_model("articles", "TaggedArticle").objects.filter(content_object__in=keys)
    for pk, name in tagged.values_list("content_object", "tag__name"):
        names[pk].append(name)
    return names


def _terms(texts, place, article):
    found = []
    for text in texts:
        found += [*terms(text, article.language, min(MOST[place], MOST_OF_BODY)), GAP]
    return found[: MOST[place]]


def rebuild(articles):
    """Index a queryset anew, drop what else the index holds, and return how many it has. Nothing is missing meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(engine().delete_lost)
    unused, last, done = lexicon.everything(), 0, 0
    while batch := list(articles.filter(pk__gt=last).order_by("pk")[:BATCH]):
        with transaction.atomic():
            unused -= index(*batch).keys()
        done, last = done + len(batch), batch[-1].pk
    lexicon.forget(unused)
    return done


def remove(*ids):
    """Take the articles of these ids out of the index."""
    with connection.cursor() as cursor:
        cursor.executemany(engine().delete, [(pk,) for pk in ids])


def search(text, language, articles):
    """Return the Results of what a reader of one edition typed, among `articles`, a queryset of what he may see.

    What has a minus before it is in none of them, where something else is looked for.
    """
    text = text[:MAX_SIGNS]
    if wanted := parse(EXCLUDED.sub(" ", text), language):
        for clause in parse(" ".join(EXCLUDED.findall(text)), language):
            articles = articles.exclude(pk__in=matching([clause], "whole"))

    def having(clauses):
        return Results(clauses, text, language, articles)

    clauses = _with_verb_forms(wanted or parse(text, language), language)
    results = having(clauses)
    if clauses and clauses[-1].loose and not results.total and (cut := lexicon.beginning(clauses[-1].typed, language)):
        wider = having((*clauses[:-1], clauses[-1].or_any(stem(word, language) for word in cut)))
        return wider if wider.total else results
    return results


def search_parts(text, language, articles):
    """Return the Results of what may also be a part of a word: the desk asks for it where `search` finds nothing."""
    clauses = tuple(
        clause.or_any(stem(word, language) for word in lexicon.holding(clause.typed, language))
        if clause.loose
        else clause
        for clause in parse(text, language)
    )
    return Results(clauses, text[:MAX_SIGNS], language, articles)


def titled(text, articles):
    """Return those of `articles`, of any edition, whose titles have the words of a text, or have them as parts of words."""
    asked = {code: search_parts(text, code, articles).clauses for code in settings.EDITIONS}
    having = (Q(language=code, pk__in=matching(clauses, "title")) for code, clauses in asked.items() if clauses)
    return articles.filter(reduce(or_, having, Q(pk__in=())))


def _with_verb_forms(clauses, language):
    """Return the clauses, each with the other forms of its verb, if it is one; one query for all of them."""
    asked = {clause: words_that_tell(clause.typed) for clause in clauses if clause.loose and primary(language) == "fr"}
    written = lexicon.written(set().union(*asked.values()), language)
    return tuple(
        clause.or_any(terms_of_verb(clause.typed, written)) if clause in asked else clause for clause in clauses
    )


@dataclass
class Results:
    """What was found, as Django's Paginator wants it: a count, and slices which are lists of hits."""

    clauses: tuple
    text: str
    language: str
    articles: QuerySet

    def __post_init__(self):
        self.found = self.articles.filter(pk__in=self.keys)

    @property
    def keys(self):
        """The keys of all that the index has with these words, whatever its edition: a subquery, or nothing."""
        return matching(self.clauses, "whole") if self.clauses else ()

    @cached_property
    def counted(self):
        return self.found.order_by()[: MOST_SHOWN + 1].count()

    @property
    def total(self):
        """How many are shown of those that were found."""
        return min(self.counted, MOST_SHOWN)

    @property
    def has_more(self):
        return self.counted > MOST_SHOWN

    def count(self):
        return self.total

    def __getitem__(self, span):
        if not isinstance(span, slice):  # a template tries names as keys before it tries them as attributes
            raise TypeError("results are read in slices")
        if not self.total:
            return []
        ids = self._best(self.total if span.stop is None else span.stop)[span]
        # Asked by key alone, which were found among these articles just now: else SQLite walks along their index.
        rows = self.articles.model.objects.for_cards().defer(None).order_by().in_bulk(ids)
        return [Hit.of(rows[pk], self.clauses) for pk in ids if pk in rows]

    def _having(self, *clauses):
        return self.articles.filter(pk__in=matching(clauses, "whole"))

    def _best(self, count):
        """Return the keys of the first `count` hits. Wider places are not looked at when narrower ones have enough."""
        keys, before = [], ()
        for place in PLACES:
            here = self.articles.filter(pk__in=matching(self.clauses, place))
            if before:
                here = here.exclude(pk__in=matching(self.clauses, before[-1]))
            # They have all words here, and some perhaps in the narrower places.
            order = [self._words_in(narrower).desc() for narrower in before if len(self.clauses) > 1]
            keys += here.order_by(*order, "-published_at", "-pk").values_list("pk", flat=True)[: count - len(keys)]
            if len(keys) >= count:
                break
            before = (*before, place)
        return keys

    def _words_in(self, place):
        """Return how many of the clauses an article has in `place`, as an expression."""
        has = (Case(When(pk__in=matching([clause], place), then=Value(1)), default=Value(0)) for clause in self.clauses)
        return reduce(add, has)

    @cached_property
    def suggestion(self):
        """What was perhaps meant when nothing was found: the text with the words that readers can find; else empty."""
        if self.total:
            return ""
        wrong = [clause for clause in self.clauses if clause.loose and not self._having(clause).exists()]
        better = {clause.typed: self._nearest(clause.typed) for clause in wrong[:MAX_CORRECTED]}

        def correct(part):
            return better.get(fold(part[0])) or part[0]

        text = " ".join(re.sub(r"[^\W_]+", correct, self.text).split())
        return text if any(better.values()) and search(text, self.language, self.articles).total else ""

    def _nearest(self, word):
        """Return the indexed word within two slips of `word` that the most articles have; None when there is none."""
        near = lexicon.near(word, self.language)
        counts = {shown: self._having(*parse(shown, self.language)).count() for shown in near[:MAX_CANDIDATES]}
        found = max(counts, key=counts.get, default=None)
        return found if found and counts[found] else None
