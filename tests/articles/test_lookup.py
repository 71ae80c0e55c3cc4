"""What a service says of a link to it, and what it can do to us: a real server on this machine, in the place of all."""

import json
import socket
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from lxml import html

from articles import lookup, photos
from articles.models import Article, Link
from newsroom import jobs, outgoing
from tests.articles.desk import save, writer
from tests.articles.test_embeds import ID, KNOWN
from tests.factories import ArticleFactory, PageFactory, picture

pytestmark = [pytest.mark.django_db, pytest.mark.once]

FILM = f"https://www.youtube.com/watch?v={ID}"
POST = "https://mastodon.social/@Gargron/100254678717223630"
BODY = f'<p><a href="{FILM}">{FILM}</a></p>'
ANSWER = {"title": "A film", "author_name": "A. Nom", "thumbnail_url": f"https://i.ytimg.com/vi/{ID}/hqdefault.jpg"}
HOSTS = [
    *("www.youtube.com", "i.ytimg.com", "vimeo.com", "open.spotify.com", "soundcloud.com", "api.datawrapper.de"),
    *("publish.twitter.com", "embed.bsky.app", "mastodon.social", "framapiaf.org", "framatube.org", "video.example"),
]


class Desk(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append((self.headers["Host"], self.path))
        answer = self.server.answers.get(self.path.partition("?")[0], (404, b""))
        if callable(answer):
            return answer(self)
        status, body, *headers = answer
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def service(settings):
    """The internet; `asked` is what it was asked, `answers` what it says by path: a status, bytes and headers."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Desk) as server:
        server.asked, server.daemon_threads = [], True
        server.answers = {
            "/oembed": (200, json.dumps(ANSWER).encode()),
            f"/vi/{ID}/maxresdefault.jpg": (200, picture(1600, 900)),
            f"/vi/{ID}/hqdefault.jpg": (200, picture(480, 360)),
        }
        settings.EMBED_LOOKUP = True
        settings.OUTGOING_AT = dict.fromkeys(HOSTS, server.server_address)
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield server
        server.shutdown()


def learn(service, answer=ANSWER, url=FILM, path="/oembed"):
    """Save an article with a link, to which the service says `answer`; return what is known then."""
    service.answers[path] = (
        answer if callable(answer) or isinstance(answer, tuple) else (200, json.dumps(answer).encode())
    )
    ArticleFactory(slug="one", language="en", body=f'<p><a href="{url}">{url}</a></p>')
    jobs.run_pending()
    return Link.objects.filter(url=url).first()


def card(client, path="/en/one/"):
    [found] = html.fromstring(client.get(path).content).xpath("//figure[contains(@class, 'embed')]")
    return found


def waiting():
    return DBTaskResult.objects.ready().model.objects.filter(task_path="articles.lookup.look_up", status="READY")


def test_a_pasted_film_is_a_card_with_its_title_its_author_and_a_picture_of_ours(client, service):
    link = learn(service)

    found = card(client)
    assert found.xpath("./figcaption/a/text()") == ["A film"]
    assert found.xpath(".//*[@class='embed__author']/text()") == ["A. Nom"]
    [image] = found.xpath("./picture/img")
    assert [image.get(name) for name in ("src", "width", "height", "alt")] == [
        f"/media/{link.picture}",
        "1280",
        "720",
        "",
    ]
    response = client.get(image.get("src"))
    assert response["Content-Type"] == "image/webp"
    response.close()
    assert service.asked == [
        ("www.youtube.com", f"/oembed?format=json&url=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3D{ID}"),
        ("i.ytimg.com", f"/vi/{ID}/maxresdefault.jpg"),
    ]


def test_a_page_loads_nothing_from_elsewhere(client, service):
    learn(service)

    root = html.fromstring(client.get("/en/one/").content)
    loaded = [*root.xpath("//*/@src"), *root.xpath("//@srcset"), *root.xpath("//link[@rel='stylesheet']/@href")]
    assert loaded
    assert [address for address in loaded if not address.startswith("/")] == []


def test_a_film_without_a_large_picture_has_the_small_one(service):
    del service.answers[f"/vi/{ID}/maxresdefault.jpg"]

    link = learn(service)

    assert (link.width, link.height) == (480, 360)


@pytest.mark.parametrize("url", [url for url, service, _player in KNOWN if not url.startswith("https://on.")])
def test_every_service_is_asked_at_an_address_of_its_own(service, url):
    learn(service, url=url)

    [(host, path), *_more] = service.asked
    assert host in HOSTS
    assert path.startswith(("/oembed", "/api/oembed.json", "/v3/oembed", "/services/oembed", "/api/v1/statuses/10025"))


@pytest.mark.parametrize(
    ("url", "path", "post", "text"),
    [
        (
            "https://x.com/somebody/status/1580661436132757506",
            "/oembed",
            '<blockquote class="twitter-tweet"><p lang="fr" dir="ltr">Un &amp; deux<br>trois <a href="https://t.co/x">t.co/x</a>'
            '</p>&mdash; Somebody (@somebody) <a href="https://x.com/">1 May</a></blockquote><script src="x"></script>',
            "Un & deux\ntrois t.co/x",
        ),
        (
            "https://bsky.app/profile/bsky.app/post/3l6oveex3ii2l",
            "/oembed",
            '<blockquote class="bluesky-embed"><p lang="fr">Un<br><br><a href="x">[image or embed]</a></p>&mdash; B</blockquote>',
            "Un",
        ),
    ],
)
def test_a_post_is_a_card_with_its_author_and_its_text(client, service, url, path, post, text):
    link = learn(service, {"author_name": "Somebody", "html": post}, url, path)

    assert (link.title, link.author, link.text, link.text_language) == ("", "Somebody", text, "fr")
    [quote] = card(client).xpath("./blockquote[@lang='fr']")
    assert html.tostring(quote, encoding="unicode").count("<br>") == text.count("\n")
    assert quote.text_content().strip() == text.replace("\n", "")
    assert card(client).xpath("./figcaption/a/text()")[0].startswith("See it on ")


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ({"content": "<p>Un &lt;b&gt;</p><p>deux</p>", "spoiler_text": ""}, "Un <b>\n\ndeux"),
        ({"content": "<p>hidden</p>", "spoiler_text": "A <b>warning"}, "A <b>warning"),
        ({"content": None}, ""),
    ],
)
def test_a_post_of_mastodon_is_its_text_or_the_warning_before_it(service, said, text):
    said = {"account": {"display_name": "Ada", "acct": "ada"}, "language": "fr"} | said

    link = learn(service, said, POST, "/api/v1/statuses/100254678717223630")

    assert (link.author, link.text, link.text_language) == ("Ada", text, "fr")


def test_the_authors_own_words_stand_before_those_of_the_service(client, service):
    ArticleFactory(slug="one", language="en", body=f'<p><a href="{FILM}">Mine</a></p>')
    jobs.run_pending()

    assert card(client).xpath("./figcaption/a/text()") == ["Mine"]


def test_hostile_words_of_a_service_stay_words(client, service):
    evil = "<script>alert(1)</script>\0\ud800 &amp;"
    link = learn(
        service, {"title": evil, "author_name": evil, "html": f"<blockquote><p onclick=x>{evil * 900}</blockquote>"}
    )

    assert link.title == "<script>alert(1)</script> &amp;"
    assert len(link.text) <= 1000
    assert card(client).xpath(".//script | .//@onclick") == []
    assert card(client).xpath("./figcaption/a/text()") == [link.title]


@pytest.mark.parametrize(
    "answer",
    [
        (404, b""),
        (401, b"{}"),
        (302, b"", ("Location", "http://127.0.0.1:1/")),
        (200, b"<!doctype html>"),
        (200, b"[]"),
        (200, b"\xff{"),
        (200, b"[" * 100_000),
        (200, json.dumps(ANSWER | {"x": "x" * 200_000}).encode()),
    ],
    ids=["gone", "private", "elsewhere", "html", "list", "bytes", "deep", "huge"],
)
def test_an_answer_that_is_none_leaves_the_card_as_it_was(client, service, answer):
    link = learn(service, answer)

    assert (link.state, link.title, link.picture) == ("nothing", "", "")
    assert len(service.asked) == 1
    assert not waiting().exists()
    assert card(client).xpath("./figcaption/a/text()") == ["See it on YouTube"]


@pytest.mark.parametrize(
    "odd", [None, 7, [], {}, "", "no address", "http://i.ytimg.com/x.jpg", "https://[", "https://a..b/"]
)
def test_odd_values_in_an_answer_are_nothing(service, odd):
    link = learn(service, {"title": odd, "author_name": odd, "html": odd, "thumbnail_url": odd, "account": odd})

    assert (link.state, link.text, link.picture) == ("found", "", "")


@pytest.mark.parametrize(
    "answer",
    [
        (200, b"<svg xmlns='x'/>"),
        (200, picture() + b"<script>"),
        (200, picture(8, 8)),
        (404, b""),
        (200, b"x" * 2_000_001),
    ],
    ids=["drawing", "program", "dot", "gone", "huge"],
)
def test_a_picture_that_is_none_leaves_a_card_of_words(client, service, answer):
    service.answers[f"/vi/{ID}/maxresdefault.jpg"] = service.answers[f"/vi/{ID}/hqdefault.jpg"] = answer
    link = learn(service)

    assert (link.state, link.title, link.picture) == ("found", "A film", "")
    assert card(client).xpath(".//img") == []


def drips(desk):
    """Send a byte now and then, for longer than anybody waits."""
    desk.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in range(100):
        desk.wfile.write(b" ")
        time.sleep(0.05)


def stops(desk):
    desk.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}")


def babbles(desk):
    desk.wfile.write(b"Hello!\r\n\r\n")


@pytest.mark.parametrize("answer", [(500, b""), (429, b""), drips, stops, babbles])
def test_a_service_that_does_not_answer_is_asked_again_and_no_job_fails(client, service, monkeypatch, answer):
    monkeypatch.setattr(outgoing, "PATIENCE", 0.5)
    link = learn(service, answer)
    assert (link.state, link.title) == ("waiting", "")
    assert card(client).xpath("./figcaption/a/text()") == ["See it on YouTube"]

    for attempt in range(2, lookup.TRIES + 1):
        [again] = waiting()
        assert again.args_kwargs["args"] == [FILM, attempt]
        assert again.run_after > timezone.now() + timedelta(minutes=4)
        waiting().update(run_after=timezone.now())
        jobs.run_pending()

    assert not waiting().exists()
    assert not DBTaskResult.objects.exclude(status="SUCCESSFUL").exists()


def test_words_are_shown_while_the_picture_does_not_come(client, service):
    service.answers[f"/vi/{ID}/maxresdefault.jpg"] = (503, b"")
    assert (learn(service).state, card(client).xpath("./figcaption/a/text()")) == ("waiting", ["A film"])

    service.answers[f"/vi/{ID}/maxresdefault.jpg"] = (200, picture(1600, 900))
    waiting().update(run_after=timezone.now())
    jobs.run_pending()

    assert card(client).xpath("./picture")


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "::1"),
        *("fe80::1%lo", "fc00::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "2002:7f00:1::", "64:ff9b::7f00:1"),
    ],
)
def test_an_address_that_is_not_everybodys_is_not_public(address):
    assert not outgoing.is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111"])
def test_an_address_of_the_internet_is_public(address):
    assert outgoing.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        *("https://localhost/", "https://127.0.0.1/", "https://127.1/", "https://[::1]/", "https://2130706433/", ""),
        *(
            "http://www.youtube.com/",
            "https://www.youtube.com:8443/",
            "https://a@www.youtube.com/",
            "file:///etc/passwd",
        ),
    ],
)
def test_the_server_asks_nothing_of_private_places(service, monkeypatch, url):
    opened = []
    monkeypatch.setattr(socket.socket, "connect", lambda _socket, address: opened.append(address))

    with pytest.raises(outgoing.RefusedError):
        outgoing.fetch(url, 10)

    assert opened == []


def test_a_post_on_a_machine_of_ours_is_not_asked(service):
    link = learn(service, url="https://localhost/@ada/100254678717223630")

    assert (link.state, service.asked) == ("nothing", [])


def test_nothing_is_asked_where_lookups_are_off(client, service, settings):
    settings.EMBED_LOOKUP = False

    assert learn(service) is None
    lookup.tidy_links.func()

    assert (service.asked, DBTaskResult.objects.filter(task_path="articles.lookup.look_up").count()) == ([], 0)
    assert card(client).xpath("./figcaption/a/text()") == ["See it on YouTube"]


def test_a_link_is_asked_for_once_and_not_while_a_page_is_drawn(client, service):
    learn(service)
    service.asked.clear()

    Article.objects.get().save()
    PageFactory(slug="page", body=BODY)
    jobs.run_pending()
    client.get("/page/")

    assert service.asked == []


def test_what_was_pasted_at_the_desk_is_looked_up_also_for_a_draft(client, service):
    writer(client)
    save(client, title="One", body=f"<p>{FILM}</p>")
    jobs.run_pending()

    assert Link.objects.get().title == "A film"


@pytest.mark.django_db(transaction=True)
def test_a_kept_page_shows_the_card_as_soon_as_it_is_known(reader, service):
    ArticleFactory(slug="one", language="en", body=BODY)
    PageFactory(slug="page", language="en", body=f"<p>Before</p>{BODY}")
    for path in ("/en/one/", "/en/page/"):
        assert b"A film" not in reader.get(path).body

    jobs.run_pending()

    for path in ("/en/one/", "/en/page/"):
        assert b"A film" in reader.get(path).body


@pytest.mark.parametrize("count", [1, 3])
def test_cards_cost_one_query_for_any_number(client, count, django_assert_num_queries):
    ArticleFactory(slug="none")
    ArticleFactory(slug="one", body=BODY * count)
    with CaptureQueriesContext(connection) as without:
        client.get("/none/")
    with django_assert_num_queries(len(without) + 1):
        client.get("/one/")


def test_what_no_text_links_to_any_more_is_forgotten_and_its_picture_too(service, monkeypatch):
    link = learn(service)
    Article.objects.all().delete()
    lookup.tidy_links.func()
    assert not Link.objects.exists()

    monkeypatch.setattr(photos, "KEPT", timedelta(0))
    photos.remove_unused_files()
    assert not default_storage.exists(link.picture)


def test_every_night_what_could_not_be_learnt_is_asked_for_once(service, settings):
    settings.EMBED_LOOKUP = False
    learn(service)
    settings.EMBED_LOOKUP = True

    lookup.tidy_links.func()
    jobs.run_pending()
    assert Link.objects.get().title == "A film"

    service.asked.clear()
    lookup.tidy_links.func()
    jobs.run_pending()
    assert service.asked == []
    assert default_storage.exists(Link.objects.get().picture)
