"""What makes an alternative text a poor one. Pure: it reads a photo's words and says what it finds."""

import re
import unicodedata

from django.utils.translation import gettext as _

LONGEST = 150


def is_missing(photo, language):
    """Tell a photo that says something, and says it to readers of this language in another one or not at all."""
    return not photo.decorative and not photo.alt.get(language)


def problems(photo, captions=None):
    """Return sentences on what is wrong with a photo's alternative texts, each once; none for good ones and for none.

    `captions` are those that stand under it in place of its own, by language.
    """
    if photo.decorative:
        return []
    shown = {**photo.caption, **(captions or {})}
    found = [
        problem
        for code, text in photo.alt.items()
        if text.strip()
        for problem in _problems(text, shown.get(code, ""), photo.title)
    ]
    return list(dict.fromkeys(found))


# The end of a file's name, what a camera or a screenshot calls it, or one word with the number of a file or a date in it.
NAMES_A_FILE = re.compile(
    r"(?i).*\.(jpe?g|png|webp|avif|heic|tiff?|gif)"
    r"|(img|dsc|dscn|pxl|image|photo)[ _-]?\d+.*"
    r"|(screen ?shot|screen capture|capture d['’ ]?[ée]cran)([\W\d_]|\b(at|from|am|pm|à|du|de|le)\b)*"
    r"|\S*\d{4}\S*"
)
# A phrase that says what a screen reader has said already.
SAYS_PICTURE = re.compile(
    r"(?i)(an? |the |une? |la |l['’])?(image|picture|photo|photograph|photographie|illustration) (of|showing|d['’e]|du|des|montrant)"
)


def _problems(text, caption, title):
    words = unicodedata.normalize("NFC", text.strip())
    if NAMES_A_FILE.fullmatch(words):
        yield _("The alternative text is the name of a file: say what one sees.")
    elif _plain(words) == _plain(title):
        yield _("The alternative text is the photo’s name in the library: say what one sees.")
    if caption and _plain(words) == _plain(caption):
        yield _("The alternative text repeats the caption: say what one sees, which the caption need not.")
    if SAYS_PICTURE.match(words):
        yield _("The alternative text begins by saying that this is a picture: screen readers say so already.")
    if len(words) > LONGEST:
        yield _("The alternative text has over %(count)s signs: keep what matters here.") % {"count": LONGEST}


def _plain(words):
    return " ".join(unicodedata.normalize("NFC", words).casefold().split()).rstrip(".")
