"""What was done with a comment: every decision's line, and readers' reports; and who is told what waits."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from comments import text
from comments.keys import token
from comments.models.comment import ReaderComment


class ModerationEvent(models.Model):
    """One line a decision: who, when, from what to what, why. `batch` ties together what one gesture decided.

    The line outlives its comment: `public_id` still says which one it was. A line about a rule has none.
    """

    class Action(models.TextChoices):
        DECIDE = "decide", _("decided")
        UNDO = "undo", _("undid")
        KEEP = "keep", _("kept after a report")
        REPLY = "reply", _("replied")
        LOOK = "look", _("looked at the address")
        BLOCK = "block", _("blocked the commenter")
        FREE = "free", _("unblocked the commenter")
        ERASE = "erase", _("erased")
        TRUST = "trust", _("passed as a known commenter")
        RULED = "ruled", _("added a rule")
        REWORD = "reword", _("changed a rule")
        LIFT = "lift", _("deleted a rule")

    # What is done about who wrote a comment decides nothing about it.
    ON_PERSON = (Action.LOOK, Action.BLOCK, Action.FREE)

    comment = models.ForeignKey(ReaderComment, models.SET_NULL, null=True, related_name="events")
    public_id = models.CharField(max_length=12)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    action = models.CharField(_("action"), max_length=6, choices=Action)
    from_status = models.CharField(max_length=8, blank=True, choices=ReaderComment.Status)
    to_status = models.CharField(max_length=8, blank=True, choices=ReaderComment.Status)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    batch = models.UUIDField(db_index=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name, verbose_name_plural = _("decision"), _("decisions")
        default_permissions = ("view",)
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.public_id}: {self.get_action_display()}"

    @classmethod
    def line(cls, comment, by, action, batch, to=None, reason=""):
        """Return the line, not stored yet, of what `by` does with a comment; `to` is what it becomes, None the same."""
        return cls(
            comment_id=comment.pk,
            public_id=comment.public_id,
            actor=by,
            action=action,
            from_status=comment.status,
            to_status=comment.status if to is None else to,
            reason=text.without_addresses(reason)[:300],
            batch=batch,
        )


class ReportQuerySet(models.QuerySet):
    def open(self):
        """What no moderator has answered yet."""
        return self.filter(answered_at__isnull=True)


class Report(models.Model):
    """A reader's word that a comment should not stand, without an account; one a network and comment."""

    class Reason(models.TextChoices):
        INSULT = "insult", _("It insults or threatens somebody")
        HATE = "hate", _("It incites hatred")
        PRIVATE = "private", _("It gives away something private")
        FALSE = "false", _("It is false and does harm")
        SPAM = "spam", _("It is advertising")
        OTHER = "other", _("Something else")

    comment = models.ForeignKey(ReaderComment, models.CASCADE, related_name="reports")
    reason = models.CharField(_("reason"), max_length=8, choices=Reason)
    note = models.CharField(_("in your words"), max_length=500, blank=True)
    network_key = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)
    answered_in = models.UUIDField(null=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("report"), _("reports")
        default_permissions = ()
        ordering = ["created_at"]
        constraints = [models.UniqueConstraint(fields=["comment", "network_key"], name="report_once_a_network")]
        indexes = [models.Index(fields=["comment"], condition=models.Q(answered_at__isnull=True), name="report_open")]

    def __str__(self):
        return f"report {self.pk}"


class Digest(models.Model):
    """Whether a moderator is told by mail what waits, and the secret in those mails that stops them."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    wanted = models.BooleanField(default=True)
    token = models.CharField(max_length=64, unique=True, default=token, editable=False)

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"digest {self.pk}"
