"""Where the support call stands: ten shapes of a text."""

import pytest

from articles.support_call import Block, place


def p(words=60, announces=False):
    return Block("p", words, announces)


def h(level=2, words=4):
    return Block(f"h{level}", words)


SHAPES = {
    "an empty text": ([], None),
    "a text too short to be interrupted": ([p(60), h(), p(60)], None),
    "three sections": ([p(), h(), p(), h(), p()], 3),
    "sections of unequal length": ([p(100), h(), p(300), h(), p(50), h(), p(50)], 3),
    "a heading just under another": ([p(), p(), h(), h(3), p(), p()], 2),
    "sub-sections only": ([p(), h(3), p(), h(3), p()], 3),
    "one title at the top, then paragraphs": ([h(), p(), p(), p(), p()], 3),
    "no heading": ([p(), p(), p(), p()], 2),
    "a list that a paragraph announces": ([p(), p(40, announces=True), Block("ul", 100), p(), p()], 3),
    "lists, quotations and tables only": ([Block("ul", 90), Block("blockquote", 90), Block("table", 90)], None),
}


@pytest.mark.parametrize("name", SHAPES)
def test_the_call_stands_between_sections_near_the_middle(name):
    blocks, expected = SHAPES[name]

    assert place(blocks) == expected


def test_a_heading_keeps_what_it_introduces():
    blocks = [p(80), h(), Block("ul", 80), p(80), h(), Block("table", 80), p(80)]

    index = place(blocks)

    assert blocks[index].tag == "h2"
    assert blocks[index - 1].tag not in ("h2", "h3", "h4")


@pytest.mark.parametrize("ends", [(10, 500), (500, 10)])
def test_the_call_keeps_away_from_both_ends(ends):
    first, last = ends

    assert place([p(first), h(), p(last)]) is None
