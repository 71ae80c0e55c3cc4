"""The process that runs jobs: it looks for work, keeps recurring work going, and stops when told to."""

import contextlib
import ctypes
import logging
import os
import signal
import socket
import threading
import time
from datetime import timedelta

from django.core.management import call_command
from django.db import DatabaseError, InterfaceError, close_old_connections, transaction
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from newsroom import jobs
from newsroom.cache import page_store
from newsroom.jobs import TaskResultStatus, every, job
from newsroom.models import Tick

logger = logging.getLogger(__name__)

POLL = 0.5  # seconds between two looks for work
UPKEEP = 5  # seconds between two looks for lost jobs and recurring work
LONGEST_WAIT = 30  # seconds, while the database does not answer
PATIENCE = 10  # seconds that a running job may take to finish once the worker is told to stop

KEEP_SUCCESSFUL = timedelta(days=1)
KEEP_FAILED = timedelta(days=30)


class Worker:
    """One worker. Several may run beside each other, on PostgreSQL on any number of machines."""

    def __init__(self):
        self.name = f"{socket.gethostname()[:40]}:{os.getpid()}"
        self.stopping = threading.Event()
        self.busy = False
        self.next_upkeep = 0

    def run(self):
        """Work until told to stop by SIGTERM or SIGINT."""
        autodiscover_modules("jobs", "mail")
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        wait, worked = POLL, False
        while not self.stopping.is_set():
            try:
                close_old_connections()
                self.upkeep()
                if self.work():
                    worked = True
                    continue
                if worked:
                    worked = give_memory_back()
                wait = POLL
            except (DatabaseError, InterfaceError) as error:
                logger.warning("the database does not answer: %s", type(error).__name__)
                wait = min(wait * 2, LONGEST_WAIT)
            except jobs.Released:
                break
            self.stopping.wait(wait)

    def work(self):
        """Run one job; return whether there was one."""
        row = jobs.claim(self.name)
        if not row:
            return False
        self.busy = True
        try:
            jobs.run(row)
        finally:
            self.busy = False
        return True

    def upkeep(self):
        """Take back lost jobs and enqueue recurring ones, every few seconds."""
        if time.monotonic() >= self.next_upkeep:
            self.next_upkeep = time.monotonic() + UPKEEP
            jobs.take_back_lost()
            tick()

    def stop(self, *_):
        """Take no further job; give the running one a little time, then put it back."""
        self.stopping.set()
        if self.busy:
            signal.signal(signal.SIGALRM, self.release)
            signal.setitimer(signal.ITIMER_REAL, PATIENCE)

    @staticmethod
    def release(*_):
        raise jobs.Released


def give_memory_back():
    """Return to the machine what a picture needed and the C library keeps for the next one (glibc)."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def tick():
    """Enqueue the recurring jobs that are due: each by one worker only, and once however much time has passed.

    What is due much later than its interval was noted while the clock was wrong, and is due now.
    """
    now = timezone.now()
    due = dict(Tick.objects.filter(name__in=jobs.RECURRING).values_list("name", "due_at"))
    for name, (recurring, interval) in jobs.RECURRING.items():
        seen = due.get(name) or Tick.objects.get_or_create(name=name, defaults={"due_at": now})[0].due_at
        if now < seen <= now + 2 * interval:
            continue
        with transaction.atomic():
            if Tick.objects.filter(name=name, due_at=seen).update(due_at=now + interval):
                recurring.enqueue()


@every(hours=1)
@job(_("Forget old jobs"), once=True, priority=-50)
def forget_finished():
    """Delete the rows of jobs that are long over."""
    for status, age in ((TaskResultStatus.SUCCESSFUL, KEEP_SUCCESSFUL), (TaskResultStatus.FAILED, KEEP_FAILED)):
        DBTaskResult.objects.filter(status=status, finished_at__lt=timezone.now() - age).delete()


@every(hours=24)
@job(_("Forget those who have not logged out"), once=True, priority=-50)
def forget_sessions():
    """Delete the sessions that are over."""
    call_command("clearsessions")


@every(hours=1)
@job(_("Make room among the kept pages"), once=True, priority=-50)
def sweep_pages():
    """Keep the store of pages from filling the disk."""
    if store := page_store():
        store.sweep()
