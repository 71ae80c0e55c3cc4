"""Approve, reject, remove, restore, erase: the only code that changes what readers may see.

Every function here works in one transaction: it locks the articles concerned first, in order, so that two moderators
never count at once; writes a line a comment into the log; counts anew from the rule that draws the thread
(comments/thread.py), never by adding one; and puts notices into the queue of the same database. Pages are purged at
once: whoever wrote, confirmed or withdrew a comment looks at the page next.
"""

import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from articles.drawing import draw_article
from articles.models import Article
from comments import notices, people, thread
from comments.models import CommentContact, ModerationEvent, PendingComment, ReaderComment, Report
from comments.text import without_addresses
from newsroom.cache import purge

Status = ReaderComment.Status
Action = ModerationEvent.Action
UNDO_WINDOW = timedelta(minutes=10)
SENT_TWICE = timedelta(minutes=1)


@dataclass
class Outcome:
    """What came of a decision. `batch` is what `undo` takes.

    `kept` had the status already; `blocked` are replies below a comment that does not stand; `late` are those that
    somebody else decided on in the meantime.
    """

    batch: uuid.UUID = field(default_factory=uuid.uuid4)
    changed: list = field(default_factory=list)
    kept: list = field(default_factory=list)
    blocked: list = field(default_factory=list)
    late: list = field(default_factory=list)


def decide(pks, status, by, reason="", action=Action.DECIDE, seen=None, batch=None):
    """Move the comments `pks` to `status` and return an Outcome.

    `by` is the moderator, None when a rule decided. Comments that have the status already change nothing, save that
    their open reports count as answered (`kept`). A reply cannot be approved below a comment that readers do not see
    (`blocked`); in one call parents come first, so a whole thread may be approved together. `seen` ({pk: status}) is
    what the moderator looked at: a comment that is something else by now stays as it is (`late`). With `batch` it is a
    part of another gesture, taken back with that.
    """
    return _apply(dict.fromkeys(pks, status), by, action, reason, seen, batch)


def undo(batch, by):
    """Take back, within ten minutes, what one gesture did, where nobody has decided otherwise since.

    In the Outcome, `kept` are the comments that only wait for an answer to their reports again, or whose writer is
    blocked no more.
    """
    with transaction.atomic():
        events = list(ModerationEvent.objects.filter(batch=batch, at__gte=timezone.now() - UNDO_WINDOW))
        if not events:
            return Outcome()
        done = [event for event in events if event.comment_id and event.action in (Action.DECIDE, Action.REPLY)]
        # An answer of ours never waited: it is removed, and so can be found.
        back = {
            event.comment_id: Status.REMOVED if event.action == Action.REPLY else event.from_status for event in done
        }
        outcome = _apply(back, by, Action.UNDO, seen={event.comment_id: event.to_status for event in done})
        # Taking back answers no report, also none that came in since.
        reports = Report.objects.filter(answered_in__in=[batch, outcome.batch])
        reopened = set(reports.values_list("comment", flat=True))
        reports.update(answered_at=None, answered_in=None)
        freed = people.unblock(batch, by)
        outcome.kept = sorted((reopened | ({freed.pk} if freed else set())).difference(outcome.changed))
        return outcome


def publish_reply(parent, by, words, approve=False):
    """Answer a reader; the comment answered is approved first, as a decision of its own. Return the reply, or None.

    One that waits is; one that was decided on already only with `approve`, from who knows that; neither where somebody
    has decided since `parent` was read. None when readers would not see the answer: the comment answered does not stand,
    or stands below one that does not.
    """
    with transaction.atomic():
        if parent.status == Status.PENDING or (approve and parent.status != Status.APPROVED):
            decide([parent.pk], Status.APPROVED, by, seen={parent.pk: parent.status})
        return post(parent.article, by, words, parent)


def post(article, by, words, parent=None):
    """Publish at once what `by` says below an article, as a comment of its own or below `parent`; see people.signature.

    The same words sent there twice, as by a button pressed twice, are published once.
    """
    with transaction.atomic():
        _lock_articles_by_pk([article.pk])
        if parent and not thread.stands(parent.pk, thread.relations_above(ReaderComment.objects.filter(pk=parent.pk))):
            return None
        if twice := _sent_just_now(article, by, words, parent):
            return twice
        comment = add(article=article, parent=parent, comment=words, **people.signature(by, article))
        outcome = _apply({comment.pk: Status.APPROVED}, by, Action.REPLY)
        comment.refresh_from_db()
        return comment if outcome.changed else None


def _sent_just_now(article, by, words, parent):
    """Return what `by` published there a moment ago in these words, or None."""
    same = ReaderComment.objects.shown().filter(article=article, user=by, comment=without_addresses(words))
    same = same.filter(parent_id=_above(parent) if parent else F("pk"))
    return same.filter(submit_date__gt=timezone.now() - SENT_TWICE).first()


def _above(parent):
    """Return the key below which an answer stands: past the package's depth beside what it answers, instead of nowhere."""
    return parent.parent_id if parent.level >= thread.MAX_DEPTH else parent.pk


def add(article, parent=None, **values):
    """Store a comment that waits for a decision. Call it inside a transaction; it takes the article's lock."""
    _lock_articles_by_pk([article.pk])
    comment = ReaderComment(article=article, **{"submit_date": timezone.now()} | values)
    if parent is not None:
        comment.parent_id = _above(parent)
    comment.save()
    return comment


def forget(pks, by=None, reason=""):
    """Erase comments for good: the row where nothing hangs on it, else its name and words, leaving an empty place."""
    with transaction.atomic():
        articles = _lock_articles(pks)
        rows = ReaderComment.objects.filter(pk__in=pks).only("pk", "public_id", "status").in_bulk()
        batch = uuid.uuid4()
        ModerationEvent.objects.bulk_create(
            ModerationEvent.line(row, by, Action.ERASE, batch, to="", reason=reason) for row in rows.values()
        )
        CommentContact.objects.filter(comment__in=rows).delete()
        notices.forget({row.public_id for row in rows.values()})
        relations = thread.relations_of(articles).values()
        above = {pk: up for known in relations for pk, (up, _status) in known.items() if up != pk}
        hanging = Counter(above.values())
        # Also an answer that is not confirmed yet hangs on what it answers, and its words would go with it.
        hanging.update(PendingComment.objects.unconfirmed().filter(parent__in=rows).values_list("parent", flat=True))
        # An answer is always younger than what it answers: from the youngest on, a thread erased whole leaves nothing.
        for pk in sorted(rows, reverse=True):
            if hanging[pk]:
                _empty(rows[pk])
            else:
                hanging[above.get(pk)] -= 1
                rows[pk].delete()
        recount(articles)
        _threads_changed(articles)


def _threads_changed(articles):
    purge(*(f"thread:{pk}" for pk in articles), at_once=True)
    for pk in articles:
        draw_article.enqueue(pk)


def _empty(row):
    """Leave a place without name and words, and without what was said of them: nothing is left to decide on."""
    status = {Status.APPROVED: Status.REMOVED, Status.PENDING: Status.REJECTED}.get(row.status, row.status)
    values = {"user_name": "", "comment": "", "text_key": "", "hold_reasons": [], "is_author": False, "is_team": False}
    Report.objects.filter(comment=row.pk).delete()
    ReaderComment.objects.filter(pk=row.pk).update(**values, **ReaderComment.facts_of(status))
    ReaderComment.held.put({row.pk: ""})


def recount(article_pks):
    """Set `comment_count` of articles that the caller has locked, and return {pk: count}. Two queries, one a change."""
    counts = {}
    for pk, known in thread.relations_of(article_pks).items():
        counts[pk] = thread.count_shown([(row, above, status) for row, (above, status) in known.items()])
        if Article.objects.filter(pk=pk).exclude(comment_count=counts[pk]).update(comment_count=counts[pk]):
            purge(f"article:{pk}", at_once=True)
    return counts


def _lock_articles(comment_pks):
    """Lock the articles of these comments, in order, and return their keys."""
    return _lock_articles_by_pk(ReaderComment.objects.filter(pk__in=comment_pks).values_list("article", flat=True))


def _lock_articles_by_pk(pks):
    return list(
        Article.objects.select_for_update(no_key=True)
        .filter(pk__in=sorted(set(pks)))
        .order_by("pk")
        .values_list("pk", flat=True)
    )


def _apply(wanted, by, action, reason="", seen=None, batch=None):
    """Move comments to the statuses of `wanted` ({pk: status}); see `decide`."""
    outcome, events = Outcome(batch or uuid.uuid4()), []
    with transaction.atomic():
        articles = _lock_articles(wanted)
        rows = list(ReaderComment.objects.filter(pk__in=wanted).order_by("level", "pk").select_related(None))
        relations = thread.relations_of(articles)
        for row in rows:
            target, known = wanted[row.pk], relations[row.article_id]
            fate = _fate(row, target, known, (seen or {}).get(row.pk, row.status))
            getattr(outcome, fate).append(row.pk)
            if fate == "changed":
                known[row.pk] = (row.parent_id, target)
                events.append(ModerationEvent.line(row, by, action, outcome.batch, target, reason))
        _write(wanted, outcome)
        events += _answer_reports(rows, by, reason, outcome)
        ModerationEvent.objects.bulk_create(events)
        recount(articles)
        shown = {row.article_id for row in rows if {row.status, wanted[row.pk]} & {*thread.STANDING}}
        _threads_changed(shown)
        notices.announce([pk for pk in outcome.changed if wanted[pk] == Status.APPROVED])
    return outcome


def _fate(row, target, known, seen):
    """Return which list of an Outcome a comment belongs in."""
    # What was erased stays empty, whatever anybody saw or takes back.
    if not row.comment or row.status != seen:
        return "late"
    if row.status == target:
        return "kept"
    if target == Status.APPROVED and row.is_reply and not thread.stands(row.parent_id, known):
        return "blocked"
    return "changed"


def _write(wanted, outcome):
    """Give each changed comment its status."""
    for status in {wanted[pk] for pk in outcome.changed}:
        ReaderComment.objects.filter(pk__in=[pk for pk in outcome.changed if wanted[pk] == status]).update(
            status_at=timezone.now(), **ReaderComment.facts_of(status)
        )


def _answer_reports(rows, by, reason, outcome):
    """Count open reports on decided comments as answered; return the lines of those that were kept as they are."""
    open_reports = Report.objects.open().filter(comment__in=outcome.changed + outcome.kept)
    reported = set(open_reports.values_list("comment", flat=True))
    open_reports.update(answered_at=timezone.now(), answered_in=outcome.batch)
    kept = [row for row in rows if row.pk in reported and row.pk in outcome.kept]
    return [ModerationEvent.line(row, by, Action.KEEP, outcome.batch, reason=reason) for row in kept]
