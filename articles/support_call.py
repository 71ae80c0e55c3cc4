"""Where in a text the support call may stand without breaking what the author built."""

from typing import NamedTuple

SHORT = 150  # words: a shorter text is not interrupted
ENDS = 40  # words between the call and either end of the text
HEADINGS = ("h2", "h3", "h4")


class Block(NamedTuple):
    """One thing at the top level of a body: its tag, its number of words, and whether it announces the next (ends with a colon)."""

    tag: str
    words: int
    announces: bool = False


def place(blocks):
    """Return the index of the block before which the call stands, or None for a text that has no good place.

    Between two sections, the ones nearest to the middle; in a text without sections, before a paragraph that follows
    a finished block, in its middle half. The call stands between blocks of the top level, so never inside one.
    """
    total = sum(block.words for block in blocks)
    if total < SHORT:
        return None
    gaps, before = [], 0
    for index, block in enumerate(blocks):
        if ENDS <= before <= total - ENDS:
            gaps.append((abs(2 * before - total), index))
        before += block.words
    for level in HEADINGS:
        sections = [gap for gap in gaps if _opens_section(blocks, gap[1], level)]
        if sections:
            return min(sections)[1]
    pauses = [gap for gap in gaps if gap[0] <= total / 2 and _is_pause(blocks, gap[1])]
    return min(pauses)[1] if pauses else None


def _opens_section(blocks, index, level):
    return blocks[index].tag == level and blocks[index - 1].tag not in HEADINGS


def _is_pause(blocks, index):
    last = blocks[index - 1]
    return blocks[index].tag == "p" and last.tag not in HEADINGS and not last.announces
