"""A photograph's way in a real Chromium: dropped in the library, its point set, shown to readers on every screen."""

import base64
import contextlib
import re
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import expect

from articles.framing import Framing
from articles.models import Article, Photo
from newsroom import jobs
from tests.browser.test_desk import body_of, come_in, desk, open_sheet, put_cursor  # noqa: F401, fixture
from tests.factories import ArticleFactory, PhotoFactory, picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SUNSET = Path(__file__).parents[2] / "demo" / "photos" / "sunset.jpg"

HAPPEN = """([target, kind, files, html]) => {
  const data = new DataTransfer()
  for (const [name, type, base64] of files) {
    const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0))
    data.items.add(new File([bytes], name, { type }))
  }
  if (html) data.setData("text/html", html)
  const element = document.querySelector(target)
  const { left, top } = element.getBoundingClientRect()
  const options = { bubbles: true, cancelable: true, clientX: left + 20, clientY: top + 10 }
  element.dispatchEvent(kind === "drop"
    ? new DragEvent("drop", { ...options, dataTransfer: data })
    : new ClipboardEvent("paste", { ...options, clipboardData: data }))
}"""


def happen(page, kind, target, *files, html=""):
    """Drop or paste files, as (name, type, bytes), on the element; or paste HTML."""
    encoded = [[name, kind_, base64.b64encode(data).decode()] for name, kind_, data in files]
    page.evaluate(HAPPEN, [target, kind, encoded, html])


def sunset(name="sunset.jpg"):
    return name, "image/jpeg", SUNSET.read_bytes()


def shown(browser, url, width, dots):
    """Return the files that a reader's browser chose on a page, and how much the page jumped while it loaded."""
    context = browser.new_context(viewport={"width": width, "height": 800}, device_scale_factor=dots)
    page = context.new_page()
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver(list => { for (const entry of list.getEntries()) shift += entry.value })"
        ".observe({ type: 'layout-shift', buffered: true })"
    )
    page.goto(url)
    page.evaluate("() => scrollTo(0, document.body.scrollHeight)")
    page.wait_for_function("() => [...document.images].every((image) => image.complete && image.currentSrc)")
    files = page.evaluate("() => [...document.querySelectorAll('picture img')].map((image) => image.currentSrc)")
    jumped = page.evaluate("() => shift")
    context.close()
    return [re.sub(r".*/\w{16}-", "", file) for file in files], jumped


def choose_photo(page, name):
    """Take the photo of that name from the library's dialog, which is open."""
    dialog = page.locator("#photo-dialog")
    dialog.get_by_text(name).click()
    dialog.get_by_role("button", name="Choose", exact=True).click()
    expect(dialog).to_be_hidden()


def kept_of(page, crop):
    """Return how far from the left a preview of a crop is cut, in hundredths of what it cuts off."""
    return float(page.eval_on_selector(f".crop--{crop}", "crop => crop.style.objectPosition").split("%")[0])


def test_a_dropped_photograph_becomes_lead_and_figure_on_every_screen(desk, live_server, browser):  # noqa: F811
    desk.goto(f"{live_server}/admin/articles/photo/")
    happen(desk, "drop", "body", sunset())
    desk.get_by_role("link", name="Say what one sees").click()
    original = desk.locator(".focal__picture img")
    area = original.bounding_box()
    assert [kept_of(desk, crop) for crop in ("16x9", "4x3", "1x1")] == [50, 50, 50]
    original.click(position={"x": area["width"] * 0.1, "y": area["height"] * 0.5})
    assert float(desk.locator("#id_focal_x").input_value()) == pytest.approx(0.1, abs=0.02)
    assert [kept_of(desk, crop) for crop in ("4x3", "1x1")] == [0, 0]
    desk.locator("[name=alt_en]").fill("The sun over a hill")
    desk.locator(".submit-row [name=_save]").click()
    expect(desk.locator(".messagelist .success")).to_be_visible()
    assert Photo.objects.get().focal_x == pytest.approx(0.1, abs=0.02)
    assert jobs.run_pending() >= 1
    assert Photo.objects.get().renditions["1x1"]["box"][0] == 0

    desk.goto(f"{live_server}/admin/articles/article/add/")
    desk.get_by_label("Title", exact=True).fill("Soir")
    desk.get_by_role("button", name="Choose a photo").click()
    choose_photo(desk, "sunset")
    desk.locator(".ProseMirror").click()
    desk.keyboard.type("Text.")
    desk.locator("[data-command=photo]").click()
    choose_photo(desk, "sunset")
    expect(desk.locator(".ProseMirror figure img")).to_be_visible()
    desk.get_by_role("button", name="Publish now").click()
    desk.get_by_role("dialog").get_by_role("button", name="Publish").click()
    expect(desk.locator(".panel--publish > .state")).to_contain_text("Published on")

    page = f"{live_server}/soir/"
    assert shown(browser, page, 390, 2) == (["3x2-800.avif", "whole-800.avif"], 0)
    assert shown(browser, page, 1280, 1) == (["3x2-1080.avif", "whole-640.avif"], 0)


BAD = "bad.jpg", "image/jpeg", b"plain words"


def test_a_file_refused_or_known_says_so_and_holds_up_no_other(page, live_server):
    come_in(page, live_server)
    page.goto(f"{live_server}/admin/articles/photo/")
    happen(page, "drop", "body", BAD, sunset())
    expect(page.locator(".drop__failed")).to_contain_text("bad.jpg")
    expect(page.locator(".drop__failed")).to_contain_text("This is not a picture the site can read.")
    expect(page.locator(".drop__done")).to_contain_text("sunset.jpg")

    open_sheet(page, live_server, ArticleFactory(body="<p>Text.</p>", published_at=None))
    happen(page, "drop", ".ProseMirror p", BAD, sunset())
    expect(page.locator(".editor__said")).to_contain_text("bad.jpg – This is not a picture")
    photo = Photo.objects.get()
    assert f'data-photo="{photo.pk}"' in body_of(page)
    expect(page.locator(".editor__said")).to_contain_text("sunset.jpg – It is in the library already, as “sunset”")
    expect(page.locator(".editor__said a")).to_have_attribute("href", f"/admin/articles/photo/{photo.pk}/change/")

    page.goto(f"{live_server}/admin/articles/photo/")
    happen(page, "drop", "body", sunset())
    expect(page.locator(".drop__done")).to_contain_text("It is in the library already, as “sunset”")
    page.get_by_label("Keep both").check()
    happen(page, "drop", "body", sunset())
    expect(page.locator(".drop__done")).to_have_count(2)
    assert Photo.objects.count() == 2


def open_pasted(desk, live_server):  # noqa: F811
    """Paste a photograph in the library, and open its sheet."""
    desk.goto(f"{live_server}/admin/articles/photo/")
    happen(desk, "paste", "body", sunset())
    desk.get_by_role("link", name="Say what one sees").click()


def test_the_focal_point_is_set_with_keys_alone(desk, live_server):  # noqa: F811
    open_pasted(desk, live_server)

    desk.get_by_role("button", name="Focal point").focus()
    for key in ("Shift+ArrowRight", "ArrowRight", "ArrowDown"):
        desk.keyboard.press(key)

    expect(desk.locator("#id_focal_x")).to_have_value("0.61")
    expect(desk.locator("#id_focal_y")).to_have_value("0.51")
    desk.locator("#id_focal_y").focus()
    desk.keyboard.press("End")
    assert desk.eval_on_selector(".focal__point", "point => point.style.top") == "100%"


def test_a_picture_dropped_or_pasted_in_the_text_goes_through_the_library(desk, live_server):  # noqa: F811
    article = ArticleFactory(body="<p>Text.</p>", published_at=None)
    open_sheet(desk, live_server, article)

    happen(desk, "drop", ".ProseMirror p", sunset())
    expect(desk.locator(".ProseMirror figure img")).to_have_attribute("src", re.compile("whole-"))
    photo = Photo.objects.get()
    assert f'<figure data-photo="{photo.pk}" data-size="text">' in body_of(desk)
    happen(desk, "paste", ".ProseMirror", html='<p>Pasted <img src="https://example.org/x.jpg"></p>')

    expect(desk.locator(".editor__said")).to_contain_text("Pictures of other sites were left out")
    assert "example.org" not in body_of(desk)
    assert "Pasted" in body_of(desk)
    assert Article.objects.get().body == "<p>Text.</p>"


def test_several_pictures_keep_their_order_and_place_while_one_types(desk, live_server):  # noqa: F811
    open_sheet(
        desk,
        live_server,
        ArticleFactory(body="<p>One.</p><p>Two, with more words.</p><p>Three.</p>", published_at=None),
    )
    held, upload = [], re.compile("/photo/upload/")
    desk.route(upload, lambda route: held.append(route))
    files = [(f"{name}.jpg", "image/jpeg", picture(400, 300 + len(name))) for name in ("a", "bb", "ccc")]
    with desk.expect_request(upload):
        happen(desk, "drop", ".ProseMirror p:nth-child(2)", *files)

    put_cursor(desk, ".ProseMirror p:first-child", at_end=True)
    desk.keyboard.type(" More.")
    desk.keyboard.press("Enter")
    desk.keyboard.type("New.")
    for number in (1, 2, 3):
        with contextlib.nullcontext() if number == 3 else desk.expect_request(upload):
            held[-1].continue_()
        expect(desk.locator(".ProseMirror figure")).to_have_count(number)
        desk.keyboard.type(f" {number}")

    titles = {str(photo.pk): photo.title for photo in Photo.objects.all()}
    shown = re.sub(r'<figure data-photo="(\d+)".*?</figure>', lambda found: f"[{titles[found[1]]}]", body_of(desk))
    assert shown == "<p>One. More.</p><p>New. 1 2 3</p>[a][bb][ccc]<p>Two, with more words.</p><p>Three.</p>"


def test_pictures_added_in_the_dialog_stand_in_their_order(desk, live_server):  # noqa: F811
    open_sheet(desk, live_server, ArticleFactory(body="<p>Text.</p>", published_at=None))
    desk.locator("[data-command=photo]").click()
    dialog = desk.locator("#photo-dialog")
    names = ("a", "bb", "ccc")
    expect(dialog.get_by_text("No photo.")).to_be_visible()  # it has looked
    dialog.locator("input[type=file]").set_input_files(
        [{"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": picture(400, 300 + len(name))} for name in names]
    )
    expect(dialog.locator(":checked")).to_have_count(3)
    dialog.get_by_role("button", name="As a gallery").click()

    expect(desk.locator(".ProseMirror figure")).to_have_count(3)
    titles = {str(photo.pk): photo.title for photo in Photo.objects.all()}
    assert [titles[pk] for pk in re.findall(r'data-photo="(\d+)"', body_of(desk))] == [*names]


def test_a_choice_outlives_another_search_and_not_the_dialog(desk, live_server):  # noqa: F811
    chosen = [PhotoFactory(title=f"Photo {number}", alt={"en": "x"}) for number in range(3)]
    open_sheet(desk, live_server, ArticleFactory(body="<p>Text.</p>", published_at=None))
    dialog = desk.locator("#photo-dialog")
    desk.locator("[data-command=photo]").click()
    dialog.get_by_text("Photo 0").click()
    dialog.get_by_role("searchbox").fill("Photo 2")
    expect(dialog.locator(".library label")).to_have_text(["Photo 0", "Photo 2"])
    dialog.get_by_text("Photo 2").click()
    dialog.get_by_role("button", name="As a gallery").click()
    expect(desk.locator(".ProseMirror figure")).to_have_count(2)

    desk.route(re.compile("/photo/picker/"), lambda route: None)  # it never answers
    desk.locator("[data-command=photo]").click()
    expect(dialog).to_be_visible()

    assert dialog.locator(".library label").count() == 0
    shown = re.findall(r'data-photo="(\d+)"', body_of(desk))
    assert shown == [str(chosen[0].pk), str(chosen[2].pk)]


def test_a_copied_picture_is_taken_and_the_picture_of_a_copied_text_is_not(desk, live_server):  # noqa: F811
    open_sheet(desk, live_server, ArticleFactory(body="<p>Text.</p>", published_at=None))
    image = '<img src="https://example.org/x.jpg" alt="A street">'

    happen(desk, "paste", ".ProseMirror", sunset(), html=f"<p>Words</p>{image}")
    expect(desk.locator(".editor__said")).to_contain_text("Pictures of other sites were left out")
    happen(desk, "paste", ".ProseMirror", sunset(), html=f'<meta charset="utf-8"><!--StartFragment-->{image}')
    expect(desk.locator(".ProseMirror figure img")).to_have_attribute("src", re.compile("whole-"))

    expect(desk.locator(".editor__said")).to_be_empty()
    assert body_of(desk).count("Words") == 1
    assert body_of(desk).count("<figure") == Photo.objects.count() == 1
    assert "example.org" not in body_of(desk)


def test_a_picture_has_another_credit_in_one_text(desk, live_server):  # noqa: F811
    photo = PhotoFactory(credit="Ada")
    figure = f'<figure data-photo="{photo.pk}" data-size="text"></figure>'
    open_sheet(desk, live_server, ArticleFactory(slug="soir", body=f"<p>Text.</p>{figure}"))
    credit = desk.get_by_role("textbox", name="Credit")
    expect(credit).to_have_attribute("placeholder", "Credit – Ada")

    credit.press_sequentially("Bea & co ")
    credit.press("Enter")
    credited = figure.replace(">", ' data-credit="Bea &amp; co">', 1)
    credit.press("Enter")
    assert body_of(desk) == f"<p>Text.</p>{credited}<p></p>"  # to write in, once
    desk.get_by_role("button", name="Update").first.click()
    expect(desk.locator(".messagelist")).to_contain_text("Saved")
    desk.reload()
    expect(credit).to_have_value("Bea & co")
    desk.goto(f"{live_server}/soir/")
    expect(desk.locator(".prose figcaption small")).to_have_text("Bea & co")

    assert Photo.objects.get().credit == "Ada"


def test_the_library_can_be_used_by_everybody(page, live_server, axe):
    desk = come_in(page, live_server)  # noqa: F811
    photo = PhotoFactory()
    jobs.run_pending()
    for path in ("", f"{photo.pk}/change/", "add/"):
        desk.goto(f"{live_server}/admin/articles/photo/{path}")
        desk.wait_for_load_state("networkidle")
        for width in (390, 1280):
            desk.set_viewport_size({"width": width, "height": 900})
            assert (path, width, axe(desk, night=width == 390)) == (path, width, [])
            assert desk.evaluate("document.documentElement.scrollWidth") <= width


def test_before_a_picture_has_come_its_mean_colour_stands_in_its_place(page, live_server):
    photo = PhotoFactory()
    ArticleFactory(slug="soir", photo=photo)
    page.route("**/media/**", lambda route: route.abort())
    page.goto(f"{live_server}/soir/")

    shown = page.eval_on_selector("picture img", "image => getComputedStyle(image).backgroundColor")
    assert shown == f"rgb({', '.join(str(int(photo.colour[at : at + 2], 16)) for at in (1, 3, 5))})"


@pytest.mark.parametrize("size", [(600, 900), (900, 300), (120, 80)])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_sheet_of_a_photo_does_not_jump_when_its_picture_comes(page, live_server, width, size):
    photo = PhotoFactory(original=ContentFile(picture(*size), "photo.jpg"))
    come_in(page, live_server)
    page.set_viewport_size({"width": width, "height": 900})
    page.route("**/media/**", lambda route: None)
    page.goto(f"{live_server}/admin/articles/photo/{photo.pk}/change/", wait_until="domcontentloaded")
    page.get_by_text("Cut its edges").click()
    pictures = [page.locator(place) for place in (".cut__picture img", ".focal__picture img")]
    before = [each.bounding_box() for each in pictures]
    page.unroute("**/media/**")  # and let go of what was held
    for each in pictures:
        each.evaluate("(image) => image.decode()")

    assert [each.bounding_box() for each in pictures] == before
    for box in before:
        assert box["width"] / box["height"] == pytest.approx(size[0] / size[1], abs=0.02)


def dragged(page, edges, across, down):
    """Drag a handle of the cut by so many pixels."""
    handle = page.locator(f'[data-edges="{edges}"]')
    handle.evaluate("handle => handle.scrollIntoView({ block: 'center' })")
    area = handle.bounding_box()
    x, y = area["x"] + area["width"] / 2, area["y"] + area["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + across, y + down, steps=3)
    page.mouse.up()


def test_the_edges_of_a_photograph_are_dragged_or_typed_and_what_is_typed_elsewhere_is_saved_along(desk, live_server):  # noqa: F811
    open_pasted(desk, live_server)
    desk.get_by_text("Cut its edges").click()
    area = desk.locator("[data-cut] img").bounding_box()

    dragged(desk, "left", area["width"] / 4, 0)
    dragged(desk, "right bottom", -area["width"] / 10, -area["height"] / 2)
    desk.get_by_label("Cut off at the top").fill("5")
    drawn = desk.eval_on_selector(".cut__part--edges", "part => part.style.inset")
    desk.get_by_label("Credit").fill("Ada")
    desk.get_by_role("button", name="Cut", exact=True).click()
    expect(desk.get_by_role("status")).to_contain_text("The picture is shown like this from now on.")
    now = Photo.objects.get()

    assert drawn == "5% 10% 50% 25%"
    assert (now.framing, now.credit) == (Framing(0, 25, 5, 10, 50), "Ada")
    desk.get_by_role("button", name="Turn to the right").click()
    expect(desk.get_by_label("Cut off at the left")).to_have_value("50")
    assert Photo.objects.get().framing == Framing(1, 50, 25, 5, 10)
    desk.get_by_role("button", name="Cut nothing").click()
    desk.get_by_label("Name in the library").press("Enter")
    expect(desk.get_by_role("status")).to_be_visible()
    assert Photo.objects.get().framing == Framing(1)


def test_the_edges_can_be_cut_without_a_script_and_by_everybody(desk, live_server, browser, axe):  # noqa: F811
    open_pasted(desk, live_server)
    context = browser.new_context(java_script_enabled=False, storage_state=desk.context.storage_state())
    plain = context.new_page()
    plain.goto(desk.url)
    plain.get_by_text("Cut its edges").click()
    plain.get_by_label("Cut off at the bottom").fill("20")
    plain.get_by_role("button", name="Cut", exact=True).click()
    assert plain.get_by_role("button", name="Cut nothing").count() == 0
    context.close()
    assert Photo.objects.get().framing == Framing(bottom=20)

    desk.reload()
    desk.wait_for_load_state("networkidle")
    for width in (390, 1280):
        desk.set_viewport_size({"width": width, "height": 900})
        desk.locator("[data-cut] img").scroll_into_view_if_needed()
        desk.wait_for_function("document.querySelector('[data-cut] img').naturalWidth > 0")
        assert (width, axe(desk, night=width == 390)) == (width, [])
        assert desk.evaluate("document.documentElement.scrollWidth") <= width
        small = """() => [...document.querySelectorAll(".framing :is(button, input, summary, [data-edges])")]
            .filter(one => one.checkVisibility() && Math.min(one.offsetHeight, one.offsetWidth) < 44).map(one => one.outerHTML)"""
        assert desk.evaluate(small) == []
