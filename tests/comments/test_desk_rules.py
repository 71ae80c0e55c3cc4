"""Rules of the blocklist and blocked commenters, as the moderation desk shows them; answers to what was decided on."""

import pytest
from django.utils import timezone, translation
from django.utils.formats import date_format
from lxml import html

from comments import decisions, intake, people
from comments.models import BlockRule, CommentContact, ModerationEvent, PendingComment, ReaderComment
from tests.comments.desk import LOG, QUEUE, UNDO, decide, messages, moderator, user_with
from tests.factories import ArticleFactory, CommentFactory

pytestmark = pytest.mark.django_db
RULES = "/admin/comments/blockrule/"


def logged(client):
    """Return the lines of the log, as words without who and when."""
    lines = html.fromstring(client.get(LOG).content).xpath("//ol[@class='lines']/li")
    return [" ".join(" ".join(line.xpath("./span//text() | ./q//text()")).split()) for line in lines]


def links_of(client, path):
    return html.fromstring(client.get(path).content).xpath("//main//a/@href")


def card(client, comment):
    return html.fromstring(client.get(f"{QUEUE}{comment.public_id}/").content).xpath("//article[@class='case']")[0]


def test_every_change_of_a_rule_has_a_line_in_the_log(client):
    by = moderator(client)
    client.post(f"{RULES}add/", {"kind": "word", "value": "Buy | now", "action": "hold"})
    one = BlockRule.objects.get()
    client.post(f"{RULES}{one.pk}/change/", {"kind": "word", "value": "Buy | now", "action": "refuse"})
    client.post(f"{RULES}{one.pk}/delete/", {"post": "yes"})
    client.post(f"{RULES}add/", {"kind": "link", "value": "spam.example", "action": "hold"})
    several = {"action": "delete_selected", "_selected_action": BlockRule.objects.get().pk, "post": "yes"}
    client.post(RULES, several)

    assert logged(client) == [
        "deleted a rule site linked to: spam.example → flag it",
        "added a rule site linked to: spam.example → flag it",
        "deleted a rule word or phrase: buy | now → drop it, without telling",
        "changed a rule word or phrase: buy | now → drop it, without telling",
        "added a rule word or phrase: buy | now → flag it",
    ]
    assert set(ModerationEvent.objects.values_list("actor", flat=True)) == {by.pk}


@pytest.mark.parametrize(
    ("value", "stored", "told"),
    [
        (" Buy  NOW", ["buy now"], "This rule exists already."),
        ("Cafe\u0301", ["café"], "This rule exists already."),
        ("ß" * 101, [], "Ensure this value has at most 200 characters (it has 202)."),
    ],
)
def test_a_rule_is_compared_as_it_is_kept(client, value, stored, told):
    moderator(client)
    for _ in range(2):
        page = client.post(f"{RULES}add/", {"kind": "word", "value": value, "action": "hold"})

    assert list(BlockRule.objects.values_list("value", flat=True)) == stored
    [refused] = html.fromstring(page.content).xpath("//div[@class='errornote']//li")
    assert refused.text_content().endswith(told)


def test_a_rule_on_a_domain_is_seen_only_by_who_may_see_addresses(client):
    client.force_login(user_with("view_contact", group="Moderators"))
    client.post(f"{RULES}add/", {"kind": "domain", "value": "own.example", "action": "hold"})
    rule = BlockRule.objects.get()
    assert f"{RULES}{rule.pk}/change/" in links_of(client, RULES)

    moderator(client)
    assert f"{RULES}{rule.pk}/change/" not in links_of(client, RULES)
    for page in ("change", "delete", "history"):
        shown = client.get(f"{RULES}{rule.pk}/{page}/", follow=True)
        assert "own.example" not in shown.content.decode(), page
    client.post(f"{RULES}{rule.pk}/delete/", {"post": "yes"})

    assert BlockRule.objects.get() == rule
    assert logged(client) == ["added a rule domain of the e-mail address → flag it"]


def test_an_old_reason_that_names_a_domain_does_not_show_it(client):
    moderator(client)
    comment = CommentFactory(hold_reasons=[["domain", "own.example"]])

    assert card(client, comment).xpath(".//li[@class='hot']/text()") == ["writes from a domain on your list"]


def test_a_block_is_taken_back_from_the_bar_and_from_the_log_until_somebody_changes_its_rule(client):
    moderator(client)
    comment = CommentFactory(user_name="Zoé")
    block = f"{QUEUE}{comment.public_id}/block/"

    page = client.post(block, {"why": "x"}, follow=True)

    assert page.context["gesture"]["said"] == "1 commenter blocked: Zoé"
    assert "Zoé is blocked" in messages(page)[0]
    batch = str(page.context["gesture"]["batch"])
    assert html.fromstring(client.get(LOG).content).xpath("//ol//input[@name='batch']/@value") == [batch]
    assert messages(client.post(UNDO, {"batch": batch}, follow=True)) == ["Taken back."]
    assert not BlockRule.objects.exists()
    assert logged(client)[0] == "unblocked the commenter"
    page = client.post(block, {"why": "x"}, follow=True)
    client.post(f"{RULES}{BlockRule.objects.get().pk}/change/", {"action": "refuse", "note": "y"})
    assert client.get(QUEUE).context["gesture"] is None
    client.post(UNDO, {"batch": str(page.context["gesture"]["batch"])})

    assert BlockRule.objects.exists()


def test_who_blocked_the_writer_of_a_comment_is_not_who_decided_on_it(client):
    by = moderator(client, first_name="Ada")
    comment = CommentFactory()
    decisions.decide([comment.pk], "approved", by)

    people.block(comment, user_with(first_name="Noé"))

    assert card(client, comment).xpath("string(.//ul[@class='why'])").strip() == "Approved by Ada, just now"


def test_a_rule_says_how_much_it_has_dropped_and_keeps_nothing_of_who_wrote_it(client):
    moderator(client)
    rule = BlockRule.objects.create(kind="word", value="casino", action="refuse")
    other = BlockRule.objects.create(kind="word", value="poker", action="hold")
    article = ArticleFactory()
    before = {model: model.objects.count() for model in (PendingComment, ReaderComment, CommentContact)}

    for number in range(2):
        words = {"name": "Z", "email": f"z{number}@secret.example", "comment": "Casino, poker", "follows": False}
        intake.submit(article, None, words, "n")

    assert {model: model.objects.count() for model in before} == before
    cells = html.fromstring(client.get(RULES).content).xpath("//td[contains(@class, 'so_far')]/text()")
    with translation.override("en"):
        assert sorted(cells) == ["-", f"2, last on {date_format(timezone.localdate())}"]
    assert "2, last on" in client.get(f"{RULES}{rule.pk}/change/").content.decode()
    assert "last on" not in client.get(f"{RULES}{other.pk}/change/").content.decode()


@pytest.mark.parametrize(
    ("network", "told", "inside", "outside"),
    [
        ("203.0.113.9", "one household", "203.0.113.9", "203.0.113.8"),
        ("203.0.113.77/16", "65,536 addresses", "203.0.200.1", "203.1.0.1"),
        ("2001:db8::/32", "4,294,967,296 households", "2001:db8:ffff::1", "2001:db9::1"),
        ("2001:db8::1/128", "one household", "2001:db8::2", "2001:db8:0:1::1"),
    ],
)
def test_dropping_a_network_says_how_much_it_holds_and_asks_for_a_word_more(client, network, told, inside, outside):
    client.force_login(user_with("view_contact", group="Moderators"))
    rule = {"kind": "network", "value": network, "action": "refuse"}

    asked = client.post(f"{RULES}add/", rule)
    assert told in asked.context["adminform"].form.errors["sure"][0]
    assert (html.fromstring(asked.content).xpath("//input/@name").count("sure"), BlockRule.objects.count()) == (1, 0)
    client.post(f"{RULES}add/", rule | {"sure": "on"})

    article = ArticleFactory()
    for place in (inside, outside):
        words = {"name": "Z", "email": "z@secret.example", "comment": f"From {place}"}
        client.post(f"{article.get_absolute_url()}comment/", words, REMOTE_ADDR=place)
    assert list(PendingComment.objects.values_list("text", flat=True)) == [f"From {outside}"]
    assert BlockRule.objects.get().dropped == 1


@pytest.mark.parametrize("everything", ["0.0.0.0/0", "::/0"])
def test_no_rule_is_on_every_address_there_is(client, everything):
    client.force_login(user_with("view_contact", group="Moderators"))

    page = client.post(f"{RULES}add/", {"kind": "network", "value": everything, "action": "hold", "sure": "on"})

    assert "every address there is" in page.content.decode()
    assert not BlockRule.objects.exists()


def test_a_flagged_network_is_dropped_only_with_a_word_more_and_a_range_is_for_who_may_see_addresses(client):
    client.force_login(user_with("view_contact", group="Moderators"))
    client.post(f"{RULES}add/", {"kind": "network", "value": "203.0.113.0/24", "action": "hold"})
    rule = BlockRule.objects.get()
    change = f"{RULES}{rule.pk}/change/"

    assert "256 addresses" in client.post(change, {"action": "refuse"}).context["adminform"].form.errors["sure"][0]
    client.post(change, {"action": "hold", "note": "only a note"})
    assert BlockRule.objects.get().note == "only a note"
    word = BlockRule.objects.create(kind="word", value="casino", action="refuse")
    asked = client.post(f"{RULES}{word.pk}/change/", {"kind": "network", "value": "203.0.0.0/16", "action": "refuse"})
    assert "65,536 addresses" in asked.context["adminform"].form.errors["sure"][0]
    word.delete()
    client.post(change, {"action": "refuse", "sure": "on"})

    assert BlockRule.objects.get().action == "refuse"
    assert "203.0.113.0/24" in client.get(RULES).content.decode()
    moderator(client)
    assert "203.0.113" not in client.get(RULES).content.decode() + client.get(LOG).content.decode()


def test_a_blocked_commenter_is_called_so_and_the_log_leads_to_the_rule(client):
    by = moderator(client)
    comment, other = CommentFactory(), CommentFactory(email="other@leak.example")
    block = f"{QUEUE}{comment.public_id}/block/"
    assert card(client, comment).xpath(".//form/@action").count(block) == 1

    people.block(comment, by)

    rule = f"{RULES}{BlockRule.objects.get().pk}/change/"
    assert card(client, comment).xpath(".//summary[@class='plain']/text()") == ["Blocked"]
    assert card(client, comment).xpath(f".//a[@href='{rule}']/text()") == ["The rule"]
    assert block not in card(client, comment).xpath(".//form/@action")
    assert card(client, other).xpath(".//form/@action").count(f"{QUEUE}{other.public_id}/block/") == 1
    assert links_of(client, LOG).count(rule) == 1
    BlockRule.objects.all().delete()
    assert card(client, comment).xpath(".//form/@action").count(block) == 1
    assert rule not in links_of(client, LOG)


def test_web_addresses_in_a_comment_are_words_at_the_desk_and_links_on_the_page(client):
    moderator(client)
    long = f"https://casino.example/{'a' * 90}"
    comment = CommentFactory(comment=f"See {long} & <b>", approved=True)

    words = card(client, comment).xpath(".//div[@class='case__text']")[0]

    assert (words.text_content(), words.xpath(".//a")) == (f"See {long} & <b>", [])
    assert f'href="{long}"' in client.get(comment.article.get_absolute_url()).content.decode()


@pytest.mark.parametrize("status", ["spam", "rejected"])
def test_approve_and_publish_the_answer_does_so_with_what_was_decided_on(client, status):
    moderator(client)
    comment = CommentFactory()
    decide(client, status, comment)
    path, typed = f"{QUEUE}{comment.public_id}/answer/", {"answer": "Words"}

    late = client.post(path, typed | {"comment": f"{comment.public_id}:pending"})
    assert (late.status_code, ReaderComment.objects.count()) == (422, 1)
    seen = html.fromstring(late.content).xpath(f"//form[@action='{path}']/input[@name='comment']/@value")
    client.post(path, typed | {"comment": seen})

    assert set(ReaderComment.objects.values_list("status", "is_team")) == {("approved", False), ("approved", True)}


def test_a_decision_beside_a_typed_answer_comes_back_to_the_page_of_the_comment(client):
    moderator(client)
    comment = CommentFactory()

    page = decide(client, "approved", comment, here="on")

    assert page.redirect_chain == [(f"{QUEUE}{comment.public_id}/", 302)]
    assert messages(page) == [f"1 comment approved: {comment.user_name}"]


def test_what_the_site_erases_by_itself_is_said_in_the_language_of_the_desk(client):
    by = moderator(client)
    by.language = "fr"
    by.save()
    decisions.forget([CommentFactory().pk], by, "on the commenter's demand")

    assert "à la demande de l’auteur du commentaire" in logged(client)[0]
    assert not CommentContact.objects.exists()


def test_a_column_of_rules_says_when_in_french(client):
    by = moderator(client)
    by.language = "fr"
    by.save()
    BlockRule.objects.create(kind="word", value="pub")

    heads = html.fromstring(client.get(RULES).content).xpath("//th[contains(@class, 'created_at')]//a/text()")

    assert "Ajoutée le" in [head.strip() for head in heads]


def test_every_list_is_counted_anew_for_the_script_and_the_bar_says_a_thing_once(client):
    moderator(client)
    comment, _other = CommentFactory(user_name="Odile"), CommentFactory()
    posted = {"status": "rejected", "comment": f"{comment.public_id}:pending"}

    answer = client.post(f"{QUEUE}decide/", posted, headers={"Accept": "application/json"}).json()

    counts = {"waiting": 1, "unreported": 1, "reported": 0, "rejected": 1, "spam": 0, "removed": 0}
    assert answer["counts"] == counts
    assert html.fromstring(answer["bar"]).text_content().count("Odile") == 1


def test_who_has_no_address_is_led_to_where_she_gives_one(client):
    moderator(client, email="")

    assert "/admin/account/" in links_of(client, f"{QUEUE}digest/")


@pytest.mark.parametrize("network", ["192.0.2.0/24", "192.0.2.7", "2001:db8::/48"])
def test_a_network_is_no_word(client, network):
    moderator(client)
    address = "/admin/comments/blockrule/add/"

    asked = client.get(address).content.decode()
    refused = client.post(address, {"kind": "word", "value": network, "action": "flag"})

    assert "192.0.2.0/24" not in asked
    assert "This is a network" in refused.content.decode()
    assert not BlockRule.objects.exists()
