"""A third edition is one setting: its pages, its direction, its dates, and words that nobody translated yet."""

from datetime import UTC, datetime

import pytest
from django.conf.locale import LANG_INFO
from lxml import html

from newsroom.models import SiteIdentity
from tests.articles.desk import change, writer
from tests.factories import ArticleFactory, AuthorFactory, PageFactory, TagFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def three(settings):
    """What newsroom/settings.py makes of EDITIONS=fr,en,ar; tests/browser starts a whole site with it."""
    settings.EDITIONS = ["fr", "en", "ar"]
    settings.LANGUAGES = [(code, LANG_INFO[code]["name_local"].capitalize()) for code in settings.EDITIONS]


def page(client, path):
    response = client.get(path)
    assert response.status_code == 200
    return html.document_fromstring(response.content)


@pytest.fixture
def articles():
    """The same article in three languages."""
    first = ArticleFactory(slug="semer", published_at=datetime(2026, 11, 1, 12, tzinfo=UTC))
    english = ArticleFactory(slug="sowing", language="en", group=first.group, published_at=first.published_at)
    arabic = ArticleFactory(
        slug="zar3", language="ar", title="زرع البذور", group=first.group, published_at=first.published_at, tags=["Tag"]
    )
    return first, english, arabic


@pytest.mark.parametrize("path", ["/ar/", "/ar/zar3/", "/ar/archives/", "/ar/tag/", "/ar/dossier/"])
def test_pages_of_a_third_edition_run_from_right_to_left(client, articles, path):
    root = page(client, path)

    assert (root.get("lang"), root.get("dir")) == ("ar", "rtl")
    assert root.xpath("//footer//a[@type='application/rss+xml']/@href") == ["/ar/feed/"]


def borrowed(root):
    return root.xpath("//span[@lang='fr'][@dir='ltr']")


@pytest.mark.parametrize(
    "path", ["/ar/", "/ar/zar3/", "/ar/archives/", "/ar/search/?q=x", "/ar/zar3/comment/", "/ar/404/"]
)
def test_words_that_nobody_translated_are_those_of_the_first_edition_and_say_so(client, articles, path):
    response = client.get(path)
    root = html.document_fromstring(response.content)

    [skip] = root.xpath("//a[@class='skip']")
    assert skip.text_content() == page(client, "/").xpath("string(//a[@class='skip'])")
    assert skip[0] in borrowed(root)
    assert root.xpath("//footer//a[@type='application/rss+xml']/span[@lang='fr']")
    assert not set("\ue0b0\ue0b1") & set(response.content.decode())
    assert root.xpath("//title/* | //option/* | //textarea/*") == []
    assert int(response.get("Content-Length", len(response.content))) == len(response.content)


@pytest.mark.parametrize(
    ("path", "place", "words"),
    [
        ("/ar/zar3/", "//nav[@class='trail']//li[1]/a", ["Accueil"]),
        ("/ar/zar3/comment/", "//label[@for='comment-form-comment']", ["Commentaire"]),
        ("/ar/author/ana/", "//ul[@class='links']//a[@href='https://a.example/']", ["Autre"]),
    ],
)
def test_words_that_python_gives_to_a_page_say_whose_they_are_too(client, articles, path, place, words):
    author = AuthorFactory(slug="ana", is_site_author=True)
    author.links.create(purpose="contact", service="other", url="https://a.example/")
    root = page(client, path)

    assert root.xpath(f"{place}/span[@lang='fr'][@dir='ltr']/text()") == words


def test_a_form_sent_back_says_in_what_language_its_refusals_are(client, articles):
    response = client.post("/ar/zar3/comment/", {})
    root = html.document_fromstring(response.content)

    refusals = root.xpath("//p[@class='wrong']")
    assert len(refusals) > 1
    assert [refusal.xpath("count(span[@lang='fr'])") for refusal in refusals] == [1.0] * len(refusals)


def test_words_that_somebody_translated_and_those_of_people_are_not_marked(client, articles):
    root = page(client, "/ar/zar3/")
    assert root.xpath("//h1//span | //div[@class='prose']//span") == []
    assert [borrowed(page(client, path)) for path in ("/", "/semer/", "/en/", "/en/sowing/")] == [[], [], [], []]


@pytest.mark.parametrize("path", ["/ar/feed/", "/ar/feed.json", "/ar/zar3.md", "/ar/zar3.json"])
def test_programs_read_no_marks(client, articles, path):
    text = client.get(path).content.decode()

    assert "زرع" in text or "\\u0632" in text
    assert not set("\ue0b0\ue0b1") & set(text)
    assert "<span" not in text


def test_what_the_site_says_of_itself_in_another_language_names_it_and_its_direction(client, articles):
    SiteIdentity.objects.create(name="N", tagline={"fr": "Tout"}, footer_text={"ar": "كل شيء"})

    def tagline(path):
        [found] = page(client, path).xpath("//header//div[@class='title']/p")
        return found.get("lang"), found.get("dir")

    assert [tagline(path) for path in ("/", "/en/", "/ar/")] == [(None, None), ("fr", None), ("fr", "ltr")]
    assert [page(client, path).findtext("head/title") for path in ("/", "/en/", "/ar/")] == ["N – Tout", "N", "N"]
    described = [page(client, path).xpath("//meta[@name='description']/@content") for path in ("/", "/en/", "/ar/")]
    assert described == [["Tout"], [], []]
    [foot] = page(client, "/en/").xpath("//footer//p[@lang]")
    assert (foot.get("lang"), foot.get("dir")) == ("ar", "rtl")


@pytest.mark.parametrize(
    ("path", "words"),
    [("/semer/", "1er novembre 2026"), ("/en/sowing/", "1 November 2026"), ("/ar/zar3/", "1 نوفمبر، 2026")],
)
def test_a_date_has_the_form_of_its_language(client, articles, path, words):
    assert page(client, path).xpath("//div[@class='byline']//time/text()") == [words]


def alternates(client, path):
    links = page(client, path).xpath("//link[@rel='alternate'][@hreflang]")
    return {link.get("hreflang"): link.get("href").removeprefix("http://testserver") for link in links}


def test_each_kind_of_page_names_its_other_editions_and_a_default(client, articles):
    tag = TagFactory(slug="eau")
    TagFactory(slug="water", language="en", group=tag.group)
    about = PageFactory(slug="a-propos")
    PageFactory(slug="about", language="en", group=about.group)

    for path in ("/semer/", "/en/sowing/", "/ar/zar3/"):
        expected = {"fr": "/semer/", "en": "/en/sowing/", "ar": "/ar/zar3/", "x-default": "/semer/"}
        assert alternates(client, path) == expected
    for path in ("/", "/en/", "/ar/"):
        assert alternates(client, path) == {"fr": "/", "en": "/en/", "ar": "/ar/", "x-default": "/"}
    for path in ("/tag/eau/", "/en/tag/water/"):
        assert alternates(client, path) == {"fr": "/tag/eau/", "en": "/en/tag/water/", "x-default": "/tag/eau/"}
    for path in ("/a-propos/", "/en/about/"):
        assert alternates(client, path) == {"fr": "/a-propos/", "en": "/en/about/", "x-default": "/a-propos/"}


def test_the_desk_offers_each_language_in_which_an_article_is_not_yet(client, articles):
    writer(client)
    articles[2].delete()

    root = html.document_fromstring(client.get(change(articles[0])).content)

    assert root.xpath("//button[@name='_translate']/@value") == ["ar"]


def test_a_language_that_is_no_edition_has_no_page(client):
    assert client.get("/de/").status_code == 404
