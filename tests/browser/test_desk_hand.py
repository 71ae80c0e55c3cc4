"""What lies to hand at the desk, in a real Chromium: crops as readers see them, notes as pasted, tools on a phone."""

import re
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from PIL import Image
from playwright.sync_api import expect

from articles.models import Article, Dossier, DossierEntry
from tests.browser.test_desk import PASTE, body_of, desk, kept, open_sheet, paste, put_cursor, tool  # noqa: F401, a fixture
from tests.factories import ArticleFactory, AuthorFactory, AuthorLinkFactory, PhotoFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

BANDS = ((200, 30, 30), (30, 160, 30), (30, 30, 200))
# The colour in the middle of what a picture shows, and whether its frame shows all of its file.
SEEN = """async (image) => {
  await image.decode()
  const canvas = document.createElement("canvas")
  canvas.width = image.naturalWidth
  canvas.height = image.naturalHeight
  const brush = canvas.getContext("2d")
  brush.drawImage(image, 0, 0)
  const [red, green, blue] = brush.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data
  const box = image.getBoundingClientRect()
  return { band: [red, green, blue].indexOf(Math.max(red, green, blue)),
           shape: canvas.width / canvas.height, frame: box.width / box.height }
}"""


def upright():
    """A tall picture of three bands, of which the focal point chooses the highest."""
    picture = Image.new("RGB", (900, 2700))
    for place, colour in enumerate(BANDS):
        picture.paste(colour, (0, place * 900, 900, place * 900 + 900))
    data = BytesIO()
    picture.save(data, "JPEG")
    return PhotoFactory(original=ContentFile(data.getvalue(), "tall.jpg"), focal_x=0.5, focal_y=0.1, alt={"en": "x"})


def test_a_tall_picture_is_cropped_at_the_desk_as_it_is_on_the_page(desk, live_server):  # noqa: F811
    photo = upright()
    author = AuthorFactory(slug="ada", portrait=photo, is_site_author=True)
    article = ArticleFactory(author=author, photo=photo)
    seen = []
    for path, place in (
        (f"/admin/articles/author/{author.pk}/change/", ".field-portrait img"),
        ("/author/ada/", "main .face img"),
        (f"/admin/articles/article/{article.pk}/change/", "[data-photo-field] img"),
        (article.get_absolute_url(), "figure.lead img"),
    ):
        desk.goto(f"{live_server}{path}")
        expect(desk.locator(place).first).to_be_visible()
        seen.append(desk.locator(place).first.evaluate(SEEN))

    assert [one["band"] for one in seen] == [0] * 4
    assert [one["shape"] for one in seen] == pytest.approx([1, 1, 1.5, 1.5], abs=0.02)
    assert [one["frame"] for one in seen] == pytest.approx([one["shape"] for one in seen], abs=0.02)


def test_a_tall_picture_in_the_text_is_at_the_desk_as_it_is_on_the_page(desk, live_server):  # noqa: F811
    photo = upright()
    figure = f'<figure data-photo="{photo.pk}" data-size="{{}}"></figure>'
    body = f"<p>Text</p>{figure.format('text')}{figure.format('full')}"
    article = ArticleFactory(body=f'{body}<div data-kind="gallery">{figure.format("text") * 2}</div>')
    open_sheet(desk, live_server, article)
    pictures = desk.locator(".ProseMirror figure img")
    text = desk.locator(".ProseMirror > p").bounding_box()
    written, seen = [picture.evaluate(SEEN) for picture in pictures.all()], desk.viewport_size

    assert pictures.nth(0).bounding_box()["x"] == text["x"]
    assert pictures.nth(0).bounding_box()["width"] == text["width"]
    assert [one["band"] for one in written] == [1, 1, 0, 0]
    assert [one["shape"] for one in written] == pytest.approx([1 / 3, 1 / 3, 1.5, 1.5], abs=0.02)
    assert pictures.nth(1).bounding_box()["height"] == pytest.approx(0.92 * seen["height"], abs=1)

    desk.goto(f"{live_server}{article.get_absolute_url()}")
    read = [picture.evaluate(SEEN) for picture in desk.locator(".prose figure img").all()]
    for at in (0, 2, 3):
        assert written[at]["frame"] == pytest.approx(read[at]["frame"], abs=0.02)


def test_the_first_page_names_what_was_typed_and_not_saved_and_leads_to_it(desk, live_server):  # noqa: F811
    article = ArticleFactory(title="Stored", body="<p>Stored.</p>")
    desk.on("dialog", lambda dialog: dialog.accept())
    open_sheet(desk, live_server, article)
    put_cursor(desk, ".ProseMirror p", at_end=True)
    desk.keyboard.type(" Typed and left.")
    kept(desk, "Typed and left.")
    desk.goto(f"{live_server}/admin/")

    desk.locator("#kept-copies").get_by_role("link", name="Stored").click()
    desk.get_by_role("button", name="Bring it back").click()

    expect(desk.locator(".ProseMirror")).to_have_text("Stored. Typed and left.")
    assert Article.objects.get().body == "<p>Stored.</p>"


def test_the_tools_of_a_table_come_into_reach_on_a_phone(desk, live_server):  # noqa: F811
    desk.set_viewport_size({"width": 390, "height": 844})
    open_sheet(desk, live_server, ArticleFactory(body="<p>Text.</p>"))
    put_cursor(desk, ".ProseMirror p", at_end=True)
    expect(desk.locator("[data-command=rowAfter]")).to_be_hidden()

    tool(desk, "table")
    expect(desk.locator("[data-command=rowAfter]")).to_be_in_viewport(ratio=1)
    put_cursor(desk, ".ProseMirror tr:nth-child(2) td:first-child p")
    tool(desk, "rowAfter")
    tool(desk, "columnDelete")

    expect(desk.locator(".ProseMirror tr")).to_have_count(4)
    expect(desk.locator(".ProseMirror tr").first.locator("th")).to_have_count(2)
    assert desk.evaluate("document.documentElement.scrollWidth") <= 390
    tool(desk, "tableDelete")
    expect(desk.locator("[data-command=rowAfter]")).to_be_hidden()
    assert body_of(desk).startswith("<p>Text.</p>")


def test_the_address_proposed_while_one_types_is_the_one_that_is_saved(desk, live_server):  # noqa: F811
    for title, address in (
        ("L’argent des œuvres", "l-argent-des-oeuvres"),
        ("L'argent : où va-t-il ?", "l-argent-ou-va-t-il"),
        ("« Été » à Sète…", "ete-a-sete"),
    ):
        desk.goto(f"{live_server}/admin/articles/article/add/")
        desk.get_by_label("Title", exact=True).fill(title)

        expect(desk.locator("#id_slug")).to_have_attribute("placeholder", address)
        desk.get_by_role("button", name="Save").first.click()
        expect(desk.locator(".messagelist")).to_contain_text("saved")
        assert Article.objects.latest("pk").slug == address


WORD = (
    '<p class=MsoNormal>Un mot<a style="mso-footnote-id:ftn1" href="{file}#_ftn1" name="_ftnref1">'
    '<span class=MsoFootnoteReference><span style="mso-special-character:footnote">[1]</span></span></a>, deux'
    '<a href="{file}#_ftn2" name="_ftnref2">[2]</a>.</p>'
    '<div style="mso-element:footnote-list"><![if !supportFootnotes]><br clear=all><hr size=1 width="33%"><![endif]>'
    '<div id=ftn1><p class=MsoFootnoteText><a href="{file}#_ftnref1" name="_ftn1">[1]</a> Une <i>source</i>.</p></div>'
    '<div id=ftn2><p class=MsoFootnoteText><a href="{file}#_ftnref2" name="_ftn2">[2]</a> Autre.</p></div></div>'
)
DOCS = (
    '<p>Un mot<sup><a href="#ftnt1" id="ftnt_ref1">[1]</a></sup>.</p><hr>'
    '<div><p><a href="#ftnt_ref1" id="ftnt1">[1]</a><span>&nbsp;Une &amp; source.</span></p></div>'
)
OFFICE = (
    '<p>Un mot<a class="sdfootnoteanc" name="sdfootnote1anc" href="#sdfootnote1sym"><sup>1</sup></a>.</p>'
    '<div id="sdfootnote1"><p><a class="sdfootnotesym" href="#sdfootnote1anc">1</a>Une source.</p></div>'
)
TWO = '<p>Un mot<small class="footnote">Une <em>source</em>.</small>, deux<small class="footnote">Autre.</small>.</p>'


def test_notes_are_notes_as_soon_as_they_are_pasted(desk, live_server):  # noqa: F811
    open_sheet(desk, live_server, ArticleFactory(body=""))

    for html, body in (
        (WORD.format(file=""), TWO),
        (WORD.format(file="file:///C:/Users/ada/AppData/Local/Temp/msohtmlclip1/01/clip.htm"), TWO),
        (DOCS, '<p>Un mot<small class="footnote">Une &amp; source.</small>.</p>'),
        (OFFICE, '<p>Un mot<small class="footnote">Une source.</small>.</p>'),
        # numbers whose notes stayed behind, and notes whose numbers did
        (
            '<p>Un mot<a href="#_ftn1" name="_ftnref1"><sup>[1]</sup></a>, <a href="https://docs.example/d/x#ftnt2">deux</a>.</p>'
            '<div><p><a href="file:///C:/clip.htm#_ftnref7">[7]</a> Reste.</p></div>',
            '<p>Un mot<sup>[1]</sup>, <a href="https://docs.example/d/x#ftnt2">deux</a>.</p><p>[7] Reste.</p>',
        ),
        # a link of another site
        (
            "<p>Un mot <a href='https://a.example/x#_ftn1'>1</a>.</p>",
            '<p>Un mot <a href="https://a.example/x#_ftn1">1</a>.</p>',
        ),
    ):
        assert paste(desk, html) == body


def test_a_link_to_another_article_is_found_by_its_title(desk, live_server):  # noqa: F811
    ArticleFactory(title="Les phares bretons", slug="phares")
    open_sheet(desk, live_server, ArticleFactory(body="<p>Text</p>"))
    put_cursor(desk, ".ProseMirror p", at_end=True)
    desk.keyboard.press("Shift+Home")
    desk.wait_for_function("() => !document.querySelector('.ProseMirror').editor.state.selection.empty")
    desk.keyboard.press("Control+k")
    desk.locator("#link-url").press_sequentially("phares")
    desk.locator("#link-dialog").get_by_role("button", name="Les phares bretons").click()
    expect(desk.locator("#link-dialog [value=set]")).to_be_focused()
    desk.keyboard.press("Enter")

    expect(desk.locator(".ProseMirror a")).to_have_attribute("href", "/phares/")
    assert re.sub(r' (target|rel)="[^"]*"', "", body_of(desk)) == '<p><a href="/phares/">Text</a></p>'


# As a journalist pasted them in a trial.
GOOGLE_DOCS = (
    '<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1"><p dir="ltr"><span>C’est </span>'
    '<span style="font-weight:700;text-decoration:line-through">faux</span><span>, voir </span>'
    '<a href="https://www.google.com/url?q=https://a.example/%3Fb%3D1&amp;sa=D&amp;source=editors&amp;ust=1">'
    '<span style="text-decoration:underline">un lien</span></a>.</p><br>'
    '<p><span><img src="https://lh7-rt.example/abc" width="300"></span></p><p dir="ltr"><span>Fin</span></p></b>'
)
WORD_TEXT = (
    "<p class=MsoNormal>Avant<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoQuote>Une citation</p>"
    "<p class=MsoQuote>en deux lignes</p><table class=MsoTableGrid><tr><td width=200><p class=MsoNormal>Pays</p></td>"
    "<td><p class=MsoNormal>Part</p></td></tr><tr><td><p>France</p></td><td><p>12 %</p></td></tr></table>"
    "<table><tr><td><p>1</p></td><td><p>2</p></td></tr><tr><td><p>3</p></td><td><p>4</p></td></tr></table>"
)
# Without the mark that Word sets on the sign of an item, as some of its versions leave it out.
UNMARKED = "<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'>{}</p>"
SIGNED = (
    "\n<![if !supportLists]><span style='font-family:Symbol'>·<span>&nbsp;&nbsp; </span></span><![endif]>Une <b>chose</b>",
    "·Autre",
    "<span>o<span>&nbsp;&nbsp; </span></span>Encore",
    "A. Dupont",
    "<span>1.</span><span>&nbsp;&nbsp;</span><em>Premier</em>",
    "(b)&nbsp;&nbsp; Second",
)
CELLS = "<tr><td><p>{}</p></td><td><p>{}</p></td></tr>"


def test_what_a_word_processor_says_with_styles_keeps_its_meaning(desk, live_server):  # noqa: F811
    open_sheet(desk, live_server, ArticleFactory(body=""))

    assert paste(desk, GOOGLE_DOCS) == (
        '<p>C’est <strong><s>faux</s></strong>, voir <a href="https://a.example/?b=1">un lien</a>.</p><p>Fin</p>'
    )
    assert paste(desk, WORD_TEXT) == (
        "<p>Avant</p><blockquote><p>Une citation</p><p>en deux lignes</p></blockquote><table><tbody>"
        '<tr><th scope="col"><p>Pays</p></th><th scope="col"><p>Part</p></th></tr>'
        f"{CELLS.format('France', '12 %')}</tbody></table>"
        f"<table><tbody>{CELLS.format(1, 2)}{CELLS.format(3, 4)}</tbody></table>"
    )


def test_an_item_of_word_has_one_sign(desk, live_server):  # noqa: F811
    open_sheet(desk, live_server, ArticleFactory(body=""))

    lists = paste(desk, "".join(map(UNMARKED.format, SIGNED)))

    assert lists.replace(' data-type="decimal"', "") == (
        "<ul><li><p>Une <strong>chose</strong></p></li><li><p>Autre</p></li><li><p>Encore</p></li>"
        "<li><p>A. Dupont</p></li></ul><ol><li><p><em>Premier</em></p></li><li><p>Second</p></li></ol>"
    )


def test_what_one_sees_on_a_photo_is_written_where_it_stands_in_the_language_of_the_text(desk, live_server):  # noqa: F811
    photo = PhotoFactory(alt={"en": "A field"}, title="field")
    figure = f'<figure data-photo="{photo.pk}" data-size="text"></figure>'
    open_sheet(desk, live_server, ArticleFactory(body=f"<p>Text</p>{figure}{figure}", language="fr"))
    lines = desk.locator(".ProseMirror .figure__alt textarea")
    expect(lines).to_have_count(2)
    assert [line.input_value() for line in lines.all()] == ["", ""]

    lines.first.click()
    desk.keyboard.type("Un champ au soleil")
    expect(desk.locator(".ProseMirror .figure__alt small").first).to_have_text("Kept with the photo.")

    expect(lines.nth(1)).to_have_value("Un champ au soleil")
    photo.refresh_from_db()
    assert photo.alt == {"en": "A field", "fr": "Un champ au soleil"}
    assert desk.locator("#saved-state").inner_text() == ""
    assert "soleil" not in body_of(desk)
    desk.get_by_label("Language").select_option("en")
    expect(lines.first).to_have_value("A field")


def test_what_is_refused_is_said_in_sight_in_a_long_text_and_can_be_put_away(desk, live_server):  # noqa: F811
    open_sheet(desk, live_server, ArticleFactory(body="<p>Text</p>" * 60))
    desk.locator(".ProseMirror p").first.click()

    desk.evaluate(PASTE, ['<p>Words <img src="https://other.example/x.png"></p>'])

    expect(desk.locator(".editor__said")).to_contain_text("Pictures of other sites were left out")
    expect(desk.locator(".editor__said")).to_be_in_viewport(ratio=1)
    desk.get_by_role("button", name="Close").click()
    expect(desk.locator(".editor__said")).to_be_empty()
    expect(desk.locator(".editor__news button")).to_be_hidden()


def test_an_address_alone_on_its_line_says_what_readers_see(desk, live_server):  # noqa: F811
    open_sheet(desk, live_server, ArticleFactory(body="<p>Text</p>"))
    put_cursor(desk, ".ProseMirror p", at_end=True)
    desk.keyboard.press("Enter")
    desk.keyboard.type("https://www.youtube.com/watch?v=dQw4w9WgXcQ")
    desk.keyboard.press("Enter")
    desk.keyboard.type("https://example.org/page")

    expect(desk.locator(".ProseMirror p").nth(1)).to_have_attribute(
        "data-becomes", re.compile("YouTube: readers see a")
    )
    expect(desk.locator(".ProseMirror [data-becomes]")).to_have_count(1)
    desk.get_by_role("button", name="Update").first.click()
    expect(desk.locator(".messagelist")).to_contain_text("Saved")
    expect(desk.locator(".ProseMirror p").nth(1)).to_have_attribute("data-becomes", re.compile("YouTube"))
    assert "becomes" not in Article.objects.get().body
    desk.goto(f"{live_server}{Article.objects.get().get_absolute_url()}")
    expect(desk.locator("[data-player]")).to_be_visible()


def test_a_link_typed_as_markdown_is_one_and_only_a_link_can_be_removed(desk, live_server):  # noqa: F811
    open_sheet(desk, live_server, ArticleFactory(body=""))
    desk.locator(".ProseMirror").click()
    desk.keyboard.type("Voir [la page](https://a.example/b) et [rien] (puis) [cela](pas une adresse) [mot](a b).")

    expect(desk.locator(".ProseMirror a")).to_have_text(["la page"])
    assert re.sub(r' (target|rel)="[^"]*"', "", body_of(desk)) == (
        '<p>Voir <a href="https://a.example/b">la page</a> et [rien] (puis) [cela](pas une adresse) [mot](a b).</p>'
    )
    desk.keyboard.press("Control+k")
    expect(desk.locator("#link-dialog [value=set]")).to_be_visible()
    expect(desk.locator("#link-dialog [value=remove]")).to_be_hidden()
    desk.keyboard.press("Escape")
    # The editor takes the keyboard back, and its cursor, in the next frame.
    desk.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(desk.locator(".ProseMirror")).to_be_focused()
    desk.locator(".ProseMirror a").click()
    expect(desk.locator("[data-command=link]")).to_have_attribute("aria-pressed", "true")
    desk.keyboard.press("Control+k")
    desk.locator("#link-dialog [value=remove]").click()
    expect(desk.locator(".ProseMirror a")).to_have_count(0)


def test_the_note_that_is_about_to_be_typed_shows(desk, live_server):  # noqa: F811
    open_sheet(desk, live_server, ArticleFactory(body="<p>Text</p>"))
    put_cursor(desk, ".ProseMirror p", at_end=True)

    tool(desk, "footnote")
    expect(desk.locator(".ProseMirror .note-to-come")).to_have_text("Text of the note")
    desk.keyboard.type("Ici.")

    expect(desk.locator(".ProseMirror .note-to-come")).to_have_count(0)
    assert body_of(desk) == '<p>Text<small class="footnote">Ici.</small></p>'


def test_a_line_that_goes_on_on_a_phone_says_so_until_its_end(desk, live_server):  # noqa: F811
    desk.set_viewport_size({"width": 390, "height": 844})
    open_sheet(desk, live_server, ArticleFactory(body="<p>Text.</p>"))
    hidden = "rgba(0, 0, 0, 0)"
    for line in (".tools", ".desk__tabs"):
        shown = f"getComputedStyle(document.querySelector('{line}'), '::after').color"

        assert desk.evaluate(shown) != hidden
        desk.locator(line).evaluate("(line) => line.scrollTo(line.scrollWidth, 0)")
        desk.wait_for_function(f"() => {shown} === '{hidden}'")
    assert desk.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("kind", ["dossier", "author"])
def test_rows_are_put_up_and_down_without_a_number(desk, live_server, kind):  # noqa: F811
    if kind == "dossier":
        thing = Dossier.objects.create(title="Sea", slug="sea", language="en")
        for number, title in enumerate(["One", "Two", "Three"], 1):
            DossierEntry.objects.create(
                dossier=thing, position=number, article=ArticleFactory(title=title, language="en")
            )
        order = lambda: [entry.article.title for entry in thing.entries.all()]  # noqa: E731
    else:
        thing = AuthorFactory(is_site_author=True)
        for number, label in enumerate(["One", "Two", "Three"]):
            AuthorLinkFactory(author=thing, purpose="support", service="other", position=number, label={"en": label})
        AuthorLinkFactory(author=thing, purpose="follow", service="other", position=0, label={"en": "Elsewhere"})
        order = lambda: [str(link.label) for link in thing.links.filter(purpose="support")]  # noqa: E731
    desk.goto(f"{live_server}/admin/articles/{kind}/{thing.pk}/change/")

    expect(desk.locator(".field-position input:visible")).to_have_count(1 if kind == "dossier" else 0)
    rows = desk.locator(".inline-related.has_original")
    rows.filter(has_text="Three").get_by_role("button", name="Put up").click()
    rows.filter(has_text="Three").get_by_role("button", name="Put up").click()
    rows.filter(has_text="Three").get_by_role("button", name="Put up").click()
    rows.filter(has_text="One").get_by_role("button", name="Put down").click()
    desk.get_by_role("button", name="Save", exact=True).click()

    expect(desk.locator(".messagelist")).to_contain_text("success")
    assert order() == ["Three", "Two", "One"]


def test_the_link_to_a_draft_is_copied(desk, live_server, context):  # noqa: F811
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    desk.goto(f"{live_server}/admin/articles/article/add/")
    desk.get_by_label("Title", exact=True).fill("A draft")
    desk.get_by_role("button", name="Save").first.click()
    expect(desk.locator(".messagelist")).to_contain_text("saved")

    desk.get_by_role("button", name="Copy the link").click()

    expect(desk.get_by_role("button", name="Copied.")).to_be_visible()
    address = desk.evaluate("navigator.clipboard.readText()")
    assert address == desk.locator("#draft-link").evaluate("(link) => link.href")
    assert address.startswith(f"{live_server}/")


def test_on_a_phone_a_way_to_the_filters_stands_above_the_list(desk, live_server):  # noqa: F811
    for _number in range(12):
        ArticleFactory()
    desk.set_viewport_size({"width": 390, "height": 844})
    desk.goto(f"{live_server}/admin/articles/article/")
    expect(desk.locator("#changelist-filter")).not_to_be_in_viewport()

    desk.get_by_role("link", name="Filter this list").click()

    expect(desk.locator("#changelist-filter h2")).to_be_in_viewport()
    desk.set_viewport_size({"width": 1280, "height": 844})
    expect(desk.get_by_role("link", name="Filter this list")).to_be_hidden()
