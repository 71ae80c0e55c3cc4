"""Sitemaps: valid by structure, complete, and as cheap for many articles as for one."""

from datetime import timedelta

import pytest
from django.utils import timezone
from lxml import etree

from articles import sitemaps
from articles.models import Article, TaggedArticle
from newsroom.models import SiteIdentity
from tests.factories import ArticleFactory, AuthorFactory, PageFactory, PhotoFactory, TagFactory

pytestmark = pytest.mark.django_db

# The order and the kinds of elements, as the XML Schemas of sitemaps.org and of the two extensions have them.
SCHEMA = {
    "sitemapindex": {"sitemap": ["loc", "lastmod?"]},
    "urlset": {"url": ["loc", "lastmod?", "link*", "image?", "news?"]},
    "image": ["loc"],
    "news": ["publication", "publication_date", "title"],
    "publication": ["name", "language"],
}


def name_of(element):
    return etree.QName(element).localname


def check_children(element, rule):
    """Fail unless the children of an element are those of its rule, in order."""
    left = [name_of(child) for child in element]
    for part in rule:
        name, mark = part.rstrip("?*"), part[-1]
        count = 0
        while left and left[0] == name:
            left.pop(0)
            count += 1
        assert count == 1 if mark not in "?*" else count <= 1 or mark == "*", (name_of(element), part, count)
    assert left == []


def read(client, path):
    """Return the root of a sitemap, after checking its form."""
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (200, "application/xml; charset=utf-8")
    root = etree.fromstring(response.content)
    for row in root:
        check_children(row, SCHEMA[name_of(root)][name_of(row)])
    for element in root.iter():
        namespace = etree.QName(element).namespace
        if name_of(element) in SCHEMA and element is not root:
            check_children(element, SCHEMA[name_of(element)])
        assert namespace in sitemaps.SPACES.values()
    return root


def texts(root, name):
    return [element.text for element in root.iter("{*}" + name)]


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


def test_an_article_comes_with_its_translations_and_its_picture(client):
    photo = PhotoFactory()
    french = ArticleFactory(slug="un", photo=photo)
    ArticleFactory(slug="one", language="en", group=french.group)
    ArticleFactory(slug="draft", language="en", published_at=None, group=ArticleFactory(slug="alone").group)

    root = read(client, "/sitemap-1.xml")

    links = [(link.get("hreflang"), link.get("href")) for link in root[0].iter("{*}link")]
    un, one = "http://testserver/un/", "http://testserver/en/one/"
    assert links == [("fr", un), ("en", one), ("x-default", un)]
    [image] = [element[0].text for element in root[0].iter("{*}image")]
    assert image == f"http://testserver{photo.jpeg('16x9', 1200)['url']}"
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


def test_news_are_a_thousand_at_most(client):
    author = AuthorFactory()
    Article.objects.bulk_create(ArticleFactory.build_batch(1002, author=author))

    assert len(read(client, "/sitemap-news.xml")) == 1000


@pytest.mark.parametrize("count", [1, 3, 300])
@pytest.mark.parametrize(
    ("path", "queries"),
    [
        ("/sitemap.xml", 2),  # the changes of each edition
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
