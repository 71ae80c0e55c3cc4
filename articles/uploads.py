"""Taking in a picture that somebody sends: what is refused, in which words, and what is kept of the rest."""

import atexit
import contextlib
import hashlib
import re
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import PurePath

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image

from articles import decoder, images

MAX_BYTES = 50 * 1024 * 1024
PATIENCE = 60  # seconds that one file may take
# The suffixes under which a format is kept, by the one that it is given here.
SUFFIXES = {
    "jpg": {"jpg", "jpeg", "jpe", "jfif", "mpo"},
    "png": {"png", "apng"},
    "webp": {"webp"},
    "avif": {"avif"},
    "heic": {"heic", "heif", "hif"},
    "tif": {"tif", "tiff"},
    "gif": {"gif"},
}
SENTENCES = {
    "empty": _("This file is empty. Copy it again from where it comes."),
    "heavy": _("This file is over %(limit)s MB. Save it as JPEG, or at a smaller size."),
    "polyglot": _("This picture also holds a page, a program or an archive. Open it, save it as JPEG and add that."),
    "pixels": _(
        "This picture has more than %(millions)s million pixels. Reduce it to %(side)s pixels a side or less, "
        "save it as JPEG and add it again."
    ),
    "narrow": _("This picture is too narrow to be shown. Crop it and add it again."),
    "broken": _("This file is damaged or incomplete. Copy it again from the camera, or save it again as JPEG."),
    "svg": _("Drawings in SVG may hold programs. Export the drawing as PNG and add that."),
    "heic": _("This server cannot read HEIC pictures. Save it as JPEG and add that."),
    "unknown": _("This is not a picture the site can read. Add a JPEG, PNG, WebP, AVIF, HEIC, TIFF or GIF file."),
    "unkept": _(
        "The place where pictures are kept does not answer, or is full. Nothing was changed: send this file again later."
    ),
    "suffix": _("The name ends in “%(named)s”, but this is a %(kind)s picture. Rename it to “%(right)s” and add it."),
}


@dataclass(frozen=True)
class Picture:
    """What is shown of a picture: upright, sRGB, without metadata; `image` may be smaller than its `width` x `height`."""

    image: Image.Image
    width: int
    height: int
    suffix: str
    digest: str
    animated: bool = False
    hints: dict = field(default_factory=dict)


def read(file, framing=images.UNTOUCHED):
    """Return the Picture in the binary `file`, framed so; raise ValidationError when it cannot be used.

    The content alone says what it is. A name that says otherwise is refused: it would deceive whoever opens the file.
    """
    data = _check_bytes(file)
    found, pixels = _reader.ask(data, framing)
    if "refused" in found:
        raise refused("svg" if b"<svg" in data[:512].lower() else found["refused"], **found["params"])
    _check_only_a_picture(data)
    _check_name(file, found["suffix"])
    image = Image.frombytes("RGB", found.pop("size"), pixels)
    if taken_on := found["hints"].get("taken_on"):
        found["hints"]["taken_on"] = date.fromisoformat(taken_on)
    return Picture(image, digest=hashlib.sha256(data).hexdigest(), **found)


def refused(code, **params):
    """Return the error that says one of the sentences."""
    return ValidationError(SENTENCES[code], code=code, params=params)


def _check_bytes(file):
    """Return the content; refuse what is empty or heavy."""
    file.seek(0)
    data = file.read(MAX_BYTES + 1)
    file.seek(0)
    if not data:
        raise refused("empty")
    if len(data) > MAX_BYTES:
        raise refused("heavy", limit=MAX_BYTES >> 20)
    return data


def _check_only_a_picture(data):
    """Refuse a picture that another program would open as a page, a script, a PDF file or an archive."""
    program = re.search(rb"(?i)<script|<\?php|<!doctype|<html", data)
    if program or b"%PDF-" in data[:1024] or b"PK\5\6" in data[-65_600:]:
        raise refused("polyglot")


def _check_name(file, suffix):
    """Refuse a name that says another kind of file; one without a suffix says nothing."""
    name = PurePath(getattr(file, "name", None) or "")
    if name.suffix and name.suffix[1:].lower() not in SUFFIXES[suffix]:
        stem = PurePath(name.stem)
        if stem.suffix[1:].lower() in SUFFIXES[suffix]:
            stem = stem.with_suffix("")
        right = f"{str(stem)[:60]}.{suffix}"
        raise refused("suffix", named=name.suffix[:20], kind=suffix.upper().replace("JPG", "JPEG"), right=right)


class _Reader:
    """The decoder's process, started at the first picture; it ends by itself when nobody has asked for a while."""

    def __init__(self):
        self.process, self.lock = None, threading.Lock()

    def ask(self, data, framing):
        """Return what the decoder says of the bytes, a dict, and the pixels; one file at a time, to bound the memory.

        A process that ended because nobody asked, or that another file has broken, is replaced: hence the second try.
        """
        with self.lock:
            for _try in range(2):
                with contextlib.suppress(OSError, EOFError), self._limited() as process:
                    decoder.send(process.stdin, asdict(framing), data)
                    return decoder.receive(process.stdout)
        return {"refused": "broken", "params": {}}, b""

    @contextlib.contextmanager
    def _limited(self):
        """Give the process, which is killed when it takes too long or stops in the middle."""
        if self.process is None or self.process.poll() is not None:
            self.end()
            self.process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "articles.decoder"],
                cwd=settings.BASE_DIR,
                env={},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        alarm = threading.Timer(PATIENCE, self.process.kill)
        alarm.start()
        try:
            yield self.process
        except BaseException:
            self.end()
            raise
        finally:
            alarm.cancel()

    def end(self):
        if self.process:
            self.process.kill()
            for pipe in (self.process.stdin, self.process.stdout):
                with contextlib.suppress(OSError):
                    pipe.close()
            self.process.wait()
            self.process = None


_reader = _Reader()
atexit.register(_reader.end)
