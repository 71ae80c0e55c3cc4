"""From a filled-in form to a comment that waits for a moderator: nothing public happens here."""

from collections import Counter
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from articles.models import Article, FormerAddress
from comments import decisions, notices, spam, thread
from comments.keys import keyed, token
from comments.models import BlockRule, CommentContact, PendingComment, ReaderComment
from comments.text import without_addresses
from newsroom.rows import insert

# What a post asks of its article.
ASKED = ("id", "title", "slug", "language", "group", "published_at", "comments", "comments_days")
# A stranger's address gets at most so many unanswered messages in 48 hours, whoever types it.
UNCONFIRMED_PER_ADDRESS = 3
Status = ReaderComment.Status


def token_hash(secret):
    return keyed("token", secret)


def submit(article, parent, words, network_key, silent=False, address=None):
    """Keep what a reader sent until its address is confirmed, and send the message that asks for it.

    `words`: name, email, comment and follows, as CommentForm cleans them. `address`, an IP address or None, is looked
    at and not kept. The caller answers everybody alike: what a rule drops, what was sent before, and what would be one
    message too many for an address, ends here unseen.
    """
    found = spam.Submission.of(words, network_key=network_key, silent=silent, address=address)
    reasons, dropping = spam.look(found)
    if dropping:
        BlockRule.objects.filter(pk__in=dropping).count_dropped()
        return
    secret = token()
    pending = _pending(
        article, parent, found, token_hash=token_hash(secret), follows=words["follows"], hold_reasons=reasons
    )
    # The same words sent twice have one fingerprint, of which the database takes one.
    with suppress(IntegrityError), _one_after_the_other(found.email_key):
        if not _is_flooded(found.email_key):
            insert(pending)
            notices.ask_to_confirm(pending, secret)


def _pending(article, parent, found, **values):
    """Return the row of a submission, not saved yet: all that takes time is done before the database is held up."""
    return PendingComment(
        fingerprint=keyed("post", article.pk, parent.pk if parent else 0, found.email_key, found.text),
        article=article,
        parent=parent,
        name=without_addresses(found.name)[:50],
        email=found.email,
        email_key=found.email_key,
        text=without_addresses(found.text),
        text_key=found.text_key,
        network_key=found.network_key,
        **values,
    )


@contextmanager
def _one_after_the_other(key):
    """A transaction in which nobody else posts with the same address, so that none counts too few messages.

    SQLite, whose transactions begin as writers (settings.DATABASES), has no two at once.
    """
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int(key[:15], 16)])
        yield


def _is_flooded(key):
    """Tell whether too many messages to one address are unanswered."""
    if not settings.LIMITS:
        return False
    return PendingComment.objects.unconfirmed().filter(email_key=key).count() >= UNCONFIRMED_PER_ADDRESS


class State(StrEnum):
    """What a link in a message leads to."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    DONE_BEFORE = "done-before"
    NOT_NOW = "not-now"
    UNKNOWN = "unknown"


@dataclass
class Confirmation:
    """`pending` is None when the link is unknown, too old, or its comment was erased."""

    state: State
    pending: PendingComment | None = None
    comment: ReaderComment | None = None


def look_up(secret):
    """Say what a POST of this token would find. Writes nothing."""
    pending = PendingComment.objects.alive().filter(token_hash=token_hash(secret)).select_related("article").first()
    if pending is None:
        return Confirmation(State.UNKNOWN)
    if pending.confirmed_at:
        return Confirmation(State.DONE_BEFORE, pending)
    return Confirmation(State.WAITING if _has_a_place(pending) else State.NOT_NOW, pending)


def confirm(secret):
    """Turn an unconfirmed comment into one that waits for a moderator, once; return a Confirmation.

    Where comments have closed, or what it answers has gone, it stays unconfirmed as long as its link lives.
    """
    with transaction.atomic():
        rows = PendingComment.objects.alive().filter(token_hash=token_hash(secret))
        # The row's lock makes eight at once queue up; whoever comes second finds the date.
        if not rows.select_for_update().values_list("pk"):
            return Confirmation(State.UNKNOWN)
        found = look_up(secret)
        if found.state == State.WAITING:
            found.state, found.comment = State.CONFIRMED, _take(found.pending)
            rows.mark_confirmed()
        return found


def _take(pending):
    """Return the comment that this one becomes; None where its writer was blocked meanwhile, who is not told."""
    if BlockRule.objects.on_person(pending.email_key).dropping().count_dropped():
        return None
    comment = decisions.add(
        article=pending.article,
        parent=pending.parent,
        user_name=pending.name,
        comment=pending.text,
        hold_reasons=pending.hold_reasons,
    )
    whose = {name: getattr(pending, name) for name in ("email", "email_key", "network_key", "follows")}
    CommentContact.objects.create(comment=comment, **whose)
    _pass_if_known(comment, pending.email_key)
    return comment


def _has_a_place(pending):
    """Tell whether the article is still public and open, and what is answered still stands."""
    if not pending.article.accepts_comments:
        return False
    if pending.parent_id is None:
        return True
    return thread.stands(pending.parent_id, thread.relations_above([pending.parent]))


def _pass_if_known(comment, key):
    """Approve at once, where the site has chosen so, what a commenter of enough approved comments writes."""
    enough = settings.COMMENTS_TRUSTED_AFTER
    if not enough or comment.hold_reasons:
        return
    # Asked anew: much may have been decided between the form and its confirmation.
    if BlockRule.objects.on_person(key).exists():
        return
    earlier = Counter(CommentContact.objects.of(key).values_list("comment__status", flat=True))
    if earlier[Status.APPROVED] >= enough and not earlier[Status.SPAM] + earlier[Status.REMOVED]:
        decisions.decide([comment.pk], Status.APPROVED, None, action=decisions.Action.TRUST)
        comment.refresh_from_db(fields=["status"])  # the page that answers says what became of it


def published_article(language, slug):
    """Return the article that readers of this edition find at `slug`, or None."""
    articles = Article.objects.published().select_related("author")
    return articles.filter(language=language, slug=slug).first()


def article_posted_to(language, slug):
    """Return the published article at `slug` with little more than a post asks of it, or None.

    The form may come from a page kept since before the address changed: it is taken at the former one as well.
    """
    if found := _asked("language = %s AND slug = %s", language, slug):
        return found
    former = FormerAddress.objects.filter(path=reverse("article", args=[slug]), model="article").first()
    return former and _asked("id = %s", former.row)


def _asked(condition, *values):
    """Return the published article of a condition, asked in words of our own: Django takes long to find them, for each post."""
    columns = ", ".join(f'"{name}"' for name in ASKED)
    rows = Article.objects.raw(f"SELECT {columns} FROM articles_article WHERE {condition}", values)  # noqa: S608
    return next((row for row in rows if row.is_published), None)
