"""Sitemaps: valid by schema, complete, and as cheap for many articles as for one."""

import re
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from lxml import etree

from articles import sitemaps
from articles.models import Article, TaggedArticle
from newsroom.models import SiteIdentity
from tests.factories import ArticleFactory, AuthorFactory, PageFactory, PhotoFactory, TagFactory, picture

pytestmark = pytest.mark.django_db

SCHEMAS = Path(__file__).parent.parent / "data" / "sitemaps"


@cache
def schema(name):
    """Return one of our own XML Schemas, which say what the protocol and its extensions allow."""
    return etree.XMLSchema(etree.parse(SCHEMAS / name))


def faults(content):
    """Return what stands in a sitemap and may not."""
    root = etree.fromstring(content)
    rules = schema("index.xsd" if name_of(root) == "sitemapindex" else "urlset.xsd")
    rules.validate(root)
    return [error.message for error in rules.error_log]


def name_of(element):
    return etree.QName(element).localname


def read(client, path):
    """Return the root of a sitemap, after checking its form."""
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (200, "application/xml; charset=utf-8")
    assert faults(response.content) == []
    return etree.fromstring(response.content)


def a_picture(colour):
    return ContentFile(picture(colour=colour), "photo.jpg")


def texts(root, name):
    return [element.text for element in root.iter("{*}" + name)]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("<lastmod>", "<changed/><lastmod>"),
        ("http://testserver/un/</loc>", "/un/</loc>"),
        ("/en/one/</loc>", "/un/</loc>"),  # twice
        ("+01:00</lastmod>", "</lastmod>"),
        ('hreflang="x-default"', 'hreflang="français"'),
        ("<image:loc>", "<image:loc>x"),
        ("<image:image>", "<image:image><image:title>x</image:title>"),
    ],
)
def test_the_schemas_see_what_is_wrong(right, wrong):
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{code}" href="http://testserver/{path}"/>'
        for code, path in (("fr", "un/"), ("en", "en/one/"), ("x-default", "un/"))
    )
    image = "<image:image><image:loc>http://testserver/a.jpg</image:loc></image:image>"
    changed = "<lastmod>2026-11-20T18:00:00+01:00</lastmod>"
    names = "".join(f' xmlns{":" if name else ""}{name}="{space}"' for name, space in sitemaps.SPACES.items())
    text = (
        f"<urlset{names}><url><loc>http://testserver/un/</loc>{changed}{links}{image}</url>"
        f"<url><loc>http://testserver/en/one/</loc></url></urlset>"
    )

    assert faults(text) == []
    assert faults(text.replace(right, wrong, 1)) != []


def test_the_index_names_each_file_of_each_edition_and_an_edition_its_own(client):
    ArticleFactory()

    files = texts(read(client, "/sitemap.xml"), "loc")

    names = ["sitemap-sections.xml", "sitemap-1.xml", "sitemap-news.xml"]
    french = [f"http://testserver/{name}" for name in names]
    english = [f"http://testserver/en/{name}" for name in names if name != "sitemap-1.xml"]
    assert files == french + english
    assert texts(read(client, "/en/sitemap.xml"), "loc") == english
    for file in files:
        read(client, file.removeprefix("http://testserver"))


def test_a_file_holds_so_many_articles_the_oldest_first(client, monkeypatch):
    monkeypatch.setattr(sitemaps, "PER_FILE", 2)
    now = timezone.now()
    for day in (1, 3, 2):
        ArticleFactory(slug=f"day-{day}", published_at=now - timedelta(days=10 - day))
    ArticleFactory(published_at=None)
    ArticleFactory(published_at=now + timedelta(days=1))

    assert len(texts(read(client, "/sitemap.xml"), "loc")) == 6
    assert texts(read(client, "/sitemap-1.xml"), "loc") == ["http://testserver/day-1/", "http://testserver/day-2/"]
    assert texts(read(client, "/sitemap-2.xml"), "loc") == ["http://testserver/day-3/"]
    missing = ("/sitemap-0.xml", "/sitemap-3.xml", f"/sitemap-{10**30}.xml", "/en/sitemap-1.xml", "/de/sitemap.xml")
    assert [client.get(path).status_code for path in missing] == [404] * 5


def images_of(row):
    return [element[0].text for element in row.iter("{*}image")]


def address_of(photo):
    return f"http://testserver{photo.jpeg('16x9', 1200)['url']}"


def test_an_article_comes_with_each_picture_of_its_text_once(client, django_assert_num_queries):
    lead, first, second = (PhotoFactory(original=a_picture(colour)) for colour in ("red", "green", "blue"))
    shown = "".join(f'<figure data-photo="{pk}"></figure>' for pk in (second.pk, first.pk, lead.pk, second.pk, 999))
    ArticleFactory(photo=lead, body=f"<p>Text.</p>{shown}")
    ArticleFactory(body=f'<figure data-photo="{first.pk}"></figure>')

    with django_assert_num_queries(3):  # articles, their translations, their photos
        root = read(client, "/sitemap-1.xml")

    assert images_of(root[0]) == [address_of(lead), address_of(second), address_of(first)]
    assert images_of(root[1]) == [address_of(first)]


def test_an_article_comes_with_its_translations_and_its_picture(client):
    photo = PhotoFactory()
    french = ArticleFactory(slug="un", photo=photo)
    ArticleFactory(slug="one", language="en", group=french.group)
    ArticleFactory(slug="draft", language="en", published_at=None, group=ArticleFactory(slug="alone").group)

    root = read(client, "/sitemap-1.xml")

    links = [(link.get("hreflang"), link.get("href")) for link in root[0].iter("{*}link")]
    un, one = "http://testserver/un/", "http://testserver/en/one/"
    assert links == [("fr", un), ("en", one), ("x-default", un)]
    assert images_of(root[0]) == [address_of(photo)]
    assert [name_of(child) for child in root[1]] == ["loc", "lastmod"]


def test_publication_and_every_later_save_change_an_article(client):
    published = timezone.now() - timedelta(hours=1)
    article = ArticleFactory(published_at=published)
    Article.objects.update(modified_at=published - timedelta(days=3))
    expected = timezone.localtime(published).isoformat(timespec="seconds")
    assert texts(read(client, "/sitemap-1.xml"), "lastmod") == [expected]
    assert expected in texts(read(client, "/sitemap.xml"), "lastmod")

    article.save()

    saved = timezone.localtime(Article.objects.get().modified_at).isoformat(timespec="seconds")
    assert texts(read(client, "/sitemap-1.xml"), "lastmod") == [saved]


def test_sections_are_what_has_something_to_show(client):
    ArticleFactory(tags=["used"], author=AuthorFactory(slug="ana"))
    ArticleFactory(tags=["draft"], author=AuthorFactory(slug="nobody"), published_at=None)
    TagFactory(slug="empty")
    page = PageFactory(slug="about")
    PageFactory(slug="a-propos", language="en", group=page.group)

    root = read(client, "/sitemap-sections.xml")

    locations = [row[0].text.removeprefix("http://testserver") for row in root]
    assert locations == ["/", "/archives/", "/tag/", "/dossier/", "/tag/used/", "/about/", "/author/ana/"]
    [page] = [row for row in root if row[0].text.endswith("/about/")]
    assert [link.get("href") for link in page.iter("{*}link")][1] == "http://testserver/en/a-propos/"


def test_news_are_those_of_two_days_in_one_language(client):
    SiteIdentity(name="News & more").save()
    now = timezone.now()
    ArticleFactory(slug="new", title="A <b> & \x0b\x1b]", published_at=now - timedelta(hours=47))
    ArticleFactory(slug="old", published_at=now - timedelta(hours=49))
    ArticleFactory(slug="english", language="en")

    root = read(client, "/sitemap-news.xml")

    assert texts(root, "loc") == ["http://testserver/new/"]
    assert (texts(root, "name"), texts(root, "language"), texts(root, "title")) == (
        ["News & more"], ["fr"], ["A <b> & ]"],
    )  # fmt: skip
    assert texts(read(client, "/en/sitemap-news.xml"), "language") == ["en"]


@pytest.mark.parametrize(("code", "said"), [("fr", "fr"), ("pt-br", "pt"), ("zh-tw", "zh-tw")])
def test_news_name_a_language_as_google_wants_it(code, said):
    article = ArticleFactory.build(language=code)

    assert re.findall("<news:language>(.*?)</news:language>", sitemaps._news(article, "N")) == [said]


def test_news_are_a_thousand_at_most(client):
    author = AuthorFactory()
    Article.objects.bulk_create(ArticleFactory.build_batch(1002, author=author))

    assert len(read(client, "/sitemap-news.xml")) == 1000


@pytest.mark.parametrize("count", [1, 3, 300])
@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("/sitemap.xml", 3),  # the changes of each file, and for each edition that there are no more
        ("/sitemap-1.xml", 2),  # articles, their translations
        ("/sitemap-sections.xml", 6),  # tags, pages, the translations of each, dossiers (none), authors
        ("/sitemap-news.xml", 2),  # the identity, articles
    ],
)
def test_a_sitemap_costs_the_same_for_any_number(client, django_assert_num_queries, count, path, queries):
    author, photo = AuthorFactory(), PhotoFactory()
    articles = ArticleFactory.build_batch(count, author=author, photo=photo)
    tags = [TagFactory() for _ in range(min(count, 9))]
    [PageFactory() for _ in range(min(count, 9))]
    Article.objects.bulk_create(articles)
    TaggedArticle.objects.bulk_create(
        TaggedArticle(content_object=article, tag=tags[number % len(tags)]) for number, article in enumerate(articles)
    )

    with django_assert_num_queries(queries):
        response = client.get(path)

    assert response.content.count(b"<loc>http") >= min(count, 3)
