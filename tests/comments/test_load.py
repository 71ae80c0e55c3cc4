"""A busy evening: the whole site as one command starts it, many readers who post, some who only read."""

import http.client
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from django.conf import settings

from tests import ready
from tests.mail_server import free_port
from tests.site import Site

pytestmark = pytest.mark.slow
SECONDS, A_SECOND, WRITERS = 8, 50, 10
SEED = """
from django.utils import timezone
from articles.models import Article, Author
author = Author.objects.create(name="Author", slug="author")
Article.objects.create(title="Story", slug="story", author=author, published_at=timezone.now(), language="fr")
"""


@pytest.fixture
def database(site_database):
    return site_database()


@pytest.fixture
def site(tmp_path, database):
    """The site on a port of its own; yields the port."""
    port = free_port()
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "NEWSROOM_DATA": str(tmp_path), "PORT": str(port)}
    environment |= database
    options = {"cwd": settings.BASE_DIR, "env": environment | {"NEWSROOM_LIMITS": "off"}, "stdout": subprocess.DEVNULL}
    manage = [sys.executable, "manage.py"]
    ready.copy(tmp_path)
    subprocess.run([*manage, "shell", "-c", SEED], check=True, stderr=subprocess.DEVNULL, **options)
    with open(tmp_path / "log", "wb") as log:
        process = subprocess.Popen([*manage, "serve"], stderr=log, **options)
    try:
        for _ in range(300):
            try:
                urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def post(connection, number):
    """Send one comment and return (status, seconds)."""
    body = urlencode({"comment": f"Thought {number}", "name": "Zoé", "email": f"reader{number}@secret.example"})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    start = time.monotonic()
    connection.request("POST", "/story/comment/", body, headers)
    response = connection.getresponse()
    response.read()
    return response.status, time.monotonic() - start


def read(connection):
    start = time.monotonic()
    connection.request("GET", "/story/")
    response = connection.getresponse()
    response.read()
    return response.status, time.monotonic() - start


def test_fifty_posts_a_second_lose_nothing_and_lock_nobody_out_of_reading(site, tmp_path, database):
    numbers, lock = iter(range(SECONDS * A_SECOND)), threading.Lock()
    posts, reads, began, done = [], [], time.monotonic(), threading.Event()

    def write():
        with closing(http.client.HTTPConnection("127.0.0.1", site, timeout=60)) as connection:
            while True:
                with lock:
                    number = next(numbers, None)
                if number is None:
                    return
                time.sleep(max(0, began + number / A_SECOND - time.monotonic()))
                posts.append((number, *post(connection, number)))

    def look():
        with closing(http.client.HTTPConnection("127.0.0.1", site, timeout=60)) as connection:
            while not done.wait(0.2):
                reads.append(read(connection))

    threads = [threading.Thread(target=write) for _ in range(WRITERS)] + [threading.Thread(target=look)]
    [each.start() for each in threads]
    [each.join() for each in threads[:-1]]
    took = time.monotonic() - began
    done.set()
    threads[-1].join()

    slowest = sorted(seconds for *_, seconds in posts)
    sys.stdout.write(
        f"\n{len(posts)} posts in {took:.1f} s; median {slowest[len(posts) // 2] * 1000:.0f} ms, "
        f"99th of 100 {slowest[len(posts) * 99 // 100] * 1000:.0f} ms; "
        f"{len(reads)} reads, slowest {max(seconds for _, seconds in reads) * 1000:.0f} ms\n"
    )
    assert Counter(status for _, status, _ in posts) == {200: SECONDS * A_SECOND}
    assert {status for status, _ in reads} == {200}
    assert max(seconds for _, seconds in reads) < 5
    rows = Site(tmp_path, **database).sql
    [(kept,)] = rows("SELECT count(*) FROM comments_pendingcomment")
    [(mails,)] = rows("SELECT count(*) FROM newsroom_outgoingmail")
    assert (kept, mails) == (SECONDS * A_SECOND, SECONDS * A_SECOND)
    assert "Traceback" not in (tmp_path / "log").read_text()
