"""A public page as it travels: its bytes in three encodings, and what one request is sent of it."""

import gzip
import json
from copy import copy
from functools import lru_cache
from hashlib import blake2b
from urllib.parse import parse_qsl

import brotli
from django.utils.http import http_date, parse_http_date_safe

CLIENTS = 120  # seconds for which readers' programs may show a page, the second half of them while they ask anew
WORTH = 500  # bytes; below, compressing costs more than it saves
# Good enough to send often, fast enough to make for every change: 10 % larger than the best, 20 times as quick.
GOOD = {
    "br": lambda content: brotli.compress(content, mode=brotli.MODE_TEXT, quality=5),
    "gzip": lambda content: gzip.compress(content, compresslevel=6, mtime=0),
}
# What is sent once, a quarter larger than that, ten times as quick.
QUICK = {
    "br": lambda content: brotli.compress(content, mode=brotli.MODE_TEXT, quality=1),
    "gzip": lambda content: gzip.compress(content, compresslevel=1, mtime=0),
}
# Those that a 304 repeats (RFC 9110, 15.4.5).
REPEATED = {"cache-control", "etag", "last-modified", "vary", "content-location", "expires"}


class Answer:
    """One page, or a part of one: its headers, its body, and what is known about it (`facts`, plain JSON).

    `facts`: `until`, the moment (seconds since 1970) from which it must be made anew; `tags`, what it was made from;
    `query`, the names in a query string that make it another page; `release`, the code that made it.
    """

    def __init__(self, headers, bodies, **facts):
        self.facts, self.bodies = facts, bodies
        self.until, self.query, self.tags = facts.get("until", 0), facts.get("query", ()), facts.get("tags", ())
        self.headers = headers
        found = {name.lower(): value for name, value in headers}
        self.etag, self.modified = found.get("etag", ""), parse_http_date_safe(found.get("last-modified", ""))
        self.unchanged = [(name, value) for name, value in headers if name.lower() in REPEATED]
        self.sent = {}

    @classmethod
    def of(cls, headers, content, made=None, **facts):
        """Return the answer that a page of these headers (pairs) and bytes is; `made` is the moment, for one that is kept."""
        headers = {name.lower(): (name, value) for name, value in headers if name.lower() != "content-length"}
        headers["etag"] = "ETag", f'W/"{blake2b(content, digest_size=12).hexdigest()}"'
        if made:
            headers["last-modified"] = "Last-Modified", http_date(made)
        return cls(list(headers.values()), {"": content}, **facts)

    def compress(self):
        """Make every encoding now and well, for an answer that will be given often."""
        self.bodies |= {encoding: encoder(self.bodies[""]) for encoding, encoder in GOOD.items()}
        return self

    def ended(self):
        """Return the same answer as one whose time is over: nobody may keep it."""
        answer = copy(self)
        answer.until = 0
        return answer

    def dump(self):
        """Return it as bytes: a line that says what follows, then the bodies."""
        sizes = [(encoding, len(body)) for encoding, body in self.bodies.items()]
        head = json.dumps({"headers": self.headers, "sizes": sizes, **self.facts})
        return b"\n".join([head.encode(), b"".join(self.bodies.values())])

    @classmethod
    def load(cls, data):
        """Return what `dump` made bytes of. Raises ValueError for anything else."""
        head, found, rest = data.partition(b"\n")
        facts = json.loads(head)
        bodies, start = {}, 0
        if not found or not isinstance(facts, dict):
            raise ValueError("no answer")
        for encoding, size in facts.pop("sizes"):
            bodies[encoding] = rest[start : start + size]
            start += size
        if start != len(rest):
            raise ValueError("half an answer")
        return cls([tuple(pair) for pair in facts.pop("headers")], bodies, **facts)

    @property
    def size(self):
        return sum(map(len, self.bodies.values()))

    def _body(self, encoding):
        if encoding not in self.bodies:
            self.bodies[encoding] = QUICK[encoding](self.bodies[""])
        return self.bodies[encoding]

    def is_for(self, query_string):
        """Tell whether this is also the page at its path with a query: one with a name in `query` is another page."""
        return not (self.query and query_string and names_in(query_string) & set(self.query))

    def reply(self, environ):
        """Return (status, headers, body) for the request that the WSGI `environ` is."""
        if self._is_known(environ):
            return "304 Not Modified", self.unchanged, b""
        accepted = environ.get("HTTP_ACCEPT_ENCODING", "")
        encoding = best_encoding(accepted) if accepted and len(self.bodies[""]) >= WORTH else ""
        if encoding not in self.sent:
            body = self._body(encoding)
            length = ("Content-Length", str(len(body)))
            self.sent[encoding] = [*self.headers, *([("Content-Encoding", encoding)] if encoding else []), length], body
        headers, body = self.sent[encoding]
        return "200 OK", headers, b"" if environ["REQUEST_METHOD"] == "HEAD" else body

    def _is_known(self, environ):
        """Tell whether the reader has this very page (RFC 9110, 13.2.2); nonsense in a condition is no condition."""
        if known := environ.get("HTTP_IF_NONE_MATCH"):
            bare = self.etag.removeprefix("W/")
            return (
                known == self.etag
                or known.strip() == "*"
                or any(bare == tag.strip().removeprefix("W/") for tag in known.split(","))
            )
        since = environ.get("HTTP_IF_MODIFIED_SINCE")
        since = parse_http_date_safe(since) if since else None
        return None not in (since, self.modified) and since >= self.modified


def names_in(query_string):
    """Return the names that a query string gives a value, as a view finds them in `request.GET`."""
    try:
        return {name for name, _value in parse_qsl(query_string, keep_blank_values=True)}
    except ValueError:
        return set()


@lru_cache(maxsize=512)
def best_encoding(header):
    """Return "br", "gzip" or "" (plain): what an Accept-Encoding header likes best of what we have (RFC 9110, 12.5.3)."""
    weights = {}
    for part in header.lower().split(","):
        name, *parameters = [piece.strip() for piece in part.split(";")]
        weights[name] = _weight(parameters)
    others = weights.get("*", 0)
    liked = {"br": weights.get("br", others), "gzip": weights.get("gzip", weights.get("x-gzip", others))}
    plain = weights.get("identity", 0)
    best = max(liked, key=liked.get)
    return best if liked[best] > 0 and liked[best] >= plain else ""


def _weight(parameters):
    for parameter in parameters:
        name, _equals, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(max(float(value), 0), 1)
            except ValueError:
                return 0
    return 1
