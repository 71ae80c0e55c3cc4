"""Moderating, in a real browser: with the keyboard, with a thumb on a phone, without JavaScript."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import expect

from comments import decisions
from comments.models import ModerationEvent, ReaderComment, Report
from newsroom.models import User
from tests.browser.conftest import open_desk
from tests.comments.desk import QUEUE, user_with
from tests.factories import ArticleFactory, CommentFactory

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 360, "height": 740}
NAMES = ("Ann", "Bob", "Cleo", "Dan", "Eve")


@pytest.fixture
def waiting():
    article = ArticleFactory(language="en", title="A story with a title that takes more than one line of a phone")
    visible = CommentFactory(article=article, approved=True, user_name="Zoé", comment="What about rain?")
    comments = [
        CommentFactory(
            parent=visible if name == "Bob" else None,
            article=article,
            user_name=name,
            comment=f"{name} says what takes a few lines on a narrow screen, and names https://example.org/{'a' * 90}",
            email=f"{name}@secret.example",
            hold_reasons=[["links", 2], ["capitals", True]] if name == "Cleo" else [],
        )
        for name in NAMES
    ]
    return {comment.user_name: comment for comment in comments}


def come_in(page, live_server, again=False):
    """Open the queue as a moderator who is logged in; with `again`, as the same one."""
    who = User.objects.get(username="mo") if again else user_with(group="Moderators", username="mo", first_name="Mo")
    open_desk(page, live_server, who)
    page.goto(f"{live_server}{QUEUE}")
    return page


@pytest.fixture
def desk(strict, live_server, waiting):
    return come_in(strict, live_server)


@pytest.fixture
def phone(new_context, live_server, waiting):
    page = new_context(has_touch=True, is_mobile=True).new_page()
    page.set_viewport_size(PHONE)
    return come_in(page, live_server)


def status_of(comment):
    return ReaderComment.objects.get(pk=comment.pk).status


def current(page):
    return page.locator(".case[aria-current] h2").inner_text()


def focused(page):
    return page.evaluate("document.activeElement.closest('.case')?.querySelector('h2').innerText")


def said(page, words):
    expect(page.locator("[data-said]")).to_contain_text(words)


def test_one_decides_with_the_keyboard_and_never_leaves_the_page(desk, waiting):
    pages = []
    desk.on("framenavigated", lambda frame: pages.append(frame.url))
    assert current(desk) == "Ann"

    desk.keyboard.press("a")
    said(desk, "1 comment approved: Ann")
    assert focused(desk) == "Bob"
    desk.keyboard.press("j")
    desk.keyboard.press("s")
    said(desk, "1 comment called spam: Cleo")
    assert focused(desk) == "Dan"
    desk.keyboard.press("k")
    assert focused(desk) == "Bob"
    desk.keyboard.press("r")
    desk.keyboard.press("2")
    said(desk, "1 comment rejected: Bob")
    expect(desk.locator(".desk__tabs .count")).to_have_text("2")

    assert {name: status_of(waiting[name]) for name in NAMES} == {
        "Ann": "approved", "Bob": "rejected", "Cleo": "spam", "Dan": "pending", "Eve": "pending",
    }  # fmt: skip
    assert ModerationEvent.objects.get(to_status="rejected").reason == "insult"
    assert pages == []


def test_u_takes_back_one_after_the_other_and_the_focus_goes_there(desk, waiting):
    desk.keyboard.press("a")
    desk.keyboard.press("s")
    # Not waited for: what is taken back is the last one, though its answer is still on the way.
    desk.keyboard.press("u")
    said(desk, "Taken back")
    expect(desk.locator(".case h2")).to_have_text(["Bob", "Cleo", "Dan", "Eve"])
    assert focused(desk) == "Bob"
    desk.keyboard.press("u")

    expect(desk.locator(".case h2")).to_have_text(list(NAMES))
    assert focused(desk) == "Ann"
    assert {status_of(comment) for comment in waiting.values()} == {"pending"}
    expect(desk.locator("[data-undo]")).to_have_count(0)


def test_one_answers_selects_and_asks_for_help_with_the_keyboard(desk, waiting):
    desk.keyboard.press("e")
    desk.keyboard.type("Thanks, a j k and s.")
    desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    said(desk, "Your answer to Ann is published.")
    assert status_of(waiting["Ann"]) == "approved"
    assert ReaderComment.objects.get(is_team=True).comment == "Thanks, a j k and s."

    for key in "xjxjr":
        desk.keyboard.press(key)
    desk.keyboard.press("Escape")
    assert focused(desk) == "Dan"
    assert desk.locator("[data-selected]").inner_text() == "2"
    desk.locator("#many").get_by_role("button", name="Spam").click()
    said(desk, "2 comments called spam")
    assert focused(desk) == "Dan"

    desk.keyboard.press("?")
    expect(desk.get_by_role("dialog")).to_be_visible()
    desk.get_by_label("Use these keys on this device").uncheck()
    desk.keyboard.press("Escape")
    desk.keyboard.press("a")
    desk.reload()
    desk.locator(".case__pick input").first.focus()
    desk.keyboard.press("a")
    desk.locator(".case").first.get_by_role("button", name="Spam").click()  # decisions go one after the other
    said(desk, "1 comment called spam: Dan")

    assert [status_of(waiting[name]) for name in ("Bob", "Cleo", "Dan")] == ["spam", "spam", "spam"]


def test_what_a_colleague_decided_first_is_told_and_stays(desk, waiting):
    decisions.decide([waiting["Ann"].pk], "rejected", user_with(first_name="Noé", username="noe"))

    desk.keyboard.press("a")

    said(desk, "Noé had decided on Ann’s comment already, just now: Rejected.")
    assert status_of(waiting["Ann"]) == "rejected"
    assert focused(desk) == "Bob"


def test_an_answer_that_cannot_be_published_any_more_is_kept(page, live_server, waiting):
    come_in(page, live_server)
    decisions.decide([waiting["Ann"].pk], "rejected", user_with(username="noe"))

    page.keyboard.press("e")
    page.keyboard.type("My words.")
    page.get_by_role("button", name="publish the answer").first.click()

    expect(page.locator(".errornote")).to_contain_text("approve that first")
    assert page.locator("textarea").input_value() == "My words."


def test_a_failing_site_loses_nothing(page, live_server, waiting):
    # Before the page is there: one that is loaded already takes notice of it only some time later.
    page.route("**/decide/", lambda route: route.abort())
    come_in(page, live_server)

    page.keyboard.press("a")

    said(page, "The site did not answer.")
    assert focused(page) == "Ann"
    expect(page.locator(".case:visible")).to_have_count(5)
    page.unroute("**/decide/")
    page.keyboard.press("a")
    said(page, "1 comment approved: Ann")


def test_the_list_fills_up_by_itself(desk, live_server, waiting):
    for number in range(30):
        CommentFactory(user_name=f"Reader {number}", article=waiting["Ann"].article)
    desk.goto(f"{live_server}{QUEUE}")

    for number in range(14):
        desk.keyboard.press("a")
        expect(desk.locator("[data-count=waiting]")).to_have_text(str(34 - number))

    # 20 at first; with 7 left the page fetched what waits by then.
    expect(desk.locator(".case:visible")).to_have_count(19)
    assert focused(desk) == "Reader 9"


def test_one_moderates_with_a_thumb_on_a_narrow_phone(phone, waiting, axe):
    Report.objects.create(comment=ReaderComment.objects.get(user_name="Zoé"), reason="false", network_key="a")
    phone.reload()
    assert phone.evaluate("document.documentElement.scrollWidth") == 360
    small = phone.evaluate(
        """[...document.querySelectorAll("#queue :is(button, summary, select, input:not([type=hidden], [type=checkbox])), .case__pick, .tick")]
        .filter((one) => one.checkVisibility()).map((one) => [one.innerText, one.getBoundingClientRect()])
        .filter(([, box]) => box.height < 44 || box.width < 44).map(([text, box]) => `${text} ${box.width} ${box.height}`)"""
    )
    assert small == []
    assert current(phone) == "Zoé"

    case = phone.locator(".case[aria-current]")
    case.get_by_role("button", name="Keep").tap()
    said(phone, "1 comment kept: Zoé")
    case.locator("[name=status][value=approved]").tap()
    said(phone, "1 comment approved: Ann")
    case.locator("summary", has_text="Reject").tap()
    case.get_by_label("Why, in your words").fill("I know her")
    assert phone.evaluate("document.documentElement.scrollWidth") == 360
    case.get_by_role("button", name="Reject").tap()
    said(phone, "1 comment rejected: Bob")
    phone.locator(".case__pick").nth(1).tap()
    expect(phone.locator("#many")).to_be_visible()
    assert axe(phone) == []
    phone.locator("#many").get_by_role("button", name="Approve").tap()
    said(phone, "1 comment approved: Dan")
    phone.get_by_role("button", name="Undo").tap()
    said(phone, "Taken back")

    assert {name: status_of(waiting[name]) for name in NAMES} == {
        "Ann": "approved", "Bob": "rejected", "Cleo": "pending", "Dan": "pending", "Eve": "pending",
    }  # fmt: skip
    assert ModerationEvent.objects.get(to_status="rejected").reason == "I know her"
    assert re.search("[?&]", phone.url) is None


@pytest.mark.parametrize("gone", [settings.SESSION_COOKIE_NAME, re.compile(".*")])
def test_a_typed_answer_outlives_a_reload_the_end_of_the_session_and_a_login(page, live_server, waiting, gone):
    come_in(page, live_server)
    answers = page.locator("textarea[name=answer]")
    page.keyboard.press("e")
    page.keyboard.type("My words.")
    page.reload()
    assert answers.first.input_value() == "My words."

    page.context.clear_cookies(name=gone)
    page.get_by_role("button", name="publish the answer").first.click()
    said(page, "You are logged out")
    assert answers.first.input_value() == "My words."
    log_in = page.locator("[data-said] a")
    assert log_in.get_attribute("href") == f"/admin/login/?next={QUEUE}"
    log_in.click()
    page.wait_for_url("**/admin/login/**")
    come_in(page, live_server, again=True)
    assert answers.first.input_value() == "My words."
    page.get_by_role("button", name="publish the answer").first.click()
    said(page, "Your answer to Ann is published.")
    page.goto(f"{live_server}{QUEUE}{waiting['Ann'].public_id}/")

    assert answers.first.input_value() == ""
    assert ReaderComment.objects.get(is_team=True).comment == "My words."


def test_an_answer_typed_on_the_page_of_a_comment_outlives_its_approval_until_it_is_published(
    page, live_server, waiting
):
    come_in(page, live_server)
    place = f"{live_server}{QUEUE}{waiting['Ann'].public_id}/"
    page.goto(place)
    page.locator("summary", has_text="Reply").click()
    page.locator("textarea").fill("My words.")
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.locator(".messagelist")).to_contain_text("1 comment approved: Ann")

    assert page.url == place
    assert page.locator("textarea").input_value() == "My words."
    page.get_by_role("button", name="Publish the answer").click()
    expect(page.locator(".messagelist")).to_contain_text("Your answer to Ann is published.")
    page.goto(place)
    assert page.locator("textarea").input_value() == ""


def test_what_the_author_writes_below_an_article_outlives_a_reload_until_it_is_published(page, live_server, waiting):
    come_in(page, live_server)
    page.goto(f"{live_server}{QUEUE}write/")
    page.locator("textarea").fill("A word of mine")
    page.reload()
    assert page.locator("textarea").input_value() == "A word of mine"
    page.locator("select").select_option(index=1)
    page.get_by_role("button", name="Publish").click()
    expect(page.locator(".messagelist")).to_contain_text("is published")
    page.goto(f"{live_server}{QUEUE}write/")

    assert page.locator("textarea").input_value() == ""


def test_the_numbers_of_all_lists_follow_and_the_bar_says_a_thing_once_and_closes(phone, waiting):
    phone.locator(".case[aria-current] [name=status][value=approved]").tap()
    said(phone, "1 comment approved: Ann")

    counts = {name: phone.locator(f"[data-count={name}]").inner_text() for name in ("waiting", "reported", "spam")}
    assert counts == {"waiting": "4", "reported": "0", "spam": "0"}
    assert phone.locator("[data-said]").inner_text().count("Ann") == 1
    phone.locator("[data-said]").get_by_role("button", name="Close").tap()
    expect(phone.locator("[data-said] *")).to_have_count(0)


@pytest.mark.parametrize("size", [PHONE, {"width": 1280, "height": 500}])
def test_what_the_bars_at_the_foot_say_hides_no_comment_and_nothing_that_has_the_focus(
    page, live_server, waiting, size
):
    page.set_viewport_size(size)
    come_in(page, live_server)
    page.locator(".case[aria-current] [name=status][value=approved]").click()
    said(page, "1 comment approved: Ann")
    page.locator(".case__pick input").nth(1).check()
    foot = page.locator(".queue__foot")
    expect(page.locator("#many")).to_be_visible()
    page.wait_for_function(
        "() => document.documentElement.style.getPropertyValue('--foot') === `${document.querySelector('.queue__foot').offsetHeight}px`"
    )
    top = foot.bounding_box()["y"]

    assert top + foot.bounding_box()["height"] == size["height"]
    page.locator("#search").focus()
    seen = []
    while not seen or seen[-1]:
        page.keyboard.press("Tab")
        case, box = page.evaluate(
            "[document.activeElement.closest('.case')?.id, document.activeElement.getBoundingClientRect()]"
        )
        assert not case or (box["top"] + min(box["height"], 44) <= top + 1), (case, box)
        seen.append(case or len(seen) < 30)
    assert len({case for case in seen if isinstance(case, str)}) == len(waiting) - 1
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    last = page.locator(".case:visible").last.bounding_box()
    assert last["y"] + last["height"] <= top


def test_after_a_decision_on_a_phone_the_next_comment_has_all_its_buttons_above_the_bar(page, live_server, waiting):
    ReaderComment.objects.filter(user_name="Zoé").update(comment="What about rain? " * 60)
    page.set_viewport_size({"width": 390, "height": 664})
    come_in(page, live_server)
    page.locator(".case[aria-current] [name=status][value=approved]").click()
    said(page, "1 comment approved: Ann")

    assert current(page) == "Bob"
    bar = page.locator("[data-said]").bounding_box()
    buttons = page.locator(".case[aria-current] .case__actions").bounding_box()
    assert (buttons["y"] + buttons["height"] < bar["y"], bar["height"] < 50) == (True, True)


def test_tabs_that_go_on_are_faded_at_the_edge_and_no_button_breaks_a_word(page, live_server, waiting):
    page.set_viewport_size(PHONE)
    come_in(page, live_server)
    edge = page.locator(".queue__tabs").evaluate(
        """(tabs) => { const style = getComputedStyle(tabs, "::after"); return [tabs.scrollWidth > tabs.clientWidth, style.content, style.backgroundImage.slice(0, 15), style.position] }"""
    )
    assert edge == [True, '""', "linear-gradient", "sticky"]

    buttons = page.locator(".case__actions").first.locator(
        ":scope > form:not(.panel__form) > button, :scope > .panel > summary"
    )
    assert [button.inner_text() for button in buttons.all()] == ["Approve", "Reply", "Reject", "Spam", "Block"]
    lines = "(one) => { const words = document.createRange(); words.selectNodeContents(one.firstChild); return words.getClientRects().length }"
    assert [button.evaluate(lines) for button in buttons.all()] == [1] * 5


@pytest.mark.parametrize("width", [360, 1280])
def test_no_button_moves_while_another_shows_what_it_holds(page, live_server, waiting, width):
    come_in(page, live_server)
    page.set_viewport_size({"width": width, "height": 740})
    actions = page.locator(".case").first.locator(".case__actions")
    panels = actions.locator(".panel > summary").all()

    def places():
        return actions.evaluate(
            """(all) => [...all.querySelectorAll(":scope > form:not(.panel__form) > button, :scope > .panel > summary")].map((one) => {
                const [box, origin] = [one.getBoundingClientRect(), all.getBoundingClientRect()]
                return [one.innerText, box.x - origin.x, box.y - origin.y, box.width, box.height]
            })"""
        )

    before = places()
    assert (len(before), len(panels)) == (5, 3)
    for panel in panels:
        panel.click()
        form = panel.locator("xpath=../following-sibling::form[1]")
        assert places() == before
        assert form.bounding_box()["y"] > max(one.bounding_box()["y"] for one in panels)
        assert form.bounding_box()["width"] == actions.bounding_box()["width"]
        panel.click()
        expect(form).to_be_hidden()


def test_all_of_it_works_without_javascript(new_context, live_server, waiting):
    page = new_context(java_script_enabled=False).new_page()
    page.set_viewport_size(PHONE)
    come_in(page, live_server)

    page.locator(".case").nth(0).locator("[name=status][value=approved]").click()
    expect(page.locator(".said")).to_contain_text("1 comment approved: Ann")
    page.locator(".case").nth(0).locator("summary", has_text="Reject").click()
    page.locator(".case").nth(0).get_by_role("button", name="Off topic").click()
    expect(page.locator(".said")).to_contain_text("1 comment rejected: Bob")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".case h2")).to_have_text(["Bob", "Cleo", "Dan", "Eve"])
    for number in (0, 1):
        page.locator(".case__pick").nth(number).click()
    page.locator("#many").get_by_role("button", name="Spam").click()
    expect(page.locator(".case h2")).to_have_text(["Dan", "Eve"])
    page.locator(".case").nth(0).locator("summary", has_text="Reply").click()
    page.locator(".case").nth(0).locator("textarea").fill("Thank you.")
    page.locator(".case").nth(0).get_by_role("button", name="publish the answer").click()
    expect(page.locator(".messagelist")).to_contain_text("Your answer to Dan is published.")

    assert [status_of(waiting[name]) for name in NAMES] == ["approved", "spam", "spam", "approved", "pending"]


def test_no_page_of_the_desk_has_barriers(page, live_server, waiting, axe):
    desk = come_in(page, live_server)
    decisions.decide([waiting["Eve"].pk], "rejected", user_with(first_name="Noé", username="noe"), "insult: no")
    desk.keyboard.press("a")
    said(desk, "approved")
    desk.keyboard.press("r")
    desk.keyboard.press("Escape")
    for panel in desk.locator(".panel > summary").all()[:4]:
        panel.click()
    assert axe(desk) == []
    case = f"{waiting['Bob'].public_id}/"
    for path in (f"{QUEUE}{page}" for page in ("?show=rejected", "?q=nothing", "log/", "write/", "digest/", case)):
        desk.goto(f"{live_server}{path}")
        assert axe(desk) == [], path
    desk.goto(f"{live_server}{QUEUE}")
    desk.keyboard.press("?")
    assert axe(desk) == []


def test_a_and_s_decide_on_what_is_selected_and_b_leads_to_its_bar(desk, waiting):
    for key in "xjjx":
        desk.keyboard.press(key)
    desk.keyboard.press("b")
    assert desk.evaluate("document.activeElement.closest('#many') !== null")
    desk.keyboard.press("Escape")
    assert focused(desk) == "Cleo"
    desk.keyboard.press("s")
    said(desk, "2 comments called spam")
    for key in "xkx":
        desk.keyboard.press(key)
    desk.keyboard.press("a")
    said(desk, "2 comments approved")

    assert {name: status_of(waiting[name]) for name in NAMES} == {
        "Ann": "spam", "Bob": "approved", "Cleo": "spam", "Dan": "approved", "Eve": "pending",
    }  # fmt: skip


def test_one_panel_is_open_at_a_time_and_in_sight(phone, waiting):
    case = phone.locator(".case").first
    for name in ("Reject", "Block"):
        case.locator("summary", has_text=name).tap()
        panel = case.locator(".panel[open] + .panel__form")
        expect(panel).to_have_count(1)
        expect(panel.locator("button").last).to_be_in_viewport()


def test_keys_work_on_a_comments_own_page_and_the_next_one_follows(page, live_server, waiting):
    come_in(page, live_server)
    page.goto(f"{live_server}{QUEUE}{waiting['Ann'].public_id}/")
    page.keyboard.press("a")
    page.wait_for_url(f"**{QUEUE}{waiting['Bob'].public_id}/")
    page.keyboard.press("r")
    page.keyboard.press("2")
    page.wait_for_url(f"**{QUEUE}{waiting['Cleo'].public_id}/")
    page.keyboard.press("u")
    page.wait_for_url(f"**{QUEUE}{waiting['Bob'].public_id}/")
    page.get_by_role("button", name="Shortcuts").click()
    expect(page.get_by_role("dialog")).to_be_visible()

    assert [status_of(waiting[name]) for name in NAMES[:3]] == ["approved", "pending", "pending"]


def test_a_closed_bar_is_closed_after_a_reload(desk, waiting):
    desk.keyboard.press("a")
    said(desk, "1 comment approved: Ann")
    with desk.expect_response("**/close/"):
        desk.get_by_role("button", name="Close", exact=True).last.click()
    desk.reload()

    expect(desk.locator("[data-undo]")).to_have_count(0)
