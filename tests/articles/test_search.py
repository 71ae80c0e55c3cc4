"""The search: what is found and in which order, the same on both databases; what is never found; what was meant.

Run it with DATABASE_URL=postgres://… for PostgreSQL: the table is the same.
"""

import tomllib
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.models import Article
from articles.search import index, rebuild, remove, search
from newsroom.jobs import run_pending
from tests.factories import ArticleFactory, AuthorFactory

DATA = Path(__file__).parent.parent / "data" / "search"
QUERIES = [
    tuple(part.strip() for part in line.split(" | "))
    for line in (DATA / "queries.txt").read_text().splitlines()
    if not line.startswith("#")
]


@pytest.fixture
def newsroom(db):
    """The articles of the table."""
    claire = AuthorFactory(name="Claire Vasseur")
    for language, rows in tomllib.loads((DATA / "articles.toml").read_text()).items():
        for days, row in enumerate(rows, 1):
            published = timezone.now() - timedelta(days=days)
            author = AuthorFactory(name=row.pop("author")) if "author" in row else claire
            ArticleFactory(language=language, author=author, published_at=published, **row)
    index(*Article.objects.all())  # the tags came after the articles


def found(text, language="fr", articles=None):
    """Return the addresses of what is found, best first."""
    articles = Article.objects.published().edition(language) if articles is None else articles
    return [hit.article.slug for hit in search(text, language, articles)[:50]]


def extract_of(text, language="fr"):
    """Return the first hit's extract, what was asked for in brackets."""
    hit = search(text, language, Article.objects.all())[0:1][0]
    return "".join(f"[{words}]" if asked else words for words, asked in hit.extract)


@pytest.mark.usefixtures("newsroom")
class TestTheTable:
    def test_is_long_enough_to_mean_something(self):
        assert len(QUERIES) >= 60
        assert {language for language, *_ in QUERIES} == {"fr", "en"}

    def test_what_is_typed_finds_what_was_meant_best_first(self):
        answers = {(language, text): " ".join(found(text, language)) for language, text, _ in QUERIES}

        assert answers == {(language, text): expected for language, text, expected in QUERIES}

    def test_a_slip_is_corrected_when_nothing_was_found(self):
        meant = {
            "bibliothekue": "bibliothèque",
            "l'énerjie": "l'énergie",
            "chiffremnet": "chiffrement",
            "survaillance caméras": "surveillance caméras",
            "kerkhofs": "kerckhoffs",
            "zzzzzzzz": "",
            "biblioth": "",  # the beginning of a word is enough: it is found
            "danz": "",  # nobody means « dans »
        }
        articles = Article.objects.published().edition("fr")

        assert {text: search(text, "fr", articles).suggestion for text in meant} == meant

    def test_the_extract_shows_what_was_asked_for_in_its_place(self):
        assert extract_of("câbles") == (
            "Les élus votent, les [câbles] suivent. Un centre de données consomme autant qu’une ville moyenne. "
            "Les ingénieurs publient leurs mesures."
        )
        assert extract_of('"centre de données"').startswith(
            "Les élus votent, les câbles suivent. Un [centre] [de] [données] consomme"
        )
        assert "les cameras" not in extract_of("nice demande")
        assert "« Nous n’avons rien [demandé] »".replace("« ", "«\u202f").replace(" »", "\u202f»") in extract_of(
            "nice demande"
        )

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
    @given(
        text=st.text(max_size=80)
        | st.lists(st.sampled_from("\" * ( ) - AND OR NOT NEAR( l' : ^ { } \0 ' & | ! <-> ia :* vote".split(" "))).map(
            " ".join
        )
    )
    def test_whatever_is_typed_there_is_an_answer(self, text):
        results = search(text, "fr", Article.objects.published())

        assert results.count() == len(results[:1000])
        assert results.suggestion == "" or not results.count()


@pytest.mark.parametrize(
    "text",
    ["", " ", '"', '"""', "*", "NEAR(", "NEAR(a b)", "-", "- -a", "a AND b", "AND", "title:a", "\0", "😀", "'", "\\", "%", ")(", "<->", ":*", "'a':*", "a" * 10_000, "le la les de du", "the of and", "é" * 200, '" ' * 5000, "vote " * 2000, "ﷺ" * 300, "\ud800"],
)  # fmt: skip
def test_no_question_breaks_or_slows_the_search(db, text):
    ArticleFactory(title="Vote")

    counted = Counted()
    with connection.execute_wrapper(counted):
        results = search(text, "fr", Article.objects.published())
        hits, suggestion = results[:10], results.suggestion

    assert counted.statements <= 30
    assert len(hits) <= 1
    assert suggestion == ""


class Counted:
    """Counts the statements that reach the database."""

    statements = 0

    def __call__(self, execute, sql, params, many, context):
        self.statements += 1
        return execute(sql, params, many, context)


@pytest.mark.django_db
class TestTheOrder:
    def make(self, slug, days, **texts):
        plain = {"title": "Rien", "standfirst": "Rien.", "body": "<p>Rien.</p>"}
        return ArticleFactory(slug=slug, published_at=timezone.now() - timedelta(days=days), **(plain | texts))

    def test_title_stands_above_standfirst_above_body_however_old(self):
        self.make("body", 1, body="<p>Un satellite. Un satellite. Un satellite.</p>")
        self.make("standfirst", 2, standfirst="Le satellite.")
        self.make("title", 3, title="Satellite")

        assert found("satellite") == ["title", "standfirst", "body"]

    def test_the_newest_comes_first_among_equals(self):
        for slug, days in (("middle", 5), ("new", 1), ("old", 9)):
            self.make(slug, days, title="Un satellite")

        assert found("satellite") == ["new", "middle", "old"]

    def test_the_beginning_of_a_word_is_looked_for_only_where_the_word_itself_is_not(self):
        self.make("beginning", 1, title="Carbone")
        assert found("car") == found("un car") == ["beginning"]

        self.make("whole", 2, body="<p>Un car.</p>")
        assert found("car") == ["whole"]

    def test_a_standfirst_and_tags_stand_above_the_body_and_the_author_last(self):
        self.make("author", 1, author=AuthorFactory(name="Ada Satellite"))
        self.make("tag", 2, tags=["Satellite"])
        self.make("body", 3, body="<p>Satellite.</p>")
        index(*Article.objects.all())

        assert found("satellite") == ["tag", "author", "body"]

    def test_words_may_stand_in_different_places(self):
        self.make("both", 1, title="Satellite", body="<p>Une orbite.</p>")
        self.make("one", 2, title="Satellite")

        assert found("orbite satellite") == ["both"]

    def test_more_of_the_words_in_the_title_and_then_in_the_standfirst_stand_first(self):
        for days in (1, 2, 3):
            self.make(f"passing-{days}", days, body="<p>En France, une batterie, du sodium.</p>")
        self.make("lead", 4, standfirst="Une batterie.", body="<p>France, sodium.</p>")
        self.make("title", 5, title="Batteries au sodium", body="<p>En France.</p>")

        assert found("batterie sodium france") == ["title", "lead", "passing-1", "passing-2", "passing-3"]

    def test_a_phrase_does_not_span_title_and_standfirst(self):
        self.make("apart", 1, title="Le grand satellite", standfirst="orbite lentement.")

        assert found('"satellite orbite"') == []
        assert found("satellite orbite") == ["apart"]

    def test_a_standfirst_is_plain_text_in_the_extract(self):
        self.make("signs", 1, standfirst="Si x<y alors zork & <b>gras</b>.")

        assert extract_of("zork").startswith("Si x<y alors [zork] & <b>gras</b>.")

    def test_key_points_are_found(self):
        self.make("points", 1, key_points=["Un lanceur a explosé."])

        assert found("lanceurs") == ["points"]


@pytest.mark.django_db
class TestWhoIsFound:
    @pytest.fixture(autouse=True)
    def empty_index(self):
        """Tests that commit leave rows in the index, which is no model's table: nobody empties it after them."""
        rebuild(Article.objects.none())

    def test_an_article_is_found_only_from_its_moment_on(self):
        article = ArticleFactory(title="Satellite", published_at=timezone.now() + timedelta(hours=1))
        assert found("satellite") == []
        assert search("satelite", "fr", Article.objects.published()).suggestion == ""

        Article.objects.update(published_at=timezone.now() - timedelta(seconds=1))  # time passes: nothing is saved
        assert found("satellite") == [article.slug]

    def test_a_draft_is_not_in_the_index_at_all(self):
        article = ArticleFactory(title="Satellite", published_at=None)
        assert found("satellite", articles=Article.objects.all()) == []

        article.published_at = timezone.now()
        article.save()
        assert found("satellite", articles=Article.objects.all()) == [article.slug]

        article.published_at = None
        article.save(update_fields=["published_at"])
        assert found("satellite", articles=Article.objects.all()) == []

    def test_the_index_follows_what_is_saved(self):
        article = ArticleFactory(title="Satellite")
        article.title = "Ballon"
        article.save()

        assert found("satellite") == []
        assert found("ballon") == [article.slug]

    def test_what_is_deleted_leaves_the_index(self):
        article = ArticleFactory(title="Satellite")
        article.delete()

        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM articles_search")
            assert cursor.fetchone() == (0,)

    @pytest.mark.parametrize(
        ("language", "title", "typed"), [("en-gb", "It's an engine", "the engine’s"), ("fr-ca", "L’eau", "de l'eau")]
    )
    def test_a_regional_edition_has_the_words_of_its_language(self, language, title, typed):
        article = ArticleFactory(language=language, title=title, body="<p>.</p>", standfirst=".")

        assert found(typed, language) == [article.slug]

    def test_each_edition_finds_its_own(self):
        ArticleFactory(language="fr", title="Satellite")
        english = ArticleFactory(language="en", title="Satellite")

        assert found("satellite", "en") == [english.slug]

    def test_the_index_can_be_emptied_and_built_anew(self):
        article = ArticleFactory(title="Satellite")
        remove(article.pk)
        assert found("satellite") == []

        call_command("reindex", stdout=StringIO())
        assert found("satellite") == [article.slug]

    def test_what_is_deleted_in_one_go_leaves_the_index_too(self):
        ArticleFactory(title="Satellite")
        Article.objects.all().delete()

        assert rows("articles_search") == []

    def test_building_anew_drops_what_belongs_to_no_article_any_more(self):
        ArticleFactory(title="Satellite")
        ArticleFactory(title="Ballon")
        Article.objects.filter(title="Ballon")._raw_delete("default")
        Article.objects.filter(title="Satellite").update(title="Fusée")  # no save: the index does not know
        assert len(rows("articles_search")) == 2

        call_command("reindex", stdout=StringIO())

        assert len(rows("articles_search")) == 1
        words = {row[1] for row in rows("articles_search_word")}
        assert "fusee" in words
        assert not words & {"satellite", "ballon"}

    def test_names_of_tags_and_authors_are_followed(self):
        article = ArticleFactory(title="Rien", tags=["Orbite"], author=AuthorFactory(name="Ada"))
        run_pending()
        assert found("orbite ada") == [article.slug]

        tag, author = article.tags.get(), article.author
        tag.name, author.name = "Trajectoire", "Bo"
        tag.save()
        author.save()
        run_pending()
        assert (found("orbite"), found("ada"), found("trajectoire bo")) == ([], [], [article.slug])

        tag.delete()
        run_pending()
        assert found("trajectoire") == []

    def test_very_long_texts_are_indexed(self):
        article = ArticleFactory(body="<p>" + "mot " * 20_000 + "a" * 5000 + " satellite</p>", title="Lanceur " * 20)
        index(article)

        assert found("lanceur") == [article.slug]
        assert found(f'"{article.author.name}"') == [article.slug]


def rows(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")  # noqa: S608, a name of this file
        return cursor.fetchall()


@pytest.mark.django_db
def test_every_page_is_its_part_of_the_whole_whatever_places_it_reaches(django_assert_num_queries):
    """All words in the title, in the standfirst too, anywhere; then by how many stand there; then by date."""
    rows = {
        "title": {"title": "Vent et soleil"},
        "lead": {"title": "Le vent", "standfirst": "Et le soleil."},
        "lead-untitled": {"standfirst": "Le vent, le soleil."},
        "body-titled": {"title": "Le soleil", "body": "<p>Le vent.</p>"},
        "body-led": {"standfirst": "Le soleil.", "body": "<p>Le vent.</p>"},
        "body": {"body": "<p>Le vent, le soleil.</p>"},
    }
    expected = [f"{slug}-{day}" for slug in rows for day in (1, 2)]
    for slug, row in rows.items():
        for day in (2, 1):
            values = {"title": "Rien", "standfirst": "Rien.", "body": ""} | row
            ArticleFactory(slug=f"{slug}-{day}", published_at=timezone.now() - timedelta(days=day), **values)

    results = search("vent soleil", "fr", Article.objects.published())

    assert [hit.article.slug for hit in results[:50]] == expected
    for size in (1, 2, 5):
        for first in range(0, 12, size):
            assert [hit.article.slug for hit in results[first : first + size]] == expected[first : first + size]
    with django_assert_num_queries(3):  # keys, articles, tags: what the titles answer asks no wider place
        assert len(results[:2]) == 2
    with django_assert_num_queries(5):
        assert len(results[:12]) == 12
