"""Until when readers may write below an article, and how many of their comments stand there."""

from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsroom.models import COMMENTS_DAYS, Comments


class TakesComments(models.Model):
    """A model that is `Published`, below which readers may write."""

    Comments = Comments

    comments = models.CharField(_("comments"), max_length=6, choices=Comments, default=Comments.OPEN)
    comments_days = models.PositiveSmallIntegerField(
        _("days until comments close"), default=30, validators=COMMENTS_DAYS
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
