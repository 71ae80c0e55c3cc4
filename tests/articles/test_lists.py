"""What lists show, how they are divided into pages, and what they cost."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from lxml import html

from articles.models import Article, TaggedArticle
from articles.related import relate
from tests.factories import ArticleFactory, AuthorFactory, AuthorLinkFactory, PhotoFactory, TagFactory

pytestmark = pytest.mark.django_db


def titles(response):
    return html.document_fromstring(response.content).xpath(
        "//article[starts-with(@class, 'card')]//*[self::h2 or self::h3]/a/text()"
    )


@pytest.fixture
def many():
    """Return a function that publishes `count` articles, each with a photo and the same two tags, newest first."""

    def publish(count):
        author = AuthorFactory(slug="ada", is_site_author=True)
        AuthorLinkFactory(author=author)
        photo, tags = PhotoFactory(), [TagFactory(slug="ia", nav_position=1), TagFactory()]
        moment = timezone.now().replace(month=6, day=20)
        moment = moment if moment < timezone.now() else moment.replace(year=moment.year - 1)
        articles = Article.objects.bulk_create(
            ArticleFactory.build(author=author, photo=photo, slug=f"a-{n}", published_at=moment - timedelta(minutes=n))
            for n in range(count)
        )
        TaggedArticle.objects.bulk_create(
            TaggedArticle(content_object=article, tag=tag) for article in articles for tag in tags
        )
        return articles

    return publish


@pytest.mark.parametrize("count", [1, 3, 300])
@pytest.mark.parametrize(
    ("address", "queries"),
    # identity, topics, foot, the site’s links; on the front page, which leads; count, which, articles, their tags; for archives, which stand beside them, which editions have them;
    # for the list of months, its two ends and their numbers
    [("/", 9), ("/{year}/", 11), ("/{year}/06/", 11), ("/tag/ia/", 11), ("/author/ada/", 12), ("/archives/", 7)],
)
def test_a_list_costs_the_same_for_any_number(client, many, django_assert_num_queries, address, queries, count):
    articles = many(count)

    with django_assert_num_queries(queries):
        response = client.get(address.format(year=articles[0].published_at.year))

    assert response.status_code == 200
    if address != "/archives/":
        assert len(titles(response)) == min(count, 18)


@pytest.mark.parametrize("count", [2, 4, 301])
def test_an_article_costs_the_same_among_any_number(client, many, django_assert_num_queries, count):
    relate(many(count)[0])

    # the four of the chrome; which article, the article, tags, author's links and works, other languages; what to read
    # next, these articles, their tags; the article twice more, for what stands below it: the thread is empty
    with django_assert_num_queries(16):
        response = client.get("/a-0/")

    assert len(titles(response)) == min(count - 1, 3)


@pytest.mark.parametrize("count", [1, 3, 20])
def test_a_feed_costs_the_same_for_any_number(client, many, django_assert_num_queries, count):
    many(count)

    with django_assert_num_queries(4):  # which articles, identity, the articles, their tags
        client.get("/feed/")


@pytest.mark.parametrize("base", ["/", "/tag/ia/", "/author/ada/", "/{year}/", "/{year}/06/"])
def test_a_list_goes_on_from_page_to_page(client, many, base):
    articles = many(20)
    base = base.format(year=articles[0].published_at.year)

    first, second = client.get(base), client.get(f"{base}page/2/")

    assert titles(first) + titles(second) == [article.title for article in articles]
    assert html.document_fromstring(first.content).xpath("//a[@rel='next']/@href") == [f"{base}page/2/"]
    root = html.document_fromstring(second.content)
    assert root.xpath("//a[@rel='prev']/@href") == [base]
    assert root.xpath("//link[@rel='canonical']/@href") == [f"http://testserver{base}page/2/"]


@pytest.mark.parametrize("base", ["/", "/tag/ia/", "/author/ada/", "/{year}/", "/{year}/06/"])
def test_a_page_of_a_list_has_one_address(client, many, base):
    base = base.format(year=many(20)[0].published_at.year)

    response = client.get(f"{base}page/00002/")

    assert (response.status_code, response["Location"]) == (301, f"{base}page/2/")
    assert client.get(response["Location"]).status_code == 200


@pytest.mark.parametrize("base", ["/", "/en/", "/tag/ia/", "/author/ada/"])
def test_a_page_that_cannot_be_has_no_address(client, many, base):
    many(3)
    if base != "/en/":
        for first in ("1", "01", "00001"):
            assert client.get(f"{base}page/{first}/").headers["Location"] == base

    assert [client.get(f"{base}page/{n}/").status_code for n in (0, 2, 99999999, "9" * 5000, "x")] == [404] * 5


def test_archives_follow_the_clock_of_the_site(client):
    ArticleFactory(slug="night", published_at=datetime(2025, 12, 31, 23, 30, tzinfo=UTC))  # 00:30 in Paris

    assert client.get("/2026/01/").status_code == 200
    assert client.get("/2025/12/").status_code == 404
    links = html.document_fromstring(client.get("/archives/").content).xpath("//main//section//a/@href")
    assert links == ["/2026/", "/2026/01/"]


@pytest.mark.parametrize(
    ("path", "beside"),
    [
        ("/2025/11/", ["/2026/02/"]),
        ("/2026/02/", ["/2025/11/", "/2026/03/"]),
        ("/2026/03/", ["/2026/02/"]),
        ("/2025/", ["/2026/"]),
        ("/2026/", ["/2025/"]),
    ],
)
def test_below_a_month_or_year_the_nearest_ones_that_have_articles_are_linked(client, path, beside):
    for year, month in ((2025, 11), (2026, 2), (2026, 3)):
        ArticleFactory(published_at=datetime(year, month, 15, tzinfo=UTC))
    ArticleFactory(published_at=datetime(2026, 1, 15, tzinfo=UTC), language="en")

    root = html.document_fromstring(client.get(path).content)

    assert root.xpath("//main//nav[@class='pages']/a/@href") == beside


@pytest.mark.parametrize("path", ["/2026/13/", "/2026/00/", "/2026/1/", "/0000/", "/20266/", "/1999/", "/tag/none/"])
def test_a_list_of_nothing_is_not_a_page(client, path):
    assert client.get(path).status_code == 404


def test_an_edition_lists_its_own_articles(client):
    author = AuthorFactory(slug="ada")
    ArticleFactory(title="Un", author=author)
    ArticleFactory(title="One", author=author, language="en")

    assert [titles(client.get(path)) for path in ("/", "/en/", "/author/ada/", "/en/author/ada/")] == [
        ["Un"],
        ["One"],
        ["Un"],
        ["One"],
    ]


@pytest.mark.parametrize(
    ("moment", "year", "month"),
    [
        ("2026-01-01T00:00+01:00", 2026, 1),
        ("2025-12-31T23:59+01:00", 2025, 12),
        ("2026-07-31T23:59+02:00", 2026, 7),
    ],
)
def test_an_article_is_in_the_month_that_the_clock_of_the_site_showed(moment, year, month):
    article = ArticleFactory(published_at=datetime.fromisoformat(moment))

    articles = Article.objects.all()
    assert [found for at in range(1, 13) for found in articles.within(year, at)] == [article]
    assert list(articles.within(year, month)) == list(articles.within(year)) == [article]
    assert [list(articles.within(*odd)) for odd in ((year, 13), (0, 1), (9999, 12), (year, 0))] == [[]] * 4
