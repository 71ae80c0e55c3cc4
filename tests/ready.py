"""A site made ready once for a whole run of the tests, which take copies: its tables and static files take long to make."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.servers import POSTGRES, Postgres

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "newsroom.sqlite3"
SITE_URL = "http://news.example"


def begin():
    """Choose a folder for the run; return what ends it. The processes that a run starts share its folder."""
    if "TESTS_READY" in os.environ:
        return lambda: None
    os.environ["TESTS_READY"] = tempfile.mkdtemp(prefix="newsroom-ready-")
    return end


def end():
    folder = Path(os.environ.pop("TESTS_READY"))
    if (folder / "postgres").exists():
        with psycopg.connect(POSTGRES, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {(folder / 'postgres').read_text()} WITH (FORCE)")
    shutil.rmtree(folder, ignore_errors=True)


def copy(folder, *parts):
    """Copy a site that is ready, or parts of it, into a folder: "static", "secrets", its database.

    A whole one starts at once at SITE_URL, since it knows that it is ready.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in parts or ("static", "secrets", "front", DATABASE):
        source = site() / name
        (shutil.copytree if source.is_dir() else shutil.copy2)(source, folder / name)
    if not parts:
        note = (site() / "ready").read_text()
        (folder / "ready").write_text(note.replace(str(site() / DATABASE), str(folder / DATABASE)))


def tables():
    """Return the file of an SQLite database that has its tables, and nothing that a start makes."""
    with once("tables") as (folder, is_made):
        if not is_made:
            manage("migrate", "-v0", NEWSROOM_DATA=str(folder))
        return folder / DATABASE


def site():
    """Return the folder of the site that is ready."""
    with once("site") as (folder, is_made):
        if not is_made:
            folder.mkdir()
            shutil.copy2(tables(), folder)
            manage("serve", "--prepare-only", NEWSROOM_DATA=str(folder), SITE_URL=SITE_URL)
        return folder


def postgres():
    """Return the name of a PostgreSQL database that has its tables and is used by nobody."""
    with once("postgres") as (note, is_made):
        if not is_made:
            name = f"ready_{uuid.uuid4().hex[:12]}"
            with psycopg.connect(POSTGRES, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}")
            note.write_text(name)
            address = f"{POSTGRES.rpartition('/')[0]}/{name}"
            manage("migrate", "-v0", NEWSROOM_DATA=f"{note}.site", DATABASE_URL=address)
        return note.read_text()


def cluster():
    """Return the data folder of a PostgreSQL server, stopped, whose database has its tables."""
    with once("cluster") as (folder, is_made):
        if not is_made:
            with Postgres() as server:
                manage("migrate", "-v0", NEWSROOM_DATA=f"{folder}.site", DATABASE_URL=server.url)
                server.stop()
                shutil.copytree(server.folder / "data", folder)
        return folder


@contextmanager
def once(name):
    """Yield a path and whether what belongs there was made before; while the block runs, others wait."""
    folder = Path(os.environ["TESTS_READY"])
    with open(folder / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder / name, (folder / f"{name}.made").exists()
        (folder / f"{name}.made").touch()


def manage(*arguments, **settings):
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ["TESTS_READY"], **settings}
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
