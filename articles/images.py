"""The files made from one picture: which, how large, under what names; and the Pillow work. Knows no model."""

import hashlib
from bisect import bisect
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from articles.framing import Framing

# Part of every name: raise it when a change below makes other files, and all are made anew under new names.
RECIPE = 1
FOLDER = "renditions/"
WIDTHS = (320, 480, 640, 800, 1080, 1440, 1920, 2400)
ENCODERS = {
    "avif": {"format": "AVIF", "speed": 6, "advanced": {"tune": "ssim"}},
    "webp": {"format": "WEBP", "quality": 74, "method": 4},
    "jpg": {"format": "JPEG", "quality": 76, "progressive": True, "optimize": True},
}
UNTOUCHED = Framing()
SCALER = Image.Resampling.LANCZOS
# A picture full of leaves costs five times a sky. Its AVIF files are made at the best of these qualities at which one
# TRIAL pixels wide keeps to BUDGET bytes a pixel: 34 KB for the lead picture of a phone with a fine screen.
AVIF_QUALITIES = range(20, 49)
TRIAL, BUDGET = 800, 0.08


@dataclass(frozen=True)
class Crop:
    """A shape (None: the picture's own), and the widths made of it in AVIF and WebP, and in JPEG."""

    shape: float | None
    modern: tuple
    jpeg: tuple


CROPS = {
    "whole": Crop(None, WIDTHS, (480, 800, 1440)),
    "3x2": Crop(3 / 2, WIDTHS[:-1], (480, 800, 1440)),
    "16x9": Crop(16 / 9, (480, 800, 1440), (1200,)),
    "4x3": Crop(4 / 3, (480, 800, 1440), (1200,)),
    "1x1": Crop(1, (160, 320, 640), (160, 320, 1200)),
    "191x100": Crop(1200 / 630, (), (1200,)),
}
# Made while the author waits, so that a picture can be shown at once: one JPEG of each of these.
FIRST = {"whole": 800, "3x2": 800, "1x1": 320}


def box(shape, width, height, focal):
    """Return (left, top, right, bottom): the largest part of that shape, its middle as near the focal point as it goes."""
    if shape is None:
        return 0, 0, width, height
    across, down = min(width, round(height * shape)), min(height, round(width / shape))
    left = min(max(round(focal[0] * width - across / 2), 0), width - across)
    top = min(max(round(focal[1] * height - down / 2), 0), height - down)
    return left, top, left + across, top + down


def plan(digest, width, height, focal, framing=UNTOUCHED):
    """Return the manifest of a picture: per crop the stem of its names, its box, and the widths in each format.

    The size is that of what is shown of it, and so are the boxes. The stem is made from what decides the pixels: the
    file, how it is framed, the box and the recipe. A name never changes its content.
    """
    manifest = {}
    for name, crop in CROPS.items():
        part = box(crop.shape, width, height, focal)
        stem = hashlib.sha256(f"{digest} {part} {RECIPE}{framing.name}".encode()).hexdigest()[:16]
        modern, jpeg = _widths(crop.modern, part), _widths(crop.jpeg, part)
        manifest[name] = {"stem": stem, "box": list(part), "avif": modern, "webp": modern, "jpg": jpeg}
    return manifest


def _widths(widths, part):
    """Return those that need no enlarging; where the picture is smaller than the largest, its own width too."""
    across = part[2] - part[0]
    fitting = [width for width in widths if width <= across]
    if len(fitting) < len(widths) and (not fitting or across > fitting[-1] * 1.1):
        fitting.append(across)
    return fitting


def first(manifest):
    """Return the small part of a manifest that is made while the author waits."""
    part = {}
    for crop, limit in FIRST.items():
        widths = manifest[crop]["jpg"]
        chosen = max((width for width in widths if width <= limit), default=widths[0])
        part[crop] = manifest[crop] | {"avif": [], "webp": [], "jpg": [chosen]}
    return part


def needed(width, height):
    """Return the fraction of a picture's size that its largest rendition needs, at most 1."""
    return min(
        1,
        max(
            max(crop.modern + crop.jpeg) / (part[2] - part[0])
            for crop in CROPS.values()
            for part in [box(crop.shape, width, height, (0.5, 0.5))]
        ),
    )


def height_of(entry, width):
    """Return the height of a crop's rendition of that width."""
    left, top, right, bottom = entry["box"]
    return max(1, round(width * (bottom - top) / (right - left)))


def name_of(entry, crop, width, suffix):
    return f"{FOLDER}{entry['stem']}-{crop}-{width}.{suffix}"


def names(manifest):
    """Return the names of all files of a manifest."""
    return {
        name_of(entry, crop, width, suffix)
        for crop, entry in manifest.items()
        for suffix in ENCODERS
        for width in entry[suffix]
    }


def files(picture, crop, entry, there=()):
    """Yield (name, bytes) of each file of one crop that is not `there`, the widest first: each is reduced from the one before."""
    missing = names({crop: entry}) - set(there)
    source, region = picture.image, _region(picture, entry["box"])
    quality = _avif_quality(source, region, entry) if any(name.endswith(".avif") for name in missing) else None
    for width in sorted({width for suffix in ENCODERS for width in entry[suffix]}, reverse=True):
        source, region = _resized(source, region, entry, width), None
        for suffix in ENCODERS:
            name = name_of(entry, crop, width, suffix)
            if width in entry[suffix] and name in missing:
                options = {"quality": quality} if suffix == "avif" else {}
                yield name, encode(source, suffix, **options)


def _region(picture, part):
    """Return a box of the file as a box of the image read from it, whose sides were reduced and rounded one by one."""
    across, down = picture.image.width / picture.width, picture.image.height / picture.height
    left, top, right, bottom = part
    return left * across, top * down, min(right * across, picture.image.width), min(bottom * down, picture.image.height)


def _resized(source, region, entry, width):
    return source.resize((width, height_of(entry, width)), SCALER, region, reducing_gap=2)


def _avif_quality(source, region, entry):
    """Return the best quality at which the crop keeps to the budget, else the lowest."""
    trial = _resized(source, region, entry, min(TRIAL, entry["avif"][-1]))

    def too_heavy(quality):
        return len(encode(trial, "avif", quality=quality)) > trial.width * trial.height * BUDGET

    *lower, best = AVIF_QUALITIES
    return lower[max(bisect(lower, False, key=too_heavy) - 1, 0)] if too_heavy(best) else best


def encode(image, suffix, **options):
    """Return the bytes of an image in one of the three formats."""
    out = BytesIO()
    image.save(out, **ENCODERS[suffix], **options)
    return out.getvalue()


def colour(image):
    """Return the mean colour as #rrggbb: what stands in a picture's place until it is there."""
    return "#{:02x}{:02x}{:02x}".format(*image.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0)))
