"""Linking two articles that are there as translations of each other, and letting them go."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone
from lxml import html

from articles import editions
from articles.models import Article
from tests.articles.desk import change, writer
from tests.factories import ArticleFactory, PageFactory, TagFactory, UserFactory

pytestmark = pytest.mark.django_db


def page_of(article):
    return change(article).replace("/change/", "/translations/")


@pytest.fixture
def french():
    return ArticleFactory(slug="semer", title="Semer")


@pytest.fixture
def english():
    return ArticleFactory(slug="sowing", title="Sowing", language="en")


def press(client, article, **button):
    """Press a button of the article's page; return what the desk says."""
    response = client.post(page_of(article), button, follow=True)
    return [str(message) for message in response.context["messages"]]


@pytest.mark.parametrize("from_original", [True, False])
def test_two_articles_are_linked_from_either_side_and_readers_go_from_one_to_the_other(
    client, french, english, from_original
):
    writer(client)
    if from_original:
        said = press(client, french, translation=english.pk)
    else:
        said = press(client, english, original=french.pk)

    assert said == [f"“{'Sowing' if from_original else 'Semer'}” is linked: readers can go from one to the other."]
    french.refresh_from_db()
    english.refresh_from_db()
    assert (english.group, french.translated_from) == (french.group, None)
    assert english.translated_from == french.revisions.get()
    root = html.document_fromstring(client.get("/en/sowing/").content)
    assert root.xpath("//header//nav//a[@hreflang='fr']/@href") == ["/semer/"]
    assert client.get(change(english)).context["source"]["article"] == french


def test_unlinked_each_stands_alone(client, french, english):
    writer(client)
    editions.link(french, english)

    for article in (french, english):
        assert press(client, article, unlink=article.pk) == [f"“{article}” is not linked any more."]
        french.refresh_from_db()
        english.refresh_from_db()
        assert french.group != english.group
        assert english.translated_from is None
        editions.link(french, english)


def test_what_cannot_be_linked_is_refused_and_says_why(client, french, english):
    writer(client)
    other = ArticleFactory(title="Autre")
    editions.link(french, english)
    before = list(Article.objects.order_by("pk").values_list("group", "translated_from"))

    assert press(client, french, translation=other.pk) == [
        "Both are in the same language: a translation is in another one."
    ]
    assert press(client, french, translation=french.pk) == [
        "Both are in the same language: a translation is in another one."
    ]
    assert press(client, french, translation=english.pk) == ["These two are linked already."]
    assert press(client, other, translation=english.pk) == [
        "There is one in that language (Français) already: “Semer”. Unlink it first."
    ]
    assert press(client, english, original=other.pk) == [
        "There is one in that language (Français) already: “Semer”. Unlink it first."
    ]
    assert list(Article.objects.order_by("pk").values_list("group", "translated_from")) == before


@pytest.mark.parametrize("value", ["", "x", "0", "9" * 40, "\0", "٣"])
def test_what_is_no_article_is_refused(client, french, value):
    writer(client)

    assert press(client, french, translation=value) == ["That article is not there any more."]


def test_a_third_language_comes_along(french, english, settings):
    settings.LANGUAGES = [*settings.LANGUAGES, ("ar", "العربية")]
    arabic = ArticleFactory(language="ar", title="زرع")
    editions.link(english, arabic)

    editions.link(french, english)

    assert Article.objects.filter(group=french.group).count() == 3
    with pytest.raises(editions.LinkError, match="زرع"):
        editions.link(ArticleFactory(language="ar"), french)


def found(client, article, **query):
    root = html.document_fromstring(client.get(page_of(article), query).content)
    rows = root.xpath("//ul[@class='linked']/li[.//button[@name='translation'] or .//span[.='linked to another one']]")
    return [(row.xpath("string(.//a)"), bool(row.xpath(".//button"))) for row in rows]


def test_articles_of_other_languages_are_offered_by_title_and_address(client, french, english):
    writer(client)
    taken = ArticleFactory(language="en", title="Sown", group=ArticleFactory(title="Autre").group)

    assert found(client, french) == [("Sowing", True), (taken.title, False)]
    for query in ("sow", "/en/sowing/", "sowing", "http://testserver/en/sowing/"):
        assert ("Sowing", True) in found(client, french, q=query)
    assert found(client, french, q="nothing \0 like it") == []

    editions.link(french, english)
    assert found(client, french) == []
    assert "Sowing" in client.get(page_of(french)).content.decode()


def test_only_those_who_may_change_articles_link_them(client, french, english):
    user = UserFactory()
    user.user_permissions.add(Permission.objects.get(codename="view_article"))
    client.force_login(user)

    assert client.get(page_of(french)).status_code == 403
    assert client.post(page_of(french), {"translation": english.pk}).status_code == 403
    assert Article.objects.filter(group=french.group).count() == 1


@pytest.mark.parametrize("make", [TagFactory, PageFactory])
def test_topics_and_pages_are_linked_across_languages_at_the_desk(client, make):
    writer(client)
    french, english = make(language="fr", slug="un"), make(language="en", slug="one")
    ArticleFactory(language="fr", tags=[french.name] if make is TagFactory else [])
    sheet = f"/admin/articles/{english._meta.model_name}/{english.pk}/change/"
    form = client.get(sheet).context["adminform"].form
    typed = {field.html_name: "" if field.value() is None else field.value() for field in form}
    if make is PageFactory:
        typed |= {"published_at": "2026-01-01T10:00"}

    response = client.post(sheet, typed | {"translation_of": french.pk})

    english.refresh_from_db()
    assert (response.status_code, english.group) == (302, french.group)
    assert f'hreflang="en" href="http://testserver{english.get_absolute_url()}"' in (
        client.get(french.get_absolute_url()).content.decode()
    )


LINKS = "/admin/articles/article/links.json"


def test_words_of_a_title_find_what_readers_may_see_to_link_to(client):
    writer(client)
    ArticleFactory(title="L’été des phares", slug="phares", published_at=timezone.now() - timedelta(days=1))
    ArticleFactory(title="Phares et balises", slug="balises")
    ArticleFactory(title="Phares en projet", published_at=None)
    ArticleFactory(title="Phares in English", slug="in-english", language="en")
    PageFactory(title="Nos phares", slug="nos-phares")

    def found(**query):
        return [link["url"] for link in client.get(LINKS, query).json()["links"]]

    assert found(q="PHARES", language="fr") == ["/balises/", "/phares/", "/nos-phares/"]
    assert found(q="ete", language="fr") == ["/phares/"]
    assert found(q="english", language="") == ["/en/in-english/"]
    assert found(q=" ") == found(q="none") == []


def test_pages_to_link_to_are_named_to_those_who_see_articles_only(client):
    client.force_login(UserFactory(is_staff=True))

    assert client.get(LINKS, {"q": "a"}).status_code == 403
