"""Whoever sends a form in no time at all, and whatever waits for the database, keeps nobody from reading."""

import socket
import sqlite3
import threading
import time
from contextlib import ExitStack, closing, contextmanager
from io import BytesIO
from urllib.parse import urlencode

import pytest

from newsroom import turns
from newsroom.turns import Refused, Turns
from tests.front import Served, ask, free_port, publish, running
from tests.newsroom.test_fronts import caddy
from tests.site import wait_until

TAKEN = 200  # the page that speaks of a mail


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    site = Served(tmp_path_factory.mktemp("turns"), PROXY_HOPS="1")
    with site.serve():
        site.shell(publish("un") + publish("deux"))
        yield site


@pytest.fixture(autouse=True)
def _kept(request):
    """Have a page of the site kept when a test of it begins."""
    if "site" in request.fixturenames:
        assert ask(request.getfixturevalue("site").port, "/un/").status == 200


@contextmanager
def unsent_forms(port, networks):
    """Begin a form of 100 bytes, of which two come, from each of some networks."""
    with ExitStack() as lines:
        for network in networks:
            words = f"POST /un/comment/ HTTP/1.1\r\nHost: news.example\r\nX-Forwarded-For: {network}\r\n"
            line = lines.enter_context(closing(socket.create_connection(("127.0.0.1", port))))
            line.sendall(f"{words}Content-Length: 100\r\n\r\nab".encode())
        time.sleep(0.5)
        yield


def send_form(port, network):
    """Send a comment, whole, in the name of a network; return the status."""
    comment = {"comment": "Une pensée", "name": "Zoé", "email": f"reader-{network}@example.invalid"}
    headers = {"content_type": "application/x-www-form-urlencoded", "sec_fetch_site": "same-origin"}
    return ask(port, "/un/comment/", "POST", urlencode(comment), x_forwarded_for=network, **headers).status


def pending(site):
    return int(site.shell("from comments.models import PendingComment; print(PendingComment.objects.count())"))


def seconds_of(port, path):
    began = time.monotonic()
    assert ask(port, path).status == 200
    return time.monotonic() - began


@pytest.mark.slow
def test_forms_that_never_end_keep_no_page_and_no_other_sender_waiting(site):
    with unsent_forms(site.port, ["192.0.2.1"] * 20):
        assert seconds_of(site.port, "/un/") < 1
        assert seconds_of(site.port, "/search/?q=mots") < 4
        wait_until(lambda: send_form(site.port, "192.0.2.1") == 503)  # once all have arrived
        assert send_form(site.port, "192.0.2.2") == TAKEN

    wait_until(lambda: send_form(site.port, "192.0.2.1") == TAKEN)


@pytest.mark.slow
def test_forms_that_never_end_of_many_networks_keep_no_page_waiting(site):
    with unsent_forms(site.port, [f"198.51.100.{number // 8}" for number in range(80)]):
        assert seconds_of(site.port, "/un/") < 1
        assert seconds_of(site.port, "/search/?q=phrase") < 4
        wait_until(lambda: send_form(site.port, "192.0.2.1") == 503)  # once all have arrived


@pytest.mark.slow
def test_many_who_want_what_is_not_kept_are_all_answered(site):
    site.shell("from newsroom.cache import page_store; page_store().clear()")
    with ExitStack() as lines:
        readers = [lines.enter_context(closing(socket.create_connection(("127.0.0.1", site.port)))) for _ in range(400)]
        for reader in readers:
            reader.sendall(b"GET /deux/ HTTP/1.1\r\nHost: news.example\r\n\r\n")

        assert {reader.recv(15) for reader in readers} == {b"HTTP/1.1 200 OK"}


@pytest.mark.slow
def test_behind_caddy_the_site_does_not_hear_of_a_form_before_it_is_there(site, tmp_path):
    port = free_port()
    with running(caddy(tmp_path, port, site), port), unsent_forms(port, ["192.0.2.1"] * 20):
        assert send_form(port, "192.0.2.1") == TAKEN


@pytest.mark.slow
def test_while_the_database_takes_nothing_kept_pages_are_read_and_what_was_sent_is_stored(site):
    statuses, before = [], pending(site)
    with closing(
        sqlite3.connect(site.environment["NEWSROOM_DATA"] + "/newsroom.sqlite3", isolation_level=None)
    ) as lock:
        lock.execute("BEGIN IMMEDIATE")
        senders = [
            threading.Thread(target=lambda host=host: statuses.append(send_form(site.port, f"203.0.113.{host}")))
            for host in range(6)
        ]
        for sender in senders:
            sender.start()
        time.sleep(1)
        waited, answered = seconds_of(site.port, "/un/"), len(statuses)
        lock.execute("ROLLBACK")
    for sender in senders:
        sender.join()

    assert waited < 1
    assert answered == 0
    assert statuses == [TAKEN] * 6
    assert pending(site) == before + 6


def environ(body=b"", **more):
    return {"REMOTE_ADDR": "192.0.2.1", "CONTENT_LENGTH": str(len(body)), "wsgi.input": BytesIO(body), **more}


def read(environ, _start):
    return [environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))]


def test_a_form_arrives_as_it_was_sent():
    assert Turns(read, 1)(environ(b"a" * 5_000_000), None) == [b"a" * 5_000_000]


def test_half_a_form_is_none():
    with pytest.raises(Refused) as refused:
        Turns(read, 1)(environ(b"name=A", CONTENT_LENGTH="100"), None)

    assert refused.value.status == 400


def test_a_form_without_end_is_too_large(monkeypatch):
    monkeypatch.setattr(turns, "LARGEST", 100_000)

    with pytest.raises(Refused) as refused:
        Turns(read, 1)(environ(b"a" * 200_000), None)

    assert refused.value.status == 413


def test_whoever_waits_too_long_is_told_so_and_is_not_answered_twice(monkeypatch):
    monkeypatch.setattr(turns, "PATIENCE", 0.1)
    hold, entered = threading.Event(), []

    def enter(environ, _start):
        entered.append(environ["PATH_INFO"])
        hold.wait(5)
        return [b"done"]

    site, first = Turns(enter, 1), []
    sender = threading.Thread(target=lambda: first.append(site(environ(PATH_INFO="/first/"), None)))
    sender.start()
    wait_until(lambda: entered)
    with pytest.raises(Refused) as refused:
        site(environ(PATH_INFO="/second/"), None)
    hold.set()
    sender.join()

    assert refused.value.status == 503
    assert (first, entered) == ([[b"done"]], ["/first/"])
