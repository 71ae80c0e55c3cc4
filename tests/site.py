"""A whole site of its own for a test: its folder, its database, its processes, which a test may kill."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from tests import ready
from tests.console import Console
from tests.servers import POSTGRES

ROOT = Path(__file__).resolve().parent.parent


def wait_until(true, seconds=20):
    """Wait until `true()` is, and return what it gave; fail after so many seconds."""
    end = time.monotonic() + seconds
    while not (value := true()):
        if time.monotonic() > end:
            pytest.fail("it did not happen in time")
        time.sleep(0.02)
    return value


class Site:
    """`settings` are environment variables; `python` runs code in it. Use as a context manager: it ends what it started."""

    def __init__(self, folder, **settings):
        self.folder = folder
        self.log = folder / "sample.log"
        self.processes = []
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "NEWSROOM_DATA": str(folder),
            "DATABASE_URL": f"sqlite:///{folder / 'newsroom.sqlite3'}",
            "SAMPLE_LOG": str(self.log),
            **settings,
        }
        self.python = Console(self.environment).run

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def end(self):
        """Kill every command that was started."""
        for process in self.processes:
            process.kill()
            process.wait()
        self.processes.clear()

    def manage(self, *arguments):
        """Run a command to its end; return what it printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def sql(self, statement):
        """Run a statement that both databases understand; return its rows."""
        url = self.environment["DATABASE_URL"]
        connection = psycopg.connect(url) if "postgres" in url else sqlite3.connect(url.removeprefix("sqlite:///"))
        with closing(connection), connection:
            cursor = connection.execute(statement)
            return [tuple(row) for row in cursor.fetchall()] if cursor.description else []

    def start(self, *arguments):
        """Start a command; return its process."""
        process = subprocess.Popen([sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.environment)
        self.processes.append(process)
        return process

    def kill(self, process):
        """kill -9."""
        process.send_signal(signal.SIGKILL)
        process.wait()

    def said(self, word):
        """Return the lines of the sample jobs' log that begin with a word."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [line for line in lines if line.startswith(word)]


def children(process):
    """Return what a process runs: the command lines by process number."""
    found = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=True)
    return {int(pid): Path(f"/proc/{pid}/cmdline").read_text() for pid in found.stdout.split()}


def new_postgres(template=lambda: "template1"):
    """Return the address of a new database, a copy of the one that `template()` names; skip the test where no server answers."""
    name = f"site_{uuid.uuid4().hex[:12]}"
    try:
        with psycopg.connect(POSTGRES, autocommit=True, connect_timeout=3) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template()}")
    except psycopg.OperationalError:
        pytest.skip("no PostgreSQL server answers")
    return POSTGRES.rpartition("/")[0] + f"/{name}"


def new_database(kind, folder):
    """Return the address of a database that has its tables: "sqlite", in this folder, or "postgres"."""
    if kind == "postgres":
        return new_postgres(ready.postgres)
    ready.copy(folder, ready.DATABASE)
    return f"sqlite:///{folder / ready.DATABASE}"


def drop(url):
    """Drop a database that is not a file in a folder of the test's."""
    if url.startswith("sqlite"):
        return
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")
