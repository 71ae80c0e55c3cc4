"""Text set as its language wants it when it is shown; what is stored stays as typed. Setting a set text changes nothing.

The rules (newsroom/typography_rules.py) read one string. In HTML, what is not text stands in it as one sign, a mark, so
that a rule sees across `l'<em>IA</em>` and never touches a tag, an address or a line of code. A language without rules
is left alone.
"""

import re
from html import unescape

from newsroom.typography_rules import ADDRESS, BLOCK, BREAK, HTML_RULES, INLINE, RULES, SUP, SUP_END, WORD

MARK = re.compile("[\x01\x02\x1c\x1d]")
_LINK = "\x03|https?://{0}*[\\w/=&#%+~-]|ftp://{0}*[\\w/]|www\\.{0}*[\\w/]".format('[^\\s\x01\x02<>"«»“”]')
LINK = re.compile(_LINK)
LINK_OR_MAIL = re.compile(_LINK + "|[\\w.+-]{1,64}@[\\w-]{1,63}(?:\\.[\\w-]{1,63})+")


def typeset(text, language):
    """Return plain `text` set in `language` (a code such as fr or en-gb)."""
    return _apply(str(text), RULES.get(_primary(language), ()))


def _primary(language):
    return language.partition("-")[0].lower()


def _apply(text, rules):
    kept = []
    if "://" in text or "@" in text or "www." in text or ADDRESS in text:
        pattern = LINK_OR_MAIL if "@" in text else LINK
        text = pattern.sub(lambda found: kept.append(found[0]) or ADDRESS, text)
    for rule in rules:
        text = rule(text)
    if kept:
        pieces = iter(kept)
        text = re.sub(ADDRESS, lambda _: next(pieces), text)
    return text


TAG = re.compile(
    "<(/?)([a-zA-Z][a-zA-Z0-9-]*)([^<>\"']*(?:(?:\"[^\"]*\"|'[^']*')[^<>\"']*)*)>|<![^<>]*>|[\x01-\x05\x1c\x1d]"
)
LANG = re.compile("\\slang\\s*=\\s*[\"']?([A-Za-z-]*)")
VERBATIM = frozenset("code pre kbd samp var script style textarea".split())
INLINES = frozenset("a abbr b bdi bdo cite data del dfn em i ins mark q s small span strong sub sup time u wbr".split())
INLINES |= VERBATIM - {"pre"}
VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())


class _Run:
    """The text of one element in one language, with what is not text kept aside."""

    def __init__(self, language, name=None):
        self.language, self.name, self.depth = language, name, 1
        self.marked, self.kept = [], []

    def keep(self, mark, piece):
        self.marked.append(mark)
        self.kept.append(piece)

    def html(self):
        text = _apply(unescape("".join(self.marked)), HTML_RULES.get(_primary(self.language), ()))
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        pieces = iter(self.kept)
        return MARK.sub(lambda _: next(pieces), text).replace(SUP, "<sup>").replace(SUP_END, "</sup>")


def typeset_html(html, language):
    """Return `html`, well formed, with its text set in `language`, or in that of the nearest `lang` attribute.

    Tags, their attributes and what is code stay as they are, to the letter.
    """
    runs, at = [_Run(language)], 0
    while tag := TAG.search(html, at):
        runs[-1].marked.append(html[at : tag.start()])
        at = tag.end()
        closing, name, attributes = tag[1], (tag[2] or "").lower(), tag[3]
        if name == runs[-1].name:
            runs[-1].depth += -1 if closing else 1
            if not runs[-1].depth:
                _close(runs)
        runs[-1].keep(_mark(name), tag[0])
        if not name or closing or name in VOID:
            continue
        if name in VERBATIM:
            end = _end_of(name, html, at)
            runs[-1].keep(WORD, html[at:end])
            at = end
        elif "lang" in attributes and (lang := LANG.search(attributes)) and lang[1] != runs[-1].language:
            runs.append(_Run(lang[1], name))
    runs[-1].marked.append(html[at:])
    while len(runs) > 1:
        _close(runs)
    return runs[0].html()


def _close(runs):
    piece = runs.pop().html()
    runs[-1].keep(WORD, piece)


def _mark(name):
    return INLINE if name in INLINES else BREAK if name == "br" else BLOCK if name else WORD


def _end_of(name, html, at):
    """Return where the content of the element `name` that begins at `at` ends."""
    depth = 1
    for tag in re.compile(f"<(/?){name}(?=[\\s/>])", re.IGNORECASE).finditer(html, at):
        depth += -1 if tag[1] else 1
        if not depth:
            return tag.start()
    return len(html)
