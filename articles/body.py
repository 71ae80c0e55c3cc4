"""What the body of an article may contain: one list, for the editor (articles/editor.py) and for the sanitiser."""

import re
from html import escape, unescape
from urllib.parse import parse_qs, urlsplit

from django.utils.translation import pgettext_lazy

from articles.pasted_notes import adopt_notes
from newsroom.html import Policy

SIZES = ("text", "wide", "full")
ANY = None
# How many pictures stand in a group of each kind, at least and at most.
GROUPS = {"gallery": (2, 12), "compare": (2, 2)}
# What is written on the two pictures of a comparison.
SIDES = pgettext_lazy("picture", "Before"), pgettext_lazy("picture", "After")

# What the editor calls each element; the tags it is written with; what each tag may carry, and which values.
VOCABULARY = {
    "paragraph": {"p": {"lang": ANY}},
    "heading": {"h2": {"id": ANY}, "h3": {"id": ANY}, "h4": {}},
    "footnote": {"small": {"class": ("footnote",)}},
    "link": {"a": {"href": ANY, "title": ANY, "hreflang": ANY, "lang": ANY}},
    "bold": {"strong": {}},
    "italic": {"em": {"lang": ANY}},
    "strike": {"s": {}},
    "superscript": {"sup": {}},
    "subscript": {"sub": {}},
    "code": {"code": {}},
    "codeBlock": {"pre": {}},
    "hardBreak": {"br": {}},
    "horizontalRule": {"hr": {}},
    "bulletList": {"ul": {}},
    "orderedList": {"ol": {"start": ANY}},
    "listItem": {"li": {}},
    "blockquote": {"blockquote": {"lang": ANY}},
    "cite": {"cite": {}},
    "table": {"table": {}, "thead": {}, "tbody": {}},
    "tableCaption": {"caption": {}},
    "tableRow": {"tr": {}},
    "tableHeader": {"th": {"colspan": ANY, "rowspan": ANY, "scope": ("col", "row")}},
    "tableCell": {"td": {"colspan": ANY, "rowspan": ANY}},
    "figure": {"figure": {"data-photo": ANY, "data-size": SIZES, "data-credit": ANY}, "figcaption": {}},
    "photoGroup": {"div": {"data-kind": tuple(GROUPS)}},
}


def _policy(vocabulary):
    tags = {tag: attributes for element in vocabulary.values() for tag, attributes in element.items()}
    return Policy(
        tags=frozenset(tags),
        attributes={tag: {name for name, values in names.items() if values is ANY} for tag, names in tags.items()},
        values={
            tag: {name: values for name, values in names.items() if values is not ANY and name != "class"}
            for tag, names in tags.items()
        },
        classes={tag: set(names["class"]) for tag, names in tags.items() if "class" in names},
    )


POLICY = _policy(VOCABULARY)

# What word processors write, and what it is called here.
SYNONYMS = {"b": "strong", "i": "em", "del": "s", "strike": "s", "h1": "h2", "h5": "h4", "h6": "h4"}


def adopt(html):
    """Return pasted HTML in our own words: <b> says strong, a first-level heading is a section's, an address that is
    alone in its paragraph is a link, a note of a word processor stands where its number did, and a link leads where it
    says, without passing by Google.

    It may still hold anything: CleanHTMLField cleans it when it is saved.
    """
    html = _past_google(adopt_notes(html))
    html = re.sub(r"<p>\s*(https?://[^\s<>\"]+)\s*</p>", r'<p><a href="\1">\1</a></p>', html)
    return re.sub(
        r"(</?)(" + "|".join(SYNONYMS) + r")(?=[\s>/])", lambda tag: tag[1] + SYNONYMS[tag[2].lower()], html, flags=re.I
    )


_BLOCK = re.compile(
    r"<(/?)(?:p|h[1-6]|ul|ol|pre|blockquote|table|figure|div|small)(?=[\s>])[^>]*>|<hr\b[^>]*>", re.IGNORECASE
)


def paragraphs(typed):
    """Return HTML in which words that stand in no block are paragraphs, as a blank line divides them.

    So one writes without the editor; what the editor sends has no such words, and stays as it is.
    """
    html, depth, end = "", 0, 0
    for tag in _BLOCK.finditer(typed):
        if depth == 0:
            html += _as_paragraphs(typed[end : tag.start()])
            end = tag.start()
        if tag[1] is not None:
            depth = max(0, depth - 1) if tag[1] else depth + 1
        if depth == 0:
            html += typed[end : tag.end()]
            end = tag.end()
    return html + (typed[end:] if depth else _as_paragraphs(typed[end:]))


_UNSEEN = re.compile(r"<!--.*?-->|<(style|script|title|xml)\b.*?</\1>|<[^>]+>", re.DOTALL | re.IGNORECASE)


def _as_paragraphs(words):
    if not _UNSEEN.sub("", words).strip():
        return words
    parts = re.split(r"\n\s*\n", words.replace("\r\n", "\n").strip())
    return "".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in parts)


def _past_google(html):
    def past(link):
        query = parse_qs(urlsplit(unescape(link[2])).query)
        to = next((value[0] for value in (query.get("q"), query.get("url")) if value), "")
        return link[1] + (escape(to) if to.startswith(("https://", "http://")) else link[2])

    return re.sub(r"""(\bhref=")(https?://www\.google\.[a-z.]+/url\?[^"]*)""", past, html)


_TABLE = re.compile(r"<table>((?:(?!<table>).)*?)</table>", re.DOTALL)
_ROW = re.compile(r"<tr>.*?</tr>", re.DOTALL)
_NOTHING = re.compile(r"</?(?:tr|td|th|p|strong|em|s|sub|sup|code)(?: [^>]*)?>|<br>|&nbsp;|\s")


def without_idle_rows(html):
    """Return cleaned HTML without the empty rows at the end of its tables, and without tables in which nothing stands.

    In a table whose cells span rows nothing is changed. Of one that has a caption only, the first row stays as well.
    """
    return _TABLE.sub(_without_idle_rows, html)


def _without_idle_rows(table):
    rows = list(_ROW.finditer(table[1]))
    kept = max((number for number, row in enumerate(rows, 1) if _NOTHING.sub("", row[0])), default=0)
    if "rowspan=" in table[1] or kept == len(rows):
        return table[0]
    if not kept and not text_of(table[1]).strip():
        return ""
    end = rows[max(kept, 1) - 1].end()
    rest = re.sub(r"<(tbody|thead)></\1>", "", _ROW.sub("", table[1][end:]))
    return f"<table>{table[1][:end]}{rest}</table>"


def photos_in(html):
    """Return the numbers of the photos that a body shows, a set in the order of the body."""
    return dict.fromkeys(int(number) for number in re.findall(r'data-photo="(\d{1,18})"', html or "")).keys()


WITHIN_WORDS = re.compile(r"</?(?:strong|em|s|sub|sup|a|code)(?=[\s>])[^>]*>")


def text_of(html):
    """Return the words of a body, blocks apart, without markup: XX<sup>e</sup> is one word."""
    return unescape(re.sub(r"<[^>]+>", " ", WITHIN_WORDS.sub("", html)))


def count_words(html):
    """Count words as a reader sees them: l’énergie is one, so is anti-virus."""
    return len(re.findall(r"\w[\w'’\-]*", text_of(html)))
