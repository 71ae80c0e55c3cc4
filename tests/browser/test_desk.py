"""A journalist at the desk, in a real Chromium under the strict content policy."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from articles.models import Article, Page, Photo
from newsroom.jobs import run_pending
from tests.browser.conftest import open_desk
from tests.factories import ArticleFactory, AuthorFactory, PageFactory, PhotoFactory, TagFactory, UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHOTO = Path(__file__).parents[2] / "demo" / "photos" / "seeding.jpg"

EVERYTHING = (
    '<p>Text with <strong>bold</strong>, <em lang="en">italic</em>, <s>struck</s>, x<sup>2</sup>, x<sub>2</sub>, '
    '<code>code</code>, a <a href="https://example.org/a?b=1&amp;c=2" title="T" hreflang="en">link</a> and a '
    'note<small class="footnote">The note, with <em>italic</em> and a <a href="/b/">link</a>.</small>.<br>A line.</p>'
    '<h2 id="part">Part</h2><h3>Section</h3><h4>Detail</h4>'
    "<ul><li><p>One</p></li><li><p>Two</p><ul><li><p>Deeper</p></li></ul></li></ul>"
    '<ol start="3"><li><p>Three</p></li></ol>'
    '<blockquote lang="en"><p>Said.</p><p>Again.</p><cite>Somebody, <a href="https://example.org/">a page</a></cite>'
    "</blockquote><blockquote><p>Nobody said it.</p></blockquote>"
    "<pre><code>a = 1\n  b = 2</code></pre><hr>"
    '<table><caption>A <em>caption</em></caption><tbody><tr><th scope="col" colspan="2"><p>Head</p></th></tr>'
    "<tr><td><p>a</p></td><td><p>b</p></td></tr></tbody></table>"
    '<figure data-photo="{id}" data-size="wide" data-credit="A &amp; B"><figcaption>Own <em>words</em></figcaption></figure>'
    '<div data-kind="gallery"><figure data-photo="{id}" data-size="text"></figure>'
    '<figure data-photo="{id}" data-size="text"></figure></div>'
    '<div data-kind="compare"><figure data-photo="{id}" data-size="text"></figure>'
    '<figure data-photo="{id}" data-size="full"></figure></div><p>End.</p>'
)

PASTE = """([html]) => {
  const data = new DataTransfer()
  data.setData("text/html", html)
  data.setData("text/plain", "plain")
  document.querySelector(".ProseMirror").dispatchEvent(
    new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }))
}"""


@pytest.fixture
def desk(strict, live_server):
    """A page of somebody who is logged in and speaks English."""
    return come_in(strict, live_server)


def ada():
    return UserFactory(username="ada", first_name="Ada", is_superuser=True, language="en")


def come_in(page, live_server):
    open_desk(page, live_server, ada())
    return page


def fill_login(page):
    """In the browser's language, whatever it is: the desk does not know yet who comes."""
    page.locator("[name=username]").fill("ada")
    page.locator("[name=password]").fill("a long password")
    page.locator("[type=submit]").click()


def body_of(page):
    return page.eval_on_selector("[name=body]", "area => area.value")


def open_sheet(page, live_server, article):
    page.goto(f"{live_server}/admin/articles/article/{article.pk}/change/")
    page.wait_for_selector(".ProseMirror")


# The editor hears of a cursor that the browser has moved a moment later: what is typed in between lands where it was.
CURSOR_IS_KNOWN = """([place, atEnd]) => {
  const text = document.querySelector(".ProseMirror")
  const { anchorNode, anchorOffset, isCollapsed } = getSelection()
  const block = document.querySelector(place)
  if (!isCollapsed || !text.contains(anchorNode) || !block.contains(anchorNode)) return false
  const { state, view } = text.editor
  const { empty, $anchor } = state.selection
  if (!empty || view.posAtDOM(anchorNode, anchorOffset) !== $anchor.pos) return false
  return !atEnd || $anchor.parentOffset === $anchor.parent.content.size
}"""


def put_cursor(page, place, at_end=False):
    """Put the cursor into the block of text that `place` selects, where the pointer falls or after its last word."""
    page.locator(place).click()
    page.wait_for_function(CURSOR_IS_KNOWN, arg=[place, False])
    if at_end:
        page.keyboard.press("End")
        page.wait_for_function(CURSOR_IS_KNOWN, arg=[place, True])


def kept(page, words):
    """Wait until the browser keeps a copy in which these words stand."""
    page.wait_for_function("(words) => Object.values(localStorage).some((copy) => copy.includes(words))", arg=words)


def paste(page, html):
    """Paste that into the emptied text; return what it becomes."""
    page.evaluate("() => document.querySelector('.ProseMirror').editor.chain().clearContent(true).focus().run()")
    page.evaluate(PASTE, [html])
    return re.sub(r' (target|rel)="[^"]*"', "", body_of(page))


def tool(page, name):
    page.locator(f"[data-command={name}]").click()


@pytest.mark.way
def test_one_writes_schedules_publishes_and_a_visitor_reads(strict, live_server, browser, tmp_path):
    ada()
    desk = strict
    desk.goto(f"{live_server}/admin/")
    fill_login(desk)
    photo_file = tmp_path / "seeding.jpg"
    Image.open(PHOTO).resize((5312, 2988)).save(photo_file)  # as large as it came from the camera: 16 megapixels
    desk.get_by_role("link", name="Write an article").click()
    expect(desk.get_by_label("Title", exact=True)).to_be_focused()
    desk.wait_for_load_state()  # the field has the focus before the script knows what Enter does there
    desk.keyboard.type("Pourquoi semer")
    desk.keyboard.press("Enter")
    desk.keyboard.type("Une graine, puis une autre.")
    desk.get_by_label("Key point 1").fill("La terre attend.")
    desk.get_by_label("Key point 2").fill("La pluie aussi.")
    expect(desk.get_by_label("Key point 3")).to_be_visible()
    expect(desk.get_by_label("Key point 5")).to_be_hidden()
    desk.locator(".ProseMirror").click()
    desk.keyboard.type("Au commencement. ")
    tool(desk, "bold")
    desk.keyboard.type("fort")
    tool(desk, "bold")
    desk.keyboard.press("Enter")
    tool(desk, "heading2")
    desk.keyboard.type("La suite")
    desk.keyboard.press("Enter")
    tool(desk, "blockquote")
    desk.keyboard.type("Il faut semer.")
    desk.keyboard.press("Enter")
    desk.keyboard.type("Un paysan")
    desk.keyboard.press("Enter")
    desk.keyboard.type("Fin")
    tool(desk, "footnote")
    desk.keyboard.type("Une note.")
    tool(desk, "footnote")
    desk.keyboard.type(".")
    for name in ("Agriculture", "Climat"):
        desk.get_by_label("Tags").fill(name)
        desk.keyboard.press("Enter")
    desk.get_by_role("button", name="Put first: Climat").click()
    desk.get_by_role("button", name="Choose a photo").click()
    expect(desk.get_by_text("No photo.")).to_be_visible()
    desk.locator("#photo-dialog input[type=file]").set_input_files(photo_file)
    expect(desk.locator("#photo-dialog :checked")).to_have_count(1)
    expect(desk.locator("#photo-dialog [data-none]")).to_be_hidden()
    desk.get_by_role("button", name="Choose", exact=True).click()
    expect(desk.get_by_text("No alternative text yet")).to_be_visible()
    expect(desk.locator("#counts")).to_contain_text("13 words")

    # A photo without alternative text is not published; nothing typed is lost.
    desk.get_by_role("button", name="Publish now").click()
    expect(desk.locator(".errornote")).to_contain_text("no alternative text")
    expect(desk.get_by_label("Title", exact=True)).to_have_value("Pourquoi semer")
    desk.locator("[data-photo-field]").get_by_role("textbox").fill("Une main sème")
    desk.locator("[data-photo-field] textarea").blur()
    expect(desk.get_by_text("Kept with the photo.")).to_be_visible()
    expect(desk.locator("[data-renew=checks]")).not_to_contain_text("no alternative text")
    assert Photo.objects.get().alt == {"fr": "Une main sème"}

    desk.get_by_text("Schedule", exact=True).first.click()
    moment = timezone.localtime() + timedelta(days=1)
    desk.get_by_label("Date and time").fill(f"{moment:%Y-%m-%dT%H:%M}")
    desk.get_by_role("button", name="Schedule").click()
    expect(desk.locator(".panel--publish > .state")).to_contain_text("Scheduled for")
    desk.wait_for_load_state()  # the button is there before the script that asks
    desk.get_by_role("button", name="Publish now").click()
    desk.get_by_role("dialog").get_by_role("button", name="Publish").click()
    expect(desk.locator(".panel--publish > .state")).to_contain_text("Published on")

    article = Article.objects.get()
    assert article.body == (
        "<p>Au commencement. <strong>fort</strong></p><h2>La suite</h2>"
        "<blockquote><p>Il faut semer.</p><cite>Un paysan</cite></blockquote>"
        '<p>Fin<small class="footnote">Une note.</small>.</p>'
    )
    assert [tag.name for tag in article.ordered_tags] == ["Climat", "Agriculture"]
    assert article.key_points == ["La terre attend.", "La pluie aussi."]
    visitor = browser.new_context()
    page = visitor.new_page()
    page.goto(f"{live_server}/pourquoi-semer/")
    expect(page.locator("h1")).to_have_text("Pourquoi semer")
    expect(page.locator(".kicker")).to_have_text("Climat")
    expect(page.locator("figure.lead img")).to_have_attribute("alt", "Une main sème")
    expect(page.locator("cite")).to_contain_text("Un paysan")
    assert visitor.cookies() == []
    visitor.close()


def test_every_element_comes_through_the_editor_as_it_went_in(desk, live_server):
    body = EVERYTHING.replace("{id}", str(PhotoFactory(caption={"en": "Of the library"}).pk))
    article = ArticleFactory(body=body)
    stored = Article.objects.get().body
    open_sheet(desk, live_server, article)
    expect(desk.locator("figcaption[data-caption='Of the library']")).to_have_count(5)

    desk.eval_on_selector("[name=body]", "area => area.dispatchEvent(new Event('desk:set'))")
    read = body_of(desk)
    desk.get_by_role("button", name="Update").first.click()
    expect(desk.locator(".messagelist")).to_contain_text("nothing new")

    assert read == stored == body
    assert Article.objects.get().body == body


def test_what_is_pasted_from_a_word_processor_is_plain_and_its_lists_are_lists(desk, live_server):
    open_sheet(desk, live_server, ArticleFactory(body=""))

    assert paste(
        desk,
        '<b style="font-weight:normal" id="docs-internal-guid-1"><h1 style="color:red">Title</h1>'
        '<p class="MsoNormal" style="margin:0"><span style="font-weight:700">Strong</span> <i>soft</i>'
        '<o:p></o:p><img src="https://evil.example/x.png" onerror="alert(1)"></p>'
        '<p><a href="javascript:alert(1)">bad</a> <a href="https://example.org/" style="x">good</a></p>'
        "<script>alert(1)</script></b>",
    ) == (
        '<h2>Title</h2><p><strong>Strong</strong> <em>soft</em></p><p>bad <a href="https://example.org/">good</a></p>'
    )  # fmt: skip

    def item(level, sign, words):
        return (
            f"<p class=MsoListParagraph style='margin-left:36pt;mso-list:l0 level{level} lfo1'><![if !supportLists]>"
            f"<span style='font-family:Symbol'><span style='mso-list:Ignore'>{sign}<span>&nbsp;&nbsp;</span></span></span>"
            f"<![endif]>{words}<o:p></o:p></p>"
        )

    items = [
        (1, "·", "One"),
        (2, "o", "Within"),
        (2, "o", "Beside"),
        (1, "·", "Two"),
        (1, "1.", "First"),
        (3, "a)", "Deep"),
    ]
    lists = paste(desk, f"<p>Before</p>{''.join(item(*each) for each in items)}<p>After</p>{item(1, '2.', 'Alone')}")
    assert lists.replace(' data-type="decimal"', "") == (
        "<p>Before</p><ul><li><p>One</p><ul><li><p>Within</p></li><li><p>Beside</p></li></ul></li><li><p>Two</p></li></ul>"
        "<ol><li><p>First</p><ol><li><p>Deep</p></li></ol></li></ol><p>After</p><ol><li><p>Alone</p></li></ol>"
    )


def test_a_photo_chosen_within_a_quotation_stands_after_it(desk, live_server):
    photo = PhotoFactory(alt={"fr": "A street"}, title="Street")
    open_sheet(desk, live_server, ArticleFactory(body="<blockquote><p>One.</p><p>Two.</p></blockquote><p>End.</p>"))
    put_cursor(desk, ".ProseMirror blockquote p:first-child")
    desk.get_by_role("button", name="Photo", exact=True).click()
    desk.locator("#photo-dialog [data-photos] label").first.click()
    desk.locator("#photo-dialog").get_by_role("button", name="Choose").click()

    expect(desk.locator(".ProseMirror figure")).to_be_visible()
    body = re.sub(r"<figure.*</figure>", "PHOTO", body_of(desk))
    assert body == "<blockquote><p>One.</p><p>Two.</p></blockquote>PHOTO<p>End.</p>", photo.pk


def test_names_pasted_with_commas_are_tags_of_their_own(desk, live_server):
    desk.goto(f"{live_server}/admin/articles/article/add/")
    entry = desk.locator("#id_tag_entry")
    entry.evaluate("(entry) => { entry.value = 'Phares, Réseaux , Bretagne' }")
    entry.press("Enter")

    expect(desk.locator("ul.tags > li > span")).to_have_text(["Phares", "Réseaux", "Bretagne"])


def test_the_tags_proposed_are_of_the_language_of_the_text(desk, live_server):
    TagFactory(name="Phares"), TagFactory(name="Lighthouses", language="en")
    desk.goto(f"{live_server}/admin/articles/article/add/")

    desk.locator("#id_language").select_option("en")
    desk.locator("#id_tag_entry").focus()

    expect(desk.locator("#tags-known option")).to_have_count(1)
    assert desk.locator("#tags-known option").get_attribute("value") == "Lighthouses"


def test_a_form_open_in_another_tab_keeps_its_words_to_itself(desk, live_server):
    add = f"{live_server}/admin/articles/article/add/"
    desk.goto(add)
    desk.get_by_label("Title", exact=True).fill("Still being typed")
    kept(desk, "Still being typed")
    other = desk.context.new_page()
    other.goto(add)
    expect(other.locator("#counts")).to_contain_text("0 words")
    other.wait_for_function("() => navigator.locks.query().then(({ held }) => held.length === 2)")  # it has looked
    expect(other.locator("#kept")).to_be_hidden()

    desk.close(run_before_unload=False)
    other.reload()

    other.get_by_role("button", name="Bring it back").click()
    expect(other.get_by_label("Title", exact=True)).to_have_value("Still being typed")


def test_what_was_typed_comes_back_after_a_crash(desk, live_server):
    corrections = [{"at": f"2026-11-0{day}T10:00:00+00:00", "text": f"Error {day}."} for day in (1, 2)]
    article = ArticleFactory(title="Stored", body="<p>Stored.</p>", corrections=corrections)
    open_sheet(desk, live_server, article)
    desk.get_by_label("Title", exact=True).fill("Typed")
    desk.get_by_label("Error 1.").check()
    put_cursor(desk, ".ProseMirror p", at_end=True)
    desk.keyboard.type(" More.")
    kept(desk, "Stored. More.")

    desk.on("dialog", lambda dialog: dialog.accept())
    open_sheet(desk, live_server, article)
    desk.get_by_role("button", name="Bring it back").click()

    expect(desk.get_by_label("Title", exact=True)).to_have_value("Typed")
    expect(desk.locator(".ProseMirror")).to_have_text("Stored. More.")
    desk.get_by_role("button", name="Update").first.click()
    expect(desk.locator(".messagelist")).to_contain_text("Saved")
    expect(desk.locator("#kept")).to_be_hidden()
    assert (Article.objects.get().title, Article.objects.get().corrections) == ("Typed", corrections[1:])


def test_a_copy_of_an_older_version_writes_over_nothing(desk, live_server, browser):
    article = ArticleFactory(title="Stored")
    open_sheet(desk, live_server, article)
    desk.get_by_label("Title", exact=True).fill("Typed on the laptop")
    kept(desk, "Typed on the laptop")
    desk.on("dialog", lambda dialog: dialog.accept())
    desk.goto(f"{live_server}/admin/")
    phone = browser.new_context(storage_state={"cookies": desk.context.cookies(), "origins": []}).new_page()
    open_sheet(phone, live_server, article)
    phone.get_by_label("Title", exact=True).fill("Corrected on the phone")
    phone.get_by_role("button", name="Update").first.click()
    expect(phone.locator(".messagelist")).to_contain_text("Saved")
    phone.context.close()

    open_sheet(desk, live_server, article)
    desk.get_by_role("button", name="Bring it back").click()
    desk.get_by_role("button", name="Update").first.click()

    expect(desk.locator(".conflict")).to_contain_text("you, in another tab or on another machine")
    expect(desk.get_by_label("Title", exact=True)).to_have_value("Typed on the laptop")
    assert Article.objects.get().title == "Corrected on the phone"


def test_each_new_article_that_was_left_is_offered_and_none_writes_over_another(desk, live_server):
    add = f"{live_server}/admin/articles/article/add/"
    desk.on("dialog", lambda dialog: dialog.accept())
    title = desk.get_by_label("Title", exact=True)
    for words in ("First left", "Second left"):
        desk.goto(add)
        title.fill(words)
        kept(desk, words)
    desk.goto(add)
    title.fill("Third one")

    for words in ("Second left", "First left"):  # what is offered waits, whatever is typed meanwhile
        desk.get_by_role("button", name="Bring it back").click()
        expect(title).to_have_value(words)
    desk.goto(f"{live_server}/admin/")
    offered = []
    desk.goto(add)
    for _copy in range(3):
        expect(desk.locator("#kept")).to_be_visible()
        offered.append(desk.locator("#kept [data-when]").inner_text())
        desk.get_by_role("button", name="Forget it").click()

    expect(desk.locator("#kept")).to_be_hidden()
    assert len(offered) == 3


def test_a_line_after_a_note_is_no_note(desk, live_server):
    open_sheet(desk, live_server, ArticleFactory(body="<p>Text.</p>"))
    put_cursor(desk, ".ProseMirror p", at_end=True)
    tool(desk, "footnote")
    desk.keyboard.type("A note.")
    desk.keyboard.press("Enter")
    desk.keyboard.type("What follows.")

    expect(desk.locator(".ProseMirror > p").nth(1)).to_have_text("What follows.")
    expect(desk.locator(".ProseMirror small.footnote")).to_have_text(["A note."])


def test_what_is_refused_says_so_in_sight_wherever_the_button_was(desk, live_server):
    desk.set_viewport_size({"width": 390, "height": 844})
    open_sheet(desk, live_server, ArticleFactory(title="Draft", published_at=None, photo=PhotoFactory(alt={})))
    desk.get_by_role("link", name="Publication").click()
    desk.get_by_role("button", name="Publish now").click()

    expect(desk.locator(".errornote")).to_be_in_viewport()


def test_the_oldest_photo_of_a_library_is_chosen_kept_by_the_browser_and_saved(desk, live_server):
    oldest = PhotoFactory(title="The oldest", alt={"en": "A field"})
    picture = {name: getattr(oldest, name) for name in ("original", "width", "height", "digest", "renditions")}
    Photo.objects.bulk_create([Photo(**picture, title=f"Photo {number}") for number in range(60)])
    article = ArticleFactory(title="Stored")
    panel = desk.locator("[data-photo-field]")
    open_sheet(desk, live_server, article)
    desk.get_by_label("Title", exact=True).fill("Typed")
    panel.get_by_role("button", name="Choose a photo").click()
    desk.locator("#photo-search").fill("oldest")
    desk.locator("#photo-dialog [data-photos] label", has_text="The oldest").click()
    desk.locator("#photo-dialog").get_by_role("button", name="Choose", exact=True).click()
    expect(panel.locator("figcaption")).to_have_text("A field")
    kept(desk, f'"photo":"{oldest.pk}"')

    desk.on("dialog", lambda dialog: dialog.accept())
    open_sheet(desk, live_server, article)
    expect(panel.locator("figcaption")).to_have_text("")
    desk.get_by_role("button", name="Bring it back").click()

    expect(panel.locator("figcaption")).to_have_text("A field")
    desk.get_by_role("button", name="Update").first.click()
    expect(desk.locator(".messagelist")).to_contain_text("Saved")
    article.refresh_from_db()
    assert (article.title, article.photo) == ("Typed", oldest)


def test_a_new_article_is_offered_what_was_not_saved_and_nothing_that_was(desk, live_server):
    add = f"{live_server}/admin/articles/article/add/"
    desk.on("dialog", lambda dialog: dialog.accept())
    desk.goto(add)
    desk.get_by_label("Title", exact=True).fill("Saved")
    with desk.expect_popup() as look:
        desk.get_by_role("button", name="Preview").click()
    expect(look.value.get_by_role("heading", name="Saved")).to_be_visible()
    look.value.close()
    expect(desk.locator("#saved-state")).to_have_text("Not saved yet")
    desk.get_by_role("button", name="Save").first.click()
    expect(desk.locator(".messagelist")).to_contain_text("saved")
    desk.goto(add)
    expect(desk.locator("#counts")).to_contain_text("0 words")
    expect(desk.locator("#kept")).to_be_hidden()
    desk.get_by_label("Title", exact=True).fill("Lost")
    kept(desk, "Lost")

    desk.goto(add)
    desk.get_by_role("button", name="Bring it back").click()
    expect(desk.get_by_label("Title", exact=True)).to_have_value("Lost")
    desk.get_by_role("button", name="Save").first.click()
    expect(desk.locator(".messagelist")).to_contain_text("saved")
    desk.goto(add)

    expect(desk.locator("#counts")).to_contain_text("0 words")
    expect(desk.locator("#kept")).to_be_hidden()


def test_a_table_stands_after_the_quotation_and_a_link_ends_where_it_ends(desk, live_server):
    body = '<p><a href="/a/">one</a></p><blockquote><p>Said.</p></blockquote>'
    open_sheet(desk, live_server, ArticleFactory(body=body))
    put_cursor(desk, ".ProseMirror p:has(a)", at_end=True)
    desk.keyboard.type(" two")
    desk.keyboard.press("Control+k")
    desk.locator("#link-url").fill("no address")
    desk.locator("#link-dialog [value=set]").click()
    expect(desk.locator("#link-refused")).to_be_visible()
    desk.keyboard.press("Escape")
    put_cursor(desk, ".ProseMirror blockquote p")
    tool(desk, "table")

    plain = re.sub(r' (target|rel)="[^"]*"', "", body_of(desk))
    assert plain.startswith('<p><a href="/a/">one</a> two</p><blockquote><p>Said.</p></blockquote><table>')


@pytest.mark.way
def test_two_browsers_lose_nothing(desk, live_server, context):
    article = ArticleFactory(title="Common")
    other = context.new_page()
    open_sheet(desk, live_server, article)
    open_sheet(other, live_server, article)
    other.get_by_label("Title", exact=True).fill("Theirs")
    other.get_by_role("button", name="Update").first.click()
    expect(other.locator(".messagelist")).to_contain_text("Saved")

    desk.get_by_label("Title", exact=True).fill("Mine")
    desk.get_by_role("button", name="Update").first.click()
    expect(desk.locator(".conflict")).to_contain_text("you, in another tab or on another machine")
    desk.get_by_role("button", name="Save as chosen").click()
    assert Article.objects.get().title == "Theirs"  # nothing is chosen yet
    desk.get_by_label("Mine", exact=True).check()
    desk.get_by_role("button", name="Save as chosen").click()
    expect(desk.locator(".messagelist")).to_contain_text("Saved")

    assert Article.objects.get().title == "Mine"
    assert [r.content["title"] for r in article.revisions.order_by("version")] == ["Common", "Theirs", "Mine"]
    # What the other did not touch since is no question: it is taken, and shown.
    other.get_by_label("Standfirst", exact=True).fill("Typed by the other.")
    other.get_by_role("button", name="Update").first.click()
    expect(other.locator(".messagelist").first).to_contain_text("Taken over from what was saved meanwhile: title")
    expect(other.get_by_label("Title", exact=True)).to_have_value("Mine")
    now = Article.objects.get()
    assert (now.title, now.standfirst, now.version) == ("Mine", "Typed by the other.", 3)


WRITTEN = "figures => figures.map((figure) => getComputedStyle(figure, '::before').content)"


@pytest.mark.parametrize("ticked", [("Photo 0", "Photo 2"), ("Photo 2", "Photo 0")])
def test_the_picture_ticked_first_is_the_one_before_and_said_to_be(desk, live_server, ticked):
    photos = {f"Photo {number}": PhotoFactory(title=f"Photo {number}", alt={"en": "x"}) for number in range(3)}
    open_sheet(desk, live_server, ArticleFactory(body="<p>Before.</p>"))
    desk.locator(".ProseMirror").click()
    tool(desk, "photo")
    for title in ticked:
        desk.locator("#photo-dialog").get_by_text(title).click()
    desk.get_by_role("button", name="As before and after").click()

    expect(desk.locator(".ProseMirror figure")).to_have_count(2)
    shown = re.findall(r'data-photo="(\d+)"', body_of(desk))
    assert [int(pk) for pk in shown] == [photos[title].pk for title in ticked]
    for language, words in (("fr", ['"Avant"', '"Après"']), ("en", ['"Before"', '"After"'])):
        desk.locator("#id_language").select_option(language)
        assert desk.locator(".ProseMirror figure").evaluate_all(WRITTEN) == words


def test_photos_are_chosen_into_the_text_as_a_gallery(desk, live_server):
    photos = [PhotoFactory(title=f"Photo {number}", alt={"en": "x"}) for number in range(3)]
    open_sheet(desk, live_server, ArticleFactory(body="<p>Before.</p>"))
    desk.locator(".ProseMirror").click()
    tool(desk, "photo")
    desk.locator("#photo-dialog").get_by_text("Photo 0").click()
    desk.locator("#photo-dialog").get_by_text("Photo 2").click()

    desk.get_by_role("button", name="As a gallery").click()

    expect(desk.locator(".ProseMirror figure")).to_have_count(2)
    shown = re.findall(r'data-kind="(\w+)"|data-photo="(\d+)"', body_of(desk))
    assert [kind or int(pk) for kind, pk in shown] == ["gallery", photos[0].pk, photos[2].pk]


def test_the_sheet_saves_without_javascript(browser, live_server):
    UserFactory(username="ada", is_superuser=True, language="en")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server}/admin/login/?next=/admin/articles/article/add/")
    fill_login(page)
    page.get_by_label("Title", exact=True).fill("Plain")
    page.get_by_label("Text", exact=True).fill("<p>By hand.</p>")
    page.get_by_label("Key point 7").fill("Seventh.")
    page.get_by_label("Tags").fill("b, a")

    page.get_by_role("button", name="Publish now").click()

    article = Article.objects.get()
    assert (article.title, article.body, article.key_points) == ("Plain", "<p>By hand.</p>", ["Seventh."])
    assert [tag.name for tag in article.ordered_tags] == ["b", "a"]
    assert article.is_published
    context.close()


def test_a_page_is_looked_at_in_a_tab_of_its_own_before_it_is_saved(desk, live_server):
    page = PageFactory(title="Stored", body="<p>Stored.</p>")
    desk.goto(f"{live_server}/admin/articles/page/{page.pk}/change/")
    desk.get_by_label("Title:", exact=True).fill("Typed")
    put_cursor(desk, ".ProseMirror p", at_end=True)
    desk.keyboard.type(" More.")

    with desk.expect_popup() as look:
        desk.get_by_role("button", name="Preview").click()

    expect(look.value.locator("h1")).to_have_text("Typed")
    expect(look.value.locator(".prose")).to_have_text("Stored. More.")
    page.refresh_from_db()
    assert (page.title, page.body) == ("Stored", "<p>Stored.</p>")


def test_a_portrait_is_chosen_by_looking_at_it(desk, live_server):
    author, photo = AuthorFactory(name="Ada Lovelace"), PhotoFactory(title="Ada")
    desk.goto(f"{live_server}/admin/articles/author/{author.pk}/change/")
    portrait = desk.locator(".field-portrait")
    portrait.get_by_role("button", name="Choose a photo").click()
    desk.locator("#photo-dialog [data-photos] label").first.click()
    desk.locator("#photo-dialog").get_by_role("button", name="Choose").click()
    expect(portrait.locator("img")).to_be_visible()
    desk.get_by_role("button", name="Save", exact=True).click()

    expect(desk.locator(".messagelist")).to_contain_text("Ada Lovelace")
    author.refresh_from_db()
    assert author.portrait == photo


def test_what_was_just_saved_is_what_one_sees_although_the_browser_kept_the_page(desk, live_server):
    article = ArticleFactory(title="Before", body="<p>Text.</p>")
    desk.goto(f"{live_server}{article.get_absolute_url()}")
    open_sheet(desk, live_server, article)
    desk.get_by_label("Title", exact=True).fill("After")
    desk.get_by_role("button", name="Update").first.click()
    desk.locator(".messagelist").get_by_role("link", name="See it").click()

    expect(desk.locator("h1")).to_have_text("After")


def test_a_page_asks_before_readers_see_it_as_an_article_does(desk, live_server):
    desk.goto(f"{live_server}/admin/articles/page/add/")
    desk.locator("[name=title]").fill("Contact")
    desk.locator(".ProseMirror").fill("Write to us.")
    publish = desk.get_by_role("button", name="Publish now")
    dialog = desk.get_by_role("dialog", name="Publish now?")

    publish.click()
    expect(dialog).to_contain_text("/contact/")
    expect(dialog).to_contain_text("readers can open it")
    dialog.get_by_role("button", name="Not yet").click()
    assert [page.state for page in Page.objects.all()] == ["draft"]
    publish.click()
    dialog.get_by_role("button", name="Publish", exact=True).click()

    expect(desk.locator(".state")).to_contain_text("Published on")
    assert [page.state for page in Page.objects.all()] == ["published"]


def test_the_page_of_the_sites_copies_says_when_one_is_there(desk, live_server, tmp_path, settings):
    settings.DATA = tmp_path
    desk.goto(f"{live_server}/admin/backups/")
    desk.get_by_role("button", name="Copy all articles").click()
    expect(desk.locator("#being-made")).to_contain_text("Being made")

    run_pending()

    expect(desk.locator("#being-made")).to_have_text("The copy is there.")
    expect(desk.locator("#copies a")).to_contain_text("All articles")
