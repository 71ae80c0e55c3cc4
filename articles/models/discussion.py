"""Until when readers may write below an article, and how many of their comments stand there."""

from datetime import timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class TakesComments(models.Model):
    """A model that is `Published`, below which readers may write."""

    class Comments(models.TextChoices):
        OPEN = "open", _("open")
        TIMED = "timed", _("closing some days after publication")
        CLOSED = "closed", _("closed")

    comments = models.CharField(_("comments"), max_length=6, choices=Comments, default=Comments.OPEN)
    comments_days = models.PositiveSmallIntegerField(
        _("days until comments close"), default=30, validators=[MinValueValidator(1), MaxValueValidator(3650)]
    )
    comment_count = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        abstract = True

    @property
    def comments_close_at(self):
        """The moment at which comments close, or None when none is set."""
        if self.comments != self.Comments.TIMED or not self.published_at:
            return None
        return self.published_at + timedelta(days=self.comments_days)

    @property
    def accepts_comments(self):
        if not self.is_published or self.comments == self.Comments.CLOSED:
            return False
        return self.comments == self.Comments.OPEN or timezone.now() < self.comments_close_at
