"""An article that was taken back comes again at the date that readers knew, or at today's: who writes it chooses."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation
from lxml.html import fromstring

from articles.admin.states import when_in_list
from articles.models import Article
from articles.templatetags.articles import minute
from tests.articles.desk import change, save, writer
from tests.factories import ArticleFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"
APRIL = datetime(2026, 4, 21, 6, tzinfo=timezone.get_default_timezone())


def taken_back(client, **values):
    """Return an article that readers knew as one of April, and that is a draft now."""
    article = ArticleFactory(**{"published_at": APRIL} | values)
    return save(client, article, button="_unpublish")[1]


def publish(client, article, value):
    return save(client, article, button="_save", _publish=value)[1]


def test_what_is_published_again_keeps_its_date(client):
    writer(client)
    newer = ArticleFactory()

    article = publish(client, taken_back(client), "1")

    assert (article.published_at, article.first_published_at) == (APRIL, APRIL)
    assert list(Article.objects.published().newest_first()) == [newer, article]


def test_a_date_that_was_changed_is_the_one_that_is_kept(client):
    writer(client)
    article = ArticleFactory()
    save(client, article, button="_schedule", publish_on="2021-03-04T08:00")
    article.refresh_from_db()
    moved = article.published_at

    article = publish(client, save(client, article, button="_unpublish")[1], "1")

    assert moved.year == 2021
    assert article.published_at == moved
    assert article.first_published_at > moved


def test_todays_date_is_there_for_the_asking_and_the_name_in_feeds_stays(client):
    writer(client)
    article = taken_back(client)

    article = publish(client, article, "today")

    assert timezone.now() - article.published_at < timedelta(minutes=1)
    assert article.first_published_at == APRIL


def test_what_was_notable_before_is_told_again_with_the_old_date(client):
    writer(client)
    revised = APRIL + timedelta(days=3)

    article = publish(client, taken_back(client, revised_at=revised), "1")

    feed = client.get("/feed.json").json()
    [item] = feed["items"]
    assert article.revised_at == revised
    assert (item["date_published"][:10], item["date_modified"][:10]) == ("2026-04-21", "2026-04-24")


def test_the_sheet_says_the_date_that_readers_knew_and_offers_both(client):
    writer(client)
    article, fresh = taken_back(client), ArticleFactory(published_at=None)

    def buttons(one):
        root = fromstring(client.get(change(one)).content.decode())
        return [
            (button.get("value"), button.text_content()) for button in root.xpath("//aside//button[@name='_publish']")
        ]

    assert buttons(article) == [
        ("1", "Publish again, at its date of 21 April 2026"),
        ("today", "Publish at today’s date"),
    ]
    assert "Readers knew it as published on 21 April 2026" in client.get(change(article)).content.decode()
    assert buttons(fresh) == [("1", "Publish now")]


def test_what_was_scheduled_and_never_seen_has_no_date_of_its_own(client):
    writer(client)
    later = ArticleFactory(published_at=timezone.now() + timedelta(days=2))

    article = save(client, later, button="_unpublish")[1]

    assert article.own_date is None


@pytest.mark.parametrize(("action", "keeps"), [("publish_again", True), ("publish_today", False)])
def test_several_come_again_at_once(client, action, keeps):
    writer(client)
    articles = [ArticleFactory(published_at=APRIL), ArticleFactory(published_at=None), ArticleFactory()]
    chosen = [article.pk for article in articles]
    stood = articles[2].published_at
    client.post(LIST, {"action": "unpublish", "sure": "1", "_selected_action": chosen[:1]})

    client.post(LIST, {"action": action, "sure": "1", "_selected_action": chosen})

    old, fresh, public = (Article.objects.get(pk=pk) for pk in chosen)
    assert (old.published_at == APRIL) is keeps
    assert old.is_published
    assert fresh.is_published
    assert public.published_at == stood
    assert old.revisions.first().content["published_at"] == old.published_at.isoformat()


def test_what_may_not_be_published_stays_a_draft_among_several_and_is_named(client):
    writer(client)
    empty, whole = ArticleFactory(published_at=None, body="", title="Empty"), ArticleFactory(published_at=None)

    page = client.post(
        LIST, {"action": "publish_today", "sure": "1", "_selected_action": [empty.pk, whole.pk]}, follow=True
    )

    assert [Article.objects.get(pk=one.pk).state for one in (empty, whole)] == ["draft", "published"]
    assert "“Empty” is not published: There is no text." in page.content.decode()


def test_a_date_that_was_typed_and_not_used_keeps_nothing_from_being_saved_and_is_shown_again(client):
    writer(client)
    draft = ArticleFactory(published_at=None)

    response, stored = save(client, draft, title="Kept", publish_on="2031-05-06T07:08")
    page = client.get(response.url)
    root = fromstring(page.content.decode())

    assert (stored.title, stored.state) == ("Kept", "draft")
    assert "The date that you typed is not used yet" in page.content.decode()
    assert root.xpath("//details[@open]//input[@name='publish_on']/@value") == ["2031-05-06T07:08"]
    assert "not used yet" not in client.get(change(draft)).content.decode()


def test_english_dates_of_the_desk_are_written_as_readers_see_them(client):
    moment = datetime(2026, 11, 28, 8, 5, tzinfo=UTC)
    user = writer(client, date_joined=moment)

    page = fromstring(client.get(f"/admin/newsroom/user/{user.pk}/change/").content)

    with translation.override("en"):
        shown = fromstring(str(minute(moment))).text_content()
        short = str(when_in_list(moment))
    assert page.xpath("string(//*[@class='form-row field-date_joined']//*[@class='readonly'])") == shown
    assert (shown, short) == ("28 November 2026, 9:05 a.m.", '<span class="moment">28 Nov 2026</span> 9:05 a.m.')
