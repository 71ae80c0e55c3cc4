"""The page store of a site on several machines: the same pages as in newsroom/page_store.py, kept in Redis.

Nothing there names the pages that a tag is on. A page notes where the journal ended when its drawing began, and the
journal notes for each tag when it was last purged: a page is good while none of its tags was purged since. So Redis may
forget any page, or everything, and nothing wrong is ever shown. A journal holds for one life of one Redis: after a
restart, which may bring back an older state, everything counts as changed.

A process keeps copies, and asks the journal at most every `LOOK` seconds which of them to drop. While Redis does not
answer, pages are drawn as if there were no store; what was to be purged meanwhile is purged when it is back.

Nothing is drawn ahead here (newsroom/ahead.py): sites of several machines have a CDN or nginx in front.
"""

import logging
import threading
import time
from contextlib import contextmanager, suppress
from secrets import token_hex
from urllib.parse import urldefrag

import redis
from django.utils.translation import gettext as _
from redis.backoff import NoBackoff
from redis.retry import Retry

from newsroom.answers import Answer
from newsroom.copies import Copies
from newsroom.page_store import OWED, PATIENCE, SITE, digest
from newsroom.redis_scripts import BEGIN, FIND, KEEP, PURGE, RELEASE

logger = logging.getLogger(__name__)

LOOK = 0.02  # seconds; what another process has purged is shown that long at most
PAUSE = 1  # seconds without asking, once Redis has not answered
LEASE = 2  # seconds after which a page is drawn by another one, if whoever drew it was killed
LATE = 2 * 3600  # seconds for which a page whose time is over may still stand in for a failing database


class RedisPageStore:
    """Answers by path, in the Redis at `url`, under the name after its #.

    What another `release` of the code has made is not found.
    """

    def __init__(self, url, release):
        self.url, (place, name) = url, urldefrag(url)
        # Soon given up; asked once more where the line was only closed meanwhile.
        retry = Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,))
        self.redis = redis.Redis.from_url(place, socket_timeout=0.5, socket_connect_timeout=0.5, retry=retry)
        self.name, self.release = f"{{{name or 'newsroom'}}}", release
        self.journal = f"{self.name}:journal"
        self.begin, self.found, self.kept, self.purged, self.released = (
            self.redis.register_script(script) for script in (BEGIN, FIND, KEEP, PURGE, RELEASE)
        )
        self.memory = Copies()
        self.begun, self.end = None, 0  # the journal as it was when we looked
        self.looked = self.away_until = 0
        self.told = False
        self.looking, self.owed = threading.RLock(), set()

    def _page(self, path):
        return f"{self.name}:page:{self.release}:{digest(path)}"

    # Reading

    def find(self, path, stale=False):
        """Return the answer kept for a path, or None. `stale`: also one whose time is over."""
        now = time.time()
        try:
            known = self._look()
            answer = self.memory.get(path) if known or stale else None
            if known and (not answer or answer.until <= now):
                answer = self._load(path) or answer
        except redis.RedisError as error:
            return self._went_away(error)
        except (ValueError, KeyError, TypeError):
            return None
        return answer if answer and (stale or now < answer.until) else None

    def _load(self, path):
        if not (found := self.found([self.journal, self._page(path)])):
            return None
        data, begun, end = found
        answer = Answer.load(data)
        with self.looking:
            if begun == self.begun and int(end) >= self.end:  # or a purge seen meanwhile could not drop it any more
                self.memory.make_room(answer)
                self.memory[path] = answer
        return answer

    def _look(self, at_once=False):
        """Drop the copies of what has changed; return whether the others are known to be good."""
        if self.owed or self._is_away():
            return False
        if at_once or time.monotonic() - self.looked > LOOK:
            with self.looking:
                if not self._is_away() and (at_once or time.monotonic() - self.looked > LOOK):
                    self._follow(*self._journal())
                    self.looked, self.told = time.monotonic(), False
        return not self._is_away()

    def _journal(self):
        begun, end = self.begin([self.journal], [token_hex(8)])
        return begun, int(end)

    def _follow(self, begun, end):
        if begun != self.begun:
            self.memory.clear()
        elif end > self.end:
            changed = {tag.decode() for tag in self.redis.zrangebyscore(self.journal, self.end + 1, "+inf")}
            for path, answer in list(self.memory.items()):
                if not changed.isdisjoint(answer.tags):
                    self.memory.pop(path, None)
        self.begun, self.end = begun, end

    # Writing

    def mark(self):
        """Return where the journal ends: to be asked before anything that a page shows is read. None: do not keep it."""
        if self._is_away():
            return None
        try:
            return self._journal()
        except redis.RedisError as error:
            return self._went_away(error)

    def keep(self, path, answer, mark):
        """Keep an answer drawn since `mark`; return False if something that it was made from has changed meanwhile."""
        if mark is None or self.owed or self._is_away():
            return None
        answer.facts |= {"release": self.release, "path": path}
        try:
            life = max(1, int(answer.until - time.time())) + LATE
            kept = self.kept([self.journal, self._page(path)], [*mark, "\n".join(answer.tags), answer.dump(), life])
        except redis.RedisError as error:
            kept = self._went_away(error)
        self.memory.pop(path, None)
        return None if kept is None else bool(kept)

    def owe(self, tags):
        """Note what a change will purge once it is committed, should its process be killed right then; return the note."""
        note = token_hex(8)
        try:
            if not self._is_away():
                self.redis.hset(f"{self.name}:owed", note, f"{time.time()} {' '.join(tags)}")
                return note
        except redis.RedisError as error:
            self._went_away(error)
        return None

    def purge(self, tags, at_once=True, note=None):
        """Make every page that was made from one of `tags` count for nothing, everywhere, and always at once.

        `note`: what is owed no more.
        """
        tags = set(tags)
        try:
            if not self.owed:
                self._purge(tags)
                self._look(at_once=True)
                if note:
                    self.redis.hdel(f"{self.name}:owed", note)
                return
        except redis.RedisError as error:
            self._went_away(error)
        with self.looking:
            if not self.owed:
                threading.Thread(target=self._pay, daemon=True).start()
            self.owed |= tags

    def _purge(self, tags):
        if SITE not in tags:
            with suppress(redis.ResponseError):  # no memory left to note them in
                self.purged([self.journal], sorted(tags))
                return
        self.redis.delete(self.journal)

    def _pay(self):
        """Purge what could not be, as soon as that can be done."""
        while True:
            time.sleep(0.1)
            tags = set(self.owed)
            try:
                self._purge(tags)
            except redis.RedisError:
                continue
            with self.looking:
                self.owed -= tags
                if not self.owed:
                    return

    def clear(self):
        """Forget every page."""
        self.purge([SITE])

    def sweep(self):
        """Purge what is owed for long. What nobody has asked for Redis forgets by itself."""
        with suppress(redis.RedisError):
            for note, owed in self.redis.hgetall(f"{self.name}:owed").items():
                since, *tags = owed.decode().split()
                if float(since) < time.time() - OWED:
                    self.purge(tags, note=note)

    # Others who want the same page

    @contextmanager
    def flight(self, path):
        """Let one request at a time draw a path, in all processes; the others wait for it, but not for ever."""
        key, sign = f"{self.name}:flight:{digest(path)}", token_hex(8)
        end, mine = time.monotonic() + PATIENCE, False
        try:
            while not mine and time.monotonic() < end and not self._is_away():
                mine = self.redis.set(key, sign, nx=True, px=LEASE * 1000) or time.sleep(0.005)
        except redis.RedisError as error:
            self._went_away(error)
        try:
            yield
        finally:
            if mine:
                with suppress(redis.RedisError):
                    self.released([key], [sign])

    # When it does not answer

    def _is_away(self):
        return time.monotonic() < self.away_until

    def _went_away(self, error):
        if not self.told:
            logger.warning("Redis does not answer, pages are drawn for every reader: %s", error)
        self.told = True
        self.away_until = time.monotonic() + PAUSE

    def trouble(self):
        """Return what is wrong with the store, a sentence; None when all is well."""
        try:
            self._journal()
        except redis.RedisError:
            return _("Redis does not answer: pages are drawn anew for every reader, and limits are not counted.")
        return None
