"""Letters that stand for each other in the desk's searches: in Python, on SQLite and on PostgreSQL."""

import re

import psycopg
import pytest
from django.contrib import admin
from django.urls import reverse

from articles.models import Photo, Tag
from newsroom.folding import alphabetical, fold, pattern
from tests.factories import PhotoFactory, TagFactory
from tests.servers import POSTGRES, answers_postgres

FOLDED = [
    ("Énergie", "energie"),
    ("ÉNERGIE", "energie"),
    ("E\u0301nergie", "energie"),
    ("L’Œuvre d’Æsir", "l'oeuvre d'aesir"),
    ("cœur à cœur", "coeur a coeur"),
    ("Straße", "strasse"),
    ("Łódź, Øresund, Đà Nẵng", "lodz, oresund, da nang"),
    ("«\u202fNoël\u00a0» — peut\u2011être", '" noel " - peut-etre'),
    ("Ελληνικά, 5 €", "ελληνικα, 5 €"),
    ("50 % of C++_", "50 % of c++_"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "folded"), FOLDED)
def test_a_text_is_folded(text, folded):
    assert fold(text) == folded


@pytest.mark.postgres
def test_postgresql_finds_what_python_finds():
    if not answers_postgres(POSTGRES):
        pytest.skip("no PostgreSQL answers at the address in TEST_POSTGRES")
    pairs = [(text, folded) for text, _ in FOLDED for _, folded in FOLDED]
    with psycopg.connect(POSTGRES) as connection:
        found = [
            connection.execute("SELECT %s::text ~ %s", [text, pattern(typed)]).fetchone()[0] for text, typed in pairs
        ]

    assert found == [typed in fold(text) for text, typed in pairs]


@pytest.mark.parametrize(("text", "folded"), FOLDED)
@pytest.mark.parametrize(("_other", "typed"), FOLDED)
def test_a_pattern_finds_every_spelling_and_nothing_else(text, folded, _other, typed):
    assert bool(re.search(pattern(typed), text)) is (typed in folded)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("energie", ["Énergie", "énergies"]),
        ("ÉNERGIE", ["Énergie", "énergies"]),
        ("œuvre", ["Hors-d'oeuvre"]),
        ("d’oeuvre", ["Hors-d'oeuvre"]),
        ("%", ["100 %"]),
        ("_", []),
        ("\\", []),
        ("[a", []),
        (".", []),
        ("e" * 5000, []),
        ("", ["100 %", "Hors-d'oeuvre", "Énergie", "énergies"]),
    ],
)
def test_a_text_is_found_however_it_is_typed(typed, found):
    for name in ("Énergie", "énergies", "Hors-d'oeuvre", "100 %"):
        TagFactory(name=name)

    assert sorted(Tag.objects.filter(name__holds=typed).values_list("name", flat=True)) == found


@pytest.mark.django_db
@pytest.mark.parametrize(("typed", "found"), [("foret", 1), ("FOREST", 1), ("fr", 0), ("en", 0), ('"', 0)])
def test_a_text_of_several_languages_is_found_by_each_and_not_by_their_names(typed, found):
    PhotoFactory(alt={"fr": "Forêt", "en": "Forest"})
    PhotoFactory(alt={})

    assert Photo.objects.filter(alt__holds=typed).count() == found


def test_every_list_of_the_desk_searches_so():
    names = {name for row in admin.site._registry.values() for name in row.search_fields}

    assert {name for name in names if not name.endswith("__holds")} == set()


def test_either_database_orders_as_an_alphabet_does(db):
    for name in ("zoo", "Étude", "eau", "Surveillance", "Œuvre", "ombre", "Énergie", "étranger"):
        TagFactory(name=name)

    named = Tag.objects.order_by(alphabetical("name")).values_list("name", flat=True)

    assert list(named) == ["eau", "Énergie", "étranger", "Étude", "Œuvre", "ombre", "Surveillance", "zoo"]
    assert list(named.reverse()) == list(named)[::-1]


@pytest.mark.parametrize(("language", "place"), [("fr", None), ("fr", 1)])
def test_readers_and_the_desk_find_topics_in_the_order_of_the_alphabet(client, admin_client, language, place):
    for name in ("Surveillance", "Énergie"):
        TagFactory(name=name, language=language, nav_position=place)

    listed = admin_client.get(reverse("admin:articles_tag_changelist")).context["cl"].result_list

    assert [tag.name for tag in listed] == ["Énergie", "Surveillance"]
    assert [tag.name for tag in Tag.objects.topics(language)] == (["Énergie", "Surveillance"] if place else [])
