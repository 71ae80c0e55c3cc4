"""The heads of pages: what search engines and networks read there."""

import json
from datetime import UTC, datetime

import pytest
from lxml import html

from articles.models import Dossier, DossierEntry
from newsroom.models import SiteIdentity
from tests.factories import ArticleFactory, AuthorFactory, PageFactory, PhotoFactory, TagFactory

pytestmark = pytest.mark.django_db


def head_of(client, path):
    return html.fromstring(client.get(path).content).find("head")


def metas(head):
    """Return {name: [contents]} of the meta elements."""
    found = {}
    for meta in head.iter("meta"):
        name = meta.get("property") or meta.get("name")
        found.setdefault(name, []).append(meta.get("content"))
    return found


def data_of(head):
    """Return {type: thing} of the one block of structured data."""
    [script] = head.findall(".//script")
    assert script.get("type") == "application/ld+json"
    data = json.loads(script.text)
    assert data.pop("@context") == "https://schema.org"
    return {thing["@type"]: thing for thing in data.get("@graph", [data])}


def test_an_article_is_ready_to_be_shared(client):
    SiteIdentity(name="The News").save()
    photo = PhotoFactory(large=True)
    author = AuthorFactory(name="Ana", slug="ana")
    article = ArticleFactory(
        slug="one", title="A </script> “title”", seo_title="Short", author=author, photo=photo, tags=["ia", "libre"]
    )
    ArticleFactory(slug="two", language="en", group=article.group)

    head = head_of(client, "/one/")

    said = metas(head)
    picture = photo.jpeg("191x100", 1200)
    expected = {
        "description": ["A standfirst."],
        "og:site_name": ["The News"],
        "og:locale": ["fr_FR"],
        "og:locale:alternate": ["en_GB"],
        "og:url": ["http://testserver/one/"],
        "og:type": ["article"],
        "og:title": ["Short"],
        "og:image": [f"http://testserver{picture['url']}"],
        "og:image:width": [str(picture["width"])],
        "og:image:alt": ["Un champ"],
        "article:tag": ["ia", "libre"],
        "article:section": ["ia"],
        "twitter:card": ["summary_large_image"],
    }
    assert {name: said.get(name) for name in expected} == expected
    links = {link.get("type"): link.get("href") for link in head.findall("link[@rel='alternate'][@type]")}
    assert links["text/markdown"] == "http://testserver/one.md"
    feeds = [
        (link.get("title"), link.get("href"))
        for link in head.findall("link[@rel='alternate'][@type='application/rss+xml']")
    ]
    assert feeds == [
        ("The News", "http://testserver/feed/"),
        ("Commentaires – The News", "http://testserver/comments/feed/"),
        ("Commentaires sur «\u202fA </script> «\u202ftitle\u202f»\u202f»", "http://testserver/one/feed/"),
    ]
    assert client.get(links["application/json+oembed"]).json()["title"] == "A </script> «\u202ftitle\u202f»"
    assert client.get(links["application/json"]).json()["title"] == "A </script> «\u202ftitle\u202f»"
    assert [link.get("href") for link in head.findall("link[@rel='canonical']")] == ["http://testserver/one/"]
    things = data_of(head)
    assert things["NewsArticle"]["headline"] == "A </script> «\u202ftitle\u202f»"
    assert things["NewsArticle"]["workTranslation"][0]["url"] == "http://testserver/en/two/"
    steps = [step["item"] for step in things["BreadcrumbList"]["itemListElement"]]
    assert steps == ["http://testserver/", "http://testserver/tag/ia/", "http://testserver/one/"]


@pytest.mark.parametrize(
    ("path", "above", "name"),
    [
        ("/a/", ["/", "/tag/eau/"], "A"),
        ("/en/b/", ["/en/"], "B"),
        ("/tag/eau/", ["/", "/tag/"], "Eau"),
        ("/dossier/mer/", ["/", "/dossier/"], "Mer"),
        ("/2026/", ["/", "/archives/"], "2026"),
        ("/2026/05/", ["/", "/archives/", "/2026/"], "Mai 2026"),
    ],
)
def test_readers_see_the_way_that_search_engines_are_told(client, path, above, name):
    TagFactory(slug="eau", name="Eau")
    may = datetime(2026, 5, 10, tzinfo=UTC)
    article = ArticleFactory(slug="a", title="A", tags=["Eau"], published_at=may)
    ArticleFactory(slug="b", title="B", language="en", published_at=may)
    DossierEntry.objects.create(dossier=Dossier.objects.create(title="Mer", slug="mer"), article=article)

    root = html.document_fromstring(client.get(path).content)

    told = data_of(root.find("head"))["BreadcrumbList"]["itemListElement"]
    assert [step["item"] for step in told] == [f"http://testserver{one}" for one in (*above, path)]
    shown = root.xpath("//main//nav[@class='trail'][@aria-label]//a")
    assert [link.get("href") for link in shown] == (above if len(above) > 1 else [])
    assert [link.text for link in shown] == [step["name"] for step in told[:-1]][: len(shown)]
    assert told[-1]["name"] == root.xpath("string(//h1)") == name


@pytest.mark.parametrize(
    ("path", "kinds"),
    [
        ("/", ["WebSite"]),
        ("/en/", ["WebSite"]),
        ("/author/ana/", ["BreadcrumbList", "ProfilePage"]),
        ("/tag/ia/", ["BreadcrumbList"]),
    ],
)
def test_each_kind_of_page_says_what_it_is(client, path, kinds):
    ArticleFactory(author=AuthorFactory(slug="ana"))
    TagFactory(slug="ia")

    assert sorted(data_of(head_of(client, path))) == kinds


def test_pages_of_one_name_have_titles_of_their_own(client):
    SiteIdentity(name="N").save()
    TagFactory(slug="eau", name="Eau")
    PageFactory(slug="l-eau", title="Eau")
    article = ArticleFactory(slug="a", title="2026", published_at=datetime(2026, 5, 10, tzinfo=UTC))
    DossierEntry.objects.create(dossier=Dossier.objects.create(title="Eau", slug="eau"), article=article)

    titles = {
        "/tag/eau/": "Eau – Sujets – N",
        "/l-eau/": "Eau – N",
        "/dossier/eau/": "Eau – Dossiers – N",
        "/2026/": "2026 – Archives – N",
        "/a/": "2026 – N",
    }
    assert {path: head_of(client, path).findtext("title") for path in titles} == titles


def test_a_printed_page_says_where_it_stands(client):
    ArticleFactory(slug="one")

    root = html.fromstring(client.get("/one/").content)

    assert root.xpath("//footer//p[@class='printed']/text()") == ["http://testserver/one/"]


def test_an_article_without_a_picture_is_a_small_card(client):
    ArticleFactory(slug="one")

    said = metas(head_of(client, "/one/"))

    assert said["twitter:card"] == ["summary"]
    assert "og:image" not in said


@pytest.mark.parametrize("count", [0, 1])
def test_a_head_costs_no_query(client, django_assert_num_queries, count):
    article = ArticleFactory(slug="one", photo=PhotoFactory() if count else None)
    if count:
        ArticleFactory(slug="two", language="en", group=article.group)
    client.get("/one/")

    # the address; article, tags, links, works; translations; identity, site’s links, topics, pages of the foot; what to
    # read next, two; the thread
    with django_assert_num_queries(13):
        client.get("/one/")
