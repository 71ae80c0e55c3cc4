"""What programs are told: robots, language models, finders of holes, and sites that link here."""

import json
from datetime import datetime, timedelta
from urllib.robotparser import RobotFileParser

import pytest
from django.contrib.redirects.models import Redirect
from django.utils import timezone
from lxml import etree

from articles.models import Article, MissedAddress
from newsroom.crawlers import ANSWERS, TRAINING, Crawlers
from newsroom.models import SiteIdentity
from tests.factories import ArticleFactory, AuthorFactory, AuthorLinkFactory, PageFactory, PhotoFactory, TagFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("choice", "training", "answers"),
    [(Crawlers.ALLOW, True, True), (Crawlers.NO_TRAINING, False, True), (Crawlers.NO_AI, False, False)],
)
def test_robots_txt_says_what_the_site_chose(client, choice, training, answers):
    SiteIdentity(crawlers=choice).save()

    response = client.get("/robots.txt")

    robots = RobotFileParser()
    robots.parse(response.content.decode().splitlines())
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert {robots.can_fetch(name, "http://testserver/one/") for name in TRAINING} == {training}
    assert {robots.can_fetch(name, "http://testserver/one/") for name in ANSWERS} == {answers}
    for name in ("Googlebot", "Bingbot", "SomebodysBot"):
        assert robots.can_fetch(name, "http://testserver/one/")
        assert not robots.can_fetch(name, "http://testserver/admin/")
        assert not robots.can_fetch(name, "http://testserver/en/search/?q=x")
    assert robots.site_maps() == [
        "http://testserver/sitemap.xml",
        "http://testserver/sitemap-news.xml",
        "http://testserver/en/sitemap-news.xml",
    ]


def test_llms_txt_leads_to_the_texts_of_one_edition(client):
    SiteIdentity(name="The <News>", tagline={"en": "All & more"}).save()
    ArticleFactory(language="en", slug="one", title="“One” & <two>", standfirst="Why.")
    ArticleFactory(language="en", published_at=None, title="A draft")
    ArticleFactory(title="En français")
    TagFactory(language="en", name="Energy", slug="energy", nav_position=1)
    PageFactory(language="en", title="About", slug="about", position=1)

    response = client.get("/en/llms.txt")

    text = response.content.decode()
    assert response["Content-Type"] == "text/markdown; charset=utf-8"
    assert text.startswith("# The <News>\n\n> All & more\n\n")
    assert [line for line in text.splitlines() if line.startswith("- ")][:3] == [
        "- [“One” & <two>](http://testserver/en/one.md): Why.",
        "- [Energy](http://testserver/en/tag/energy/)",
        "- [About](http://testserver/en/about/)",
    ]
    assert "draft" not in text
    assert "français" not in text


def test_a_site_that_wants_no_artificial_intelligence_has_no_page_for_it(client):
    SiteIdentity(crawlers=Crawlers.NO_AI).save()

    assert client.get("/llms.txt").status_code == 404


def test_finders_of_holes_learn_whom_to_write_to(client):
    author = AuthorFactory(is_site_author=True)
    AuthorLinkFactory(author=author, purpose="contact", service="email", url="mailto:ana@example.org")

    response = client.get("/.well-known/security.txt")

    fields = dict(line.split(": ", 1) for line in response.content.decode().splitlines())
    expires = datetime.fromisoformat(fields.pop("Expires"))
    assert timedelta(days=170) < expires - timezone.now() < timedelta(days=365)
    assert fields == {
        "Contact": "mailto:ana@example.org",
        "Preferred-Languages": "fr, en",
        "Canonical": "http://testserver/.well-known/security.txt",
    }


def test_without_an_address_the_contact_page_is_named_and_without_that_nothing(client):
    assert client.get("/.well-known/security.txt").status_code == 404

    PageFactory(kind="contact", slug="contact")

    assert b"Contact: http://testserver/contact/\n" in client.get("/.well-known/security.txt").content


def test_a_site_that_links_to_an_article_learns_about_it(client):
    SiteIdentity(name="The News").save()
    photo = PhotoFactory()
    author = AuthorFactory(name="Ana", slug="ana")
    ArticleFactory(slug="one", title="One & <all>", language="en", author=author, photo=photo)

    response = client.get("/oembed", {"url": "http://testserver/en/one/?utm_source=x#a", "maxwidth": "oops"})

    picture = photo.jpeg("16x9", 1200)
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response.json() == {
        "version": "1.0",
        "type": "link",
        "title": "One & <all>",
        "author_name": "Ana",
        "author_url": "http://testserver/en/author/ana/",
        "provider_name": "The News",
        "provider_url": "http://testserver/",
        "cache_age": 86400,
        "thumbnail_url": f"http://testserver{picture['url']}",
        "thumbnail_width": picture["width"],
        "thumbnail_height": picture["height"],
    }


@pytest.mark.parametrize(
    "url",
    [
        "", "one", "http://testserver/", "http://testserver/draft/", "http://testserver/en/one/", "http://[/one/",
        "http://other.example/one/", "http://testserver/admin/", "javascript:alert(1)", "http://testserver/\x00/",
        "http://testserver/" + "x" * 10000, "http://testserver/en", "http://testserver/😀/",
    ],
)  # fmt: skip
def test_what_is_no_article_of_ours_cannot_be_embedded(client, url):
    ArticleFactory(slug="one")
    ArticleFactory(slug="draft", published_at=None)

    response = client.get("/oembed", {"url": url})

    assert (response.status_code, response["Content-Type"]) == (404, "text/plain; charset=utf-8")
    assert not MissedAddress.objects.exists()


def test_an_article_is_known_to_other_sites_by_its_former_addresses_too(client):
    article = ArticleFactory(slug="one", title="One")
    article.slug = "two"
    article.save()
    Redirect.objects.create(site_id=1, old_path="/very-old/", new_path="/one/")
    Redirect.objects.create(site_id=1, old_path="/away/", new_path="https://other.example/two/")
    asked = ("/one/", "/one", "/TWO/", "/2026/11/23/one/", "/very-old/", "/away/")

    found = {path: client.get("/oembed", {"url": f"http://testserver{path}"}).status_code for path in asked}

    assert found == dict.fromkeys(asked[:-1], 200) | {"/away/": 404}
    article.delete()
    assert client.get("/oembed", {"url": "http://testserver/one/"}).status_code == 404


@pytest.mark.parametrize(
    ("asked", "size"),
    [
        ({}, (1200, 675)),
        ({"maxwidth": "oops", "maxheight": "-1"}, (1200, 675)),
        ({"maxwidth": "9999999"}, (1200, 675)),
        ({"maxwidth": "1199"}, (800, 533)),
        ({"maxheight": "500"}, (480, 320)),
        ({"maxwidth": "1000", "maxheight": "300"}, (160, 160)),
        ({"maxwidth": "100"}, None),
    ],
)
def test_the_picture_is_no_larger_than_the_other_site_wants(client, asked, size):
    photo = PhotoFactory(large=True)
    photo.renditions = photo.plan
    photo.save()
    ArticleFactory(slug="one", photo=photo)

    data = client.get("/oembed", {"url": "http://testserver/one/", **asked}).json()

    assert (data.get("thumbnail_width"), data.get("thumbnail_height")) == (size or (None, None))
    assert ("thumbnail_url" in data) is bool(size)


def test_an_article_is_described_in_xml_as_in_json(client):
    SiteIdentity(name="The <News>").save()
    article = ArticleFactory(slug="one", photo=PhotoFactory())
    Article.objects.filter(pk=article.pk).update(title='One & <all> "ends"\x0b]]>')
    asked = {"url": "http://testserver/one/"}

    response = client.get("/oembed", asked | {"format": "xml"})

    said = client.get("/oembed", asked | {"format": "json"}).json()
    assert response["Content-Type"] == "text/xml; charset=utf-8"
    root = etree.fromstring(response.content)
    assert root.tag == "oembed"
    found = {element.tag: element.text for element in root}
    assert found == {name: str(value).replace("\x0b", "") for name, value in said.items()}
    assert found["title"] == "One & <all> «\u202fends\u202f»]]>"
    assert len(found) == 11


def test_a_format_that_nobody_speaks_is_refused(client):
    ArticleFactory(slug="one")

    assert client.get("/oembed", {"url": "http://testserver/one/", "format": "yaml"}).status_code == 501


@pytest.fixture
def article():
    author = AuthorFactory(name="Ana", slug="ana")
    photo = PhotoFactory(credit="Bea")
    return ArticleFactory(
        slug="one",
        title="5 * 3: a “title”",
        standfirst="Why.",
        key_points=["First.", "Second."],
        body=f'<p>Some <em>text</em>.</p><figure data-photo="{photo.pk}"></figure>',
        author=author,
        tags=["ia", "libre"],
        published_at=datetime.fromisoformat("2026-11-20T18:00:00+01:00"),
    )


def test_an_article_is_there_as_markdown(client, article, django_assert_num_queries):
    SiteIdentity(name="The News").save()

    with django_assert_num_queries(6):  # article, tags, links, works, identity, photos
        response = client.get("/one.md")

    assert response["Content-Type"] == "text/markdown; charset=utf-8"
    text = response.content.decode()
    head, _, rest = text.removeprefix("---\n").partition("\n---\n")
    assert {key: json.loads(value) for key, value in (line.split(": ", 1) for line in head.splitlines())} == {
        "title": "5 * 3\u00a0: a «\u202ftitle\u202f»",
        "url": "http://testserver/one/",
        "language": "fr",
        "author": "Ana",
        "published": "2026-11-20T18:00:00+01:00",
        "tags": ["ia", "libre"],
        "publisher": "The News",
    }
    assert rest.startswith(
        "\n# 5 \\* 3\u00a0: a «\u202ftitle\u202f»\n\n**Why.**\n\n- First.\n- Second.\n\nSome *text*.\n\n![Un champ](http"
    )
    assert rest.endswith(".jpg)\n\n(Bea)\n")


def test_an_article_is_there_as_json(client, article):
    ArticleFactory(slug="two", language="en", group=article.group)

    data = client.get("/one.json").json()

    assert "<em>text</em>" in data.pop("content_html")
    assert data == {
        "id": f"tag:testserver,{article.first_published_at:%Y-%m-%d}:article/{article.pk}",
        "url": "http://testserver/one/",
        "language": "fr",
        "title": "5 * 3\u00a0: a «\u202ftitle\u202f»",
        "summary": "Why.",
        "date_published": "2026-11-20T18:00:00+01:00",
        "date_modified": "2026-11-20T18:00:00+01:00",
        "authors": [{"name": "Ana", "url": "http://testserver/author/ana/"}],
        "tags": ["ia", "libre"],
        "_newsroom": {
            "about": "http://testserver/",
            "key_points": ["First.", "Second."],
            "word_count": 2,
            "reading_minutes": 1,
            "comment_count": 0,
            "translations": {"en": "http://testserver/en/two/"},
        },
    }


@pytest.mark.parametrize("path", ["/one.md", "/one.json", "/en/one.md", "/two.json"])
def test_what_is_not_public_is_not_there_in_any_form(client, path):
    ArticleFactory(slug="one", published_at=None)
    ArticleFactory(slug="two", published_at=timezone.now() + timedelta(hours=1))

    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/robots.txt", "/llms.txt", "/sitemap.xml", "/sitemap-news.xml", "/one.md", "/one.json"]
)
def test_any_cache_may_keep_what_programs_read(client, path):
    ArticleFactory(slug="one")

    response = client.get(path)

    assert "public" in response["Cache-Control"]
    assert not response.cookies
    assert response.get("Vary", "Accept-Encoding") == "Accept-Encoding"
