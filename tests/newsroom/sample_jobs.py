"""Jobs for the tests: module-level functions, since a worker finds a job by its path. What they did is in a file."""

import os
import time
from pathlib import Path

from newsroom.jobs import job
from newsroom.models import SiteIdentity


def _log(*words):
    path = os.environ.get("SAMPLE_LOG")
    if path:
        with Path(path).open("a") as file:
            file.write(" ".join(map(str, words)) + "\n")


@job("A sample")
def rename(name):
    """Leave something to look at; no save, which would have another job draw it."""
    row = SiteIdentity(pk=1, name=name)
    SiteIdentity.objects.bulk_create([row], update_conflicts=True, unique_fields=["pk"], update_fields=["name"])
    _log("rename", name)


@job("A sample", once=True)
def rename_once(name):
    rename.func(name)


@job("A sample", tries=3)
def refuse(address):
    raise ValueError(f"nobody lives at {address}")


ERROR = None  # a test says which


@job("A sample", tries=1)
def fail():
    raise ERROR


@job("A sample", time_limit=1)
def dawdle():
    time.sleep(5)


@job("A sample", priority=50)
def urgent(name):
    rename.func(name)


@job("A sample")
def nap(seconds):
    _log("begin", os.getpid())
    time.sleep(seconds)
    _log("end", os.getpid())


@job("A sample", once=True)
def strike():
    """What recurs."""
