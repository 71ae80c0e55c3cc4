"""A feed that somebody opens in a browser: a page with links, as wide as the screen, by day and by night."""

import pytest

from tests.factories import ArticleFactory, CommentFactory

pytestmark = pytest.mark.django_db(transaction=True)

PATHS = ["/feed/", "/feed/atom/", "/comments/feed/", "/a/feed/atom/"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_feed_is_a_page_on_a_phone(browser, live_server, settings, path, scheme):
    settings.SITE_URL = live_server.url
    article = ArticleFactory(slug="a", title="Un titre", standfirst="Un " + "chapeau" * 30)
    CommentFactory(article=article, approved=True)
    context = browser.new_context(
        viewport={"width": 390, "height": 800}, is_mobile=True, has_touch=True, java_script_enabled=False,
        color_scheme=scheme,
    )  # fmt: skip
    page = context.new_page()
    page.goto(live_server.url + path)

    assert page.title() != ""
    heading = page.locator("h1").bounding_box()
    assert heading["x"] + heading["width"] <= 390
    words, paper = page.locator("h2").first.evaluate(
        "e => [getComputedStyle(e).color, getComputedStyle(document.documentElement).backgroundColor]"
        ".map(colour => parseInt(colour.slice(4)))"
    )
    assert (words < paper) == (scheme == "light")
    page.locator("h2 a").first.click()
    assert page.url.startswith(f"{live_server.url}/a/")
    context.close()
