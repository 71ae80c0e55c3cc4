"""The body of an article as Markdown: each element that articles/body.py allows, and no other."""

import re
from typing import NamedTuple

import lxml.html

BLOCKS = frozenset("p h2 h3 h4 ul ol hr pre blockquote table figure div".split())
# What would make a line a heading, a list or a rule.
LINE_MARK = re.compile(r"^( *\d*)([.)+\-#=])(?=\s|$|\2)", re.MULTILINE)
MARKS = {"strong": "**", "em": "*", "s": "~~"}


class Shown(NamedTuple):
    """What Markdown says of a photo."""

    alt: str
    address: str
    caption: str = ""
    credit: str = ""
    licence: str = ""


def to_markdown(html, picture):
    """Return CommonMark with tables and footnotes. `picture(id)` gives a Shown, or None when there is no such photo."""
    writer = _Writer(picture)
    root = lxml.html.fragment_fromstring(html or "<p></p>", create_parent="div")
    blocks = writer.blocks(root) + [f"[^{number}]: {note}" for number, note in enumerate(writer.notes, start=1)]
    return "\n\n".join(blocks) + "\n"


def escape(text):
    """Return text in which nothing is a mark, on one line."""
    return re.sub(r"[\\`*_\[\]<>~|]", r"\\\g<0>", re.sub(r"[ \t\r\n\f\v]+", " ", text))


def indent(text, by):
    return text.replace("\n", "\n" + by).replace(f"\n{by}\n", "\n\n")


class _Writer:
    def __init__(self, picture):
        self.picture, self.notes = picture, []

    def blocks(self, element):
        """Return the blocks in an element; words and marks that stand between blocks are paragraphs."""
        done, loose = [], [escape(element.text or "")]
        for child in element:
            if child.tag in BLOCKS:
                done += [*self._paragraph(loose), *filter(None, self._block(child))]
                loose = []
            else:
                loose.append(self._mark(child))
            loose.append(escape(child.tail or ""))
        return done + self._paragraph(loose)

    def _paragraph(self, parts):
        text = LINE_MARK.sub(r"\1\\\2", "".join(parts).strip())
        return [text] if text else []

    def _block(self, element):
        tag = element.tag
        if tag in ("h2", "h3", "h4"):
            return ["#" * int(tag[1]) + " " + self.inline(element)]
        if tag in ("ul", "ol"):
            return [self._list(element)]
        if tag == "hr":
            return ["---"]
        if tag == "pre":
            return [self._code(element.text_content())]
        if tag == "blockquote":
            return ["> " + "\n\n".join(self.blocks(element)).replace("\n", "\n> ")]
        if tag == "table":
            return self._table(element)
        if tag == "figure":
            return [self._figure(element)]
        return self.blocks(element)

    def inline(self, element):
        """Return the words in an element on one line."""
        parts = [escape(element.text or "")]
        for child in element:
            parts += [self._mark(child), escape(child.tail or "")]
        return "".join(parts).strip()

    def _mark(self, element):
        tag = element.tag
        if tag == "br":
            return "\\\n"
        if tag == "code":
            text = element.text_content()
            fence = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
            return f"{fence} {text} {fence}" if "`" in text else f"{fence}{text}{fence}"
        if tag == "small" and "footnote" in element.get("class", ""):
            self.notes.append(self.inline(element))
            return f"[^{len(self.notes)}]"
        text = self.inline(element)
        if tag == "a" and element.get("href"):
            return f"[{text}]({_target(element.get('href'))})"
        if tag == "cite":
            return f"— {text}"
        if tag in ("sup", "sub") and text:
            return f"<{tag}>{text}</{tag}>"
        return f"{MARKS[tag]}{text}{MARKS[tag]}" if tag in MARKS and text else text

    def _list(self, element):
        number, lines = int(element.get("start") or 1) if _whole(element.get("start")) else 1, []
        for item in element.iterchildren("li"):
            sign = f"{number}. " if element.tag == "ol" else "- "
            lines.append(sign + indent("\n\n".join(self.blocks(item)), " " * len(sign)))
            number += 1
        loose = any("\n\n" in line for line in lines)
        return ("\n\n" if loose else "\n").join(lines)

    def _code(self, text):
        fence = "`" * max(3, max(map(len, re.findall("`+", text)), default=0) + 1)
        return f"{fence}\n{text.rstrip()}\n{fence}"

    def _table(self, element):
        rows = [
            [" ".join(self.blocks(cell)).replace("\\\n", " ").replace("\n", " ") for cell in row.iter("th", "td")]
            for row in element.iter("tr")
        ]
        across = max(map(len, rows), default=0)
        if not across:
            return []
        head, *rest = [row + [""] * (across - len(row)) for row in rows]
        lines = ["| " + " | ".join(row) + " |" for row in [head, ["---"] * across, *rest]]
        captions = [f"**{text}**" for caption in element.iterchildren("caption") if (text := self.inline(caption))]
        return [*captions, "\n".join(lines)]

    def _figure(self, element):
        found = self.picture(element.get("data-photo"))
        if not found:
            return ""
        captions = [self.inline(one) for one in element.iterchildren("figcaption")]
        caption = next(filter(None, captions), escape(found.caption))
        credit = ", ".join(filter(None, [element.get("data-credit") or found.credit, found.licence]))
        below = " ".join(filter(None, [caption and f"*{caption}*", credit and f"({escape(credit)})"]))
        return f"![{escape(found.alt)}]({_target(found.address)})" + (f"\n\n{below}" if below else "")


def _target(address):
    return re.sub(r"[\s()<>\\]", lambda sign: f"%{ord(sign[0]):02X}", address)


def _whole(text):
    return bool(text) and text.isascii() and text.isdigit() and len(text) < 7
