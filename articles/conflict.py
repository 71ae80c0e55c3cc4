"""Two versions of an article that were written at the same time: in what they differ, as it reads, to choose from."""

import difflib

from lxml.html import diff

from articles.models import Photo
from articles.rendering import blocks_of
from articles.revisions import FIELDS, changed, words_between

# lxml compares no picture and no line of code, and writes the address of a link between the words, unescaped.
WHOLE = ("<img", "<pre", "<a")
LONGEST = 40_000  # signs of two blocks, beyond which their words are not compared one by one


def differences(theirs, mine):
    """Return what two snapshots have differently: the name of each field, its label, and the change as text or HTML.

    Struck out is what `theirs` says, underlined what `mine` does.
    """
    return [
        {"name": name, "label": FIELDS[name], **_shown(name, theirs, mine, before, after)}
        for name, before, after in changed(theirs, mine)
    ]


def _shown(name, theirs, mine, before, after):
    if name == "body":
        return {"blocks": list(_blocks(blocks_of(theirs["body"]), blocks_of(mine["body"])))}
    if name == "photo":
        before, after = (str(Photo.objects.filter(pk=said.get("photo")).first() or "–") for said in (theirs, mine))
    return {"change": words_between(before, after)}


def _blocks(theirs, mine):
    """Give the HTML of the blocks that differ, and "" for those in between that do not."""
    matcher = difflib.SequenceMatcher(None, theirs, mine, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            yield ""
        elif b - a == d - c:
            for pair in zip(theirs[a:b], mine[c:d], strict=True):
                yield from _words(*pair)
        else:
            yield from _whole("".join(theirs[a:b]), "".join(mine[c:d]))


def _words(old, new):
    """Give one block with the words marked that differ; both as they are where that would show nothing or take long."""
    if not any(tag in old + new for tag in WHOLE) and len(old) + len(new) < LONGEST:
        both = diff.htmldiff(old, new)
        if "<ins" in both or "<del" in both:
            yield both
            return
    yield from _whole(old, new)


def _whole(old, new):
    yield from (f"<{tag}>{html}</{tag}>" for tag, html in (("del", old), ("ins", new)) if html)
