"""From the form below an article, through the mail, to a comment that waits for a moderator."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import html

from articles.models import Article
from comments import decisions, people, views
from comments.models import BlockRule, CommentContact, ModerationEvent, PendingComment, ReaderComment
from newsroom.models import OutgoingMail
from tests.factories import ArticleFactory, CommentFactory, UserFactory

pytestmark = pytest.mark.django_db
WORDS = {"comment": "What I think of it.", "name": "Zoé", "email": "zoe@secret.example"}


@pytest.fixture
def article():
    return ArticleFactory(language="en", slug="story")


def post(client, article, path="comment/", headers=None, **words):
    return client.post(
        f"{article.get_absolute_url()}{path}", WORDS | words, headers=headers or {"Origin": "http://testserver"}
    )


def secrets():
    """The tokens of the links in the messages that wait to be sent."""
    paths = OutgoingMail.objects.filter(template="comment_confirm").values_list("context__path", flat=True)
    return [path.rstrip("/").rpartition("/")[2] for path in paths]


def confirm(client, secret):
    return client.post(f"/en/comments/confirm/{secret}/")


def kept(response):
    """What the fields of the answer hold."""
    page = response.content.decode()
    values = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*?value="([^"]*)"', page))
    area = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", page, re.S)
    return values | {"comment": area and area[1].strip()}


def nothing_came_of_it():
    return not (PendingComment.objects.exists() or ReaderComment.objects.exists() or OutgoingMail.objects.exists())


def test_a_comment_goes_from_form_to_mail_to_moderator(client, article):
    response = post(client, article, follows="on")
    assert (response.status_code, "comments/sent.html" in [one.name for one in response.templates]) == (200, True)
    assert not ReaderComment.objects.exists()
    [secret] = secrets()

    asked = client.get(f"/en/comments/confirm/{secret}/")
    assert (asked.status_code, asked.context["found"].state) == (200, "waiting")
    assert not ReaderComment.objects.exists()
    response = confirm(client, secret)
    assert response.context["found"].state == "confirmed"
    assert "Clear-Site-Data" not in response.headers  # nothing that a browser keeps has changed

    comment = ReaderComment.objects.get()
    assert (comment.status, comment.user_name, comment.comment) == ("pending", "Zoé", "What I think of it.")
    contact = CommentContact.objects.get()
    assert (contact.comment_id, contact.email, contact.follows) == (comment.pk, "zoe@secret.example", True)
    assert Article.objects.get().comment_count == 0
    assert comment.public_id not in client.get(article.get_absolute_url()).content.decode()


def test_a_confirmed_comment_leaves_nothing_of_its_writer_among_the_unconfirmed(client, article):
    post(client, article)
    confirm(client, secrets()[0])

    row = PendingComment.objects.values("name", "email", "email_key", "text", "text_key").get()
    assert set(row.values()) == {""}


def test_following_the_link_changes_nothing(client, article):
    post(client, article)
    address = f"/en/comments/confirm/{secrets()[0]}/"

    before = list(PendingComment.objects.values())
    assert [client.get(address).status_code, client.head(address).status_code] == [200, 200]

    assert list(PendingComment.objects.values()) == before
    assert not ReaderComment.objects.exists()


def test_a_link_confirms_once(client, article):
    post(client, article)
    [secret] = secrets()

    states = [confirm(client, secret).context["found"].state for _ in range(2)]

    assert states == ["confirmed", "done-before"]
    assert ReaderComment.objects.count() == 1


def test_a_used_link_brings_nothing_back_after_erasure(client, article):
    post(client, article)
    [secret] = secrets()
    confirm(client, secret)
    decisions.forget([ReaderComment.objects.get().pk])

    assert confirm(client, secret).context["found"].state == "done-before"
    assert not ReaderComment.objects.exists()


def test_a_link_dies_after_48_hours(client, article):
    post(client, article)
    [secret] = secrets()
    PendingComment.objects.update(created_at=timezone.now() - timedelta(hours=48, seconds=1))

    response = confirm(client, secret)

    assert (response.status_code, response.context["found"].state) == (404, "unknown")
    assert not ReaderComment.objects.exists()


@pytest.mark.parametrize("secret", ["x", "a" * 43, "0", "-1", "%00", "é", "x" * 3000, "abc.json"])
def test_a_link_that_was_never_sent_is_not_found(client, secret):
    for response in (client.get(f"/en/comments/confirm/{secret}/"), confirm(client, secret)):
        assert response.status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_a_link_opens_is_kept_by_nobody(client, article, method):
    post(client, article)
    response = getattr(client, method)(f"/en/comments/confirm/{secrets()[0]}/")

    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert not response.cookies


@pytest.mark.parametrize("change", [{"published_at": None}, {"comments": "closed"}])
def test_what_closes_between_form_and_link_publishes_nothing_and_loses_nothing(client, article, change):
    post(client, article)
    [secret] = secrets()
    Article.objects.update(**change)

    response = confirm(client, secret)
    assert response.context["found"].state == "not-now"
    assert WORDS["comment"] in response.content.decode()
    assert not ReaderComment.objects.exists()
    Article.objects.update(published_at=timezone.now(), comments="open")

    assert confirm(client, secret).context["found"].state == "confirmed"


def test_what_is_answered_may_go_between_form_and_link(client, article):
    parent = CommentFactory(article=article, approved=True)
    post(client, article, f"reply/{parent.public_id}/")
    decisions.decide([parent.pk], "spam", None)

    assert confirm(client, secrets()[0]).context["found"].state == "not-now"


def test_the_message_holds_none_of_the_words(client, article):
    post(client, article, comment="BUY-PILLS", name="Spammer-Name")

    from newsroom.mail import compose

    message = compose(OutgoingMail.objects.get())

    assert message.to == ["zoe@secret.example"]
    assert (message.cc, message.bcc, message.reply_to) == ([], [], [])
    assert "BUY-PILLS" not in message.message().as_string()
    assert "Spammer-Name" not in message.message().as_string()
    assert f"http://testserver/en/comments/confirm/{secrets()[0]}/" in message.body


def test_a_forged_host_reaches_no_message(client, article):
    response = client.post("/en/story/comment/", WORDS, headers={"Host": "evil.example"})

    assert response.status_code == 400
    assert nothing_came_of_it()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://testserver"}, 200),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://testserver.evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://[bad"}, 403),
        ({"User-Agent": "old"}, 200),
    ],
)
def test_what_another_site_sends_is_refused_and_not_lost(client, article, headers, status):
    response = post(client, article, headers=headers)

    assert response.status_code == status
    if status == 403:
        assert nothing_came_of_it()
        assert kept(response) == {"comment": WORDS["comment"], "name": "Zoé", "email": "zoe@secret.example"}


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_no_form_leads_to_another_site_whatever_it_asks_for(client, article, away):
    comment = CommentFactory(article=article, approved=True)
    welcome = post(client, article)
    sent = [
        post(client, article, next=away),
        post(client, article, f"reply/{comment.public_id}/", comment="Another", next=away),
        post(client, article, f"report/{comment.public_id}/", reason="spam", next=away),
        client.post(f"/en/comments/confirm/{secrets()[0]}/", {"next": away}),
    ]

    assert [(page.status_code, away in page.content.decode()) for page in sent] == [(200, False)] * 4
    assert sent[0].content == welcome.content


def test_a_program_that_hides_where_it_comes_from_is_flagged(client, article):
    post(client, article, headers={"User-Agent": "curl"})

    assert PendingComment.objects.get().hold_reasons == [["silent", True]]


def test_no_cookie_and_no_token_is_needed(article):
    from django.test import Client

    response = post(Client(enforce_csrf_checks=True), article)

    assert response.status_code == 200
    assert not response.cookies
    assert PendingComment.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("comment", ""),
        ("comment", " \n\t "),
        ("comment", "\u200b\u202e\ufeff"),
        ("comment", "x" * 5001),
        ("comment", "x" * 65536),
        ("name", ""),
        ("name", "  "),
        ("name", "\u200b"),
        ("name", "!!!"),
        ("name", "x" * 51),
        ("name", "ann@secret.example"),
        ("email", ""),
        ("email", "nobody"),
        ("email", "a@b"),
        ("email", "a" * 250 + "@b.example"),
        ("email", "a@b.example\nBcc: c@d.example"),
        ("email", "a@b.example,c@d.example"),
        ("email", "<a@b.example>"),
    ],
)
def test_a_wrong_field_is_told_and_every_word_is_kept(client, article, field, value):
    response = post(client, article, **{field: value})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    html = response.content.decode()
    assert f'id="comment-form-{field}_error"' in html
    assert re.search(rf'name="{field}"[^>]*aria-invalid="true"', html)
    expected = WORDS | {field: value}
    assert kept(response)["comment"] == expected["comment"].strip()
    for other in {"name", "email"} - {field}:
        assert kept(response)[other] == expected[other]
    assert nothing_came_of_it()


def test_a_length_is_told_as_the_page_writes_numbers(client, article):
    french = ArticleFactory(language="fr")

    assert "At most 5,000 characters; this has 5,214." in post(client, article, comment="x" * 5214).content.decode()
    assert "il y en a 5\u202f214." in post(client, french, comment="x" * 5214).content.decode()
    assert post(client, article, comment="x\r\n" * 2500).status_code == 200  # browsers send two signs for a line's end


def test_the_list_of_what_is_wrong_names_each_field(client, article):
    page = html.fromstring(post(client, article, comment="x" * 5001, name="").content)

    assert page.xpath("//*[@role='alert']//li/a/text()") == [
        "Comment – At most 5,000 characters; this has 5,001. Nothing is lost: shorten it here.",
        "Name – Give the name that will stand above your comment.",
    ]


def test_nul_is_refused_at_its_field(client, article):
    response = post(client, article, comment="a\0b")

    assert (response.status_code, list(response.context["form"].errors)) == (422, ["comment"])


@pytest.mark.parametrize(
    "name", [" AUTHOR’S NAME. ", "La Rédaction", "the editorial team", "MODERATION", "rédaction", "Author"]
)
def test_the_names_of_the_author_and_the_team_are_not_for_readers(client, article, name):
    article.author.name = "Author’s Name"
    article.author.save()
    response = post(client, article, name=name)

    assert (response.status_code, list(response.context["form"].errors)) == (422, ["name"])


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("👩‍👩‍👧 ok", "👩‍👩‍👧 ok"),
        ("مرحبا بالعالم", "مرحبا بالعالم"),
        ("a\u202eb\u2066c\u200bd", "abcd"),
        ("Z" + "\u0335" * 50, "Z" + "\u0335" * 4),
        ("a\r\nb\r\n\r\n\r\n\r\nc", "a\nb\n\nc"),
        ("write to ann@secret.example now", "write to …@… now"),
        ("it's <b>me</b> & co", "it's <b>me</b> & co"),
        ("\x07bell\x1b[31m", "bell[31m"),
    ],
)
def test_text_is_kept_as_typed_save_for_what_hides_or_harms(client, article, typed, stored):
    post(client, article, comment=typed)

    assert PendingComment.objects.get().text == stored


def test_a_name_is_one_line(client, article):
    post(client, article, name="Zoé\nBcc: x")

    assert PendingComment.objects.get().name == "Zoé Bcc: x"


def test_one_mailbox_gets_three_messages_however_its_address_is_spelled(client, article):
    for number, email in enumerate(
        ["zoe@élan.example", "zoe@xn--lan-9la.example", "ZOE@ÉLAN.example", "zoe@e\u0301LAN.example"]
    ):
        assert post(client, article, email=email, comment=f"Word {number}").status_code == 200

    sent = sorted(OutgoingMail.objects.values_list("recipient", flat=True))
    assert sent == ["ZOE@xn--lan-9la.example", "zoe@xn--lan-9la.example", "zoe@xn--lan-9la.example"]


@pytest.mark.parametrize(
    "email",
    [
        "zoe@localhost",
        "zoe@[127.0.0.1]",
        "zoe@intranet",
        "zoe@-x.example",
        f"zoe@{'é' * 60}.example",
        f"zoe@{'é' * 9}{'.éé' * 70}.example",
    ],
)
def test_an_address_that_no_mail_can_reach_is_refused_at_its_field(client, article, email):
    response = post(client, article, email=email)

    assert (response.status_code, list(response.context["form"].errors)) == (422, ["email"])
    assert len(response.context["form"].errors["email"]) == 1
    assert kept(response)["email"] == email
    assert nothing_came_of_it()


def test_a_book_comes_back_to_be_shortened(client, article):
    book = "Chapitre é. " * 20_000

    response = post(client, article, comment=book)

    assert (response.status_code, list(response.context["form"].errors)) == (422, ["comment"])
    assert kept(response)["comment"] == book.strip()


def test_a_refused_comment_says_so_in_the_title_and_leads_to_each_fault(client, article):
    page = html.fromstring(post(client, article, email="wrong", name=" ").content)

    assert page.findtext(".//title").startswith("Your comment was not sent – ")
    [summary] = page.xpath("//*[@autofocus]")
    assert (summary.get("role"), summary.get("tabindex")) == ("alert", "-1")
    faults = summary.xpath(".//li/a/@href")
    assert faults == ["#comment-form-name", "#comment-form-email"]
    assert all(page.xpath(f"//*[@id='{fault[1:]}']") for fault in faults)


def test_waiting_for_others_mails_does_not_use_up_a_networks_own_turns(client, article, monkeypatch):
    monkeypatch.setattr(views, "MAILS_AN_HOUR", 0)
    assert [post(client, article).status_code for _ in range(9)] == [429] * 9
    monkeypatch.setattr(views, "MAILS_AN_HOUR", 500)

    assert post(client, article).status_code == 200


def test_ten_megabytes_are_refused_clearly(client, article):
    response = post(client, article, comment="x" * 9_000_000)

    assert (response.status_code, response.templates[0].name) == (413, "comments/too_long.html")
    assert nothing_came_of_it()


@pytest.mark.parametrize("sent", ["twice", "trap", "person", "flood"])
def test_who_is_not_let_in_gets_the_same_page_as_everybody(client, article, sent):
    welcome = post(client, article).content
    if sent == "person":
        key = PendingComment.objects.get().email_key
        BlockRule.objects.create(kind="person", value=key, action="refuse")
    if sent == "flood":
        for number in range(2):
            post(client, article, comment=f"Another {number}")
    before = (PendingComment.objects.count(), OutgoingMail.objects.count())

    words = {"twice": {}, "trap": {"subject": "x", "comment": "Other"}}.get(sent, {"comment": "Other"})
    response = post(client, article, **words)

    assert (response.status_code, response.content.replace(b"Other", WORDS["comment"].encode())) == (200, welcome)
    assert (PendingComment.objects.count(), OutgoingMail.objects.count()) == before


def test_a_network_in_a_hurry_is_asked_to_wait_and_keeps_its_words(client, article):
    statuses = [
        post(client, article, comment=f"Thought {n}", email=f"a{n}@secret.example").status_code for n in range(7)
    ]
    last = post(client, article)

    assert statuses == [200] * 6 + [429]
    assert (last.status_code, last.headers["Retry-After"]) == (429, "600")
    assert kept(last) == {"comment": WORDS["comment"], "name": "Zoé", "email": "zoe@secret.example"}
    assert PendingComment.objects.count() == 6


@pytest.mark.parametrize(
    ("limit", "value", "wait", "said"),
    [
        ("POSTS", ((0, 600),), "600", "Many comments have come from your network."),
        (
            "POSTS",
            ((6, 600), (0, 86400)),
            "86400",
            "As many comments have come from your network as we take in one day.",
        ),
        ("SITE_POSTS", (0, 3600), "600", "Many comments have come from your network."),
        ("MAILS_AN_HOUR", 0, "600", "More comments are coming in, from everywhere, than we can send messages for."),
    ],
)
def test_who_has_to_wait_is_told_for_whom_and_how_long(client, article, monkeypatch, limit, value, wait, said):
    monkeypatch.setattr(views, limit, value)

    response = post(client, article)

    assert (response.status_code, response.headers["Retry-After"]) == (429, wait)
    [problem] = html.fromstring(response.content).xpath("//*[@role='alert']")
    assert problem.text_content().strip().startswith(said)
    assert kept(response)["comment"] == WORDS["comment"]
    assert nothing_came_of_it()


def test_all_networks_of_one_contract_together_leave_mails_for_others(client, article, monkeypatch):
    monkeypatch.setattr(views, "SITE_POSTS", (3, 3600))

    def status(address):
        client.defaults["REMOTE_ADDR"] = address
        return post(client, article, email=f"a{address.replace(chr(58), chr(45))}@secret.example").status_code

    assert [status(f"2001:db8:7:{number:x}::1") for number in range(5)] == [200] * 3 + [429] * 2
    assert [status("2001:db8:8::1"), status("192.0.2.1")] == [200, 200]


@pytest.mark.parametrize("days", [0, 31])
def test_a_closed_article_has_no_form_and_takes_nothing_but_gives_the_words_back(client, days):
    state = (
        {"comments": "timed", "published_at": timezone.now() - timedelta(days=days)} if days else {"comments": "closed"}
    )
    article = ArticleFactory(language="en", **state)

    response = post(client, article)

    assert response.status_code == 403
    assert WORDS["comment"] in response.content.decode()
    assert nothing_came_of_it()
    assert b"<form" not in client.get(f"{article.get_absolute_url()}comment/").content


@pytest.mark.parametrize("published_at", [None, timezone.now() + timedelta(days=1)])
def test_an_article_that_nobody_sees_takes_nothing_but_gives_the_words_back(client, published_at):
    article = ArticleFactory(language="en", published_at=published_at, title="Secret merger")

    response = post(client, article)

    assert response.status_code == 404
    assert WORDS["comment"] in response.content.decode()
    assert "Secret merger" not in response.content.decode()
    assert nothing_came_of_it()
    assert client.get(f"{article.get_absolute_url()}comment/").status_code == 404


def test_an_answer_goes_below_what_it_answers(client, article):
    parent = CommentFactory(article=article, approved=True)

    page = client.get(f"/en/story/reply/{parent.public_id}/")
    assert parent.comment in page.content.decode()
    post(client, article, f"reply/{parent.public_id}/")
    confirm(client, secrets()[0])

    assert ReaderComment.objects.latest("pk").parent_id == parent.pk


@pytest.mark.parametrize("which", ["missing", "held", "removed", "elsewhere", "below held"])
def test_what_cannot_be_answered_looks_like_what_never_was(client, article, which):
    held = CommentFactory(article=article, comment="HELD-WORDS")
    comment = {
        "missing": None,
        "held": held,
        "removed": CommentFactory(article=article, approved=True),
        "elsewhere": CommentFactory(approved=True),
        "below held": CommentFactory(parent=held),
    }[which]
    if which == "removed":
        decisions.decide([comment.pk], "removed", None)
    if which == "below held":
        ReaderComment.objects.filter(pk=comment.pk).update(status="approved")
    path = f"reply/{comment.public_id if comment else 'nothing'}/"

    assert client.get(f"/en/story/{path}").status_code == 404
    response = post(client, article, path)

    assert response.status_code == 422
    assert kept(response)["comment"] == WORDS["comment"]
    assert b'action="/en/story/comment/"' in response.content
    assert "HELD-WORDS" not in response.content.decode()
    assert not PendingComment.objects.exists()


@pytest.mark.parametrize("identity", ["0", "-1", "1" + "0" * 25, "abc", "abc.json", "%00", "é"])
@pytest.mark.parametrize(
    "path",
    ["story/reply/{}/", "story/report/{}/", "story/comment/{}/", "story/comment-page-{}/", "comments/mine/{}/",
     "comments/unsubscribe/{}/", "comments/api/{}/", "comments/reply/{}/", "comments/sent/?c={}", "comments/flag/{}/"],
)  # fmt: skip
def test_odd_addresses_are_not_found(client, article, path, identity):
    for method in (client.get, client.post, client.put):
        assert method(f"/en/{path.format(identity)}").status_code in (404, 405, 422)


def test_no_link_breaks_when_its_article_is_deleted(client, article):
    comment = CommentFactory(article=article, email=WORDS["email"], follows=True, approved=True)
    post(client, article)
    token, public_id = CommentContact.objects.get().unsubscribe_token, comment.public_id
    links = [f"confirm/{secrets()[0]}/", f"unsubscribe/{token}/"]
    article.delete()

    for path in (*(f"comments/{link}" for link in links), f"story/comment/{public_id}/", f"story/reply/{public_id}/"):
        statuses = {client.get(f"/en/{path}").status_code, client.post(f"/en/{path}").status_code}
        assert statuses <= {404, 405, 410}, path


def test_known_commenters_pass_at_once_only_where_the_site_says_so(client, article, settings):
    def write(comment):
        post(client, article, comment=comment)
        response, status = confirm(client, secrets()[-1]), ReaderComment.objects.latest("pk").status
        # who reads at once that it is published finds it, also on a page that her browser keeps
        assert ("Clear-Site-Data" in response.headers) is (status == "approved")
        return status

    for _ in range(2):
        CommentFactory(email="zoe@secret.example", approved=True)
    assert write("One") == "pending"
    settings.COMMENTS_TRUSTED_AFTER = 2
    assert write("Two") == "approved"
    assert write("Three with https://a.example and https://b.example") == "pending"
    settings.COMMENTS_TRUSTED_AFTER = 4
    assert write("Four") == "pending"


def test_the_page_that_thanks_shows_each_reader_her_own_words_and_follows_its_article(
    client, article, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.PAGE_STORE = tmp_path / "pages"
    first, second = (
        post(client, article, comment=words).content.decode() for words in ("My own thought.", "Another one.")
    )
    article.title = "Renamed"
    with django_capture_on_commit_callbacks(execute=True):
        article.save()
    third = post(client, article, comment="A third.").content.decode()

    assert ("My own thought." in first, "My own thought." in second, "Another one." in second) == (True, False, True)
    assert [">Renamed</a>" in page for page in (first, second, third)] == [False, False, True]


def test_a_post_is_one_short_transaction(client, article, settings, tmp_path):
    settings.PAGE_STORE = tmp_path / "pages"
    post(client, article)

    with CaptureQueriesContext(connection) as queries:
        assert post(client, article, comment="More", email="ann@secret.example").status_code == 200

    locked = ["SELECT"] if connection.vendor == "postgresql" else []
    # The article, and what is known of the like; then how many messages wait for the address, the two rows, and whether
    # the job waits that sends them.
    assert [query["sql"].split()[0] for query in queries.captured_queries] == [
        *("SELECT", "SELECT"),
        *("SAVEPOINT", *locked, "SELECT", "INSERT", "INSERT", "SELECT", "RELEASE"),
    ]


def test_a_form_kept_from_before_the_address_changed_is_taken(client, article):
    comment = CommentFactory(article=article, approved=True)
    article.slug = "corrected"
    article.save()
    old = Article(language="en", slug="story")

    sent = [post(client, old), post(client, old, f"reply/{comment.public_id}/", comment="An answer")]
    reported = post(client, old, f"report/{comment.public_id}/", reason="spam")

    assert [(page.status_code, b"</textarea>" in page.content) for page in sent] == [(200, True)] * 2
    assert list(PendingComment.objects.order_by("pk").values_list("article", "parent")) == [
        (article.pk, None),
        (article.pk, comment.pk),
    ]
    assert (reported.status_code, comment.reports.count()) == (200, 1)
    assert b'action="/en/corrected/comment/"' in post(client, old, email="wrong").content


@pytest.mark.parametrize("since", ["spam", "removed", "rule"])
def test_who_is_known_for_worse_by_the_time_she_confirms_waits(client, article, settings, since):
    settings.COMMENTS_TRUSTED_AFTER = 1
    good, bad = (CommentFactory(article=article, email=WORDS["email"], approved=True) for _ in range(2))
    post(client, article)
    if since == "rule":
        BlockRule.objects.create(kind="person", value=CommentContact.objects.first().email_key)
    else:
        decisions.decide([bad.pk], since, None)

    confirm(client, secrets()[0])

    assert ReaderComment.objects.exclude(pk__in=[good.pk, bad.pk]).get().status == "pending"


def test_what_a_blocked_commenter_confirms_is_dropped_untold_and_counted_and_taken_in_once_she_is_unblocked(
    client, article
):
    comment, by = CommentFactory(article=article, email=WORDS["email"], approved=True), UserFactory()
    post(client, article)
    post(client, article, comment="Another thought")
    people.block(comment, by)

    dropped = confirm(client, secrets()[0])

    assert "Thank you: your comment is confirmed" in dropped.content.decode()
    assert ReaderComment.objects.count() == 1
    assert "Thank" not in confirm(client, secrets()[0]).content.decode()
    rule = BlockRule.objects.get()
    assert (rule.dropped, rule.dropped_on) == (1, timezone.localdate())
    decisions.undo(ModerationEvent.objects.get(action="block").batch, by)
    confirm(client, secrets()[1])

    assert ReaderComment.objects.latest("pk").comment == "Another thought"
