"""Text set as its language wants it when it is shown; what is stored stays as typed. Setting a set text changes nothing.

The rules (newsroom/typography_rules.py) read one string. In HTML, what is not text stands in it as one sign, a mark, so
that a rule sees across `l'<em>IA</em>` and never touches a tag, an address or a line of code. A language without rules
is left alone.
"""

import re
from functools import lru_cache
from html import unescape

from django.utils.text import Truncator

from newsroom.typography_rules import ADDRESS, BLOCK, BREAK, HTML_RULES, INLINE, RULES, SUP, SUP_END, WORD

MARK = re.compile("[\x01\x02\x1c\x1d]")
LINK = re.compile("\x03|https?://{0}*[\\w/=&#%+~-]|ftp://{0}*[\\w/]|www\\.{0}*[\\w/]".format('[^\\s\x01\x02<>"«»“”]'))
HOST = re.compile("@[\\w-]{1,63}(?:\\.[\\w-]{1,63})+")
MAILBOX_BACKWARDS = re.compile("[\\w.+-]{1,64}")


def cut(text, length):
    """Return `text`, or its beginning of at most `length` signs: the dots that say so follow no full stop."""
    begun = Truncator(text).chars(length)
    return begun if begun == text else begun.removesuffix("…").rstrip(" .…\u00a0\u202f") + "…"


def typeset(text, language):
    """Return plain `text` set in `language` (a code such as fr or en-gb)."""
    return _apply(str(text), RULES.get(_primary(language), ()))


def _primary(language):
    return language.partition("-")[0].lower()


def _apply(text, rules):
    pieces, kept, at = [], [], 0
    if "://" in text or "@" in text or "www." in text or ADDRESS in text:
        for start, end in _addresses(text):
            pieces += text[at:start], ADDRESS
            kept.append(text[start:end])
            at = end
        text = "".join(pieces) + text[at:]
    for rule in rules:
        text = rule(text)
    return _filled(text.split(ADDRESS), kept) if kept else text


def _addresses(text):
    """Yield where each link and each address of mail begins and ends."""
    found, last = [link.span() for link in LINK.finditer(text)], 0
    for host in HOST.finditer(text):
        box = MAILBOX_BACKWARDS.match(text[max(host.start() - 64, last) : host.start()][::-1])
        if box:
            found.append((host.start() - box.end(), last := host.end()))
    at = 0
    for start, end in sorted(found):
        if start >= at:
            yield start, end
            at = end


def _filled(texts, pieces):
    """Return the texts with a piece between each and the next."""
    whole = [""] * (2 * len(pieces) + 1)
    whole[::2], whole[1::2] = texts, pieces
    return "".join(whole)


TAG = re.compile("(</?[a-zA-Z][^<>\"']*(?:(?:\"[^\"]*\"|'[^']*')[^<>\"']*)*>|<![^<>]*>|[\x01-\x05\x1c\x1d])")
NAME = re.compile("</?([a-zA-Z][a-zA-Z0-9-]*)")
LANG = re.compile("\\slang\\s*=\\s*[\"']?([A-Za-z-]*)")
VERBATIM = frozenset("code pre kbd samp var script style textarea".split())
INLINES = frozenset("a abbr b bdi bdo cite data del dfn em i ins mark q s small span strong sub sup time u wbr".split())
INLINES |= VERBATIM - {"pre"}
VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())


class _Text:
    """All text in one language, a mark where something else stands between, and where each stretch of it belongs."""

    def __init__(self, language):
        self.language, self.marked, self.places = language, [], []
        self.element, self.depth = "", 0  # what it is in just now, and in how many of that name

    def add(self, text, mark, page, piece=""):
        """Take `text`, and `mark` for the `piece` after it; the page gets a place for the one and then the other."""
        self.marked += text, mark
        self.places.append(len(page))
        page += "", piece

    def put(self, page):
        """Set the text, and put each stretch of it into its place."""
        text = _apply(unescape("".join(self.marked)), HTML_RULES.get(_primary(self.language), ()))
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        text = text.replace(SUP, "<sup>").replace(SUP_END, "</sup>")
        for place, stretch in zip(self.places, MARK.split(text), strict=False):
            page[place] = stretch


def typeset_html(html, language):
    """Return `html`, well formed, with its text set in `language`, or in that of the nearest `lang` attribute.

    Tags, their attributes and what is code stay as they are, to the letter.
    """
    page, text = [], _Text(language)
    inside, texts = [text], {(0, language): text}
    pieces, at = TAG.split(html), 0  # text and tags by turns
    while at < len(pieces) - 1:
        tag = pieces[at + 1]
        mark, name, closing, lang = _read(tag)
        if name and name == text.element:
            text.depth += -1 if closing else 1
            if not text.depth:
                inside.pop().add(pieces[at], BLOCK, page)
                text, pieces[at] = inside[-1], ""
        text.add(pieces[at], mark, page, tag)
        at += 2
        if not closing and name in VERBATIM:
            begin, at = at, _end_of(name, pieces, at)
            text.add("", WORD, page, "".join(pieces[begin : at + 1]))
            pieces[at] = ""
        elif lang and lang != text.language:
            text.add("", WORD, page)
            text = texts.setdefault((len(inside), lang), _Text(lang))
            text.element, text.depth = name, 1
            inside.append(text)
    text.add(pieces[at], BLOCK, page)
    for text in texts.values():
        text.put(page)
    return "".join(page)


@lru_cache(maxsize=1024)
def _read(tag):
    """Return the mark that stands for a tag, its name, whether it closes, and the language that it begins."""
    found = NAME.match(tag)
    if not found:
        return WORD, "", False, ""
    name, closing = found[1].lower(), tag[1] == "/"
    lang = None if closing or name in VOID else LANG.search(tag)
    return INLINE if name in INLINES else BREAK if name == "br" else BLOCK, name, closing, lang[1] if lang else ""


def _end_of(name, pieces, at):
    """Return the place of the text before the tag that closes the element `name`, whose text begins at `at`."""
    depth = 1
    for place in range(at, len(pieces) - 1, 2):
        _, other, closing, _ = _read(pieces[place + 1])
        if other == name:
            depth += -1 if closing else 1
            if not depth:
                return place
    return len(pieces) - 1
