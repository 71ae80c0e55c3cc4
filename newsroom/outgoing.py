"""Asking a machine that nobody vouches for: over https, at a public address only, for so many bytes and seconds."""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from urllib.parse import quote, urlsplit

from django.conf import settings

PATIENCE = 5  # seconds for all of it, the look at the name left out


class RefusedError(Exception):
    """Asked again, it would be the same: no public address, no success, too much, or a way to elsewhere."""


def fetch(url, most):
    """Return what stands at an address, at most `most` bytes. Raises RefusedError, and OSError for what may pass.

    Nothing is followed to elsewhere; and whatever else its name stands for, the address that was looked at is asked.
    """
    host, target = _place(url)
    end = time.monotonic() + PATIENCE
    connected = _connect(host, end)
    alarm = threading.Timer(max(0, end - time.monotonic()), _cut, [connected])
    alarm.start()  # a timeout of the socket alone would begin anew with each byte
    try:
        connection = http.client.HTTPConnection(host)
        connection.sock = connected
        connection.request("GET", target, headers={"User-Agent": f"Newsroom (+{settings.SITE_URL})"})
        data = _read(connection.getresponse(), host, most)
        if time.monotonic() >= end:  # cut off, it may be half
            raise TimeoutError(f"{host} is too slow")
        return data
    except http.client.HTTPException as broken:
        raise ConnectionError(f"{host} gives no answer that can be read") from broken
    finally:
        alarm.cancel()
        connected.close()


def _place(url):
    """Return the host and the target of an address, both as they are sent."""
    try:
        parts = urlsplit(url)
        if parts.scheme != "https" or "@" in parts.netloc or parts.port not in (None, 443) or not parts.hostname:
            raise RefusedError("Only https at its own port is asked.")
        host = parts.hostname.encode("idna").decode()
    except ValueError:
        raise RefusedError("This is no address.") from None
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return host, quote(target, safe="/?&=%:;,+@!$'()*~[]")


def _connect(host, end):
    """Return a socket to a host, encrypted; none if any of its addresses is not everybody's."""
    if host in settings.OUTGOING_AT:
        return socket.create_connection(settings.OUTGOING_AT[host], PATIENCE)
    addresses = list(dict.fromkeys(found[4][0] for found in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)))
    if not all(map(is_public, addresses)):
        raise RefusedError(f"{host} has an address that is not public.")
    for address in addresses:
        with contextlib.suppress(OSError):
            plain = socket.create_connection((address, 443), max(0.1, end - time.monotonic()))
            plain.settimeout(max(0.1, end - time.monotonic()))
            return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    raise ConnectionError(f"{host} does not answer")


def is_public(address):
    """Tell whether an address is one of the internet, and hides none of a network of ours."""
    found = ipaddress.ip_address(address)
    if found.version == 6 and (found.ipv4_mapped or found.sixtofour or found in ipaddress.ip_network("64:ff9b::/96")):
        return False
    return found.is_global and not found.is_multicast


def _read(response, host, most):
    if response.status == 429 or response.status >= 500:
        raise ConnectionError(f"{host} says {response.status}")
    if response.status != 200:
        raise RefusedError(f"{host} says {response.status}")
    data = response.read(most + 1)
    if len(data) > most:
        raise RefusedError(f"{host} sends more than {most} bytes")
    if response.length:
        raise ConnectionError(f"{host} stopped in the middle")
    return data


def _cut(connected):
    """End a conversation that takes too long; whoever reads gets an end without the rest."""
    with contextlib.suppress(OSError):
        socket.socket.shutdown(connected, socket.SHUT_RDWR)
