"""What a person may ask for, and what goes without being asked."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone
from lxml import html

from articles.models import Article
from comments import decisions, intake, notices, people, rights
from comments.keys import email_key
from comments.models import CommentContact, OwnLink, PendingComment, ReaderComment, Report
from newsroom.models import OutgoingMail
from tests.factories import ArticleFactory, CommentFactory

pytestmark = pytest.mark.django_db
ANN = "ann@secret.example"
ORIGIN = {"Origin": "http://testserver"}


@pytest.fixture
def article():
    return ArticleFactory(language="en", slug="story")


def run(command, *args):
    out = StringIO()
    call_command(command, *args, stdout=out)
    return out.getvalue()


def write_unconfirmed(article, email=ANN, text="Unconfirmed words"):
    intake.submit(article, None, {"name": "Ann", "email": email, "comment": text, "follows": False}, "network")


def own_link(client):
    client.post("/en/comments/mine/", {"email": ANN}, headers=ORIGIN)
    return OutgoingMail.objects.get(template="comment_mine").context["path"]


def test_an_export_holds_everything_of_one_address_and_nothing_of_others(article):
    mine = [
        CommentFactory(article=article, email=address, comment=f"Mine {n}")
        for n, address in enumerate((ANN, ANN.upper()))
    ]
    decisions.decide([mine[0].pk], "approved", None)
    CommentFactory(article=article, email="bob@secret.example", comment="Others")
    write_unconfirmed(article)
    write_unconfirmed(article, "bob@secret.example", "Others")

    data = json.loads(run("export_commenter", ANN))

    assert [(row["text"], row["status"]) for row in data["comments"]] == [("Mine 1", "pending"), ("Mine 0", "approved")]
    assert {row["email"].lower() for row in data["comments"]} == {ANN}
    assert [(row["text"], row["email"]) for row in data["unconfirmed"]] == [("Unconfirmed words", ANN)]
    assert "Others" not in json.dumps(data)


def test_an_export_tells_of_the_rule_that_was_made_on_her_and_of_no_other(article):
    comments = [CommentFactory(article=article, email=address) for address in (ANN, "bob@secret.example")]
    for comment, why in zip(comments, ("Off topic", "Others"), strict=True):
        people.block(comment, None, why)

    assert [(rule["action"], rule["note"]) for rule in rights.export(email_key(ANN))["rules"]] == [
        ("refuse", "Off topic")
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_an_export_costs_the_same_for_any_number(article, django_assert_num_queries, count):
    for _ in range(count):
        comment = CommentFactory(article=article, email=ANN)
        Report.objects.create(comment=comment, reason="spam", network_key="a")
        write_unconfirmed(article, text=f"Words {_}")

    # Whose comments, the comments, the reports on them, what is not confirmed, the rules.
    with django_assert_num_queries(5):
        data = rights.export(email_key(ANN))

    assert [row["reports"] for row in data["comments"]] == [["spam"]] * count
    assert len(data["unconfirmed"]) == count


def test_erasure_leaves_neither_address_nor_name_nor_words_and_corrects_the_count(article):
    root = CommentFactory(article=article, email=ANN, user_name="Ann-Name", comment="ANN-WORDS", approved=True)
    answer = CommentFactory(parent=root, email="bob@secret.example", approved=True)
    CommentFactory(article=article, email=ANN, user_name="Ann-Name", comment="ANN-WORDS", approved=True)
    write_unconfirmed(article)

    assert run("erase_commenter", ANN) == "Comments erased: 2.\n"

    assert Article.objects.get().comment_count == 1
    assert list(ReaderComment.objects.order_by("pk").values_list("user_name", "status")) == [
        ("", "removed"),
        (answer.user_name, "approved"),
    ]
    left = "".join(
        str(list(model.objects.values())) for model in (ReaderComment, CommentContact, PendingComment, OutgoingMail)
    )
    assert not {part for part in (ANN, "Ann-Name", "ANN-WORDS", email_key(ANN)) if part in left}
    assert "bob@secret.example" in left


def test_a_link_sent_before_erasure_brings_nothing_back(client, article):
    write_unconfirmed(article)
    path = OutgoingMail.objects.get().context["path"]
    run("erase_commenter", ANN)

    assert client.post(path).status_code == 404
    assert not ReaderComment.objects.exists()


def test_every_address_gets_the_same_answer_and_only_a_known_one_a_mail(client, article):
    CommentFactory(article=article, email=ANN)

    known = client.post("/en/comments/mine/", {"email": ANN}, headers=ORIGIN)
    unknown = client.post("/en/comments/mine/", {"email": "nobody@secret.example"}, headers=ORIGIN)

    assert known.content == unknown.content
    assert list(OutgoingMail.objects.values_list("recipient", flat=True)) == [ANN]
    assert client.post("/en/comments/mine/", {"email": "wrong"}, headers=ORIGIN).status_code == 422


def test_a_reader_sees_takes_and_erases_her_own_comments(client, article):
    mine = [CommentFactory(article=article, email=ANN, comment=f"Mine {n}", approved=True) for n in range(2)]
    other = CommentFactory(article=article, email="bob@secret.example", comment="Others", approved=True)
    path = own_link(client)

    html = client.get(path).content.decode()
    assert ("Mine 0" in html, "Mine 1" in html, "Others" in html, ANN in html) == (True, True, False, False)
    export = client.post(path, {"do": "export"})
    assert [row["text"] for row in export.json()["comments"]] == ["Mine 1", "Mine 0"]
    client.post(path, {"do": "erase", "comment": other.public_id})
    client.post(path, {"do": "erase", "comment": mine[0].public_id})
    assert list(ReaderComment.objects.order_by("pk")) == [mine[1], other]
    client.post(path, {"do": "erase"})

    assert list(ReaderComment.objects.all()) == [other]


def test_a_reader_sees_takes_and_erases_what_she_has_not_confirmed(client, article):
    for text in ("Mine 0", "Mine 1"):
        write_unconfirmed(article, text=text)
    write_unconfirmed(article, "bob@secret.example", "Others")
    other = PendingComment.objects.get(text="Others")
    path = own_link(client)

    html = client.get(path).content.decode()
    assert ("Mine 0" in html, "Mine 1" in html, "Others" in html, ANN in html) == (True, True, False, False)
    assert [row["text"] for row in client.post(path, {"do": "export"}).json()["unconfirmed"]] == ["Mine 1", "Mine 0"]
    for number in (other.pk, PendingComment.objects.get(text="Mine 0").pk, "x", "9" * 30):
        assert client.post(path, {"do": "erase", "unconfirmed": number}).status_code == 200

    assert list(PendingComment.objects.order_by("pk").values_list("text", flat=True)) == ["Mine 1", "Others"]


def test_a_reader_stops_all_messages_about_answers_to_her(client, article):
    for email in (ANN, "bob@secret.example"):
        CommentFactory(article=article, email=email, follows=True)
        write_unconfirmed(article, email, "Waits")
    PendingComment.objects.update(follows=True)
    path, button = own_link(client), 'value="quiet"'
    assert button in client.get(path).content.decode()

    said = client.post(path, {"do": "quiet"}).content.decode()

    assert "You will get no more messages about answers." in said
    assert button not in said
    assert [row.email for row in CommentContact.objects.filter(follows=True)] == ["bob@secret.example"]
    assert [row.email for row in PendingComment.objects.filter(follows=True)] == ["bob@secret.example"]


def test_erasing_asks_first_and_is_not_offered_where_nothing_is_kept(client, article):
    comment = CommentFactory(article=article, email=ANN)
    write_unconfirmed(article)
    path = own_link(client)

    def erasers(response):
        page = html.fromstring(response.content.decode())
        buttons = page.xpath("//button[@name='do'][@value='erase']")
        return [button.xpath("string(ancestor::details/summary)") for button in buttons]

    assert erasers(client.get(path)) == ["Erase this comment", "Erase this comment", "Erase everything"]
    client.post(path, {"do": "erase", "unconfirmed": PendingComment.objects.get().pk})
    assert erasers(client.post(path, {"do": "erase", "comment": comment.public_id})) == []


def test_an_address_that_lacks_is_asked_for_in_words_of_this_page(client):
    page = html.fromstring(client.post("/en/comments/mine/", {"email": ""}, headers=ORIGIN).content.decode())

    assert page.xpath("string(//*[@id='id_email_error'])") == (
        "Give the address with which you commented: the link is sent there."
    )
    assert page.xpath("string(//p[@role='alert'])") == "The link was not sent"


def test_the_page_of_a_confirmed_comment_has_its_own_title_and_leads_to_ones_own_comments(client, article):
    write_unconfirmed(article)
    path = OutgoingMail.objects.get(template="comment_confirm").context["path"]

    def read(response):
        page = html.fromstring(response.content.decode())
        return page.xpath("substring-before(//title, ' – ')"), page.xpath("count(//a[@href='/en/comments/mine/'])")

    assert read(client.get(path)) == ("Confirm your comment", 0)
    assert read(client.post(path)) == ("Thank you: your comment is confirmed", 1)
    assert read(client.post(path)) == ("This comment is already confirmed", 1)


def test_who_erases_a_comment_does_not_find_it_in_her_own_browser(client, article):
    comment = CommentFactory(article=article, email=ANN, approved=True)
    path = own_link(client)
    assert "Clear-Site-Data" not in client.get(path).headers

    response = client.post(path, {"do": "erase", "comment": comment.public_id})

    assert response.headers["Clear-Site-Data"] == '"cache"'
    assert "for a minute more" in response.content.decode()


def test_the_link_to_an_erased_comment_says_so_and_leads_to_the_article(client, article):
    comment = CommentFactory(article=article, email=ANN, approved=True)
    CommentFactory(parent=comment, approved=True)
    link = f"/en/story/comment/{comment.public_id}/"
    assert client.get(link).status_code == 302
    rights.erase(email_key(ANN))

    response = client.get(link)

    root = html.document_fromstring(response.content)
    assert (response.status_code, root.findtext(".//h1")) == (404, "This comment is no longer here")
    assert root.xpath("//main//a[@class='button button--quiet']/@href") == ["/en/story/#comments"]
    assert "This comment is no longer here." in client.get("/en/story/").content.decode()


def test_nothing_kept_is_nothing_to_download(client, article):
    CommentFactory(article=article, email=ANN)
    path = own_link(client)
    assert b'value="export"' in client.get(path).content

    assert b'value="export"' not in client.post(path, {"do": "erase"}).content


def test_what_was_erased_before_is_not_counted(client, article):
    comment = CommentFactory(article=article, email=ANN)
    path = own_link(client)

    def said(**posted):
        return " ".join(client.post(path, {"do": "erase"} | posted).content.decode().split())

    assert "1 comment was erased." in said(comment=comment.public_id)
    assert "This comment was erased before." in said(comment=comment.public_id)
    assert "This comment was erased before." in said(comment="a\0b")
    assert "Nothing is kept of you here any more." in said()


def test_a_link_to_ones_own_comments_dies_after_a_day_and_is_kept_by_nobody(client, article):
    CommentFactory(article=article, email=ANN)
    path = own_link(client)

    response = client.get(path)
    assert "no-store" in response.headers["Cache-Control"]
    assert (response.headers["Referrer-Policy"], response.headers["X-Robots-Tag"]) == ("no-referrer", "noindex")
    OwnLink.objects.update(created_at=timezone.now() - timedelta(hours=24, seconds=1))

    assert client.get(path).status_code == 404
    assert client.post(path, {"do": "erase"}).status_code == 404
    assert ReaderComment.objects.exists()


def test_unsubscribing_stops_one_article_for_one_address(client, article):
    here = [CommentFactory(article=article, email=ANN, follows=True) for _ in range(2)]
    elsewhere = CommentFactory(email=ANN, follows=True)
    another = CommentFactory(article=article, email="bob@secret.example", follows=True)
    token = CommentContact.objects.get(comment=here[0]).unsubscribe_token
    path = f"/en/comments/unsubscribe/{token}/"

    asked = client.get(path)
    assert CommentContact.objects.filter(follows=True).count() == 4
    assert "no-store" in asked.headers["Cache-Control"]
    assert (asked.headers["Referrer-Policy"], asked.headers["X-Robots-Tag"]) == ("no-referrer", "noindex")
    assert b"<form method" in asked.content
    assert b"already" not in client.post(path, {"List-Unsubscribe": "One-Click"}).content
    for again in (client.get(path), client.post(path, {"List-Unsubscribe": "One-Click"})):
        assert (again.status_code, b"<form method" in again.content) == (200, False)
        assert b"The messages were stopped already." in again.content

    left = CommentContact.objects.filter(follows=True).order_by("comment")
    assert list(left.values_list("comment", flat=True)) == [elsewhere.pk, another.pk]


@pytest.mark.parametrize(("days", "gone"), [(29, False), (31, True)])
@pytest.mark.parametrize("status", ["spam", "rejected", "removed"])
def test_what_is_not_published_is_kept_for_thirty_days(article, status, days, gone):
    comment = CommentFactory(article=article)
    approved = CommentFactory(article=article, approved=True)
    decisions.decide([comment.pk], status, None)
    ReaderComment.objects.update(status_at=timezone.now() - timedelta(days=days))

    rights.keep_no_longer()

    assert ReaderComment.objects.filter(pk=comment.pk).exists() is not gone
    assert ReaderComment.objects.filter(pk=approved.pk).exists()


@pytest.mark.parametrize("follows", [True, False])
def test_an_address_without_subscription_is_kept_for_ninety_days(article, follows):
    comment = CommentFactory(article=article, email=ANN, follows=follows, approved=True)
    CommentContact.objects.update(network_key="n", created_at=timezone.now() - timedelta(days=91))
    rights.keep_no_longer()
    assert CommentContact.objects.get().email == ANN
    ReaderComment.objects.update(status_at=timezone.now() - timedelta(days=91))

    rights.keep_no_longer()

    contact = CommentContact.objects.get()
    assert (contact.email, contact.network_key) == (ANN if follows else "", "")
    assert list(rights.comments_of(email_key(ANN))) == [comment]


@pytest.mark.parametrize(("days", "kept"), [(89, True), (91, False)])
def test_the_address_of_a_comment_that_nobody_decides_on_is_kept_for_ninety_days(article, days, kept):
    CommentFactory(article=article, email=ANN, follows=True)
    ReaderComment.objects.update(status_at=timezone.now() - timedelta(days=days))

    rights.keep_no_longer()

    contact = CommentContact.objects.get()
    assert (contact.email, contact.follows) == ((ANN, True) if kept else ("", False))


def test_what_is_not_confirmed_is_kept_for_48_hours(article):
    write_unconfirmed(article)
    rights.keep_no_longer()
    assert PendingComment.objects.count() == 1
    PendingComment.objects.update(created_at=timezone.now() - timedelta(hours=48, seconds=1))

    rights.keep_no_longer()

    assert PendingComment.objects.count() == 0


@pytest.mark.parametrize(("confirmed", "minutes", "kept"), [(True, 9, True), (True, 11, False), (False, 11, True)])
def test_a_confirmed_comments_network_is_kept_apart_from_it_for_as_long_as_speed_matters(
    article, confirmed, minutes, kept
):
    write_unconfirmed(article)
    if confirmed:
        intake.confirm(OutgoingMail.objects.get().context["path"].rstrip("/").rpartition("/")[2])
    PendingComment.objects.update(created_at=timezone.now() - timedelta(minutes=minutes))

    rights.keep_no_longer()

    assert PendingComment.objects.get().network_key == ("network" if kept else "")


def test_the_network_of_a_report_is_kept_for_thirty_days(article):
    comment = CommentFactory(article=article, approved=True)
    for network, days in (("a", 31), ("b", 31), ("c", 29)):
        when = timezone.now() - timedelta(days=days)
        Report.objects.create(comment=comment, reason="spam", network_key=network, created_at=when)

    for _ in range(2):
        rights.keep_no_longer()

    kept = Report.objects.order_by("pk").values_list("pk", "network_key")
    assert [network == f"#{pk}" for pk, network in kept] == [True, True, False]
    assert kept[2][1] == "c"


@pytest.mark.parametrize("whose", ["another's", "her own"])
def test_erasing_what_somebody_is_answering_loses_no_word_of_the_answer(client, article, whose):
    root = CommentFactory(article=article, email=ANN, approved=True)
    words = {"name": "Bob", "email": ANN if whose == "her own" else "bob@secret.example", "comment": "My answer"}
    intake.submit(article, root, words | {"follows": False}, "network")
    path = OutgoingMail.objects.get().context["path"]

    rights.erase(email_key(ANN))

    if whose == "her own":
        assert client.get(path).status_code == 404
        assert not ReaderComment.objects.exists()
    else:
        assert "My answer" in client.get(path).content.decode()
        client.post(path)
        assert list(ReaderComment.objects.order_by("pk").values_list("comment", "parent_id")) == [
            ("", root.pk),
            ("My answer", root.pk),
        ]


def test_old_spam_with_answers_below_ends_as_an_empty_row(article):
    spam = CommentFactory(article=article)
    CommentFactory(parent=spam)
    decisions.decide([spam.pk], "spam", None)
    ReaderComment.objects.update(status_at=timezone.now() - timedelta(days=31))

    rights.keep_no_longer()
    rights.keep_no_longer()

    row = ReaderComment.objects.get(pk=spam.pk)
    assert (row.user_name, row.comment, row.status) == ("", "", "spam")


def test_erasure_stops_every_mail_that_is_on_its_way_to_her_or_tells_of_her(client, article):
    bob = CommentFactory(article=article, email="bob@secret.example", follows=True, approved=True)
    answers = [CommentFactory(parent=bob, email="ann@sécret.example", comment=f"WORDS {n}") for n in range(3)]
    for answer in answers:
        decisions.decide([answer.pk], "approved", None)
        notices.published.call(answer.pk)
    client.post("/en/comments/mine/", {"email": "Ann@sécret.example"}, headers=ORIGIN)
    assert OutgoingMail.objects.count() == 4

    rights.erase_one(email_key("ann@sécret.example"), "comment", answers[0].public_id)
    assert "WORDS 0" not in str(list(OutgoingMail.objects.values()))
    assert OutgoingMail.objects.count() == 3
    rights.erase(email_key("ann@sécret.example"))

    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("page", ["fr/confidentialite", "en/privacy"])
def test_the_demos_page_on_privacy_says_what_is_kept_for_how_long(settings, page):
    said = (settings.BASE_DIR / f"demo/content/pages/{page}.html").read_text()
    kept = [row.xpath("string(./td[2])") for row in html.fromstring(said).xpath("//tr[td]")]

    spans = [rights.UNPUBLISHED_KEPT, rights.ADDRESS_KEPT, rights.NETWORK_KEPT]
    assert [timedelta(days=int(kept[row].split()[0])) for row in (1, 3, 5)] == spans
    assert timedelta(hours=int(kept[0].split()[0])) == rights.LIFETIME
