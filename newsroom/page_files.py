"""Kept pages as files that nginx sends by itself (deploy/nginx.conf), none of them a moment too long.

Beside the file of a kept page lies a folder with its bodies; a purge removes both. nginx finds the bodies under the
page's address and the time: `front/<slot>/<key>/<address>/=` is a link to them. A slot is 100 seconds of the clock, and
a page is entered in one only if it is good until the slot ends, and for as long after it as readers' programs show it.
So a page whose time is over is found under no name, whether any process of ours runs or not. What nginx does not find
it asks of the site, which enters it again.

`<key>` stands for the headers that nginx adds, which it reads at its start: a page that has others is not found. The
bodies lie in a folder of that name too, so that a link never leads to those of a later page with other headers.
"""

import os
import re
import shutil
import time
from hashlib import blake2b
from pathlib import Path
from secrets import token_hex

from newsroom.answers import CLIENTS

SLOT = 100  # seconds; nginx cuts the last two digits off the clock
NAMES = {"": "page.html", "gzip": "page.html.gz", "br": "page.html.br"}
OWN = {"etag", "last-modified", "content-length", "content-type", "vary"}  # headers that nginx makes by itself
PLAIN = re.compile(r"(/[a-z0-9-]+)*/")
DAY = 24 * 3600


def slot(now):
    return int(now) // SLOT


def beside(file):
    """Return the folder for the bodies of the page kept in `file`."""
    return Path(f"{file}.shown")


def forget(file):
    shutil.rmtree(beside(file), ignore_errors=True)


def write(file, answer):
    """Write a kept page's bodies, in the place of those before.

    Not those of a page that is over before the next slot ends: a link of this slot or the next may lead here already,
    made for a page that was good for longer.
    """
    forget(file)
    if answer.until < (slot(time.time()) + 2) * SLOT + CLIENTS or not sent_by_nginx(answer):
        return
    draft = Path(f"{file}.{token_hex(4)}")
    draft.mkdir(mode=0o755)
    moment = told_moment(answer)
    for encoding, body in answer.bodies.items():
        (draft / NAMES[encoding]).write_bytes(body)
        (draft / NAMES[encoding]).chmod(0o644)
        os.utime(draft / NAMES[encoding], (moment, moment))
    try:
        beside(file).mkdir(mode=0o755, exist_ok=True)
        draft.rename(beside(file) / key(answer.headers))
    except OSError:  # somebody else was first
        shutil.rmtree(draft)


def told_moment(answer):
    """Return the time (seconds since 1970) of a page's files: the moment at which it was made, less up to a day.

    nginx makes Last-Modified of it, and ETag of it and the length. How much less follows from the content: of two pages
    made in one second each has its own. It is never a moment that the site names for this page or a later one, since the
    site, unlike nginx, says "unchanged" to whoever names that or a later one.
    """
    return answer.modified - 1 - int.from_bytes(blake2b(answer.bodies[""], digest_size=8).digest()) % DAY


def sent_by_nginx(answer):
    return {name.lower(): value for name, value in answer.headers}.get("content-type") == "text/html; charset=utf-8"


def constant(headers):
    """Return the headers that nginx is to add to a page, as pairs in order; a policy's parts have no order of their own."""
    parts = {
        name.lower(): (name, "; ".join(sorted(value.split("; ")))) for name, value in headers if name.lower() not in OWN
    }
    return [parts[name] for name in sorted(parts)]


def key(headers):
    return blake2b(repr(constant(headers)).encode(), digest_size=8).hexdigest()


class Front:
    """Enters pages under the address at which nginx looks for them; `folder` is the page store's."""

    def __init__(self, folder):
        self.folder, self.entered, self.slot = Path(folder) / "front", set(), 0

    def show(self, path, file_of, answer):
        """Enter an answer of the store, kept in `file_of(path)`, for the rest of this slot; or not, if the disk refuses."""
        now = slot(time.time())
        if now != self.slot:
            self.slot, self.entered = now, set()
        if path in self.entered:
            return
        self.entered.add(path)
        if answer.until < (now + 1) * SLOT + CLIENTS or not PLAIN.fullmatch(path) or not sent_by_nginx(answer):
            return
        try:
            place = self.folder / str(now)
            if not place.exists():
                self._begin(place)
            link = place / key(answer.headers) / path.strip("/") / "="
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(os.path.relpath(beside(file_of(path)) / key(answer.headers), link.parent))
        except OSError:
            pass

    def _begin(self, place):
        """Make the folder of a slot, and remove those whose time is over."""
        place.mkdir(parents=True, exist_ok=True)
        for old in self.folder.iterdir():
            if old.name < place.name:
                shutil.rmtree(old, ignore_errors=True)
