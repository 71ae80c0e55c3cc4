"""Keyed hashes: what lets us know a person again without keeping who it is."""

import hashlib
import hmac
import re
import secrets

from django.conf import settings


def keyed(purpose, *parts):
    """Return 64 hexadecimal signs that only the holder of COMMENTS_KEY can make from `parts`."""
    message = "\0".join((purpose, *map(str, parts)))
    return hmac.new(settings.COMMENTS_KEY.encode(), message.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def email_key(email):
    """Return the key of an address: the same however its letters are cased."""
    return keyed("email", email.strip().casefold()) if email else ""


def text_key(text):
    """Return the key of what a text says: the same for the same words, however spaced, cased and punctuated."""
    words = re.findall(r"\w+", text.casefold())
    return keyed("text", *words) if words else ""


def token():
    """Return a secret for a link: 256 random bits that fit into an address."""
    return secrets.token_urlsafe(32)
