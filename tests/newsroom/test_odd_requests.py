"""What no browser sends: the site's own server, and nginx before it, answer in one way or close; nothing else suffers."""

import socket
from contextlib import suppress

import brotli
import pytest

from tests.front import Served, ask, free_port, publish, running
from tests.newsroom.test_fronts import from_disk, nginx
from tests.site import wait_until

pytestmark = pytest.mark.slow
HOST = b"Host: news.example\r\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("odd")
    site = Served(folder, PROXY_HOPS="1", PAGE_FILES="on")
    with site.serve():
        site.shell(publish("un"))
        yield site


@pytest.fixture(scope="module", params=["alone", "nginx"])
def port(request, site, tmp_path_factory):
    if request.param == "alone":
        yield site.port
        return
    port = free_port()
    with running(nginx(tmp_path_factory.mktemp("nginx"), port, site), port):
        yield port


def say(port, words, no_more=False):
    """Send bytes, and with `no_more` that no others follow; return what comes back until the line is closed.

    As its status, None where it has none, and all of it.
    """
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        heard = b""
        with suppress(ConnectionError):
            line.sendall(words)
        with suppress(OSError):
            if no_more:
                line.shutdown(socket.SHUT_WR)
            while data := line.recv(65536):
                heard += data
    return (int(heard.split(b" ", 2)[1]) if heard.startswith(b"HTTP/") else None), heard


def get(path=b"/un/", headers=b"", version=b"1.1"):
    return b"GET " + path + b" HTTP/" + version + b"\r\n" + HOST + headers + b"Connection: close\r\n\r\n"


def test_http_1_0_brings_the_whole_page_and_closes(port):
    status, heard = say(port, get(version=b"1.0"))

    assert status == 200
    assert heard.count(b"Des mots.") == 200
    assert b"transfer-encoding" not in heard.partition(b"\r\n\r\n")[0].lower()


@pytest.mark.parametrize(
    "header",
    [
        "Accept-Encoding: br;q=0, gzip;q=0",
        "Accept-Encoding: ,;;q=,*;q=x",
        "Accept-Encoding: identity;q=1, *;q=0",
        "Range: lines=1-2",
        "If-Range: yesterday\r\nRange: bytes=0-1",
        "If-None-Match: W/\"x\", \xe9\xe9, ,",
        "If-Modified-Since: Thu, 99 Foo 2099 99:99:99 GMT",
        "Cookie: a=b; =; \xff",
        "Expect: nothing",
        "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__",
        "X-Forwarded-For: \xfc, , 999.1.1.1",
        f"X-Long: {'a' * 6000}",
    ],
)  # fmt: skip
def test_a_header_that_means_nothing_brings_the_page_as_it_is(port, header):
    status, heard = say(port, get(headers=header.encode("latin-1") + b"\r\n"))

    assert status == 200
    assert heard.count(b"Des mots.") == 200


@pytest.mark.parametrize(
    ("header", "answer"),
    # nginx takes a range that is none, and a date that is none, for what cannot be met; the site reads neither.
    [(b"Range: bytes=0-0,5-1,x", 416), (b"If-Unmodified-Since: never", 412)],
)
def test_a_condition_that_means_nothing_brings_the_page_or_is_refused(site, port, header, answer):
    wait_until(lambda: port == site.port or from_disk(ask(port, "/un/")))
    status, _heard = say(port, get(headers=header + b"\r\n"))

    assert status == (200 if port == site.port else answer)


def test_whoever_refuses_brotli_gets_none(port):
    assert ask(port, "/un/", accept_encoding="br;q=0, gzip;q=0.5").headers["content-encoding"] == "gzip"
    assert "content-encoding" not in ask(port, "/un/", accept_encoding="br;q=0").headers
    assert brotli.decompress(ask(port, "/un/", accept_encoding="gzip;q=0, br").body).count(b"Des mots.") == 200


def test_of_a_page_nobody_gets_other_bytes_than_it_has(port):
    whole = ask(port, "/un/")
    part = ask(port, "/un/", range="bytes=10-19")

    assert part.body == (whole.body[10:20] if part.status == 206 else whole.body)
    assert part.status in (200, 206)


@pytest.mark.parametrize(
    "words",
    [
        b"GET /un/ HTTP/1.1\r\n\r\n",
        b"GET /un/ HTTP/9.9\r\n" + HOST + b"\r\n",
        b"GET  /un/\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        get(headers=b"X-Huge: " + b"a" * 900_000 + b"\r\n"),
        get(headers=b"".join(b"X-%d: a\r\n" % number for number in range(5000))),
        get(headers=b"Content-Length: -5\r\n"),
        get(headers=b"Content-Length: 5\r\nContent-Length: 6\r\n"),
        get(headers=b"Bad Name : x\r\n"),
        get(b"/" + b"a" * 300_000 + b"/"),
        get(b"/%00/"),
        get(b"/\xff\xfe/"),
        get(b"/../../etc/passwd"),
        b"BREW /un/ HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n",
        b"POST /un/comment/ HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /un/comment/ HTTP/1.1\r\n" + HOST + b"Content-Type: multipart/form-data\r\nContent-Length: 3\r\n\r\nabc",
        b"POST /un/comment/ HTTP/1.1\r\n" + HOST + b"Content-Length: 999999\r\n\r\nabc",
    ],
    ids=range(17),
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_and_the_next_reader_served(port, words):
    status, heard = say(port, words, no_more=True)

    assert status is None or 300 <= status < 500 or status == 505, heard[:300]
    assert b"Traceback" not in heard
    assert ask(port, "/un/").body.count(b"Des mots.") == 200
