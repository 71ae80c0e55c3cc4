"""A feed that somebody opens in a browser: a page with links, as wide as the screen, by day and by night."""

import pytest

from tests.factories import ArticleFactory, CommentFactory

pytestmark = pytest.mark.django_db(transaction=True)

PATHS = ["/feed/", "/feed/atom/", "/comments/feed/", "/a/feed/atom/"]


def test_a_feed_is_a_page_on_a_phone_by_day_and_by_night(new_context, live_server, settings):
    settings.SITE_URL = live_server.url
    article = ArticleFactory(slug="a", title="Un titre", standfirst="Un " + "chapeau" * 30)
    CommentFactory(article=article, approved=True)
    page = new_context(is_mobile=True, has_touch=True, java_script_enabled=False).new_page()
    page.set_viewport_size({"width": 390, "height": 800})
    for path in PATHS:
        page.goto(live_server.url + path)

        assert page.title() != "", path
        heading = page.locator("h1").bounding_box()
        assert heading["x"] + heading["width"] <= 390, path
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            words, paper = page.locator("h2").first.evaluate(
                "e => [getComputedStyle(e).color, getComputedStyle(document.documentElement).backgroundColor]"
                ".map(colour => parseInt(colour.slice(4)))"
            )
            assert (words < paper) == (scheme == "light"), (path, scheme)
        page.locator("h2 a").first.click()
        assert page.url.startswith(f"{live_server.url}/a/"), path
