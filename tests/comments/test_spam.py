"""What makes a comment worth a second look, said in words."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from comments import intake, spam
from comments.keys import email_key, text_key
from comments.models import BlockRule, PendingComment
from newsroom.models import OutgoingMail
from tests.factories import ArticleFactory, CommentFactory

pytestmark = pytest.mark.django_db


def look(text="What I think of it.", name="Zoé", email="zoe@mail.example", network="n", silent=False):
    return spam.look(
        spam.Submission(
            name=name, email=email, email_key=email_key(email), text=text, text_key=text_key(text),
            network_key=network, silent=silent,
        )
    )  # fmt: skip


def test_a_rule_holds_for_the_next_comment_and_no_longer_than_it_stands(
    settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.PAGE_STORE = tmp_path / "pages"
    assert look("casino") == ([], [])

    with django_capture_on_commit_callbacks(execute=True):
        BlockRule.objects.create(kind="word", value="casino")
    assert look("casino") == ([["word", "casino"]], [])

    with django_capture_on_commit_callbacks(execute=True):
        BlockRule.objects.all().delete()
    assert look("casino") == ([], [])


def test_an_ordinary_comment_has_nothing_against_it():
    assert look("J’ai lu https://a.example/ : très juste ! Ça m’a plu, NASA comprise.") == ([], [])


@pytest.mark.parametrize(
    ("what", "reasons"),
    [
        ({"text": "http://a.example https://b.example"}, ["2 links"]),
        ({"text": "www.a.example b.example/x"}, ["2 links"]),
        ({"email": "x@YOPMAIL.com"}, ["writes from a throw-away address"]),
        ({"email": "x@sub.mailinator.com"}, ["writes from a throw-away address"]),
        ({"text": "Buy vi\u0430gra"}, ["mixes alphabets within a word"]),
        ({"name": "Cl\u0430ire"}, ["mixes alphabets within a word"]),
        ({"text": "Привет, hello, Γειά"}, []),
        ({"text": "I SAY THIS IN CAPITALS, ALL OF IT"}, ["is written in capitals"]),
        ({"text": "OK"}, []),
        ({"silent": True}, ["was sent by a program, or by a browser that hides where it comes from"]),
    ],
)
def test_a_reason_is_said_in_words(what, reasons):
    found, refuse = look(**what)

    with translation.override("en"):
        assert (spam.in_words(found), refuse) == (reasons, [])


@pytest.mark.parametrize(
    ("rule", "what", "words"),
    [
        (("word", "Casino"), {"text": "best CASINO here"}, "contains “casino”"),
        (("word", "ass"), {"text": "passage"}, None),
        (("word", "buy now"), {"name": "Buy Now"}, "contains “buy now”"),
        (("word", "buy now"), {"text": "Buy\u00a0\nNOW!"}, "contains “buy now”"),
        (("word", "(.*"), {"text": "a (.* b"}, "contains “(.*”"),
        (("link", "bad.example"), {"text": "http://www.BAD.example/x"}, "links to bad.example"),
        (("link", "bad.example"), {"text": "http://notbad.example/x"}, None),
        (("link", "bad.example"), {"text": "Go to bad.example/x"}, "links to bad.example"),
        (("link", "bad.example"), {"text": "Go to www.Bad.example."}, "links to bad.example"),
        (("link", "bad.example"), {"name": "www.bad.example"}, "links to bad.example"),
        (("link", "bad.example"), {"text": "notbad.example/x"}, None),
        (("domain", "Bad.example"), {"email": "x@mail.BAD.example"}, "writes from a domain on your list"),
        (("domain", "bad.example"), {"email": "x@notbad.example"}, None),
        (("domain", "exämple.org"), {"email": "x@xn--exmple-cua.org"}, "writes from a domain on your list"),
        (("link", "xn--exmple-cua.org"), {"text": "https://www.exämple.org/x"}, "links to xn--exmple-cua.org"),
        (("person", email_key("Ann@bad.example")), {"email": "ann@BAD.example"}, "comes from a commenter on your list"),
        (("network", "n1"), {"network": "n1"}, "comes from a network on your list"),
        (("network", "n1"), {"network": "n2"}, None),
    ],
)
@pytest.mark.parametrize("action", ["hold", "refuse"])
def test_moderators_rules_hold_or_refuse(rule, what, words, action):
    BlockRule.objects.create(kind=rule[0], value=rule[1], action=action)

    reasons, refuse = look(**what)

    with translation.override("en"):
        assert spam.in_words(reasons) == ([words] if words else [])
    assert bool(refuse) is (bool(words) and action == "refuse")


def test_the_same_words_again_are_noticed_however_they_are_dressed():
    CommentFactory(comment="Great post, visit me!")

    assert look("  GREAT post... visit  me ")[0] == [["repeated", True]]
    assert look("Great post, visit us!")[0] == []


@pytest.mark.parametrize(
    ("network", "minutes", "said"),
    [("n", 9, ["4 comments from one network within ten minutes"]), ("n", 11, []), ("other", 9, [])],
)
def test_many_comments_from_one_network_in_a_short_time_are_noticed_confirmed_or_not(network, minutes, said):
    article = ArticleFactory()
    for number in range(3):
        words = {"name": "Zoé", "email": f"zoe{number}@mail.example", "comment": f"Word {number}", "follows": False}
        intake.submit(article, None, words, "n")
    path = OutgoingMail.objects.first().context["path"]
    intake.confirm(path.rstrip("/").rpartition("/")[2])
    PendingComment.objects.update(created_at=timezone.now() - timedelta(minutes=minutes))

    with translation.override("en"):
        assert spam.in_words(look(network=network)[0]) == said


def test_what_a_rule_on_a_person_keeps_is_no_address():
    rule = BlockRule.objects.create(kind="person", value=email_key("ann@secret.example"))

    assert "ann" not in f"{rule.value} {rule}"


@pytest.mark.parametrize(
    "text", ["http://[bad", "http://[::1", "https://", "http://" + "a" * 600, "\u202e" * 100, "🦄" * 5000]
)
def test_odd_text_is_looked_at_without_an_error(text):
    BlockRule.objects.create(kind="link", value="bad.example")

    assert look(text)[1] == []
