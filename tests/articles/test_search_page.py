"""The page of the search: answers to good and bad questions, filters, and no look at the visitor."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from lxml import html

from articles.models import Tag
from newsroom.jobs import run_pending
from tests.factories import ArticleFactory

pytestmark = pytest.mark.django_db


def read(client, address, **question):
    response = client.get(address, question)
    assert response.status_code == 200
    return html.fromstring(response.content.decode())


def titles(page):
    return [title.text_content() for title in page.xpath("//li[contains(@class, 'hit')]//h3")]


def test_the_masthead_leads_to_the_search_of_its_edition(client):
    assert read(client, "/").xpath("//header//a[@href='/search/']")
    assert read(client, "/en/").xpath("//header//a[@href='/en/search/']")


def test_a_reader_finds_an_article_of_the_edition_with_the_words_marked(client):
    ArticleFactory(language="en", title="The engine", standfirst="", body="<p>It's a <em>steam</em> engine.</p>")
    ArticleFactory(language="fr", title="Engine")

    page = read(client, "/en/search/", q="engines steam")

    assert titles(page) == ["The engine"]
    assert [mark.text for mark in page.xpath("//mark")] == ["engine", "steam", "engine"]
    assert page.xpath("//p[@class='extract']")[0].text_content() == "It’s a steam engine."
    assert page.xpath("//*[@id='q']")[0].value == "engines steam"


def why(page):
    """Return, of each hit, the words marked in it."""
    return {
        hit.xpath(".//h3")[0].text_content(): hit.xpath(".//mark/text()")
        for hit in page.xpath("//li[@class='card hit']")
    }


def test_every_hit_shows_why_it_was_found(client):
    ArticleFactory(title="Un réseau", standfirst="", body="<p>Autre chose.</p>")
    ArticleFactory(title="Points hauts", standfirst="", body="<p>Une antenne.</p>", tags=["Énergie", "Réseaux"])
    ArticleFactory(title="Un nom", standfirst="", body="<p>Oublié.</p>", key_points=["Rien.", "Le réseau tombe."])
    run_pending()  # an article is indexed anew when its tags have changed

    page = read(client, "/search/", q="reseau")

    assert why(page) == {"Un réseau": ["réseau"], "Points hauts": ["Réseaux"], "Un nom": ["réseau"]}
    [topic] = page.xpath("//p[@class='meta'][mark]")
    assert " ".join(topic.text_content().split()).endswith("· Sujet : Réseaux")


def test_where_nothing_is_found_there_are_topics_and_the_newest_articles_to_read(client):
    for number in range(5):
        ArticleFactory(
            title=f"Article {number}", tags=["Eau"], published_at=timezone.now() - timedelta(days=number + 1)
        )

    page = read(client, "/search/", q="datacenter")

    assert page.xpath("//main//ul[@class='tags']//a/@href") == ["/tag/eau/"]
    assert page.xpath("//main//h3/a/text()") == ["Article 0", "Article 1", "Article 2"]
    assert read(client, "/search/", q="article").xpath("//main//ul[@class='tags']") == []


def test_a_short_word_is_not_taken_for_another_short_word(client):
    ArticleFactory(title="Une date", body="<p>Le center.</p>")

    page = read(client, "/search/", q="data center")

    assert (titles(page), page.xpath("//p[@class='suggestion']")) == ([], [])
    assert read(client, "/search/", q="date centre").xpath("//p[@class='suggestion']/a/text()") == ["date center"]


def test_the_page_is_for_no_index_and_sets_no_cookie(client):
    response = client.get("/search/", {"q": "a"})

    assert b'<meta name="robots" content="noindex, follow">' in response.content
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")
    assert "public" in response.headers["Cache-Control"]


def test_the_address_of_wordpress_leads_to_the_search(client):
    response = client.get("/en/", {"s": "l’été & “x”"})

    assert response.status_code == 301
    assert response.headers["Location"] == "/en/search/?q=l%E2%80%99%C3%A9t%C3%A9+%26+%E2%80%9Cx%E2%80%9D"


def test_tag_and_year_narrow_what_is_found(client):
    old = timezone.make_aware(datetime(2024, 5, 1))
    ArticleFactory(language="en", title="Engine of old", published_at=old, tags=["energy"])
    ArticleFactory(language="en", title="Engine of now", tags=["energy"])
    ArticleFactory(language="en", title="Engine elsewhere")

    assert titles(read(client, "/en/search/", q="engine")) == ["Engine elsewhere", "Engine of now", "Engine of old"]
    assert titles(read(client, "/en/search/", q="engine", tag="energy")) == ["Engine of now", "Engine of old"]
    page = read(client, "/en/search/", q="engine", tag="energy", year="2024")
    assert titles(page) == ["Engine of old"]
    assert [option.get("value") for option in page.xpath("//option[@selected]")] == ["energy", "2024"]


def test_the_pages_of_a_search_keep_the_question_and_its_filters(client):
    for number in range(14):
        ArticleFactory(language="en", title=f"Engine {number}", tags=["energy"])

    page = read(client, "/en/search/", q='"engine', tag="energy")
    following = page.xpath("//a[@rel='next']")[0].get("href")

    assert following == "?q=%22engine&tag=energy&page=2"
    second = read(client, f"/en/search/{following}")
    assert titles(second) == ["Engine 1", "Engine 0"]
    assert second.xpath("substring-before(//title, 'page 2 – ')") == "“engine – Search – "


def test_what_was_meant_is_offered_when_nothing_is_found(client):
    ArticleFactory(language="en", title="Manufacturing")

    link = read(client, "/en/search/", q="manufcaturing").xpath("//p[@class='suggestion']/a")[0]

    assert link.text == "manufacturing"
    assert titles(read(client, link.get("href"))) == ["Manufacturing"]


@pytest.mark.parametrize(
    "question",
    [
        {},
        {"q": ""},
        {"q": "\0"},
        {"q": "a" * 10_000},
        {"q": '"' * 500},
        {"q": "NEAR( AND -x* \\"},
        {"q": "le la les"},
        {"q": "😀"},
        {"q": "<script>alert(1)</script>"},
        {"q": "x", "year": "99999"},
        {"q": "x", "year": "\0"},
        {"q": "x", "tag": "\0<b>"},
        {"q": ["x", "y"], "tag": ["", "a"]},
    ],
)
def test_no_question_breaks_the_page(client, question):
    ArticleFactory(title="Un titre")

    page = read(client, "/search/", **question)

    assert len(page.xpath("//form[@class='search']")) == 1
    assert page.xpath("//script[not(@src)]") == []
    assert titles(page) == []


@pytest.mark.parametrize("page", ["0", "2", "99", "9" * 5000, "-1\0", "x"])
def test_a_page_that_a_search_has_not_is_not_found(client, page):
    ArticleFactory(language="en", title="Engine")

    assert client.get("/en/search/", {"q": "engine", "page": page}).status_code == 404


def test_topics_to_choose_from_stand_in_the_order_of_the_alphabet_whatever_their_accents(client):
    slugs = {"vin": "vin", "Énergie": "energie", "Autos": "autos", "Zinc": "zinc"}
    for name, slug in slugs.items():
        Tag.objects.create(language="en", name=name, slug=slug)
    ArticleFactory(language="en", tags=list(slugs))

    options = read(client, "/en/search/").xpath("//select[@id='search-tag']/option[@value!='']/text()")

    assert options == ["Autos", "Énergie", "vin", "Zinc"]


def test_what_was_typed_is_kept_as_it_can_be_shown(client):
    assert read(client, "/en/search/", q=" a\0b\n<i> ").xpath("//*[@id='q']")[0].value == "a b <i>"


@pytest.mark.parametrize("count", [1, 3])
def test_a_search_costs_the_same_for_any_number_found(client, django_assert_num_queries, count):
    for number in range(count):
        ArticleFactory(language="en", title=f"Engine {number}", tags=["one", "two"])

    with django_assert_num_queries(12):
        page = read(client, "/en/search/", q="engine")

    assert len(titles(page)) == count


def test_of_a_common_word_the_best_articles_are_shown_and_there_are_more(client, monkeypatch):
    monkeypatch.setattr("articles.search.MOST_SHOWN", 13)
    for number in range(13):
        ArticleFactory(language="en", title=f"Engine {number}")
    assert said(read(client, "/en/search/", q="engine")) == "13 articles"
    passing = ArticleFactory(language="en", title="A ship", body="<p>Its engine.</p>")

    first, second = (read(client, "/en/search/", q="engine", page=page) for page in (1, 2))

    assert said(first) == "More than 13 articles: these are the best."
    assert len(titles(first) + titles(second)) == 13
    assert passing.title not in titles(first) + titles(second)
    assert client.get("/en/search/", {"q": "engine", "page": 3}).status_code == 404


def said(page):
    return " ".join(page.xpath("string(//p[@role='status'])").split())


def test_too_many_searches_of_one_network_are_asked_to_wait(client):
    answers = {client.get("/search/", {"q": f"word {number}"}).status_code for number in range(60)}

    assert answers == {200, 429}
    assert client.get("/search/").status_code == 200


def test_an_article_hostile_to_its_reader_is_shown_as_text(client):
    ArticleFactory(language="en", title="<b>Engine</b>", standfirst="<script>engine</script>", body="<p>&lt;i&gt;</p>")

    page = read(client, "/en/search/", q="engine")

    assert titles(page) == ["<b>Engine</b>"]
    assert page.xpath("//main//script | //main//b | //main//i") == []
