"""What readers type: made plain on the way in, made HTML on the way out. Nothing here knows a model."""

import re
import unicodedata

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import mark_safe

HIDDEN_ADDRESS = "…@…"
# An at sign in every spelling that a harvester reads: full width, entities, percent, (at), and what hides beside it.
_SIGN = r"(?:@|＠|﹫|%40|&\#0*64;|&\#x0*40;|&commat;)"
_HIDDEN = r"[\u200b-\u200f\u2060\ufe00-\ufe0f]{0,4}"
_AT = rf"{_HIDDEN}(?:{_SIGN}|\s?[\[({{]\s?(?:@|at|arobase|chez)\s?[\])}}]\s?){_HIDDEN}"
_LOCAL = r"""(?:[\w.!#$%&'*+/=?^`|~-]{1,64}|"[^"\n]{1,64}")"""
_LABEL = r"[\w-]{1,63}"
_DOT = r"\s{1,2}(?:dot|point)\s{1,2}"
# With spaces, or in words, only before something with dots: « à 10 h @ Paris » is none, « via @name.example » neither.
ADDRESS = re.compile(
    rf"{_LOCAL}(?:{_AT}{_LABEL}(?:\.{_LABEL}){{0,8}}"
    rf"|\s{{0,2}}{_SIGN}\s{{1,2}}{_LABEL}(?:\.{_LABEL}){{1,8}}"
    rf"|\s{{1,2}}arobase\s{{1,2}}{_LABEL}(?:(?:\.|{_DOT}){_LABEL}){{1,8}}"
    rf"|\s{{1,2}}at\s{{1,2}}{_LABEL}(?:{_DOT}{_LABEL}){{1,8}})",
    re.IGNORECASE,
)
LINK = re.compile(r"\bhttps?://[^\s<>\"“”«»]{1,500}", re.IGNORECASE)
_TRAILING = ".,;:!?…)]}'’\"»"
# Signs that reorder, or hide in, what stands around them. The joiners that emoji and Persian need stay.
_INVISIBLE = dict.fromkeys(
    [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200B, 0x2060, 0xFEFF, 0xAD, 0x180E, 0x115F, 0x1160, 0x3164]
)
_CONTROL = re.compile(r"[\x01-\x08\x0b-\x1f\x7f-\x9f]")
_MAX_MARKS = 4


def _cap_marks(text):
    """Keep at most four combining marks on one letter: accents of every language, no towers."""
    out, run = [], 0
    for sign in text:
        run = run + 1 if unicodedata.combining(sign) else 0
        if run <= _MAX_MARKS:
            out.append(sign)
    return "".join(out)


def plain(text):
    """Return `text` composed, without control signs, direction overrides and invisible fillers; lines are kept."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    text = _CONTROL.sub("", unicodedata.normalize("NFC", text).translate(_INVISIBLE))
    return re.sub(r"\n{3,}", "\n\n", _cap_marks(text)).strip()


def one_line(text):
    """Return `text` as `plain` does, on one line, spaces collapsed: a name, a subject."""
    return " ".join(plain(text).split())


def without_addresses(text):
    """Return `text` with every e-mail address in it replaced by …@…"""
    return ADDRESS.sub(HIDDEN_ADDRESS, text)


def links(text):
    """Return the web addresses in `text`, without the punctuation after them."""
    return [found.rstrip(_TRAILING) for found in LINK.findall(text)]


def initials(name):
    """Return one or two letters that stand for `name`; nothing else of the person goes into an avatar."""
    words = [word for word in re.split(r"[\s\-_.]+", name) if word and word[0].isalnum()]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


def _linked(line):
    """Return one line escaped, its web addresses as links that lend no reputation."""
    out, end = [], 0
    for match in LINK.finditer(line):
        address = match.group().rstrip(_TRAILING)
        out.append(conditional_escape(line[end : match.start()]))
        shown = address if len(address) <= 60 else f"{address[:57]}…"
        out.append(format_html('<a href="{}" rel="nofollow ugc noopener">{}</a>', address, shown))
        end = match.start() + len(address)
    out.append(conditional_escape(line[end:]))
    return mark_safe("".join(out))  # noqa: S308, every part was escaped above


def as_html(text):
    """Return a reader's text as paragraphs: escaped, lines kept, web addresses linked."""
    paragraphs = [part for part in re.split(r"\n\s*\n", text) if part.strip()]
    return format_html_join(
        "",
        "<p>{}</p>",
        ((mark_safe("<br>".join(map(_linked, part.split("\n")))),) for part in paragraphs),  # noqa: S308
    )
