"""Decoding what somebody sent, in a process of its own: `python -m articles.decoder`. Knows no Django.

A damaged file can crash a decoder, or have it eat memory for ever; here that ends this process, and not the site.
`articles/uploads.py` starts it, asks it, and words its refusals. Both sides speak `send` and `receive`.
"""

import contextlib
import json
import math
import os
import re
import resource
import select
import struct
import sys
from datetime import date, datetime
from io import BytesIO

from PIL import ExifTags, Image, ImageCms, IptcImagePlugin, UnidentifiedImageError

from articles import images
from articles.framing import QUARTERS, Framing, is_narrow

try:
    import pi_heif
except ImportError:  # a machine without its wheel still reads everything else
    pi_heif = None
else:
    pi_heif.register_heif_opener()

# Per format: the suffix of the file kept, and how many million pixels it may have. What decoding costs decides: a JPEG
# is reduced while it is read, a progressive one needs all its coefficients at once, the others all their pixels.
FORMATS = {
    "JPEG": ("jpg", 120),
    "MPO": ("jpg", 120),
    "PNG": ("png", 50),
    "WEBP": ("webp", 30),
    "AVIF": ("avif", 50),
    "HEIF": ("heic", 50),
    "TIFF": ("tif", 50),
    "GIF": ("gif", 25),
}
PROGRESSIVE = 64
MOST_WHOLE = 50_000_000  # pixels of a JPEG that are decoded at their full number, for a small part of them to be shown
READERS = [name for name in FORMATS if name != "MPO" and (pi_heif or name != "HEIF")]  # JPEG's reader finds MPO
# The header says the size before a pixel is read; past twice this number Pillow itself refuses to go on.
Image.MAX_IMAGE_PIXELS = 120_000_000
MOST_MEMORY = 3 << 30  # bytes of addresses, of which the largest picture allowed fills a fifth
IDLE = 20  # seconds without a question after which the process ends, and its memory is free

TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Where the upright picture's left, top, right and bottom edges lie in the file.
STORED = {
    2: (2, 1, 0, 3),
    3: (2, 3, 0, 1),
    4: (0, 3, 2, 1),
    5: (1, 0, 3, 2),
    6: (1, 2, 3, 0),
    7: (3, 2, 1, 0),
    8: (3, 0, 1, 2),
}
SRGB = ImageCms.createProfile("sRGB")


class Refused(Exception):  # noqa: N818
    """A picture that cannot be used: `code` says why, `params` what its sentence needs."""

    def __init__(self, code, **params):
        super().__init__(code)
        self.code, self.params = code, params


def serve(questions, answers):
    """Answer each file with what it holds and its pixels, or with the reason why not, until nobody asks any more."""
    while select.select([questions], [], [], IDLE)[0]:
        try:
            framing, data = receive(questions)
        except EOFError:
            return
        try:
            image, facts = decode(data, Framing(**framing))
            send(answers, facts | {"size": image.size}, image.tobytes())
        except Refused as refused:
            send(answers, {"refused": refused.code, "params": refused.params})


def send(pipe, facts, data=b""):
    """Write a dict and bytes."""
    head = json.dumps(facts).encode()
    pipe.write(struct.pack(">II", len(head), len(data)) + head)
    pipe.write(data)
    pipe.flush()


def receive(pipe):
    """Return the dict and the bytes sent from the other side; raise EOFError when it is gone."""
    lengths = _exactly(pipe, 8)
    head, data = (_exactly(pipe, length) for length in struct.unpack(">II", lengths))
    return json.loads(head), data


def _exactly(pipe, length):
    data = pipe.read(length)
    if len(data) < length:
        raise EOFError
    return data


def decode(data, framing=images.UNTOUCHED):
    """Return what is shown of the picture in the bytes, upright, sRGB and without metadata, and a dict of what is known.

    The image may be smaller than the `width` x `height` that the file has of it. Raises Refused.
    """
    try:
        with Image.open(BytesIO(data), formats=READERS) as image:
            _check_pixels(image)
            hints, animated, turn = _hints(image), _is_animated(image), _orientation(image)
            if image.format == "TIFF":
                turn = 1  # its reader turns it by itself
            suffix, (width, height) = FORMATS[image.format][0], image.size
            if turn in (5, 6, 7, 8):
                width, height = height, width
            width, height = framing.size(width, height)
            shown = _pixels(image, images.needed(width, height), _stored(framing, turn))
            for step in TURNS.get(turn), QUARTERS.get(framing.turns):
                shown = shown if step is None else shown.transpose(step)
    except Refused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels(FORMATS["JPEG"][1]) from None
    except UnidentifiedImageError:
        raise Refused("heic" if data[4:8] == b"ftyp" and pi_heif is None else "unknown") from None
    except Exception as broken:  # a decoder raises whatever it stumbles upon in a broken file
        raise Refused("broken") from broken
    return shown, {"width": width, "height": height, "suffix": suffix, "animated": animated, "hints": hints}


def _check_pixels(image):
    millions = FORMATS[image.format][1]
    if image.format in ("JPEG", "MPO") and image.info.get("progressive"):
        millions = PROGRESSIVE
    if image.width * image.height > millions * 1_000_000:
        raise _too_many_pixels(millions)
    if is_narrow(*image.size):
        raise Refused("narrow")


def _too_many_pixels(millions):
    return Refused("pixels", millions=millions, side=round(math.sqrt(millions * 1_000_000) / 1000) * 1000)


def _is_animated(image):
    try:
        return bool(getattr(image, "is_animated", False)) and image.format != "MPO"
    finally:
        image.seek(0)


def _orientation(image):
    try:
        return image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # broken metadata is no reason to refuse a good picture
        return 1


def _stored(framing, turn):
    """Return what frames the same part of the picture as it is stored: not turned, and not upright either."""
    upright = framing.turned(-framing.turns).edges
    return Framing(0, *(upright[at] for at in STORED.get(turn, range(4))))


def _pixels(image, scale, framing):
    """Return what is shown as clean sRGB, reduced by a whole factor while at least `scale` of the size is kept."""
    profile = image.info.get("icc_profile")
    if image.format in ("JPEG", "MPO"):
        if framing.cuts and image.width * image.height > MOST_WHOLE:
            scale = min(scale, 0.5)
        image.draft(None, (math.ceil(image.width * scale), math.ceil(image.height * scale)))
        scale = 1
    image.load()
    # What is cut off goes first: all else is work on what stays.
    pixels = image.crop(framing.box(*image.size)) if framing.cuts else image
    if pixels.mode.startswith("I"):  # 16 bits of grey: convert() would cut them off at 255
        pixels = pixels.convert("F").point(lambda value: value / 256).convert("L")
    elif pixels.mode == "1":
        pixels = pixels.convert("L")
    elif pixels.mode in ("P", "PA") or "transparency" in pixels.info:
        pixels = pixels.convert("RGBA")
    if (factor := int(1 / scale)) > 1:
        pixels = pixels.reduce(factor)
    return _on_white(*_to_srgb(pixels, profile))


def _to_srgb(pixels, profile):
    """Return the picture in sRGB and its transparency, or None for that."""
    alpha = pixels.getchannel("A") if pixels.mode in ("RGBA", "LA") else None
    if alpha:
        pixels = pixels.convert(pixels.mode[:-1])
    if profile:
        try:
            return ImageCms.profileToProfile(
                pixels, ImageCms.ImageCmsProfile(BytesIO(profile)), SRGB, outputMode="RGB"
            ), alpha
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass  # a profile that is broken, or of another kind of picture: the plain conversion is the best guess
    return pixels.convert("RGB"), alpha


def _on_white(pixels, alpha):
    """Return a fresh image, which has no metadata; what was transparent is white, legible on light and dark pages."""
    clean = Image.new("RGB", pixels.size, "white")
    clean.paste(pixels, mask=alpha)
    return clean


def _hints(image):
    """Return what the file says of itself that a form may propose: caption, credit, taken_on."""
    try:
        exif = image.getexif()
        iptc = IptcImagePlugin.getiptcinfo(image) or {}
        caption = _words(iptc.get((2, 120)) or exif.get(ExifTags.Base.ImageDescription), 300)
        credit = _words(
            iptc.get((2, 110))
            or iptc.get((2, 80))
            or exif.get(ExifTags.Base.Artist)
            or exif.get(ExifTags.Base.Copyright),
            120,
        )
        moment = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)
        found = {"caption": caption, "credit": credit, "taken_on": _day(moment)}
    except Exception:  # broken metadata is no reason to refuse a good picture
        return {}
    return {name: value for name, value in found.items() if value}


# What cameras write where a caption belongs.
NO_CAPTION = re.compile(
    r"(?i)^(olympus|sony|samsung|minolta|kodak|nikon|canon|dcim|dsc|img)[\w\s.\-]*(camera|dsc|\d+)?\W*$"
)


def _words(value, most):
    """Return a text found in metadata, in one line of at most `most` signs; empty when it says nothing."""
    if isinstance(value, list):
        value = ", ".join(_words(part, most) for part in value)
    if isinstance(value, bytes):
        try:
            value = value.decode()
        except UnicodeDecodeError:
            value = value.decode("latin-1")
    elif isinstance(value, str):
        # EXIF's texts come as Latin-1; many a program writes UTF-8 there.
        with contextlib.suppress(UnicodeError):
            value = value.encode("latin-1").decode()
    text = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f<>]", " ", str(value or "")).split())
    return "" if NO_CAPTION.match(text) else text[:most]


def _day(moment):
    """Return the date of an EXIF moment (2026:11:23 18:00:00) as ISO has it, or None when it says none that can be."""
    try:
        day = datetime.strptime(str(moment or "")[:10], "%Y:%m:%d").date()  # noqa: DTZ007, a camera knows no zone
    except ValueError:
        return None
    return day.isoformat() if date(1826, 1, 1) <= day <= date.today() else None  # noqa: DTZ011


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # What a library prints would be taken for an answer.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, out)
