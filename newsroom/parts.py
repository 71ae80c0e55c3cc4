"""Parts of pages, kept: what is costly to draw and changes only when something is saved. A body, a card, a thread.

What a part is: a text with a name. A page is joined of them, and made from what they are made from.
When it is made: when something is saved (articles/drawing.py); else when a page first wants it. It is kept in the page
store, beside the pages (off there, it is not kept).
What makes it stale: what makes a page stale (newsroom/cache.py). It is made from every `Watched` row that is read while
it is drawn, and from what is named then with `depends_on` and `good_until`; it ends after a day and a half.

So what draws a part reads all that the part shows by itself. Of what was read before it may show only rows that it names.
"""

import json
import time
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import chain, zip_longest

from django.utils.safestring import SafeString
from django.utils.translation import get_language

from newsroom.answers import Answer
from newsroom.cache import (
    Drawing,
    changes_with,
    depends_on,
    good_until,
    next_moment,
    page_store,
    until_any_moment,
)

# Where in a part other parts stand. Nobody can write it: what people write is escaped or cleaned of comments.
HOLE = SafeString("<!--hole-->")
LIFE = 36 * 3600  # seconds: all are drawn anew once a day, before they end
_good_for = ContextVar("good_for", default=0)


def kept(name, draw):
    """Return the text that `draw()` gives in the current language, drawn once."""
    return kept_all({name: name}, _nothing, lambda _thing: draw())[name]


def kept_frame(name, draw):
    """Return, as bytes, a part that stands around others, with a HOLE for each.

    It shows head and foot, or lists: so it may change at any moment of publication.
    """

    def frame(_thing):
        until_any_moment()
        return draw()

    return _kept({name: name}, _nothing, frame)[name]


def kept_all(names, load, draw):
    """Return the parts called `names` ({key: name}) as {key: text}, in their order.

    `load(keys)` gets all that are missing with few queries, as {key: thing} for those that there are; then `draw(thing)`
    is asked for each, and names the rows that it shows.
    """
    return {key: SafeString(text.decode()) for key, text in _kept(names, load, draw).items()}


def kept_found(names, find, draw=json.dumps):
    """Return {key: text}, drawn of what `find(keys)` gives for each: what many rows are read for, and few changes touch.

    The first word of a name in `names` ({key: name}) is the tag that makes its text stale. Any moment of publication
    may change it as well.
    """

    def load(missing):
        moment = page_store() and next_moment()  # before anything is read
        return {key: (names[key], found, moment) for key, found in find(missing).items()}

    def draw_it(thing):
        name, found, moment = thing
        depends_on(name.partition(" ")[0])
        good_until(moment)
        return draw(found)

    return kept_all(names, load, draw_it)


def kept_values(names, find):
    """Return {key: value} as `find(keys)` gives it, plain JSON; see `kept_found`."""
    return {key: json.loads(text) for key, text in kept_found(names, find).items()}


def _kept(names, load, draw):
    if not (store := page_store()):
        things = load(list(names)) if names else {}
        return {key: draw(things[key]).encode() for key in names if key in things}
    # No page's address begins like this: nobody can ask for a part.
    paths = {key: f"{get_language()} {name}" for key, name in names.items()}
    found = {key: store.find(path) for key, path in paths.items()}
    soon = time.time() + _good_for.get()
    if missing := [key for key, part in found.items() if not part or part.until < soon]:
        mark = store.mark()
        for key, thing in load(missing).items():
            with Drawing(LIFE) as drawing:
                text = draw(thing).encode()
            found[key] = part = Answer([], {"": text}, tags=drawing.few_tags(), until=drawing.until)
            store.keep(paths[key], part, mark)
    for part in filter(None, found.values()):
        changes_with(part)
    return {key: part.bodies[""] for key, part in found.items() if part}


@contextmanager
def good_for(seconds):
    """Within, draw anew the parts that are over within so many seconds."""
    token = _good_for.set(seconds)
    try:
        yield
    finally:
        _good_for.reset(token)


def _nothing(keys):
    return dict.fromkeys(keys)


def fill(frame, *pieces):
    """Return `frame` with `pieces`, text or bytes, in its holes, in order."""
    pieces = (piece if isinstance(piece, bytes) else piece.encode() for piece in pieces)
    return b"".join(chain.from_iterable(zip_longest(frame.split(HOLE.encode()), pieces, fillvalue=b"")))
