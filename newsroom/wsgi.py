"""The site as a WSGI application: pages that are kept leave before Django does anything, the rest is Django's."""

import os
import sys
from functools import lru_cache
from http import HTTPStatus

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http.request import split_domain_port, validate_host

from newsroom import env
from newsroom.ahead import Drawer
from newsroom.cache import page_store
from newsroom.errors import bare_page
from newsroom.middleware import edition_of
from newsroom.page_files import Front
from newsroom.sending import bounded, late_page
from newsroom.turns import Refused, Turns

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
TURN = 0.0005  # seconds for which one thread may keep Python to itself: a kept page does not wait for one that is drawn
RETRY = "10"  # seconds after which somebody who was refused may try again
DATABASE_PATIENCE = 5  # seconds that a reader waits for a database which does not answer


class PageServer:
    """Answer what the page store has and everybody may have; hand on everything else.

    `threads`: run `application` in so many threads of its own (newsroom/turns.py). `ahead`: draw pages that are much asked
    for before they are asked for again.
    """

    def __init__(self, application, threads=0, ahead=False):
        self.application, self.store = Turns(application, threads) if threads else application, page_store()
        self.drawer = Drawer(application, self.store) if ahead and hasattr(self.store, "bell") else None
        self.front = Front(self.store.folder) if settings.PAGE_FILES and self.store else None

    def __call__(self, environ, start_response):
        answer = self.find(environ) if self.store else None
        if answer is None:
            try:
                return self.application(environ, start_response)
            except Refused as refused:
                if late := late_page(environ):
                    return send(late, environ, start_response)
                return refuse(environ, start_response, refused.status)
        if self.front and answer.until:
            self.front.show(environ["PATH_INFO"], self.store.file, answer)
        return send(answer, environ, start_response)

    def find(self, environ):
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or "HTTP_AUTHORIZATION" in environ:
            return None
        if not environ["PATH_INFO"].startswith("/"):  # a part of a page (newsroom/parts.py)
            return None
        if not is_ours(environ.get("HTTP_HOST", "")) or (settings.SECURE_SSL_REDIRECT and not is_secure(environ)):
            return None
        answer = self.store.find(environ["PATH_INFO"]) or self.find_late(environ)
        if answer and self.drawer:
            self.drawer.note(environ["PATH_INFO"])
        return answer if answer and answer.is_for(environ.get("QUERY_STRING", "")) else None

    def find_late(self, environ):
        """Return a page as it was a moment ago, while it is drawn ahead; not for whoever has just changed it at the desk."""
        if self.drawer and "HTTP_COOKIE" not in environ and self.drawer.wants(environ["PATH_INFO"]):
            return self.store.find(environ["PATH_INFO"], late=True)
        return None


def send(answer, environ, start_response):
    status, headers, body = answer.reply(environ)
    start_response(status, list(bounded(answer, headers)))
    return [body]


def refuse(environ, start_response, status):
    """Answer with a page that asks nothing of anybody."""
    page = bare_page(edition_of(environ["PATH_INFO"]), status)
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store"), ("Retry-After", RETRY)]
    start_response(f"{status} {HTTPStatus(status).phrase}", headers)
    return [page]


@lru_cache(maxsize=256)
def is_ours(host):
    return validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)


def is_secure(environ):
    """Tell whether the reader came by HTTPS, as `request.is_secure` does."""
    if settings.SECURE_PROXY_SSL_HEADER:
        name, value = settings.SECURE_PROXY_SSL_HEADER
        if name in environ:
            return environ[name].split(",")[0].strip() == value
    return environ["wsgi.url_scheme"] == "https"


sys.setswitchinterval(TURN)
application = PageServer(get_wsgi_application(), settings.WEB_THREADS, ahead=True)
if settings.DATABASES["default"]["ENGINE"] == "newsroom.postgresql":
    from newsroom.postgresql import base

    base.patience = DATABASE_PATIENCE
env.say_ready("READY_FILE")
