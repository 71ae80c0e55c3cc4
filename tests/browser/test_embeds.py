"""A reader before a card of another service: nothing leaves the machine before a click, and with it one player only."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from articles.models import Link
from tests.factories import ArticleFactory, PhotoFactory, picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FILM = "https://youtu.be/dQw4w9WgXcQ"
PLAYER = "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1"
SONG = "https://on.soundcloud.com/AbC12"
POST = "https://mastodon.social/@Gargron/100254678717223630"


@pytest.fixture
def article():
    photo = PhotoFactory()
    photo.render()
    kept = {"picture": default_storage.save("links/film.webp", ContentFile(picture(640, 360, "WEBP")))}
    kept |= {"width": 640, "height": 360, "author": "A. Nom", "state": Link.State.FOUND}
    Link.objects.create(url=FILM, title="What its service calls it", **kept)
    Link.objects.create(url=SONG, title="A song", **kept)
    Link.objects.create(url=POST, text="One & two\n\n" + "three" * 60, text_language="en", author="Ada")
    return ArticleFactory(
        slug="film",
        language="en",
        body=f"""<p>Before.</p><p><a href="{FILM}">A film</a></p>
        <figure data-photo="{photo.pk}"><figcaption><a href="https://vimeo.com/76979871">Another</a></figcaption></figure>
        <p><a href="{POST}">A post</a></p><p><a href="{SONG}">{SONG}</a></p>""",
    )


@pytest.fixture
def asked(page):
    """What the page asked of other machines; each gets an answer from here, so that nothing leaves this one."""
    found = []

    def answer(route):
        found.append(route.request.url)
        route.fulfill(body="<!doctype html><title>Player</title>", content_type="text/html")

    page.route(lambda url: not url.startswith(("http://localhost", "http://127.0.0.1")), answer)
    return found


def test_a_click_shows_the_player_and_nothing_is_asked_before(page, live_server, article, asked, axe):
    said = []
    page.on("console", lambda message: message.type == "error" and said.append(message.text))
    page.goto(f"{live_server.url}/en/film/", wait_until="networkidle")
    assert asked == []
    assert axe(page) == []

    page.get_by_role("button", name="Play here").first.click()
    page.frame_locator("iframe").locator("html").wait_for(state="attached")

    assert asked == [PLAYER]
    assert said == []
    frame = page.locator("iframe")
    assert (frame.get_attribute("src"), frame.get_attribute("title")) == (PLAYER, "A film")
    assert page.get_by_role("link", name="A film").get_attribute("href") == FILM
    assert page.get_by_role("button", name="Play here").count() == 1  # the other film's
    assert axe(page) == []


def test_a_page_shows_no_frame_of_a_host_that_is_not_in_it(page, live_server, article):
    asked = []
    page.route("https://evil.example/**", lambda route: asked.append(route.request.url) or route.abort())
    page.goto(f"{live_server.url}/en/film/")

    page.locator("[data-player]").first.evaluate("button => { button.dataset.player = 'https://evil.example/' }")
    with page.expect_console_message(lambda message: "frame-src" in message.text):
        page.get_by_role("button", name="Play here").first.click()

    assert asked == []


def test_without_scripts_a_card_is_a_plain_link(browser, live_server, article):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/en/film/")

    assert page.get_by_role("button", name="Play here").count() == 0
    assert page.get_by_role("link", name="A film").is_visible()
    assert page.get_by_role("link", name="A post").is_visible()
    context.close()


def test_a_card_and_its_player_fit_the_page(page, live_server, article, asked):
    page.set_viewport_size({"width": 320, "height": 900})
    page.goto(f"{live_server.url}/en/film/")
    for button in page.get_by_role("button", name="Play here").all():
        assert button.bounding_box()["height"] >= 44
    while page.get_by_role("button", name="Play here").count():
        page.get_by_role("button", name="Play here").first.click()

    assert page.locator("iframe").count() == 2
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_a_page_with_cards_is_valid_html(client, article, html_errors, tmp_path):
    assert html_errors({"film": client.get("/en/film/").content}, tmp_path) == []
