"""What readers type: made plain on the way in, made HTML on the way out. Nothing here knows a model."""

import re
import unicodedata

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import mark_safe

from newsroom.typed import TURNING
from newsroom.typography import typeset_html

HIDDEN_ADDRESS = "…@…"
# An at sign in every spelling that a harvester reads: full width, entities, percent, (at), and what hides beside it.
_SIGN = r"(?:@|＠|﹫|%40|&\#0*64;|&\#x0*40;|&commat;)"
_HIDDEN = r"[\u200b-\u200f\u2060\ufe00-\ufe0f]{0,4}"
_AT = rf"{_HIDDEN}(?:{_SIGN}|\s?[\[({{]\s?(?:@|at|arobase|chez)\s?[\])}}]\s?){_HIDDEN}"
_LOCAL = r"""(?:[\w.!#$%&'*+/=?^`|~-]{1,64}|"[^"\n]{1,64}")"""
_LABEL = r"[\w-]{1,63}"
_DOT = r"\s{1,2}(?:dot|point)\s{1,2}"
# « at » is a word of every English sentence: it makes an address between a name and a domain, not in « look at this
# dot com bubble », « I bought it at a shop » or « take the vector at one dot product ».
_NO_NAME = (
    "all|and|are|arrived|available|be|bought|buy|found|from|get|got|here|is|it|look|looked|looking|looks|one|or|order"
    "|ordered|read|see|sold|stay|stayed|that|them|there|these|they|this|those|was|we|were|what|work|works|you"
)
_NO_DOMAIN = (
    "a|all|an|another|any|big|each|every|first|her|his|its|last|least|most|my|new|no|old|one|our|same|some|that|the"
    "|their|these|this|those|what|which|your"
)
_ENDINGS = r"(?:com|org|net|edu|gov|info|biz|eus|bzh|paris|[a-z]{2})"
# Endings that are words as well end what is said.
_ENDINGS_IN_WORDS = r"(?!(?:am|as|at|be|by|do|go|he|id|if|in|is|it|me|my|no|of|on|or|pm|so|to|up|us|we)\s{1,2}\w)"
_SPOKEN = (
    rf"(?<![\w.+-])(?!(?:{_NO_NAME})\s)[\w.+-]{{1,64}}\s{{1,2}}at\s{{1,2}}(?!(?:{_NO_DOMAIN})\s){_LABEL}"
    rf"(?:{_DOT}{_LABEL}){{0,7}}{_DOT}{_ENDINGS_IN_WORDS}{_ENDINGS}(?![\w-])"
)
# With spaces, or in words, only before something with dots: « à 10 h @ Paris » is none, « via @name.example » neither.
ADDRESS = re.compile(
    rf"{_LOCAL}(?:{_AT}{_LABEL}(?:\.{_LABEL}){{0,8}}"
    rf"|\s{{0,2}}{_SIGN}\s{{1,2}}{_LABEL}(?:\.{_LABEL}){{1,8}}"
    rf"|\s{{1,2}}arobase\s{{1,2}}{_LABEL}(?:(?:\.|{_DOT}){_LABEL}){{1,8}})"
    rf"|{_SPOKEN}",
    re.IGNORECASE,
)
LINK = re.compile(r"\bhttps?://[^\s<>\"“”«»]{1,500}", re.IGNORECASE)
# What is no link on the page, and is meant as one: www.example.com, example.com/x.
_BARE = re.compile(
    r"(?<![\w@./:-])(?:www\.[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}|[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}\.[a-z]{2,24}(?=/\w))"
    r"(?:[/?#:][^\s<>\"“”«»]{0,500})?",
    re.IGNORECASE,
)
_TRAILING = ".,;:!?…)]}'’\"»"
# Signs that reorder, or hide in, what stands around them. The joiners that emoji and Persian need stay.
_INVISIBLE = TURNING | dict.fromkeys([0x200B, 0x2060, 0xFEFF, 0xAD, 0x180E, 0x115F, 0x1160, 0x3164])
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
    """Return the web addresses in `text`, also those typed without their http://, without the punctuation after them."""
    found = LINK.findall(text) + [f"http://{bare}" for bare in _BARE.findall(LINK.sub(" ", text))]
    return [link.rstrip(_TRAILING) for link in found]


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


def as_html(text, language, linked=True):
    """Return a reader's text as paragraphs set in `language`: escaped, lines kept, web addresses linked unless told not to."""
    line = _linked if linked else conditional_escape
    paragraphs = [part for part in re.split(r"\n\s*\n", text) if part.strip()]
    drawn = format_html_join(
        "",
        "<p>{}</p>",
        ((mark_safe("<br>".join(map(line, part.split("\n")))),) for part in paragraphs),  # noqa: S308
    )
    return mark_safe(typeset_html(drawn, language))  # noqa: S308, it keeps tags and escapes what stands between them
