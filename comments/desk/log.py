"""The log of decisions: who, when, what, why, in words; and what can still be taken back."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from comments.decisions import UNDO_WINDOW
from comments.models import ModerationEvent, ReaderComment, Report

Status = ReaderComment.Status
Action = ModerationEvent.Action
LINES_PER_PAGE = 50

REASONS = {
    "off-topic": gettext_lazy("Off topic"),
    "insult": gettext_lazy("Insult or hatred"),
    "private": gettext_lazy("Private matter"),
    "false": gettext_lazy("False and harmful"),
    "again": gettext_lazy("Said before"),
}
SAID = {
    Status.PENDING: ngettext_lazy("%(count)d comment waits again", "%(count)d comments wait again", "count"),
    Status.APPROVED: ngettext_lazy("%(count)d comment approved", "%(count)d comments approved", "count"),
    Status.REJECTED: ngettext_lazy("%(count)d comment rejected", "%(count)d comments rejected", "count"),
    Status.SPAM: ngettext_lazy("%(count)d comment called spam", "%(count)d comments called spam", "count"),
    Status.REMOVED: ngettext_lazy("%(count)d comment removed", "%(count)d comments removed", "count"),
}
KEPT = ngettext_lazy("%(count)d comment kept", "%(count)d comments kept", "count")
ANSWERED = ngettext_lazy("%(count)d answer published", "%(count)d answers published", "count")


def age(moment):
    """Return how long ago something was, in its largest unit."""
    if timezone.now() - moment < timedelta(minutes=1):
        return _("just now")
    return _("%(time)s ago") % {"time": timesince(moment, depth=1)}


def reason_in_words(reason):
    """Return what a decision's line says of why: a code of REASONS, or words, or both after a colon."""
    code, _colon, words = reason.partition(": ")
    if code not in REASONS:
        return reason
    return _("%(reason)s: %(words)s") % {"reason": REASONS[code], "words": words} if words else str(REASONS[code])


def who(user):
    """Return a moderator's name as colleagues know it."""
    return _("the site") if user is None else user.known_as


def still_stands(events):
    """Narrow decisions' lines to those that can be taken back: recent, and nothing decided since."""
    answered = Report.objects.filter(answered_in=OuterRef("batch"))
    decided = Q(action__in=[Action.DECIDE, Action.REPLY], comment__status=F("to_status")) & ~Q(
        from_status=F("to_status")
    )
    kept = Q(action=Action.KEEP) & Q(Exists(answered))
    return events.filter(decided | kept, at__gte=timezone.now() - UNDO_WINDOW)


def last_gesture(user):
    """Return what `user` did last and may take back: its batch, and what it was in words. None when there is nothing."""
    mine = still_stands(ModerationEvent.objects.filter(actor=user)).order_by().values("batch", "action", "to_status")
    found = (
        mine.annotate(count=Count("pk"), newest=Max("pk"), name=Min("comment__user_name")).order_by("-newest").first()
    )
    if found is None:
        return None
    said = {Action.KEEP: KEPT, Action.REPLY: ANSWERED}.get(found["action"]) or SAID[found["to_status"]]
    sentence = str(said % {"count": found["count"]})
    name = Truncator(found["name"]).chars(30)
    named = _("%(decision)s: %(name)s") % {"decision": sentence, "name": name}
    return {"batch": found["batch"], "said": named if found["count"] == 1 else sentence}


def lines(**wanted):
    """Return the lines of the log, newest first; `wanted` narrows them, as by `actor` or `public_id`."""
    return ModerationEvent.objects.select_related("actor", "comment").filter(**wanted).order_by("-at", "-pk")


def in_words(rows):
    """Give each line what a page draws: `who`, `why`, and whether it has the button that takes it back. One query."""
    batches = set(still_stands(ModerationEvent.objects.order_by()).values_list("batch", flat=True))
    for line in rows:
        line.who, line.why = who(line.actor), reason_in_words(line.reason)
        # A gesture over many comments is taken back whole: the first of its lines has the button.
        line.undoable = line.batch in batches
        batches.discard(line.batch)
    return rows


def people():
    """Return (key, name) of those who have decided something."""
    users = get_user_model().objects.filter(pk__in=ModerationEvent.objects.order_by().values("actor"))
    return [(user.pk, who(user)) for user in users.order_by("pk")]


def late_in_words(pks):
    """Return, for comments that somebody else decided on first, a sentence each: who, what, when."""
    last = {}
    events = ModerationEvent.objects.filter(comment__in=pks).exclude(action=Action.LOOK).order_by("at", "pk")
    for event in events.select_related("actor", "comment"):
        last[event.comment_id] = event
    return [
        _("%(who)s had decided on %(name)s’s comment already, %(age)s: %(status)s.")
        % {
            "who": who(event.actor),
            "name": event.comment.user_name,
            "age": age(event.at),
            "status": event.comment.get_status_display(),
        }
        for event in last.values()
    ]
