"""What readers may see: the one place that says when something is published."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SCHEDULED = "scheduled", _("Scheduled")
    PUBLISHED = "published", _("Published")


def published(path=""):
    """Return the condition that a row is published now; `path` leads to it in a lookup: "entries__article__"."""
    return models.Q(**{f"{path}published_at__lte": timezone.now()})


class PublishedQuerySet(models.QuerySet):
    """Rows of which `published_at` alone says what readers see of them."""

    def published(self):
        """What any reader may see now."""
        return self.filter(published())

    def scheduled(self):
        """What readers will see later."""
        return self.filter(published_at__gt=timezone.now())

    def drafts(self):
        """What has no date yet."""
        return self.filter(published_at__isnull=True)


class Published:
    """The same of one row."""

    State = State

    @property
    def state(self):
        if self.published_at is None:
            return State.DRAFT
        return State.PUBLISHED if self.published_at <= timezone.now() else State.SCHEDULED

    @property
    def is_published(self):
        return self.state == State.PUBLISHED

    @property
    def is_public(self):
        return self.is_published
