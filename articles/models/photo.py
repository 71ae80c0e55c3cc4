"""A photograph or an illustration, once, wherever it is used."""

import logging
import math
import time

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles import images, uploads
from articles.body import photos_in
from articles.framing import Framing
from articles.models.framed import FRAMED, Framed
from newsroom.cache import Watched, purge, tag_of
from newsroom.held import Held
from newsroom.jobs import HEAVY, PICTURES, is_awaited, job
from newsroom.media import storage_failed
from newsroom.translated import TranslatedTextField

logger = logging.getLogger(__name__)


def originals():
    """Return the private storage; a callable, so that no migration names a place."""
    return storages["originals"]


# What is smaller, other sites enlarge until it is a blur: pixels across and down, in a shape of 1200 to 630.
LEAST_SHARED = 600, 315
SHIFT = 60  # seconds after which the rest of a photo's files is another job, so that this one stays below its limit


class Photo(Watched, Framed):
    """An upload and what it says. `renditions` is the manifest of the files made from it (articles/images.py)."""

    original = models.FileField(_("file"), storage=originals, max_length=200)
    title = models.CharField(_("name in the library"), max_length=120, blank=True)
    alt = TranslatedTextField(
        _("alternative text"),
        max_length=300,
        help_text=_("What one sees, for those who do not see it: one sentence, if possible within 150 signs."),
    )
    decorative = models.BooleanField(
        _("decorative"),
        default=False,
        help_text=_("It says nothing that the text does not say: screen readers pass over it."),
    )
    caption = TranslatedTextField(_("caption"), max_length=300)
    credit = models.CharField(_("credit"), max_length=120, blank=True)
    licence = models.CharField(_("licence"), max_length=60, blank=True)
    licence_url = models.CharField(
        _("address of the licence"), max_length=300, blank=True, validators=[URLValidator(["https", "http"])]
    )
    focal_x = models.FloatField(
        _("focal point, from the left"), default=0.5, validators=[MinValueValidator(0), MaxValueValidator(1)]
    )
    focal_y = models.FloatField(
        _("focal point, from the top"), default=0.5, validators=[MinValueValidator(0), MaxValueValidator(1)]
    )
    taken_on = models.DateField(_("taken on"), null=True, blank=True)
    # Its file was replaced, and nobody has said yet that the words are true of the new one.
    unconfirmed = models.BooleanField(default=False, db_default=False, editable=False)
    # Of what is shown: a file that is turned has them the other way round.
    width = models.PositiveIntegerField(_("width"), default=0, editable=False)
    height = models.PositiveIntegerField(_("height"), default=0, editable=False)
    digest = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    colour = models.CharField(max_length=7, blank=True, editable=False)
    renditions = models.JSONField(default=dict, blank=True, editable=False)
    created_at = models.DateTimeField(_("added"), auto_now_add=True)
    added_by = models.ForeignKey(
        "newsroom.User",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("added by"),
    )

    held = Held("title", "alt", "caption", "credit")

    class Meta(Framed.Meta):
        abstract = False
        verbose_name, verbose_name_plural = _("photo"), _("photos")
        ordering = ["-created_at", "-pk"]
        # The desk's: those without a text.
        indexes = [models.Index(fields=["alt"], condition=models.Q(decorative=False), name="photo_by_alt")]

    def __str__(self):
        return self.title or str(self.alt) or f"{_('photo')} {self.pk}"

    def save(self, *args, **options):
        """Keep it, and a new file with the few renditions by which it can be shown.

        Raises ValidationError where the storage does not keep them; nothing is changed then.
        """
        try:
            self._save(*args, **options)
        except Exception as error:
            if not storage_failed(error):
                raise
            logger.warning("a photo cannot be kept: %s", type(error).__name__)
            raise uploads.refused("unkept") from error

    def _save(self, *args, **options):
        """Read a new file, or one framed anew, and make at once the few renditions by which it can be shown.

        A replaced file is forgotten, and how it was framed with it.
        """
        replaced = None
        if self.original and not self.original._committed:
            replaced = Photo.objects.filter(pk=self.pk).first() if self.pk else None
            # A form has read the file already, to refuse what is no picture.
            self._take_in(getattr(self.original.file, "picture", None) or uploads.read(self.original.file))
            if options.get("update_fields") is not None:
                taken = {"original", "digest", "width", "height", "colour", "renditions"}
                options["update_fields"] = {*options["update_fields"], *taken, *FRAMED}
        elif self.is_framed_anew:
            with self.original.open("rb") as file:
                self._show(uploads.read(file, self.framing))
        with transaction.atomic():
            super().save(*args, **options)
            if replaced:
                # Pages in caches show what was made of the old file for some days yet: articles/photos.py tidies.
                forget_files.enqueue(replaced.original.name, [], replaced.digest)
            if not self.is_rendered:
                render_photo.enqueue(self.pk)

    def delete(self, *args, **options):
        with transaction.atomic():
            self._forget_files()
            return super().delete(*args, **options)

    def _forget_files(self):
        names = sorted(images.names(self.renditions))
        forget_files.enqueue(self.original.name, names, self.digest)

    def _take_in(self, picture):
        """Keep what was read; the file gets a name of ours, which tells nothing and ends as its content says."""
        self.digest = picture.digest
        self.original.name = f"{timezone.now():%Y/%m}/{picture.digest[:16]}.{picture.suffix}"
        self.set_framing(Framing())
        self._show(picture)

    def _show(self, picture):
        """Note what is shown, and make the few renditions of it that cannot wait."""
        self.width, self.height = picture.width, picture.height
        self.colour = images.colour(picture.image)
        self.is_framed_anew = False
        self.renditions = {}
        for crop, entry in images.first(self.plan).items():
            for _name in self._make(picture, crop, entry):
                pass

    @property
    def plan(self):
        """The manifest of all that should be made of the picture, its focal point being where it is."""
        return images.plan(self.digest, self.width, self.height, (self.focal_x, self.focal_y), self.framing)

    @property
    def is_rendered(self):
        return self.renditions == self.plan

    def render(self, again=False, made=(), step_back=lambda: False):
        """Make what the plan says and `renditions` does not, or all `again`; each crop is recorded once its files are there.

        Whatever stops the work, what is recorded exists, and the next call goes on from there. After each file
        `step_back` is asked whether to stop: then the names of what there is of the crop just begun are returned, which
        the next call takes as `made`. Returns None at the end.
        """
        missing = {crop: entry for crop, entry in self.plan.items() if again or self.renditions.get(crop) != entry}
        if not missing:
            return None
        with self.original.open("rb") as file:
            picture = uploads.read(file, self.framing)
        there = {name for name in made if default_storage.exists(name)}
        there |= set() if again else images.names(self.renditions)
        for crop, entry in missing.items():
            for name in self._make(picture, crop, entry, there):
                there.add(name)
                if step_back():
                    return sorted(there & images.names({crop: entry}))
            if not self._record():
                return None
        return None

    def _record(self):
        """Keep what is made, and tell whether what decides it is still so: for all else, it is made elsewhere."""
        same = {name: getattr(self, name) for name in ("digest", "focal_x", "focal_y", *FRAMED)}
        recorded = bool(type(self).objects.filter(pk=self.pk, **same).update(renditions=self.renditions))
        if recorded:
            purge(tag_of(self))
        return recorded

    def forget_lost(self, there):
        """Forget the renditions whose files are not in the storage any more, so that `render` makes them again.

        `there` are the names that a listing found. What it missed is asked for: it may have been made since.
        """
        lost = [
            crop
            for crop, entry in self.renditions.items()
            if any(not default_storage.exists(name) for name in images.names({crop: entry}) - there)
        ]
        if lost:
            self.renditions = {crop: entry for crop, entry in self.renditions.items() if crop not in lost}
            self._record()

    def _make(self, picture, crop, entry, there=()):
        """Make the files of a crop but for those that are `there`, and yield each name: what it says never changes."""
        for name, data in images.files(picture, crop, entry, there):
            kept = default_storage.exists(name)
            if kept and default_storage.size(name) != len(data):
                default_storage.delete(name)  # what a crash left half written
                kept = False
            if not kept:
                default_storage.save(name, ContentFile(data))
            yield name
        self.renditions[crop] = entry

    def nearest(self, crop):
        """Return (name, entry) of the crop, or of what stands nearest to it while it is being made; None before all."""
        return next(((name, self.renditions[name]) for name in (crop, "whole") if name in self.renditions), None)

    def jpeg(self, crop, width, most=(None, None)):
        """Return {url, width, height} of the smallest ready JPEG at least that wide, else of the widest; or None.

        `crop` is a key of `images.CROPS`; `most` is how wide and how high it may be. For cards, feeds and whoever does
        not draw a `<picture>`.
        """
        if not (found := self.nearest(crop)):
            return None
        name, entry = found
        widest, highest = (limit or math.inf for limit in most)
        fit = [ready for ready in entry["jpg"] if ready <= widest and images.height_of(entry, ready) <= highest]
        if not fit:
            return None
        chosen = min((ready for ready in fit if ready >= width), default=max(fit))
        return {
            "url": default_storage.url(images.name_of(entry, name, chosen, "jpg")),
            "width": chosen,
            "height": images.height_of(entry, chosen),
        }

    @property
    def sharing_picture(self):
        """Return {url, width, height, type, alt} of what other sites show beside a link; None before anything is ready."""
        found = self.jpeg("191x100", 1200)
        return found and found | {"type": "image/jpeg", "alt": str(self.alt)}

    @property
    def may_be_shared(self):
        """A picture too small to be shown beside a link is not: a drawn card is."""
        return self.width >= LEAST_SHARED[0] and self.height >= LEAST_SHARED[1]

    @property
    def may_be_published(self):
        """A picture is published with an alternative text, or declared decorative."""
        return self.decorative or bool(self.alt)


class ShowsPhotos(models.Model):
    """A model whose text may show photos. Which ones is noted when it is saved: to ask where one is used reads no text."""

    pictures = models.ManyToManyField(Photo, related_name="+", editable=False)

    class Meta:
        abstract = True

    def save(self, *args, **options):
        with transaction.atomic():
            super().save(*args, **options)
            if options.get("update_fields") is None or "body" in options["update_fields"]:
                self.note_pictures()

    def note_pictures(self):
        """Note which photos of the library stand in the text."""
        self.pictures.set(Photo.objects.filter(pk__in=photos_in(self.body)).values_list("pk", flat=True))


@job(_("Make the sizes of a picture"), once=True, priority=PICTURES, time_limit=300)
def render_photo(photo_id, made=()):
    """Make what is missing of a photo, if it still exists; between two files, let pass what is more urgent."""
    end = time.monotonic() + SHIFT
    if photo := Photo.objects.filter(pk=photo_id).first():
        made = photo.render(made=made, step_back=lambda: time.monotonic() > end or is_awaited(above=PICTURES))
        if made is not None:
            render_photo.enqueue(photo_id, made)


@job(_("Delete the files of a picture"), priority=HEAVY, time_limit=300)
def forget_files(original, names, digest):
    """Remove the files of a photo that is gone or has another file now, unless the same file is there once more."""
    if not Photo.objects.filter(original=original).exists():
        originals().delete(original)
    if not Photo.objects.filter(digest=digest).exists():
        for name in names:
            default_storage.delete(name)
