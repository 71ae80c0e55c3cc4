"""Servers of a test's own, which it may stop and kill; as a program, what a whole run of the tests needs.

`python -m tests.servers make check` runs a command beside PostgreSQL and Redis: those that answer already, else private
ones, in a scratch folder and as a user without rights, which end with it.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest
import redis

from tests.mail_server import free_port

_OF_THE_RUN = os.environ.get("DATABASE_URL", "")
_BESIDE_IT = f"{_OF_THE_RUN.rpartition('/')[0]}/postgres" if _OF_THE_RUN.startswith("postgres") else ""
POSTGRES = os.environ.get("TEST_POSTGRES") or _BESIDE_IT or "postgres://postgres@127.0.0.1:5432/postgres"
REDIS = os.environ.get("TEST_REDIS", "redis://127.0.0.1:6379/9")


def program(name):
    """Return the path of an installed program; None where there is none."""
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parts[4]))
    return shutil.which(name) or (str(versions[-1]) if versions else None)


class Server:
    """A server in a folder of its own. Use as a context manager."""

    needs = ()

    def __init__(self):
        if missing := [name for name in self.needs if not program(name)]:
            pytest.skip(f"{missing[0]} is not installed")
        self.folder, self.port, self.process = Path(tempfile.mkdtemp(prefix="newsroom-server-")), free_port(), None
        # PostgreSQL refuses to run as root.
        self.user = {"user": "nobody", "group": "nogroup", "extra_groups": ()} if os.getuid() == 0 else {}
        if self.user:
            shutil.chown(self.folder, "nobody", "nogroup")

    def __enter__(self):
        self.prepare()
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def prepare(self):
        """Make what it needs before it starts for the first time."""

    def start(self):
        self.process = subprocess.Popen(
            self.command(), cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self.user
        )
        end = time.monotonic() + 20
        while not self.answers():
            if time.monotonic() > end or self.process.poll() is not None:
                pytest.fail(f"{self.command()[0]} does not start")
            time.sleep(0.02)

    def stop(self):
        """Stop as on a machine that is shut down."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(20)

    def kill(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(self.at_once)
            self.process.wait(20)

    def freeze(self):
        """Have it keep its lines and say nothing."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)


class Postgres(Server):
    needs = ("initdb", "postgres")
    at_once = signal.SIGQUIT  # its children die with it

    def __init__(self, begun=None):
        """`begun` returns the data folder of another one, to begin with a copy of it."""
        super().__init__()
        self.begun = begun

    @property
    def url(self):
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def prepare(self):
        if self.begun:
            shutil.copytree(self.begun(), self.folder / "data")
            for path in [self.folder / "data", *(self.folder / "data").rglob("*")] if self.user else ():
                shutil.chown(path, "nobody", "nogroup")
            return
        options = ["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        subprocess.run(
            [program("initdb"), "-D", "data", *options], cwd=self.folder, check=True, capture_output=True, **self.user
        )

    def command(self):
        options = ["listen_addresses=127.0.0.1", f"unix_socket_directories={self.folder}", "fsync=off"]
        return [program("postgres"), "-D", "data", "-p", str(self.port), *(f"-c{option}" for option in options)]

    def answers(self):
        return answers_postgres(self.url)


class Redis(Server):
    needs = ("redis-server",)
    at_once = signal.SIGKILL

    def __init__(self, *options):
        super().__init__()
        self.options = options

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self):
        return [program("redis-server"), "--port", str(self.port), "--bind", "127.0.0.1", *self.options]

    def answers(self):
        return answers_redis(self.url)


def answers_postgres(url):
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def answers_redis(url):
    with contextlib.closing(redis.Redis.from_url(url, socket_connect_timeout=3)) as server:
        try:
            return server.ping()
        except redis.RedisError:
            return False


def main(command):
    """Run a command beside both servers; return its exit code."""
    with contextlib.ExitStack() as stack:
        for name, url, answers, server in (
            ("TEST_POSTGRES", POSTGRES, answers_postgres, Postgres),
            ("TEST_REDIS", REDIS, answers_redis, Redis),
        ):
            with contextlib.suppress(pytest.skip.Exception):  # not installed: the tests will say so
                os.environ[name] = url if answers(url) else stack.enter_context(server()).url
        return subprocess.run(command).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
