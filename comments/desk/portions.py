"""A page of a list that may be long: it is not counted how much there is, only seen whether more follows."""

from dataclasses import dataclass
from math import ceil


@dataclass
class Portion:
    """Some rows of a list, for a page; `number` begins with 1, and `found` is how many rows there are up to here."""

    rows: list
    number: int
    found: int
    has_next: bool

    @property
    def has_previous(self):
        return self.number > 1

    @property
    def previous(self):
        return self.number - 1

    @property
    def next(self):
        return self.number + 1


def portion(rows, number, size):
    """Return the portion of that number (1 for None), or the last one where there is none: `size` rows of a queryset."""
    number = number or 1
    start = size * (number - 1)
    read = list(rows[start : start + size + 1])
    if number > 1 and not read:
        return portion(rows, ceil(rows.count() / size) or 1, size)
    return Portion(read[:size], number, start + len(read[:size]), has_next=len(read) > size)
