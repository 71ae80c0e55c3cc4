"""What has been sent and not yet confirmed, and the rules that look at it."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import Article
from comments import text
from newsroom.cache import purge

LIFETIME = timedelta(hours=48)


class PendingCommentQuerySet(models.QuerySet):
    def alive(self):
        """What may still be confirmed, or tell that it was."""
        return self.filter(created_at__gt=timezone.now() - LIFETIME)

    def unconfirmed(self):
        return self.alive().filter(confirmed_at__isnull=True)

    def mark_confirmed(self):
        """Keep of these the two hashes that tell that they were confirmed, and the network until it is of no use."""
        gone = dict.fromkeys(("name", "email", "email_key", "text", "text_key"), "")
        return self.update(confirmed_at=timezone.now(), follows=False, hold_reasons=[], parent=None, **gone)


class PendingComment(models.Model):
    """A comment whose address waits for its owner's word. Confirmed, it keeps its two hashes, and for an hour or so its network.

    The link in the mail holds a token; here is its hash only. `fingerprint` makes the same words sent twice one row.
    The network of the last minutes tells how fast somebody writes (comments/spam.py).
    """

    token_hash = models.CharField(max_length=64, unique=True)
    fingerprint = models.CharField(max_length=64, unique=True)
    article = models.ForeignKey(Article, models.CASCADE, related_name="+")
    parent = models.ForeignKey("comments.ReaderComment", models.CASCADE, null=True, related_name="+")
    name = models.CharField(max_length=50, blank=True)
    email = models.EmailField(blank=True)
    email_key = models.CharField(max_length=64, blank=True, db_index=True)
    text = models.TextField(blank=True)
    follows = models.BooleanField(default=False)
    hold_reasons = models.JSONField(default=list)
    text_key = models.CharField(max_length=64, blank=True, db_index=True)
    network_key = models.CharField(max_length=64, blank=True, db_index=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    confirmed_at = models.DateTimeField(null=True)

    objects = PendingCommentQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"unconfirmed {self.pk}"


class BlockRuleQuerySet(models.QuerySet):
    def on_person(self, email_key):
        return self.filter(kind=BlockRule.Kind.PERSON, value=email_key)

    def dropping(self):
        return self.filter(action=BlockRule.Action.REFUSE)

    def count_dropped(self):
        """Count one comment more that each of these rules dropped; return how many rules there are."""
        return self.update(dropped=F("dropped") + 1, dropped_on=timezone.localdate())


class BlockRule(models.Model):
    """What moderators want looked at twice, or not at all. Where it concerns a person, `value` is a keyed hash.

    Nobody is shown that hash: `comment` says whom the rule was made about, as long as it is kept. `batch` is the gesture that blocked a commenter, for as long as nobody has changed what it made. Of what was dropped
    there is a number and a day, and nothing else.
    """

    class Kind(models.TextChoices):
        WORD = "word", _("word or phrase")
        LINK = "link", _("site linked to")
        DOMAIN = "domain", _("domain of the e-mail address")
        PERSON = "person", _("commenter")
        NETWORK = "network", _("network")

    class Action(models.TextChoices):
        HOLD = "hold", _("flag it")
        REFUSE = "refuse", _("drop it, without telling")

    HASHED = (Kind.PERSON, Kind.NETWORK)
    # Who knows which rule was broken learns something of the commenter's address.
    TELLING = (*HASHED, Kind.DOMAIN)
    MIN_WORD = 3  # letters: fewer stand in nearly every comment

    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    value = models.CharField(_("value"), max_length=200)
    action = models.CharField(_("what happens"), max_length=6, choices=Action, default=Action.HOLD)
    note = models.CharField(_("note"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("added"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    comment = models.ForeignKey(
        "comments.ReaderComment", models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    batch = models.UUIDField(null=True, editable=False)
    dropped = models.PositiveIntegerField(_("dropped so far"), default=0, db_default=0, editable=False)
    dropped_on = models.DateField(null=True, editable=False)

    objects = BlockRuleQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("rule"), _("rules")
        ordering = ["kind", "value"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "value"], name="rule_once", violation_error_message=_("This rule exists already.")
            )
        ]

    def __str__(self):
        """Name it without the person it is about: the admin keeps this for ever, in its own log."""
        return self.titled(_("rule %d") % self.pk if self.is_hidden else self.value)

    def titled(self, what):
        """Return its kind and what it is on, as a heading."""
        return _("%(reason)s: %(words)s") % {"reason": self.get_kind_display(), "words": what}

    @property
    def is_hidden(self):
        """Whether its value is a hash, which no page shows."""
        return self.kind in self.HASHED and not self.is_range

    @property
    def is_range(self):
        """Whether it is on more of a network than one household has: kept as typed, such as 192.0.2.0/24."""
        return self.kind == self.Kind.NETWORK and "/" in self.value

    def save(self, *args, **options):
        self.value, self.note = self.value.strip().casefold(), text.without_addresses(self.note)[:200]
        super().save(*args, **options)


@receiver(post_save, sender=BlockRule)
@receiver(post_delete, sender=BlockRule)
def rules_changed(**details):
    purge("rules")  # comments/spam.py keeps them


class OwnLink(models.Model):
    """A link, sent to an address on its owner's demand, to all that was written with it. It works for a day."""

    LIFETIME = timedelta(hours=24)

    token_hash = models.CharField(max_length=64, unique=True)
    email_key = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"link {self.pk}"


class LearnedWord(models.Model):
    """In how many comments of each kind a word stands; comments/learning.py writes and reads it."""

    key = models.CharField(max_length=16, unique=True)
    spam = models.PositiveIntegerField()
    good = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"word {self.pk}"
