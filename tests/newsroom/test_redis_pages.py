"""Pages kept in Redis: what happens when it forgets, fills up, stops, hangs, or comes back as it was before."""

import statistics
import threading
import time

import pytest

from newsroom import redis_pages
from newsroom.answers import Answer
from newsroom.page_store import SITE
from newsroom.redis_pages import RedisPageStore
from newsroom.redis_scripts import TAGS
from tests.servers import Redis
from tests.site import wait_until

pytestmark = pytest.mark.redis


def answer(content=b"words " * 200, tags=(SITE, "article:1")):
    headers = [("Content-Type", "text/html"), ("Cache-Control", "public")]
    return Answer.of(headers, content, 1e9, tags=list(tags), until=4e9, query=[])


@pytest.fixture
def server():
    """A Redis of this test's own."""
    with Redis("--save", "") as server:
        yield server


@pytest.fixture
def stores(server):
    """The store as two processes have it, with one page, which both have in memory."""
    here, there = (RedisPageStore(server.url, "1") for _ in range(2))
    here.keep("/a/", answer(), here.mark())
    assert here.find("/a/").bodies == there.find("/a/").bodies
    yield here, there
    here.redis.close()
    there.redis.close()


def test_a_purge_reaches_another_process_within_100_milliseconds(stores):
    here, there = stores
    took = []
    for number in range(20):
        here.keep("/a/", answer(b"%d" % number), here.mark())
        wait_until(lambda: there.find("/a/"))

        here.purge(["article:1"])
        purged = time.monotonic()

        assert here.find("/a/") is None
        wait_until(lambda: there.find("/a/") is None, 1)
        took.append(time.monotonic() - purged)

    assert statistics.median(took) < 0.1  # the slowest tells how busy the machine is


def test_a_copy_in_memory_costs_redis_nothing_between_two_looks(stores):
    here, _ = stores
    before = here.redis.info("stats")["total_commands_processed"]

    for _ in range(1000):
        assert here.find("/a/")

    assert here.redis.info("stats")["total_commands_processed"] - before < 200


def test_a_flushed_redis_is_an_empty_one(stores):
    here, there = stores
    drawn_before = here.mark()
    there.redis.flushall()

    wait_until(lambda: here.find("/a/") is None, 1)
    there.purge(["article:1"])
    here.keep("/a/", answer(), drawn_before)
    assert here.find("/a/") is None

    here.keep("/a/", answer(), here.mark())
    assert wait_until(lambda: there.find("/a/"))


def test_a_page_that_redis_has_thrown_out_is_drawn_again(stores):
    here, _ = stores
    here.redis.delete(here._page("/a/"))

    assert RedisPageStore(here.url, "1").find("/a/") is None


def test_pages_leave_redis_by_themselves(stores):
    here, _ = stores
    soon_over = answer()
    soon_over.until = time.time() + 100
    here.keep("/a/", soon_over, here.mark())

    assert redis_pages.LATE < here.redis.ttl(here._page("/a/")) <= redis_pages.LATE + 100


def test_what_a_killed_process_was_to_purge_is_purged_later(stores, monkeypatch):
    here, there = stores
    here.owe(["article:1"])

    there.sweep()
    assert there.find("/a/")

    monkeypatch.setattr(redis_pages, "OWED", -1)
    there.sweep()
    assert there.find("/a/") is None
    assert not here.redis.hgetall(f"{here.name}:owed")


def test_the_journal_does_not_grow_without_end(stores, monkeypatch):
    here, there = stores
    for start in range(0, TAGS + 1000, 1000):
        here.purge([f"article:{number}" for number in range(start + 2, start + 1002)])

    assert here.redis.zcard(here.journal) <= TAGS
    here.keep("/a/", answer(), here.mark())
    assert wait_until(lambda: there.find("/a/"))


def test_a_full_redis_keeps_nothing_more_and_purges_all_the_same(stores):
    here, there = stores
    here.keep("/b/", answer(tags=[SITE, "article:2"]), here.mark())
    here.redis.config_set("maxmemory", 1)

    here.keep("/c/", answer(), here.mark())
    here.purge(["article:1"])

    assert [here.find(path) for path in ("/a/", "/c/")] == [None, None]
    wait_until(lambda: there.find("/a/") is None, 1)
    here.redis.config_set("maxmemory", 0)
    time.sleep(redis_pages.PAUSE)
    here.keep("/a/", answer(), here.mark())
    assert here.find("/a/")


def test_while_redis_is_stopped_nothing_is_found_and_soon_after_it_is_back_everything_works(server, stores):
    here, there = stores
    server.kill()
    time.sleep(redis_pages.LOOK)

    began = time.monotonic()
    for _ in range(200):
        assert (there.find("/a/"), there.mark()) == (None, None)
        with there.flight("/a/"):
            there.keep("/a/", answer(), None)
    assert time.monotonic() - began < 1
    assert "Redis" in there.trouble()
    server.start()

    def works():
        here.keep("/a/", answer(), here.mark())
        return here.find("/a/") and there.find("/a/")

    wait_until(works, 2)
    assert there.trouble() is None


def test_while_redis_hangs_nobody_waits_for_it_again_and_again(server, stores):
    here, _ = stores
    server.freeze()
    began = time.monotonic()

    for _ in range(20):
        with here.flight("/a/"):
            assert here.find("/a/") is None
    took = time.monotonic() - began

    server.thaw()
    assert took < 1
    wait_until(lambda: here.find("/a/"), 2)


def test_what_changed_while_redis_could_not_be_reached_is_purged_before_anybody_reads_it(server, stores):
    here, there = stores
    server.freeze()
    here.purge(["article:1"])
    here.purge([])
    assert here.find("/a/") is None

    server.thaw()

    wait_until(lambda: not here.owed, 2)
    assert there.find("/a/") is None
    assert here.find("/a/") is None


def test_a_redis_that_comes_back_as_it_was_before_shows_nothing_that_has_changed_since(tmp_path):
    with Redis("--save", "3600 1") as server:
        here = RedisPageStore(server.url, "1")
        here.keep("/a/", answer(), here.mark())
        here.redis.save()
        here.purge(["article:1"])
        assert here.find("/a/") is None
        there = RedisPageStore(server.url, "1")

        server.kill()
        server.start()

        assert here.redis.exists(here._page("/a/"))  # with the journal of that moment
        assert (here.find("/a/"), there.find("/a/")) == (None, None)
        here.redis.close()
        there.redis.close()


def test_a_page_is_drawn_once_by_all_processes_and_by_another_one_when_that_is_killed(stores, monkeypatch):
    monkeypatch.setattr(redis_pages, "LEASE", 1)
    here, there = stores
    here.clear()
    drawn = []

    def read(store):
        with store.flight("/a/"):
            if not store.find("/a/"):
                drawn.append(1)
                time.sleep(0.05)
                store.keep("/a/", answer(), store.mark())

    here.redis.set(f"{here.name}:flight:{redis_pages.digest('/a/')}", "killed", px=1000)
    threads = [threading.Thread(target=read, args=[store]) for store in (here, there) * 4]
    began = time.monotonic()
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert drawn == [1]
    assert 0.9 < time.monotonic() - began < 3
