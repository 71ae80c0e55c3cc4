"""The versions of articles and of pages: each is one save, with all that was said then."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class Version(models.Model):
    """`content` holds every field that an editor types, tags by name and photo by id."""

    version = models.PositiveIntegerField(_("version"))
    content = models.JSONField()
    saved_at = models.DateTimeField(_("saved"), default=timezone.now)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("saved by")
    )

    class Meta:
        abstract = True
        verbose_name, verbose_name_plural = _("version"), _("versions")
        ordering = ["-version"]

    @property
    def name(self):
        """What the desk calls it; 0 is what stood there before the first save at the desk."""
        return gettext("Version %(number)s") % {"number": self.version} if self.version else gettext("Original version")


class Revision(Version):
    """An article as one save left it."""

    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="revisions")

    class Meta(Version.Meta):
        constraints = [models.UniqueConstraint(fields=["article", "version"], name="revision_once")]

    def __str__(self):
        return f"{self.article_id} v{self.version}"


class PageRevision(Version):
    """A page as one save left it."""

    page = models.ForeignKey("articles.Page", models.CASCADE, related_name="revisions")

    class Meta(Version.Meta):
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["page", "version"], name="page_revision_once")]

    def __str__(self):
        return f"{self.page_id} v{self.version}"
