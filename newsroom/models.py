"""The people who work at the desk, and what the site is called."""

import uuid

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.core.validators import FileExtensionValidator, MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from newsroom.cache import purge
from newsroom.crawlers import Crawlers
from newsroom.page_store import SITE
from newsroom.privacy import without_addresses
from newsroom.translated import TranslatedTextField


def editions():
    """Return (code, name) of each edition, the first one first."""
    return settings.LANGUAGES


class User(AbstractUser):
    """Somebody who logs in to the desk. Readers have no account."""

    language = models.CharField(
        _("language of the desk"),
        max_length=12,
        blank=True,
        choices=editions,
        help_text=_("Empty: the language that your browser asks for."),
    )

    class Meta(AbstractUser.Meta):
        pass

    @property
    def known_as(self):
        """Who it is to colleagues; should that be an address, without it."""
        return without_addresses(self.get_full_name() or self.get_username())


class Accent(models.IntegerChoices):
    """Hues of the accent, in degrees of OKLCH: each reads well on paper and at night (static/css/tokens.css)."""

    BRICK = 28, _("Brick")
    AMBER = 60, _("Amber")
    OLIVE = 110, _("Olive")
    FOREST = 145, _("Forest")
    SEA = 190, _("Sea")
    SKY = 235, _("Sky")
    INK = 262, _("Ink")
    PLUM = 310, _("Plum")
    ROSE = 0, _("Rose")


COMMENTS_DAYS = [MinValueValidator(1), MaxValueValidator(3650)]


class Comments(models.TextChoices):
    """Until when readers may write below an article."""

    OPEN = "open", _("open")
    TIMED = "timed", _("closing some days after publication")
    CLOSED = "closed", _("closed")


class SiteIdentity(models.Model):
    """One row: what the site is called, how it looks, and the texts that stand on every page."""

    name = models.CharField(_("name"), max_length=60, default="Newsroom")
    tagline = TranslatedTextField(_("tagline"), max_length=120)
    logo = models.FileField(
        _("logo"),
        upload_to="identity/",
        blank=True,
        validators=[FileExtensionValidator(["png", "webp", "jpg", "jpeg"])],
        help_text=_("A square PNG, at least 512 pixels wide: for search engines and home screens."),
    )
    accent_hue = models.PositiveSmallIntegerField(_("accent"), choices=Accent, default=Accent.BRICK)
    support_title = TranslatedTextField(_("support call: title"), max_length=90)
    support_text = TranslatedTextField(_("support call: text"), max_length=300, multiline=True)
    follow_text = TranslatedTextField(
        _("follow line"), max_length=120, help_text=_("It stands before the links to your page and your channel.")
    )
    crawlers = models.CharField(
        _("robots of artificial intelligence"),
        max_length=16,
        choices=Crawlers,
        default=Crawlers.ALLOW,
        help_text=_("What robots.txt asks of them. Those that are polite obey; search engines come in any case."),
    )
    footer_text = TranslatedTextField(_("foot of every page"), max_length=300, multiline=True)
    comments = models.CharField(
        _("comments below a new article"),
        max_length=6,
        choices=Comments,
        default=Comments.OPEN,
        db_default=Comments.OPEN,
        help_text=_("Each article may have it otherwise. Those that are written already stay as they are."),
    )
    comments_days = models.PositiveSmallIntegerField(
        _("days until comments close"), default=30, db_default=30, validators=COMMENTS_DAYS
    )
    # What was drawn of it, by what it is for: articles/site_pictures.py.
    pictures = models.JSONField(default=dict, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("site identity")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_site_identity")]

    def __str__(self):
        return self.name

    def save(self, *args, **options):
        self.pk = 1
        super().save(*args, **options)
        purge(SITE)

    @property
    def initials(self):
        """One letter for a name of one word, else two, of its first word and its last."""
        words = [word for word in self.name.split() if word[0].isalnum()]
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    @classmethod
    def load(cls):
        """Return the row, unsaved with its defaults when the site has none yet."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)


class JobKey(models.Model):
    """What a job waiting to run, or running, is known by when it must not wait twice."""

    job = models.OneToOneField(
        "django_tasks_database.DBTaskResult", models.CASCADE, primary_key=True, related_name="job_key"
    )
    name = models.CharField(max_length=32, db_index=True)


class JobRecord(DBTaskResult):
    """A job as the desk shows it: a row of the queue."""

    class Meta:
        proxy = True
        verbose_name, verbose_name_plural = _("job"), _("jobs")

    def __str__(self):
        return self.task_path


class Tick(models.Model):
    """When a recurring job is due next."""

    name = models.CharField(max_length=200, primary_key=True)
    due_at = models.DateTimeField()


class StaleKey(models.Model):
    """What a CDN is still to be told: the pages of this key are no longer true (newsroom/cdn.py)."""

    key = models.CharField(max_length=200)


class OutgoingMail(models.Model):
    """A mail on its way to one reader. Once it has gone, or was given up, it forgets whom and what it was for."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        HANDED = "handed", _("handed over, answer unknown")
        SENT = "sent", _("sent")
        FAILED = "failed", _("given up")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=200, unique=True, null=True, editable=False)  # noqa: DJ001, many mails have none
    recipient = models.EmailField(max_length=254, blank=True)
    template = models.CharField(_("template"), max_length=50)
    context = models.JSONField(default=dict, blank=True)
    language = models.CharField(_("language"), max_length=12)
    unsubscribe_path = models.CharField(max_length=500, blank=True)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    created_at = models.DateTimeField(_("written"), default=timezone.now)
    due_at = models.DateTimeField(_("next try"), default=timezone.now)
    settled_at = models.DateTimeField(_("sent or given up"), null=True)
    error = models.TextField(_("last error"), blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("mail"), _("mails")
        indexes = [models.Index(fields=["state", "due_at"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "handed"]) | models.Q(recipient="", unsubscribe_path=""),
                name="a_settled_mail_keeps_no_address",
            )
        ]

    def __str__(self):
        return str(self.pk)
