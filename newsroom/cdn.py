"""Tell a CDN which of its pages are no longer true, by the keys they carry (`Surrogate-Key`, `Cache-Tag`).

One interface for all of them: what a change makes stale is written down with the change (`stale`), and a job tells it.
A key that could not be told stays written down, and the next telling takes it along.
"""

import json
import urllib.request
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsroom.jobs import job
from newsroom.models import StaleKey

BATCH = 30  # keys that the strictest of the large CDNs takes at once
PATIENCE = 10  # seconds
# After the first purge: what a CDN asked for before the change, and stored after that purge, is there by then.
SECOND_PURGE = timedelta(seconds=10)


class RefusedError(Exception):
    """The CDN took the request and says that it did nothing."""


def stale(keys):
    """Write down, in the caller's transaction, that the pages of these keys are to be forgotten."""
    StaleKey.objects.bulk_create([StaleKey(key=key) for key in sorted(keys)])
    tell.enqueue()


@job(_("Tell the CDN which pages have changed"), once=True, priority=100, time_limit=60, tries=30)
def tell():
    """Tell the CDN all that is written down. Told twice, a key does no more than told once."""
    while rows := dict(StaleKey.objects.order_by("pk").values_list("pk", "key")[:1000]):
        keys = sorted(set(rows.values()))
        send_all(keys)
        with transaction.atomic():
            StaleKey.objects.filter(pk__in=rows).delete()
            tell_again.using(run_after=timezone.now() + SECOND_PURGE).enqueue(keys)


@job(_("Tell the CDN which pages have changed"), once=True, time_limit=60, tries=30)
def tell_again(keys):
    """Tell the CDN the same once more: a page that was on its way to it during the first purge was kept after that."""
    send_all(keys)


def send_all(keys):
    for start in range(0, len(keys), BATCH):
        send(keys[start : start + BATCH])


def send(keys):
    """Ask for one purge. Raises OSError when nobody answers or the answer is no success, and RefusedError."""
    kind, headers, body = settings.CDN["kind"], dict(settings.CDN["headers"]), b""
    if kind == "tags":
        headers["Content-Type"], body = "application/json", json.dumps({"tags": keys}).encode()
    else:
        headers["Surrogate-Key"] = " ".join(keys)
    request = urllib.request.Request(  # noqa: S310, http(s) only: newsroom/env.py
        settings.CDN["address"], body, headers, method="PURGE" if kind == "varnish" else "POST"
    )
    with urllib.request.urlopen(request, timeout=PATIENCE) as response:  # noqa: S310
        said = response.read(100_000)
    if kind == "tags" and b'"success":false' in said.replace(b" ", b""):
        raise RefusedError(said[:500].decode(errors="replace"))
