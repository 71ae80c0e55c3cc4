"""Who may enter Django, and when: neither a form that never ends nor a database that is busy keeps a kept page waiting.

Django runs in a few threads of its own, each with its connection to the database; whoever wants in waits for one of them.
A form is read whole before that, and takes nobody's turn meanwhile; one network may send only so many at once. The web
server has a thread for each who may be reading or waiting, and some that are left for kept pages.
"""

import tempfile
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.conf import settings

from newsroom.limits import address_in, network_key

OF_ONE = 12  # forms from one network at once: more than anybody's browser sends
SOON = 1  # second within which a place among those who wait becomes free, or there is none
PATIENCE = 5  # seconds that a reader waits for a turn
LONG_PATIENCE = 30  # seconds that somebody waits who has sent something
LARGEST = 64 * 1024 * 1024  # bytes of a form: a little more than nginx lets through


class Refused(Exception):  # noqa: N818
    """Says with what `status` a request is to be answered."""

    def __init__(self, status):
        self.status = status


class Turns:
    """The WSGI application `application`, run in `threads` threads of its own. Raises Refused."""

    def __init__(self, application, threads):
        self.application = application
        self.threads = ThreadPoolExecutor(threads, "django")
        self.places = threading.Semaphore(threads + settings.WEB_WAITING)
        self.forms, self.counting = Counter(), threading.Lock()

    def __call__(self, environ, start_response):
        if not has_form(environ):
            return self.wait(environ, start_response, PATIENCE)
        with tempfile.SpooledTemporaryFile(settings.FILE_UPLOAD_MAX_MEMORY_SIZE) as form:
            with self.sender(network_key(address_in(environ))):
                read_form(environ, form)
            return self.wait(environ | {"wsgi.input": form}, start_response, LONG_PATIENCE)

    def wait(self, environ, start_response, patience):
        """Answer a request that is all here, when it is its turn."""
        if not self.places.acquire(timeout=SOON):
            raise Refused(503)
        try:
            turn = self.threads.submit(self.enter, environ, start_response)
            try:
                return turn.result(patience)
            except TimeoutError:
                if turn.cancel():
                    raise Refused(503) from None
                return turn.result()
        finally:
            self.places.release()

    @contextmanager
    def sender(self, network):
        """Count a form of a network while it is read."""
        with self.counting:
            if self.forms.total() >= settings.WEB_FORMS or self.forms[network] >= OF_ONE:
                raise Refused(503)
            self.forms[network] += 1
        try:
            yield
        finally:
            with self.counting:
                self.forms[network] -= 1
                self.forms += Counter()  # forget those who have none left

    def enter(self, environ, start_response):
        response = self.application(environ, start_response)
        if getattr(response, "streaming", True):
            return response
        try:
            return [b"".join(response)]
        finally:
            response.close()  # here, where its connection to the database is


def has_form(environ):
    return bool(environ.get("CONTENT_LENGTH", "").strip("0") or "HTTP_TRANSFER_ENCODING" in environ)


def read_form(environ, form):
    """Write into the file `form` what is sent. Raises Refused: half of it is none, nor is there an end to it."""
    size = 0
    try:
        while data := environ["wsgi.input"].read(65536):
            size += len(data)
            if size > LARGEST:
                raise Refused(413)
            form.write(data)
    except OSError:  # a full disk
        raise Refused(503) from None
    if size < int(environ.get("CONTENT_LENGTH") or 0):
        raise Refused(400)
    form.seek(0)
