"""Comments as feeds: what stands on the pages, in three formats, and nothing of anybody's address."""

from datetime import timedelta

import feedparser
import pytest
from django.utils import timezone

from comments import decisions, feeds
from comments.keys import email_key
from comments.models import CommentContact
from tests.factories import ArticleFactory, CommentFactory

pytestmark = pytest.mark.django_db

PLACES = ["/en/comments/", "/en/story/"]
KINDS = ["feed/", "feed/atom/", "feed.json"]


@pytest.fixture
def article():
    return ArticleFactory(language="en", slug="story", title="A story")


@pytest.mark.parametrize("place", PLACES)
def test_three_formats_hold_approved_comments_of_public_articles(client, article, place):
    shown = CommentFactory(article=article, user_name="Zoé", comment="A <b>word</b> & more", approved=True)
    CommentFactory(article=article)
    CommentFactory(article=ArticleFactory(language="en", published_at=None), approved=True)
    CommentFactory(article=ArticleFactory(), approved=True)
    hidden_parent = CommentFactory(article=article, approved=True)
    CommentFactory(parent=hidden_parent, approved=True)
    decisions.decide([hidden_parent.pk], "spam", None)

    rss, atom = (feedparser.parse(client.get(place + kind).content) for kind in KINDS[:2])
    data = client.get(f"{place}feed.json").json()

    assert (rss.bozo, rss.version, atom.bozo, atom.version) == (False, "rss20", False, "atom10")
    (one,), (two,), (three,) = rss.entries, atom.entries, data["items"]
    address = f"http://testserver/en/story/comment/{shown.public_id}/"
    assert one.link == two.link == three["url"] == address
    assert one.title == two.title == three["title"] == "Zoé on “A story”"
    assert one.author == two.author == three["authors"][0]["name"] == "Zoé"
    assert one.published_parsed == two.published_parsed == shown.submit_date.utctimetuple()
    words = "<p>A &lt;b&gt;word&lt;/b&gt; &amp; more</p>"
    assert one.content[0].value == two.content[0].value == three["content_html"] == words
    assert rss.feed.title == data["title"]
    assert data["feed_url"] == f"http://testserver{place}feed.json"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("place", PLACES)
def test_no_feed_holds_anything_of_a_readers_address(client, article, place, kind):
    comment = CommentFactory(article=article, email="zoe@secret.example", approved=True)
    contact = CommentContact.objects.get(comment=comment)

    page = client.get(place + kind).content.decode()

    assert comment.comment in page
    assert contact.email_key == email_key("zoe@secret.example")
    for secret in ("zoe@", "secret.example", contact.email_key, contact.unsubscribe_token):
        assert secret not in page


@pytest.mark.parametrize("kind", KINDS)
def test_a_feed_of_comments_belongs_to_its_edition_and_its_article(client, article, kind):
    ArticleFactory(language="en", slug="draft", published_at=None)
    CommentFactory(article=article, approved=True)

    assert len(client.get(f"/en/comments/{kind}").content.split(b"/en/story/comment/")) > 1
    assert b"/en/story/comment/" not in client.get(f"/comments/{kind}").content
    for path in ("/en/no-story/", "/story/", "/en/draft/"):
        assert client.get(path + kind).status_code == 404


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/comments/feed/rss2/", "/comments/feed/"),
        ("/en/story/feed/rss/", "/en/story/feed/"),
        ("/en/story/feed/rdf/", "/en/story/feed/"),
    ],
)
def test_the_addresses_of_wordpress_lead_to_ours(client, article, old, new):
    response = client.get(old)

    assert (response.status_code, response.headers["Location"]) == (301, new)


@pytest.mark.parametrize("kind", KINDS)
def test_a_control_character_breaks_no_feed(client, article, kind):
    comment = CommentFactory(article=article, approved=True)
    type(comment).objects.filter(pk=comment.pk).update(comment="a\x0bb\x00".replace("\x00", ""), user_name="Z\x01oe")

    response = client.get(f"/en/comments/{kind}")

    entries = response.json()["items"] if kind == "feed.json" else feedparser.parse(response.content).entries
    assert entries[0]["title"].replace("\x01", "") == "Zoe on “A story”"


@pytest.mark.parametrize("kind", KINDS)
def test_a_feed_that_has_not_changed_is_not_sent_again(client, article, kind):
    comment = CommentFactory(article=article, approved=True)
    first = client.get(f"/en/story/{kind}")

    assert client.get(f"/en/story/{kind}", headers={"If-None-Match": first["ETag"]}).status_code == 304
    decisions.decide([comment.pk], "removed", None)
    again = client.get(f"/en/story/{kind}", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 200
    assert comment.comment not in again.content.decode()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", [1, 3])
def test_a_feed_costs_the_same_for_any_number(client, article, django_assert_num_queries, kind, count):
    root = CommentFactory(article=article, approved=True)
    for _ in range(count):
        CommentFactory(article=article, approved=True, parent=root)

    # The site's name, the newest approved comments, the shown ones; what stands above them is among them.
    with django_assert_num_queries(3):
        assert client.get(f"/en/comments/{kind}").status_code == 200


def test_the_newest_are_found_behind_many_that_are_not_shown(client, article, monkeypatch):
    monkeypatch.setattr("comments.feeds.NEWEST", 2)
    shown = [CommentFactory(article=article, approved=True) for _ in range(2)]
    root = CommentFactory(article=article, approved=True)
    for _ in range(9):
        CommentFactory(article=article, approved=True, parent=root)
    decisions.decide([root.pk], "spam", None)

    data = client.get("/en/comments/feed.json").json()

    assert [item["url"].rstrip("/").rpartition("/")[2] for item in data["items"]] == [
        comment.public_id for comment in reversed(shown)
    ]


def test_a_feed_is_in_the_order_of_what_was_written_whenever_it_was_stored(client, article, monkeypatch):
    monkeypatch.setattr("comments.feeds.NEWEST", 2)
    dates = [timezone.now() - timedelta(days=days) for days in (1, 3, 2)]
    new, _old, middle = (CommentFactory(article=article, approved=True, submit_date=date) for date in dates)

    items = client.get("/en/comments/feed.json").json()["items"]

    assert [item["url"].rstrip("/").rpartition("/")[2] for item in items] == [new.public_id, middle.public_id]


def test_the_feed_of_a_small_edition_does_not_read_what_the_others_say(client, article, django_assert_num_queries):
    CommentFactory(article=article, approved=True)
    other = ArticleFactory()
    for _ in range(3 * feeds.NEWEST + 1):
        CommentFactory(article=other, approved=True)

    with django_assert_num_queries(3):
        assert len(client.get("/en/comments/feed.json").json()["items"]) == 1
