"""A reader's comment, and the vault that keeps whose it is apart from it."""

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_comments_xtd.models import XtdComment

from articles.models import Article
from comments import text
from comments.keys import text_key, token
from newsroom.held import Held


def public_id():
    """Return ten signs that name a comment in public and say nothing about how many there are."""
    return get_random_string(10, "abcdefghijkmnpqrstuvwxyz23456789")


def _open_reports():
    return ReaderComment._meta.apps.get_model("comments.Report").objects.open()


def _reported():
    """Return the keys of the comments whose reports wait for an answer."""
    return _open_reports().order_by().values("comment")


class ReaderCommentQuerySet(models.QuerySet):
    def shown(self):
        """What may be shown by its own status. A thread also asks its ancestors: comments/thread.py."""
        return self.filter(status=ReaderComment.Status.APPROVED)

    def pending(self):
        return self.filter(status=ReaderComment.Status.PENDING)

    def by_readers(self):
        """What neither the author nor the team wrote."""
        return self.filter(is_author=False, is_team=False)

    def with_reports(self):
        """Add `reported`: whether readers' reports wait for an answer."""
        return self.annotate(reported=Exists(_open_reports().filter(comment=OuterRef("pk"))))

    def reported(self):
        return self.filter(pk__in=_reported())

    def waiting(self):
        """The pending and the reported: each half is found by an index, which no database does for an “or” of both."""
        pending = ReaderComment.objects.pending().order_by().values("pk")
        return self.filter(pk__in=pending.union(_reported()))

    def queue(self):
        """What waits for a moderator: reported comments first, then the pending, oldest first."""
        return self.with_reports().waiting().order_by("-reported", "submit_date", "pk")


class ReaderComment(XtdComment):
    """One comment. The columns for address and network that the package has stay empty, always.

    Only comments/decisions.py changes `status`; `is_public` and `is_removed`, which the package's own managers read,
    follow it. `parent_id` is the package's: the comment's own id at the top of a thread.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("Pending")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")
        SPAM = "spam", _("Spam")
        REMOVED = "removed", _("Removed")

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    article = models.ForeignKey(Article, models.CASCADE, related_name="+", verbose_name=_("article"))
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.PENDING)
    status_at = models.DateTimeField(pgettext_lazy("date", "decided"), default=timezone.now)
    is_author = models.BooleanField(_("by the author"), default=False)
    is_team = models.BooleanField(_("by a moderator"), default=False, db_default=False)
    hold_reasons = models.JSONField(_("why it was flagged"), default=list, blank=True)
    text_key = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    notified_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ReaderCommentQuerySet.as_manager()
    held = Held("user_name", "comment")

    class Meta:
        verbose_name, verbose_name_plural = _("comment"), _("comments")
        default_permissions = ("view",)
        permissions = [
            ("moderate_readercomment", _("Can moderate comments")),
            ("view_contact", _("Can see a commenter's address")),
        ]
        indexes = [
            models.Index(fields=["article", "status"], name="comment_thread"),
            models.Index(fields=["status", "status_at"], name="comment_queue"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=["pending", "approved", "rejected", "spam", "removed"]),
                name="comment_status_known",
            )
        ]

    def __str__(self):
        return _("comment %(id)s") % {"id": self.public_id}

    def save(self, *args, **options):
        """Keep the promise under the form: no address and no network on this row, none typed into its words."""
        self.user_email, self.user_url, self.ip_address = "", "", None
        self.user_name = text.without_addresses(self.user_name)[:50]
        self.comment = text.without_addresses(self.comment)
        self.text_key = text_key(self.comment)
        for column, value in self.facts_of(self.status).items():
            setattr(self, column, value)
        if self.article_id:
            self.content_type = ContentType.objects.get_for_model(Article)
            self.object_pk, self.site_id = str(self.article_id), 1
        super().save(*args, **options)

    @classmethod
    def facts_of(cls, status):
        """Return the columns that say a status: ours, and the package's two that follow from it."""
        public = status in (cls.Status.APPROVED, cls.Status.REMOVED)
        return {"status": status, "is_public": public, "is_removed": status == cls.Status.REMOVED}

    def get_absolute_url(self):
        return f"{self.article.get_absolute_url()}#comment-{self.public_id}"

    @property
    def name(self):
        """The name as typed, never an account's name."""
        return self.user_name

    @property
    def date(self):
        return self.submit_date

    @property
    def initials(self):
        return text.initials(self.user_name)

    @property
    def html(self):
        return text.as_html(self.comment, self.article.language)

    @property
    def is_reply(self):
        return self.parent_id not in (0, self.pk)


class CommentContactQuerySet(models.QuerySet):
    def of(self, key):
        """All that one address wrote, by its key."""
        return self.filter(email_key=key)


class CommentContact(models.Model):
    """Whose comment it is. No public query joins this table; `view_contact` alone opens it, and that look is logged.

    `email_key` stays when retention empties the rest: by it a person's comments are found again, to export or erase.
    """

    comment = models.OneToOneField(ReaderComment, models.CASCADE, related_name="+")
    email = models.EmailField(blank=True)
    email_key = models.CharField(max_length=64, db_index=True)
    network_key = models.CharField(max_length=64, blank=True)
    follows = models.BooleanField(default=False)
    unsubscribe_token = models.CharField(max_length=64, unique=True, default=token, editable=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects = CommentContactQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("commenter’s address"), _("commenters’ addresses")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=~models.Q(email="", follows=True), name="contact_follows_with_an_address")
        ]

    def __str__(self):
        return f"contact {self.pk}"
