"""How often somebody may do something, and who somebody is without keeping an address.

Counts live in Django's cache. The default cache is one process's memory, which is right for the one process that
serves by default; with several processes or machines set REDIS_URL, or each of them counts for itself.
"""

import hashlib
import hmac
import ipaddress
import logging
import time

from django.conf import settings
from django.core.cache import cache
from django.shortcuts import render

logger = logging.getLogger(__name__)


def allow(scope, key, count, seconds):
    """Count one more for `key`; return whether it had fewer than `count` within the last `seconds`.

    The window slides: what the last whole window counted weighs as much of it as still lies within reach. What is
    refused does not count, so that somebody who tries again in time gets in. A cache that does not answer refuses
    nobody.
    """
    if not settings.LIMITS:
        return True
    window, elapsed = divmod(time.time(), seconds)
    current, previous = (_name(scope, key, window - age) for age in (0, 1))
    try:
        cache.add(current, 0, timeout=2 * seconds)
        weight = cache.get(previous, 0) * (1 - elapsed / seconds)
        if weight + cache.incr(current) <= count:
            return True
        cache.decr(current)
    except Exception as error:
        logger.warning("limits: the cache failed (%s)", type(error).__name__)
        return True
    return False


def allow_all(*limits):
    """As `allow` for several limits, each (scope, key, count, seconds): what one of them refuses counts for none."""
    return refused_by(*limits) is None


def refused_by(*limits):
    """Count as `allow_all` does; return the scope of the limit that refuses, None when all allow."""
    for number, limit in enumerate(limits):
        if not allow(*limit):
            for scope, key, _count, seconds in limits[:number]:
                _uncount(scope, key, seconds)
            return limit[0]
    return None


def _uncount(scope, key, seconds):
    try:
        cache.decr(_name(scope, key, time.time() // seconds))
    except Exception as error:  # also where the window has just ended, and nothing is left to take back
        logger.warning("limits: the cache failed (%s)", type(error).__name__)


def _name(scope, key, window):
    digest = hashlib.blake2b(str(key).encode(errors="replace"), digest_size=16).hexdigest()
    return f"limit:{scope}:{digest}:{int(window)}"


def too_many(request, seconds):
    """Return the page that asks to come back after so many seconds."""
    response = render(request, "429.html", status=429)
    response["Retry-After"], response["Cache-Control"] = str(int(seconds)), "no-store"
    return response


def client_network(request):
    """Return the key of the network that a request comes from: see `network_key`."""
    return network_key(client_address(request))


def client_site(request):
    """Return the key of all that one contract may hold, which is more than a household: an IPv6 /48; or one IPv4."""
    return network_key(client_address(request), prefix=48)


def network_key(address, prefix=64):
    """Return 32 hexadecimal digits that stand for the network of an address (None: nobody's), the same each time.

    They come from a keyed hash with a key of its own: without that key nobody can try all addresses. The network is
    one IPv4 address, since a /24 holds 256 strangers; and an IPv6 /64, since that is what one household is given and
    may change its address within.
    """
    network = ipaddress.ip_network((address, prefix), strict=False) if address and address.version == 6 else address
    return hmac.new(settings.NETWORK_KEY.encode(), str(network).encode(), hashlib.sha256).hexdigest()[:32]


def client_address(request):
    """Return the client's IP address: see `address_in`."""
    return address_in(request.META)


def address_in(environ):
    """Return the client's IP address, of a WSGI environ; None where there is none, as behind a Unix socket.

    X-Forwarded-For is what anyone may write: it is believed from the networks of our proxies alone (settings.PROXIES),
    and only as many of its entries as there are (settings.PROXY_HOPS), counted from the right, where the nearest wrote.
    """
    peer = _parse(environ.get("REMOTE_ADDR", ""))
    if not settings.PROXY_HOPS or (peer and not any(peer in network for network in settings.PROXIES)):
        return peer
    entries = environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if len(entries) < settings.PROXY_HOPS:
        return peer
    return _parse(entries[-settings.PROXY_HOPS]) or peer


def _parse(text):
    """Return the IP address that a proxy may have written with a port; None when it is none."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
