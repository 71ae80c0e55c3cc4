"""Pages drawn ahead: for how long an old one is shown, to whom, and which are drawn."""

import os
import time
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from articles.models import Article
from comments import decisions
from comments.models import ReaderComment
from newsroom import purged_pages
from newsroom.ahead import MOST, OFTEN, Drawer
from newsroom.answers import Answer
from newsroom.bell import Bell
from newsroom.cache import page_store, purge
from newsroom.page_store import SITE, PageStore
from tests.factories import ArticleFactory, CommentFactory, PageFactory
from tests.front import Served, ask, publish
from tests.newsroom.test_page_files import answer
from tests.reader import Reader
from tests.site import wait_until

GRACE = 0.5  # seconds: a machine that does much else is slow to come to the next line


@pytest.fixture(autouse=True)
def long_grace(monkeypatch):
    assert purged_pages.GRACE < 0.1, "what has changed is gone everywhere within a tenth of a second"
    monkeypatch.setattr(purged_pages, "GRACE", GRACE)


@pytest.fixture
def stores(tmp_path):
    """Two processes' views of one store, both with a copy of a page."""
    stores = [PageStore(tmp_path / "pages", "1") for _ in range(2)]
    stores[0].keep("/a/", answer(), stores[0].mark())
    assert [bool(store.find("/a/")) for store in stores] == [True, True]
    return stores


# How long a purged page is shown


def test_what_was_purged_is_found_late_for_a_moment_as_what_nobody_may_keep(stores):
    here = stores[0]
    here.purge(["article:1"])

    for store in stores:
        assert store.find("/a/") is None
        late = store.find("/a/", late=True)
        assert (late.bodies, late.until) == (answer().bodies, 0)
    assert not here.file("/a/").exists()

    time.sleep(GRACE)
    assert [store.find("/a/", late=True) for store in stores] == [None, None]


def test_the_moment_is_that_of_the_purge_and_not_of_who_notices(stores):
    stores[0].purge(["article:1"])
    time.sleep(GRACE)

    assert stores[1].find("/a/", late=True) is None


def test_another_purge_gives_no_second_moment(stores):
    here, there = stores
    here.purge(["article:1"])
    time.sleep(GRACE)
    here.keep("/a/", Answer.of([], b"new " * 200, tags=["article:1"], until=4e9, query=[]), here.mark())
    here.purge(["article:1"])

    assert there.find("/a/", late=True) is None, "its copy is older"


@pytest.mark.parametrize("purged", [{"tags": ["article:1"], "at_once": True}, {"tags": [SITE]}])
@pytest.mark.parametrize("before", [[], ["article:1"]])
def test_what_is_purged_at_once_is_never_found_late(stores, purged, before):
    stores[0].purge(before)
    stores[0].purge(**purged)

    assert [store.find("/a/", late=True) for store in stores] == [None, None]


def test_what_waits_on_the_disk_for_that_moment_holds_no_words(stores):
    stores[0].purge(["article:1"])

    [mark] = (stores[0].folder / "purged").iterdir()
    assert mark.read_bytes() == b""


def test_a_page_whose_time_is_over_is_not_found_late(stores):
    store = stores[0]
    store.keep("/a/", answer(until=time.time() + 0.05), store.mark())
    assert store.find("/a/")
    time.sleep(0.05)

    assert store.find("/a/", late=True) is None


def test_where_no_mark_can_be_left_a_page_is_purged_all_the_same(stores):
    (stores[0].folder / "purged").write_text("no folder")
    stores[0].purge(["article:1"])

    assert [store.find("/a/", late=late) for store in stores for late in (False, True)] == [None] * 4


def test_old_marks_are_swept_away(stores, monkeypatch):
    stores[0].purge(["article:1"])
    stores[0].sweep()
    assert list((stores[0].folder / "purged").iterdir())

    later = time.time() + 100
    monkeypatch.setattr(time, "time", lambda: later)
    stores[0].sweep()
    assert not list((stores[0].folder / "purged").iterdir())


# To whom


@pytest.fixture
def reader(transactional_db, settings, tmp_path):
    """A reader of a site whose drawer is this test: it draws when it is told to."""
    settings.PAGE_STORE = tmp_path / "pages"
    settings.PAGE_FILES = True
    reader = Reader(ahead=True)
    reader.drawer = reader.server.drawer
    reader.drawer.running = reader.drawer.started.acquire()
    return reader


def asked_often(reader, path):
    for _ in range(OFTEN + 1):
        assert reader.get(path).status == 200
    assert reader.get(path).kept


def changed(title="Danach"):
    article = Article.objects.get(slug="a")
    article.title = title
    article.save()


def test_a_reader_is_shown_for_a_moment_what_has_changed_and_nobody_in_front_keeps_it(reader):
    ArticleFactory(slug="a", title="Zuvor")
    asked_often(reader, "/a/")

    changed()
    late = reader.get("/a/")
    known = reader.get("/a/", if_none_match=late.headers["ETag"])

    assert (late.status, late.kept, b"Zuvor" in late.body) == (200, True, True)
    assert late.headers["Cache-Control"] == "public, max-age=0, stale-while-revalidate=0"
    assert (known.status, known.headers["Cache-Control"]) == (304, "public, max-age=0, stale-while-revalidate=0")
    time.sleep(GRACE)
    fresh = reader.get("/a/")
    assert (fresh.kept, b"Danach" in fresh.body, b"Zuvor" in fresh.body) == (False, True, False)
    assert reader.get("/a/").headers["Cache-Control"] == "public, max-age=60, stale-while-revalidate=60"


def test_a_page_shown_late_is_entered_for_nginx_once_it_is_drawn_anew(reader):
    ArticleFactory(slug="a", title="Zuvor")
    asked_often(reader, "/a/")
    reader.server.front.entered.clear()

    changed()
    assert reader.get("/a/").kept
    assert reader.server.front.entered == set()


@pytest.mark.parametrize("headers", [{"cookie": "a=b"}, {"authorization": "Basic x"}])
def test_who_is_known_sees_what_she_has_changed(reader, headers):
    ArticleFactory(slug="a", title="Zuvor")
    asked_often(reader, "/a/")

    changed()

    assert b"Danach" in reader.get("/a/", **headers).body


def test_where_nobody_draws_ahead_nothing_is_shown_late(reader):
    ArticleFactory(slug="a", title="Zuvor")
    asked_often(reader, "/a/")
    without, stopped = Reader(), Reader(ahead=True)
    stopped.server.drawer.started.acquire()
    for one in (without, stopped):
        for _ in range(OFTEN):
            assert one.get("/a/").kept

    changed()

    assert b"Danach" in without.get("/a/").body
    changed("Spaeter")
    assert b"Spaeter" in stopped.get("/a/").body


def test_a_page_that_few_ask_for_is_drawn_by_its_next_reader(reader):
    ArticleFactory(slug="a", title="Zuvor")
    reader.get("/a/"), reader.get("/a/")

    changed()

    assert b"Danach" in reader.get("/a/").body


def take_back(article):
    article.published_at = None
    article.save()


def remove_comment(article):
    decisions.decide([ReaderComment.objects.get(article=article).pk], "removed", by=None)


def erase_comment(article):
    decisions.forget([ReaderComment.objects.get(article=article).pk])


def approve_another(article):
    decisions.decide([CommentFactory(article=article).pk], "approved", by=None)


def test_a_page_taken_back_is_gone_at_once(reader):
    page = PageFactory(slug="about")
    asked_often(reader, "/about/")

    page.published_at = None
    page.save()

    assert reader.get("/about/").status == 410


@pytest.mark.parametrize("act", [take_back, Article.delete, remove_comment, erase_comment, approve_another])
def test_what_is_gone_and_what_a_reader_did_is_seen_at_once(reader, act):
    article = ArticleFactory(slug="a")
    CommentFactory(article=article, approved=True, comment="Words")
    asked_often(reader, "/a/")

    act(article)

    assert not reader.get("/a/").kept


# What is drawn


def test_what_is_asked_for_often_is_drawn_before_it_is_asked_for_again(reader):
    ArticleFactory(slug="a", title="Zuvor")
    ArticleFactory(slug="b")
    for path in ("/a/", "/", "/b/"):
        asked_often(reader, path)
    reader.get("/feed/"), reader.get("/feed/")
    changed()
    before = reader.drawn

    reader.drawer.draw_stale()

    assert reader.drawn == before + 2  # what it shows too: the front page; not the rarely asked feed
    for path in ("/a/", "/"):
        page = reader.get(path)
        assert (page.kept, b"Danach" in page.body) == (True, True)
    assert page_store().find("/feed/") is None


def test_the_most_wanted_page_is_drawn_first_and_no_more_than_some(reader):
    drawer = reader.drawer
    for number in range(2 * MOST):
        for _ in range(OFTEN + number):
            drawer.note(f"/{number}/")

    assert drawer.wanted() == [f"/{number}/" for number in range(2 * MOST - 1, MOST - 1, -1)]


def test_what_nobody_has_asked_for_lately_is_wanted_no_more(reader, monkeypatch):
    began = time.monotonic()
    for _ in range(OFTEN):
        reader.drawer.note("/a/")
    for later, wanted in ((6, ["/a/"]), (12, [])):
        monkeypatch.setattr(time, "monotonic", partial(float, began + later))
        reader.drawer.turn()
        assert reader.drawer.wanted() == wanted


def test_a_page_that_fails_is_left_to_its_readers_and_the_others_are_drawn(reader, caplog):
    ArticleFactory(slug="a")
    ArticleFactory(slug="b")
    for path in ("/a/", "/b/"):
        asked_often(reader, path)
    django, drawer = reader.django, reader.drawer

    def fails(environ, start_response):
        if environ["PATH_INFO"] == "/a/":
            raise RuntimeError("the drawing broke")
        return django(environ, start_response)

    reader.django = fails
    purge(*(f"article:{pk}" for pk in Article.objects.values_list("pk", flat=True)))
    drawer.draw_stale()

    assert "not drawn ahead: /a/" in caplog.text
    assert (page_store().find("/a/"), bool(page_store().find("/b/"))) == (None, True)
    assert drawer.wanted() == ["/b/"]


def test_a_page_that_changes_again_while_it_is_drawn_is_drawn_again(reader, monkeypatch):
    ArticleFactory(slug="a", title="Zuvor")
    asked_often(reader, "/a/")
    changed()
    keep, again = PageStore.keep, iter(["Spaeter"])

    def change_and_keep(store, path, answer, mark):
        if path == "/a/" and (title := next(again, None)):
            changed(title)
        return keep(store, path, answer, mark)

    monkeypatch.setattr(PageStore, "keep", change_and_keep)
    reader.drawer.draw_stale()

    page = reader.get("/a/")
    assert (page.kept, b"Spaeter" in page.body, page.headers["Cache-Control"][:17]) == (True, True, "public, max-age=6")
    assert reader.drawer.wanted() == ["/a/"]


def test_a_scheduled_moment_is_waited_for(reader):
    ArticleFactory(slug="a")
    ArticleFactory(slug="b", published_at=timezone.now() + timedelta(seconds=2))
    asked_often(reader, "/")

    assert 0 < reader.drawer.pause() <= 2
    time.sleep(reader.drawer.pause())
    assert reader.drawer.pause() == 0
    reader.drawer.draw_stale()

    page = reader.get("/")
    assert (page.kept, b'href="/b/"' in page.body) == (True, True)
    assert reader.drawer.pause() > 2


# The bell


def test_a_bell_is_heard_by_all_who_listen_and_by_nobody_else(tmp_path):
    bells = [Bell(tmp_path / "bells") for _ in range(3)]
    for bell in bells[:2]:
        bell.wait(0)
    bells[1].close()
    dead = bells[0].folder / "1-dead"
    dead.write_text("")

    bells[2].ring()
    began = time.monotonic()
    bells[0].wait(10)

    assert time.monotonic() - began < 5
    assert [place.name for place in bells[0].folder.iterdir() if place != dead] == [bells[0].place.name]
    bells[0].close()


def test_who_has_ended_without_a_word_is_forgotten(tmp_path):
    bell = Bell(tmp_path / "bells")
    bell.wait(0)
    os.close(bell.heard)

    Bell(tmp_path / "bells").ring()

    assert list((tmp_path / "bells").iterdir()) == []


def test_a_folder_removed_by_hand_is_made_again(tmp_path):
    bell = Bell(tmp_path / "bells")
    bell.wait(0)
    bell.place.unlink()
    bell.wait(0)

    assert bell.place.exists()
    bell.close()


def test_a_drawer_that_cannot_listen_says_so_once_and_goes_on(tmp_path, caplog, monkeypatch):
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "bells").write_text("no folder")
    drawer, slept = Drawer(None, PageStore(tmp_path / "pages", "1")), []

    def sleep(seconds):
        slept.append(seconds)
        if len(slept) > 4:
            raise SystemExit

    monkeypatch.setattr(time, "sleep", sleep)
    drawer.running = True
    with pytest.raises(SystemExit):
        drawer.run()

    assert (drawer.running, caplog.text.count("no pages are drawn ahead")) == (False, 1)


@pytest.mark.slow
def test_a_site_draws_its_front_page_by_itself_when_another_process_has_changed_it(tmp_path):
    site = Served(tmp_path)
    with site.serve():
        site.shell(publish("un", "Premier"))
        wait_until(lambda: b"Premier" in ask(site.port, "/").body)
        store = PageStore(tmp_path / "var" / "pages", "any")
        for _ in range(2 * OFTEN):
            assert ask(site.port, "/").status == 200
        assert store.file("/").exists()

        store.purge(["articles-fr"])
        assert not store.file("/").exists()

        wait_until(store.file("/").exists)
        assert not store.file("/un/").exists()
