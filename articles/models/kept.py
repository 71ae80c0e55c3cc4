"""What somebody typed on a sheet and has not saved: a copy beside the article or page, which it never touches."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

KEPT_DAYS = 30
MOST_COPIES = 40


class KeptCopyQuerySet(models.QuerySet):
    def of(self, user):
        """What this person typed, the latest first: nobody else's is shown to anybody."""
        return self.filter(user=user).order_by("-kept_at", "-pk")

    def too_old(self):
        return self.filter(kept_at__lt=timezone.now() - timedelta(days=KEPT_DAYS))

    def keep(self, user, copy, **typed):
        """Keep what stands in one open form in place of what stood there; of one person the latest forms only."""
        kept, made = self.update_or_create(user=user, copy=copy, defaults=typed | {"kept_at": timezone.now()})
        if made:
            latest = self.of(user).values_list("pk", flat=True)[:MOST_COPIES]
            self.filter(user=user).exclude(pk__in=list(latest)).delete()
        return kept


class KeptCopy(models.Model):
    """The fields of one open form, by their names. `sheet` is what it was opened for: article-12, page-new."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    sheet = models.CharField(max_length=40)
    copy = models.CharField(max_length=36)
    version = models.CharField(max_length=40)
    fields = models.JSONField()
    kept_at = models.DateTimeField(default=timezone.now)

    objects = KeptCopyQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "copy"], name="kept_once")]

    def __str__(self):
        return f"{self.sheet} {self.copy}"

    @property
    def for_script(self):
        """What static/js/desk-keep.js is told of it."""
        return {
            "id": self.copy,
            "at": self.kept_at.isoformat(),
            "version": self.version,
            "fields": self.fields,
        }
