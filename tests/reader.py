"""A reader of the site as a server sees one: WSGI, past the page store, down to Django where it must be."""

from dataclasses import dataclass, field
from io import BytesIO

from django.core.wsgi import get_wsgi_application

from newsroom.wsgi import PageServer


@dataclass
class Reply:
    """`kept` tells that the page store answered and Django did nothing."""

    status: int
    headers: dict
    body: bytes
    kept: bool
    lines: list = field(default_factory=list)


class Reader:
    def __init__(self, ahead=False):
        self.drawn = 0
        self.django = get_wsgi_application()
        self.server = PageServer(self._draw, ahead=ahead)

    def _draw(self, environ, start_response):
        self.drawn += 1
        return self.django(environ, start_response)

    def get(self, path, method="GET", **headers):
        """Ask for a path, with its query; header names in Python's spelling: `if_none_match=...`."""
        before, said = self.drawn, []
        address, _mark, query = path.partition("?")
        environ = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": address,
            "QUERY_STRING": query,
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "testserver",
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(),
            "wsgi.errors": BytesIO(),
        } | {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        result = self.server(environ, lambda status, headers, *_: said.append((status, headers)))
        body = b"".join(result)
        if hasattr(result, "close"):
            result.close()
        status, lines = said[0]
        return Reply(int(status[:3]), dict(lines), body, self.drawn == before, lines)
