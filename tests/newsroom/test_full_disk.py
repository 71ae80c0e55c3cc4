"""A disk that is full, or read-only: pages go on, the desk says what is wrong, nothing that was taken is lost."""

import os
import re
import resource
import subprocess
import time
from contextlib import contextmanager, suppress

import pytest
from django.db import connection

from newsroom.answers import Answer
from newsroom.page_store import PageStore
from tests import ready
from tests.factories import picture
from tests.front import Served, ask, publish
from tests.machines import Browser, Readers
from tests.site import drop, new_postgres, wait_until

COMMENTS = (
    "from comments.models import PendingComment as P; print(*P.objects.order_by('pk').values_list('text', flat=True))"
)


def below(pid):
    """Return the numbers of a process and all that it has started."""
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [pid, *(number for child in file.read().split() for number in below(int(child)))]


def fill_disk(process, full=True):
    """Let no file of these processes grow any more, as on a full disk."""
    for pid in below(process.pid):
        _soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0 if full else hard, hard))


def comment(port, words):
    form = {"name": "Zoe", "email": f"{words.lower()}@reader.example", "comment": words}
    return Browser().open(port, "/un/comment/", form)


@pytest.mark.slow
@pytest.mark.skipif(
    not os.path.exists("/proc/self/task"), reason="only Linux lets a test fill a disk for some processes"
)
def test_on_a_full_disk_pages_go_on_and_nothing_that_was_taken_is_lost(tmp_path, site_database):
    site = Served(tmp_path, **site_database())
    with site.serve() as process:
        site.shell(publish("un", "Premier") + publish("deux", "Second"))
        with Readers(site.port, {"/un/": "Premier", "/": "Second", "/deux/": "Second", "/feed/": "Premier"}) as readers:
            assert comment(site.port, "Avant").status_code == 200
            fill_disk(process)
            meanwhile = comment(site.port, "Pendant")
            health = ask(site.port, "/healthz").body.decode()
            fill_disk(process, full=False)
            wait_until(lambda: comment(site.port, "Apres").status_code == 200)
            wait_until(lambda: ask(site.port, "/healthz").body == b"ok\n")

        assert (readers.failures, readers.reads > 10) == ([], True)
        assert "The disk takes no pages" in health
        # PostgreSQL has a disk of its own.
        refused, taken = (True, "Avant Apres") if connection.vendor == "sqlite" else (False, "Avant Pendant Apres")
        assert (meanwhile.status_code, "Pendant</textarea>" in meanwhile.text) == (503 if refused else 200, True)
        assert site.shell(COMMENTS) == f"{taken}\n"


@pytest.fixture
def disk(tmp_path):
    """A disk of this test's own, of 256 KB; the function mounts it again with other options."""

    def mount(*options):
        return subprocess.run(["mount", *options, str(tmp_path)], capture_output=True, check=False).returncode == 0

    if not mount("-t", "tmpfs", "-o", "size=256k", "tmpfs"):
        pytest.skip("this user may not mount a disk")
    yield lambda options: mount("-o", f"remount,{options}")
    subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


@contextmanager
def read_only(folder):
    """Let nobody open a file below a folder for writing; skip the test where this user may not mount it so."""

    def mount(*words):
        return subprocess.run(words, capture_output=True, check=False).returncode == 0

    if not mount("mount", "--bind", folder, folder):
        pytest.skip("this user may not mount a disk")
    try:
        wait_until(lambda: mount("mount", "-o", "remount,bind,ro", folder))  # not while a file is just being written
        yield
    finally:
        mount("umount", "--lazy", folder)


@pytest.fixture
def postgres():
    url = new_postgres(ready.postgres)
    yield url
    drop(url)


@pytest.mark.slow
@pytest.mark.postgres
def test_on_a_disk_that_has_become_read_only_pages_and_comments_go_on_and_a_photo_is_refused(tmp_path, postgres):
    """On PostgreSQL: the file that SQLite has open would stay open for writing."""
    site = Served(tmp_path, DATABASE_URL=postgres)
    password = re.search(r"\s(\S{16})\s", site.manage("serve", "--prepare-only"))[1]
    with site.serve():
        site.shell(publish("un", "Premier"))
        desk = Browser().log_in(site.port, password)
        with Readers(site.port, {"/un/": "Premier", "/": "Premier", "/feed/": "Premier"}) as readers:
            assert comment(site.port, "Avant").status_code == 200
            with read_only(tmp_path / "var"):
                refused = upload(desk, site.port)
                assert comment(site.port, "Pendant").status_code == 200
                health = ask(site.port, "/healthz").body.decode()
            wait_until(lambda: ask(site.port, "/healthz").body == b"ok\n")
            taken = upload(desk, site.port)

        assert (readers.failures, readers.reads > 10) == ([], True)
        assert "The disk takes no pages" in health
        assert (refused.status_code, list(refused.json())) == (503, ["error"])
        assert (taken.status_code, taken.json()["new"]) == (200, True)
        assert site.shell(COMMENTS) == "Avant Pendant\n"


def upload(desk, port):
    return desk.open(port, "/admin/articles/photo/upload/", files={"file": ("rue.jpg", picture())})


def answer(content=b"words " * 2000):
    headers = [("Content-Type", "text/html"), ("Cache-Control", "public")]
    return Answer.of(headers, content, 1e9, tags=["site", "article:1"], until=4e9, query=[])


def test_on_a_disk_that_has_become_read_only_nothing_is_shown_that_could_not_be_purged(disk, tmp_path, english):
    store = PageStore(tmp_path / "pages", "1")
    store.keep("/a/", answer(), store.mark())
    assert store.find("/a/")

    assert disk("ro")
    time.sleep(1.1)  # as often it is looked at
    with store.flight("/a/"):
        assert (store.find("/a/"), store.mark()) == (None, None)
    assert "The disk takes no pages" in store.trouble()

    assert disk("rw")
    time.sleep(1.1)
    assert (bool(store.find("/a/")), store.trouble()) == (True, None)


def test_a_disk_without_room_takes_pages_again_after_a_purge(disk, tmp_path, english):
    store = PageStore(tmp_path / "pages", "1")
    for number in range(40):
        store.keep(f"/{number}/", answer(os.urandom(10_000)), store.mark())
    assert (bool(store.find("/0/")), store.find("/39/")) == (True, None)
    with suppress(OSError), open(tmp_path / "rest", "wb", buffering=0) as file:
        while file.write(b"-" * 512):
            pass
    assert "The disk takes no pages" in store.trouble()

    store.purge(["article:1"])

    assert store.find("/0/") is None
    store.keep("/39/", answer(), store.mark())
    assert (bool(store.find("/39/")), store.trouble()) == (True, None)
