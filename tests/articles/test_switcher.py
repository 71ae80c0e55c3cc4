"""The language switcher: the same place in the other edition wherever it exists, honestly the front page elsewhere."""

from datetime import UTC, datetime, timedelta

import pytest
from lxml import html

from articles.models import Article, TaggedArticle
from tests.factories import ArticleFactory, AuthorFactory, TagFactory

pytestmark = pytest.mark.django_db

MAY = datetime(2026, 5, 10, tzinfo=UTC)


def switch(client, path, to="en"):
    """Return where the switcher leads, and whether it says that this is the front page."""
    root = html.document_fromstring(client.get(path).content)
    [link] = root.xpath(f"//header//nav//a[@hreflang='{to}']")
    return link.get("href"), link.get("title") is not None


@pytest.fixture
def site():
    """Twenty French articles of May 2026 by Ada on water, and an English one."""
    author = AuthorFactory(slug="ada")
    water = TagFactory(slug="eau")
    english = TagFactory(slug="water", language="en", group=water.group)
    articles = Article.objects.bulk_create(
        ArticleFactory.build(author=author, slug=f"a-{n}", published_at=MAY - timedelta(minutes=n)) for n in range(20)
    )
    TaggedArticle.objects.bulk_create(TaggedArticle(content_object=article, tag=water) for article in articles)
    ArticleFactory(language="en", author=author, published_at=MAY).tags.add(english)
    ArticleFactory(language="en", author=author, published_at=MAY.replace(month=4))
    ArticleFactory(author=author, published_at=MAY.replace(month=3))


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("/", "/en/"),
        ("/tag/", "/en/tag/"),
        ("/tag/eau/", "/en/tag/water/"),
        ("/author/ada/", "/en/author/ada/"),
        ("/dossier/", "/en/dossier/"),
        ("/archives/", "/en/archives/"),
        ("/2026/", "/en/2026/"),
        ("/2026/05/", "/en/2026/05/"),
        # the second page of a list says nothing that the second page of another list says
        ("/page/2/", "/en/"),
        ("/tag/eau/page/2/", "/en/tag/water/"),
        ("/author/ada/page/2/", "/en/author/ada/"),
        ("/2026/05/page/2/", "/en/2026/05/"),
    ],
)
def test_a_list_leads_to_the_same_list(client, site, path, there):
    assert switch(client, path) == (there, False)


def test_a_month_without_articles_there_leads_to_the_front_page_and_says_so(client, site):
    assert switch(client, "/2026/03/") == ("/en/", True)
    assert switch(client, "/en/2026/04/", to="fr") == ("/", True)
    assert switch(client, "/en/2026/05/", to="fr") == ("/2026/05/", False)


def test_what_is_not_there_leads_to_the_front_page_and_says_so(client, site):
    TagFactory(slug="seul")

    assert [switch(client, path) for path in ("/tag/seul/", "/a-1/", "/nothing/", "/1999/")] == [("/en/", True)] * 4


def test_a_link_that_leaves_the_page_is_named_for_where_it_leads(client, site):
    def name(path, to):
        root = html.document_fromstring(client.get(path).content)
        return root.xpath(f"//header//nav//a[@hreflang='{to}']/span[@lang='{to}']/text()")

    assert name("/", "en") == name("/tag/eau/", "en") == ["English"]
    assert name("/a-1/", "en") == ["English edition"]
    assert name("/en/2026/04/", "fr") == ["Édition française"]


def test_a_search_goes_on_in_the_other_edition_with_its_topic_and_year(client, site):
    TagFactory(slug="seul")

    assert switch(client, "/search/") == ("/en/search/", False)
    assert switch(client, "/search/?q=l%27eau+%26") == ("/en/search/?q=l%27eau+%26", False)
    assert switch(client, "/search/?q=eau&tag=eau&year=2026") == ("/en/search/?q=eau&tag=water&year=2026", False)
    assert switch(client, "/search/?q=eau&tag=eau&page=1") == ("/en/search/?q=eau&tag=water", False)
    assert switch(client, "/search/?q=eau&tag=seul") == ("/en/search/?q=eau", False)
    assert switch(client, "/en/search/?q=eau&tag=water", to="fr") == ("/search/?q=eau&tag=eau", False)


def test_only_pages_that_say_the_same_call_themselves_each_others_alternates(client, site):
    def alternates(path):
        root = html.document_fromstring(client.get(path).content)
        return len(root.xpath("//link[@rel='alternate'][@hreflang]"))

    assert [alternates(path) for path in ("/2026/05/", "/tag/eau/")] == [3, 3]
    assert [alternates(path) for path in ("/2026/03/", "/page/2/", "/tag/eau/page/2/", "/search/?q=eau")] == [0] * 4
