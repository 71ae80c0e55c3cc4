"""A CDN in front: how long it may keep a page, and how it hears of what has changed, in the shapes that CDNs want."""

import contextlib
import json
import re
import subprocess
import threading
import time
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
from tests.front import DEPLOY, Served, answers, ask, configured, eventually, free_port, program, publish, running
from tests.machines import nginx
from tests.site import ROOT, wait_until

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


RESTS = """
from django_tasks_db.models import DBTaskResult
print(not DBTaskResult.objects.filter(status__in=["READY", "RUNNING"]).exists())
"""


class Varnish:
    """A site (`serve`d, with a worker) behind Varnish at `port`. Use as a context manager."""

    def __init__(self, folder, **settings):
        self.folder, self.port = folder, free_port()
        self.site = Served(folder, CDN_PURGE=f"varnish+http://127.0.0.1:{self.port}", WORKERS="1", **settings)

    def __enter__(self):
        vcl = configured("varnish.vcl", self.folder, **{'"8000"': f'"{self.site.port}"'})
        command = [program("varnishd"), "-F", "-n", self.folder / "varnish", "-a", f"127.0.0.1:{self.port}", "-f", vcl]
        with contextlib.ExitStack() as stack:
            stack.enter_context(self.site.serve())
            stack.enter_context(running([*map(str, command), "-s", "malloc,20m", "-j", "none"], self.port))
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self.stack.close()

    def ask(self, *arguments, **headers):
        return ask(self.port, *arguments, **headers)

    def fetches(self):
        """Return how often Varnish has asked the site for something, itself excepted, which it does to see whether it is well."""
        time.sleep(0.5)  # its threads count for themselves, then add it up
        command = [program("varnishstat"), "-n", self.folder / "varnish", "-1", "-f", "MAIN.backend_req"]
        return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[1])

    def settle(self, *paths):
        """Wait until pages stay as they are: what publishing leaves to be done in the background changes them once more."""
        wait_until(lambda: self.site.shell(RESTS) == "True\n", 60)
        for path in paths:
            wait_until(lambda path=path: int(self.ask(path).headers.get("age", 0)) > 0)


@pytest.fixture(scope="module")
def varnish(tmp_path_factory):
    with Varnish(tmp_path_factory.mktemp("varnish")) as varnish:
        varnish.site.shell(publish("un") + publish("deux"))
        yield varnish


@pytest.mark.slow
@pytest.mark.once
def test_varnish_keeps_a_page_until_it_changes(varnish):
    ask = varnish.ask
    varnish.settle("/un/", "/deux/")
    first = ask("/un/", accept_encoding="gzip")
    again = [ask("/un/"), ask("/deux/"), ask("/")]
    known = ask("/un/", if_none_match=first.headers["etag"])
    head = ask("/un/", "HEAD")
    part = ask("/un/", range="bytes=0-99")

    assert [reply.status for reply in (first, *again, head, part)] == [200, 200, 200, 200, 200, 206]
    assert (known.status, known.body) == (304, b"")
    assert (first.headers["content-encoding"], len(part.body), head.body) == ("gzip", 100, b"")
    assert "surrogate-key" not in first.headers
    assert "s-maxage=3" in first.headers["cache-control"]

    assert ask("/trois/").status == 404
    varnish.site.shell(publish("trois"))
    assert ask("/trois/").status == 200

    varnish.settle("/un/", "/en/")
    other = ask("/en/")
    varnish.site.shell(
        "from articles.models import Article; a = Article.objects.get(slug='un'); a.title = 'Neuf'; a.save()"
    )
    took = eventually(lambda: b"Neuf" in ask("/un/").body)
    assert took < 3
    assert b"Neuf" in ask("/").body
    assert int(ask("/en/").headers["age"]) >= int(other.headers["age"]), "it was not touched"

    assert ask("/", "PURGE", surrogate_key="article:1|.*").status == 400
    assert ask("/", "PURGE").status == 400
    assert ask("/admin/login/").headers.get("age", "0") == "0"
    assert answers(varnish.port)


@pytest.mark.slow
@pytest.mark.once
def test_nobody_purges_varnish_through_the_proxy_before_it(varnish, tmp_path):
    port = free_port()
    varnish.settle("/deux/")

    with nginx(tmp_path, port, varnish.port, varnish.port):
        asked = varnish.fetches()
        for headers in ({}, {"x_forwarded_for": "127.0.0.1"}, {"x_forwarded_for": ""}):
            assert ask(port, "/", "PURGE", surrogate_key="site", **headers).status == 403
        assert ask(port, "/deux/").status == 200
        assert varnish.fetches() == asked
    assert varnish.ask("/", "PURGE", surrogate_key="site").status == 200
    assert varnish.ask("/deux/").status == 200
    assert varnish.fetches() == asked + 1


@pytest.mark.slow
@pytest.mark.once
def test_varnish_keeps_one_copy_whatever_a_query_says_that_no_page_reads(varnish):
    varnish.settle("/un/", "/")
    page = varnish.ask("/un/")
    asked = varnish.fetches()

    for number in range(200):
        query = ("x={}", "fbclid={}&utm_source=b", "a&b=?&xpage={}", "Q={}&%71=a")[number % 4].format(number)
        assert varnish.ask(f"/un/?{query}").body == page.body
    known = varnish.ask("/un/?gclid=1", if_none_match=page.headers["etag"])

    assert known.status == 304
    assert varnish.fetches() - asked <= 1


READ = {
    "/": ("s=mot", "feed=rss2", "p=1", "page_id=1"),
    "/search/": (
        "q=titre",
        "q=titre&page=2",
        "q=titre&year=1999",
        "q=titre&tag=none",
        "page=2",
        "x=1&q=titre?&y=&page=1",
    ),
    "/oembed": tuple(
        f"url=http%3A%2F%2Fnews.example%2Fun%2F{more}" for more in ("", "&format=xml", "&format=no", "&maxwidth=1")
    ),
}


@pytest.mark.slow
@pytest.mark.once
def test_a_query_that_a_page_reads_is_another_page_in_varnish_too(varnish):
    varnish.site.shell(
        "from django.contrib.redirects.models import Redirect;"
        "Redirect.objects.create(site_id=1, old_path='/index.php?id=3', new_path='/un/')"
    )
    for path, queries in READ.items():
        for query in ("", *queries):
            seen, own = (ask(port, f"{path}?{query}") for port in (varnish.port, varnish.site.port))
            assert (seen.status, seen.headers.get("location"), seen.body) == (
                own.status, own.headers.get("location"), own.body,
            ), query  # fmt: skip
    for query, status in (("id=3", 301), ("id=4", 404), ("", 404), ("id=3", 301)):
        assert varnish.ask(f"/index.php?{query}").status == status


def test_varnish_knows_every_name_that_pages_read_in_a_query_and_nginx_takes_none_for_nothing():
    public = [p for app in ("articles", "comments", "newsroom") for p in (ROOT / app).rglob("*.py")
              if not {"admin", "desk", "desk.py"} & set(p.parts) and "admin" not in p.name]  # fmt: skip
    code = "\n".join(path.read_text() for path in public)
    read = set(re.findall(r"""GET(?:\.get(?:list)?\(|\[)"(\w+)"|"(\w+)" in request\.GET""", code))
    read = {"".join(names) for names in read} | {"p", "page_id", "maxwidth", "maxheight"}
    known = re.search(r"&\(\?!\(\?:([\w|]+)\)", (DEPLOY / "varnish.vcl").read_text())[1].split("|")
    nothing = re.search(r'map \$args.*?"~(.*?)"', (DEPLOY / "nginx.conf").read_text(), re.DOTALL)[1]

    assert {"q", "s", "url"} <= read
    assert sorted(read) == sorted(known)
    assert re.fullmatch(nothing, "fbclid=1")
    assert [name for name in read if re.fullmatch(nothing, f"{name}=1")] == []
