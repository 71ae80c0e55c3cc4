"""Links that become cards: which addresses are known, what readers get of them, and what a page lets in."""

import pytest
from lxml import html

from articles import embeds
from articles.body import adopt
from articles.rendering import render_body
from tests.articles.desk import save, writer
from tests.factories import ArticleFactory, PageFactory, PhotoFactory

pytestmark = pytest.mark.django_db

NOCOOKIE = "https://www.youtube-nocookie.com/embed/"
ID = "dQw4w9WgXcQ"
KNOWN = [
    (f"https://www.youtube.com/watch?v={ID}", "YouTube", f"{NOCOOKIE}{ID}?autoplay=1"),
    (f"http://youtube.com/watch?app=desktop&v={ID}&t=1m30s&pp=x", "YouTube", f"{NOCOOKIE}{ID}?autoplay=1&start=90"),
    (f"https://youtu.be/{ID}?si=AbC&t=42", "YouTube", f"{NOCOOKIE}{ID}?autoplay=1&start=42"),
    (f"https://m.youtube.com/shorts/{ID}?feature=share", "YouTube", f"{NOCOOKIE}{ID}?autoplay=1"),
    (f"https://www.youtube.com/live/{ID}", "YouTube", f"{NOCOOKIE}{ID}?autoplay=1"),
    (f"https://www.youtube.com/embed/{ID}?start=2h", "YouTube", f"{NOCOOKIE}{ID}?autoplay=1&start=7200"),
    (
        "https://www.youtube.com/playlist?list=PLx0sYbCqOb8TBPRdmBHs5Iftv",
        "YouTube",
        f"{NOCOOKIE}videoseries?list=PLx0sYbCqOb8TBPRdmBHs5Iftv",
    ),
    ("https://vimeo.com/76979871", "Vimeo", "https://player.vimeo.com/video/76979871?dnt=1&autoplay=1"),
    (
        "https://vimeo.com/76979871/8272103f6e",
        "Vimeo",
        "https://player.vimeo.com/video/76979871?dnt=1&autoplay=1&h=8272103f6e",
    ),
    (
        "https://vimeo.com/channels/staffpicks/76979871",
        "Vimeo",
        "https://player.vimeo.com/video/76979871?dnt=1&autoplay=1",
    ),
    (
        "https://open.spotify.com/intl-fr/episode/512ojhOuo1ktJprKbVcKyQ?si=1",
        "Spotify",
        "https://open.spotify.com/embed/episode/512ojhOuo1ktJprKbVcKyQ",
    ),
    (
        "https://soundcloud.com/forss/flickermood?in=x",
        "SoundCloud",
        "https://w.soundcloud.com/player/?url=https%3A%2F%2Fsoundcloud.com%2Fforss%2Fflickermood&auto_play=true",
    ),
    ("https://on.soundcloud.com/AbC12", "SoundCloud", ""),
    ("https://datawrapper.dwcdn.net/aBc12/3/", "Datawrapper", "https://datawrapper.dwcdn.net/aBc12/"),
    ("https://www.datawrapper.de/_/aBc12/", "Datawrapper", "https://datawrapper.dwcdn.net/aBc12/"),
    ("https://x.com/somebody/status/1580661436132757506?s=20", "X", ""),
    ("https://mobile.twitter.com/somebody/status/1580661436132757506", "X", ""),
    ("https://bsky.app/profile/bsky.app/post/3l6oveex3ii2l", "Bluesky", ""),
    ("https://mastodon.social/@Gargron/100254678717223630", "Mastodon", ""),
    ("https://mastodon.social/@Gargron/statuses/100254678717223630", "Mastodon", ""),
    ("https://mastodon.social/users/Gargron/statuses/100254678717223630", "Mastodon", ""),
    ("https://framapiaf.org/@ada@mastodon.social/100254678717223630", "Mastodon", ""),
    ("https://framatube.org/w/9dRFC6Ya11NCVeYKn8ZhiD", "PeerTube", ""),
    ("https://video.example/videos/watch/9c9de5e8-0a1e-484a-b099-e80766180a6d", "PeerTube", ""),
]
UNKNOWN = [
    "",
    "not an address",
    "https://www.youtube.com/",
    "https://www.youtube.com/@channel",
    "https://www.youtube.com/watch?v=short",
    f"https://youtube.com.evil.example/watch?v={ID}",
    f"https://evil.example/youtube.com/watch?v={ID}",
    f"https://notyoutube.com/watch?v={ID}",
    f"https://www.youtube.com@evil.example/watch?v={ID}",
    f"https://user:password@www.youtube.com/watch?v={ID}",
    f"https://www.youtube.com:8443/watch?v={ID}",
    f"https://www.yоutube.com/watch?v={ID}",  # a Cyrillic o
    f"javascript://www.youtube.com/watch?v={ID}",
    f"ftp://www.youtube.com/watch?v={ID}",
    f'https://youtu.be/{ID[:-1]}"',
    f"https://youtu.be/{ID}/../x",
    "https://www.youtube.com/playlist?list=a%22b",
    "https://vimeo.com/about",
    "https://open.spotify.com/user/somebody",
    "https://x.com/somebody",
    "https://mastodon.social/@Gargron",
    "https://example.org/w/iki",
    "https://[::1",
    "https://www.youtube.com:port/watch",
]


@pytest.mark.parametrize(("url", "service", "player"), KNOWN)
def test_an_address_of_a_service_is_known_in_each_of_its_shapes(url, service, player):
    found = embeds.recognise(url)

    assert (found.service, found.player, found.url) == (service, player, url)


@pytest.mark.parametrize("url", UNKNOWN)
def test_what_only_looks_like_a_service_is_not_known(url):
    assert embeds.recognise(url) is None


def test_a_player_is_always_at_a_host_of_our_own_table():
    found = {embed.origin for embed in (embeds.recognise(url) for url, _service, _player in KNOWN) if embed.player}

    assert found == {
        "https://www.youtube-nocookie.com",
        "https://player.vimeo.com",
        "https://open.spotify.com",
        "https://w.soundcloud.com",
        "https://datawrapper.dwcdn.net",
    }


def drawn(stored):
    body = render_body(stored, "en")
    return html.fragment_fromstring(body.before, create_parent="div"), body


LINK = f'<a href="https://youtu.be/{ID}">A film</a>'


@pytest.mark.parametrize("before", ["", "See ", "<br>", "<strong>x</strong>"])
@pytest.mark.parametrize("after", ["", "<br>", " there", "<em>x</em>"])
def test_only_a_link_alone_in_its_paragraph_becomes_a_card(before, after):
    root, body = drawn(f"<p>{before}{LINK}{after}</p>")

    alone = before in ("", "<br>") and after in ("", "<br>")
    assert bool(root.xpath("./figure[@class]")) is alone
    assert body.frames == (["https://www.youtube-nocookie.com"] if alone else [])
    assert root.xpath("//a/@href") == [f"https://youtu.be/{ID}"]


def test_a_card_says_service_and_title_and_loads_nothing():
    root, _body = drawn(f"<p> {LINK} </p>")

    [link] = root.xpath("./figure//a")
    assert (link.get("href"), link.text_content()) == (f"https://youtu.be/{ID}", "A film")
    assert root.xpath("//*[@class='embed__service']/text()") == ["YouTube"]
    [button] = root.xpath("//*[@hidden]/button")
    assert button.get("data-player") == f"{NOCOOKIE}{ID}?autoplay=1"
    assert root.xpath("//iframe | //img | //script | //@style") == []


@pytest.mark.parametrize(
    "text",
    [
        f"https://youtu.be/{ID}",
        f"https://youtu.be/{ID}<br>",
        f'<a href="https://youtu.be/{ID}">https://youtu.be/{ID}</a>',
    ],
)
def test_a_bare_address_is_a_card_with_words_of_its_own(text):
    root, _body = drawn(f"<p>{text}</p>")

    [link] = root.xpath("./figure//a")
    assert link.get("href") == f"https://youtu.be/{ID}"
    assert "youtu.be" not in link.text_content()
    assert "YouTube" in link.text_content()


def test_a_post_of_a_network_is_a_card_without_a_player():
    root, body = drawn('<p><a href="https://mastodon.social/@Gargron/100254678717223630">A post</a></p>')

    assert root.xpath("./figure//a/text()") == ["A post"]
    assert root.xpath("//button") == []
    assert body.frames == []


def test_hostile_words_of_a_link_stay_words():
    root, _body = drawn(f'<p><a href="https://youtu.be/{ID}">&lt;img src=x onerror=y&gt; &amp;</a></p>')

    assert root.xpath("//img") == []
    assert root.xpath("./figure//a")[0].text_content() == "<img src=x onerror=y> &"


@pytest.mark.parametrize(("own", "shown"), [("", "A. Nom"), (' data-credit="B. Nom"', "B. Nom")])
def test_a_photo_whose_caption_is_only_a_link_is_the_cards_picture(own, shown):
    photo = PhotoFactory(credit="A. Nom")
    root, body = drawn(f'<figure data-photo="{photo.pk}"{own}><figcaption>{LINK}</figcaption></figure>')

    [card] = root.xpath("./figure")
    assert "embed" in card.get("class")
    assert card.xpath(".//picture/img/@alt") == ["Un champ"]
    assert card.xpath(".//button/@data-player") == [f"{NOCOOKIE}{ID}?autoplay=1"]
    assert [small.text_content() for small in card.xpath("./figcaption/small")] == [shown]
    assert body.frames == ["https://www.youtube-nocookie.com"]


def test_a_photo_that_is_gone_leaves_its_card():
    root, _body = drawn(f'<figure data-photo="999"><figcaption>{LINK}</figcaption></figure>')

    assert root.xpath("./figure//a/text()") == ["A film"]


def test_a_feed_has_the_plain_link():
    body = render_body(f"<p>{LINK}</p><p><br>https://vimeo.com/76979871<br></p>", "en", "http://testserver/x/")

    assert body.before == f'<p>{LINK}</p><p><a href="https://vimeo.com/76979871">https://vimeo.com/76979871</a></p>'
    assert body.frames == []


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("<p>https://a.example/?a=1&amp;b=2</p>", '<p><a href="https://a.example/?a=1&amp;b=2">https://a.example/?a=1&amp;b=2</a></p>'),
        ("<p> http://a.example/ </p>", '<p><a href="http://a.example/">http://a.example/</a></p>'),
        ('<a href="https://www.google.com/url?q=https://a.example/%3Fb%3D1%26c%3D2&amp;sa=D&amp;ust=1">x</a>', '<a href="https://a.example/?b=1&amp;c=2">x</a>'),
        ('<a href="https://www.google.fr/url?q=javascript:alert(1)">x</a>', '<a href="https://www.google.fr/url?q=javascript:alert(1)">x</a>'),
        ("<p>See https://a.example/</p>", "<p>See https://a.example/</p>"),
        ("<p>https://a.example/ b</p>", "<p>https://a.example/ b</p>"),
        ('<p>https://a.example/"onclick="x</p>', '<p>https://a.example/"onclick="x</p>'),
    ],
)  # fmt: skip
def test_an_address_pasted_alone_is_stored_as_a_link(typed, stored):
    assert adopt(typed) == stored


def test_what_was_pasted_at_the_desk_is_a_link_for_machines_and_a_card_for_readers(client):
    writer(client)
    _response, article = save(client, title="One", body=f"<p>https://youtu.be/{ID}</p>", button="_publish")

    assert article.body == f'<p><a href="https://youtu.be/{ID}">https://youtu.be/{ID}</a></p>'
    assert f"](https://youtu.be/{ID})" in client.get("/one.md").content.decode()
    assert b"data-player" in client.get("/one/").content


def policy(response):
    return dict(part.split(maxsplit=1) for part in response["Content-Security-Policy"].split(";"))


@pytest.mark.parametrize(("factory", "path"), [(ArticleFactory, "/one/"), (PageFactory, "/one/")])
def test_a_page_lets_in_exactly_the_players_it_has(client, factory, path):
    factory(slug="two")
    factory(slug="one", body=f"<p>{LINK}</p><p>{LINK}</p><p><a href='https://vimeo.com/76979871'>v</a></p>")

    with_players, without = client.get(path), client.get("/two/")

    assert policy(with_players)["frame-src"] == "https://www.youtube-nocookie.com https://player.vimeo.com"
    assert policy(with_players)["default-src"] == "'none'"
    assert b"embed.js" in with_players.content
    assert "frame-src" not in policy(without)
    assert b"embed.js" not in without.content


def test_an_answer_that_nothing_changed_does_not_take_the_player_back(client):
    """A browser takes the headers of a 304 for those of the page it kept."""
    ArticleFactory(slug="one", body=f"<p>{LINK}</p>")
    first = client.get("/one/")

    again = client.get("/one/", headers={"If-None-Match": first["ETag"]})

    assert again.status_code == 304
    assert again.get("Content-Security-Policy", first["Content-Security-Policy"]) == first["Content-Security-Policy"]
