"""Searching, in a real browser: by hand and by keyboard, on a telephone, in the dark."""

import pytest

from tests.factories import ArticleFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def articles():
    for number in range(14):
        ArticleFactory(language="en", slug=f"engine-{number}", title=f"Engine {number}", body="<p>An engine runs.</p>")


def test_a_reader_comes_from_the_masthead_and_searches_by_keyboard(strict, live_server, articles):
    strict.goto(f"{live_server.url}/en/")
    strict.locator("header").get_by_role("link", name="Search").click()
    strict.wait_for_function("() => document.activeElement.id == 'q'")
    strict.keyboard.type("engines")
    strict.keyboard.press("Enter")
    strict.wait_for_url("**q=engines**")

    assert strict.locator(".hit").count() == 12
    assert strict.locator(".hit mark").first.inner_text().lower() == "engine"
    strict.locator("a[rel=next]").click()
    strict.wait_for_url("**page=2")
    strict.locator(".hit a").last.click()
    strict.wait_for_url(f"{live_server.url}/en/engine-0/")
    assert strict.context.cookies() == []


def test_the_page_is_accessible_and_fits_a_telephone(page, axe, live_server, articles):
    page.set_viewport_size({"width": 320, "height": 700})
    for question in ("", "?q=engine", "?q=engnie", "?q=zzzz"):
        page.goto(f"{live_server.url}/en/search/{question}")

        assert page.evaluate("document.documentElement.scrollWidth") == 320, question
        small = page.evaluate(
            """[...document.querySelectorAll("main input, main select, main button, main .nothing a, main .pages a")]
               .filter(part => part.getBoundingClientRect().height < 44).map(part => part.outerHTML)"""
        )
        assert (question, small, axe(page)) == (question, [], [])
