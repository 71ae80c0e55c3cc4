"""The pictures that other sites show beside a link where there is no photo: a title, or the site's name. Knows no model."""

import hashlib
import math
import re
import unicodedata
from io import BytesIO

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

from newsroom.typography import typeset

RECIPE = 1
FOLDER = "cards/"
WIDTH, HEIGHT = 1200, 630
MARGIN, BAR = 80, 18
PAPER, INK = "#fcf9f4", "#231c17"
FONT = settings.BASE_DIR / "static" / "fonts" / "newsreader-roman.woff2"
SIZES = range(92, 43, -4)
LEADING = 1.12


def name_of(title, language, site, hue, *more):
    """Return the name of the file: the same words under the same colours are the same file."""
    text = "\n".join([title, language, site, str(hue), str(RECIPE), *more])
    return f"{FOLDER}{hashlib.sha256(text.encode()).hexdigest()[:16]}.png"


def draw(title, language, site, hue):
    """Return the bytes of a PNG, or None when our type lacks a letter of the title or of the site's name."""
    title, site = typeset(without_lacking_signs(title), language), without_lacking_signs(site)
    if not can_write(title + site):
        return None
    card, pen = _empty(hue)
    pen.text((MARGIN, MARGIN), site, accent(hue), font_of(40, 650))
    font, lines = _set(title)
    height = font.size * LEADING
    top = HEIGHT - MARGIN * 0.8 - height * len(lines)
    for number, line in enumerate(lines):
        pen.text((MARGIN, top + number * height), line, INK, font)
    return _png(card)


def draw_site(name, tagline, language, hue):
    """Return the bytes of a PNG for the site itself, or None when our type lacks a letter of its name."""
    name, tagline = without_lacking_signs(name), typeset(without_lacking_signs(tagline), language)
    if not can_write(name):
        return None
    tagline = tagline if can_write(tagline) else ""
    card, pen = _empty(hue)
    font, lines = _set(name, range(150, 59, -6), HEIGHT - 2 * MARGIN - 150)
    small = font_of(46, 450)
    below = _broken(tagline, small, WIDTH - 2 * MARGIN)[:2] if tagline else []
    top = (HEIGHT - len(lines) * font.size * LEADING - len(below) * 56) / 2 - 10
    for line in lines:
        pen.text((MARGIN, top), line, accent(hue), font)
        top += font.size * LEADING
    for number, line in enumerate(below):
        pen.text((MARGIN, top + 24 + number * 56), line, INK, small)
    return _png(card)


def _empty(hue):
    """Return a card with nothing but its bar of colour, and what draws on it."""
    card = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(card)
    pen.rectangle((0, 0, BAR, HEIGHT), fill=accent(hue))
    return card, pen


def _png(card):
    out = BytesIO()
    card.quantize(64, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def font_of(size, weight=600):
    """Return the site's type at a size in pixels and a weight from 400 to 700."""
    font = ImageFont.truetype(FONT, size)
    font.set_variation_by_axes([weight])
    return font


def can_write(text):
    """Tell whether our type has every letter of a text."""
    return not _lacking(text)


def without_lacking_signs(text):
    """Return a text without the emoji and other signs that our type lacks; its letters stay, lacking or not."""
    text = unicodedata.normalize("NFC", text)
    for sign in _lacking(text):
        # Symbols, controls, punctuation, and what makes a sign of a letter; never a letter, a number or an accent.
        if unicodedata.category(sign)[0] in "SCP" or sign in "\ufe0e\ufe0f\u20e3":
            text = text.replace(sign, "")
    return re.sub(" +", " ", text).strip(" ")


def _lacking(text):
    font = font_of(40)
    unknown = bytes(font.getmask("\uffff"))
    return {sign for sign in text if not sign.isspace() and bytes(font.getmask(sign)) == unknown}


def _set(title, sizes=SIZES, room=HEIGHT - 2 * MARGIN - 70):
    """Return the largest type in which the title fits, and its lines; what is too long even so is cut off."""
    for size in sizes:
        font = font_of(size)
        lines = _broken(title, font, WIDTH - 2 * MARGIN)
        if len(lines) * size * LEADING <= room and max(map(font.getlength, lines)) <= WIDTH - 2 * MARGIN:
            return font, lines
    kept = lines[: int(room // (size * LEADING))]
    return font, [*kept[:-1], kept[-1].rstrip(" ,;:") + "…"] if len(kept) < len(lines) else kept


def _broken(title, font, width):
    """Return the title in lines, broken at ordinary spaces only."""
    lines = [""]
    for word in title.split(" "):
        longer = f"{lines[-1]} {word}".strip(" ")
        if not lines[-1] or font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def accent(hue):
    """Return the site's accent by day, oklch(50% .13 hue), as #rrggbb. The sums: https://bottosson.github.io/posts/oklab/"""
    light, a, b = 0.5, 0.13 * math.cos(math.radians(hue)), 0.13 * math.sin(math.radians(hue))
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(255 * _encoded(min(max(part, 0), 1))):02x}" for part in linear)


def _encoded(part):
    """Return a linear part of light as sRGB stores it."""
    return 12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055
