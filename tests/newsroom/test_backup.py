"""A backup is the whole site in one file, made while it runs; put back, everything is as it was."""

import os
import sqlite3
import tarfile
import threading
import time
from contextlib import closing

import pytest

from tests import ready
from tests.site import Site, drop, new_database

pytestmark = pytest.mark.slow
NAME = "from newsroom.models import SiteIdentity; i = SiteIdentity.load(); i.name = '{}'; i.save()"

FULL_BEFORE_MEDIA = """
import shutil
from django.core.management import call_command
move = shutil.move
def until_full(source, to):
    if str(to).endswith("/media"):
        raise OSError(28, "No space left on device")
    return move(source, to)
shutil.move = until_full
try:
    call_command("restore", "{}")
finally:
    shutil.move = move
"""


@pytest.fixture(params=["sqlite", "postgres"])
def site(request, tmp_path):
    url = new_database(request.param, tmp_path)
    with Site(tmp_path, DATABASE_URL=url, DJANGO_SETTINGS_MODULE="newsroom.settings") as site:
        for name in ("media/a/b.avif", "originals/c.jpg"):
            (tmp_path / name).parent.mkdir(parents=True)
            (tmp_path / name).write_bytes(name.encode())
        yield site
    drop(url)


def command(site, *arguments):
    """Run a command without a process of its own."""
    site.python(f"from django.core.management import call_command; call_command(*{arguments!r})")


def name(site):
    return site.sql("SELECT name FROM newsroom_siteidentity")


def contents(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for kind in ("media", "originals", "secrets")
        for path in (folder / kind).rglob("*")
        if path.is_file()
    }


def test_what_was_changed_deleted_and_lost_is_back(site, tmp_path):
    site.python(NAME.format("Before"))
    before = contents(tmp_path)
    backup = tmp_path / "elsewhere.tar"
    assert str(backup) in site.manage("backup", "--to", str(backup))
    assert oct(os.stat(backup).st_mode)[-3:] == "600"

    site.python(NAME.format("After"))
    (tmp_path / "media/a/b.avif").unlink()
    (tmp_path / "secrets/comments_key").write_text("another")
    said = site.manage("restore", str(backup))

    assert name(site) == [("Before",)]
    assert contents(tmp_path) == before
    aside = tmp_path / said.partition("is in ")[2].partition(":")[0].rpartition("/")[2]
    assert (aside / "secrets/comments_key").read_text() == "another"
    assert any(path.name.startswith("newsroom.") for path in aside.iterdir())


def test_a_damaged_backup_touches_nothing(site, tmp_path):
    site.python(NAME.format("Mine"))
    backup = tmp_path / "backup.tar"
    command(site, "backup", "--to", str(backup))
    whole = backup.read_bytes()
    before = contents(tmp_path)

    for broken in (b"", b"nonsense" * 1000, whole[: len(whole) // 3], whole[:3000] + b"\0" * 9000 + whole[12000:]):
        backup.write_bytes(broken)
        with pytest.raises(AssertionError, match="Nothing was put back"):
            command(site, "restore", str(backup))

    assert name(site) == [("Mine",)]
    assert contents(tmp_path) == before


def test_a_restore_that_stops_half_way_says_so_and_can_be_done_again(tmp_path):
    ready.copy(tmp_path, ready.DATABASE, "secrets")
    with Site(tmp_path, DJANGO_SETTINGS_MODULE="newsroom.settings") as site:
        site.python(NAME.format("Before"))
        (tmp_path / "media").mkdir()
        (tmp_path / "media/b").write_text("b")
        backup = tmp_path / "backup.tar"
        command(site, "backup", "--to", str(backup))
        site.python(NAME.format("After"))
        with pytest.raises(AssertionError, match=r"stopped half way: .*No space left.*before-"):
            site.python(FULL_BEFORE_MEDIA.format(backup))
        time.sleep(1)  # what is moved aside is named by the second

        command(site, "restore", str(backup))

        assert name(site) == [("Before",)]
        assert (tmp_path / "media/b").read_text() == "b"


def test_a_backup_that_points_elsewhere_writes_nothing_there(site, tmp_path):
    backup, evil = tmp_path / "backup.tar", tmp_path / "evil"
    command(site, "backup", "--to", str(backup))
    evil.write_text("evil")
    with tarfile.open(backup, "a") as tar:
        for path in ("media/../../out", "/tmp/out-of-newsroom", "newsroom/settings.py"):
            tar.add(evil, path)

    command(site, "restore", str(backup))

    assert not (tmp_path.parent / "out").exists()
    assert not os.path.exists("/tmp/out-of-newsroom")
    assert not (tmp_path / "newsroom").exists()


def test_a_backup_made_while_people_write_is_whole(tmp_path):
    with Site(tmp_path, DJANGO_SETTINGS_MODULE="newsroom.settings") as site:
        ready.copy(tmp_path, ready.DATABASE)
        stop = threading.Event()

        def write():
            with closing(sqlite3.connect(tmp_path / "newsroom.sqlite3", timeout=20)) as database:
                number = 0
                while not stop.is_set():
                    number += 1
                    with database:  # both rows or none
                        database.execute("INSERT INTO newsroom_stalekey (key) VALUES (?)", [f"a{number}"])
                        database.execute("INSERT INTO newsroom_stalekey (key) VALUES (?)", [f"b{number}"])

        writer = threading.Thread(target=write)
        writer.start()
        try:
            site.manage("backup", "--to", str(tmp_path / "backup.tar"))
        finally:
            stop.set()
            writer.join()
        site.sql("DELETE FROM newsroom_stalekey")
        site.manage("restore", str(tmp_path / "backup.tar"))

        keys = {row[0] for row in site.sql("SELECT key FROM newsroom_stalekey")}
        assert keys
        assert {key[1:] for key in keys if key[0] == "a"} == {key[1:] for key in keys if key[0] == "b"}


def test_ten_backups_stay_in_the_sites_own_folder(tmp_path):
    with Site(tmp_path, DJANGO_SETTINGS_MODULE="newsroom.settings") as site:
        ready.copy(tmp_path, ready.DATABASE)
        (tmp_path / "backups").mkdir()
        for number in range(12):
            (tmp_path / "backups" / f"database-20200101-0000{number:02}.tar").write_text("old")
        site.manage("backup", "--database-only")

        kept = sorted(path.name for path in (tmp_path / "backups").iterdir())
        assert len(kept) == 10
        assert kept[0] == "database-20200101-000003.tar"


def test_a_site_that_runs_is_not_put_back(tmp_path):
    with Site(tmp_path, DJANGO_SETTINGS_MODULE="newsroom.settings") as site:
        (tmp_path / "serve.pid").write_text(f"{os.getpid()}\n")
        with pytest.raises(AssertionError, match="The site runs"):
            site.manage("restore", "backup.tar")
