"""The sign of the site, for tabs and home screens: its logo, or its initials drawn. Knows no model."""

import hashlib
from io import BytesIO

from PIL import Image, ImageDraw, ImageOps

from articles.cards import PAPER, accent, can_write, font_of

RECIPE = 1
FOLDER = "icons/"
# In pixels. Tabs show the first one, with round corners; home screens cut the others as they like, and want no holes.
TAB, APPLE = 48, 180
SIZES = (TAB, APPLE, 192, 512)
MOST_PIXELS = 40_000_000


def name_of(size, *facts):
    """Return the name of the file: the same facts (bytes or texts) give the same one."""
    digest = hashlib.sha256(repr((RECIPE, facts)).encode()).hexdigest()[:16]
    return f"{FOLDER}{digest}-{size}.png"


def from_logo(logo, size):
    """Return a logo (bytes) as the bytes of a square PNG, whole and unstretched; None when it is no picture we read."""
    try:
        with Image.open(BytesIO(logo), formats=["PNG", "JPEG", "WEBP"]) as read:
            if read.width * read.height > MOST_PIXELS:
                return None
            picture = ImageOps.exif_transpose(read).convert("RGBA")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
    picture = ImageOps.contain(picture, (size, size), Image.Resampling.LANCZOS)
    square = Image.new("RGBA", (size, size), (0, 0, 0, 0) if size == TAB else PAPER)
    square.alpha_composite(picture, ((size - picture.width) // 2, (size - picture.height) // 2))
    return _png(square)


def from_initials(initials, hue, size):
    """Return one or two letters on the accent as the bytes of a square PNG; None when our type lacks one of them."""
    if not initials or not can_write(initials):
        return None
    drawn = 4 * size if size == TAB else size  # small corners are drawn large
    icon = Image.new("RGBA", (drawn, drawn), (0, 0, 0, 0))
    pen = ImageDraw.Draw(icon)
    pen.rounded_rectangle((0, 0, drawn - 1, drawn - 1), drawn // 5 if size == TAB else 0, fill=accent(hue))
    # Within the middle four fifths, which no home screen cuts off.
    font = font_of(drawn * (0.72 if len(initials) == 1 else 0.5), 650)
    left, top, right, bottom = font.getbbox(initials)
    pen.text(((drawn - left - right) / 2, (drawn - top - bottom) / 2), initials, PAPER, font)
    return _png(icon.resize((size, size), Image.Resampling.LANCZOS))


def _png(image):
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
