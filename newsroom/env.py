"""Read the environment and the .env file; refuse a wrong value with one sentence that says what it may be."""

import ipaddress
import os
import re
import secrets
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urldefrag, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

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
        with suppress(FileNotFoundError), open(path, "ab") as file:  # nobody waits any more for one that starts again
            file.write(b".")


def refuse(name, value, allowed):
    """Stop the start."""
    raise SystemExit(f"{name} is {value!r}: it must be {allowed}.")


def text(name, default=""):
    """Return the value, stripped; the default when it is unset or empty."""
    return os.environ.get(name, "").strip() or default


def flag(name, default):
    """Return True for on, False for off."""
    value = text(name, "on" if default else "off")
    if value not in ("on", "off"):
        refuse(name, value, "on or off")
    return value == "on"


def number(name, default, low, high):
    """Return a whole number from `low` to `high`."""
    value = text(name, str(default))
    if not value.isascii() or not value.isdigit() or not low <= int(value) <= high:
        refuse(name, value, f"a whole number from {low} to {high}")
    return int(value)


def names(name, default, known):
    """Return the comma-separated names, each one of `known` when that is given, none twice."""
    value = text(name, default)
    found = [part.strip() for part in value.split(",") if part.strip()]
    if known and (not found or set(found) - set(known) or len(set(found)) < len(found)):
        refuse(name, value, f"a comma-separated list, without repetition, of some of: {', '.join(sorted(known))}")
    return found


# A name as DNS has it, or an address; with a dot in front, all names that end so.
HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]", re.IGNORECASE)


def hosts(name):
    """Return the comma-separated names under which the site may be asked for, without scheme, port and path."""
    found = names(name, "", None)
    if not all(host == "*" or HOST.fullmatch(host.removeprefix(".")) for host in found):
        refuse(
            name, text(name), "a comma-separated list of names such as news.example or .news.example, without https://"
        )
    return found


def listening(name, default):
    """Return the address of this machine at which the server listens: 127.0.0.1, 0.0.0.0, ::1, localhost."""
    value = text(name, default)
    try:
        if value != "localhost":
            ipaddress.ip_address(value)
    except ValueError:
        refuse(name, value, "an address of this machine: 127.0.0.1, 0.0.0.0 for all of them, ::1 or localhost")
    return value


MAILBOX = r"[^@\s<>,;\"]+@[^@\s<>,;\"]+"
SENDER = re.compile(rf'{MAILBOX}|(?:"[^"<>@]+" ?|[^"<>@,;]+)<{MAILBOX}>')


def sender(name, default):
    """Return whom mail comes from: news@news.example, or The News <news@news.example>."""
    value = text(name, default)
    if not SENDER.fullmatch(value) or not value.isprintable():
        refuse(name, value, "an address such as news@news.example, or The News <news@news.example>")
    return value


def networks(name, default):
    """Return the comma-separated networks, such as 10.0.0.0/8, as objects of `ipaddress`."""
    try:
        return [ipaddress.ip_network(part) for part in names(name, default, None)]
    except ValueError:
        refuse(name, text(name), "a comma-separated list of networks such as 10.0.0.0/8 or fc00::/7")


def address(name, default):
    """Return an http or https origin without a path or a slash at its end: https://news.example."""
    value = text(name, default).rstrip("/")
    try:
        parts = urlsplit(value)
        wrong = (
            parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query or parts.port == 0
        ) or set(parts.netloc) & set(" @")
    except ValueError:
        wrong = True
    if wrong:
        refuse(name, value, "an address such as https://news.example, without a path")
    return value


def web_address(name):
    """Return an http or https address, with whatever path it has; empty when none is given."""
    value = text(name)
    try:
        parts = urlsplit(value)
        wrong = value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0)
    except ValueError:
        wrong = True
    if wrong or not value.isascii() or not value.isprintable() or set(value) & set(' <>"'):
        refuse(name, value, "an address such as https://hub.example/, or empty")
    return value


def folder(name, default):
    """Return an existing, writable folder as an absolute path, made if it is not there."""
    path = Path(text(name, str(default))).expanduser().absolute()
    try:
        path.mkdir(parents=True, exist_ok=True)
        writable = os.access(path, os.W_OK | os.X_OK)
    except OSError:
        writable = False
    if not writable:
        refuse(name, str(path), "a folder that the site can write to")
    return path


def database(name, default):
    """Return Django's settings for a sqlite:/// or postgres:// address; how connections are pooled is no part of it."""
    value = text(name, default)
    try:
        known = urlsplit(value).scheme in ("sqlite", "postgres", "postgresql")
        found = environ.Env.db_url_config(value) if known else {}
    except (ValueError, KeyError):
        found = {}
    if not found.get("NAME"):
        refuse(name, value.split("@")[-1], "sqlite:///path/of/a/file or postgres://user:password@host:5432/name")
    if value.startswith("sqlite"):
        _refuse_without_folder(name, value, found["NAME"])
    else:
        needs(name, "psycopg_pool")
    return found | {"OPTIONS": {key: said for key, said in found.get("OPTIONS", {}).items() if key != "pool"}}


def _refuse_without_folder(name, value, file):
    """Stop the start where SQLite could not make its file, nor what it keeps beside it."""
    folder = Path(file).absolute().parent
    if file != ":memory:" and (Path(file).is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK)):
        refuse(name, value, "sqlite:///path/of/a/file in a folder that is there and that the site can write to")


def redis_address(name):
    """Return the address of a Redis, redis://:password@host:6379/0#name (rediss:// encrypts); "" when none is given."""
    value = text(name)
    try:
        parts = urlsplit(value)
        right = parts.scheme in ("redis", "rediss") and parts.hostname and parts.port != 0
    except ValueError:
        right = False
    if value and not (right and (parts.path.strip("/") or "0").isdecimal()):
        refuse(name, value.split("@")[-1], "redis://:password@host:6379/0 (rediss:// encrypts)")
    if value:
        needs(name, "redis")
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


def storage(name, default, base_url=None, **bucket):
    """Return Django's settings for files kept in file:///folder or in a bucket; `bucket` are more options of the latter.

    s3://key:secret@host/bucket, or s3+http:// where nothing is encrypted; ?region=eu-west-3 where the provider asks.
    """
    value = text(name, default)
    allowed = "file:///path/of/a/folder or s3://key:secret@host/bucket?region=name (s3+http:// without encryption)"
    try:
        parts = urlsplit(value)
        host = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
    except ValueError:
        refuse(name, value.split("@")[-1], allowed)
    if parts.scheme == "file" and parts.path.startswith("/") and not parts.netloc:
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": parts.path, "base_url": base_url},
        }
    where = parts.path.strip("/")
    if parts.scheme not in ("s3", "s3+http") or not (host and parts.username and parts.password and where):
        refuse(name, value.split("@")[-1], allowed)
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "access_key": unquote(parts.username),
            "secret_key": unquote(parts.password),
            "endpoint_url": f"{'http' if parts.scheme == 's3+http' else 'https'}://{host}",
            "bucket_name": where,
            "region_name": dict(parse_qsl(parts.query)).get("region"),
            "querystring_auth": False,
        }
        | bucket,
    }


def mail(name, default):
    """Return Django's EMAIL_* settings for file:///folder, smtp://, smtp+tls:// or smtp+ssl://."""
    value = text(name, default)
    allowed = "file:///path/of/a/folder or smtp://user:password@host:587 (smtp+tls:// and smtp+ssl:// encrypt)"
    try:
        parts = urlsplit(value)
    except ValueError:
        refuse(name, value.split("@")[-1], allowed)
    if parts.scheme == "file" and parts.path.startswith("/") and not parts.netloc:
        return {
            "EMAIL_BACKEND": "newsroom.postman.FolderBackend",
            "EMAIL_FILE_PATH": parts.path,
        }
    if parts.scheme not in ("smtp", "smtp+tls", "smtp+ssl") or not parts.hostname:
        refuse(name, value.split("@")[-1], allowed)
    try:
        return environ.Env.email_url_config(value)
    except (ValueError, KeyError):
        refuse(name, value.split("@")[-1], allowed)


def cdn(name, token):
    """Return how a CDN is told to forget pages: its kind, address and headers; None when there is none."""
    value = text(name)
    kind, _plus, address = value.partition("+")
    allowed = "varnish+http://host:port, keys+https://… or tags+https://…, the address where the CDN takes purges"
    if not value:
        return None
    try:
        right = urlsplit(address).scheme in ("http", "https") and urlsplit(address).hostname
    except ValueError:
        right = False
    if kind not in ("varnish", "keys", "tags") or not right:
        refuse(name, value.split("@")[-1], allowed)
    header, _colon, secret = token.partition(":")
    if token and not (re.fullmatch(r"[A-Za-z0-9-]+", header) and secret.strip().isprintable() and secret.strip()):
        refuse("CDN_TOKEN", "…", "a header and its value, such as Authorization: Bearer …")
    return {"kind": kind, "address": address, "headers": {header: secret.strip()} if token else {}}


def time_zone(name, default):
    """Return the name of a time zone that this machine knows."""
    value = text(name, default)
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        refuse(name, value, "the name of a time zone, such as Europe/Paris")
    return value


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
