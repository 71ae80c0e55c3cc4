"""The list of versions says what each save did and which one readers see; lists of articles stand in a useful order."""

from datetime import timedelta

import pytest
from django.utils import timezone
from lxml.html import fromstring

from articles.models import Article, Page
from tests.articles.desk import save, writer
from tests.articles.test_desk_page import save_page
from tests.factories import ArticleFactory, PageFactory, PhotoFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"


def rows(client, article):
    root = fromstring(client.get(f"{LIST}{article.pk}/versions/").content.decode())
    return [" ".join(row.text_content().split()) for row in root.xpath("//ol[@class='versions']/li")]


def test_each_version_says_what_it_did_and_the_public_one_is_named(client):
    writer(client, first_name="Claire", last_name="Vasseur")
    article = save(client)[1]
    for button, values in (
        ("_save", {"title": "Another", "standfirst": "And this."}),
        ("_save", {}),
        ("_publish", {}),
        ("_schedule", {"publish_on": "2021-03-04T08:00"}),
        ("_save", {"body": "<p>Mended.</p>", "correction": "It is mended."}),
        ("_schedule", {"publish_on": "2021-03-05T08:00", "body": "<p>Again.</p>"}),
        ("_unpublish", {}),
        ("_publish", {}),
    ):
        article = save(client, article, button=button, **values)[1]

    found = rows(client, article)

    assert [row.partition("–")[2].strip() for row in found] == [
        "published What readers see",
        "made a draft",
        "changed: text, publication",
        "changed: text, corrections",
        "date changed",
        "published",
        "changed: title, standfirst, address",
        "begun",
    ]
    assert "Claire Vasseur" in found[0]


def test_a_scheduled_version_says_so_and_the_newest_of_a_draft_is_what_the_article_is(client):
    writer(client)
    ahead = timezone.localtime() + timedelta(days=3)
    article = save(client)[1]
    article = save(client, article, button="_schedule", publish_on=f"{ahead:%Y-%m-%dT%H:%M}")[1]

    assert [row.partition("–")[2].strip() for row in rows(client, article)] == [
        "scheduled As it is now",
        "begun",
    ]


def listed(client, query):
    return [article.title for article in client.get(f"{LIST}{query}").context["cl"].result_list]


def test_lists_stand_by_date_where_there_is_one_and_by_state_when_asked(client):
    writer(client)
    now = timezone.now()
    days = {"next": 1, "later": 9, "new": -1, "old": -9}
    for title, ahead in days.items():
        ArticleFactory(title=title, published_at=now + timedelta(days=ahead))
    ArticleFactory(title="draft", published_at=None)
    save(client, ArticleFactory(title="oldest", published_at=now - timedelta(days=99)), standfirst="Anew.")

    assert listed(client, "?state=published") == ["new", "old", "oldest"]
    assert listed(client, "?state=scheduled") == ["next", "later"]
    assert listed(client, "") == ["oldest", "draft", "old", "new", "later", "next"]
    assert listed(client, "?o=-3") == ["draft", "later", "next", "new", "old", "oldest"]
    assert listed(client, "?o=3") == ["oldest", "old", "new", "next", "later", "draft"]


def test_what_changes_nothing_leaves_no_version_and_no_date(client):
    writer(client)
    article = save(client, tags="b, a", photo=PhotoFactory().pk)[1]
    article = save(client, article, button="_publish")[1]

    response, now = save(client, article)

    assert (now.version, now.modified_at, article.revisions.count()) == (2, article.modified_at, 2)
    assert b"There was nothing new to save." in client.get(response.url).content
    assert save(client, article, notable="on")[1].version == 3
    assert save(client, Article.objects.get(), leads="on")[1].version == 4


def test_nor_does_going_on_to_the_translation(client):
    writer(client)
    article = save(client)[1]

    save(client, article, _translate="en")

    assert (article.revisions.count(), Article.objects.count()) == (1, 2)


def test_nor_does_a_page(client):
    writer(client)
    page = PageFactory()

    response = save_page(client, page, published_at=f"{timezone.localtime(page.published_at):%Y-%m-%dT%H:%M}")

    assert (Page.objects.get().modified_at, page.revisions.count()) == (page.modified_at, 0)
    assert b"There was nothing new to save." in client.get(response.url).content
    save_page(client, page, position="7")
    assert Page.objects.get().position == 7
