"""Approve, reject, remove, restore, erase: the only code that changes what readers may see.

Every function here works in one transaction: it locks the articles concerned first, in order, so that two moderators
never count at once; writes a line a comment into the log; counts anew from the rule that draws the thread
(comments/thread.py), never by adding one; and puts notices into the queue of the same database.
"""

import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from articles.models import Article
from comments import notices, text, thread
from comments.models import BlockRule, CommentContact, ModerationEvent, PendingComment, ReaderComment, Report
from newsroom.cache import purge

Status = ReaderComment.Status
Action = ModerationEvent.Action
UNDO_WINDOW = timedelta(minutes=10)


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
    what the moderator looked at: a comment that is something else by now stays as it is (`late`). What belongs to one
    gesture has one `batch`.
    """
    return _apply(dict.fromkeys(pks, status), by, action, reason, seen, batch)


def undo(batch, by):
    """Take back, within ten minutes, what one call decided, where nobody has decided otherwise since.

    In the Outcome, `kept` are the comments that only wait for an answer to their reports again.
    """
    events = ModerationEvent.objects.filter(batch=batch, at__gte=timezone.now() - UNDO_WINDOW)
    with transaction.atomic():
        if not events.exists():
            return Outcome()
        done = events.filter(action__in=[Action.DECIDE, Action.REPLY]).exclude(comment=None)
        wanted = {event.comment_id: event for event in done}
        _lock_articles(wanted)
        current = dict(ReaderComment.objects.filter(pk__in=wanted).values_list("pk", "status"))
        # An answer of the author's own never waited: it is removed, and so can be found.
        back = {
            pk: Status.REMOVED if event.action == Action.REPLY else event.from_status
            for pk, event in wanted.items()
            if current.get(pk) == event.to_status
        }
        outcome = _apply(back, by, Action.UNDO, "")
        # Taking back answers no report, also none that came in since.
        reports = Report.objects.filter(answered_in__in=[batch, outcome.batch])
        reopened = set(reports.values_list("comment", flat=True))
        reports.update(answered_at=None, answered_in=None)
        outcome.kept = sorted(reopened.difference(outcome.changed))
        return outcome


def publish_reply(parent, by, words, approve=False):
    """Answer a reader as the article's author; the comment answered is approved first. Return the reply, or None.

    One that waits is; one that was decided on already only with `approve`, from who knows that.
    None when readers would not see it: the comment answered does not stand, or stands below one that does not.
    """
    batch = uuid.uuid4()
    with transaction.atomic():
        first = parent.status == Status.PENDING or (approve and parent.status != Status.APPROVED)
        if first and decide([parent.pk], Status.APPROVED, by, batch=batch).blocked:
            return None
        return post_as_author(parent.article, by, words, parent, batch)


def post_as_author(article, by, words, parent=None, batch=None):
    """Publish at once what the author says below an article, as a comment of its own or below `parent`."""
    with transaction.atomic():
        _lock_articles_by_pk([article.pk])
        if parent and not thread.stands(parent.pk, thread.relations_of([article.pk])[article.pk]):
            return None
        comment = add(
            article=article, parent=parent, user_name=article.author.name, comment=words, user=by, is_author=True
        )
        outcome = _apply({comment.pk: Status.APPROVED}, by, Action.REPLY, "", batch=batch)
        comment.refresh_from_db()
        return comment if outcome.changed else None


def add(article, parent=None, **values):
    """Store a comment that waits for a decision. Call it inside a transaction; it takes the article's lock."""
    _lock_articles_by_pk([article.pk])
    comment = ReaderComment(article=article, **{"submit_date": timezone.now()} | values)
    if parent is not None:
        # Past the package's depth the answer stands beside what it answers, instead of nowhere.
        deepest = parent.level >= thread.MAX_DEPTH
        comment.parent_id = parent.parent_id if deepest else parent.pk
    comment.save()
    return comment


def block_commenter(comment, by, reason="", network=False):
    """Drop, from now on and without telling, what comes from this comment's address. False when it is not known.

    With `network`, what comes from the same network is flagged as well; not dropped, for others may share it.
    """
    contact = CommentContact.objects.filter(comment=comment).exclude(email_key="").first()
    if contact is None:
        return False
    rules = [(BlockRule.Kind.PERSON, contact.email_key, BlockRule.Action.REFUSE)]
    if network and contact.network_key:
        rules.append((BlockRule.Kind.NETWORK, contact.network_key, BlockRule.Action.HOLD))
    with transaction.atomic():
        for kind, value, action in rules:
            values = {"action": action, "note": reason, "created_by": by}
            BlockRule.objects.get_or_create(kind=kind, value=value, defaults=values)
        PendingComment.objects.unconfirmed().filter(email_key=contact.email_key).delete()
        _log(comment, by, Action.BLOCK, reason=reason)
    return True


def look_at_address(comment, by):
    """Return the address behind a comment, or an empty string, and log that `by` looked. The caller checks the right."""
    with transaction.atomic():
        _log(comment, by, Action.LOOK)
        return CommentContact.objects.filter(comment=comment).values_list("email", flat=True).first() or ""


def forget(pks, by=None, reason=""):
    """Erase comments for good: the row where nothing hangs on it, else its name and words, leaving an empty place."""
    with transaction.atomic():
        articles = _lock_articles(pks)
        rows = {row.pk: row for row in ReaderComment.objects.filter(pk__in=pks).only("pk", "public_id", "status")}
        batch = uuid.uuid4()
        lines = (_line(row, by, Action.ERASE, row.status, "", reason, batch) for row in rows.values())
        ModerationEvent.objects.bulk_create(lines)
        CommentContact.objects.filter(comment__in=rows).delete()
        notices.forget({row.public_id for row in rows.values()})
        relations = thread.relations_of(articles)
        below = Counter(above for known in relations.values() for pk, (above, _) in known.items() if above != pk)
        # Also an answer that is not confirmed yet hangs on what it answers, and its words would go with it.
        below.update(PendingComment.objects.unconfirmed().filter(parent__in=rows).values_list("parent", flat=True))
        above = {pk: up for known in relations.values() for pk, (up, _) in known.items()}
        # An answer is always younger than what it answers: from the youngest on, a thread erased whole leaves nothing.
        for pk in sorted(rows, reverse=True):
            if below[pk]:
                _empty(rows[pk])
            else:
                below[above[pk]] -= 1
                rows[pk].delete()
        recount(articles)
        purge(*(f"thread:{pk}" for pk in articles))


def _empty(row):
    values = {"user_name": "", "comment": "", "text_key": "", "hold_reasons": [], "is_author": False}
    if row.status == Status.APPROVED:
        values |= {"status": Status.REMOVED, "is_removed": True}
    if row.status == Status.PENDING:
        values |= {"status": Status.REJECTED}  # nothing is left to decide on
    Report.objects.open().filter(comment=row.pk).update(answered_at=timezone.now())
    ReaderComment.objects.filter(pk=row.pk).update(**values)


def recount(article_pks):
    """Set `comment_count` of articles that the caller has locked, and return {pk: count}. Two queries, one a change."""
    counts = {}
    for pk, known in thread.relations_of(article_pks).items():
        counts[pk] = thread.count_shown([(row, above, status) for row, (above, status) in known.items()])
        if Article.objects.filter(pk=pk).exclude(comment_count=counts[pk]).update(comment_count=counts[pk]):
            purge(f"article:{pk}")
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


def _apply(wanted, by, action, reason, seen=None, batch=None):
    """Move comments to the statuses of `wanted` ({pk: status}); see `decide`."""
    seen = seen or {}
    outcome = Outcome(batch or uuid.uuid4())
    with transaction.atomic():
        articles = _lock_articles(wanted)
        rows = list(ReaderComment.objects.filter(pk__in=wanted).order_by("level", "pk").select_related(None))
        relations = thread.relations_of(articles)
        events = []
        for row in rows:
            target, known = wanted[row.pk], relations[row.article_id]
            # What was erased stays empty, whatever anybody saw or takes back.
            if not row.comment or row.status != seen.get(row.pk, row.status):
                outcome.late.append(row.pk)
                continue
            if row.status == target:
                outcome.kept.append(row.pk)
                continue
            if target == Status.APPROVED and row.is_reply and not thread.stands(row.parent_id, known):
                outcome.blocked.append(row.pk)
                continue
            known[row.pk] = (row.parent_id, target)
            events.append(_line(row, by, action, row.status, target, reason, outcome.batch))
            outcome.changed.append(row.pk)
        _write(wanted, outcome)
        events += _answer_reports(rows, by, reason, outcome)
        ModerationEvent.objects.bulk_create(events)
        recount(articles)
        shown = {row.article_id for row in rows if {row.status, wanted[row.pk]} & {*thread.STANDING}}
        purge(*(f"thread:{pk}" for pk in shown))
        notices.announce([pk for pk in outcome.changed if wanted[pk] == Status.APPROVED])
    return outcome


def _write(wanted, outcome):
    """Give each changed comment its status, and the package's two flags that follow from it."""
    for status in {wanted[pk] for pk in outcome.changed}:
        ReaderComment.objects.filter(pk__in=[pk for pk in outcome.changed if wanted[pk] == status]).update(
            status=status,
            status_at=timezone.now(),
            is_public=status in thread.STANDING,
            is_removed=status == Status.REMOVED,
        )


def _answer_reports(rows, by, reason, outcome):
    """Count open reports on decided comments as answered; return the lines of those that were kept as they are."""
    decided = outcome.changed + outcome.kept
    open_reports = Report.objects.open().filter(comment__in=decided)
    reported = set(open_reports.values_list("comment", flat=True))
    open_reports.update(answered_at=timezone.now(), answered_in=outcome.batch)
    kept = [row for row in rows if row.pk in reported and row.pk in outcome.kept]
    return [_line(row, by, Action.KEEP, row.status, row.status, reason, outcome.batch) for row in kept]


def _line(comment, by, action, before, after, reason, batch):
    return ModerationEvent(
        comment_id=comment.pk,
        public_id=comment.public_id,
        actor=by,
        action=action,
        from_status=before,
        to_status=after,
        reason=text.without_addresses(reason)[:300],
        batch=batch,
    )


def _log(comment, by, action, reason=""):
    _line(comment, by, action, comment.status, comment.status, reason, uuid.uuid4()).save()
