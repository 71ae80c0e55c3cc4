"""What became of all that the writer of a comment wrote: numbers. Who that is, is not read here."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from comments.models import CommentContact, ReaderComment

Status = ReaderComment.Status
MANY = 200  # of who wrote more, the newest tell enough


@dataclass
class History:
    """How many of a person's other comments have which status, and how many of hers wait, all told.

    With `many`, of the newest MANY of hers.
    """

    counts: Counter = field(default_factory=Counter)
    waiting: int = 0
    many: bool = False

    def in_words(self):
        words = [
            ngettext("%d approved", "%d approved", self.counts[Status.APPROVED]),
            ngettext("%d rejected", "%d rejected", self.counts[Status.REJECTED]),
            ngettext("%d spam", "%d spam", self.counts[Status.SPAM]),
            ngettext("%d removed", "%d removed", self.counts[Status.REMOVED]),
            ngettext("%d waiting", "%d waiting", self.counts[Status.PENDING]),
        ]
        order = (Status.APPROVED, Status.REJECTED, Status.SPAM, Status.REMOVED, Status.PENDING)
        counts = [self.counts[status] for status in order]
        found = ", ".join(text % count for text, count in zip(words, counts, strict=True) if count)
        if self.many:
            return _("of the newest %(number)d: %(counts)s") % {"number": MANY, "counts": found}
        return found or _("first comment")


def histories(rows, writers):
    """Return {key: History} of those comments whose writers can be told from others, as `writers` ({key: who}) does.

    Two queries, two more for each person who wrote MANY.
    """
    counts, many = _counts(set(writers.values()))
    waiting = {who: _count_waiting(who) for who in many}
    found = {}
    for row in rows:
        if who := writers.get(row.pk):
            others = counts[who] if who in many else counts[who] - Counter([row.status])
            found[row.pk] = History(others, waiting.get(who, counts[who][Status.PENDING]), who in many)
    return found


def _count_waiting(who):
    """Return how many comments of a person wait, found among all that do: those are fewer than all of hers."""
    hers = CommentContact.objects.of(who).filter(comment=OuterRef("pk"))
    return ReaderComment.objects.pending().filter(Exists(hers)).count()


def _counts(writers):
    """Return {who: {status: number}}, and who of them wrote so much that only the newest were counted."""
    contacts = CommentContact.objects.order_by()
    numbers = dict(contacts.filter(email_key__in=writers).values_list("email_key").annotate(Count("pk")))
    many, counts = {who for who, number in numbers.items() if number > MANY}, defaultdict(Counter)
    few = contacts.filter(email_key__in=writers - many)
    for who, status, number in few.values_list("email_key", "comment__status").annotate(Count("pk")):
        counts[who][status] = number
    for who in many:
        newest = CommentContact.objects.of(who).order_by("-pk")
        counts[who].update(newest.values_list("comment__status", flat=True)[:MANY])
    return counts, many
