"""Mail to readers: a durable outbox, one recipient a mail, and no address kept once the mail has gone.

    send(reader.email, "confirm", {"path": path}, language="fr", key=f"confirm:{token.pk}")

The mail is a row written in the caller's transaction; a job hands it to the mail server after. What a killed process
(`kill -9`) or a failing server can do to it, at each point:

- before the server was given the whole text: nothing. The mail still waits, and is sent by the next worker;
- the server gave an answer: it is sent, or it waits again with growing pauses, for three days;
- the connection broke, or the server was silent, before it answered: it never took charge of the mail (RFC 5321,
  4.5.3.2.6 and 6.1), so it is sent again, under the same Message-ID. It arrives twice only if the server kept it and
  broke down before it could say so;
- the *worker* was killed between giving the last byte and noting the answer: the server most probably has the mail and
  nobody knows. It is not sent again by itself: the desk shows it as handed over, and somebody may send it again. It is
  lost only if the worker died between its note and the one system call that follows, or the server refused it just then.

A mail that goes to a folder (the default) is written under a name of its own and in one step: never lost, never twice.
What remains of a mail for 90 days is that it was sent, when, and its key, so that no notice is sent twice.
"""

import logging
import re
import time
from datetime import timedelta
from email.utils import format_datetime, formataddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.validators import MaxLengthValidator, validate_email
from django.db import transaction
from django.db.models import F
from django.template import Context, TemplateDoesNotExist
from django.template.loader import get_template
from django.utils import timezone, translation
from django.utils.encoding import punycode
from django.utils.translation import gettext_lazy as _

from newsroom.jobs import every, job, pause_before
from newsroom.models import OutgoingMail, SiteIdentity
from newsroom.postman import ConnectionLostError, Postman, RefusedError, TakenError
from newsroom.privacy import without_addresses
from newsroom.rows import insert
from newsroom.typography import typeset

logger = logging.getLogger(__name__)

PATIENCE = timedelta(days=3)  # how long a mail is tried, and the longest that its address is kept
REFUSALS = 10  # tries, over four hours, of a mail that the server refuses for good
MEMORY = timedelta(days=90)  # how long a mail's key is known
SHIFT = 60  # seconds after which a delivery begins no other mail, so that it stays below its job's limit

State = OutgoingMail.State


def send(to, template, context=None, *, language=None, unsubscribe="", key=None):
    """Have templates/mail/`template`.txt sent to one address in a language; return the row.

    `context` is JSON. `unsubscribe` is a path of the site that takes a one-click POST (RFC 8058). With a `key`, which
    must hold no address, a second call does nothing and returns the first one's row. Raises ValidationError when `to`
    is not one address, ValueError for a wrong path: a form has checked both.
    """
    validate_email(to)
    if unsubscribe and not re.fullmatch(r"/(?!/)[!-;=?-~]*", unsubscribe):
        raise ValueError("unsubscribe must be a path of this site")
    get_template(f"mail/{template}.txt")
    recipient = as_sent(to)
    MaxLengthValidator(254)(recipient)
    values = {
        "recipient": recipient,
        "template": template,
        "context": context or {},
        "language": language or translation.get_language() or settings.LANGUAGE_CODE,
        "unsubscribe_path": unsubscribe,
    }
    with transaction.atomic(savepoint=False):
        if not key:
            mail, created = OutgoingMail(**values), True
            insert(mail)
        else:
            mail, created = OutgoingMail.objects.get_or_create(key=key, defaults=values)
        if created:
            deliver.enqueue()
    return mail


def as_sent(address):
    """Return an address as the outbox keeps it: a domain of any letters in those that mail servers know."""
    name, domain = address.rsplit("@", 1)
    return f"{name}@{punycode(domain)}"


def send_again(mail):
    """Send a mail whose fate is unknown once more."""
    with transaction.atomic():
        if OutgoingMail.objects.filter(pk=mail.pk, state=State.HANDED).update(
            state=State.WAITING, due_at=timezone.now()
        ):
            deliver.enqueue()


def compose(mail):
    """Return the mail as a message: plain text, in the reader's language, answered by nobody."""
    name, _at, domain = settings.DEFAULT_FROM_EMAIL.strip().rpartition("@")
    headers = {
        "Message-ID": f"<{mail.pk}@{domain.rstrip('>')}>",
        "Date": format_datetime(mail.created_at),
        "Auto-Submitted": "auto-generated",
        "Content-Language": mail.language,
    }
    unsubscribe = settings.SITE_URL + mail.unsubscribe_path if mail.unsubscribe_path else ""
    if unsubscribe:
        headers |= {"List-Unsubscribe": f"<{unsubscribe}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    with translation.override(mail.language):
        site_name = " ".join(SiteIdentity.load().name.split())
        context = {**mail.context, "site_name": site_name, "SITE_URL": settings.SITE_URL, "unsubscribe": unsubscribe}
        template = get_template(f"mail/{mail.template}.txt").template
        subject, body = (
            template.render(Context({**context, "part": part}, autoescape=False)) for part in ("subject", "body")
        )
    sender = settings.DEFAULT_FROM_EMAIL if "<" in name else formataddr((site_name, settings.DEFAULT_FROM_EMAIL))
    body = re.sub(r"\n{3,}", "\n\n", body).strip() + "\n"
    subject = typeset(" ".join(subject.split()), mail.language)
    return EmailMessage(subject, body, sender, [mail.recipient], headers=headers)


def title_of(template, site_name):
    """Return what a mail is, in words: its subject in the language of now, without what only its reader may know."""
    try:
        subject = get_template(f"mail/{template}.txt").template
    except TemplateDoesNotExist:  # it is another version's
        return template
    words = subject.render(Context({"part": "subject", "site_name": site_name}, autoescape=False))
    return typeset(" ".join(words.split()), translation.get_language())


@every(minutes=1)
@job(_("Send the mail"), once=True, priority=10, tries=7, time_limit=300)
def deliver():
    """Send what waits. When the server cannot be reached, this job's own pauses keep us from knocking all the time."""
    end = time.monotonic() + SHIFT
    waiting = OutgoingMail.objects.filter(state=State.WAITING, due_at__lte=timezone.now()).order_by("due_at")
    if not waiting.exists():
        return
    with Postman() as postman:
        while mail := waiting.first():
            if time.monotonic() > end:
                deliver.enqueue()
                return
            try:
                _post(postman, mail)
            except TakenError:
                return  # another worker is delivering


def _post(postman, mail):
    """Hand one mail over and note what came of it; raise when the connection is of no more use."""
    note = OutgoingMail.objects.filter(pk=mail.pk, state=State.WAITING)
    try:
        postman.post(compose(mail), claim=lambda: note.update(state=State.HANDED))
    except TakenError:
        raise
    except ConnectionLostError as error:
        _put_off(mail, error)
        raise
    except Exception as error:
        _put_off(mail, error, for_good=isinstance(error, RefusedError) and mail.tries + 1 >= REFUSALS)
    else:
        _settle(OutgoingMail.objects.filter(pk=mail.pk), State.SENT)


def _put_off(mail, error, for_good=False):
    """Try the mail again later; or give it up."""
    logger.warning("mail %s (%s): %s", mail.pk, mail.template, type(error).__name__)
    rows = OutgoingMail.objects.filter(pk=mail.pk)
    rows.update(
        state=State.WAITING,
        tries=F("tries") + 1,
        due_at=timezone.now() + pause_before(mail.tries + 2),
        error=without_addresses(f"{type(error).__name__}: {error}")[:1000],
    )
    if for_good:
        _settle(rows, State.FAILED)


def _settle(rows, state):
    """Close mails, and forget whom they were for and what they said."""
    rows.update(state=state, settled_at=timezone.now(), recipient="", context={}, unsubscribe_path="")


@every(hours=1)
@job(_("Forget old mail"), once=True, priority=-50)
def forget_mail():
    """Give up mails that were tried for long enough; delete what remains of old ones."""
    now = timezone.now()
    _settle(
        OutgoingMail.objects.filter(state__in=[State.WAITING, State.HANDED], created_at__lt=now - PATIENCE),
        State.FAILED,
    )
    OutgoingMail.objects.filter(settled_at__lt=now - MEMORY).delete()
