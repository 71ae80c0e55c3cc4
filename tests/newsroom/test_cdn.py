"""A CDN in front: how long it may keep a page, and how it hears of what has changed, in the shapes that CDNs want."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from newsroom import jobs
from newsroom.cache import purge
from newsroom.models import StaleKey
from newsroom.page_store import PageStore
from tests.factories import ArticleFactory
from tests.front import Served, answers, ask, configured, eventually, free_port, program, publish, running
from tests.site import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


class Recorder(HTTPServer):
    """A CDN that notes what it is asked; `answer` is what it says."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Desk)
        self.asked, self.answer = [], (200, b"{}")
        threading.Thread(target=self.serve_forever, args=[0.01], daemon=True).start()

    def is_told(self, kind, **headers):
        """Return the setting that tells this CDN."""
        return {"kind": kind, "address": f"http://127.0.0.1:{self.server_port}/purge", "headers": headers}


class Desk(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append((self.command, self.path, dict(self.headers), body))
        status, said = self.server.answer
        self.send_response(status)
        self.end_headers()
        self.wfile.write(said)

    def do_PURGE(self):
        self.do_POST()

    def log_message(self, *arguments):
        pass


@pytest.fixture
def cdn():
    recorder = Recorder()
    yield recorder
    recorder.shutdown()
    recorder.server_close()


def jobs_of_the_cdn():
    return DBTaskResult.objects.filter(task_path="newsroom.cdn.tell")


def test_a_cdn_that_reads_keys_is_told_them_in_a_header(settings, cdn):
    settings.CDN = cdn.is_told("keys", **{"Fastly-Key": "token"})

    purge("article:7", "articles-fr")
    jobs.run_pending()

    [(method, path, headers, body)] = cdn.asked
    assert (method, path, body) == ("POST", "/purge", b"")
    assert headers["Surrogate-Key"] == "article article:7 articles-fr"
    assert headers["Fastly-Key"] == "token"
    assert not StaleKey.objects.exists()


def test_a_cdn_that_reads_json_is_told_thirty_keys_at_a_time(settings, cdn):
    settings.CDN = cdn.is_told("tags", Authorization="Bearer token")

    purge(*(f"tagged:{number}" for number in range(40)))
    jobs.run_pending()

    told = [json.loads(body)["tags"] for _, _, _, body in cdn.asked]
    assert [len(keys) for keys in told] == [30, 11]
    assert {key for keys in told for key in keys} == {"tagged", *(f"tagged:{number}" for number in range(40))}
    assert {headers["Authorization"] for _, _, headers, _ in cdn.asked} == {"Bearer token"}
    assert {headers["Content-Type"] for _, _, headers, _ in cdn.asked} == {"application/json"}


def test_a_cdn_is_told_once_more_when_what_was_on_its_way_has_arrived(settings, cdn):
    settings.CDN = cdn.is_told("tags")

    purge(*(f"tagged:{number}" for number in range(40)))
    jobs.run_pending()
    jobs.run_pending()
    first, cdn.asked = cdn.asked, []
    again = DBTaskResult.objects.get(task_path="newsroom.cdn.tell_again", status="READY")
    wait = again.run_after - timezone.now()
    DBTaskResult.objects.filter(pk=again.pk).update(run_after=timezone.now())
    jobs.run_pending()

    assert timedelta(seconds=5) < wait <= timedelta(seconds=10)
    assert [body for _, _, _, body in cdn.asked] == [body for _, _, _, body in first] != []
    assert not DBTaskResult.objects.filter(status="READY").exists(), "twice is enough"


def test_one_change_is_one_job_however_much_it_touches(settings, cdn):
    settings.CDN = cdn.is_told("keys")

    with transaction.atomic():
        for number in range(5):
            purge(f"thread:{number}")
    assert jobs_of_the_cdn().count() == 1
    jobs.run_pending()

    assert len(cdn.asked) == 1


def test_what_is_rolled_back_is_told_nobody(settings, cdn):
    settings.CDN = cdn.is_told("keys")

    with transaction.atomic():
        purge("article:7")
        transaction.set_rollback(True)
    jobs.run_pending()

    assert cdn.asked == []


@pytest.mark.parametrize(
    ("kind", "answer"),
    [("keys", (503, b"")), ("keys", (403, b"")), ("tags", (200, b'{"success": false, "errors": ["limit"]}'))],
)
def test_a_cdn_that_refuses_is_told_again_with_all_that_came_since(settings, cdn, kind, answer):
    settings.CDN = cdn.is_told(kind, **{"Fastly-Key": "very secret"})
    cdn.answer = answer
    purge("articles-fr")
    jobs.run_pending()
    row = jobs_of_the_cdn().get()
    assert (row.status, StaleKey.objects.count()) == ("READY", 1)
    assert row.traceback
    assert "very secret" not in row.traceback

    cdn.answer, cdn.asked = (200, b""), []
    purge("articles-en")
    jobs_of_the_cdn().update(run_after=timezone.now())
    jobs.run_pending()

    said = str([(headers.get("Surrogate-Key"), body) for _, _, headers, body in cdn.asked])
    assert "articles-fr" in said
    assert "articles-en" in said
    assert not StaleKey.objects.exists()


def test_without_a_cdn_nothing_is_written_down():
    purge("article:7")

    assert not StaleKey.objects.exists()
    assert not jobs_of_the_cdn().exists()


def seconds(reply):
    """Return the s-maxage of a reply."""
    return int(reply.headers["Cache-Control"].partition("s-maxage=")[2])


def test_a_cdn_keeps_a_page_for_an_hour_and_never_past_a_scheduled_moment(reader, settings, cdn):
    ArticleFactory(slug="a")
    assert "s-maxage" not in reader.get("/a/").headers["Cache-Control"]

    settings.CDN = cdn.is_told("keys")
    assert 3590 <= seconds(reader.get("/a/")) <= 3600
    ArticleFactory(slug="b", published_at=timezone.now() + timedelta(minutes=10))
    drawn, kept = reader.get("/"), reader.get("/")
    known = reader.get("/", if_none_match=kept.headers["ETag"])

    assert (drawn.kept, kept.kept, known.status) == (False, True, 304)
    assert [595 <= seconds(reply) <= 600 for reply in (drawn, kept, known)] == [True, True, True]


def test_nobody_keeps_a_page_past_a_scheduled_moment(reader, settings, cdn):
    ArticleFactory(slug="a", published_at=timezone.now() + timedelta(seconds=30))
    drawn, kept = reader.get("/"), reader.get("/")
    settings.CDN = cdn.is_told("keys")
    told = reader.get("/")

    for reply in (drawn, kept, told):
        said = dict(part.split("=") for part in reply.headers["Cache-Control"].split(", ") if "=" in part)
        assert 0 < int(said["max-age"]) <= 30
        assert said["stale-while-revalidate"] == "0"
        assert int(said.get("s-maxage", 0)) <= 30


def test_what_changed_while_it_was_drawn_is_kept_by_nobody(reader, settings, cdn, monkeypatch):
    settings.CDN = cdn.is_told("keys")
    article, find = ArticleFactory(slug="a"), PageStore.mark

    def mark_then_change(store):
        mark = find(store)
        store.purge([f"article:{article.pk}"])
        return mark

    monkeypatch.setattr(PageStore, "mark", mark_then_change)
    reply = reader.get("/a/")

    assert reply.headers["Cache-Control"] == "public, max-age=0, stale-while-revalidate=0, s-maxage=0"


@pytest.mark.parametrize("path", ["/nothing/", "/A/", "/?p=1", "/old/"])
def test_what_is_not_there_or_elsewhere_today_is_asked_for_again(reader, path):
    article = ArticleFactory(slug="a")
    article.slug = "old"
    article.save()
    article.slug = "a"
    article.save()

    reply = reader.get(path)

    assert reply.status in (301, 302, 404)
    assert reply.headers["Cache-Control"] == "no-cache"


@pytest.mark.slow
def test_varnish_keeps_a_page_until_it_changes(tmp_path):
    port = free_port()
    site = Served(tmp_path, CDN_PURGE=f"varnish+http://127.0.0.1:{port}", WORKERS="1")
    vcl = configured("varnish.vcl", tmp_path, **{'"8000"': f'"{site.port}"'})
    command = [program("varnishd"), "-F", "-n", tmp_path / "varnish", "-a", f"127.0.0.1:{port}", "-f", vcl]
    with site.serve(), running([*map(str, command), "-s", "malloc,20m", "-j", "none"], port):
        site.shell(publish("un") + publish("deux"))
        # What publishing leaves to be done in the background changes the page once more.
        wait_until(lambda: int(ask(port, "/un/").headers.get("age", 0)) > 0)
        first = ask(port, "/un/", accept_encoding="gzip")
        again = [ask(port, "/un/"), ask(port, "/deux/"), ask(port, "/")]
        known = ask(port, "/un/", if_none_match=first.headers["etag"])
        head = ask(port, "/un/", "HEAD")
        part = ask(port, "/un/", range="bytes=0-99")

        assert [reply.status for reply in (first, *again, head, part)] == [200, 200, 200, 200, 200, 206]
        assert (known.status, known.body) == (304, b"")
        assert (first.headers["content-encoding"], len(part.body), head.body) == ("gzip", 100, b"")
        assert "surrogate-key" not in first.headers
        assert "s-maxage=3" in first.headers["cache-control"]

        assert ask(port, "/trois/").status == 404
        site.shell(publish("trois"))
        assert ask(port, "/trois/").status == 200

        other = ask(port, "/deux/")
        site.shell(
            "from articles.models import Article; a = Article.objects.get(slug='un'); a.title = 'Neuf'; a.save()"
        )
        took = eventually(lambda: b"Neuf" in ask(port, "/un/").body)
        assert took < 3
        assert b"Neuf" in ask(port, "/").body
        assert int(ask(port, "/deux/").headers["age"]) >= int(other.headers["age"]), "it was not touched"

        assert ask(port, "/", "PURGE", surrogate_key="article:1|.*").status == 400
        assert ask(port, "/", "PURGE").status == 400
        assert ask(port, "/admin/login/").headers.get("age", "0") == "0"
        assert answers(port)
