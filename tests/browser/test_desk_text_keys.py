"""What the keys do in the text at the desk, in a real Chromium: in tables, in captions, and to get out of it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_desk import body_of, desk, open_sheet, put_cursor, tool  # noqa: F401, a fixture
from tests.factories import ArticleFactory, PhotoFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CELL = "<td><p>{}</p></td>"
ROW = "<tr>" + CELL * 2 + "</tr>"
TABLE = "<table><tbody>" + ROW.format("a", "b") + "{}</tbody></table>"
SEEN_PLACEHOLDERS = """() => [...document.querySelectorAll(".ProseMirror [data-placeholder]")]
  .map((line) => getComputedStyle(line, "::before").content).filter((words) => words !== "none")"""
IN_TEXT = "() => Boolean(document.activeElement.closest('.ProseMirror'))"


def test_escape_and_tab_leave_the_text_from_a_table_and_the_tools_say_so(desk, live_server):  # noqa: F811
    open_sheet(desk, live_server, ArticleFactory(body=TABLE.format(ROW.format("c", "d"))))
    put_cursor(desk, ".ProseMirror tr:last-child td:last-child p")
    expect(desk.locator(".tools__keys")).to_be_visible()
    expect(desk.locator(".ProseMirror")).to_have_accessible_description("Escape, then Tab: leave the text")

    desk.keyboard.press("Escape")
    desk.keyboard.press("Tab")

    assert not desk.evaluate(IN_TEXT)
    expect(desk.locator(".ProseMirror tr")).to_have_count(2)
    put_cursor(desk, ".ProseMirror tr:last-child td:last-child p")
    desk.keyboard.press("Escape")
    desk.keyboard.press("Shift+Tab")
    assert not desk.evaluate(IN_TEXT)


def test_tab_makes_rows_while_one_writes_in_them_and_then_leaves_the_table(desk, live_server):  # noqa: F811
    open_sheet(desk, live_server, ArticleFactory(body=TABLE.format("") + "<h2>After</h2>"))
    put_cursor(desk, ".ProseMirror td:last-child p")
    for words in ("c", "d", None):
        desk.keyboard.press("Tab")
        if words:
            desk.keyboard.type(words)
    expect(desk.locator(".ProseMirror tr")).to_have_count(3)

    desk.keyboard.press("Tab")
    desk.keyboard.press("Tab")
    desk.keyboard.type("Then.")

    assert body_of(desk) == TABLE.format(ROW.format("c", "d")) + "<p>Then.</p><h2>After</h2>"


def test_tab_goes_from_the_end_of_a_new_table_to_the_line_below(desk, live_server):  # noqa: F811
    open_sheet(desk, live_server, ArticleFactory(body="<p>Before.</p><p>Below.</p>"))
    put_cursor(desk, ".ProseMirror p:first-child", at_end=True)
    tool(desk, "table")
    put_cursor(desk, ".ProseMirror table-caption")
    desk.keyboard.type("A caption")
    desk.keyboard.press("Enter")
    desk.keyboard.type("Head")
    for _cell in range(9):
        desk.keyboard.press("Tab")
    desk.keyboard.type("Here. ")

    expect(desk.locator(".ProseMirror table tr")).to_have_count(2)
    expect(desk.locator(".ProseMirror table-caption + div th").first).to_have_text("Head")
    expect(desk.locator(".ProseMirror > p:last-child")).to_have_text(re.compile(r"Here\. ?Below\."))


def test_only_an_empty_text_says_where_to_write(desk, live_server):  # noqa: F811
    open_sheet(desk, live_server, ArticleFactory(body=TABLE.format(ROW.format("", "c")) + "<p>End.</p>"))
    put_cursor(desk, ".ProseMirror tr:last-child td:first-child p")
    assert desk.evaluate(SEEN_PLACEHOLDERS) == ['"Caption of the table"']
    desk.get_by_role("button", name="Update").first.click()
    expect(desk.locator(".messagelist")).to_contain_text("save")
    desk.keyboard.press("ArrowRight")
    assert desk.evaluate(SEEN_PLACEHOLDERS) == ['"Caption of the table"']

    desk.locator(".ProseMirror > p").click()
    desk.keyboard.press("Control+a")
    desk.keyboard.press("Delete")
    desk.wait_for_function(f"() => String(({SEEN_PLACEHOLDERS})()) === '\"Write here\"'")


@pytest.mark.parametrize("group", ["{}", '<div data-kind="gallery">{}{}</div>'])
def test_enter_goes_from_the_caption_or_the_credit_of_a_picture_to_a_line_below_it(desk, live_server, group):  # noqa: F811
    figure = f'<figure data-photo="{PhotoFactory(alt={"en": "x"}).pk}" data-size="text"></figure>'
    body = "<p>Text</p>" + group.format(figure, figure)
    open_sheet(desk, live_server, ArticleFactory(body=body))

    put_cursor(desk, ".ProseMirror figure:first-of-type figcaption")
    desk.keyboard.press("Enter")
    desk.keyboard.type("Below.")
    desk.get_by_label("Credit").first.click()
    desk.keyboard.press("Enter")
    # The editor takes the keyboard back in the next frame.
    expect(desk.locator(".ProseMirror")).to_be_focused()
    desk.keyboard.type("Nearer.")

    assert body_of(desk) == f"{body}<p>Nearer.</p><p>Below.</p>"


def test_one_goes_on_writing_below_a_photo_that_was_put_at_the_end(desk, live_server):  # noqa: F811
    photo = PhotoFactory(alt={"en": "x"}, title="Street")
    open_sheet(desk, live_server, ArticleFactory(body="<p>Text</p>"))
    put_cursor(desk, ".ProseMirror p", at_end=True)
    tool(desk, "photo")
    desk.locator("#photo-dialog").get_by_text("Street").click()
    desk.locator("#photo-dialog").get_by_role("button", name="Choose", exact=True).click()
    expect(desk.locator(".ProseMirror")).to_be_focused()
    desk.keyboard.type("A caption")
    desk.keyboard.press("Enter")
    desk.keyboard.type("Below.")

    assert body_of(desk) == (
        f'<p>Text</p><figure data-photo="{photo.pk}" data-size="text"><figcaption>A caption</figcaption></figure>'
        "<p>Below.</p>"
    )
