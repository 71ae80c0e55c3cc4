"""Pages that are kept: which ones, what a reader is sent of them, and what the store does when things fail."""

import gzip
import resource
import shutil
import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import brotli
import pytest
from django.db import connection
from django.http import HttpResponse
from django.utils import timezone

import newsroom.copies
import newsroom.page_store
from newsroom.answers import Answer, best_encoding
from newsroom.cache import page_store
from newsroom.page_journal import Journal
from newsroom.page_store import SITE, PageStore
from newsroom.redis_pages import RedisPageStore
from newsroom.sending import is_public
from tests.factories import ArticleFactory
from tests.reader import Reader
from tests.site import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def answer(content=b"words " * 200, tags=("article:1",), until=4e9, **facts):
    headers = [("Content-Type", "text/html"), ("Cache-Control", "public")]
    return Answer.of(headers, content, 1e9, tags=list(tags), until=until, query=[], **facts)


@pytest.fixture(params=["files", pytest.param("redis", marks=pytest.mark.redis)])
def another(request, tmp_path):
    """Return a function that opens the one store of a test, as another process would; and all this once in Redis."""
    if request.param == "files":
        return lambda release="1": PageStore(tmp_path / "pages", release)
    url = request.getfixturevalue("redis_place")
    return lambda release="1": RedisPageStore(url, release)


@pytest.fixture
def store(another):
    return another()


@pytest.fixture
def reader(another, settings):
    """A reader of a site that keeps its pages there."""
    store = another()
    settings.PAGE_STORE = getattr(store, "folder", None) or store.url
    return Reader()


@pytest.fixture
def in_files(tmp_path):
    return PageStore(tmp_path / "pages", "1")


@pytest.fixture
def another_moment(monkeypatch):
    """Return a function that lets the time pass in which no store looks at its folder."""
    later, now = [], time.time
    monkeypatch.setattr(time, "time", lambda: now() + 2 * newsroom.page_store.LOOK * len(later))
    return lambda: later.append(1)


def kept(store):
    """Return how many pages are kept, found or not, and no parts."""
    if isinstance(store, PageStore):
        return len(files(store.folder))
    return sum(is_page(store.redis.hget(name, "answer")) for name in store.redis.keys(f"{store.name}:page:*"))


def files(folder):
    found = (path for path in (folder / "pages").rglob("*") if path.is_file())
    return [path for path in found if is_page(path.read_bytes())]


def is_page(data):
    """Tell a page from a part of one."""
    return Answer.load(data).facts["path"].startswith("/")


def gone(*found):
    """Wait until none of these functions returns a page; how long that takes, test_redis_pages.py tells."""
    wait_until(lambda: not any(find() for find in found), 1)
    return True


# What a reader is sent


def test_the_second_reader_is_answered_before_django(reader):
    ArticleFactory(slug="a")

    first, second = reader.get("/a/"), reader.get("/a/")

    assert (first.status, first.kept, second.status, second.kept) == (200, False, 200, True)
    assert (first.body, first.headers) == (second.body, second.headers)
    assert first.headers["Content-Security-Policy"]
    assert first.headers["Cache-Control"] == "public, max-age=60, stale-while-revalidate=60"


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("BR", "br"),
        ("br;q=0", ""),
        ("br; q=0.0, gzip", "gzip"),
        ("br;q=0.2, gzip;q=0.8", "gzip"),
        ("*", "br"),
        ("br;q=0, *", "gzip"),
        ("*;q=0", ""),
        ("identity, br;q=0.5", ""),
        ("gzip;q=nonsense", ""),
        ("zstd", ""),
        (";;,,=;q", ""),
        ("", ""),
    ],
)
def test_a_kept_page_travels_as_the_reader_likes_it_best(reader, accepted, encoding):
    ArticleFactory(slug="a")
    plain = reader.get("/a/").body

    kept = reader.get("/a/", accept_encoding=accepted)

    assert kept.kept
    assert {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[encoding](kept.body) == plain
    assert kept.headers.get("Content-Encoding", "") == encoding == best_encoding(accepted)
    assert kept.headers["Content-Length"] == str(len(kept.body))
    assert kept.headers["Vary"] == "Accept-Encoding"


def test_a_reader_who_has_the_page_is_told_so(reader):
    ArticleFactory(slug="a")
    first = reader.get("/a/", accept_encoding="br")

    for condition in (
        {"if_none_match": first.headers["ETag"]},
        {"if_none_match": f'"other", {first.headers["ETag"].removeprefix("W/")}'},
        {"if_none_match": "*"},
        {"if_modified_since": first.headers["Last-Modified"]},
    ):
        again = reader.get("/a/", accept_encoding="br", **condition)
        assert (again.status, again.body, again.kept) == (304, b"", True)
        assert again.headers["ETag"] == first.headers["ETag"]
        assert "Content-Length" not in again.headers


@pytest.mark.parametrize(
    "condition",
    [
        {"if_none_match": '"other"'},
        {"if_none_match": "\x00,,,W/"},
        {"if_modified_since": "yesterday"},
        {"if_modified_since": "Sun, 06 Nov 1994 08:49:37 GMT"},
        {"if_none_match": '"other"', "if_modified_since": "Fri, 31 Dec 2199 23:59:59 GMT"},
        {"range": "bytes=0-1"},
    ],
)
def test_other_conditions_bring_the_whole_page(reader, condition):
    ArticleFactory(slug="a")
    first = reader.get("/a/")

    again = reader.get("/a/", **condition)

    assert (again.status, again.body, again.kept) == (200, first.body, True)


def test_head_is_the_page_without_its_body(reader):
    ArticleFactory(slug="a")

    drawn = reader.get("/a/", "HEAD")
    kept, whole = reader.get("/a/", "HEAD"), reader.get("/a/")

    assert (drawn.kept, kept.kept, whole.kept) == (False, True, True)
    assert drawn.body == kept.body == b""
    assert drawn.headers == kept.headers == whole.headers
    assert reader.get("/a/", "POST").status == 405


# What is kept


def test_a_query_that_is_not_ours_makes_no_second_copy(reader):
    ArticleFactory(slug="a")
    first = reader.get("/a/?utm_source=x")

    assert all(
        reader.get(f"/a/?{query}").kept for query in ("", "fbclid=1", "%ff", "&&&", *(f"x={n}" for n in range(50)))
    )
    assert kept(page_store()) == 1
    assert b"utm_source" not in first.body


def test_a_query_that_a_page_reads_goes_to_django(reader):
    reader.get("/")

    moved = reader.get("/?s=words")

    assert (moved.status, moved.headers["Location"]) == (301, "/search/?q=words")
    assert reader.get("/?sa=words").kept


@pytest.mark.parametrize(
    "path",
    ["/search/?q=first", "/search/", "/oembed?url=http://testserver/a/", "/none/", "/page/1/", "/page/02/", "/admin/login/",
     "/healthz", "/a/comment/", "/comments/mine/", "/a"],
)  # fmt: skip
def test_what_is_not_one_page_for_all_is_not_kept(reader, path):
    for _ in range(20):
        ArticleFactory(body="<p>first</p>")
    ArticleFactory(slug="a")

    assert not reader.get(path).kept
    assert not reader.get(path).kept
    assert kept(page_store()) == 0


@pytest.mark.parametrize("header", ["cookie", "authorization"])
def test_what_a_known_reader_was_sent_is_not_kept(reader, header):
    ArticleFactory(slug="a")

    assert reader.get("/a/", **{header: "sessionid=a"}).status == 200
    assert kept(page_store()) == 0


def test_a_host_that_is_not_ours_is_sent_nothing_kept(reader):
    ArticleFactory(slug="a")
    reader.get("/a/")

    assert reader.get("/a/", host="testserver:80").kept
    assert reader.get("/a/", host="elsewhere.example").status == 400


def test_over_plain_http_a_kept_page_redirects_to_https(reader, settings):
    ArticleFactory(slug="a")
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    reader = Reader()
    first = reader.get("/a/", x_forwarded_proto="https")

    assert (first.status, reader.get("/a/", x_forwarded_proto="https").kept) == (200, True)
    assert (reader.get("/a/").status, reader.get("/a/", x_forwarded_proto="http").status) == (301, 301)


@pytest.mark.parametrize(
    ("headers", "kept"),
    [
        ({"Cache-Control": "public"}, True),
        ({"Cache-Control": "PUBLIC, Max-Age=60"}, True),
        ({"Cache-Control": "public, PRIVATE"}, False),
        ({"Cache-Control": "public,No-Store"}, False),
        ({"Cache-Control": 'public, no-cache="Set-Cookie"'}, False),
        ({"Cache-Control": "max-age=60"}, False),
        ({"Cache-Control": "public", "Vary": "Accept-Encoding"}, True),
        ({"Cache-Control": "public", "Vary": "*"}, False),
        ({"Cache-Control": "public", "Vary": "Accept-Encoding, *"}, False),
        ({"Cache-Control": "public", "Vary": "Cookie"}, False),
        ({"Cache-Control": "public", "Vary": "accept-language"}, False),
        ({"Cache-Control": "public", "Set-Cookie": "a=b"}, False),
        ({"Cache-Control": "public", "Content-Type": "image/png"}, False),
    ],
)
def test_only_what_is_the_same_for_everybody_is_public(headers, kept):
    assert is_public(HttpResponse("words", headers=headers)) is kept


def test_what_sets_a_cookie_or_fails_is_not_public():
    response = HttpResponse("words", headers={"Cache-Control": "public"})
    assert is_public(response)

    response.set_cookie("a", "b")

    assert not is_public(response)
    assert not is_public(HttpResponse("words", status=404, headers={"Cache-Control": "public"}))


def test_a_cdn_is_told_what_a_page_is_made_from(reader, settings):
    settings.TAG_HEADERS = ["Surrogate-Key", "Cache-Tag"]
    article = ArticleFactory(slug="a")

    reply = reader.get("/a/")

    keys = reply.headers["Surrogate-Key"].split()
    assert {"site", f"article:{article.pk}", f"author:{article.author_id}", f"thread:{article.pk}"} <= set(keys)
    assert reply.headers["Cache-Tag"].split(",") == keys == sorted(page_store().find("/a/").tags)


# For how long


def test_a_page_is_kept_until_the_next_article_is_due(reader):
    ArticleFactory(slug="a")
    due = timezone.now() + timedelta(minutes=10)
    later = ArticleFactory(slug="b", published_at=due)
    reader.get("/")

    assert page_store().find("/").until == due.timestamp()

    later.published_at = timezone.now() + timedelta(seconds=1)
    later.save()
    assert b'href="/b/"' not in reader.get("/").body
    assert reader.get("/").kept
    while timezone.now() <= later.published_at:
        threading.Event().wait(0.05)
    reply = reader.get("/")
    assert (reply.kept, b'href="/b/"' in reply.body) == (False, True)


def test_a_page_is_kept_until_comments_close(reader):
    closes = timezone.now() + timedelta(minutes=30)
    ArticleFactory(slug="a", comments="timed", comments_days=1, published_at=closes - timedelta(days=1))

    reader.get("/a/")

    assert page_store().find("/a/").until == closes.timestamp()


def test_kept_pages_are_read_while_the_database_fails(reader):
    ArticleFactory(slug="a")
    assert reader.get("/").status == 200
    whole, gone = reader.get("/a/"), "ALTER TABLE articles_article RENAME TO away"
    over = page_store().find("/a/", stale=True)
    with connection.cursor() as cursor:
        cursor.execute(gone)
    try:
        assert reader.get("/b/").status == (503 if connection.vendor == "sqlite" else 500)
        assert reader.get("/a/").kept
        over.facts["until"] = 0
        page_store().keep("/a/", over, page_store().mark())
        late = reader.get("/a/")
        assert (late.status, late.body, late.kept) == (200, whole.body, False)
        assert reader.get("/").kept
        assert reader.get("/?p=1").status >= 500, "the front page is not the article of that number"
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE away RENAME TO articles_article")


# The store


def test_a_purge_is_seen_at_once_by_every_process(another, store):
    other = another()
    store.keep("/a/", answer(), store.mark())
    store.keep("/b/", answer(tags=["article:2"]), store.mark())
    assert (other.find("/a/").bodies[""], other.find("/b/").tags) == (answer().bodies[""], ["article:2"])

    store.purge(["article:1"])

    assert store.find("/a/") is None
    assert gone(lambda: other.find("/a/"))
    assert other.find("/b/")
    other.clear()
    assert other.find("/b/") is None
    assert gone(lambda: store.find("/b/"))


@pytest.mark.parametrize("purged", ["article:1", SITE])
def test_what_was_drawn_before_a_change_is_not_kept_after_it(store, purged):
    before = store.mark()
    store.purge([purged])

    store.keep("/a/", answer(), before)
    assert store.find("/a/") is None

    store.keep("/a/", answer(), store.mark())
    assert store.find("/a/")


def test_a_change_of_something_else_meanwhile_does_no_harm(store):
    before = store.mark()
    store.purge(["article:11", "article", "author:1"])

    store.keep("/a/", answer(), before)

    assert store.find("/a/")


def test_a_page_made_again_replaces_the_copy_in_memory(store):
    for number in range(20):
        store.keep("/a/", answer(b"%d" % number), store.mark())
        assert store.find("/a/").bodies[""] == b"%d" % number


def test_a_copy_in_memory_costs_the_disk_nothing_until_anything_changes(in_files):
    other = PageStore(in_files.folder, "1")
    in_files.keep("/a/", answer(), in_files.mark())
    assert in_files.find("/a/")

    in_files.file("/a/").unlink()
    assert in_files.find("/a/"), "nobody looked"

    other.purge(["article:2"])
    assert in_files.find("/a/") is None


def test_copies_of_small_parts_are_forgotten_before_they_fill_the_memory(in_files, monkeypatch):
    monkeypatch.setattr(newsroom.copies, "MOST", 50_000)
    for number in range(200):
        path = f"fr tagged:{number}"
        in_files.keep(path, Answer([], {"": b"12"}, tags=["article:1"], until=4e9), in_files.mark())
        assert in_files.find(path)

    assert len(in_files.memory) < 50


def test_what_other_code_made_is_not_shown(another, store):
    store.keep("/a/", answer(), store.mark())

    assert another("2").find("/a/") is None
    assert another("1").find("/a/")


@pytest.mark.parametrize("damage", [b"", b"{", b"{}\n", b"[]\nwords", None])
def test_what_is_damaged_is_no_page(store, damage):
    store.keep("/a/", answer(), store.mark())
    whole = answer(release="1", path="/a/").dump()
    if isinstance(store, PageStore):
        [file] = files(store.folder)
        file.write_bytes(whole[:-1] if damage is None else damage)
    else:
        [key] = store.redis.keys(f"{store.name}:page:*")
        store.redis.hset(key, "answer", whole[:-1] if damage is None else damage)

    assert store.find("/a/") is None


@contextmanager
def full_disk():
    """Let no file grow: every write fails, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_on_a_full_disk_nothing_is_kept_and_everything_purged(in_files):
    store = in_files
    store.keep("/a/", answer(), store.mark())
    before = store.mark()

    with full_disk():
        store.keep("/b/", answer(tags=["article:1", "article:3"]), store.mark())
        assert (store.find("/b/"), bool(store.find("/a/"))) == (None, True)
        store.purge(["article:1"])
        assert store.find("/a/") is None

    store.keep("/c/", answer(tags=["article:1"]), before)
    assert store.find("/c/") is None
    store.keep("/b/", answer(tags=["article:3"]), store.mark())
    store.purge(["article:3"])
    assert store.find("/b/") is None


@pytest.mark.parametrize("place", ["redis://127.0.0.1:1/0", "file"])
def test_without_a_place_to_keep_them_pages_are_drawn(settings, tmp_path, place):
    ArticleFactory(slug="a")
    if place == "file":
        place = tmp_path / "a file where the folder should be"
        place.write_text("")
    settings.PAGE_STORE = place
    reader = Reader()

    replies = [reader.get("/a/") for _ in range(2)]

    assert [(reply.status, reply.kept) for reply in replies] == [(200, False)] * 2
    ArticleFactory(slug="b")


def test_a_thousand_readers_have_a_missing_page_drawn_once(store):
    drawn, together = [], threading.Barrier(20)

    def read():
        together.wait()
        with store.flight("/a/"):
            if not store.find("/a/"):
                drawn.append(1)
                threading.Event().wait(0.05)
                store.keep("/a/", answer(), store.mark())

    threads = [threading.Thread(target=read) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert drawn == [1]


def test_pages_kept_while_others_are_purged_are_all_found_by_the_last_purge(store):
    """Three threads keep, one purges: what is left at the end is known to the index, or a purge would miss it."""

    def keep(name):
        for number in range(60):
            store.keep(f"/{name}{number % 5}/", answer(tags=["article:1"]), store.mark())

    threads = [threading.Thread(target=keep, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        store.purge(["article:1"])
    store.purge(["article:1"])

    assert gone(*(lambda path=f"/{name}{number}/": store.find(path) for name in "abc" for number in range(5)))


def test_a_store_that_has_grown_too_large_begins_anew(in_files, monkeypatch):
    store = in_files
    store.keep("/a/", answer(), store.mark())
    store.sweep()
    assert store.find("/a/")

    monkeypatch.setattr(newsroom.page_store, "MOST", 100)
    (store.folder / "old-1234" / "pages").mkdir(parents=True)  # of a process that was killed
    store.sweep()

    assert store.find("/a/") is None
    assert not list(store.folder.glob("old-*"))


def test_after_its_folder_was_removed_by_hand_a_store_hears_of_purges_at_once(in_files, another_moment):
    writer = PageStore(in_files.folder, "1")
    writer.keep("/a/", answer(), writer.mark())
    assert in_files.find("/a/")
    shutil.rmtree(in_files.folder)
    writer.keep("/a/", answer(), writer.mark())
    another_moment()
    assert in_files.find("/a/")

    writer.purge(["article:1"])

    assert in_files.find("/a/") is None


def test_a_journal_that_was_begun_by_a_purge_is_no_other_of_the_same_words(tmp_path):
    journal, tags = Journal(tmp_path / "journal"), {"articles-fr", "article:12345", "tagged:12345"}
    journal.note(tags)
    mark = journal.mark()
    journal.path.unlink()
    journal.note(tags)

    assert SITE in journal.since(mark)
