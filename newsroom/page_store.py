"""Answers kept ready to send, valid at once in every process of one machine: a file each, and a copy in memory.

The file is the truth. A copy is good while its file is the same one, which costs one `stat`; and while nothing at all
was kept or purged since, which costs none: every process sees the eight bytes of `clock`, which whoever does either
changes. So a purge only removes files. What a page was made from (its tags) stands in one index file a tag.

A page that was drawn before a change was committed must not be kept after the purge. Whoever draws notes the end of
the journal first (`mark`); a purge writes its tags there; a page is kept only if none of its tags has been written
since. Keeping and purging lock each other out, so a page is either found by a purge or refused because of it.

A process that draws purged pages anew before anybody asks (newsroom/ahead.py) may show its copies of them for a moment
longer; when that ends, newsroom/purged_pages.py knows.

Whatever the disk refuses, pages are drawn as if there were no store.
"""

import fcntl
import logging
import mmap
import os
import shutil
import time
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from secrets import token_bytes, token_hex

from django.utils.translation import gettext as _

from newsroom import page_files
from newsroom.answers import Answer
from newsroom.bell import Bell
from newsroom.copies import Copies
from newsroom.disk import append, locked, opened, turn
from newsroom.page_journal import NAME, SITE, Journal
from newsroom.purged_pages import PurgedPages

logger = logging.getLogger(__name__)

CLOCK = 8  # bytes
MOST = 4 * 1024**3  # bytes on the disk
OWED = 60  # seconds after which a change that was to purge something has either done so or never will
LOOK = 1  # seconds after which files are looked at, whatever the clock says, should somebody die who was to change it
PATIENCE = 5  # seconds that a request waits for another one that draws the same page
FEW = 200  # pages of one tag: more of them are not drawn anew within that moment
LOCKS = 256


def digest(text):
    return blake2b(text.encode("utf-8", "surrogateescape"), digest_size=NAME // 2).hexdigest()


class PageStore:
    """Answers by path, below `folder`. What another `release` of the code has made is not found.

    `files`: the bodies are written as files of their own too (newsroom/page_files.py).
    """

    def __init__(self, folder, release, files=False):
        self.folder, self.release, self.files = Path(folder), release, files
        self.pages, self.tags = (str(self.folder / name) for name in ("pages", "tags"))
        self.journal, self.bell = Journal(self.folder / "journal"), Bell(self.folder / "bells")
        self.purged = PurgedPages(self.folder / "purged")
        self.memory = Copies()  # path: (answer, clock, until when nobody looks, file, signature)
        self.looked, self.writable, self.clock, self.clock_file = 0, True, b"", None

    def _page(self, name):
        return f"{self.pages}/{name[:2]}/{name}"

    def _index(self, tag):
        return f"{self.tags}/{digest(tag)}"

    def file(self, path):
        return Path(self._page(digest(path)))

    # Reading

    def find(self, path, stale=False, late=False):
        """Return the answer kept for a path, or None. `stale`: also one whose time is over.

        `late`: also what was purged less than GRACE ago, as an answer that nobody may keep. What was to come comes on time.
        """
        now, known = time.time(), self.memory.get(path)
        if known and now < known[2] and known[1] == self.clock[:]:
            return known[0]
        try:
            if now - self.looked > LOOK:
                self._look(now)
            if not self.writable:  # nothing could be purged
                return None
            answer = self._look_at_file(path, known, now)
        except FileNotFoundError:
            answer = self._just_purged(path, known, now)
            return answer if late else None
        except (OSError, ValueError, KeyError, TypeError):
            self.memory.pop(path, None)
            return None
        return answer if answer and (stale or now < answer.until) else None

    def _just_purged(self, path, known, now):
        """Return the copy of a page that is purged since less than GRACE; forget any other."""
        if known and now < known[0].until and self.purged.lately(known[3], known[4][1], now):
            return known[0].ended()
        self.memory.pop(path, None)
        return None

    def _look(self, now):
        """See whether the disk takes anything, and open the clock; where there is none, no copy goes without a look."""
        self.looked, self.writable = now, not os.statvfs(self.folder).f_flag & os.ST_RDONLY
        with suppress(OSError, ValueError), opened(self.folder / "clock", os.O_RDONLY) as clock:
            if (file := os.fstat(clock).st_ino) != self.clock_file:  # the first, or somebody has removed the folder
                self.clock, self.clock_file = b"", None
                self.clock, self.clock_file = mmap.mmap(clock, CLOCK, access=mmap.ACCESS_READ), file

    def _look_at_file(self, path, known, now):
        clock = self.clock[:]  # as it is before the file is looked at
        if known and _signature(os.stat(known[3])) == known[4]:
            answer, file, signature = known[0], *known[3:]
        elif loaded := self._load(path):
            answer, file, signature = loaded
        else:
            return None
        self.memory[path] = answer, clock, min(now + LOOK, answer.until) if clock else 0, file, signature
        return answer

    def _load(self, path):
        file = self._page(digest(path))
        with open(file, "rb") as opened:
            signature = _signature(os.fstat(opened.fileno()))
            answer = Answer.load(opened.read())
        if answer.facts["release"] != self.release or answer.facts["path"] != path:
            return None
        self.memory.make_room(answer)
        return answer, file, signature

    # Writing

    def mark(self):
        """Return where the journal ends: to be asked before anything that a page shows is read. None: do not keep it."""
        try:
            return self.journal.mark()
        except OSError as error:
            return _refused("mark", error)

    def keep(self, path, answer, mark):
        """Keep an answer drawn since `mark`; return False if something that it was made from has changed meanwhile."""
        answer.facts |= {"release": self.release, "path": path}
        name = digest(path)
        try:
            with locked(self.folder / "keeping", fcntl.LOCK_SH):
                if mark is None:
                    return None
                if self.journal.since(mark) & {SITE, *answer.tags}:
                    return False
                for tag in {*answer.tags} - {SITE}:  # whose purge asks no index
                    # A line begun by a full disk ends where the next one begins.
                    append(self._index(tag), b"\n%s\n" % name.encode())
                self._write(self._page(name), answer)
        except OSError as error:
            return _refused("keep", error)
        return True

    def _write(self, file, answer):
        draft = f"{file}.{token_hex(4)}"
        try:
            append(draft, answer.dump())
            now = time.time_ns()  # finer than what the file system notes by itself
            os.utime(draft, ns=(now, now))
            os.replace(draft, file)
            self._tick()
            if self.files:
                page_files.write(file, answer)
        except OSError:
            _remove(draft)
            raise

    def owe(self, tags):
        """Note what a change will purge once it is committed, should its process be killed right then; return the note."""
        note = self.folder / "owed" / token_hex(8)
        try:
            append(note, " ".join(tags).encode())
        except OSError as error:
            return _refused("owe", error)
        return note

    def purge(self, tags, at_once=False, note=None):
        """Remove every page that was made from one of `tags`, in all processes, at once.

        `at_once`: nobody is shown one for a moment longer, nor one that was purged just before. `note`: what is owed no more.
        """
        tags = set(tags)
        rubbish = self.folder / f"old-{token_hex(4)}"
        try:
            with locked(self.folder / "keeping", fcntl.LOCK_EX):
                self.journal.note(tags)
                try:
                    if at_once or SITE in tags:
                        self.purged.forget()
                    if SITE in tags:
                        self._put_away(rubbish)
                    for tag in tags - {SITE}:
                        self._remove_tagged(self._index(tag), at_once)
                finally:
                    self._tick()
        except OSError as error:
            logger.error("pages that have changed may still be shown: %s", error)
            self.memory.clear()
            note = None
        self.bell.ring()
        shutil.rmtree(rubbish, ignore_errors=True)
        if note:
            with suppress(OSError):
                note.unlink(missing_ok=True)

    def clear(self):
        """Forget every page."""
        self.purge([SITE])

    def sweep(self):
        """Purge what is owed for long. Begin anew when what was kept, and is not asked for, takes too much of the disk."""
        for note in (self.folder / "owed").glob("*"):
            with suppress(FileNotFoundError):
                if note.stat().st_mtime < time.time() - OWED:
                    self.purge(note.read_text().split(), note=note)
        self.purged.sweep()
        with suppress(OSError), locked(self.folder / "keeping", fcntl.LOCK_EX):
            for left in self.folder.glob("old-*"):  # by a process that was killed before it had removed it
                shutil.rmtree(left, ignore_errors=True)
        sizes = (os.path.getsize(path) for path in self.folder.rglob("*") if path.is_file())
        try:
            full = sum(sizes) > MOST
        except FileNotFoundError:  # purged while we looked
            return
        if full:
            self.clear()

    def _tick(self):
        """Have every process look at the files of its copies: once they are what they shall be."""
        with opened(self.folder / "clock", os.O_WRONLY) as clock:
            os.pwrite(clock, token_bytes(CLOCK), 0)

    def _remove_tagged(self, index, at_once):
        try:
            lines = Path(index).read_bytes().split()
        except FileNotFoundError:
            return
        names = {line.decode() for line in lines if len(line) == NAME}
        for file in map(self._page, names):
            if at_once or len(names) > FEW or not self.purged.take(file):
                _remove(file)
            page_files.forget(file)
        os.unlink(index)

    def _put_away(self, rubbish):
        for place in (self.pages, self.tags):
            try:
                rubbish.mkdir(parents=True, exist_ok=True)
                os.replace(place, rubbish / os.path.basename(place))
            except FileNotFoundError:
                pass
            except OSError:  # a full disk
                shutil.rmtree(place)

    def trouble(self):
        """Return what is wrong with the store, a sentence; None when all is well."""
        probe = self.folder / f"probe-{token_hex(4)}"
        try:
            append(probe, b"-" * 4096)
        except OSError as error:
            return _("The disk takes no pages: each is drawn anew for every reader (%s).") % error.strerror
        finally:
            with suppress(OSError):
                probe.unlink(missing_ok=True)
        return None

    def flight(self, path):
        """Let one request at a time draw a path, in all processes; the others wait for it, but not for ever."""
        return turn(self.folder / "locks" / str(int(digest(path)[:8], 16) % LOCKS), PATIENCE)


def _signature(stat):
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


def _remove(file):
    with suppress(FileNotFoundError):
        os.unlink(file)


def _refused(doing, error):
    logger.warning("the page store does nothing (%s): %s", doing, error)
