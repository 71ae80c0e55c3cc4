"""The notes of word processors, pasted: a number that leads to a list at the end becomes a note of ours in its place.

Word, Google Docs and LibreOffice tie the two together by addresses within the page. Those are all that an editor, or
another site, leaves of what they write.
"""

import re

from lxml import html

from newsroom.xml import printable

# Where the number in the text leads, and where the number before the note leads back.
NOTE = re.compile(r"#(_ftn|_edn|ftnt|sdfootnote|sdendnote)(\d+)(?:sym)?")
BACK = re.compile(r"#(_ftn|_edn|ftnt|sdfootnote|sdendnote)(?:_?ref|(?=\d+anc))(\d+)(?:anc)?")


def adopt_notes(written):
    """Return HTML with each note that is tied to a place standing there; what is tied to nothing leads nowhere any more."""
    if not NOTE.search(written) and not BACK.search(written):
        return written
    root = html.fragment_fromstring(printable(written), create_parent="div")
    places, notes = {}, {}
    for link in root.iter("a"):
        for links, address in (places, NOTE), (notes, BACK):
            if tie := address.fullmatch(link.get("href", "")):
                links.setdefault(tie.groups(), link)
    for tie in places.keys() & notes.keys():
        place, number = _raised(places[tie]), _raised(notes[tie])
        block = next(number.iterancestors("p", "li", "div"))
        if block is not root and place not in block.iter():
            _move(block, number, place)
    for link in list(root.iter("a")):
        if any(address.fullmatch(link.get("href", "")) for address in (NOTE, BACK)):
            link.drop_tag()
    return html.tostring(root, encoding="unicode").removeprefix("<div>").removesuffix("</div>")


def _raised(link):
    """Return the link, or what is there only to raise it above the line."""
    above = link.getparent()
    return above if above.tag == "sup" and above.text_content() == link.text_content() else link


def _move(block, number, place):
    """Put the words of a block, without its number, in the place of the number that leads to it."""
    number.tail = (number.tail or "").lstrip()
    number.drop_tree()
    note = html.Element("small", {"class": "footnote"})
    note.text = (block.text or "").lstrip()
    note.extend(block)
    note.tail, place.tail = place.tail, None
    place.getparent().replace(place, note)
    block.text = None
    while block.getparent() is not None and not block.text_content().strip():
        above, before = block.getparent(), block.getprevious()
        if before is not None and before.tag == "hr":  # the line above the list
            before.drop_tree()
        block.drop_tree()
        block = above
