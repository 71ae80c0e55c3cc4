"""The lists of comments that a moderator reads, and each comment with all that helps to decide on it.

No address and no network is read here: people are told apart by keyed hashes. What leaves this file of those is counts,
and a list of what one person wrote, found from a comment of hers.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from articles.models import Article
from articles.search import titled
from comments import people, spam, text, thread
from comments.desk.history import History, histories
from comments.desk.log import age, last_decisions, reason_in_words, rules_on, who
from comments.models import CommentContact, ModerationEvent, ReaderComment, Report
from newsroom.held import FEW

Status = ReaderComment.Status
COUNTED = [Status.PENDING, Status.SPAM, Status.REJECTED, Status.REMOVED]
PER_PAGE = 20
LONG = 1500  # signs: more than a phone's screen or two; all of it is one tap away

SHOWS = {
    "waiting": gettext_lazy("Waiting"),
    "reported": gettext_lazy("Reported"),
    "spam": pgettext_lazy("comments", "Spam"),
    "rejected": pgettext_lazy("comments", "Rejected"),
    "removed": pgettext_lazy("comments", "Removed"),
    "approved": pgettext_lazy("comments", "Approved"),
}
# What the names of the lists do not say by themselves; how long each is kept is said by comments/rights.py.
EXPLAINED = {
    "spam": gettext_lazy("Never shown; the site learns from their words. Erased after 30 days."),
    "rejected": gettext_lazy("Decided on before any reader saw them. Erased after 30 days."),
    "removed": gettext_lazy("Taken down after readers had seen them. Erased after 30 days."),
}


def comments():
    """Return the comments that have words, with what a case draws of each and nothing of who wrote it."""
    names = (
        "public_id",
        "status",
        "status_at",
        "is_author",
        "is_team",
        "hold_reasons",
        "user_name",
        "comment",
        "submit_date",
    )
    article = ("title", "slug", "language", "author__name", "author__account", "author__is_site_author")
    return (
        ReaderComment.objects.with_reports()
        .exclude(comment="")
        .select_related("article__author")
        .only(*names, "parent_id", *(f"article__{name}" for name in article))
    )


def listed(show, words="", article=None, person=None):
    """Return the comments of one of SHOWS, in the order to read them; with `words`, those that hold them.

    `article` is one's key, `person` a comment of hers.
    """
    rows = comments()
    if article:
        rows = rows.filter(article=article)
    if person:
        rows = rows.filter(pk__in=people.written_with(person).values("comment"))
    if words:
        rows = rows.filter(_holding(words))
    if show == "waiting":
        return rows.queue()
    if show == "reported":
        return rows.reported().order_by("submit_date", "pk")
    if show in Status.values:
        return rows.filter(status=show).order_by("-status_at", "-pk")
    return rows.order_by("-pk")  # so that a page of them is found without looking at all


def _holding(words):
    """Return the condition of a comment that holds words, or stands below an article that is titled with them.

    What many comments hold is soon found along any list; what few hold is named by its keys.
    """
    holds = Q(user_name__holds=words) | Q(comment__holds=words)
    few, titled = ReaderComment.held.few(words), list(titled_with(words)[: FEW + 1])
    if few is None or len(titled) > FEW:
        return holds | Q(article__in=titled_with(words))
    named = ReaderComment.objects.filter(holds, pk__in=few).order_by().values("pk")
    below = ReaderComment.objects.filter(article__in=titled).order_by().values("pk")
    return Q(pk__in=named.union(below))


def titled_with(words):
    return titled(words, Article.objects.order_by()).values_list("pk", flat=True)


def next_waiting(after):
    """Return the comment that waits next `after` one that was decided on; from the last, the first. None when none does."""
    rows = listed("waiting").exclude(pk=after.pk)
    return rows.filter(submit_date__gt=after.submit_date).first() or rows.first()


def count_waiting():
    """Return how many comments wait for a moderator: the pending and the reported. One query, on two indexes."""
    return ReaderComment.objects.order_by().waiting().count()


def count_by_list():
    """Return {name of SHOWS: how many}, without the approved: there is no end to those, and they ask for nothing. Two queries.

    Counted are the entries of the index of statuses, without the few empty places. Of those that wait, `unreported` are
    the ones that no reader has reported.
    """
    rows = ReaderComment.objects.filter(status__in=COUNTED).order_by()
    by_status, empty = rows.values_list("status"), rows.filter(text_key="", comment="").values_list("status")
    counts = Counter(dict.fromkeys(COUNTED, 0))
    for status, count in by_status.annotate(n=Count("pk")).union(empty.annotate(n=-Count("pk")), all=True):
        counts[status] += count
    decided = Count("comment", distinct=True, filter=~Q(comment__status=Status.PENDING))
    found = Report.objects.open().aggregate(reported=Count("comment", distinct=True), decided=decided)
    counts["reported"] = found["reported"]
    counts["waiting"] = counts.pop(Status.PENDING) + found["decided"]
    counts["unreported"] = counts["waiting"] - counts["reported"]
    return counts


@dataclass
class Case:
    """A comment to decide on, and what there is to know about it."""

    comment: ReaderComment
    parent: ReaderComment | None = None
    stands: bool = True
    history: History | None = None  # None where its writer cannot be told from others
    reports: list = field(default_factory=list)
    last: ModerationEvent | None = None
    as_author: bool = False  # whether who reads this answers in the name of the article's author
    rule: int | None = None  # the key of the rule that drops what its writer sends

    @property
    def html(self):
        """Its text, without a link that a finger might open."""
        return text.as_html(self.comment.comment, "", linked=False)

    @property
    def is_long(self):
        return len(self.comment.comment) > LONG

    @property
    def age(self):
        return age(self.comment.submit_date)

    @property
    def is_pending(self):
        return self.comment.status == Status.PENDING

    @property
    def is_approved(self):
        return self.comment.status == Status.APPROVED

    @property
    def needs_answer(self):
        """Whether approving is an answer to something: to the comment itself, or to those who reported it."""
        return not self.is_approved or bool(self.reports)

    @property
    def looks_like_spam(self):
        return len(self.comment.hold_reasons) > 1

    @property
    def why(self):
        """Why it was flagged, as sentences."""
        return spam.in_words(self.comment.hold_reasons)

    @property
    def place(self):
        """What it answers, in words; empty at the top of a thread."""
        if not self.comment.is_reply:
            return ""
        return _("answers a visible comment") if self.stands else _("answers a comment that readers do not see")

    @property
    def decided(self):
        """Who decided it last, when and why, as a sentence; empty when nobody has."""
        if self.last is None or self.is_pending:
            return ""
        parts = {"status": self.comment.get_status_display(), "who": who(self.last.actor), "age": age(self.last.at)}
        if reason := reason_in_words(self.last.reason):
            return _("%(status)s by %(who)s, %(age)s: %(reason)s") % (parts | {"reason": reason})
        return _("%(status)s by %(who)s, %(age)s") % parts


def cases(rows, reader):
    """Return a Case for each comment of a list, as `reader`, of the team, is shown it. Some nine queries, however many."""
    rows = list(rows)
    pks = [row.pk for row in rows]
    replies = [row for row in rows if row.is_reply]
    parents = ReaderComment.objects.only("user_name", "comment", "status", "parent_id").in_bulk(
        {row.parent_id for row in replies}
    )
    relations = thread.relations_above(parents.values())
    known = dict(
        CommentContact.objects.filter(comment__in=pks).exclude(email_key="").values_list("comment", "email_key")
    )
    history, rules, last = histories(rows, known), rules_on(known), last_decisions(pks)
    reports = defaultdict(list)
    for report in Report.objects.open().filter(comment__in=pks):
        reports[report.comment_id].append(report)
    return [
        Case(
            comment=row,
            parent=parents.get(row.parent_id) if row.is_reply else None,
            stands=not row.is_reply or thread.stands(row.parent_id, relations),
            history=history.get(row.pk),
            reports=reports[row.pk],
            last=last.get(row.pk),
            as_author=people.signs_as(reader, row.article.author),
            rule=rules.get(row.pk),
        )
        for row in rows
    ]
