"""The site behind nginx and behind Caddy, each from Debian's package and with the file of deploy/."""

import gzip
import os
import re
import signal
import socket
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlencode

import brotli
import pytest

from newsroom.answers import Answer
from newsroom.page_files import SLOT, forget, slot, write
from newsroom.page_store import PageStore
from tests import ready
from tests.front import Served, ask, configured, free_port, program, publish, running
from tests.machines import Readers
from tests.site import wait_until

pytestmark = pytest.mark.slow

# Only a test's nginx has these around the file of deploy/: no user, no folder of the system's.
AROUND_NGINX = """
{user}
load_module {modules}/ngx_http_brotli_static_module.so;
pid {folder}/nginx.pid; error_log {folder}/error.log; daemon off; worker_processes 1;
events {{ worker_connections 256; }}
http {{
    include /etc/nginx/mime.types; access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    include {site};
}}
"""
MODULES = "/usr/lib/nginx/modules"


class Front:
    """`site` behind a server at `port`; `name` says which."""

    def __init__(self, name, site, port):
        self.name, self.site, self.port = name, site, port

    def ask(self, path, method="GET", body=None, **headers):
        return ask(self.port, path, method, body, **headers)

    def drawn_by_site(self, path):
        return ask(self.site.port, path, accept_encoding="br", x_forwarded_proto="http")


def nginx(folder, port, site):
    command = program("nginx")
    if not Path(MODULES, "ngx_http_brotli_static_module.so").exists():
        pytest.skip("libnginx-mod-http-brotli-static is not installed")
    replaced = {
        "127.0.0.1:8000": f"127.0.0.1:{site.port}",
        "listen 80;": f"listen 127.0.0.1:{port};",
        "    listen [::]:80;\n": "",
        "/var/lib/newsroom": site.environment["NEWSROOM_DATA"],
    }
    around = folder / "around.conf"
    around.write_text(
        AROUND_NGINX.format(
            user="user root;" if os.geteuid() == 0 else "",
            modules=MODULES,
            folder=folder,
            site=configured("nginx.conf", folder, **replaced),
        )
    )
    return [command, "-c", str(around), "-e", f"{folder}/error.log"]


def caddy(folder, port, site):
    replaced = {
        "127.0.0.1:8000": f"127.0.0.1:{site.port}",
        "\nnews.example {": f"\n{{\n\tadmin off\n}}\nhttp://news.example:{port} {{",
        "/var/lib/newsroom": site.environment["NEWSROOM_DATA"],
    }
    return [
        program("caddy"),
        "run",
        "--adapter",
        "caddyfile",
        "--config",
        str(configured("Caddyfile", folder, **replaced)),
    ]


@pytest.fixture(scope="module", params=[nginx, caddy], ids=["nginx", "caddy"])
def front(request, tmp_path_factory):
    folder, port = tmp_path_factory.mktemp(request.param.__name__), free_port()
    site = Served(folder, PROXY_HOPS="1", PAGE_FILES="on")
    command = request.param(folder, port, site)
    with site.serve(), running(command, port, env=site.environment):
        site.shell(publish("un") + publish("deux"))
        yield Front(request.param.__name__, site, port)


def settle(front, path):
    """Have a page drawn and kept, and under nginx be a file that it sends by itself; return it."""
    seen = [front.ask(path, accept_encoding="br") for _ in range(3)]
    wait_until(
        lambda: front.name == "caddy" or from_disk(seen[-1]) or seen.append(front.ask(path, accept_encoding="br"))
    )
    return seen[-1]


def from_disk(reply):
    """Tell whether nginx sent a page by itself: the site's own tags are weak."""
    return not reply.headers["etag"].startswith("W/")


def test_a_page_travels_as_the_reader_likes_it_with_the_headers_of_the_site(front):
    page = settle(front, "/un/")
    own = front.drawn_by_site("/un/")
    plain, zipped = front.ask("/un/"), front.ask("/un/", accept_encoding="gzip, br;q=0")

    assert b"Des mots." in plain.body
    assert brotli.decompress(page.body) == gzip.decompress(zipped.body) == plain.body == brotli.decompress(own.body)
    assert page.headers["vary"] == "Accept-Encoding"
    policy = "content-security-policy"
    assert sorted(page.headers.pop(policy).split("; ")) == sorted(own.headers.pop(policy).split("; "))
    assert from_disk(page) == (front.name == "nginx")
    made = {"etag", "last-modified", "server", "date", "accept-ranges", "connection", "keep-alive"}
    assert {n: v for n, v in page.headers.items() if n not in made} == {
        n: v for n, v in own.headers.items() if n not in made
    }


def test_a_reader_who_has_the_page_is_told_so_and_head_brings_no_body(front):
    page = settle(front, "/un/")

    known = front.ask("/un/", accept_encoding="br", if_none_match=page.headers["etag"])
    head = front.ask("/un/", "HEAD", accept_encoding="br")
    odd = front.ask("/un/", accept_encoding="br", if_none_match='"other"', if_modified_since="yesterday")

    assert (known.status, known.body) == (304, b"")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(page.body)))
    assert (odd.status, odd.body) == (200, page.body)


def test_media_and_style_sheets_are_kept_for_ever_and_parts_of_them_given(front):
    folder = front.site.environment["NEWSROOM_DATA"]
    picture = bytes(range(256)) * 8
    media = Path(folder, "media/photos")
    media.mkdir(parents=True, exist_ok=True)
    (media / "a.avif").write_bytes(picture)
    (media / "a.svg").write_bytes(b"<svg/>")
    sheet = re.search(rb"/static/css/site\.[0-9a-f]{12}\.css", front.ask("/un/").body)[0].decode()

    whole, part = front.ask("/media/photos/a.avif"), front.ask("/media/photos/a.avif", range="bytes=100-199")
    known = front.ask("/media/photos/a.avif", if_none_match=whole.headers["etag"])
    css = front.ask(sheet, accept_encoding="br")

    assert (whole.status, whole.body, whole.headers["content-type"]) == (200, picture, "image/avif")
    assert (part.status, part.body) == (206, picture[100:200])
    assert part.headers["content-range"] == "bytes 100-199/2048"
    assert (known.status, known.body) == (304, b"")
    assert "immutable" in whole.headers["cache-control"]
    assert whole.headers["x-content-type-options"] == "nosniff"
    assert (css.status, css.headers["content-encoding"]) == (200, "br")
    assert brotli.decompress(css.body) == front.ask(sheet).body
    assert "immutable" in css.headers["cache-control"]
    for path in ("/media/photos/a.svg", "/media/photos/no.avif", "/media/../secrets/secret_key", "/static/no.css",
                 "/newsroom.sqlite3", "/secrets/secret_key", "/pages/front/", "/front/fr/413.html"):  # fmt: skip
        assert front.ask(path).status in (404, 400), path


def test_what_a_reader_writes_arrives_with_his_address_and_not_one_he_made_up(front):
    form = {"name": "Zoé", "email": "zoe@example.org", "comment": "Une pensée. " * 3}
    sent = front.ask(
        "/un/comment/", "POST", urlencode(form), content_type="application/x-www-form-urlencoded",
        origin="http://news.example", x_forwarded_for="203.0.113.9",
    )  # fmt: skip
    taken = front.site.shell(
        "from comments.models import PendingComment; from newsroom.limits import network_key; from ipaddress import ip_address;"
        "here = network_key(ip_address('127.0.0.1'));"
        "print([row.network_key == here for row in PendingComment.objects.all()])"
    )

    assert sent.status in (200, 302, 303)
    assert taken == "[True]\n"


def test_a_form_that_the_site_refuses_unread_costs_the_next_reader_nothing(front):
    large, empty = urlencode({"comment": "a" * 2_000_000}), urlencode({"name": "Zoé", "comment": ""})
    headers = {"content_type": "application/x-www-form-urlencoded", "origin": "http://news.example"}
    seen = [
        (front.ask("/admin/login/", "POST", large).status, front.ask("/un/comment/", "POST", empty, **headers).status)
        for _ in range(10)
    ]

    assert seen == [(403, 422)] * 10


def test_a_form_too_large_is_answered_by_a_page_in_the_readers_language(front):
    form = urlencode({"comment": "a" * 2_000_000})
    for path, words in (("/un/comment/", "C’est trop"), ("/en/un/comment/", "This is too much at once")):
        reply = front.ask(path, "POST", form, content_type="application/x-www-form-urlencoded")

        assert reply.status == 413
        assert words in reply.body.decode()
    assert front.ask("/admin/login/", "POST", form).status == 403, "the desk takes more; this lacks its token"


def test_the_desk_lets_its_editor_in(front):
    made = front.site.shell(
        "from newsroom.models import User; User.objects.create_superuser('ada', '', 'a long password')"
    )
    assert made is not None
    form = front.ask("/admin/login/")
    cookie = form.headers["set-cookie"].partition(";")[0]
    token = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', form.body)[1].decode()
    words = {"csrfmiddlewaretoken": token, "username": "ada", "password": "a long password", "next": "/admin/"}
    headers = {"content_type": "application/x-www-form-urlencoded", "origin": "http://news.example"}

    entered = front.ask("/admin/login/", "POST", urlencode(words), cookie=cookie, **headers)

    assert (entered.status, entered.headers["location"]) == (302, "/admin/")
    session = entered.headers["set-cookie"]
    assert "sessionid=" in session
    desk = front.ask("/admin/", cookie=re.search(r"sessionid=\w+", session)[0])
    assert desk.status == 200
    assert "no-" in desk.headers.get("cache-control", "no-") or "private" in desk.headers["cache-control"]


def test_a_change_is_seen_at_once_and_other_pages_stay(front):
    settle(front, "/deux/")
    other = settle(front, "/en/")

    front.site.shell("from articles.models import *; a = Article.objects.get(slug='deux'); a.title = 'Neuf'; a.save()")

    assert b"Neuf" in front.ask("/deux/").body
    assert b"Neuf" in brotli.decompress(settle(front, "/deux/").body)
    assert front.ask("/en/", accept_encoding="br").headers["last-modified"] == other.headers["last-modified"]


def test_a_scheduled_article_appears_on_time_and_not_before(front):
    """Readers ask for the front page all the time, so that it is kept, entered and sent by whoever sends it."""
    moment = int(time.time()) + 5
    front.site.shell(
        publish(
            "demain", "Demain", f"__import__('datetime').datetime.fromtimestamp({moment}, __import__('datetime').UTC)"
        )
    )
    seen = []
    while (now := time.time()) < moment + 1.5:
        seen.append((now, b"Demain" in front.ask("/").body, time.time()))
        time.sleep(0.01)

    assert len(seen) > 50
    assert not [began for began, shown, ended in seen if shown and ended < moment]
    assert not [began for began, shown, ended in seen if not shown and began > moment + 0.05]


@pytest.mark.parametrize("front", [nginx], ids=["nginx"], indirect=True)
def test_nginx_sends_a_page_in_its_slot_of_the_clock_only(front):
    if time.time() % SLOT > SLOT - 5:
        time.sleep(6)
    settle(front, "/un/")
    slots = Path(front.site.environment["NEWSROOM_DATA"], "pages/front")
    now = slots / str(slot(time.time()))

    now.rename(slots / str(int(now.name) - 1))
    past = front.ask("/un/", accept_encoding="br")
    (slots / str(int(now.name) - 1)).rename(slots / str(int(now.name) + 1))
    to_come = front.ask("/un/", accept_encoding="br")
    (slots / str(int(now.name) + 1)).rename(now)
    back = front.ask("/un/", accept_encoding="br")

    assert [from_disk(reply) for reply in (past, to_come, back)] == [False, False, True]
    assert past.body == to_come.body == back.body


@pytest.mark.parametrize("front", [nginx], ids=["nginx"], indirect=True)
def test_a_link_from_elsewhere_that_is_counted_costs_no_more_than_the_page(front):
    page = settle(front, "/un/")

    for query in ("fbclid=IwAR0_a-b", "gclid=x&utm_source=a%20b&utm_medium=", "mc_cid=1&mc_eid=2", "utm_id", "ref=x&"):
        reply = front.ask(f"/un/?{query}", accept_encoding="br")
        assert (from_disk(reply), reply.body) == (True, page.body), query


@pytest.mark.parametrize("front", [nginx], ids=["nginx"], indirect=True)
def test_a_page_that_changes_twice_in_a_second_is_not_said_to_be_the_one_before(front):
    settle(front, "/un/")
    file = PageStore(Path(front.site.environment["NEWSROOM_DATA"], "pages"), "").file("/un/")
    kept = Answer.load(file.read_bytes())
    time.sleep(1.01 - time.time() % 1)  # a second begins
    made = time.time()

    def shown(words):
        answer = Answer.of(kept.headers, words * 200, made, until=made + 3600)
        write(file, answer)
        return front.ask("/un/"), answer

    (one, of_one), (two, of_two) = shown(b"One. "), shown(b"Two. ")

    assert (from_disk(one), one.body, two.body) == (True, b"One. " * 200, b"Two. " * 200)
    assert [one.headers[n] == two.headers[n] for n in ("etag", "last-modified", "content-length")] == [0, 0, 1]
    # What nginx or the site has said of the one before, or of this one, is asked of nginx and of the site.
    by_nginx = {"if_none_match": one.headers["etag"]}, {"if_modified_since": one.headers["last-modified"]}
    by_site = {"if_none_match": of_one.etag}, {"if_modified_since": dict(of_one.headers)["Last-Modified"]}
    for before in (*by_nginx, *by_site, by_nginx[0] | by_nginx[1], by_site[0] | by_site[1]):
        assert front.ask("/un/", **before).body == two.body, before
    for before in (*by_nginx, by_site[0], by_nginx[0] | by_nginx[1], by_site[0] | by_site[1]):
        environ = {f"HTTP_{name.upper()}": value for name, value in before.items()}
        assert of_two.reply(environ | {"REQUEST_METHOD": "GET"})[0] == "200 OK", before
    same = {"if_none_match": two.headers["etag"], "if_modified_since": two.headers["last-modified"]}
    assert front.ask("/un/", **same).status == 304
    forget(file)
    file.unlink()


@pytest.mark.parametrize("front", [nginx], ids=["nginx"], indirect=True)
def test_what_is_not_the_one_page_is_asked_of_the_site(front):
    settle(front, "/un/")

    assert from_disk(front.ask("/un/"))
    assert from_disk(front.ask("/un/", cookie="a=1"))
    for query in (
        "page=2",
        "odd=1",
        "fbclid=1&odd=1",
        "odd=1&fbclid=1",
        "fbclidx=1",
        "xfbclid=1",
        "utm=1",
        "a/fbclid=1",
    ):
        assert not from_disk(front.ask(f"/un/?{query}")), query
    assert not from_disk(front.ask("/un/", authorization="Basic x"))
    assert front.ask("/un/", "POST").status == 405
    assert front.ask("/un/=/page.html").status == 404


def test_an_nginx_that_is_killed_says_nothing_wrong_and_comes_back_with_the_pages_of_now(tmp_path):
    port = free_port()
    site = Served(tmp_path, PROXY_HOPS="1", PAGE_FILES="on")
    command = nginx(tmp_path, port, site)
    with site.serve():
        site.shell(publish("un"))
        with Readers(port, {"/un/": "Titre", "/": "</html>"}) as readers:
            for _ in range(3):
                with running(command, port, env=site.environment) as process:
                    begun = time.monotonic() - readers.began
                    reads = readers.reads
                    wait_until(lambda reads=reads: readers.reads > reads + 30)
                    ended = time.monotonic() - readers.began
                    assert [said for at, _path, said in readers.failures if begun < at < ended - 1] == []
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
                site.shell("from articles.models import *; a = Article.objects.get(); a.title += ' neuf'; a.save()")
        with running(command, port, env=site.environment):
            assert b"Titre neuf neuf neuf" in ask(port, "/un/").body

    # Nobody listens: that is all that anybody was ever told.
    assert {said.partition("(")[0] for _at, _path, said in readers.failures if isinstance(said, str)} <= {
        "ConnectionRefusedError", "ConnectionResetError", "RemoteDisconnected", "BrokenPipeError",
    }  # fmt: skip
    assert [said for _at, _path, said in readers.failures if not isinstance(said, str)] == []


@pytest.mark.parametrize("front", [nginx, caddy])
def test_what_a_web_server_lets_go_of_is_asked_of_the_next_one_and_a_form_sent_once(tmp_path, front):
    ready.copy(tmp_path, "front")
    asked = []

    def answer(door):
        """Close every other connection unanswered, as a web server does that ends while it takes one."""
        while True:
            try:
                line, _ = door.accept()
            except OSError:  # the test is over
                return
            with line:
                asked.append(line.recv(4096).split()[0])
                if len(asked) % 2 == 0:
                    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\nyes")

    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=answer, args=[door], daemon=True).start()
        site = SimpleNamespace(port=door.getsockname()[1], environment={"NEWSROOM_DATA": str(tmp_path)})
        port = free_port()
        with running(front(tmp_path, port, site), port):
            asked.clear()
            assert ask(port, "/un/").status == 200
            assert ask(port, "/un/comment/", "POST", b"comment=Oui").status == 502
    assert asked == [b"GET", b"GET", b"POST"]
