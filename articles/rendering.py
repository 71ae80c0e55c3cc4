"""A stored body becomes what a page shows: pictures from the library, numbered notes, headings one can link to."""

import re
from collections import Counter
from dataclasses import dataclass, field
from html import escape
from itertools import zip_longest

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from lxml import etree, html

from articles.body import SIDES, count_words
from articles.embeds import recognise
from articles.models import Link, Photo
from articles.models.link import LONGEST
from articles.slugs import slug_from
from articles.support_call import Block, place
from newsroom.typography import typeset_html
from newsroom.xml import printable

# Ids that the page itself uses, besides those of the notes.
TAKEN = (
    *("main", "support", "follow", "comments", "notes", "points", "author", "related"),
    *("notes-title", "points-title", "author-name", "related-title"),
)
# A number as people write it in a table, its spaces taken out, perhaps with its unit; and what stands for none.
FIGURE = re.compile(r"[-−–+±≈~<>]?[€$£]?\d[\d.,’']*(%|‰|€|\$|£|[^\W\d_]{1,3}[²³]?)?")
NO_FIGURE = {"", "-", "–", "—", "…", "?"}
NOTE = re.compile(r"note(-ref)?(-\d+)?")


@dataclass
class Body:
    """HTML before and after the support call's place, the notes, and the origins of the players that a click may show.

    Without a place, `after` is empty.
    """

    before: str = ""
    after: str = ""
    notes: list[str] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)


def render_body(stored, language, base=""):
    """Return the `Body` of the HTML `stored`, cleaned when it was saved. `base` is the article's
    address, for a text that is read elsewhere: links become absolute, pictures plain ones.

    Costs one query when the text has pictures, and one when it has cards of other services.
    """
    if not stored.strip():
        return Body()
    root = html.fragment_fromstring(typeset_html(printable(stored), language), create_parent="div")
    if base:
        root.make_links_absolute(base, handle_failures="ignore")
    for tidy in (drop_empty, name_headings, align_figures, wrap_tables):
        tidy(root)
    notes = number_notes(root, base)
    embeds = link_embeds(root) if base else find_embeds(root)
    draw_figures(root, "components/_feed_figure.html" if base else "components/_figure.html", embeds)
    blocks = list(root)
    middle = place([_block(block) for block in blocks])
    return Body(
        before=_inside(blocks[:middle], root.text),
        after=_inside(blocks[middle:], "") if middle else "",
        notes=notes,
        frames=list(dict.fromkeys(found["embed"].origin for found in embeds.values() if found["embed"].player)),
    )


def _inside(elements, text):
    """Return what stands in an element, as HTML: its first text, then its elements."""
    written = "".join(html.tostring(element, encoding="unicode") for element in elements)
    return escape(text or "") + written.replace("</source>", "")  # libxml2 does not know that it is a void element


def _block(element):
    text = "".join(element.xpath(".//text()[not(ancestor::sup[@class='note-ref'])]"))
    return Block(element.tag, count_words(text), text.rstrip().endswith(":"))


def drop_empty(root):
    """Remove the empty paragraphs that editors leave behind, also those that a break or an empty mark keeps open."""
    for paragraph in root.xpath("./p"):
        if not paragraph.text_content().strip():
            paragraph.drop_tree()


def name_headings(root):
    """Give every heading an id made from its words: a link to it lives as long as the words."""
    used = Counter(TAKEN)
    for heading in root.iter("h2", "h3", "h4"):
        words = "-".join((heading.get("id") or "").split()) or slug_from(heading.text_content(), 60) or "section"
        name = words = f"section-{words}" if NOTE.fullmatch(words) else words
        while used[name]:
            used[words] += 1
            name = f"{words}-{used[words]}"
        used[name] += 1
        heading.set("id", name)


def align_figures(root):
    """Mark the cells of each column that holds numbers only, so that they can be read down; not the first, which names rows."""
    for table in root.iter("table"):
        if table.xpath(".//*[@colspan > 1 or @rowspan > 1]"):
            continue
        rows = [row.xpath("./th | ./td") for row in table.iter("tr")]
        for column in [*zip_longest(*rows)][1:]:
            cells = [cell for cell in column if cell is not None]
            words = ["".join(cell.text_content().split()) for cell in cells if cell.tag == "td"]
            if any(map(FIGURE.fullmatch, words)) and all(FIGURE.fullmatch(one) or one in NO_FIGURE for one in words):
                for cell in cells:
                    cell.set("class", "number")


def wrap_tables(root):
    """Let a table that is wider than the screen scroll by itself, also with the keyboard; a long line of code too."""
    for number, table in enumerate(root.xpath(".//table"), 1):
        words = table.xpath("./caption//text()[not(ancestor::small[@class='footnote'])]")
        caption = " ".join("".join(words).split()) or _("Table %(number)s") % {"number": number}
        _wrap(table, {"class": "table", "role": "region", "tabindex": "0", "aria-label": caption})
    for number, code in enumerate(root.iter("pre"), 1):
        code.attrib.update({"tabindex": "0", "role": "group", "aria-label": _("Code %(number)s") % {"number": number}})


def _wrap(element, attributes):
    wrapper = etree.Element("div", attributes)
    element.addprevious(wrapper)
    wrapper.tail, element.tail = element.tail, None
    wrapper.append(element)


def number_notes(root, base):
    """Put a number in the place of each footnote; return the notes' HTML in their order."""
    notes = []
    for number, note in enumerate(root.xpath(".//small[@class='footnote']"), 1):
        notes.append(_inside(note, note.text).strip())
        link = etree.Element("a", {"href": f"{base}#note-{number}", "role": "doc-noteref"})
        link.set("aria-label", _("Note %(number)s") % {"number": number})
        link.text = str(number)
        mark = etree.Element("sup", {"class": "note-ref", "id": f"note-ref-{number}"})
        mark.append(link)
        mark.tail, note.tail = note.tail, None
        note.getparent().replace(note, mark)
    return notes


def blocks_of(stored):
    """Return the HTML of each block of a stored body, with its pictures and nothing else made of it: to read at the desk."""
    root = html.fragment_fromstring(stored, create_parent="div")
    for element in root.xpath(".//*[@id]"):
        del element.attrib["id"]
    return drawn_blocks(root)


def drawn_blocks(root):
    """Return the HTML of each block in an element, its pictures drawn."""
    draw_figures(root, "components/_figure.html", {})
    return [_inside([block], "") for block in root]


def find_embeds(root):
    """Return {element: {embed, title, lang}} of the paragraphs that are one link to another service and nothing else,
    and of the pictures whose caption is one: those become cards.
    """
    found = {}
    for element in root.xpath("./p | ./figure[@data-photo]"):
        words = element.find("figcaption") if element.tag == "figure" else element
        if words is not None and (alone := _link_alone(words)) and (embed := recognise(alone["url"])):
            found[element] = alone | {"embed": embed}
    return found


def links_of(stored):
    """Return the addresses in a stored body that become cards, each once."""
    root = html.fragment_fromstring(printable(stored), create_parent="div")
    urls = (found["embed"].url for found in find_embeds(root).values())
    return list(dict.fromkeys(url for url in urls if len(url) <= LONGEST))


def link_embeds(root):
    """Make a bare address of a service a link, for readers elsewhere; return no cards."""
    for paragraph, found in find_embeds(root).items():
        if paragraph.tag == "p" and paragraph.find("a") is None:
            paragraph[:] = []
            etree.SubElement(paragraph, "a", {"href": found["url"]}).text = found["url"]
            paragraph.text = None
    return {}


def _link_alone(element):
    """Return {url, title, lang} of an element that is one link or one address, else nothing. Breaks beside it say nothing."""
    links = [child for child in element if child.tag != "br"]
    words = [line.strip() for line in element.xpath("./text()") if line.strip()]
    if not links:
        return {"url": words[0] if len(words) == 1 else "", "title": "", "lang": ""}
    link = links[0]
    if len(links) > 1 or link.tag != "a" or words:
        return None
    url, title = link.get("href", ""), " ".join(link.text_content().split())
    return {"url": url, "title": "" if recognise(title) else title, "lang": link.get("lang", "")}


def draw_figures(root, template, embeds):
    """Put pictures and cards in, with one query for all of each; a picture that is not in the library leaves no trace."""
    figures = root.xpath(".//figure[@data-photo]")
    wanted = {figure.get("data-photo") for figure in figures}
    found = Photo.objects.in_bulk([int(pk) for pk in wanted if pk.isdecimal() and len(pk) < 19]) if wanted else {}
    photos = {str(pk): photo for pk, photo in found.items() if photo.renditions}
    links = Link.objects.about({found["embed"].url for found in embeds.values()})
    sides = _sides(root)
    for element in {**embeds, **dict.fromkeys(figures)}:
        photo = photos.get(element.get("data-photo"))
        if element in embeds:
            link = links.get(embeds[element]["embed"].url)
            context = embeds[element] | {"photo": photo, "link": link, "credit": element.get("data-credit")}
            _replace(element, "components/_embed.html", context)
        elif photo:
            _draw(element, photo, template, sides.get(element, ""))
        else:
            element.drop_tree()
    for group in root.xpath(".//div[@data-kind]"):
        group.set("class", group.attrib.pop("data-kind"))
        if not len(group):
            group.drop_tree()


def _sides(root):
    """Return {figure: what is written on it} of the pictures of comparisons, in the language of the page."""
    pairs = root.xpath(".//div[@data-kind='compare']")
    return {figure: side for pair in pairs for figure, side in zip(pair, map(str, SIDES), strict=False)}


def _draw(figure, photo, template, side):
    caption = figure.find("figcaption")
    group = figure.getparent().get("data-kind")
    context = {
        "photo": photo,
        "slot": group or figure.get("data-size", "text"),
        "caption": "" if caption is None else _inside(caption, caption.text),
        "credit": figure.get("data-credit"),
        "side": side,
    }
    _replace(figure, template, context)


def _replace(element, template, context):
    drawn = html.fragment_fromstring(render_to_string(template, context).strip())
    drawn.tail, element.tail = element.tail, None
    element.getparent().replace(element, drawn)
