"""What a person may ask for: all that is kept of her, and that it goes. And what goes without being asked."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat, Lower
from django.utils import timezone

from comments import decisions, spam
from comments.keys import keyed, token
from comments.models import BlockRule, CommentContact, OwnLink, PendingComment, ReaderComment, Report
from comments.models.intake import LIFETIME
from newsroom.mail import as_sent
from newsroom.models import OutgoingMail

Status = ReaderComment.Status
UNPUBLISHED_KEPT = timedelta(days=30)
NETWORK_KEPT = timedelta(days=30)
ADDRESS_KEPT = timedelta(days=90)
BATCH = 200


def comments_of(key):
    """Return the comments written with the address of this key, newest first."""
    pks = CommentContact.objects.of(key).values("comment")
    return ReaderComment.objects.filter(pk__in=pks).select_related("article").order_by("-submit_date", "-pk")


def unconfirmed_of(key):
    """Return what was sent with the address of this key and waits for its owner's word, newest first."""
    rows = PendingComment.objects.unconfirmed().filter(email_key=key)
    return rows.select_related("article").order_by("-created_at", "-pk")


def export(key):
    """Return all that is kept of the address of this key, as JSON can hold it."""
    contacts = {contact.comment_id: contact for contact in CommentContact.objects.of(key)}
    comments = comments_of(key).prefetch_related("reports")
    return {
        "comments": [_exported(comment, contacts[comment.pk]) for comment in comments],
        "unconfirmed": [
            {
                "article": settings.SITE_URL + row.article.get_absolute_url(),
                "sent": row.created_at.isoformat(),
                "name": row.name,
                "email": row.email,
                "text": row.text,
                "follows": row.follows,
                "network": row.network_key,
            }
            for row in unconfirmed_of(key)
        ],
        "rules": [
            {
                "since": rule.created_at.isoformat(),
                "action": rule.action,
                "note": rule.note,
                "dropped": rule.dropped,
                "dropped_on": rule.dropped_on and rule.dropped_on.isoformat(),
            }
            for rule in BlockRule.objects.on_person(key)
        ],
    }


def _exported(comment, contact):
    return {
        "article": settings.SITE_URL + comment.article.get_absolute_url(),
        "sent": comment.submit_date.isoformat(),
        "status": comment.status,
        "name": comment.user_name,
        "email": contact.email,
        "text": comment.comment,
        "follows": contact.follows,
        "network": contact.network_key,
        "reports": [report.reason for report in comment.reports.all()],
    }


def erase(key, by=None):
    """Erase all that is kept of an address; return how many comments went. Links sent before find nothing."""
    with transaction.atomic():
        contacts = CommentContact.objects.of(key)
        unconfirmed = PendingComment.objects.filter(email_key=key)
        emails = {*contacts.values_list("email", flat=True), *unconfirmed.values_list("email", flat=True)} - {""}
        pks = list(contacts.values_list("comment", flat=True))
        unconfirmed.delete()
        decisions.forget(pks, by, "on the commenter's demand")
        # Mails on their way to it, so that none of them arrives after.
        recipients = {as_sent(email).lower() for email in emails}
        mails = OutgoingMail.objects.annotate(to=Lower("recipient")).filter(to__in=recipients)
        mails.filter(template__startswith="comment_").delete()
    return len(pks)


def erase_one(key, kind, name):
    """Erase one comment of this address: by its public id, or one not confirmed (`kind`) by its number; tell how many."""
    if kind == "unconfirmed":
        return unconfirmed_of(key).filter(pk=name).delete()[0] if name.isdecimal() and len(name) < 19 else 0
    if not name.isalnum():  # PostgreSQL takes no NUL
        return 0
    pks = list(comments_of(key).filter(public_id=name).values_list("pk", flat=True))
    decisions.forget(pks, reason="on the commenter's demand")
    return len(pks)


def is_kept(key):
    """Tell whether anything of an address is kept."""
    kept = (CommentContact.objects.of(key), unconfirmed_of(key), BlockRule.objects.on_person(key))
    return any(rows.exists() for rows in kept)


def make_own_link(key):
    """Store a link to what an address wrote and return its secret; None when it wrote nothing."""
    if not is_kept(key):
        return None
    secret = token()
    OwnLink.objects.create(token_hash=keyed("own", secret), email_key=key)
    return secret


def open_own_link(secret):
    """Return the key of the address to which the link was sent, or None."""
    links = OwnLink.objects.filter(created_at__gt=timezone.now() - OwnLink.LIFETIME)
    return links.filter(token_hash=keyed("own", secret)).values_list("email_key", flat=True).first()


def hears_of_answers(key):
    """Return what has an address told of answers: its comments, and those that are not confirmed yet."""
    return CommentContact.objects.of(key).filter(follows=True), unconfirmed_of(key).filter(follows=True)


def tell_no_more(key):
    """Stop all mails about answers to one address."""
    for rows in hears_of_answers(key):
        rows.update(follows=False)


def hears_of_article(contact):
    """Return what has one address told of answers below one article."""
    same = CommentContact.objects.of(contact.email_key).filter(comment__article=contact.comment.article_id)
    return same.filter(follows=True)


def unsubscribe(contact):
    """Stop the mails about one article to one address."""
    hears_of_article(contact).update(follows=False)


def keep_no_longer():
    """Let go what has been kept for as long as the privacy page says."""
    now = timezone.now()
    PendingComment.objects.filter(created_at__lte=now - LIFETIME).delete()
    confirmed = PendingComment.objects.filter(confirmed_at__isnull=False, created_at__lte=now - spam.FAST)
    confirmed.exclude(network_key="").update(network_key="")
    OwnLink.objects.filter(created_at__lte=now - OwnLink.LIFETIME).delete()
    unpublished = ReaderComment.objects.filter(
        status__in=[Status.SPAM, Status.REJECTED, Status.REMOVED], status_at__lte=now - UNPUBLISHED_KEPT
    ).exclude(comment="")
    while pks := list(unpublished.values_list("pk", flat=True)[:BATCH]):
        decisions.forget(pks, reason="kept for 30 days")
    CommentContact.objects.filter(created_at__lte=now - NETWORK_KEPT).exclude(network_key="").update(network_key="")
    # One report a network and comment: in the network's place stands the report's own number.
    reports = Report.objects.filter(created_at__lte=now - NETWORK_KEPT).exclude(network_key__startswith="#")
    reports.update(network_key=Concat(Value("#"), Cast("pk", CharField())))
    settled = CommentContact.objects.filter(comment__status_at__lte=now - ADDRESS_KEPT).exclude(email="")
    settled.filter(comment__status=Status.APPROVED, follows=False).update(email="")
    # Nobody has decided on them for as long as that.
    settled.filter(comment__status=Status.PENDING).update(email="", follows=False)
