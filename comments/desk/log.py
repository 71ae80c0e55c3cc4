"""The log of decisions: who, when, what, why, in words; and what can still be taken back."""

import uuid
from collections import Counter
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from comments.decisions import UNDO_WINDOW
from comments.models import BlockRule, CommentContact, ModerationEvent, ReaderComment, Report
from newsroom.typography import cut

Status = ReaderComment.Status
Action = ModerationEvent.Action
LINES_PER_PAGE = 50
ON_RULES = (Action.RULED, Action.REWORD, Action.LIFT)

REASONS = {
    "off-topic": gettext_lazy("Off topic"),
    "insult": gettext_lazy("Insult or hatred"),
    "private": gettext_lazy("Private matter"),
    "false": gettext_lazy("False and harmful"),
    "again": gettext_lazy("Said before"),
}
# What the site itself writes as a reason (comments/rights.py).
OWN_REASONS = {
    "on the commenter's demand": gettext_lazy("on the commenter’s demand"),
    "kept for 30 days": gettext_lazy("kept for 30 days"),
}
SAID = {
    Status.PENDING: ngettext_lazy("%(count)d comment waits again", "%(count)d comments wait again", "count"),
    Status.APPROVED: ngettext_lazy("%(count)d comment approved", "%(count)d comments approved", "count"),
    Status.REJECTED: ngettext_lazy("%(count)d comment rejected", "%(count)d comments rejected", "count"),
    Status.SPAM: ngettext_lazy("%(count)d comment called spam", "%(count)d comments called spam", "count"),
    Status.REMOVED: ngettext_lazy("%(count)d comment removed", "%(count)d comments removed", "count"),
}
KEPT = ngettext_lazy("%(count)d comment kept", "%(count)d comments kept", "count")
BLOCKED = ngettext_lazy("%(count)d commenter blocked", "%(count)d commenters blocked", "count")
ANSWERED = ngettext_lazy("%(count)d answer published", "%(count)d answers published", "count")


def age(moment):
    """Return how long ago something was, in its largest unit."""
    if timezone.now() - moment < timedelta(minutes=1):
        return _("just now")
    return _("%(time)s ago") % {"time": timesince(moment, depth=1)}


def reason_in_words(reason):
    """Return what a decision's line says of why: a code of REASONS, or words, or both after a colon."""
    if reason in OWN_REASONS:
        return str(OWN_REASONS[reason])
    code, _colon, words = reason.partition(": ")
    if code not in REASONS:
        return reason
    return _("%(reason)s: %(words)s") % {"reason": REASONS[code], "words": words} if words else str(REASONS[code])


def note_rule(rule, by, action):
    """Write a line about a rule of the blocklist: its kind, what it does and, where that tells of nobody, its value."""
    value = "" if rule.kind in rule.TELLING else rule.value
    reason = f"{rule.kind}|{rule.action}|{value}"[:300]
    ModerationEvent.objects.create(actor=by, action=action, reason=reason, batch=uuid.uuid4())


def _rule_in_words(reason):
    kind, does, value = reason.split("|", 2)
    named = BlockRule.Kind(kind).label
    named = _("%(reason)s: %(words)s") % {"reason": named, "words": value} if value else named
    return f"{named} → {BlockRule.Action(does).label}"


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
    rules = BlockRule.objects.filter(batch=OuterRef("batch"))
    blocked = Q(action=Action.BLOCK, comment__isnull=False) & Q(Exists(rules))
    return events.filter(decided | kept | blocked, at__gte=timezone.now() - UNDO_WINDOW)


def last_gesture(user, earlier=False):
    """Return what `user` did last and may take back: its batch, and what it was in words. None when there is nothing.

    What she did before something that cannot be taken back is not the last thing: it is found with `earlier` only, and
    called so.
    """
    own = ModerationEvent.objects.filter(actor=user)
    mine = still_stands(own).order_by().values("batch", "action", "to_status")
    if not earlier:
        mine = mine.filter(batch=Subquery(own.order_by("-pk").values("batch")[:1]))
    found = (
        mine.annotate(count=Count("pk"), newest=Max("pk"), name=Min("comment__user_name")).order_by("-newest").first()
    )
    if found is None:
        return None
    named = {Action.KEEP: KEPT, Action.REPLY: ANSWERED, Action.BLOCK: BLOCKED}
    said = named.get(found["action"]) or SAID[found["to_status"]]
    sentence = str(said % {"count": found["count"]})
    if found["count"] == 1 and found["action"] != Action.REPLY:  # an answer's name would be her own
        sentence = with_name(sentence, found["name"])
    return {"batch": found["batch"], "said": sentence, "earlier": earlier}


def with_name(sentence, name):
    """Return what was done with whose comment, as the bar says it."""
    return _("%(decision)s: %(name)s") % {"decision": sentence, "name": cut(name, 30)}


def lines(**wanted):
    """Return the lines of the log, newest first; `wanted` narrows them, as by `actor` or `comment`."""
    return ModerationEvent.objects.select_related("actor", "comment").filter(**wanted).order_by("-at", "-pk")


def in_words(rows):
    """Give each line what a page draws: `who`, `why`, and how many decisions its button takes back, if it has one. One query."""
    # Counted here: to count by gesture a database would read the whole log in that order.
    together = Counter(still_stands(ModerationEvent.objects.order_by()).values_list("batch", flat=True))
    rules = _rules_of([line.comment_id for line in rows if line.action == Action.BLOCK])
    for line in rows:
        line.who, line.rule = who(line.actor), line.action == Action.BLOCK and rules.get(line.comment_id)
        line.why = _rule_in_words(line.reason) if line.action in ON_RULES else reason_in_words(line.reason)
        # A gesture over many comments is taken back whole: the first of its lines has the button.
        line.takes_back = together.pop(line.batch, 0)
    return rows


def _rules_of(comments):
    """Return {key of a comment: key of the rule on who wrote it}. Two queries at most, none for no comment."""
    contacts = CommentContact.objects.filter(comment__in=comments).exclude(email_key="") if comments else []
    return rules_on({contact.comment_id: contact.email_key for contact in contacts})


def rules_on(keys):
    """Return, of {key of a comment: who wrote it}, those on whom there is a rule that drops: {the same: the rule's key}."""
    if not keys:
        return {}
    blocked = BlockRule.objects.dropping().filter(kind=BlockRule.Kind.PERSON, value__in=set(keys.values()))
    found = dict(blocked.values_list("value", "pk"))
    return {pk: found[key] for pk, key in keys.items() if key in found}


def people():
    """Return (key, name) of those who have decided something."""
    decided = Exists(ModerationEvent.objects.filter(actor=OuterRef("pk")))
    return [(user.pk, who(user)) for user in get_user_model().objects.filter(decided).order_by("pk")]


def last_decisions(pks):
    """Return the line of the last decision on each of these comments: {key of the comment: line}. One query."""
    events = ModerationEvent.objects.filter(comment__in=pks).exclude(action__in=ModerationEvent.ON_PERSON)
    return {event.comment_id: event for event in events.select_related("actor", "comment").order_by("at", "pk")}


def late_in_words(pks):
    """Return, for comments that somebody else decided on first, a sentence each: who, what, when."""
    return [
        _("%(who)s had decided on %(name)s’s comment already, %(age)s: %(status)s.")
        % {
            "who": who(event.actor),
            "name": event.comment.user_name,
            "age": age(event.at),
            "status": event.comment.get_status_display(),
        }
        for event in last_decisions(pks).values()
    ]
