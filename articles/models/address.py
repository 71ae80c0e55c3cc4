"""Addresses that were: where they lead now, and those that readers ask for in vain."""

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models.signals import pre_delete
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from newsroom.cache import Watched

MOST_MISSED = 1000
LONGEST = 200


class FormerAddress(models.Model):
    """A path at which a row stood. It names the row, not a new path: however often that moves, one step leads there.

    No foreign key: the row may be deleted, and then the path says that it is gone.
    """

    path = models.CharField(max_length=LONGEST, unique=True)
    model = models.CharField(max_length=40)
    row = models.PositiveBigIntegerField()

    def __str__(self):
        return self.path

    def find(self):
        """Return the row as it is now; None when it is deleted."""
        return apps.get_model("articles", self.model)._base_manager.filter(pk=self.row).first()


class KeepsAddress(Watched, models.Model):
    """A model whose public address keeps its meaning when the slug changes or the row is deleted."""

    class Meta:
        abstract = True

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        # Not delete(): the desk's lists and cascades do not call it.
        pre_delete.connect(_remember, sender=cls)

    @property
    def is_public(self):
        """Tell whether readers may see this row now."""
        return True

    @property
    def was_public(self):
        """Tell whether readers may know its address."""
        return self.is_public

    def save(self, *args, **options):
        with transaction.atomic():
            before = self._before(options.get("update_fields"))
            super().save(*args, **options)
            if before and before.was_public:
                # What does not know any more that it was public would answer 404, where 410 is due.
                before.leave_address(staying=self.public_paths() if self.was_public else frozenset())

    def _before(self, changing):
        """Return the row as the database has it, if its address may be about to change, or to be left."""
        if not self.pk or (changing is not None and not {"slug", "language", "published_at"} & set(changing)):
            return None
        return type(self)._base_manager.filter(pk=self.pk).first()

    def public_paths(self):
        """Return its paths: one, or one an edition where the row has no language of its own."""
        paths = set()
        for code in settings.EDITIONS:
            with translation.override(code):
                paths.add(self.get_absolute_url())
        return paths

    def leave_address(self, staying=frozenset()):
        """Remember its paths, but those where it stays."""
        for path in self.public_paths() - staying:
            FormerAddress.objects.update_or_create(path=path, defaults={"model": self._meta.model_name, "row": self.pk})


def _remember(instance, **details):
    if instance.was_public:
        instance.leave_address()


class LinksNowhere(models.Model):
    """Names an article or a page that was found to link to nothing on this site (articles/dead_links.py)."""

    model = models.CharField(max_length=40)
    row = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "row"], name="links_nowhere_once")]

    def __str__(self):
        return f"{self.model} {self.row}"


class MissedAddress(models.Model):
    """A path that readers asked for and that is not there. Nothing is kept of who asked."""

    path = models.CharField(_("address"), max_length=LONGEST, unique=True)
    count = models.PositiveIntegerField(_("asked for"), default=1)
    first_on = models.DateField(_("first"), default=timezone.localdate)
    last_on = models.DateField(_("last"), default=timezone.localdate)

    class Meta:
        verbose_name, verbose_name_plural = _("address not found"), _("addresses not found")
        ordering = ["-count", "-last_on", "pk"]

    def __str__(self):
        return self.path

    @classmethod
    def note(cls, path):
        """Count a path once more. In a full list the newcomer takes the place of the one asked for least, longest ago."""
        today = timezone.localdate()
        if cls.objects.filter(path=path).update(count=models.F("count") + 1, last_on=today):
            return
        if cls.objects.count() >= MOST_MISSED:
            cls.objects.order_by("count", "last_on", "pk").first().delete()
        cls.objects.get_or_create(path=path)
