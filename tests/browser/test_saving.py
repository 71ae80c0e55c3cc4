"""Nothing typed at the desk is lost, and a save leaves one where one writes: in a real Chromium."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from articles.models import Article, Author, KeptCopy, Page
from newsroom.models import User
from tests.browser.conftest import open_desk
from tests.browser.test_desk import body_of, come_in, fill_login, kept, open_sheet, put_cursor
from tests.factories import ArticleFactory, PageFactory, PhotoFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "".join(f"<p>Paragraph {number}.</p>" for number in range(60))
LEAVE = """() => {
  Object.defineProperty(document, "hidden", { value: true, configurable: true })
  document.dispatchEvent(new Event("visibilitychange"))
}"""
BREAK = "() => { document.querySelector('[data-renew=versions]').replaceWith = () => { throw new Error('broken') } }"
ASKED = "() => { const leave = new Event('beforeunload', { cancelable: true }); dispatchEvent(leave); return leave.defaultPrevented }"


@pytest.fixture
def desk(strict, live_server):
    return come_in(strict, live_server)


def saved_text(desk):
    return desk.locator("#saved-state")


def test_a_save_leaves_the_text_the_caret_and_what_can_be_undone(desk, live_server):
    article = ArticleFactory(title="Long", body=LONG, photo=PhotoFactory())
    open_sheet(desk, live_server, article)
    put_cursor(desk, ".ProseMirror p:nth-of-type(55)", at_end=True)
    desk.keyboard.type(" More.")
    before = desk.evaluate("scrollY")
    assert before > 500

    desk.keyboard.press("Control+s")
    expect(saved_text(desk)).to_contain_text("Saved at")

    assert desk.evaluate("scrollY") == before
    desk.keyboard.type(" And more.")
    article.refresh_from_db()
    assert "<p>Paragraph 54. More.</p>" in article.body
    desk.keyboard.press("Control+s")
    expect(desk.locator("[data-renew=versions]")).to_contain_text("3 versions")
    article.refresh_from_db()
    assert "<p>Paragraph 54. More. And more.</p>" in article.body
    desk.keyboard.press("Control+z")
    assert "And more." not in body_of(desk)
    expect(saved_text(desk)).to_have_text("Not saved yet")
    assert desk.evaluate(ASKED)


def test_a_new_article_is_an_article_after_its_first_save_without_leaving_the_page(desk, live_server):
    desk.goto(f"{live_server}/admin/articles/article/add/")
    desk.get_by_label("Title", exact=True).fill("Newly written")
    desk.keyboard.press("Control+s")
    expect(saved_text(desk)).to_contain_text("Saved at")

    article = Article.objects.get()
    assert desk.url == f"{live_server}/admin/articles/article/{article.pk}/change/"
    expect(desk.get_by_label("Title", exact=True)).to_be_focused()
    expect(desk.locator("#id_slug")).to_have_value("newly-written")
    desk.get_by_label("Title", exact=True).fill("Written twice")
    desk.get_by_role("button", name="Save", exact=True).first.click()
    expect(desk.locator("[data-renew=versions]")).to_contain_text("2 versions")
    assert [(a.title, a.slug, a.version) for a in Article.objects.all()] == [("Written twice", "written-twice", 2)]
    assert not desk.evaluate(ASKED)
    assert desk.evaluate("localStorage.length") == 0
    desk.reload()
    expect(desk.get_by_label("Title", exact=True)).to_have_value("Written twice")


def test_what_is_refused_shows_at_its_field_and_can_be_saved_then(desk, live_server):
    article = ArticleFactory(title="Stored")
    open_sheet(desk, live_server, article)
    title = desk.get_by_label("Title", exact=True)
    title.fill("")
    desk.locator("#id_seo_title").evaluate("(field) => { field.value = 'x'.repeat(300) }")
    desk.get_by_label("Standfirst").fill("Typed.")
    desk.keyboard.press("Control+s")
    expect(desk.locator(".errornote")).to_contain_text("Title")
    expect(desk.get_by_label("Standfirst")).to_have_value("Typed.")
    above, below = desk.locator(".errornote").evaluate(
        """(note) => { const [box, first, last] = [note, note.firstElementChild, note.lastElementChild].map((one) => one.getBoundingClientRect())
        return [first.top - box.top, box.bottom - last.bottom] }"""
    )
    assert abs(above - below) < 4

    checks = desk.locator("[data-renew=checks]")
    expect(checks).to_contain_text("There is no title.")
    expect(title).to_have_attribute("aria-invalid", "true")
    title.fill("Mended")
    assert title.get_attribute("aria-invalid") is None
    expect(checks).not_to_contain_text("There is no title.")
    assert [error.get_attribute("id") for error in desk.locator(".errorlist").all()] == ["id_seo_title_error"]
    expect(desk.locator(".errornote li")).to_have_count(1)
    desk.locator("#id_seo_title").fill("Short")
    expect(desk.locator(".errornote")).to_have_count(0)
    desk.locator("#id_slug").evaluate("(field) => { field.value = '' }")
    desk.evaluate("window.stayed = true")
    desk.keyboard.press("Control+s")
    expect(saved_text(desk)).to_contain_text("Saved at")
    title.fill("Mended twice")
    kept(desk, "Mended twice")
    desk.keyboard.press("Control+s")
    expect(desk.locator("[data-renew=versions]")).to_contain_text("3 versions")
    expect(saved_text(desk)).to_contain_text("Saved at")
    article.refresh_from_db()
    assert (article.title, article.standfirst) == ("Mended twice", "Typed.")
    assert desk.evaluate("window.stayed")
    assert desk.evaluate("localStorage.length") == 0
    assert not desk.evaluate(ASKED)


@pytest.mark.parametrize("kind", ["article", "page"])
def test_what_is_refused_again_and_again_is_sent_once_each_time_and_shown_where_one_writes(desk, live_server, kind):
    thing = ArticleFactory(title="Stored") if kind == "article" else PageFactory(title="Stored")
    desk.goto(f"{live_server}/admin/articles/{kind}/{thing.pk}/change/")
    posts = []
    desk.on("request", lambda request: request.method == "POST" and posts.append(request.resource_type))
    desk.evaluate("window.stayed = true")
    slug, title = desk.locator("#id_slug"), desk.locator("#id_title")
    for length in (300, 301):
        slug.evaluate("(field, length) => { field.value = 'x'.repeat(length) }", length)
        title.fill("")
        desk.keyboard.press("Control+s")
        expect(desk.locator("#id_slug_error")).to_contain_text(str(length))
        expect(desk.locator(".errornote")).to_be_in_viewport()
        expect(saved_text(desk)).to_have_text("Not saved yet")
        assert desk.locator(".errornote, .errorlist, [aria-invalid]").count() == 5
        expect(slug).to_be_visible()
    assert posts == ["fetch", "fetch"]
    assert desk.evaluate(ASKED)

    slug.fill("short")
    title.fill("Mended")
    desk.keyboard.press("Control+s")
    expect(saved_text(desk)).to_contain_text("Saved at")
    expect(desk.locator(".errornote, .errorlist, [aria-invalid], .field--wrong, .errors")).to_have_count(0)
    thing.refresh_from_db()
    assert (thing.title, thing.slug, posts, desk.evaluate("window.stayed")) == ("Mended", "short", ["fetch"] * 3, True)
    assert desk.evaluate("localStorage.length") == 0


def test_what_was_refused_is_saved_without_leaving_the_page_and_nothing_is_called_wrong_then(desk, live_server):
    page = PageFactory(title="About", slug="about")
    ArticleFactory(slug="taken", language=page.language)
    desk.goto(f"{live_server}/admin/articles/page/{page.pk}/change/")
    desk.locator("#id_slug").fill("taken")
    desk.keyboard.press("Control+s")
    expect(desk.locator(".errornote")).to_be_visible()

    Article.objects.update(slug="free")
    desk.evaluate("window.stayed = true")
    desk.keyboard.press("Control+s")

    expect(saved_text(desk)).to_contain_text("Saved at")
    expect(desk.locator(".errornote, .errorlist, [aria-invalid]")).to_have_count(0)
    assert (desk.evaluate("window.stayed"), Page.objects.get().slug) == (True, "taken")
    assert not desk.evaluate(ASKED)


def test_without_an_answer_one_goes_on_writing(desk, live_server, context):
    page = context.new_page()  # not watched: a request that fails is said on the console
    article = ArticleFactory(title="Stored")
    open_sheet(page, live_server, article)
    page.get_by_label("Title", exact=True).fill("Typed")
    page.route("**/change/", lambda route: route.abort())
    page.keyboard.press("Control+s")
    expect(saved_text(page)).to_contain_text("Not saved: no answer")
    assert page.evaluate(ASKED)

    page.unroute("**/change/")
    page.keyboard.press("Control+s")
    expect(saved_text(page)).to_contain_text("Saved at")
    assert Article.objects.get().title == "Typed"

    page.route(
        "**/change/", lambda route: (route.fetch(max_redirects=0), route.abort())
    )  # saved, and nobody hears of it
    page.get_by_label("Title", exact=True).fill("Typed again")
    page.keyboard.press("Control+s")
    expect(saved_text(page)).to_contain_text("Not saved: no answer")
    assert Article.objects.get().title == "Typed again"
    page.get_by_label("Title", exact=True).fill("Typed since")
    kept(page, "Typed since")
    page.unroute("**/change/")
    page.on("dialog", lambda dialog: dialog.accept())
    open_sheet(page, live_server, article)
    page.get_by_role("button", name="Bring it back").click()
    expect(page.get_by_label("Title", exact=True)).to_have_value("Typed since")


def test_what_is_typed_is_kept_on_the_server_and_offered_on_the_phone(desk, live_server, browser):
    article = ArticleFactory(title="Stored", body="<p>Stored.</p>")
    open_sheet(desk, live_server, article)
    put_cursor(desk, ".ProseMirror p", at_end=True)
    desk.keyboard.type(" Typed on the laptop.")
    kept(desk, "Typed on the laptop")
    desk.evaluate(LEAVE)
    expect(saved_text(desk)).to_contain_text("Copy kept at")

    phone = browser.new_context(storage_state={"cookies": desk.context.cookies(), "origins": []}).new_page()
    phone.goto(f"{live_server}/admin/")
    phone.locator(".home").get_by_role("link", name="Stored").first.click()
    phone.get_by_role("button", name="Bring it back").click()
    expect(phone.locator(".ProseMirror")).to_have_text("Stored. Typed on the laptop.")
    assert Article.objects.get().body == "<p>Stored.</p>"
    phone.get_by_role("button", name="Update", exact=True).first.click()
    expect(saved_text(phone)).to_contain_text("Saved at")
    assert Article.objects.get().body == "<p>Stored. Typed on the laptop.</p>"
    assert not KeptCopy.objects.exists()
    phone.context.close()


def test_a_copy_goes_to_the_server_soon_after_a_change(desk, live_server):
    desk.clock.install()
    open_sheet(desk, live_server, ArticleFactory(title="Stored"))
    desk.get_by_label("Title", exact=True).fill("Typed")
    desk.clock.run_for(1000)
    desk.clock.run_for(20_000)

    expect(saved_text(desk)).to_contain_text("Copy kept at")
    assert KeptCopy.objects.get().fields["title"] == "Typed"


def test_what_was_saved_and_translated_is_not_called_unsaved(desk, live_server):
    article = ArticleFactory(title="Stored", published_at=None)
    open_sheet(desk, live_server, article)
    desk.get_by_label("Title", exact=True).fill("Typed")
    kept(desk, "Typed")
    desk.get_by_role("button", name="Save and translate").click()
    expect(desk.locator("#original")).to_be_visible()

    desk.goto(f"{live_server}/admin/")
    expect(desk.locator("#kept-copies")).to_be_hidden()
    assert desk.evaluate("localStorage.length") == 0
    Article.objects.filter(pk=article.pk).update(title="Corrected on the phone")
    open_sheet(desk, live_server, article)
    desk.wait_for_function("() => navigator.locks.query().then(({ held }) => held.length === 1)")  # it has looked
    expect(desk.locator("#kept")).to_be_hidden()


def test_what_was_saved_on_a_way_round_is_not_called_unsaved(desk, live_server):
    title = desk.get_by_label("Title", exact=True)
    save = desk.get_by_role("button", name="Save", exact=True).first
    article = ArticleFactory(title="Stored", body="", published_at=None)
    open_sheet(desk, live_server, article)
    title.fill("Saved, and not published")
    for _time in range(2):
        with desk.expect_event("load"):
            desk.get_by_role("button", name="Publish now").click()
        expect(desk.locator(".errornote")).to_contain_text("There is no text.")
    assert desk.evaluate("localStorage.length") == 0

    desk.goto(f"{live_server}/admin/articles/article/add/")
    title.fill("x" * 201)
    save.click()
    expect(desk.locator(".errornote")).to_be_visible()
    title.fill("New, and mended")
    save.click()
    expect(saved_text(desk)).to_contain_text("Saved at")
    desk.context.clear_cookies(name="sessionid")
    open_desk(desk, live_server, User.objects.get())
    desk.goto(f"{live_server}/admin/")
    expect(desk.locator("#kept-copies")).to_be_hidden()
    assert desk.evaluate("localStorage.length") == 0


def test_a_static_page_is_kept_and_saved_where_one_writes(desk, live_server):
    page = PageFactory(title="About", body=LONG)
    address = f"{live_server}/admin/articles/page/{page.pk}/change/"
    desk.goto(address)
    assert desk.locator(".editor__news").evaluate("(news) => news.offsetHeight") == 0  # over the buttons, empty or not
    desk.locator(".editor__said").evaluate("(said) => { said.textContent = 'Refused.' }")
    buttons = desk.locator(".submit-row").bounding_box()
    news = desk.locator(".editor__news").bounding_box()
    assert news["y"] + news["height"] <= buttons["y"] + 1
    put_cursor(desk, ".ProseMirror p:nth-of-type(55)", at_end=True)
    desk.keyboard.type(" Typed.")
    kept(desk, "Typed.")
    assert desk.evaluate(ASKED)
    desk.on("dialog", lambda dialog: dialog.accept())
    desk.goto(address)
    desk.get_by_role("button", name="Bring it back").click()
    expect(desk.locator(".ProseMirror p").nth(54)).to_have_text("Paragraph 54. Typed.")

    put_cursor(desk, ".ProseMirror p:nth-of-type(55)", at_end=True)
    before = desk.evaluate("scrollY")
    for words in (" Once.", " Twice."):
        desk.keyboard.type(words)
        desk.keyboard.press("Control+s")
        expect(saved_text(desk)).to_contain_text("Saved at")
    assert desk.evaluate("scrollY") == before
    assert "Paragraph 54. Typed. Once. Twice." in Page.objects.get().body
    assert not desk.evaluate(ASKED)
    desk.goto(f"{live_server}/admin/")
    expect(desk.locator("#kept-copies")).to_be_hidden()


def test_no_form_of_the_desk_is_left_unsaved_without_a_question(desk, live_server):
    desk.on("dialog", lambda dialog: dialog.accept())
    author = ArticleFactory().author
    for path in ("newsroom/siteidentity/", "articles/dossier/add/", f"articles/author/{author.pk}/change/"):
        desk.goto(f"{live_server}/admin/{path}")
        assert not desk.evaluate(ASKED), path

        desk.locator("form[id$=_form] input[type=text]:visible").first.fill("Typed here")
        assert desk.evaluate(ASKED), path
    desk.evaluate("scrollTo(0, 300)")
    desk.keyboard.press("Control+s")
    expect(desk.locator(".messagelist")).to_contain_text("Typed here")
    assert Author.objects.filter(name="Typed here").exists()
    desk.wait_for_function("() => scrollY === 300")
    assert not desk.evaluate(ASKED)


def test_a_form_that_is_loaded_anew_is_shown_where_one_typed_or_where_it_was_refused(desk, live_server):
    author = ArticleFactory().author
    desk.goto(f"{live_server}/admin/articles/author/{author.pk}/change/")
    name = desk.locator("#id_name")
    name.fill("Ada Byron")
    name.evaluate("field => field.setSelectionRange(3, 3)")
    desk.keyboard.press("Control+s")
    expect(desk.locator(".messagelist")).to_contain_text("Ada Byron")
    expect(name).to_be_focused()
    desk.keyboard.type("!")
    expect(name).to_have_value("Ada! Byron")

    name.fill("")
    desk.locator("#id_web_since").fill("1999")
    desk.locator("#id_slug").evaluate("field => field.form.noValidate = true")
    desk.keyboard.press("Control+s")
    expect(desk.locator(".errornote")).to_be_visible()
    expect(name).to_be_focused()
    expect(desk.locator("#id_web_since")).to_have_value("1999")


def test_the_checks_of_an_article_follow_a_save_without_leaving_the_page(desk, live_server):
    article = ArticleFactory(title="Short", standfirst="", published_at=None)
    open_sheet(desk, live_server, article)
    checks = desk.locator("[data-renew=checks]")
    expect(checks).to_contain_text("There is no standfirst.")
    expect(checks).not_to_contain_text("will cut the title")
    desk.evaluate("window.stayed = true")

    desk.get_by_label("Standfirst").fill("It begins.")
    desk.get_by_label("Title", exact=True).fill("Long " * 14)
    desk.keyboard.press("Control+s")

    expect(checks).to_contain_text("will cut the title")
    expect(checks).not_to_contain_text("There is no standfirst.")
    assert desk.evaluate("window.stayed")


def test_an_article_is_duplicated_from_its_sheet(desk, live_server):
    article = ArticleFactory(title="Sown", language="en", body="<p>Words.</p>")
    open_sheet(desk, live_server, article)

    desk.get_by_role("button", name="Duplicate this article").click()

    expect(desk.locator(".messagelist")).to_contain_text("This is the copy")
    expect(desk.get_by_label("Title", exact=True)).to_have_value("Sown (copy)")
    copy = Article.objects.exclude(pk=article.pk).get()
    assert desk.url == f"{live_server}/admin/articles/article/{copy.pk}/change/"
    assert (copy.body, copy.published_at) == ("<p>Words.</p>", None)


def test_after_the_session_ended_one_goes_on_writing_and_logs_in_elsewhere_or_later(desk, live_server, context):
    page = context.new_page()  # not watched: a request that is forbidden is said on the console
    photo = PhotoFactory(alt="")
    article = ArticleFactory(title="Stored", published_at=None, photo=photo)
    open_sheet(page, live_server, article)
    title = page.get_by_label("Title", exact=True)
    alt = page.locator(".photo-field .figure__alt")
    title.fill("Typed")
    page.context.clear_cookies()
    alt.locator("textarea").fill("A field")
    expect(alt.locator("small")).to_contain_text("Logged out")
    page.keyboard.press("Control+s")
    link = page.get_by_role("link", name="Logged out: log in again in a new tab")
    expect(link.first).to_be_visible()
    with page.expect_popup() as login:
        link.first.click()
    fill_login(login.value)
    expect(login.value.locator(".desk__tabs")).to_be_visible()
    login.value.close()
    page.keyboard.press("Control+s")
    expect(saved_text(page)).to_contain_text("Saved at")
    expect(alt.locator("small")).to_contain_text("Kept with the photo")
    photo.refresh_from_db()
    assert (Article.objects.get().title, photo.alt) == ("Typed", {"fr": "A field"})

    page.context.clear_cookies(name="sessionid")
    alt.locator("textarea").fill("A field in May")
    expect(alt.locator("small")).to_contain_text("Logged out")
    kept(page, "A field in May")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(page.url)
    fill_login(page)
    page.get_by_role("button", name="Bring it back").click()
    expect(alt.locator("small")).to_contain_text("Kept with the photo")
    photo.refresh_from_db()
    assert photo.alt == {"fr": "A field in May"}


def test_publishing_is_asked_for_once_and_shows_what_will_happen(desk, live_server):
    article = ArticleFactory(title="A draft", published_at=None, standfirst="")
    open_sheet(desk, live_server, article)
    desk.get_by_label("Title", exact=True).fill("A draft, finished")
    desk.get_by_role("button", name="Publish now").click()
    dialog = desk.get_by_role("dialog", name="Publish now?")
    expect(dialog).to_contain_text(f"/{article.slug}/")
    expect(dialog).to_contain_text("There is no standfirst.")
    desk.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    article.refresh_from_db()
    assert (article.title, article.is_published) == ("A draft, finished", False)

    desk.get_by_role("button", name="Publish now").click()
    expect(dialog).to_be_visible()
    desk.keyboard.press("Enter")
    expect(desk.locator(".panel--publish > .state")).to_contain_text("Published on")
    article.refresh_from_db()
    assert article.is_published


def test_a_double_click_is_one_press_and_what_breaks_jams_nothing(desk, live_server, context):
    article = ArticleFactory(title="A draft", published_at=None)
    open_sheet(desk, live_server, article)
    sent = []
    desk.on("request", lambda request: request.method == "POST" and sent.append(request.url))
    desk.get_by_role("button", name="Publish now").dblclick()
    dialog = desk.get_by_role("dialog", name="Publish now?")
    expect(dialog).to_be_visible()
    desk.keyboard.press("Control+s")
    dialog.get_by_role("button", name="Publish").click()
    expect(desk.locator(".panel--publish > .state")).to_contain_text("Published on")
    desk.locator("summary").get_by_text("Unpublish", exact=True).click()
    desk.get_by_role("button", name="Unpublish: make it a draft again").click()
    desk.get_by_role("dialog", name="Unpublish?").get_by_role("button", name="Unpublish").dblclick()
    expect(desk.locator(".panel--publish > .state")).to_have_text("Draft")
    assert [url for url in sent if url.endswith("/change/")] == 3 * [desk.url]

    page = context.new_page()  # not watched: what breaks is said on the console
    open_sheet(page, live_server, article)
    page.evaluate(BREAK)
    page.keyboard.press("Control+s")
    expect(saved_text(page)).to_have_text("Not saved yet")
    page.get_by_label("Title", exact=True).fill("Typed after that")
    kept(page, "Typed after that")
    page.on("dialog", lambda dialog: dialog.accept())
    open_sheet(page, live_server, article)
    page.get_by_role("button", name="Bring it back").click()
    page.evaluate(BREAK)
    for _press in range(2):
        page.keyboard.press("Control+s")
        expect(saved_text(page)).to_have_text("Not saved yet")
    article.refresh_from_db()
    assert (article.title, article.is_published) == ("Typed after that", False)


def test_what_readers_see_is_taken_away_when_one_is_sure_and_what_was_typed_stays(desk, live_server):
    article = ArticleFactory(title="Public", photo=PhotoFactory(), tags=["ia"], key_points=["One."])
    date = article.published_at
    open_sheet(desk, live_server, article)
    desk.get_by_label("Title", exact=True).fill("Typed")
    desk.locator("summary").get_by_text("Unpublish", exact=True).click()
    for answer in ("Cancel", "Unpublish"):
        desk.get_by_role("button", name="Unpublish: make it a draft again").click()
        desk.get_by_role("dialog", name="Unpublish?").get_by_role("button", name=answer).click()
        expect(desk.locator(".panel--publish > .state")).to_contain_text(
            "Draft" if answer == "Unpublish" else "Published"
        )
        expect(desk.get_by_label("Title", exact=True)).to_have_value("Typed")

    desk.locator(".messagelist").get_by_role("button", name="Undo: publish it again").click()
    dialog = desk.get_by_role("dialog", name="Publish again?")
    expect(dialog).to_contain_text("as readers knew it")
    expect(dialog.get_by_text("now: on the front page")).to_be_hidden()
    dialog.get_by_role("button", name="Publish").click()
    expect(desk.locator(".panel--publish > .state")).to_contain_text("Published")
    article.refresh_from_db()
    assert (article.title, article.published_at) == ("Typed", date)

    desk.get_by_role("button", name="put it into the bin").click()
    desk.get_by_role("dialog", name="Put it into the bin?").get_by_role("button", name="Put it into the bin").click()
    desk.locator(".messagelist").get_by_role("button", name="Undo").click()
    expect(desk.locator(".panel--publish > .state")).to_contain_text("Published")
    article.refresh_from_db()
    assert article.published_at == date


def test_what_is_published_at_todays_date_is_said_to_be(desk, live_server):
    article = ArticleFactory(published_at=None, first_published_at=timezone.now() - timedelta(days=9))
    open_sheet(desk, live_server, article)

    desk.get_by_role("button", name="Publish at today").click()

    expect(desk.get_by_role("dialog", name="Publish at today’s date?")).to_contain_text("now: on the front page")


def test_who_saved_a_notable_change_and_touches_nothing_is_not_asked_whether_to_leave(desk, live_server):
    article = ArticleFactory(title="Public")
    open_sheet(desk, live_server, article)
    desk.get_by_label("This change is notable").check()
    desk.get_by_label("What was put right").fill("It was wrong.")
    desk.keyboard.press("Control+s")
    expect(desk.locator("[data-renew=versions]")).to_contain_text("2 versions")

    expect(desk.get_by_label("What was put right")).to_have_value("")
    assert not desk.evaluate(ASKED)
    desk.get_by_label("This change is notable").check()
    assert desk.evaluate(ASKED)
