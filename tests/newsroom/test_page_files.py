"""Kept pages as files for nginx: which are written and entered, and that a purge takes them away."""

import os

import pytest
from django.utils import timezone

from newsroom import page_files
from newsroom.answers import CLIENTS, Answer
from newsroom.cache import page_store
from newsroom.page_files import SLOT, Front
from newsroom.page_store import PageStore
from tests.factories import ArticleFactory

NOW = 1_800_000_050  # in the middle of a slot
END = 1_800_000_100


def answer(until=4e9, kind="text/html; charset=utf-8", policy="a; b", content=b"words " * 200):
    headers = [("Content-Type", kind), ("Content-Security-Policy", policy)]
    return Answer.of(headers, content, 1e9, tags=["article:1"], until=until, query=[]).compress()


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(page_files.time, "time", lambda: store.now)
    store = PageStore(tmp_path, "1", files=True)
    store.now = NOW
    return store


def entered(store):
    """Return the addresses under which nginx finds a page, with their slots."""
    front = store.folder / "front"
    links = [path for path in front.rglob("=") if (path / "page.html").exists()]
    return sorted((int(p.relative_to(front).parts[0]), "/".join(p.relative_to(front).parts[2:-1])) for p in links)


def keep(store, path, page):
    store.keep(path, page, store.mark())
    return page


def test_a_page_is_entered_for_its_slot_with_all_its_encodings(store):
    page = keep(store, "/a/b/", answer())
    Front(store.folder).show("/a/b/", store.file, page)

    assert entered(store) == [(NOW // SLOT, "a/b")]
    [link] = (store.folder / "front").rglob("=")
    for name, body in (
        ("page.html", page.bodies[""]),
        ("page.html.gz", page.bodies["gzip"]),
        ("page.html.br", page.bodies["br"]),
    ):
        assert (link / name).read_bytes() == body
    assert oct(os.stat(link / "page.html").st_mode)[-3:] == "644"


def test_pages_made_in_one_second_have_times_of_their_own_all_before_it(store):
    def times(content):
        keep(store, "/", answer(content=content))
        return {file.stat().st_mtime for file in page_files.beside(store.file("/")).rglob("page.html*")}

    found = [times(b"words %03d " % number * 200) for number in range(50)]

    assert [len(each) for each in found] == [1] * 50, "one for all encodings"
    assert len(set.union(*found)) == 50
    assert {1e9 - 24 * 3600 <= moment < 1e9 for each in found for moment in each} == {True}


@pytest.mark.parametrize(
    ("until", "shown"),
    [(END - 1, False), (END + SLOT, False), (END + SLOT + CLIENTS - 1, False), (END + SLOT + CLIENTS, True)],
)
def test_a_page_that_changes_by_itself_soon_is_left_to_the_site(store, until, shown):
    page = keep(store, "/", answer(until))
    Front(store.folder).show("/", store.file, page)

    assert bool(entered(store)) == shown


def test_a_page_good_for_less_takes_the_place_of_one_good_for_longer_under_no_old_name(store):
    front = Front(store.folder)
    front.show("/", store.file, keep(store, "/", answer()))
    assert entered(store)

    front.show("/", store.file, keep(store, "/", answer(until=END - 10)))

    assert entered(store) == []


def test_a_page_is_not_entered_in_the_slot_in_which_it_ends(store):
    page, front = keep(store, "/", answer(until=END + SLOT + CLIENTS)), Front(store.folder)
    front.show("/", store.file, page)
    store.now = END + SLOT + 1
    front.show("/", store.file, page)

    assert entered(store) == [(NOW // SLOT, "")]


def test_slots_that_are_over_leave_the_disk(store):
    front, page = Front(store.folder), keep(store, "/", answer())
    for _ in range(3):
        front.show("/", store.file, page)
        store.now += SLOT

    assert entered(store) == [(NOW // SLOT + 2, "")]


@pytest.mark.parametrize("tag", ["article:1", "site"])
def test_a_purge_takes_the_files_away(store, tag):
    front = Front(store.folder)
    front.show("/", store.file, keep(store, "/", answer()))
    store.purge([tag])
    assert entered(store) == []

    keep(store, "/", answer())
    assert entered(store) == [(NOW // SLOT, "")]


@pytest.mark.parametrize("path", ["/A/", "/a", "/a/../b/", "/a//b/", "/a%20/", "/é/", "/a.b/", "/a/=/", "//"])
def test_an_odd_address_is_left_to_the_site(store, path):
    Front(store.folder).show(path, store.file, keep(store, path, answer()))

    assert entered(store) == []


def test_a_feed_is_left_to_the_site(store):
    Front(store.folder).show("/feed/", store.file, keep(store, "/feed/", answer(kind="application/xml; charset=utf-8")))

    assert entered(store) == []


def test_a_full_disk_is_nobodys_error(store):
    (store.folder / "front").write_text("no folder")

    Front(store.folder).show("/", store.file, keep(store, "/", answer()))

    assert store.find("/") is not None


def test_other_headers_are_another_key_and_the_order_of_a_policy_is_none():
    assert page_files.key(answer(policy="a; b").headers) == page_files.key(answer(policy="b; a").headers)
    assert page_files.key(answer(policy="a; b").headers) != page_files.key(answer(policy="a").headers)


def test_a_body_is_never_found_under_the_headers_of_the_page_before(store):
    front = Front(store.folder)
    front.show("/", store.file, keep(store, "/", answer(policy="a")))
    store.purge(["article:1"])

    keep(store, "/", answer(policy="a; b"))

    assert entered(store) == []


@pytest.mark.django_db(transaction=True)
def test_a_saved_article_takes_its_file_away(reader, settings, tmp_path):
    settings.PAGE_FILES = True
    settings.PAGE_STORE = tmp_path / "with-files"
    article, store = ArticleFactory(slug="a", published_at=timezone.now()), page_store()
    shown = page_files.beside(store.file("/a/"))
    reader.get("/a/")
    assert [file.name for file in shown.rglob("*.br")] == ["page.html.br"]

    article.title = "New"
    article.save()

    assert not shown.exists()
