"""Keyed hashes: what lets us know a person again without keeping who it is."""

import hashlib
import hmac
import re
import secrets
from contextlib import suppress

from django.conf import settings
from django.utils.encoding import punycode


def keyed(purpose, *parts):
    """Return 64 hexadecimal signs that only the holder of COMMENTS_KEY can make from `parts`."""
    message = "\0".join((purpose, *map(str, parts)))
    return hmac.new(settings.COMMENTS_KEY.encode(), message.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def email_key(email):
    """Return the key of an address: the same however it is cased, and in whichever letters its domain is typed."""
    name, at, domain = email.strip().rpartition("@")
    return keyed("email", f"{name}{at}{in_plain_letters(domain)}".casefold()) if email else ""


def in_plain_letters(domain):
    """Return a domain as mail servers write it, xn--… for letters of other alphabets; what is no domain as it is."""
    with suppress(UnicodeError):
        return punycode(domain)
    return domain


def text_key(text):
    """Return the key of what a text says: the same for the same words, however spaced, cased and punctuated."""
    words = re.findall(r"\w+", text.casefold())
    return keyed("text", *words) if words else ""


def token():
    """Return a secret for a link: 256 random bits that fit into an address."""
    return secrets.token_urlsafe(32)
