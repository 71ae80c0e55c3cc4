"""Every page of the desk, wide and narrow, by day and by night, also when something is refused: it fits, and axe-core finds nothing."""

import json

import pytest
from playwright.sync_api import expect

from newsroom.models import User
from tests.articles.desk import change, save, writer
from tests.browser.desk_pages import desk_pages, one_of_everything
from tests.browser.test_desk import come_in, fill_login

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


STICKS_OUT = """() => [...document.querySelectorAll("body *")]
  .filter((element) => element.getBoundingClientRect().right > innerWidth)
  .map((element) => `${element.localName}#${element.id}.${element.className}`).join(" ").slice(0, 300)"""


@pytest.fixture
def walk(page, live_server, client, axe):
    """Return (a page of the desk, a function that reads what it shows, what was found, the rows, their addresses)."""
    user = writer(client)
    rows, comment = one_of_everything(client)
    desk = come_in(page, live_server)
    User.objects.update(language="fr")
    found = {}

    def read(name):
        for width in (390, 1280):
            desk.set_viewport_size({"width": width, "height": 900})
            wrong = axe(desk, night=width == 390)
            if desk.evaluate("document.documentElement.scrollWidth") > width:
                wrong.append(f"wider than the screen: {desk.evaluate(STICKS_OUT)}")
            if wrong:
                found[f"{name}, {width}"] = wrong

    return desk, read, found, rows, desk_pages(user, rows, comment)


def test_no_page_of_the_desk_has_a_barrier(walk, live_server):
    desk, read, found, _rows, pages = walk
    for name, path in pages.items():
        assert desk.goto(f"{live_server}{path}").status == 200, name
        read(name)

    assert found == {}, json.dumps(found, indent=1)


def press_save(desk):
    desk.locator("[name=_save]:not(.visually-hidden):visible").first.click()


def test_what_the_desk_refuses_and_asks_has_no_barrier(walk, live_server, client):
    desk, read, found, rows, pages = walk
    article = rows["article"]
    for name in ("article", "tag", "page", "dossier", "author", "photo"):
        desk.goto(f"{live_server}{pages[f'{name}_add']}")
        press_save(desk)
        desk.locator(".errornote").wait_for()
        if name == "dossier":
            desk.locator(".add-row a").click()
            expect(desk.locator(".select2-selection__rendered:not([aria-label])")).to_have_count(0)
        read(f"{name} refused")
    desk.goto(f"{live_server}{change(article)}")
    save(client, article, title="Faster")
    desk.locator("[name=title]").fill("Slower")
    press_save(desk)
    desk.locator(".conflict").wait_for()
    read("conflict")
    desk.goto(f"{live_server}/admin/articles/article/")
    desk.locator("[name=_selected_action]").first.check()
    desk.locator("[name=action]").select_option("put_into_bin")
    desk.locator("[name=index]").click()
    desk.locator("[name=sure]").wait_for()
    read("sure")
    desk.locator("[name=sure]").click()
    desk.locator(".messagelist").wait_for()
    desk.goto(f"{live_server}/admin/articles/article/?state=bin")
    read("bin")
    desk.locator("[name=_selected_action]").first.check()
    desk.locator("[name=action]").select_option("delete_selected")
    desk.locator("[name=index]").click()
    desk.locator("[name=post]").wait_for(state="attached")
    read("delete several")
    desk.goto(f"{live_server}{pages['tag_add']}")
    desk.context.clear_cookies(name="sessionid")
    press_save(desk)
    desk.locator("[name=held]").wait_for(state="attached")
    read("session over")
    fill_login(desk)
    desk.locator("[name=name]").wait_for(state="attached")
    read("unsent")
    desk.context.clear_cookies()
    desk.goto(f"{live_server}/admin/")
    read("login")
    desk.locator("[name=username]").fill("nobody")
    desk.locator("[name=password]").fill("nothing")
    desk.locator("[type=submit]").click()
    desk.locator(".errornote").wait_for()
    read("login refused")
    desk.goto(f"{live_server}/admin/password_reset/")
    read("password forgotten")

    assert found == {}, json.dumps(found, indent=1)
