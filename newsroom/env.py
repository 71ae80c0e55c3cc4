"""Read the environment and the .env file; refuse a wrong value with one sentence that says what it may be."""

import ipaddress
import os
import re
import secrets
from contextlib import suppress
from functools import wraps
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urldefrag, urlsplit
from zoneinfo import ZoneInfo

import environ

_loaded = set()


def load(path):
    """Add to the environment what the file at `path` says and the environment does not."""
    before = set(os.environ)
    if path.is_file():
        environ.Env.read_env(path)
    _loaded.update(set(os.environ) - before)


def without_file():
    """Return the environment without what the file said: for a process that starts others, which read it anew."""
    return {name: value for name, value in os.environ.items() if name not in _loaded}


def say_ready(name):
    """Add a byte to the file that the environment names, if it does: newsroom/supervisor.py waits for it."""
    if path := text(name):
        with suppress(OSError), open(path, "ab") as file:  # nobody waits any more for one that starts again
            file.write(b".")


def text(name, default=""):
    """Return the value, stripped; the default when it is unset or empty."""
    return os.environ.get(name, "").strip() or default


def refuse(name, value, allowed):
    """Stop the start."""
    raise SystemExit(f"{name} is {value!r}: it must be {allowed}.") from None


def one(allowed, private=False):
    """Make of `parse(value, …)` what reads a variable: `(name, default, …)`. What it raises stops the start.

    `allowed` says what a value may be, with the arguments after the default in its braces. Of a `private` value nothing
    before its @ is printed.
    """

    def make(parse):
        @wraps(parse)
        def read(name, default="", *arguments, **options):
            value = text(name, str(default))
            try:
                return parse(value, *arguments, **options)
            except (ValueError, KeyError, OSError):
                refuse(name, value.split("@")[-1] if private else value, allowed.format(*arguments))

        return read

    return make


def must(right):
    """Refuse the value that is being read unless this holds."""
    if not right:
        raise ValueError


@one("on or off")
def flag(value):
    """Return True for on, False for off."""
    return {"on": True, "off": False}[value]


@one("a whole number from {} to {}")
def number(value, low, high):
    """Return a whole number from `low` to `high`."""
    must(value.isascii() and value.isdigit() and low <= int(value) <= high)
    return int(value)


def _parts(value):
    return [part.strip() for part in value.split(",") if part.strip()]


@one("a comma-separated list")
def names(value):
    """Return the comma-separated names."""
    return _parts(value)


@one("a comma-separated list, without repetition, of some codes such as fr and en that Django has words for")
def languages(value, known):
    """Return the comma-separated codes, at least one, each of `known` and none twice."""
    found = _parts(value)
    must(found and not set(found) - set(known) and len(set(found)) == len(found))
    return found


# A name as DNS has it, or an address; with a dot in front, all names that end so.
HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]", re.IGNORECASE)


@one("a comma-separated list of names such as news.example or .news.example, without https://")
def hosts(value):
    """Return the comma-separated names under which the site may be asked for, without scheme, port and path."""
    must(all(host == "*" or HOST.fullmatch(host.removeprefix(".")) for host in _parts(value)))
    return _parts(value)


@one("an address of this machine: 127.0.0.1, 0.0.0.0 for all of them, ::1 or localhost")
def listening(value):
    """Return the address of this machine at which the server listens."""
    return value if value == "localhost" else str(ipaddress.ip_address(value))


MAILBOX = r"[^@\s<>,;\"]+@[^@\s<>,;\"]+"
SENDER = re.compile(rf'{MAILBOX}|(?:"[^"<>@]+" ?|[^"<>@,;]+)<{MAILBOX}>')


@one("an address such as news@news.example, or The News <news@news.example>")
def sender(value):
    """Return whom mail comes from."""
    must(SENDER.fullmatch(value) and value.isprintable())
    return value


@one("a comma-separated list of networks such as 10.0.0.0/8 or fc00::/7")
def networks(value):
    """Return the comma-separated networks as objects of `ipaddress`."""
    return [ipaddress.ip_network(part) for part in _parts(value)]


def _web(value):
    """Return the parts of an http or https address."""
    parts = urlsplit(value)
    must(parts.scheme in ("http", "https") and parts.hostname and parts.port != 0)
    return parts


@one("an address such as https://news.example, without a path")
def address(value):
    """Return an http or https origin without a path or a slash at its end."""
    parts = _web(value.rstrip("/"))
    must(not parts.path and not parts.query and not set(parts.netloc) & set(" @"))
    return value.rstrip("/")


@one("an address such as https://hub.example/, or empty")
def web_address(value):
    """Return an http or https address, with whatever path it has; empty when none is given."""
    must(not value or _web(value))
    must(value.isascii() and value.isprintable() and not set(value) & set(' <>"'))
    return value


@one("a folder that the site can write to")
def folder(value):
    """Return an existing, writable folder as an absolute path, made if it is not there."""
    path = Path(value).expanduser().absolute()
    path.mkdir(parents=True, exist_ok=True)
    must(os.access(path, os.W_OK | os.X_OK))
    return path


@one(
    "sqlite:///path/of/a/file, in a folder that the site can write to, or postgres://user:password@host:5432/name", True
)
def database(value):
    """Return Django's settings for a sqlite:/// or postgres:// address; how connections are pooled is no part of it."""
    must(urlsplit(value).scheme in ("sqlite", "postgres", "postgresql"))
    found = environ.Env.db_url_config(value)
    must(found["NAME"])
    if not value.startswith("sqlite"):
        needs("DATABASE_URL", "psycopg_pool")
    elif found["NAME"] != ":memory:":  # SQLite makes its file, and what it keeps beside it
        file = Path(found["NAME"]).absolute()
        must(not file.is_dir() and file.parent.is_dir() and os.access(file.parent, os.W_OK | os.X_OK))
    return found | {"OPTIONS": {key: said for key, said in found.get("OPTIONS", {}).items() if key != "pool"}}


@one("redis://:password@host:6379/0 (rediss:// encrypts)", private=True)
def redis_address(value):
    """Return the address of a Redis, redis://:password@host:6379/0#name (rediss:// encrypts); "" when none is given."""
    if value:
        parts = urlsplit(value)
        must(parts.scheme in ("redis", "rediss") and parts.hostname and parts.port != 0)
        must((parts.path.strip("/") or "0").isdecimal())
        needs("REDIS_URL", "redis")
    return value


def cache(redis):
    """Return Django's settings for the cache: in the Redis of that address, in the memory of each process without one."""
    if not redis:
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 50_000}}
    place, name = urldefrag(redis)
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": place,
        "KEY_PREFIX": name,
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
    }


def needs(name, library):
    """Stop the start where what a value asks for is not installed."""
    if not find_spec(library):
        raise SystemExit(f"{name} needs what is not installed: pip install -r requirements-scale.txt")


def _is_folder(parts):
    return parts.scheme == "file" and parts.path.startswith("/") and not parts.netloc


@one(
    "file:///path/of/a/folder or s3://key:secret@host/bucket?region=name (s3+http:// without encryption)", private=True
)
def storage(value, base_url=None, **bucket):
    """Return Django's settings for files kept in file:///folder or in a bucket; `bucket` are more options of the latter.

    s3://key:secret@host/bucket, or s3+http:// where nothing is encrypted; ?region=eu-west-3 where the provider asks.
    """
    parts = urlsplit(value)
    if _is_folder(parts):
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": parts.path, "base_url": base_url},
        }
    where = parts.path.strip("/")
    must(parts.scheme in ("s3", "s3+http") and parts.hostname and parts.username and parts.password and where)
    host = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
    from botocore.config import Config  # which is there only where a bucket is

    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "access_key": unquote(parts.username),
            "secret_key": unquote(parts.password),
            "endpoint_url": f"{'http' if parts.scheme == 's3+http' else 'https'}://{host}",
            "bucket_name": where,
            "region_name": dict(parse_qsl(parts.query)).get("region"),
            "querystring_auth": False,
            # Whoever asks for a picture holds a thread that others wait for: by itself it asks for minutes.
            "client_config": Config(connect_timeout=2, read_timeout=10, retries={"total_max_attempts": 2}),
        }
        | bucket,
    }


@one("file:///path/of/a/folder or smtp://user:password@host:587 (smtp+tls:// and smtp+ssl:// encrypt)", private=True)
def mail(value):
    """Return Django's EMAIL_* settings for file:///folder, smtp://, smtp+tls:// or smtp+ssl://."""
    parts = urlsplit(value)
    if _is_folder(parts):
        return {"EMAIL_BACKEND": "newsroom.postman.FolderBackend", "EMAIL_FILE_PATH": parts.path}
    must(parts.scheme in ("smtp", "smtp+tls", "smtp+ssl") and parts.hostname)
    return environ.Env.email_url_config(value)


@one("varnish+http://host:port, keys+https://… or tags+https://…, the address where the CDN takes purges", private=True)
def cdn(value, headers):
    """Return how a CDN is told to forget pages: its kind, address and headers; None when there is none."""
    if not value:
        return None
    kind, _plus, place = value.partition("+")
    must(kind in ("varnish", "keys", "tags") and _web(place))
    return {"kind": kind, "address": place, "headers": headers}


def header(name):
    """Return a header and its value, such as `Authorization: Bearer …`, as a dict; an empty one when none is given."""
    field, _colon, value = (part.strip() for part in text(name).partition(":"))
    if text(name) and not (re.fullmatch(r"[A-Za-z0-9-]+", field) and value.isprintable() and value):
        raise SystemExit(f"{name} is '…': it must be a header and its value, such as Authorization: Bearer ….")
    return {field: value} if field else {}


@one("the name of a time zone, such as Europe/Paris")
def time_zone(value):
    """Return the name of a time zone that this machine knows."""
    return ZoneInfo(value).key


def secret(path):
    """Return the secret kept in the file at `path`, made at first start and readable by the site alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        with open(os.open(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
        try:
            os.link(draft, path)  # the first process decides, and none reads half a secret
        except FileExistsError:
            pass
        draft.unlink()
    return path.read_text().strip()
