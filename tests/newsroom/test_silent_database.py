"""A PostgreSQL that takes connections and says nothing: kept pages are read, the rest is refused in time."""

import selectors
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from tests import ready
from tests.front import Served, ask, publish
from tests.site import drop, new_postgres, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.postgres]

LONG = 30  # seconds: far more than anybody shall wait, far less than for ever


class Between:
    """Stands between the site and its database; `silent`, it takes all that is said and passes nothing on."""

    def __init__(self, address):
        self.behind, self.silent, self.door = address, threading.Event(), socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            try:
                line, _ = self.door.accept()
            except OSError:
                return
            threading.Thread(target=self.pass_on, args=[line], daemon=True).start()

    def pass_on(self, line):
        with line, socket.create_connection(self.behind) as other, selectors.DefaultSelector() as both:
            to = {line: other, other: line}
            for one in to:
                both.register(one, selectors.EVENT_READ)
            while True:
                for key, _ in both.select():
                    data = key.fileobj.recv(65536)
                    if not data:
                        return
                    if not self.silent.is_set():
                        to[key.fileobj].sendall(data)


@pytest.fixture
def between():
    url = new_postgres(ready.postgres)
    server = urlsplit(url)
    found = Between((server.hostname, server.port))
    credentials = server.netloc.rpartition("@")[0]
    found.url = server._replace(netloc=f"{credentials}@127.0.0.1:{found.port}").geturl()
    with closing(found.door):
        yield found
    drop(url)


def test_while_the_database_says_nothing_kept_pages_are_read_and_the_rest_is_refused_in_time(between, tmp_path):
    site = Served(tmp_path, DATABASE_URL=between.url, WEB_THREADS="4")

    def look(path):
        began = time.monotonic()
        reply = ask(site.port, path)
        return reply.status, time.monotonic() - began < LONG

    with site.serve():
        site.shell(publish("un"))
        assert look("/un/") == (200, True)

        between.silent.set()
        with ThreadPoolExecutor(12) as readers:
            drawn = [readers.submit(look, f"/search/?q=word{number}") for number in range(30)]
            kept = [readers.submit(look, "/un/") for _ in range(30)]
        assert {one.result() for one in drawn} == {(503, True)}
        assert {one.result() for one in kept} == {(200, True)}
        assert look("/healthz") == (503, True)

        between.silent.clear()
        wait_until(lambda: look("/search/?q=word")[0] == 200)
