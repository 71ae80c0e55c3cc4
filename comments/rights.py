"""What a person may ask for: all that is kept of her, and that it goes. And what goes without being asked."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone

from comments import decisions
from comments.keys import keyed, token
from comments.models import CommentContact, OwnLink, PendingComment, ReaderComment
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


def export(key):
    """Return all that is kept of the address of this key, as JSON can hold it."""
    contacts = {contact.comment_id: contact for contact in CommentContact.objects.of(key)}
    unconfirmed = PendingComment.objects.unconfirmed().filter(email_key=key).select_related("article")
    return {
        "comments": [_exported(comment, contacts[comment.pk]) for comment in comments_of(key)],
        "unconfirmed": [
            {
                "article": settings.SITE_URL + row.article.get_absolute_url(),
                "sent": row.created_at.isoformat(),
                "name": row.name,
                "email": row.email,
                "text": row.text,
                "follows": row.follows,
            }
            for row in unconfirmed
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
        "reports": list(comment.reports.values_list("reason", flat=True)),
    }


def erase(key, by=None):
    """Erase all that is kept of an address; return how many comments went. Links sent before find nothing."""
    with transaction.atomic():
        contacts = CommentContact.objects.of(key)
        unconfirmed = PendingComment.objects.filter(email_key=key)
        emails = {*contacts.values_list("email", flat=True), *unconfirmed.values_list("email", flat=True)} - {""}
        pks = list(contacts.values_list("comment", flat=True))
        decisions.forget(pks, by, "on the commenter's demand")
        unconfirmed.delete()
        # Mails on their way to it, so that none of them arrives after.
        recipients = {as_sent(email).lower() for email in emails}
        mails = OutgoingMail.objects.annotate(to=Lower("recipient")).filter(to__in=recipients)
        mails.filter(template__startswith="comment_").delete()
    return len(pks)


def erase_some(pks):
    """Erase these comments; return how many there were."""
    decisions.forget(pks, reason="on the commenter's demand")
    return len(pks)


def make_own_link(key):
    """Store a link to what an address wrote and return its secret; None when it wrote nothing."""
    known = CommentContact.objects.of(key).exists() or PendingComment.objects.unconfirmed().filter(email_key=key)
    if not known:
        return None
    secret = token()
    OwnLink.objects.create(token_hash=keyed("own", secret), email_key=key)
    return secret


def open_own_link(secret):
    """Return the key of the address to which the link was sent, or None."""
    links = OwnLink.objects.filter(created_at__gt=timezone.now() - OwnLink.LIFETIME)
    return links.filter(token_hash=keyed("own", secret)).values_list("email_key", flat=True).first()


def unsubscribe(secret):
    """Stop the mails about one article to one address; tell whether the link was one of ours."""
    contact = CommentContact.objects.filter(unsubscribe_token=secret).select_related("comment").first()
    if contact is None:
        return False
    same = CommentContact.objects.of(contact.email_key).filter(comment__article=contact.comment.article_id)
    same.update(follows=False)
    return True


def keep_no_longer():
    """Let go what has been kept for as long as the privacy page says."""
    now = timezone.now()
    PendingComment.objects.filter(created_at__lte=now - LIFETIME).delete()
    OwnLink.objects.filter(created_at__lte=now - OwnLink.LIFETIME).delete()
    unpublished = ReaderComment.objects.filter(
        status__in=[Status.SPAM, Status.REJECTED, Status.REMOVED], status_at__lte=now - UNPUBLISHED_KEPT
    ).exclude(comment="")
    while pks := list(unpublished.values_list("pk", flat=True)[:BATCH]):
        decisions.forget(pks, reason="kept for 30 days")
    CommentContact.objects.filter(created_at__lte=now - NETWORK_KEPT).exclude(network_key="").update(network_key="")
    CommentContact.objects.filter(
        comment__status=Status.APPROVED, follows=False, comment__status_at__lte=now - ADDRESS_KEPT
    ).exclude(email="").update(email="")
