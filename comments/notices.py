"""The mails that comments cause: one recipient each, through the outbox, never from within an answer to a reader."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from comments import thread
from comments.models import CommentContact, Digest, ReaderComment, Report
from newsroom.jobs import job
from newsroom.mail import send
from newsroom.models import OutgoingMail
from newsroom.typography import cut

# What is approved by mistake can be taken back for so long; nobody hears of it before.
DELAY = timedelta(minutes=10)
EXCERPT = 200
AT_ONCE = timedelta(minutes=1)
KEY = "comment:"


def path_in(article, name, *args):
    """Return an address of these pages in the article's edition."""
    with article.in_language():
        return reverse(f"comments:{name}", args=args)


def ask_to_confirm(pending, secret):
    """Send the link that confirms a comment, and none of the words that a stranger may have typed."""
    article = pending.article
    context = {"title": article.title, "path": path_in(article, "confirm", secret)}
    send(pending.email, "comment_confirm", context, language=article.language)


def send_own_link(email, secret, language):
    """Send the link to all that was written with an address."""
    send(email, "comment_mine", {"path": reverse("comments:mine", args=[secret])}, language=language)


def announce(pks):
    """Have those told who asked for it that these comments are published."""
    for pk in pks:
        published.using(run_after=timezone.now() + DELAY).enqueue(pk)


@job(_("Tell followers about a new comment"))
def published(pk):
    """Tell a comment's writer, and those whom it answers, where they asked for it; once, and only while it shows."""
    with transaction.atomic():
        comment = ReaderComment.objects.select_related("article").filter(pk=pk, notified_at=None).first()
        if comment is None or not comment.article.is_published or not thread.page_of(comment):
            return
        # The one who changes the row tells; a second worker changes none.
        if not ReaderComment.objects.filter(pk=pk, notified_at=None).update(notified_at=timezone.now()):
            return
        own = CommentContact.objects.filter(comment=comment).first()
        if own and own.follows and not _answered_at_once(comment, own):
            _tell("comment_published", own, comment)
        told = {own.email_key if own else ""}
        for contact in CommentContact.objects.filter(comment__in=_above(comment), follows=True).order_by("pk"):
            if contact.email_key not in told:
                told.add(contact.email_key)
                _tell("comment_answer", contact, comment)


def _answered_at_once(comment, own):
    """Tell whether somebody else's answer was published together with a comment: the mail about it says enough."""
    answers = ReaderComment.objects.shown().filter(parent_id=comment.pk).exclude(pk=comment.pk)
    together = answers.filter(status_at__lte=comment.status_at + AT_ONCE)
    hers = CommentContact.objects.of(own.email_key).values("comment")
    return together.exclude(pk__in=hers).exists()


def _above(comment):
    """Return the pks of the comments that this one answers, and of those that they answer."""
    known, above, pk = thread.relations_above([comment]), [], comment.pk
    while pk in known and known[pk][0] != pk:
        pk = known[pk][0]
        above.append(pk)
    return above


def _tell(template, contact, comment):
    article = comment.article
    context = {
        "title": article.title,
        "name": comment.user_name,
        "excerpt": cut(comment.comment, EXCERPT),
        "path": path_in(article, "permalink", article.slug, comment.public_id),
    }
    stop = path_in(article, "unsubscribe", contact.unsubscribe_token)
    key = f"{KEY}{comment.public_id}:{contact.pk}"
    send(contact.email, template, context, language=article.language, unsubscribe=stop, key=key)


def forget(public_ids):
    """Drop the mails that tell of these comments and have not gone: they hold their names and words."""
    waiting = OutgoingMail.objects.exclude(recipient="").filter(key__startswith=KEY).values_list("pk", "key")
    told = [pk for pk, key in waiting if key.removeprefix(KEY).partition(":")[0] in public_ids]
    OutgoingMail.objects.filter(pk__in=told).delete()


def send_digests():
    """Tell every moderator how much waits, once after each time that something has come in: numbers and a link."""
    waiting, reports = ReaderComment.objects.pending().count(), Report.objects.open().count()
    if not waiting and not reports:
        return
    # Of all that ever came in, not of what waits: that goes down while a moderator works.
    received = ReaderComment.objects.by_readers(), Report.objects.all()
    newest = [rows.order_by("-pk").values_list("pk", flat=True).first() or 0 for rows in received]
    context = {
        "waiting": waiting,
        "reports": reports,
        "path": reverse("admin:comments_readercomment_changelist"),
    }
    moderators = get_user_model().objects.with_perm(
        "comments.moderate_readercomment", backend="django.contrib.auth.backends.ModelBackend"
    )
    for user in moderators.exclude(email="").filter(is_staff=True):
        choice, _made = Digest.objects.get_or_create(user=user)
        if not choice.wanted:
            continue
        language = user.language or settings.LANGUAGE_CODE
        with override(language):
            stop = reverse("comments:unsubscribe", args=[choice.token])
        key = f"comments-digest:{user.pk}:{newest[0]}:{newest[1]}"
        send(user.email, "comment_digest", context, language=language, unsubscribe=stop, key=key)
