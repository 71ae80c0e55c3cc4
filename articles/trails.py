"""The way from the front page to a page: shown to readers above its title, and told to search engines."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.dates import MONTHS
from django.utils.formats import date_format
from django.utils.text import capfirst

from articles.models import Article, Dossier, Tag
from newsroom.borrowed_words import gettext as _


@dataclass(frozen=True)
class Period:
    """A year, or a month of it, of which there are archives."""

    year: int
    month: int | None = None

    def __str__(self):
        if not self.month:
            return str(self.year)
        return capfirst(date_format(date(self.year, self.month, 1), "YEAR_MONTH_FORMAT"))

    @property
    def name(self):
        """The month's own."""
        return MONTHS[self.month]

    def get_absolute_url(self):
        return reverse("month", args=[self.year, self.month]) if self.month else reverse("year", args=[self.year])


def trail(thing):
    """Return (name, path) of each page above a page's own, the front page first; `thing` is what the page shows."""
    steps = [(_("Front page"), reverse("front_page"))]
    if isinstance(thing, Article) and thing.kicker:
        steps.append((thing.kicker.name, thing.kicker.get_absolute_url()))
    elif isinstance(thing, Tag):
        steps.append((_("All topics"), reverse("tags")))
    elif isinstance(thing, Dossier):
        steps.append((_("Dossiers"), reverse("dossiers")))
    elif isinstance(thing, Period):
        steps.append((_("Archives"), reverse("archives")))
        if thing.month:
            steps.append((str(thing.year), Period(thing.year).get_absolute_url()))
    return steps
