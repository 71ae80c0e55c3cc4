"""Two bodies as one text, in which <del> is what went and <ins> what came.

It is built of elements and never of strings, from bodies that are cleaned first: no word of an editor becomes markup.
"""

import difflib
from collections import Counter
from copy import deepcopy

from django.utils.translation import gettext as _
from lxml import etree, html

from articles.body import POLICY
from articles.models import Photo
from articles.rendering import drawn_blocks
from articles.wording import WORD, words_marked, words_of, write_words
from newsroom.html import clean

INLINE = frozenset({"small", "a", "strong", "em", "s", "sup", "sub", "code", "br"})
UNSEEN = ("id", "title", "hreflang")
MOST = 2_500  # pairs of blocks, beyond which one does not look which of them are alike
ALIKE = 0.35  # of the words of two blocks that are compared word by word


def marked_html(old, new):
    """Return the HTML of two stored bodies as one, what differs marked; of the rest, what stands beside a change."""
    marked = html.Element("div")
    _compare(_read(old), _read(new), marked)
    _leave_out(marked)
    _name_lost_pictures(marked)
    return "".join(drawn_blocks(marked))


def marked_list(old, new):
    """Return the HTML of two lists of plain texts as one."""
    both = []
    for lines in (old, new):
        both.append(html.Element("ul"))
        for line in lines:
            etree.SubElement(both[-1], "li").text = line
    marked = html.Element("ul")
    _compare(*both, marked)
    return _written(marked)


def marked_words(old, new):
    """Return the HTML of two plain texts as one."""
    both = []
    for text in (old, new):
        both.append(html.Element("p"))
        both[-1].text = text
    return _written(words_marked(*both))


def _written(element):
    return html.tostring(element, encoding="unicode")


def _read(stored):
    root = html.fragment_fromstring(clean(stored or "", POLICY), create_parent="div")
    for element in root.iter():
        for name in UNSEEN:
            element.attrib.pop(name, None)
    _wrap_loose(root)
    return root


def _wrap_loose(root):
    """Make paragraphs of the words that stand in no block."""
    loose = html.Element("p")
    loose.text, root.text = root.text, None
    for child in list(root):
        if child.tag in INLINE:
            loose.append(child)  # and what follows it
            continue
        child.addprevious(loose)
        loose = html.Element("p")
        loose.text, child.tail = child.tail, None
    root.append(loose)


def _leave_out(marked):
    """Put one sign in the place of what nobody changed, where it stands beside no change."""
    changed = [_is_marked(block) for block in marked]
    far = [not any(changed[max(place - 1, 0) : place + 2]) for place in range(len(marked))]
    for place, block in enumerate(list(marked)):
        if far[place] and place and far[place - 1]:
            marked.remove(block)
        elif far[place]:
            sign = html.Element("p", {"class": "gap"})
            sign.text = "[…]"
            marked.replace(block, sign)


def _is_marked(block):
    return next(block.iter("del", "ins"), None) is not None


def _compare(old, new, result):
    """Append to `result` what the children of two elements have become."""
    before, after = _children(old), _children(new)
    matcher = difflib.SequenceMatcher(None, *(list(map(as_it_reads, each)) for each in (before, after)), False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            result.extend(map(_copy, after[c:d]))
            continue
        for one, other in aligned(before[a:b], after[c:d]):
            result.extend(_become(one, other))


def _children(element):
    """Return the blocks in an element, without the empty paragraphs that editors leave behind."""
    return [child for child in element if child.tag != "p" or len(child) or (child.text or "").strip()]


def as_it_reads(element):
    written = html.tostring(element, encoding="unicode", with_tail=False)
    return written if element.tag == "pre" else " ".join(written.split())


def _copy(element):
    copied = deepcopy(element)
    copied.tail = None
    return copied


def aligned(old, new):
    """Yield (old, new) of the blocks that are alike, in their order, and (old, None) or (None, new) of the others."""
    if len(old) * len(new) > MOST:
        yield from ((one, None) for one in old)
        yield from ((None, one) for one in new)
        return
    alike = [[_likeness(one, other) for other in new] for one in old]
    best = [[0.0] * (len(new) + 1) for _row in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], alike[i][j] and alike[i][j] + best[i + 1][j + 1])
    i = j = 0
    while i < len(old) or j < len(new):
        both = i < len(old) and j < len(new)
        if both and alike[i][j] and best[i][j] == alike[i][j] + best[i + 1][j + 1]:
            yield old[i], new[j]
            i, j = i + 1, j + 1
        elif i < len(old) and best[i][j] == best[i + 1][j]:
            yield old[i], None
            i += 1
        else:
            yield None, new[j]
            j += 1


def _likeness(old, new):
    """Return what share of their words two blocks have in common, 0 where that is not worth showing."""
    if old.tag != new.tag or old.get("data-kind") != new.get("data-kind"):
        return 0
    if old.tag == "figure":
        return float(_picture(old) == _picture(new))
    counts = [Counter(WORD.findall(" ".join(block.itertext()))) for block in (old, new)]
    for count in counts:
        for space in filter(str.isspace, list(count)):
            del count[space]
    shared = 2 * (counts[0] & counts[1]).total() / (counts[0].total() + counts[1].total() or 1)
    return shared if shared > ALIKE else 0


def _picture(figure):
    return figure.get("data-photo"), figure.get("data-credit")


def _become(old, new):
    """Return what has become of an element, as one or two: `old` is None for what came, `new` for what went."""
    if old is None or new is None:
        return [_whole(old, "del") if new is None else _whole(new, "ins")]
    kinds = {_kind(old), _kind(new)}
    if kinds == {"words"}:
        return [words_marked(old, new)]
    if kinds == {"blocks"}:
        result = _shell(new)
        _compare(old, new, result)
        return [result]
    return [_whole(old, "del"), _whole(new, "ins")]


def _kind(element):
    """Return whether an element holds words, or blocks; else "both"."""
    blocks = [child for child in element if child.tag not in INLINE]
    if not blocks:
        return "words"
    loose = (element.text or "") + "".join(child.tail or "" for child in element)
    return "both" if loose.strip() or len(blocks) < len(element) else "blocks"


def _shell(element):
    return html.Element(element.tag, dict(element.attrib))


def _whole(element, mark):
    """Return an element all of which went or came: marked within, where its words stand, so that lists stay lists."""
    if element.tag in ("figure", "hr"):
        result = html.Element(mark)
        result.append(_copy(element))
        return result
    result, kind = _shell(element), _kind(element)
    if kind == "words":
        write_words(result, words_of(element), mark)
    elif kind == "blocks":
        result.extend(_whole(child, mark) for child in _children(element))
    else:
        inside = etree.SubElement(result, mark)
        inside.text = element.text
        inside.extend(map(deepcopy, element))
    return result


def _name_lost_pictures(root):
    """Say where a picture stood that the library has no more: it cannot be shown."""
    figures = root.xpath(".//figure[@data-photo]")
    wanted = {figure.get("data-photo") for figure in figures}
    there = Photo.objects.in_bulk([int(pk) for pk in wanted if pk.isdecimal() and len(pk) < 19])
    for figure in figures:
        pk = figure.get("data-photo")
        if not (pk.isdecimal() and int(pk) in there):
            said = html.Element("p", {"class": "lost"})
            said.text = _("A picture that the library has no more")
            figure.getparent().replace(figure, said)
