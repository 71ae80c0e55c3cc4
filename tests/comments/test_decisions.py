"""What moderators decide, and what readers see of it."""

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Article
from comments import decisions, people, thread
from comments.keys import email_key
from comments.models import BlockRule, CommentContact, ModerationEvent, ReaderComment, Report
from tests.comments.desk import user_with
from tests.factories import ArticleFactory, AuthorFactory, CommentFactory, UserFactory

pytestmark = pytest.mark.django_db
Status = ReaderComment.Status


def shown(article):
    """The pks that a page draws, empty places as negative."""
    return [-node.pk if node.removed else node.pk for node in thread.load(article.pk).nodes]


def count(article):
    return Article.objects.get(pk=article.pk).comment_count


def test_a_comment_is_seen_only_once_approved():
    comment = CommentFactory()
    assert (shown(comment.article), count(comment.article)) == ([], 0)

    decisions.decide([comment.pk], Status.APPROVED, UserFactory())

    assert (shown(comment.article), count(comment.article)) == ([comment.pk], 1)


@pytest.mark.parametrize("status", ["pending", "rejected", "spam", "removed"])
def test_every_decision_can_be_taken_back(status):
    comment = CommentFactory(approved=True)
    by = UserFactory()

    outcome = decisions.decide([comment.pk], status, by)
    assert (shown(comment.article), count(comment.article)) == ([], 0)
    decisions.undo(outcome.batch, by)

    assert (shown(comment.article), count(comment.article)) == ([comment.pk], 1)


def test_nothing_is_taken_back_after_ten_minutes_or_after_another_decision():
    late, decided = CommentFactory(approved=True), CommentFactory(approved=True)
    by = UserFactory()
    first = decisions.decide([late.pk], Status.SPAM, by)
    ModerationEvent.objects.filter(batch=first.batch).update(at=timezone.now() - timedelta(minutes=10, seconds=1))
    second = decisions.decide([decided.pk], Status.SPAM, by)
    decisions.decide([decided.pk], Status.REJECTED, by)

    decisions.undo(first.batch, by)
    decisions.undo(second.batch, by)

    assert ReaderComment.objects.get(pk=late.pk).status == Status.SPAM
    assert ReaderComment.objects.get(pk=decided.pk).status == Status.REJECTED


def test_saving_or_approving_a_comment_publishes_nothing_below_it():
    root = CommentFactory(approved=True)
    held = CommentFactory(parent=root)
    below = CommentFactory(parent=held)

    root.save()
    decisions.decide([root.pk], Status.REMOVED, None)
    decisions.decide([root.pk], Status.APPROVED, None)

    assert shown(root.article) == [root.pk]
    assert set(ReaderComment.objects.filter(pk__in=[held.pk, below.pk]).values_list("status", "is_public")) == {
        ("pending", False)
    }


def test_restoring_a_comment_brings_back_exactly_what_stood_below_it():
    root = CommentFactory(approved=True)
    public = CommentFactory(parent=root, approved=True)
    CommentFactory(parent=root)
    deeper = CommentFactory(parent=public, approved=True)

    decisions.decide([root.pk], Status.REJECTED, None)
    assert (shown(root.article), count(root.article)) == ([], 0)
    decisions.decide([root.pk], Status.APPROVED, None)

    assert (shown(root.article), count(root.article)) == ([root.pk, public.pk, deeper.pk], 3)


def test_a_removed_comment_with_answers_leaves_an_empty_place_that_counts_for_nothing():
    root = CommentFactory(approved=True)
    answer = CommentFactory(parent=root, approved=True)

    decisions.decide([root.pk], Status.REMOVED, None)
    assert (shown(root.article), count(root.article)) == ([-root.pk, answer.pk], 1)
    decisions.decide([answer.pk], Status.REMOVED, None)

    assert (shown(root.article), count(root.article)) == ([], 0)


def test_a_reply_is_not_approved_below_a_comment_that_nobody_sees():
    root = CommentFactory()
    reply = CommentFactory(parent=root)

    alone = decisions.decide([reply.pk], Status.APPROVED, None)
    together = decisions.decide([reply.pk, root.pk], Status.APPROVED, None)

    assert (alone.changed, alone.blocked) == ([], [reply.pk])
    assert (together.changed, together.blocked) == ([root.pk, reply.pk], [])


def test_every_decision_leaves_a_line():
    comment, by = CommentFactory(), UserFactory()

    decisions.decide([comment.pk], Status.REJECTED, by, "off topic")

    event = ModerationEvent.objects.get()
    assert (event.actor, event.comment_id, event.public_id) == (by, comment.pk, comment.public_id)
    assert (event.from_status, event.to_status, event.reason) == ("pending", "rejected", "off topic")
    assert timezone.now() - event.at < timedelta(seconds=30)


def test_deciding_twice_is_one_decision():
    comment = CommentFactory()

    decisions.decide([comment.pk], Status.APPROVED, None)
    again = decisions.decide([comment.pk], Status.APPROVED, None)

    assert (again.changed, again.kept) == ([], [comment.pk])
    assert ModerationEvent.objects.count() == 1


def test_a_report_waits_first_in_the_queue_until_a_moderator_answers_and_again_after_undo():
    pending, reported = CommentFactory(), CommentFactory(approved=True)
    Report.objects.create(comment=reported, reason="insult", network_key="a")
    assert list(ReaderComment.objects.queue()) == [reported, pending]

    kept = decisions.decide([reported.pk], Status.APPROVED, UserFactory())
    assert kept.kept == [reported.pk]
    assert list(ReaderComment.objects.queue()) == [pending]
    assert ModerationEvent.objects.first().action == "keep"
    decisions.undo(kept.batch, None)

    assert list(ReaderComment.objects.queue()) == [reported, pending]


def test_the_author_answers_in_one_gesture_and_approves_what_is_answered():
    comment, by = CommentFactory(), UserFactory(is_superuser=True)

    reply = decisions.publish_reply(comment, by, "Thank you.")

    assert shown(comment.article) == [comment.pk, reply.pk]
    assert (reply.user_name, reply.is_author, reply.user) == (comment.article.author.name, True, by)
    rejected = CommentFactory()
    decisions.decide([rejected.pk], Status.REJECTED, by)
    assert decisions.publish_reply(ReaderComment.objects.get(pk=rejected.pk), by, "No.") is None
    # As it was read before a colleague decided.
    assert decisions.publish_reply(rejected, by, "No.") is None
    assert ReaderComment.objects.get(pk=rejected.pk).status == "rejected"


def test_a_button_pressed_twice_publishes_once():
    root, by = CommentFactory(approved=True), UserFactory(is_superuser=True)
    deepest = CommentFactory(parent=CommentFactory(parent=root, approved=True), approved=True)

    for words in ("Thank you.", "Thank you, ann@secret.example.", "Thank you."):
        for below in (None, root, deepest):
            decisions.post(root.article, by, words, below)
    assert len(shown(root.article)) == 3 + 2 * 3

    decisions.post(root.article, UserFactory(is_superuser=True), "Thank you.", root)
    ReaderComment.objects.filter(user=by).update(submit_date=timezone.now() - timedelta(minutes=2))
    decisions.post(root.article, by, "Thank you.", root)
    assert len(shown(root.article)) == 3 + 2 * 3 + 2


def test_taking_an_answer_back_leaves_what_it_answers_approved_and_that_is_taken_back_by_itself():
    comment, by = CommentFactory(), UserFactory()
    reply = decisions.publish_reply(comment, by, "Thank you.")
    approval, answer = ModerationEvent.objects.order_by("pk")
    assert (approval.comment, answer.comment) == (comment, reply)

    outcome = decisions.undo(answer.batch, by)

    assert outcome.changed == [reply.pk]
    reply.refresh_from_db()
    assert (reply.status, shown(comment.article)) == ("removed", [comment.pk])
    assert decisions.undo(approval.batch, by).changed == [comment.pk]
    assert shown(comment.article) == []
    assert decisions.undo(answer.batch, by).changed == []


@pytest.mark.parametrize(
    ("named", "name"),
    [
        ({"first_name": "Ada", "last_name": "Byron"}, "Ada Byron"),
        ({"username": "who@secret.example"}, "La rédaction"),
        ({"username": "login", "first_name": "who@secret.example"}, "La rédaction"),
        ({"username": "login"}, "La rédaction"),
    ],
)
def test_a_moderator_answers_in_her_own_name_and_never_in_the_one_she_logs_in_by(named, name):
    comment = CommentFactory()

    reply = decisions.publish_reply(comment, user_with(group="Moderators", **named), "Please be kind.")

    assert (reply.user_name, reply.is_author, reply.is_team) == (name, False, True)


def test_an_editor_answers_in_the_name_of_an_author_whom_he_may_change_and_else_in_his_own():
    site, own, guest = AuthorFactory(name="Site"), AuthorFactory(name="Own"), AuthorFactory(name="Guest")
    editor = user_with(group="Editors", first_name="Ben", last_name="Roy")
    own.account = editor
    own.save()
    below = [CommentFactory(article=ArticleFactory(author=author)) for author in (site, own, guest)]

    answers = [decisions.publish_reply(comment, editor, "Thank you.") for comment in below]

    assert [(answer.user_name, answer.is_author) for answer in answers] == [
        ("Ben Roy", False),
        ("Own", True),
        ("Guest", True),
    ]


def test_a_block_is_taken_back_whole_and_only_what_it_made():
    comment, other, by = CommentFactory(), CommentFactory(email="other@secret.example"), UserFactory()
    people.block(other, by)
    CommentContact.objects.update(network_key="n" * 32)
    BlockRule.objects.create(kind="person", value=email_key("reader@secret.example"), action="hold")

    people.block(comment, by, network=True)
    assert sorted(BlockRule.objects.values_list("kind", "action")) == [
        ("network", "hold"), ("person", "refuse"), ("person", "refuse"),
    ]  # fmt: skip
    batch = ModerationEvent.objects.first().batch
    assert decisions.undo(batch, by).kept == [comment.pk]

    assert BlockRule.objects.get().value == email_key("other@secret.example")
    assert ModerationEvent.objects.first().action == "free"
    assert decisions.undo(batch, by).kept == []


def test_a_block_is_not_taken_back_after_ten_minutes():
    comment, by = CommentFactory(), UserFactory()
    people.block(comment, by)
    ModerationEvent.objects.update(at=timezone.now() - timedelta(minutes=10, seconds=1))

    decisions.undo(ModerationEvent.objects.get().batch, by)

    assert BlockRule.objects.exists()


def test_an_answer_past_the_deepest_level_stands_at_that_level():
    article = ArticleFactory()
    chain = [CommentFactory(article=article, approved=True)]
    for _ in range(thread.MAX_DEPTH + 2):
        chain.append(CommentFactory(parent=chain[-1], approved=True))

    assert shown(article) == [comment.pk for comment in chain]
    nodes = thread.load(article.pk).nodes
    assert [node.level for node in nodes] == [0, 1, 2] + [2] * thread.MAX_DEPTH
    assert nodes[3].answers.name == chain[2].user_name


def test_erasing_leaves_an_empty_place_only_where_something_hangs_on_it():
    root = CommentFactory(approved=True, user_name="Zoé", comment="Secret words")
    answer = CommentFactory(parent=root, approved=True)
    leaf = CommentFactory(article=root.article, approved=True)
    Report.objects.create(comment=root, reason="other", note="Zoé says secret words", answered_at=timezone.now())

    decisions.forget([root.pk, leaf.pk])

    assert (shown(root.article), count(root.article)) == ([-root.pk, answer.pk], 1)
    row = ReaderComment.objects.get(pk=root.pk)
    assert (row.user_name, row.comment) == ("", "")
    assert list(CommentContact.objects.values_list("comment", flat=True)) == [answer.pk]
    assert not ReaderComment.objects.filter(pk=leaf.pk).exists()
    assert not Report.objects.exists()
    decisions.forget([root.pk, answer.pk])
    assert not ReaderComment.objects.exists()


def test_what_was_erased_does_not_come_back_with_undo_or_a_decision():
    root = CommentFactory(approved=True)
    answer = CommentFactory(parent=root, approved=True)
    outcome = decisions.decide([root.pk], Status.REMOVED, None)
    decisions.forget([root.pk])

    assert decisions.undo(outcome.batch, None).changed == []
    assert decisions.decide([root.pk], Status.APPROVED, None).late == [root.pk]

    assert (shown(root.article), count(root.article)) == ([-root.pk, answer.pk], 1)


def test_the_row_of_a_comment_keeps_no_address_however_it_is_written():
    comment = CommentFactory(
        user_name="ann@secret.example", user_email="ann@secret.example", ip_address="192.0.2.1",
        user_url="http://ann@secret.example/", comment="Write to ANN&#64;secret.example or ann＠secret.example, thanks",
    )  # fmt: skip

    row = ReaderComment.objects.values("user_email", "ip_address", "user_url", "user_name", "comment").get()

    assert row == {
        "user_email": "", "ip_address": None, "user_url": "", "user_name": "…@…",
        "comment": "Write to …@… or …@…, thanks",
    }  # fmt: skip
    assert "secret" not in str(comment)


def test_blocking_needs_no_address_and_looking_at_one_leaves_a_line():
    comment, by = CommentFactory(email="Ann@Secret.example"), UserFactory()

    assert people.block(comment, by)
    assert people.look_at_address(comment, by) == "Ann@Secret.example"

    assert "secret" not in BlockRule.objects.get().value
    assert list(ModerationEvent.objects.values_list("action", "actor")) == [("look", by.pk), ("block", by.pk)]


def test_an_article_takes_its_comments_with_it():
    comment = CommentFactory(approved=True)
    CommentFactory(parent=comment)

    comment.article.delete()

    assert not ReaderComment.objects.exists()
    assert not comment.comment_ptr.__class__.objects.exists()


@pytest.mark.parametrize("seed", range(5))
def test_the_count_is_what_the_page_shows_after_any_decisions(seed):
    chance = random.Random(seed)
    article = ArticleFactory()
    comments = []
    for _ in range(12):
        comments.append(CommentFactory(article=article, parent=chance.choice([None, *comments])))
    batches = []

    for _ in range(40):
        chosen = [comment.pk for comment in chance.sample(comments, chance.randint(1, 4))]
        batches.append(decisions.decide(chosen, chance.choice(Status.values), None).batch)
        if chance.random() < 0.2:
            decisions.undo(chance.choice(batches), None)
        visible = [pk for pk in shown(article) if pk > 0]
        assert count(article) == len(visible)
        assert set(visible) <= set(ReaderComment.objects.filter(status="approved").values_list("pk", flat=True))
