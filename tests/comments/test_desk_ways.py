"""Where one goes at the moderation desk: lists of one article or person, the next comment, back into the log, unblocking."""

import pytest
from django.urls import reverse
from lxml import html

from comments import decisions, people
from comments.models import BlockRule, CommentContact, ModerationEvent, ReaderComment
from tests.comments.desk import DECIDE, LOG, QUEUE, UNDO, decide, messages, moderator, seen
from tests.factories import ArticleFactory, CommentFactory

pytestmark = pytest.mark.django_db
RULES = "/admin/comments/blockrule/"


def place(comment):
    return f"{QUEUE}{comment.public_id}/"


def names(page):
    return html.fromstring(page.content).xpath("//article[@class='case']//h2/bdi/text()")


def status_of(comment):
    return ReaderComment.objects.get(pk=comment.pk).status


def test_a_row_leads_to_all_of_its_article_and_to_all_of_its_person(client):
    moderator(client)
    article = ArticleFactory(title="The price of grain")
    first = CommentFactory(article=article, user_name="Ann", email="ann@secret.example", approved=True)
    CommentFactory(article=article, user_name="Bob", email="bob@secret.example")
    CommentFactory(user_name="Ann elsewhere", email="ann@secret.example")
    links = html.fromstring(client.get(place(first)).content).xpath("//article[@class='case']/header//a/@href")

    assert set(names(client.get(QUEUE, {"article": article.pk}))) == {"Ann", "Bob"}
    assert set(names(client.get(QUEUE, {"of": first.public_id}))) == {"Ann", "Ann elsewhere"}
    assert names(client.get(QUEUE, {"of": first.public_id, "show": "waiting"})) == ["Ann elsewhere"]
    assert {f"{QUEUE}?article={article.pk}", f"{QUEUE}?of={first.public_id}"} <= set(links)
    page = client.get(QUEUE, {"of": first.public_id})
    assert page.context["back"] == f"of={first.public_id}"
    assert all(f"of={first.public_id}" in tab["url"] for tab in page.context["tabs"])
    assert "ann@secret" not in page.content.decode()


def test_who_is_known_by_no_address_has_nobody_else_s_comments(client):
    moderator(client)
    one, _other = CommentFactory(email=""), CommentFactory(email="")
    CommentContact.objects.create(comment=one, email_key="")

    assert names(client.get(QUEUE, {"of": one.public_id})) == []
    assert f"?of={one.public_id}" not in client.get(place(one)).content.decode()


def test_the_search_finds_the_comments_on_an_article_by_its_title(client):
    moderator(client)
    CommentFactory(article=ArticleFactory(title="Windows 10, le sursis"), user_name="Ann")
    CommentFactory(user_name="Bob")

    assert names(client.get(QUEUE, {"q": "windows"})) == ["Ann"]


def test_after_a_decision_on_its_own_page_the_next_that_waits_is_shown(client):
    moderator(client)
    first, second, third = (CommentFactory(user_name=name) for name in ("Ann", "Bob", "Cleo"))

    page = decide(client, "approved", second, alone=second.public_id)
    assert page.redirect_chain == [(place(third), 302)]
    assert page.context["gesture"]["said"] == "1 comment approved: Bob"
    page = decide(client, "spam", third, alone=third.public_id)
    assert page.redirect_chain == [(place(first), 302)]
    page = client.post(f"{place(first)}answer/", {"answer": "Yes.", "alone": first.public_id}, follow=True)
    assert page.redirect_chain == [(QUEUE, 302)]

    # What waited for nobody is only looked at again.
    page = decide(client, "removed", ReaderComment.objects.get(pk=second.pk), alone=second.public_id)
    assert page.redirect_chain == [(place(second), 302)]
    batch = page.context["gesture"]["batch"]
    page = client.post(UNDO, {"batch": batch, "alone": second.public_id}, follow=True)
    assert (page.redirect_chain, status_of(second)) == ([(place(second), 302)], "approved")
    page = client.post(UNDO, {"batch": batch, "alone": second.public_id}, follow=True)
    assert (page.redirect_chain, len(messages(page))) == ([(place(second), 302)], 1)


def test_what_is_taken_back_in_the_log_leaves_one_in_the_log(client):
    by = moderator(client)
    older, newer = CommentFactory(user_name="Ann"), CommentFactory(user_name="Bob")
    decisions.decide([older.pk], "rejected", by)
    done = decisions.decide([newer.pk], "approved", by)
    form = html.fromstring(client.get(LOG, {"by": by.pk}).content).xpath(f"//form[.//input[@value='{done.batch}']]")[0]

    page = client.post(UNDO, dict(form.form_values()), follow=True)

    assert page.redirect_chain == [(f"{LOG}?by={by.pk}&page=1", 302)]
    assert messages(page) == ["Taken back."]
    # The bar speaks of the last thing done only: of what came before it, the log does.
    assert client.get(QUEUE).context["gesture"] is None


def test_what_is_offered_after_taking_back_is_called_what_came_before(client):
    by = moderator(client)
    for name in ("Ann", "Bob"):
        done = decisions.decide([CommentFactory(user_name=name).pk], "approved", by)

    answer = client.post(UNDO, {"batch": str(done.batch)}, headers={"Accept": "application/json"}).json()

    words = " ".join(html.fromstring(answer["bar"]).text_content().split())
    assert words == "× Taken back. Before that: 1 comment approved: Ann Undo that as well U"


def test_the_news_stands_where_one_comes_back_to(client):
    moderator(client)
    comment = CommentFactory()

    page = client.post(f"{place(comment)}block/", follow=True)

    assert page.redirect_chain[-1][0].endswith("#cases")
    assert "is blocked" in html.fromstring(page.content).xpath("string(//*[@id='cases']//ul[@class='messagelist'])")


def test_a_bar_that_was_closed_stays_closed_until_something_else_is_done(client):
    moderator(client)
    page = decide(client, "approved", CommentFactory())
    batch = str(page.context["gesture"]["batch"])

    assert client.post(reverse("admin:comments_close"), {"batch": batch}).status_code == 204
    assert client.get(QUEUE).context["gesture"] is None
    assert client.get(place(ReaderComment.objects.get())).context["gesture"] is None
    assert batch in client.get(LOG).content.decode()
    assert decide(client, "spam", CommentFactory()).context["gesture"]["said"].startswith("1 comment called spam")


def test_a_block_takes_what_waits_of_that_person_along_and_gives_it_back(client):
    moderator(client)
    first, second = (CommentFactory(user_name=name, email="z@secret.example") for name in ("Zoé", "Zoé again"))
    shown, other = CommentFactory(email="z@secret.example", approved=True), CommentFactory(email="o@secret.example")
    panel = html.fromstring(client.get(place(first)).content).xpath("//form[contains(@action, '/block/')]")[0]
    assert "2 comments of this person wait" in panel.text_content()

    page = client.post(f"{place(first)}block/", {"waiting": "spam", "why": "x"}, follow=True)
    assert [status_of(one) for one in (first, second, shown, other)] == ["spam", "spam", "approved", "pending"]
    assert page.context["gesture"]["said"] == "1 commenter blocked: Zoé"
    client.post(UNDO, {"batch": page.context["gesture"]["batch"]})

    assert [status_of(one) for one in (first, second)] == ["pending", "pending"]
    assert not BlockRule.objects.exists()


def test_a_block_decides_on_nothing_unasked(client):
    moderator(client)
    comment = CommentFactory()

    client.post(f"{place(comment)}block/")

    assert (status_of(comment), BlockRule.objects.count()) == ("pending", 1)


def test_who_is_blocked_is_unblocked_where_it_is_said(client):
    by = moderator(client)
    comment, later = CommentFactory(), CommentFactory(user_name="Same reader")
    CommentContact.objects.filter(comment=comment).update(network_key="n" * 32)
    people.block(comment, by, network=True)
    form = html.fromstring(client.get(place(later)).content).xpath("//form[contains(@action, '/free/')]")[0]

    page = client.post(form.action, dict(form.form_values()), follow=True)

    assert page.redirect_chain == [(place(later), 302)]
    assert messages(page) == ["Same reader is blocked no more."]
    assert not BlockRule.objects.exists()
    assert ModerationEvent.objects.order_by("pk").last().action == "free"
    assert "is not blocked" in messages(client.post(form.action, follow=True))[0]


def test_the_blocklist_names_whom_a_rule_is_about_and_shows_no_hash(client):
    by = moderator(client)
    comment = CommentFactory(user_name="Lecteur 3")
    CommentContact.objects.update(network_key="n" * 32)
    people.block(comment, by, network=True)
    CommentFactory(user_name="Somebody else", email="o@secret.example")
    rules = BlockRule.objects.all()

    shown = html.fromstring(client.get(RULES).content)
    named = shown.xpath("//*[contains(@class, 'field-rule')]//text()")
    assert [" ".join(words.split()) for words in named if words.strip()] == [
        "network: Lecteur 3",
        "commenter: Lecteur 3",
    ]
    assert shown.xpath("//td[contains(@class, 'field-about')]/a/@href") == [place(comment)] * 2
    for path in (RULES, *(f"{RULES}{rule.pk}/{page}/" for rule in rules for page in ("change", "delete"))):
        page = client.get(path).content.decode()
        assert "Lecteur 3" in page, path
        assert not any(rule.value[:8] in page for rule in rules), path
    assert "commenter: Lecteur 3" in client.get(RULES, {"q": "lecteur"}).content.decode()
    assert "Lecteur 3" not in client.get(RULES, {"q": "else"}).content.decode()
    assert not any("Lecteur" in str(rule) for rule in rules)

    decisions.forget([comment.pk])
    page = client.get(RULES).content.decode()
    assert "Lecteur 3" not in page
    assert "commenter: no longer kept" in page


@pytest.mark.parametrize(
    ("show", "offered"),
    [
        ("waiting", ["approved", "rejected", "spam"]),
        ("approved", ["removed", "spam"]),
        ("spam", ["approved", "rejected"]),
        ("removed", ["approved", "spam"]),
    ],
)
def test_a_list_offers_for_many_what_its_comments_offer_one_by_one(client, show, offered):
    moderator(client)
    CommentFactory()

    form = html.fromstring(client.get(QUEUE, {"show": show}).content).get_element_by_id("many")

    assert form.xpath(".//button[@name='status']/@value") == offered
    # The reason is chosen first, and stands first.
    assert next(one.tag for one in form.xpath(".//select | .//button")) == "select"


def test_the_reasons_say_that_they_decide(client):
    moderator(client)
    comment = CommentFactory()
    page = html.fromstring(client.get(place(comment)).content)

    [group] = page.xpath("//*[@role='group'][.//button[@name='reason']]")
    label = page.get_element_by_id(group.get("aria-labelledby"))

    assert label.text_content() == "Or reject it at once, for this reason:"
    assert "visually-hidden" not in label.get("class", "")
    assert client.post(DECIDE, {"comment": seen(comment), "status": "rejected", "reason": "again"}).status_code == 302


def test_a_rule_is_deleted_after_a_question_about_itself_only(client):
    moderator(client)
    rule = BlockRule.objects.create(kind="word", value="casino")

    page = html.fromstring(client.get(f"{RULES}{rule.pk}/delete/").content)

    # The rule is not one of the things that would go with it.
    assert page.xpath("//main//ul[@id='deleted-objects']") == []
    assert "casino" in page.xpath("string(//main)")
    buttons = page.xpath("//div[@class='actions']/*/@class")
    assert buttons == ["button", "button button--quiet"]
    client.post(f"{RULES}{rule.pk}/delete/", {"post": "yes"})
    assert not BlockRule.objects.exists()
