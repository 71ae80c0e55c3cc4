"""Pages drawn ahead of their readers: what is asked for all the time is drawn anew as soon as a change makes it stale.

Meanwhile, for less than a tenth of a second, readers are shown the page as it was (newsroom/purged_pages.py). So while
somebody publishes nobody waits for the front page. One thread of each web server process does it, with the application
itself; it is woken by whoever purges, and knows what is asked for since the server tells it.
"""

import logging
import threading
import time
from io import BytesIO
from urllib.parse import urlsplit

from django.conf import settings

logger = logging.getLogger(__name__)

SPELL = 5  # seconds: what was asked for in the last or the one before is wanted now
OFTEN = 3  # times in that while, below which a page is left to its next reader
MOST = 32  # pages drawn ahead at most after one change
BREATH = 0.005  # seconds between two looks, at least


class Drawer:
    """Draws the wanted pages of a `store` by asking `application` for them, from the first `note` on."""

    def __init__(self, application, store):
        self.application, self.store = application, store
        self.asked, self.before, self.turned = {}, {}, time.monotonic()
        self.running, self.started = False, threading.Lock()

    def note(self, path):
        """Say that somebody asked for a page that is kept."""
        self.asked[path] = self.asked.get(path, 0) + 1
        if self.started.acquire(blocking=False):  # the first of them, and no second one at the same moment
            self.start()

    def start(self):
        self.running = True
        threading.Thread(target=self.run, name="drawing ahead", daemon=True).start()

    def wants(self, path):
        """Tell whether a page, should it be stale, is being drawn or soon will be."""
        return self.running and self.times(path) >= OFTEN

    def times(self, path):
        return self.asked.get(path, 0) + self.before.get(path, 0)

    def wanted(self):
        """Return the paths that are wanted, most asked for first."""
        paths = [path for path in {**self.before, **self.asked} if self.times(path) >= OFTEN]
        return sorted(paths, key=self.times, reverse=True)[:MOST]

    def run(self):
        """Draw what is stale whenever the bell rings or a page's time is over, for half of the time at most."""
        while True:
            try:
                self.store.bell.wait(self.pause())
                self.running = True
            except OSError as error:
                if self.running:
                    logger.warning("no pages are drawn ahead: %s", error)
                self.running = False
                time.sleep(SPELL)
            began = time.monotonic()
            self.draw_stale()
            self.turn()
            time.sleep(max(BREATH, time.monotonic() - began))

    def turn(self):
        """Begin a new spell once this one is over."""
        if time.monotonic() - self.turned > SPELL:
            self.before, self.asked, self.turned = self.asked, {}, time.monotonic()

    def pause(self):
        """Return the seconds until the spell is over, or the time of a wanted page."""
        ends = [answer.until - time.time() for path in self.wanted() if (answer := self.store.find(path, stale=True))]
        return max(0, min([SPELL, *ends]))

    def draw_stale(self):
        for path in self.wanted():
            # Twice: what has changed again while it was drawn is not kept.
            if not (self.store.find(path) or self.draw(path) or self.draw(path)):
                self.forget(path)

    def draw(self, path):
        """Draw a page as for a reader whom nobody knows; return whether it is kept now."""
        try:
            answer = self.application(environ_of(path), lambda _status, _headers: None)
            if hasattr(answer, "close"):
                answer.close()
        except Exception:
            logger.exception("not drawn ahead: %s", path)
        return bool(self.store.find(path))

    def forget(self, path):
        """Leave to its readers a page that does not come out: they ask for it again, or do not."""
        self.asked.pop(path, None)
        self.before.pop(path, None)


def environ_of(path):
    """Return the WSGI environ of a reader's request for a path, without any cookie."""
    site = urlsplit(settings.SITE_URL)
    environ = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": site.hostname,
        "SERVER_PORT": str(site.port or {"https": 443}.get(site.scheme, 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": site.netloc,
        "wsgi.url_scheme": site.scheme,
        "wsgi.input": BytesIO(),
        "wsgi.errors": BytesIO(),
    }
    if settings.SECURE_PROXY_SSL_HEADER and site.scheme == "https":
        name, value = settings.SECURE_PROXY_SSL_HEADER
        environ[name] = value
    return environ
