"""Two bodies that were made of one at the same time, woven into one: what each of them changed of other blocks than the other.

A block is what stands at the top of a body: a paragraph, a heading, a list, a quotation, a table, a picture.
"""

import difflib
import re

from lxml import etree, html

from articles.body import POLICY
from articles.marking import INLINE, aligned, as_it_reads
from newsroom.html import clean


def woven(base, mine, theirs):
    """Return the HTML of both changes of `base`, and whether they clash: where they do, it says what `mine` does.

    The HTML is None where words stand in no block.
    """
    bodies = [_blocks(stored) for stored in (base, mine, theirs)]
    if None in bodies:
        return None, True
    old, *new = bodies
    (my_added, my_blocks), (their_added, their_blocks) = (_changes(old, blocks) for blocks in new)
    result, clash = [], False
    for place in range(len(old) + 1):
        three = [([], my_added[place], their_added[place])]
        three += [([block], my_blocks[place], their_blocks[place]) for block in old[place : place + 1]]
        for was, here, there in three:
            blocks, both = _one_of(was, here, there)
            result += blocks
            clash |= both
    return clean("".join(map(_written, result)), POLICY), clash


def _blocks(stored):
    root = html.fragment_fromstring(clean(stored or "", POLICY), create_parent="div")
    loose = [root.text, *(child.tail for child in root)]
    if any((text or "").strip() for text in loose) or any(child.tag in INLINE for child in root):
        return None
    return list(root)


def _written(block):
    """Return a block as HTML. lxml's own would write addresses in another way: so as XML, where what is empty is closed."""
    text = etree.tostring(block, encoding="unicode")
    return re.sub(r"<(?!br|hr)(\w+)([^<>]*)/>", r"<\1\2></\1>", text)


def _changes(old, new):
    """Return what was put before each block of `old` and after the last one, and what each became: lists of blocks."""
    added, became = [[] for _place in range(len(old) + 1)], [[] for _block in old]
    matcher = difflib.SequenceMatcher(None, *(list(map(as_it_reads, blocks)) for blocks in (old, new)), False)
    for kind, a, b, c, d in matcher.get_opcodes():
        pairs = zip(old[a:b], new[c:d], strict=True) if kind == "equal" else aligned(old[a:b], new[c:d])
        for before, after in pairs:
            if before is None:
                added[a].append(after)
            else:
                became[a] = [] if after is None else [after]
                a += 1
    return added, became


def _one_of(was, mine, theirs):
    """Return what one of the two changed of some blocks, or both alike; and whether they did it differently: then mine."""
    read = [list(map(as_it_reads, blocks)) for blocks in (was, mine, theirs)]
    if read[1] == read[0]:
        return theirs, False
    return mine, read[2] not in (read[0], read[1])
