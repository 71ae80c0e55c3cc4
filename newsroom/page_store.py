"""Answers kept ready to send, valid at once in every process of one machine: a file each, and a copy in memory.

The file is the truth. A copy is good while its file is the same one, which costs one `stat`; and while nothing at all
was kept or purged since, which costs none: every process sees the eight bytes of `clock`, which whoever does either
changes. So a purge only removes files. What a page was made from (its tags) stands in one index file a tag.

A page that was drawn before a change was committed must not be kept after the purge. Whoever draws notes the end of
the journal first (`mark`); a purge writes its tags there; a page is kept only if none of its tags has been written
since. Keeping and purging lock each other out, so a page is either found by a purge or refused because of it.

Whatever the disk refuses, pages are drawn as if there were no store.
"""

import fcntl
import logging
import mmap
import os
import shutil
import time
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from secrets import token_bytes, token_hex

from django.utils.translation import gettext as _

from newsroom import page_files
from newsroom.answers import Answer

logger = logging.getLogger(__name__)

CLOCK = 8  # bytes
SITE = "site"  # the tag of every page
MEMORY = 64 * 1024 * 1024  # bytes of bodies that one process keeps at most
MOST = 2 * 1024**3  # bytes on the disk
LOOK = 1  # seconds after which files are looked at, whatever the clock says, should somebody die who was to change it
PATIENCE = 5  # seconds that a request waits for another one that draws the same page
LOCKS = 256
NAME = 32  # signs of a page's file name


def digest(text):
    return blake2b(text.encode("utf-8", "surrogateescape"), digest_size=NAME // 2).hexdigest()


class PageStore:
    """Answers by path, below `folder`. What another `release` of the code has made is not found.

    `files`: the bodies are written as files of their own too (newsroom/page_files.py).
    """

    def __init__(self, folder, release, files=False):
        self.folder, self.release, self.files = Path(folder), release, files
        self.pages, self.tags, self.journal = (self.folder / name for name in ("pages", "tags", "journal"))
        self.memory, self.in_memory = {}, 0  # path: (answer, clock, until when nobody looks, file, signature)
        self.looked, self.writable, self.clock = 0, True, b""

    def _page(self, name):
        return self.pages / name[:2] / name

    def _index(self, tag):
        return self.tags / digest(tag)

    def file(self, path):
        return self._page(digest(path))

    # Reading

    def find(self, path, stale=False):
        """Return the answer kept for a path, or None. `stale`: also one whose time is over."""
        now, known = time.time(), self.memory.get(path)
        if known and now < known[2] and known[1] == self.clock[:]:
            return known[0]
        try:
            if now - self.looked > LOOK:
                self._look(now)
            if not self.writable:  # nothing could be purged
                return None
            answer = self._look_at_file(path, known, now)
        except (OSError, ValueError, KeyError, TypeError):
            self.memory.pop(path, None)
            return None
        return answer if answer and (stale or now < answer.until) else None

    def _look(self, now):
        """See whether the disk takes anything, and open the clock; where there is none, no copy goes without a look."""
        self.looked, self.writable = now, not os.statvfs(self.folder).f_flag & os.ST_RDONLY
        with suppress(OSError, ValueError):
            if not self.clock:
                with self._opened(self.folder / "clock", os.O_RDONLY) as clock:
                    self.clock = mmap.mmap(clock, CLOCK, access=mmap.ACCESS_READ)

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
        file = str(self._page(digest(path)))
        with open(file, "rb") as opened:
            signature = _signature(os.fstat(opened.fileno()))
            answer = Answer.load(opened.read())
        if answer.facts["release"] != self.release or answer.facts["path"] != path:
            return None
        self.in_memory += answer.size
        if self.in_memory > MEMORY:
            self.memory, self.in_memory = {}, answer.size
        return answer, file, signature

    # Writing

    def mark(self):
        """Return where the journal ends: to be asked before anything that a page shows is read. None: do not keep it."""
        try:
            with self._opened(self.journal, os.O_RDWR) as journal:
                if not os.fstat(journal).st_size:
                    self._begin_journal()
                    return self.mark()
                return os.pread(journal, NAME, 0), os.fstat(journal).st_size
        except OSError as error:
            return _refused("mark", error)

    def keep(self, path, answer, mark):
        """Keep an answer drawn since `mark`; return False if something that it was made from has changed meanwhile."""
        answer.facts |= {"release": self.release, "path": path}
        name = digest(path)
        file, draft = self._page(name), self._page(f"{name}.{token_hex(4)}")
        try:
            with self._locked("keeping", fcntl.LOCK_SH):
                if mark is None:
                    return None
                if self._changed_since(mark) & {SITE, *answer.tags}:
                    return False
                for tag in {*answer.tags} - {SITE}:  # whose purge asks no index
                    with self._opened(self._index(tag), os.O_WRONLY | os.O_APPEND) as index:
                        # A line begun by a full disk ends where the next one begins.
                        os.write(index, b"\n%s\n" % name.encode())
                try:
                    with self._opened(draft, os.O_WRONLY) as page:
                        _write(page, answer.dump())
                    now = time.time_ns()  # finer than what the file system notes by itself
                    os.utime(draft, ns=(now, now))
                    os.replace(draft, file)
                    self._tick()
                    if self.files:
                        page_files.write(file, answer)
                except OSError:
                    draft.unlink(missing_ok=True)
                    raise
        except OSError as error:
            return _refused("keep", error)
        return True

    def purge(self, tags):
        """Remove every page that was made from one of `tags`, in all processes, at once."""
        tags = set(tags)
        rubbish = self.folder / f"old-{token_hex(4)}"
        try:
            with self._locked("keeping", fcntl.LOCK_EX):
                self._note(tags)
                try:
                    if SITE in tags:
                        self._put_away(rubbish)
                    for tag in tags - {SITE}:
                        self._remove_tagged(self._index(tag))
                finally:
                    self._tick()
        except OSError as error:
            logger.error("pages that have changed may still be shown: %s", error)
            self.memory, self.in_memory = {}, 0
        shutil.rmtree(rubbish, ignore_errors=True)

    def clear(self):
        """Forget every page."""
        self.purge([SITE])

    def sweep(self):
        """Begin anew when all that was kept, and is not asked for any more, takes too much of the disk."""
        sizes = (os.path.getsize(path) for path in self.folder.rglob("*") if path.is_file())
        try:
            full = sum(sizes) > MOST
        except FileNotFoundError:  # purged while we looked
            return
        if full:
            self.clear()

    def _tick(self):
        """Have every process look at the files of its copies: once they are what they shall be."""
        with self._opened(self.folder / "clock", os.O_WRONLY) as clock:
            os.pwrite(clock, token_bytes(CLOCK), 0)

    def _remove_tagged(self, index):
        try:
            lines = index.read_bytes().split()
        except FileNotFoundError:
            return
        for name in {line.decode() for line in lines if len(line) == NAME}:
            self._page(name).unlink(missing_ok=True)
            page_files.forget(self._page(name))
        index.unlink()

    def _put_away(self, rubbish):
        for place in (self.pages, self.tags):
            try:
                rubbish.mkdir(parents=True, exist_ok=True)
                os.replace(place, rubbish / place.name)
            except FileNotFoundError:
                pass
            except OSError:  # a full disk
                shutil.rmtree(place)

    # The journal

    def _begin_journal(self):
        """Put a new journal in the place of the old: what was marked in another one counts as changed."""
        draft = self.folder / f"journal-{token_hex(4)}"
        draft.write_text(f"{token_hex(NAME // 2)}\n")
        os.replace(draft, self.journal)

    def _note(self, tags):
        try:
            if SITE in tags:
                self._begin_journal()
            else:
                with self._opened(self.journal, os.O_WRONLY | os.O_APPEND) as journal:
                    _write(journal, "".join(f"\n{tag}\n" for tag in sorted(tags)).encode())
        except OSError:
            # A full disk takes no line, but gives up a file: then everything counts as changed.
            self.journal.unlink(missing_ok=True)

    def _changed_since(self, mark):
        """Return the tags noted since the mark; the whole site when that cannot be told."""
        begun, end = mark
        try:
            with self.journal.open("rb") as journal:
                if journal.read(NAME) != begun:
                    return {SITE}
                journal.seek(end)
                return set(journal.read().decode().split("\n"))
        except FileNotFoundError:
            return {SITE}

    def trouble(self):
        """Return what is wrong with the store, a sentence; None when all is well."""
        probe = self.folder / f"probe-{token_hex(4)}"
        try:
            with self._opened(probe, os.O_WRONLY) as opened:
                _write(opened, b"-" * 4096)
        except OSError as error:
            return _("The disk takes no pages: each is drawn anew for every reader (%s).") % error.strerror
        finally:
            with suppress(OSError):
                probe.unlink(missing_ok=True)
        return None

    # Locks and files

    @contextmanager
    def flight(self, path):
        """Let one request at a time draw a path, in all processes; the others wait for it, but not for ever."""
        try:
            opened = self._open(self.folder / "locks" / str(int(digest(path)[:8], 16) % LOCKS), os.O_RDWR)
        except OSError:
            yield
            return
        try:
            end = time.monotonic() + PATIENCE
            while time.monotonic() < end:
                try:
                    fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    time.sleep(0.003)
            yield
        finally:
            os.close(opened)

    @contextmanager
    def _locked(self, name, how):
        with self._opened(self.folder / name, os.O_RDWR) as lock:
            fcntl.flock(lock, how)
            yield

    @contextmanager
    def _opened(self, path, flags):
        opened = self._open(path, flags)
        try:
            yield opened
        finally:
            os.close(opened)

    @staticmethod
    def _open(path, flags):
        try:
            return os.open(path, flags | os.O_CREAT, 0o600)
        except FileNotFoundError:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            return os.open(path, flags | os.O_CREAT, 0o600)


def _signature(stat):
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


def _write(opened, data):
    while data:
        data = data[os.write(opened, data) :]


def _refused(doing, error):
    logger.warning("the page store does nothing (%s): %s", doing, error)
