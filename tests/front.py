"""Programs that stand in front of a site: its own server, nginx, Caddy, Varnish, each on a port of the test's."""

import http.client
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import ready
from tests.console import Console
from tests.mail_server import free_port
from tests.site import ROOT, wait_until

DEPLOY = ROOT / "deploy"


def program(name):
    """Return where a program is; skip the test, and have it named, where it is not."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    return found or pytest.skip(f"{name} is not installed")


@dataclass
class Reply:
    status: int
    headers: dict
    body: bytes


def ask(port, path, method="GET", body=None, host="news.example", **headers):
    """Ask one server of this machine; header names in Python's spelling. Nothing is followed, nothing unpacked."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        line.request(method, path, body, {"Host": host} | {n.replace("_", "-"): v for n, v in headers.items()})
        answer = line.getresponse()
        return Reply(answer.status, {n.lower(): v for n, v in answer.getheaders()}, answer.read())
    finally:
        line.close()


def answers(port, path="/healthz"):
    try:
        return ask(port, path).status == 200
    except OSError:
        return False


@contextmanager
def running(command, port, path="/healthz", **options):
    """Run a server until the block ends; it answers when the block begins."""
    process = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, **options)
    try:
        wait_until(lambda: process.poll() is not None or answers(port, path), 120)
        assert process.poll() is None, f"{command[0]} ended"
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


class Served:
    """The site under `serve`, its data below `folder`. `shell` runs code in it, as another process would.

    It begins with the tables and the static files of a site that is ready. What waits for a worker waits, unless WORKERS
    is set: one costs more than all that most tests ask.
    """

    def __init__(self, folder, **settings):
        self.port = free_port()
        ready.copy(folder / "var")
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "NEWSROOM_DATA": str(folder / "var"),
            "PORT": str(self.port),
            "SITE_URL": ready.SITE_URL,
            "WORKERS": "0",
            **settings,
        }
        self.shell = Console(self.environment).run

    def manage(self, *arguments):
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def serve(self):
        return running([sys.executable, "manage.py", "serve"], self.port, cwd=ROOT, env=self.environment)


def publish(slug, title="Titre", moment="timezone.now() - timedelta(hours=1)"):
    """Return code that publishes an article, for `Served.shell`."""
    return f"""
from datetime import timedelta
from django.utils import timezone
from articles.models import Article, Author
author, _ = Author.objects.get_or_create(slug="ada", defaults={{"name": "Ada"}})
Article.objects.create(language="fr", slug="{slug}", title="{title}", standfirst="Une phrase.",
    body="<p>" + "Des mots. " * 200 + "</p>", author=author, published_at={moment})
"""


def configured(name, folder, **replaced):
    """Copy a file of deploy/ into a folder, with what a test must have of its own; return its path."""
    text = (DEPLOY / name).read_text()
    for old, new in replaced.items():
        assert old in text, old
        text = text.replace(old, str(new))
    target = Path(folder) / name
    target.write_text(text)
    return target


def eventually(true, seconds=5):
    """Return after how many seconds `true()` was."""
    began = time.monotonic()
    wait_until(true, seconds)
    return time.monotonic() - began
