"""Commenting, in a real browser: without JavaScript from the form through the mail to the page, and with it in place."""

import pytest
from django.core import mail as outbox
from playwright.sync_api import expect

from comments import intake, rights
from comments.keys import email_key
from comments.models import CommentContact, ReaderComment
from newsroom import jobs
from newsroom.models import OutgoingMail
from tests.comments.desk import QUEUE, user_with
from tests.factories import ArticleFactory, CommentFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def article():
    return ArticleFactory(language="en", slug="story", title="A story")


@pytest.fixture(autouse=True)
def _addresses(settings, live_server):
    settings.SITE_URL = live_server.url


def fill(page, **words):
    for name, value in (
        {"comment": "What I <b>think</b>.", "name": "Zoé", "email": "zoe@secret.example"} | words
    ).items():
        page.fill(f"#comment-form-{name}", value)
    page.click("#comment-form button")


@pytest.mark.way
def test_a_comment_goes_from_the_page_through_the_mail_and_the_desk_to_the_page(
    new_context, live_server, article, mail_server
):
    """All that issue 3 promises in one line: without JavaScript, a real mail server, a moderator with a phone."""
    reader = new_context(java_script_enabled=False).new_page()
    reader.goto(f"{live_server.url}/en/story/")
    reader.check("#comment-form-follows")
    fill(reader)
    assert reader.locator("h1").inner_text() == "Open the message that we sent you"
    assert reader.locator("#own-words").input_value() == "What I <b>think</b>."

    jobs.run_pending()
    [(recipients, message)] = mail_server.accepted
    assert recipients == ["zoe@secret.example"]
    [link] = [line for line in message.get_content().splitlines() if "/confirm/" in line]
    reader.goto(link)
    assert "What I <b>think</b>." in reader.locator("main").inner_text()
    assert not ReaderComment.objects.exists()
    reader.click("main button")
    assert reader.locator("h1").inner_text() == "Thank you: your comment is confirmed"
    reader.goto(f"{live_server.url}/en/story/")
    assert reader.locator(".comment").count() == 0

    phone = new_context(has_touch=True, is_mobile=True).new_page()
    phone.set_viewport_size({"width": 360, "height": 740})
    user_with(group="Moderators", username="mo")
    phone.goto(f"{live_server.url}{QUEUE}")
    phone.fill("[name=username]", "mo")
    phone.fill("[name=password]", "a long password")
    phone.locator("[name=password]").press("Enter")
    case = phone.locator(".case")
    expect(case.locator(".case__text")).to_have_text("What I <b>think</b>.")
    assert "zoe@" not in phone.content()
    assert phone.evaluate("document.documentElement.scrollWidth") == 360
    case.locator("[name=status][value=approved]").tap()
    expect(phone.locator("[data-said]")).to_contain_text("1 comment approved: Zoé")

    reader.reload()
    assert reader.locator(".comment .words").inner_text() == "What I <b>think</b>."
    assert reader.locator("#comments-title").inner_text() == "1 comment"
    assert reader.context.cookies() == []
    assert "secret.example" not in reader.content()


def test_who_erases_her_comment_does_not_see_it_again_on_a_page_that_her_browser_kept(page, live_server, article):
    CommentFactory(article=article, email="zoe@secret.example", approved=True)
    secret = rights.make_own_link(email_key("zoe@secret.example"))
    page.goto(f"{live_server.url}/en/story/")
    assert page.locator(".comment").count() == 1

    page.goto(f"{live_server.url}/en/comments/mine/{secret}/")
    page.click("main article summary")
    page.click("main article button")
    expect(page.locator("[role=status]")).to_contain_text("1 comment was erased.")
    page.goto(f"{live_server.url}/en/story/")

    assert page.locator(".comment").count() == 0


def test_a_refused_form_keeps_every_word(page, live_server, article):
    page.goto(f"{live_server.url}/en/story/")
    page.evaluate("document.getElementById('comment-form').noValidate = true")
    fill(page, name="zoe@secret.example", comment="Long\nwords ☕")

    assert page.locator(".wrong").count() == 1
    assert page.locator("#comment-form-name").get_attribute("aria-invalid") == "true"
    assert page.locator("#comment-form-comment").input_value() == "Long\nwords ☕"
    assert page.locator("#comment-form-email").input_value() == "zoe@secret.example"


def test_an_answer_is_written_where_one_reads(strict, live_server, article):
    first, second = (CommentFactory(article=article, user_name=name, approved=True) for name in ("Ann", "Bob"))
    strict.goto(f"{live_server.url}/en/story/")
    reply = strict.locator(f"#comment-{first.public_id} a.reply")

    reply.click()
    assert strict.evaluate("document.activeElement.id") == "comment-form-comment"
    assert strict.locator(f"#comment-{first.public_id} + #comment-form h3").inner_text() == "Reply to Ann"
    strict.locator(f"#comment-{second.public_id} a.reply").click()
    assert strict.locator(f"#comment-{second.public_id} + #comment-form").count() == 1
    assert strict.url.endswith("/en/story/")
    fill(strict, comment="An answer")

    jobs.run_pending()
    strict.goto(next(line for line in outbox.outbox[0].body.splitlines() if line.startswith("http")))
    strict.click("main button")
    assert ReaderComment.objects.latest("pk").parent_id == second.pk


def test_pressing_reply_again_takes_the_form_back(strict, live_server, article):
    comment = CommentFactory(article=article, approved=True)
    strict.goto(f"{live_server.url}/en/story/")
    reply = strict.locator(f"#comment-{comment.public_id} a.reply")

    reply.click()
    reply.click()

    assert strict.locator("#comment-form").get_attribute("action") == "/en/story/comment/"
    assert strict.locator("#comment-form h3").inner_text() == "Leave a comment"


def test_an_answer_can_be_given_up_and_one_is_back_where_one_was(strict, live_server, article):
    comment = CommentFactory(article=article, approved=True)
    strict.goto(f"{live_server.url}/en/story/")
    cancel = strict.get_by_role("button", name="Cancel")
    assert cancel.count() == 0

    for give_up in (cancel.click, lambda: strict.keyboard.press("Escape")):
        strict.locator(f"#comment-{comment.public_id} a.reply").click()
        strict.fill("#comment-form-comment", "Half a")
        give_up()

        assert strict.locator("#comment-form").get_attribute("action") == "/en/story/comment/"
        assert strict.locator("#comment-form-comment").input_value() == "Half a"
        assert strict.evaluate("document.activeElement.className") == "reply"
        assert cancel.count() == 0


def test_a_refused_form_begins_with_what_is_wrong_without_javascript_too(new_context, live_server, article):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{live_server.url}/en/story/comment/")
    fill(page, email="zoe@localhost")

    assert page.title().startswith("Your comment was not sent")
    assert page.locator(".problem").evaluate("e => e === document.activeElement")
    page.locator(".problem a").click()
    assert page.url.endswith("#comment-form-email")


def test_each_link_below_a_comment_says_whose_it_is(page, live_server, article):
    for name in ("Ann", "Bob"):
        CommentFactory(article=article, user_name=name, approved=True)
    page.goto(f"{live_server.url}/en/story/")

    for name in ("Ann", "Bob"):
        for label in (f"Reply to {name}", f"Link to the comment by {name}", f"Report the comment by {name}"):
            assert page.get_by_role("link", name=label, exact=True).count() == 1


def own_links(article):
    """The pages to which mails lead: to confirm, to one's own comments, to stop the messages."""
    words = {"name": "Zoé", "email": "reader@secret.example", "comment": "Not confirmed " * 20, "follows": True}
    intake.submit(article, None, words, "network")
    confirm = OutgoingMail.objects.get(template="comment_confirm").context["path"].removeprefix("/en/")
    contact = CommentContact.objects.first()
    own = rights.make_own_link(contact.email_key)
    return [confirm, f"comments/mine/{own}/", f"comments/unsubscribe/{contact.unsubscribe_token}/"]


def test_every_page_of_commenting_can_be_used_by_everybody(page, axe, live_server, article):
    root = CommentFactory(article=article, user_name="W" * 50, comment="Long" * 100, approved=True)
    answer = CommentFactory(parent=root, approved=True)
    CommentFactory(parent=answer, comment="https://example.org/" + "a/" * 100, approved=True)
    pages = ["story/", f"story/reply/{root.public_id}/", f"story/report/{root.public_id}/", "comments/mine/"]
    for path in [*pages, *own_links(article), "comments/confirm/wrong/"]:
        page.goto(f"{live_server.url}/en/{path}")
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert axe(page, night=width == 320) == [], (path, width)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
            small = page.evaluate(
                """() => [...document.querySelectorAll('.comments a, .comments button, .comments .tick')]
                .filter(each => each.checkVisibility() && !each.closest('.words, .hint, .problem') && each.getBoundingClientRect().height < 43.5)
                .map(each => each.outerHTML)"""
            )
            assert [each for each in small if 'class="kicker"' not in each and '/story/">' not in each] == [], path


def test_every_page_of_commenting_is_valid_html(client, html_errors, article, tmp_path):
    root = CommentFactory(article=article, comment="See https://example.org/?a=1&b=2\n\nand more", approved=True)
    CommentFactory(parent=root, approved=True)
    wrong = client.post("/en/story/comment/", {"comment": "x"}, headers={"Origin": "http://testserver"})
    paths = {
        "article": "story/",
        "reply": f"story/reply/{root.public_id}/",
        "report": f"story/report/{root.public_id}/",
        "ask": "comments/mine/",
    }
    pages = {name: client.get(f"/en/{path}").content for name, path in paths.items()}

    assert html_errors(pages | {"wrong": wrong.content}, tmp_path) == []
