"""How a photo is turned and cut, on its row."""

from dataclasses import astuple

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from articles.framing import Framing

FRAMED = "turns", "cut_left", "cut_top", "cut_right", "cut_bottom"  # the fields of a Framing, in its order


class Framed(models.Model):
    """A model with a picture and a focal point. Its file stays as it is: what is made of it is turned and cut."""

    turns = models.PositiveSmallIntegerField(_("rotation"), default=0, db_default=0, editable=False)
    cut_left = models.FloatField(_("cut off at the left"), default=0, db_default=0, editable=False)
    cut_top = models.FloatField(_("cut off at the top"), default=0, db_default=0, editable=False)
    cut_right = models.FloatField(_("cut off at the right"), default=0, db_default=0, editable=False)
    cut_bottom = models.FloatField(_("cut off at the bottom"), default=0, db_default=0, editable=False)

    is_framed_anew = False  # since its file was read last

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(class)s_is_framed",
                condition=Q(turns__lte=3, cut_left__gte=0, cut_top__gte=0, cut_right__gte=0, cut_bottom__gte=0)
                & Q(cut_left__lt=100 - F("cut_right"), cut_top__lt=100 - F("cut_bottom")),
            )
        ]

    @property
    def framing(self):
        return Framing(*(getattr(self, name) for name in FRAMED))

    def frame(self, framing):
        """Have it shown so from its next save on. The focal point stays on what it was set on; unset, in the middle."""
        if framing == self.framing:
            return
        focal = self.focal_x, self.focal_y
        if focal != (0.5, 0.5):
            x, y = framing.point_shown(self.framing.point_in_file(focal))
            self.focal_x, self.focal_y = round(x, 2), round(y, 2)
        self.set_framing(framing)
        self.is_framed_anew = True

    def set_framing(self, framing):
        for name, value in zip(FRAMED, astuple(framing), strict=True):
            setattr(self, name, value)
