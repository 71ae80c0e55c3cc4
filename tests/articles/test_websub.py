"""A hub hears of what changes in feeds: a real server on this machine, which writes down what it is told."""

import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs

import feedparser
import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from articles.models import Dossier, DossierEntry
from newsroom import jobs
from tests.factories import ArticleFactory, AuthorFactory
from tests.mail_server import free_port

pytestmark = pytest.mark.django_db

NOW = ["http://testserver/feed/", "http://testserver/feed/atom/", "http://testserver/feed.json"]


class Hub(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.told.append(parse_qs(body))
        self.send_response(self.server.answer)
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def hub(settings):
    """A hub; `told` is what it was sent, `answer` the status that it gives."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Hub) as server:
        server.told, server.answer = [], 204
        settings.WEBSUB_HUB = f"http://127.0.0.1:{server.server_port}/hub?a=b"
        Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield server
        server.shutdown()


def told(hub):
    """Run what is due, and return the feeds that the hub was told of since the last time."""
    jobs.run_pending()
    assert {tuple(words["hub.mode"]) for words in hub.told} <= {("publish",)}
    feeds = [words["hub.url"] for words in hub.told]
    hub.told.clear()
    return feeds


def test_every_feed_that_an_article_stands_in_is_told_of_when_it_is_published(hub):
    article = ArticleFactory(published_at=None, author=AuthorFactory(slug="ada"), tags=["Ia"], language="en")
    dossier = Dossier.objects.create(title="All", slug="all", language="en")
    DossierEntry.objects.create(dossier=dossier, article=article, position=1)
    assert told(hub) == []

    article.published_at = timezone.now()
    article.save()

    [feeds] = told(hub)
    assert feeds == [
        f"http://testserver/en/{place}{kind}"
        for place in ("", "author/ada/", "tag/ia/", "dossier/all/")
        for kind in ("feed/", "feed/atom/", "feed.json")
    ]


def test_a_notable_correction_is_told_of_and_a_small_one_is_not(hub):
    article = ArticleFactory()
    assert len(told(hub)) == 1

    article.title = "A comma less"
    article.save()
    assert told(hub) == []

    article.revised_at = timezone.now()
    article.save()
    assert [feeds[:3] for feeds in told(hub)] == [NOW]


@pytest.mark.parametrize("end", ["taken back", "deleted"])
def test_what_goes_is_told_of(hub, end):
    article = ArticleFactory(tags=["Ia"])
    told(hub)

    if end == "deleted":
        article.delete()
    else:
        article.published_at = None
        article.save()

    [feeds] = told(hub)
    assert feeds[:3] == NOW
    assert "http://testserver/tag/ia/feed/" in feeds


def test_a_scheduled_article_is_told_of_when_its_moment_comes(hub):
    ArticleFactory(published_at=timezone.now() + timedelta(seconds=1.5))

    assert told(hub) == []
    time.sleep(1.6)
    assert [feeds[:3] for feeds in told(hub)] == [NOW]


def test_a_moment_that_was_changed_meanwhile_is_not_told_of(hub):
    article = ArticleFactory(published_at=timezone.now() + timedelta(hours=1))
    article.published_at += timedelta(hours=1)
    article.save()
    told(hub)

    first, second = DBTaskResult.objects.filter(status="READY").order_by("run_after")
    DBTaskResult.objects.filter(pk=first.pk).update(run_after=timezone.now())
    assert told(hub) == []
    DBTaskResult.objects.filter(pk=second.pk).update(run_after=timezone.now())
    assert len(told(hub)) == 1


def formats(place):
    return {f"http://testserver{place}{kind}" for kind in ("feed/", "feed/atom/", "feed.json")}


def test_a_tag_that_is_renamed_is_told_of_at_both_addresses_and_an_order_is_not(hub):
    tag = ArticleFactory(tags=["Ia"]).ordered_tags[0]
    told(hub)

    tag.slug = "robots"
    tag.save()
    [feeds] = told(hub)
    assert set(feeds) == formats("/tag/ia/") | formats("/tag/robots/")

    tag.name = "Robots"
    tag.save()
    assert [set(feeds) for feeds in told(hub)] == [formats("/tag/robots/")]

    tag.nav_position = 3
    tag.save()
    assert told(hub) == []


def test_a_dossier_is_told_of_when_its_words_change_or_a_published_part_comes_or_goes(hub):
    dossier = Dossier.objects.create(title="All", slug="all", language="en")
    other = Dossier.objects.create(title="Other", slug="other", language="en")
    draft, article = ArticleFactory(language="en", published_at=None), ArticleFactory(language="en")
    told(hub)

    DossierEntry.objects.create(dossier=dossier, article=draft, position=1)
    dossier.title = "Nothing to read yet"
    dossier.save()
    assert told(hub) == []

    entry = DossierEntry.objects.create(dossier=dossier, article=article, position=1)
    assert [set(feeds) for feeds in told(hub)] == [formats("/en/dossier/all/")]
    entry.position = 2
    entry.save()
    assert told(hub) == []

    entry.dossier = other
    entry.save()
    assert [set(feeds) for feeds in told(hub)] == [formats("/en/dossier/all/") | formats("/en/dossier/other/")]

    other.slug = "another"
    other.save()
    assert [set(feeds) for feeds in told(hub)] == [formats("/en/dossier/other/") | formats("/en/dossier/another/")]

    entry.delete()
    assert [set(feeds) for feeds in told(hub)] == [formats("/en/dossier/another/")]


@pytest.mark.parametrize("fault", ["refuses", "is not there"])
def test_a_hub_that_fails_is_asked_again_later_and_the_article_is_read_meanwhile(hub, settings, client, fault):
    hub.answer, address = 503, settings.WEBSUB_HUB
    if fault == "is not there":
        settings.WEBSUB_HUB = f"http://127.0.0.1:{free_port()}/"
    ArticleFactory(slug="a")
    jobs.run_pending()

    assert client.get("/a/").status_code == client.get("/feed/").status_code == 200
    row = DBTaskResult.objects.get(task_path="articles.websub.tell_hub_of")
    assert row.status == "READY"
    assert row.run_after > timezone.now() + timedelta(seconds=25)
    hub.answer, settings.WEBSUB_HUB = 204, address
    hub.told.clear()
    DBTaskResult.objects.filter(pk=row.pk).update(run_after=timezone.now())
    assert len(told(hub)) == 1


def test_every_format_announces_the_hub(hub, settings, client):
    ArticleFactory(tags=["Ia"])

    for place in ("/", "/tag/ia/"):
        for path in ("feed/", "feed/atom/"):
            feed = feedparser.parse(client.get(place + path).content).feed
            assert [link.href for link in feed.links if link.rel == "hub"] == [settings.WEBSUB_HUB]
        response = client.get(f"{place}feed.json")
        assert response.json()["hubs"] == [{"type": "WebSub", "url": settings.WEBSUB_HUB}]
        address = f"http://testserver{place}feed.json"
        assert response.headers["Link"] == f'<{settings.WEBSUB_HUB}>; rel="hub", <{address}>; rel="self"'


def test_without_a_hub_nothing_is_announced_and_nothing_is_asked(client):
    tag = ArticleFactory(tags=["Ia"]).ordered_tags[0]
    tag.name = "Robots"
    tag.save()

    assert DBTaskResult.objects.filter(task_path__startswith="articles.websub").count() == 0
    for path in ("/feed/", "/feed/atom/", "/feed.json"):
        response = client.get(path)
        assert b"hub" not in response.content
        assert "Link" not in response.headers
