"""Drawing a photo: `{% picture photo "lead" %}`, from the manifest on its row, without a query."""

from dataclasses import dataclass
from urllib.parse import urljoin

from django import template
from django.conf import settings
from django.core.files.storage import default_storage

from articles import images
from articles.body import GROUPS

register = template.Library()

PLAIN = 1440  # pixels wide


@dataclass(frozen=True)
class Slot:
    """A place in the layout: the crop it shows, how wide it is (`sizes`), and the widest file it is worth.

    `sizes` must say what the style sheets do; a browser test compares the two. `first` is what a reader sees first;
    `silent` stands beside a title that says enough.
    """

    crop: str
    sizes: str
    most: int
    first: bool = False
    silent: bool = False


def _grown(columns):
    """Return the width, beyond 120rem, of what is so many rem wide: there everything grows (static/css/tokens.css)."""
    return f"(min-width: 120rem) calc({columns} * (.55vw + .34rem)), "


SLOTS = {
    "lead": Slot("3x2", _grown(58) + "(min-width: 62rem) 58rem, 100vw", 1920, first=True),
    "card-lead": Slot(
        "3x2",
        _grown(46) + "(min-width: 72rem) 46rem, (min-width: 56rem) 60vw, calc(100vw - 2rem)",
        1440,
        first=True,
        silent=True,
    ),
    "card": Slot(
        "3x2", _grown(22) + "(min-width: 57rem) 22rem, (min-width: 39rem) 46vw, calc(100vw - 2rem)", 1080, silent=True
    ),
    "text": Slot("whole", _grown(40) + "(min-width: 43rem) 40rem, calc(100vw - 2rem)", 1440),
    "wide": Slot("whole", _grown(58) + "(min-width: 62rem) 58rem, calc(100vw - 2rem)", 1920),
    "full": Slot("whole", "100vw", 2400),
    "gallery": Slot("3x2", _grown(19) + "(min-width: 62rem) 19rem, (min-width: 39rem) 46vw, calc(100vw - 2rem)", 1080),
    "compare": Slot("3x2", _grown(29) + "(min-width: 62rem) 29rem, 46vw", 1440),
    "portrait": Slot("1x1", "6rem", 320),
    "thumb": Slot("1x1", "12rem", 320, silent=True),
}


@register.inclusion_tag("components/_picture.html")
def picture(photo, slot, alt=None):
    """Draw the photo in a slot. `alt` replaces its alternative text; a decorative photo has none."""
    place = SLOTS[slot]
    if not photo or not (found := photo.nearest(place.crop)):
        return {"photo": None}
    crop, entry = found
    # One address is asked of the storage, not forty: the names differ only after it.
    prefix = default_storage.url(images.FOLDER)
    sets = {
        suffix: [
            (prefix + images.name_of(entry, crop, width, suffix).removeprefix(images.FOLDER), width)
            for width in _worth(entry[suffix], place.most)
        ]
        for suffix in images.ENCODERS
    }
    spoken = _spoken(photo) if alt is None and not place.silent else {"alt": alt or "", "lang": ""}
    width = max(width for pairs in sets.values() for _, width in pairs)
    return {
        "photo": photo,
        "sources": [(f"image/{suffix}", _srcset(sets[suffix])) for suffix in ("avif", "webp") if sets[suffix]],
        "src": sets["jpg"][-1][0],
        "srcset": _srcset(sets["jpg"]) if len(sets["jpg"]) > 1 else "",
        "sizes": place.sizes,
        "width": width,
        "height": images.height_of(entry, width),
        "first": place.first,
        **spoken,
    }


@register.simple_tag
def group_size(kind):
    """Return how many pictures a group of that kind may have, as the desk's scripts read it: 2-12."""
    return "-".join(map(str, GROUPS[kind]))


@register.simple_tag
def plain_picture(photo):
    """Return {url, width, height, alt, lang} of the whole picture for those who draw no `<picture>`, or None before all."""
    found = photo.jpeg("whole", PLAIN)
    return found and found | {"url": urljoin(settings.SITE_URL, found["url"])} | _spoken(photo)


def _spoken(photo):
    return {"alt": "", "lang": ""} if photo.decorative else {"alt": photo.alt, "lang": photo.alt.foreign}


def _worth(widths, most):
    """Return the widths up to `most`; the narrowest when there is none."""
    return [width for width in widths if width <= most] or widths[:1]


def _srcset(pairs):
    return ", ".join(f"{url} {width}w" for url, width in pairs)
