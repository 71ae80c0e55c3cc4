"""The moderation desk without a script: lists, decisions, answers, the log."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import html

from comments import decisions
from comments.desk import forms
from comments.models import BlockRule, CommentContact, ModerationEvent, ReaderComment, Report
from tests.comments.desk import DECIDE, LOG, QUEUE, UNDO, decide, messages, moderator, seen, user_with
from tests.factories import ArticleFactory, AuthorFactory, CommentFactory, UserFactory

pytestmark = pytest.mark.django_db
Status = ReaderComment.Status


def order(response):
    """The public ids of the cases on a page, in order."""
    return re.findall(r'<article class="case" id="case-(\w+)"', response.content.decode())


def status_of(comment):
    return ReaderComment.objects.get(pk=comment.pk).status


def report(comment, reason="insult", **values):
    return Report.objects.create(comment=comment, reason=reason, network_key=str(Report.objects.count()), **values)


def sent(comment, ago):
    ReaderComment.objects.filter(pk=comment.pk).update(submit_date=timezone.now() - ago)
    return comment


def test_the_queue_shows_the_reported_first_then_the_oldest(client):
    moderator(client)
    young, old = CommentFactory(), sent(CommentFactory(), timedelta(days=2))
    reported = CommentFactory(approved=True)
    report(reported)
    CommentFactory(approved=True)

    page = client.get(QUEUE)

    assert order(page) == [reported.public_id, old.public_id, young.public_id]
    parts = [
        " ".join(text.split())
        for text in re.findall(r'<h2 class="queue__part" id="[\w-]+">(.*?)</h2>', page.content.decode())
    ]
    assert [re.sub("<.*?>", "", part) for part in parts] == ["Reported by readers 1", "Not decided on yet 2"]
    cases = html.fromstring(page.content).xpath("//*[@id='cases']/*/@id")
    assert [one.partition("-")[0] for one in cases] == ["part", "case", "part", "case", "case"]
    assert "queue__part" not in client.get(QUEUE, {"show": "approved"}).content.decode()


@pytest.mark.parametrize("status", ["approved", "rejected", "spam", "removed"])
def test_each_list_holds_the_comments_of_its_status(client, status):
    moderator(client)
    comments = {value: CommentFactory(approved=True) for value in Status.values}
    for value, comment in comments.items():
        decisions.decide([comment.pk], value, None)

    assert order(client.get(QUEUE, {"show": status})) == [comments[status].public_id]
    assert order(client.get(QUEUE)) == [comments["pending"].public_id]
    assert order(client.get(QUEUE, {"show": "nonsense"})) == [comments["pending"].public_id]


def test_a_case_shows_the_context_that_a_decision_needs(client):
    by = moderator(client)
    article = ArticleFactory(title="On seeds")
    parent = CommentFactory(article=article, approved=True, user_name="Zoé", comment="What about rain?")
    for status in ("approved", "approved", "rejected"):
        earlier = CommentFactory(email="ann@secret.example")
        decisions.decide([earlier.pk], status, by)
    reply = CommentFactory(
        parent=parent, email="Ann@Secret.example", comment="It falls.\n\nOften.", hold_reasons=[["links", 2]]
    )
    report(reply, note="This is a lie")

    html = " ".join(client.get(f"{QUEUE}{reply.public_id}/").content.decode().split())

    assert f'<a href="{article.get_absolute_url()}">On seeds</a>' in html
    assert "<b>Zoé</b> What about rain?" in html
    assert "<p>It falls.</p><p>Often.</p>" in html
    assert "2 approved, 1 rejected" in html
    assert '<li class="hot">2 links</li>' in html
    assert "<li>answers a visible comment</li>" in html
    assert 'It insults or threatens somebody <q dir="auto">This is a lie</q>' in html


def test_of_who_wrote_much_the_newest_comments_tell_and_all_that_wait_are_counted(client, monkeypatch):
    moderator(client)
    rejected, *others = [CommentFactory(email="ann@secret.example") for _ in range(5)]
    decisions.decide([rejected.pk], "rejected", None)
    decisions.decide([others[-1].pk], "approved", None)
    words = "//a[@title='All comments of this person']"
    waits = "//label[@for='waiting-{0}']"

    def told(comment):
        page = html.fromstring(client.get(f"{QUEUE}{comment.public_id}/").content)
        return [page.xpath(f"string({path.format(comment.public_id)})").strip() for path in (words, waits)]

    assert told(others[0]) == ["1 approved, 1 rejected, 2 waiting", "3 comments of this person wait"]
    monkeypatch.setattr("comments.desk.history.MANY", 2)
    assert told(others[0]) == ["of the newest 2: 1 approved, 1 waiting", "3 comments of this person wait"]


def test_what_stands_far_above_a_comment_is_seen(client):
    by = moderator(client)
    root = CommentFactory(approved=True)
    parent = CommentFactory(parent=root, approved=True)
    deep = CommentFactory(parent=parent)
    page = f"{QUEUE}{deep.public_id}/"
    assert "<li>answers a visible comment</li>" in client.get(page).content.decode()

    decisions.decide([root.pk], "spam", by)

    assert "answers a comment that readers do not see" in client.get(page).content.decode()


def test_a_first_comment_and_a_reply_below_a_held_one_are_called_so(client):
    moderator(client)
    parent = CommentFactory(email="a@secret.example")
    CommentFactory(parent=parent, email="b@secret.example")

    html = client.get(QUEUE).content.decode()

    assert html.count("first comment") == 2
    assert html.count("answers a comment that readers do not see") == 1


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize("status", ["approved", "rejected", "spam", "removed"])
def test_a_decision_is_carried_out_and_logged_with_its_reason(client, status):
    by = moderator(client)
    comment = CommentFactory()

    decide(client, status, comment, reason="off-topic", words="see the rules")

    event = ModerationEvent.objects.get()
    assert status_of(comment) == status
    assert (event.actor, event.from_status, event.to_status) == (by, "pending", status)
    assert event.reason == "off-topic: see the rules"
    line = " ".join(client.get(LOG).content.decode().split())
    assert f"decided (Pending → {Status(status).label})" in line
    assert "Off topic: see the rules" in line


def test_many_comments_are_decided_at_once_and_taken_back_at_once(client):
    moderator(client)
    comments = [CommentFactory() for _ in range(5)]

    page = decide(client, "spam", *comments[:4])
    assert [status_of(comment) for comment in comments] == ["spam"] * 4 + ["pending"]
    assert "4 comments called spam" in page.content.decode()
    client.post(UNDO, {"batch": str(ModerationEvent.objects.first().batch)})

    assert {status_of(comment) for comment in comments} == {"pending"}


def test_the_log_says_how_many_decisions_its_button_takes_back(client):
    moderator(client)
    one, *three = [CommentFactory() for _ in range(4)]
    decide(client, "approved", one)
    decide(client, "approved", *three)
    button = "//form[@action='" + UNDO + "' and not(@data-undo)]//button"

    def buttons(address):
        return [
            " ".join(found.text_content().split())
            for found in html.fromstring(client.get(address).content).xpath(button)
        ]

    assert buttons(LOG) == ["Undo the 3 decisions taken together", "Undo"]
    assert buttons(f"{QUEUE}{three[0].public_id}/") == ["Undo the 3 decisions taken together"]


def test_what_is_wrong_with_a_reason_is_told_with_its_name(client):
    moderator(client)

    told = messages(decide(client, "rejected", CommentFactory(), words="x" * 251))

    assert told == ["Reason – Ensure this value has at most 250 characters (it has 251)."]
    assert messages(decide(client, "rejected")) == ["Choose the comments to decide on first."]


def test_deciding_on_many_costs_each_of_them_its_notice_and_nothing_else(client):
    moderator(client)
    article = ArticleFactory()

    def queries(count):
        comments = [CommentFactory(article=article) for _ in range(count)]
        with CaptureQueriesContext(connection) as captured:
            client.post(DECIDE, {"status": "approved", "comment": seen(*comments)})
        assert {status_of(comment) for comment in comments} == {"approved"}
        return len(captured)

    one, sixty = queries(1), queries(60)

    assert (sixty - one) / 59 == 1  # its notice goes into the queue


def test_after_a_decision_one_is_back_in_the_same_list_with_the_means_to_undo(client):
    moderator(client)
    comment = CommentFactory(approved=True, user_name="Zoé")

    response = client.post(
        DECIDE, {"status": "removed", "comment": seen(comment), "back": "show=approved&q=think&page=1&evil=1"}
    )
    assert response["Location"] == f"{QUEUE}?show=approved&q=think&page=1#cases"
    page = client.get(QUEUE)

    assert page.context["gesture"] == {
        "batch": ModerationEvent.objects.get(actor__isnull=False).batch,
        "said": "1 comment removed: Zoé",
        "earlier": False,
    }


def test_an_answer_can_be_taken_back(client):
    by = moderator(client)
    comment = CommentFactory()
    reply = decisions.publish_reply(comment, by, "Thank you.")

    gesture = client.get(QUEUE).context["gesture"]
    client.post(UNDO, {"batch": str(gesture["batch"])})

    assert gesture["said"] == "1 answer published"
    assert status_of(reply) == "removed"


def test_what_is_older_than_ten_minutes_or_was_decided_since_offers_no_undo(client):
    by = moderator(client)
    old, since = CommentFactory(), CommentFactory()
    decisions.decide([old.pk], "spam", by)
    ModerationEvent.objects.update(at=timezone.now() - timedelta(minutes=10, seconds=1))
    mine = decisions.decide([since.pk], "spam", by)
    assert client.get(QUEUE).context["gesture"]["batch"] == mine.batch
    decisions.decide([since.pk], "rejected", UserFactory())

    assert client.get(QUEUE).context["gesture"] is None
    page = client.post(UNDO, {"batch": str(mine.batch)}, follow=True)
    assert messages(page) == ["It is too late to take that back, or somebody has decided since."]
    assert [status_of(old), status_of(since)] == ["spam", "rejected"]


def test_keeping_a_reported_comment_answers_its_reports_and_can_be_taken_back(client):
    moderator(client)
    comment = CommentFactory(approved=True)
    report(comment)

    decide(client, "approved", comment)
    assert order(client.get(QUEUE)) == []
    page = client.post(UNDO, {"batch": str(client.get(QUEUE).context["gesture"]["batch"])}, follow=True)

    assert messages(page) == ["Taken back."]
    assert order(client.get(QUEUE)) == [comment.public_id]
    assert client.get(QUEUE).context["gesture"] is None


def test_taking_back_a_decision_on_a_reported_comment_brings_its_reports_back(client):
    moderator(client)
    comment = CommentFactory(approved=True)
    report(comment)

    decide(client, "spam", comment)
    assert order(client.get(QUEUE)) == []
    report(comment)  # by another reader, whose page was older
    client.post(UNDO, {"batch": str(client.get(QUEUE, {"show": "spam"}).context["gesture"]["batch"])})

    assert order(client.get(QUEUE)) == [comment.public_id]
    assert len(client.get(QUEUE).context["cases"][0].reports) == 2


def test_reports_answered_long_ago_stay_answered(client):
    moderator(client)
    comment = CommentFactory(approved=True)
    report(comment)
    kept = decisions.decide([comment.pk], "approved", UserFactory())
    ModerationEvent.objects.update(at=timezone.now() - timedelta(minutes=11))

    client.post(UNDO, {"batch": str(kept.batch)})

    assert order(client.get(QUEUE)) == []


@pytest.mark.parametrize("second", ["approved", "spam"])
def test_the_second_of_two_moderators_is_told_who_decided_and_changes_nothing(client, second):
    moderator(client)
    comment = CommentFactory(user_name="Zoé")
    decisions.decide([comment.pk], "rejected", user_with(first_name="Noé", username="noe"))

    page = decide(client, second, comment)

    assert messages(page) == ["Noé had decided on Zoé’s comment already, just now: Rejected."]
    assert status_of(comment) == "rejected"
    assert ModerationEvent.objects.count() == 1


def test_the_second_of_two_moderators_who_keep_a_reported_comment_is_told_as_well(client):
    moderator(client)
    comment = CommentFactory(approved=True, user_name="Zoé")
    report(comment)
    decisions.decide([comment.pk], "approved", user_with(first_name="Noé"))

    page = decide(client, "approved", comment)

    assert messages(page) == ["Noé had decided on Zoé’s comment already, just now: Approved."]


def test_what_one_selects_is_decided_even_when_some_of_it_was_decided_by_another(client):
    moderator(client)
    mine, other, gone = CommentFactory(), CommentFactory(), CommentFactory()
    decisions.decide([other.pk], "spam", UserFactory())
    ReaderComment.objects.filter(pk=gone.pk).delete()

    page = decide(client, "approved", mine, other, gone)

    assert [status_of(mine), status_of(other)] == ["approved", "spam"]
    assert len(messages(page)) == 2
    assert "1 comment is gone." in messages(page)


def test_a_reply_below_a_held_comment_stays_until_that_one_is_approved(client):
    moderator(client)
    parent = CommentFactory()
    reply = CommentFactory(parent=parent, user_name="Zoé")

    page = decide(client, "approved", reply)

    assert messages(page) == ["Zoé answers a comment that readers do not see: approve that one first."]
    assert order(page) == [parent.public_id, reply.public_id]


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"status": "approved"},
        {"status": "nonsense", "comment": "x:pending"},
        {"status": "pending", "comment": "x:pending"},
        {"status": "approved", "comment": ["", ":", "\0:\0", "é" * 5000]},
        {"status": "approved", "comment": "x:pending", "reason": "nonsense"},
        {"status": "approved", "comment": "x:pending", "words": "w" * 9000},
        {"status": "approved", "comment": "x:pending", "back": "show=\r\nSet-Cookie: a=b&page=0&q=\0"},
    ],
)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_bad_input_is_answered_with_words_and_changes_nothing(client, data, accept):
    moderator(client)
    comment = CommentFactory()

    response = client.post(DECIDE, data, headers={"Accept": accept})

    assert response.status_code == (200 if accept == "application/json" else 302)
    told = response.json()["bar"] if accept == "application/json" else client.get(QUEUE).content.decode()
    assert re.search(r'<(p class="said__note"|li class="warning")', told)
    assert status_of(comment) == "pending"
    assert not ModerationEvent.objects.exists()


@pytest.mark.parametrize("path", [UNDO, f"{QUEUE}nosuch/answer/", f"{QUEUE}nosuch/block/", f"{QUEUE}nosuch/"])
def test_what_does_not_exist_is_no_error_of_the_site(client, path):
    moderator(client)

    for batch in ("\0not a uuid", uuid4()):
        assert client.post(path, {"batch": batch, "answer": "x", "alone": "\0"}).status_code in (302, 404, 405)
    assert client.get(QUEUE, {"page": "x\0", "q": "a\0b", "show": "\0"}).status_code == 200
    assert client.get(LOG, {"by": "9" * 30, "page": "-1"}).status_code == 200


def test_an_answer_appears_under_the_authors_name_and_approves_what_it_answers(client):
    by = moderator(client, is_superuser=True)
    comment = CommentFactory()

    client.post(f"{QUEUE}{comment.public_id}/answer/", {"answer": "Thank you."})

    reply = ReaderComment.objects.get(is_author=True)
    assert (reply.user_name, reply.status, reply.parent_id) == (comment.article.author.name, "approved", comment.pk)
    assert status_of(comment) == "approved"
    assert set(ModerationEvent.objects.values_list("actor", flat=True)) == {by.pk}


def test_a_moderator_reads_before_she_answers_that_it_will_be_in_her_own_name_and_readers_see_for_whom(client):
    moderator(client, first_name="Ada", last_name="Byron")
    comment = CommentFactory(article=ArticleFactory(language="en"), approved=True)
    path = f"{QUEUE}{comment.public_id}/"
    assert "under the name of Ada Byron (Moderation)" in client.get(path).content.decode()
    assert "under the name of Ada Byron and marked" in client.get(f"{QUEUE}write/").content.decode()

    client.post(f"{path}answer/", {"answer": "Please be kind."})

    page = html.fromstring(client.get(comment.article.get_absolute_url()).content)
    [header] = page.xpath("//article[@class='comment'][.//p[text()='Please be kind.']]/header")
    assert (header.xpath("./b/text()"), header.xpath("./*[@class='badge']/text()")) == (["Ada Byron"], ["Moderation"])
    assert "Ada Byron" not in str(page.xpath("//a[contains(@href, '/report/')]/@aria-label"))


def test_an_editor_reads_on_each_comment_in_whose_name_he_would_answer(client):
    site, own = AuthorFactory(name="Site"), AuthorFactory(name="Own")
    own.account = moderator(client, first_name="Ada", last_name="Byron")
    own.account.groups.add(Group.objects.get(name="Editors"))
    own.save()
    for author in (site, own):
        CommentFactory(article=ArticleFactory(author=author))

    page = html.fromstring(client.get(QUEUE).content)

    labels = [label.text_content() for label in page.xpath("//label[starts-with(@for, 'answer-')]")]
    assert [label.partition("the name of ")[2] for label in labels] == ["Ada Byron (Moderation)", "Own"]
    write = client.get(f"{QUEUE}write/").content.decode()
    assert "below your own articles under the name of their author, elsewhere under the name of Ada Byron" in write


@pytest.mark.parametrize("words", ["", " \n ", "w" * 5001, "a\0b"])
def test_an_answer_that_cannot_be_published_is_kept_with_the_reason(client, words):
    moderator(client)
    comment = CommentFactory()

    response = client.post(f"{QUEUE}{comment.public_id}/answer/", {"answer": words})

    assert response.status_code == 422
    assert response.context["answer"].errors["answer"]
    assert re.search(r'<details class="panel"[^>]* open>', response.content.decode())
    assert re.search(r'<details class="panel"[^>]* open>', response.content.decode())
    assert status_of(comment) == "pending"


def test_an_answer_to_a_comment_that_another_rejected_is_kept_and_explained(client):
    moderator(client)
    comment = CommentFactory()
    decisions.decide([comment.pk], "rejected", UserFactory())

    response = client.post(f"{QUEUE}{comment.public_id}/answer/", {"answer": "My words."})

    assert response.status_code == 422
    assert ">My words.</textarea>" in response.content.decode()
    assert ReaderComment.objects.count() == 1


def test_blocking_a_commenter_asks_for_no_address_and_shows_none(client):
    by = moderator(client)
    comment = CommentFactory(email="ann@secret.example")
    CommentContact.objects.update(network_key="n" * 32)

    page = client.post(f"{QUEUE}{comment.public_id}/block/", {"network": "on", "why": "insults everybody"}, follow=True)

    rules = {rule.kind: rule for rule in BlockRule.objects.all()}
    assert {kind: rule.action for kind, rule in rules.items()} == {"person": "refuse", "network": "hold"}
    assert {(rule.created_by, rule.note) for rule in rules.values()} == {(by, "insults everybody")}
    for response in (page, client.get("/admin/comments/blockrule/"), client.get(LOG)):
        assert "secret.example" not in response.content.decode()
        assert rules["person"].value not in response.content.decode()


def test_words_are_searched_in_names_and_comments_only(client):
    moderator(client)
    named = CommentFactory(user_name="Hortense", email="a@findable.example")
    said = CommentFactory(comment="I met Hortense there.", approved=True)
    CommentFactory(email="hortense@findable.example")

    assert set(order(client.get(QUEUE, {"q": "hortense"}))) == {named.public_id, said.public_id}
    assert order(client.get(QUEUE, {"q": "hortense", "show": "approved"})) == [said.public_id]
    assert order(client.get(QUEUE, {"q": "findable"})) == []


def heading(response):
    return html.fromstring(response.content).xpath("string(//h1)").strip()


@pytest.mark.parametrize("few", [1000, 0])
def test_a_part_of_a_word_is_found_whether_few_comments_hold_it_or_many(client, monkeypatch, few):
    monkeypatch.setattr("newsroom.held.FEW", few)
    monkeypatch.setattr("comments.desk.cases.FEW", few)
    moderator(client)
    said = CommentFactory(comment="Il y a de l’Énergie, 100 % d_or.")
    named = CommentFactory(user_name="Énergumène", comment="Rien.")
    below = CommentFactory(article=ArticleFactory(title="L’énergie en débat"), comment="Rien.")

    def found(words):
        return set(order(client.get(QUEUE, {"q": words})))

    assert found("ENERG") == found("nerg") == {said.public_id, named.public_id, below.public_id}
    assert found("nergie, 100 %") == found("d_or") == {said.public_id}
    assert found("rg") == {said.public_id, named.public_id}  # of titles, words and their parts of three letters
    assert found("volcan") == found("100%") == found("???") == set()


def test_only_a_very_long_comment_can_be_folded_and_none_is_cut(client):
    moderator(client)
    long, short = CommentFactory(comment="Word " * 400), CommentFactory(comment="Word " * 200)

    pages = [html.fromstring(client.get(f"{QUEUE}{one.public_id}/").content) for one in (long, short)]

    assert [len(page.xpath("//details[@class='case__fold']")) for page in pages] == [1, 0]
    assert [page.xpath("string(//div[@class='case__text'])").count("Word") for page in pages] == [400, 200]


def test_an_erased_comment_waits_for_nobody(client):
    moderator(client)
    comment = CommentFactory()
    CommentFactory(parent=comment)
    report(comment)

    decisions.forget([comment.pk])

    page = client.get(QUEUE)
    assert len(order(page)) == 1
    assert {tab["name"]: tab["count"] for tab in page.context["tabs"]}["waiting"] == 1
    assert client.get(QUEUE, {"show": "rejected"}).status_code == 200


def test_the_number_of_those_that_wait_stands_in_the_navigation_and_on_the_first_page(client):
    moderator(client)
    both = CommentFactory()
    CommentFactory()
    report(both)
    reported = CommentFactory(approved=True)
    report(reported)

    home = client.get("/admin/")

    tab = next(tab for tab in home.context["desk_tabs"] if tab.url == QUEUE)
    assert tab.count == 3
    rows = home.context["sections"][0].rows
    assert {row.url for row in rows[:2]} == {f"{QUEUE}{row.public_id}/" for row in (both, reported)}
    assert len(rows) == 3
    assert ["Reported by readers" in row.note for row in rows] == [True, True, False]


PRICES = {QUEUE: 16, f"{QUEUE}?show=approved": 16, f"{QUEUE}?q=think": 20, LOG: 9, "/admin/": 9}


@pytest.mark.parametrize("count", [1, 3, pytest.param(300, marks=pytest.mark.slow)])
def test_every_page_costs_the_same_for_any_number(client, count):
    by = moderator(client)
    root = CommentFactory(approved=True)
    comments = [
        CommentFactory(parent=root, hold_reasons=[["links", 2]], email=f"reader{n}@secret.example")
        for n in range(count + 1)
    ]
    decisions.decide([comment.pk for comment in comments[: count // 2 + 1]], "approved", by)
    for comment in comments[: 3 if count > 1 else 1]:
        report(comment)

    for path, queries in PRICES.items():
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            response = client.get(path)

        assert response.status_code == 200
        assert len(captured) == queries, "\n".join([path, *(query["sql"][:200] for query in captured)])


def test_a_list_is_not_counted_but_says_whether_more_follows(client, monkeypatch):
    moderator(client)
    monkeypatch.setattr("comments.desk.views.PER_PAGE", 2)
    oldest, middle, newest = (CommentFactory(approved=True, comment="Seed").public_id for _ in range(3))

    first, second, beyond, all_found = (client.get(QUEUE, {"q": "seed", "page": page}) for page in (1, 2, 9, "x"))

    assert [order(page) for page in (first, second, beyond, all_found)] == [
        [newest, middle], [oldest], [oldest], [newest, middle],
    ]  # fmt: skip
    assert [heading(page) for page in (first, second)] == ["More than 2 comments found", "3 comments found"]
    turns = [html.fromstring(page.content).xpath("//nav[@class='queue__pages']/a/@href") for page in (first, second)]
    assert turns == [["?q=seed&page=2"], ["?q=seed&page=1"]]


def test_a_list_that_is_shorter_than_a_page_leads_nowhere(client):
    moderator(client)
    CommentFactory()

    for path in (QUEUE, LOG, f"{QUEUE}?page=3", f"{LOG}?page=3"):
        assert not html.fromstring(client.get(path).content).xpath("//nav[@class='queue__pages']")


def test_only_the_approved_are_not_counted(client):
    moderator(client)
    CommentFactory(approved=True)

    tabs = client.get(QUEUE).context["tabs"]

    assert {tab["name"]: tab["count"] for tab in tabs} == dict.fromkeys(
        ("waiting", "reported", "spam", "rejected", "removed"), 0
    ) | {"approved": None}


def test_counting_what_waits_is_one_query(django_assert_num_queries):
    from comments.desk.cases import count_waiting

    CommentFactory()

    with django_assert_num_queries(1):
        assert count_waiting() == 1


def test_the_author_comments_below_an_article_of_hers(client):
    article = ArticleFactory(language="en")
    draft = ArticleFactory(language="en", published_at=None)
    moderator(client, is_superuser=True)
    path = f"{QUEUE}write/"
    assert f'href="{path}"' in client.get(QUEUE).content.decode()
    assert f'value="{article.pk}"' in client.get(path).content.decode()

    refused = [client.post(path, {"article": draft.pk, "answer": "Words"}), client.post(path, {"article": article.pk})]
    assert [(page.status_code, ReaderComment.objects.count()) for page in refused] == [(422, 0)] * 2
    done = client.post(path, {"article": article.pk, "answer": "A word of mine"}, follow=True)

    assert done.status_code == 200
    assert "A word of mine" in client.get(article.get_absolute_url()).content.decode()
    assert ReaderComment.objects.get().is_author


def test_the_author_chooses_among_the_newest_articles_or_gives_an_address(client):
    old = ArticleFactory(language="en", slug="old", published_at=timezone.now() - timedelta(days=9))
    newest = [ArticleFactory(language="en") for _ in range(forms.NEWEST)]
    moderator(client)
    path = f"{QUEUE}write/"
    page = html.fromstring(client.get(path).content)
    offered = page.xpath("//select[@name='article']/option/@value")
    assert sorted(offered) == sorted(["", *(str(article.pk) for article in newest)])

    for wrong in ("http://testserver/en/nothing/", "https://elsewhere.example/en/old/", "old", "\0", "http://[x"):
        page = client.post(path, {"address": wrong, "answer": "Words"})
        assert (page.status_code, list(page.context["form"].errors)) == (422, ["address"]), wrong
        assert page.context["form"]["answer"].value() == "Words"
    client.post(path, {"address": "http://testserver/en/old/", "answer": "By its address"})
    client.post(path, {"article": old.pk, "answer": "By its key"})

    said = ReaderComment.objects.order_by("pk").values_list("article", "comment")
    assert list(said) == [(old.pk, "By its address"), (old.pk, "By its key")]


def test_the_articles_to_choose_from_are_called_as_on_their_pages(client):
    ArticleFactory(language="fr", title='L\'eau "vive" ?')
    moderator(client)

    page = html.fromstring(client.get(f"{QUEUE}write/").content)

    assert page.xpath("//select[@name='article']/option/text()")[1:] == ["L’eau «\u202fvive\u202f»\u202f?"]


def test_only_who_may_moderate_comments_as_the_author(client):
    client.force_login(user_with("view_readercomment"))

    assert client.get(f"{QUEUE}write/").status_code == 403
    assert f"{QUEUE}write/" not in client.get(QUEUE).content.decode()
