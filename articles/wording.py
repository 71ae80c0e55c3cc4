"""The words of two paragraphs as one, in which <del> is what went and <ins> what came, each within what was around it."""

import difflib
import re
from dataclasses import dataclass

from lxml import etree, html

WORD = re.compile(r"[\w’'-]+|\s+|[^\w\s]")
LONGEST = 6_000  # words of two paragraphs, beyond which they are not compared one by one


@dataclass(frozen=True, eq=False)
class Word:
    """A word, a sign or a space; with the inline elements around it; `text` is None for a break of the line."""

    text: str | None
    within: tuple
    key: tuple


def words_marked(old, new):
    """Return one paragraph, or another element that holds words, made of two."""
    before, after, result = words_of(old), words_of(new), html.Element(new.tag, dict(new.attrib))
    if len(before) + len(after) > LONGEST:
        write_words(result, before, "del")
        write_words(result, after, "ins")
        return result
    keys = ([word.key for word in words] for words in (before, after))
    # Spaces are junk to the matcher: two texts are not alike for having some.
    matcher = difflib.SequenceMatcher(lambda key: not (key[0] or "br").strip(), *keys, autojunk=False)
    moved = _addresses(before) ^ _addresses(after)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            write_words(result, after[c:d], "")
        else:
            write_words(result, before[a:b], "del", moved)
            write_words(result, after[c:d], "ins", moved)
    return result


def _addresses(words):
    return {inline.get("href") for word in words for inline in word.within if inline.tag == "a"}


def words_of(element):
    """Return the Words of an element, without the spaces around them."""
    words = list(_split(element, (), exact=element.tag == "pre"))
    if element.tag != "pre":
        while words and words[0].key[0] == " ":
            del words[0]
        while words and words[-1].key[0] == " ":
            del words[-1]
    return words


def _split(element, within, exact):
    seen = tuple((inline.tag, inline.get("href")) for inline in within)

    def pieces(text):
        for word in WORD.findall(text or ""):
            yield Word(word, within, (word if exact or not word.isspace() else " ", seen))

    yield from pieces(element.text)
    for child in element:
        if child.tag == "br":
            yield Word(None, within, (None, seen))
        else:
            yield from _split(child, (*within, child), exact)
        yield from pieces(child.tail)


def write_words(element, words, mark, moved=frozenset()):
    """Append words to an element, within <del> or <ins> if they went or came, each within what was around it.

    The addresses `moved` are written beside their links: the same words may lead elsewhere.
    """
    if not words:
        return
    place = etree.SubElement(element, mark) if mark else element
    opened = []
    for word in words:
        while opened and [around for around, _copied in opened] != list(word.within[: len(opened)]):
            opened.pop()
        for around in word.within[len(opened) :]:
            above = opened[-1][1] if opened else place
            opened.append((around, etree.SubElement(above, around.tag, dict(around.attrib))))
        _append(opened[-1][1] if opened else place, word.text)
    for link in [link for link in place.iter("a") if mark and link.get("href") in moved]:
        address = html.Element("span", {"class": "address"})
        address.text, address.tail, link.tail = f" {link.get('href')}", link.tail, None
        link.addnext(address)


def _append(element, text):
    if text is None:
        etree.SubElement(element, "br")
    elif len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text
