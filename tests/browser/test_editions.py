"""Two editions in a real browser: translating beside the original, and going from one to the other."""

import pytest
from playwright.sync_api import expect

from articles import editions, revisions
from articles.models import Article
from tests.browser.test_desk import come_in, open_sheet
from tests.factories import ArticleFactory, PhotoFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BODY = "".join(f"<p>Le paragraphe numéro {number} de ce texte.</p>" for number in range(1, 9))


@pytest.fixture
def original():
    return ArticleFactory(slug="semer", title="Semer", body=f"{BODY}<h2>La suite</h2>{BODY}", key_points=["Un."])


def test_one_translates_beside_the_original_and_readers_go_from_one_to_the_other(strict, live_server, original):
    page = come_in(strict, live_server)
    open_sheet(page, live_server, original)
    page.get_by_role("button", name="Save and translate").click()
    page.wait_for_selector(".ProseMirror")
    draft = Article.objects.get(language="en")
    assert page.url.endswith(f"/{draft.pk}/change/")

    third = page.locator(".ProseMirror > p").nth(2)
    third.click(click_count=3)
    page.keyboard.type("The third paragraph.")
    expect(page.locator("#original [data-block].here")).to_have_text("Le paragraphe numéro 3 de ce texte.")
    last = page.locator(".ProseMirror > p").last
    last.click()
    marked = page.locator("#original [data-block].here")
    expect(marked).to_have_text("Le paragraphe numéro 8 de ce texte.")
    expect(marked).to_be_in_viewport()
    page.get_by_label("Title", exact=True).fill("Sowing")
    page.get_by_role("button", name="Publish now").click()
    page.get_by_label("Publish it all the same").check()  # seven paragraphs are still those of the original
    page.get_by_role("button", name="Publish now").click()
    page.wait_for_selector(".messagelist")

    page.goto(f"{live_server.url}/semer/")
    page.get_by_role("link", name="English").click()
    assert page.url == f"{live_server.url}/en/sowing/"
    expect(page.get_by_role("heading", name="Sowing")).to_be_visible()
    expect(page.get_by_text("The third paragraph.")).to_be_visible()
    page.get_by_role("link", name="Français").click()
    assert page.url == f"{live_server.url}/semer/"


def test_one_links_two_articles_that_are_there_and_lets_them_go_again(page, axe, live_server, original):
    ArticleFactory(slug="sowing", title="Sowing", language="en")
    come_in(page, live_server)
    page.set_viewport_size({"width": 390, "height": 844})
    open_sheet(page, live_server, original)
    page.get_by_role("link", name="Link or unlink articles").click()
    page.get_by_label("Words of its title, or its address").fill("sow")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("button", name="It is the translation")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert axe(page) == []

    page.get_by_role("button", name="It is the translation").click()
    expect(page.locator(".messagelist")).to_contain_text("is linked")
    assert axe(page) == []
    page.goto(f"{live_server.url}/semer/")
    page.get_by_role("link", name="English").click()
    assert page.url == f"{live_server.url}/en/sowing/"

    page.goto(f"{live_server.url}/admin/articles/article/{original.pk}/translations/")
    page.get_by_role("button", name="Unlink this article").click()
    expect(page.get_by_text("This article is linked to no other.")).to_be_visible()


def test_the_original_is_at_hand_on_every_screen(strict, live_server, original):
    page = come_in(strict, live_server)
    open_sheet(page, live_server, editions.begin(original, "en", None))
    for width, number in ((390, 12), (1000, 2), (1280, 12)):
        page.set_viewport_size({"width": width, "height": 844})
        page.locator(".ProseMirror > p").nth(number).click()

        expect(page.locator("#original [data-block].here")).to_contain_text(f"numéro {number % 8 + 1} ")
        expect(page.locator("#original [data-block].here")).to_be_in_viewport()
        assert page.evaluate("document.documentElement.scrollWidth") == width
        source, sheet = page.locator("#original").bounding_box(), page.locator(".sheet").bounding_box()
        beside = source["x"] + source["width"] <= sheet["x"]
        assert beside is (width > 960)


def test_a_picture_of_the_original_keeps_its_shape(strict, live_server, original):
    page = come_in(strict, live_server)
    photo = PhotoFactory(large=True, alt={"fr": "x"})
    original.body = f'<p>Un.</p><figure data-photo="{photo.pk}" data-size="text"></figure>'
    revisions.save(original, [], None, original.version)
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        open_sheet(page, live_server, editions.begin(original, "en", None) if width == 390 else Article.objects.last())

        box = page.locator("#original img").bounding_box()
        assert box["width"] / box["height"] == pytest.approx(photo.width / photo.height, abs=0.02)


def test_axe_finds_nothing_on_the_sheet_of_a_translation_that_lags(page, live_server, original, axe):
    come_in(page, live_server)
    draft = editions.begin(original, "en", None)
    original.body = original.body.replace("numéro 3", "numéro trois")
    revisions.save(original, [], None, original.version)
    open_sheet(page, live_server, draft)
    expect(page.get_by_role("button", name="Save, and mark as up to date")).to_be_visible()

    assert axe(page) == []


def test_the_parts_of_a_dossier_are_chosen_among_articles_of_its_language(strict, live_server):
    ArticleFactory(title="Un port")
    ArticleFactory(title="A port", language="en")
    page = come_in(strict, live_server)
    page.goto(f"{live_server.url}/admin/articles/dossier/add/")
    for language, title in (("en", "A port"), ("fr", "Un port")):
        page.locator("#id_language").select_option(language)
        page.locator("#entries-0 .select2-selection").click()
        expect(page.locator(".select2-results__option")).to_have_text([title])
        page.keyboard.press("Escape")
