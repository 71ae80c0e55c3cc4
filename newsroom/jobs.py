"""Work done after the answer: one durable queue in the site's own database, with leases and retries.

    @job(_("Make the sizes of a picture"), once=True, time_limit=120)
    def render(photo_id): ...

    render.enqueue(photo.pk)       # in the transaction that saves the photo: both are kept, or neither

A job is a row of the tasks interface's database backend. What that backend lacks is here:

- a job that raises is tried again, `tries` times in all, with growing pauses; then it has failed, and the desk shows why;
- a job that runs has a lease: when its worker was killed, another takes it up once `time_limit` and a grace have passed;
- `once=True`: enqueued again with the same arguments while it waits, it stays one job (two transactions that do so
  at the same moment may make two, since neither waits for the other).

The contract: **a job may run more than once**, so running it twice must do no more than running it once; its arguments
are JSON and never hold a reader's address; what it returns is not kept.
"""

import hashlib
import json
import logging
import random
import signal
import threading
import traceback
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django_tasks_db.models import DBTaskResult

from newsroom.models import JobKey
from newsroom.privacy import without_addresses

try:
    from django.tasks.base import Task, TaskResultStatus
except ImportError:  # before Django 6
    from django_tasks.base import Task, TaskResultStatus

logger = logging.getLogger(__name__)

GRACE = timedelta(seconds=30)  # what a job may take past its limit before it is held for lost
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=6)
TRACEBACK_LENGTH = 20_000

WAITING = """
SELECT job.id FROM newsroom_jobkey AS known JOIN django_tasks_database_dbtaskresult AS job ON job.id = known.job_id
WHERE known.name = %s AND job.status = %s LIMIT 1
"""

# Priorities below 0, where what is short and awaited stands.
PICTURES = -10  # a file takes seconds, a photo minutes: it steps back for what is above
HEAVY = -20  # minutes in one piece

RECURRING = {}  # path of a job: (the job, its interval)


class TimeLimitExceeded(BaseException):
    """Raised inside a job that runs for too long. No Exception, so that a job cannot catch it by accident."""


class Released(BaseException):
    """Raised inside a job whose worker must stop now: the job goes back to the queue, and this try does not count."""


class WorkerLostError(Exception):
    """The lease of a job ran out: its worker was killed, or its machine stopped."""


@dataclass(frozen=True, kw_only=True)
class Job(Task):
    """A task that is tried up to `tries` times and may take `time_limit` seconds each time; `title` is for people."""

    title: str = ""
    tries: int = 8
    time_limit: int = 60
    once: bool = False

    def enqueue(self, *args, **kwargs):
        """Add the job to the caller's transaction; return its result, the waiting one's when it is the same job."""
        with transaction.atomic(savepoint=False):
            if not self.once:
                return super().enqueue(*args, **kwargs)
            name = self.key(args, kwargs)
            if found := _waiting(name):
                return SimpleLazyObject(lambda: DBTaskResult.objects.get(pk=found).task_result)
            result = super().enqueue(*args, **kwargs)
            JobKey.objects.create(job_id=result.id, name=name)
            return result

    def key(self, args, kwargs):
        """Return what tells this job with these arguments from any other."""
        text = json.dumps([self.module_path, args, kwargs], sort_keys=True)
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _waiting(name):
    """Return the id of the job known by this name that waits to run, or None. Every comment asks: in plain SQL.

    The lock keeps a worker off it until the caller's change is there to be seen. Nobody waits for the lock: whoever
    finds it taken makes a second job, which does no harm.
    """
    lock = "FOR UPDATE OF job SKIP LOCKED" if connection.features.has_select_for_update_skip_locked else ""
    with connection.cursor() as cursor:
        cursor.execute(f"{WAITING} {lock}", [name, TaskResultStatus.READY.value])
        return next(iter(cursor.fetchone() or ()), None)


def job(title="", *, priority=0, tries=8, time_limit=60, once=False):
    """Make a module's function a job. `priority` from -100 to 100, higher first; `time_limit` in seconds.

    `title` says at the desk, in its language, what the job does. A worker does one job at a time, so one that takes long
    asks `is_awaited` now and then.
    """

    def make(function):
        return Job(func=function, title=title, priority=priority, tries=tries, time_limit=time_limit, once=once)

    return make


def every(**interval):
    """Have the workers enqueue a job that takes no argument at this interval, such as `@every(minutes=10)`.

    One worker of all enqueues it; times missed while none ran are not made up for. Stands above `@job(once=True)`, in
    `jobs.py` of an app or what that imports: there the worker looks.
    """

    def register(job):
        RECURRING[job.module_path] = job, timedelta(**interval)
        return job

    return register


def run_pending(worker="here"):
    """Run what is due in this process, as a worker would; return how many jobs ran.

    A job that fails is put off to its next try and not raised: its row says why.
    """
    count = 0
    while row := claim(worker):
        run(row)
        count += 1
    return count


def is_awaited(above):
    """Whether a job of a priority above this one is due: a long job then enqueues its rest and ends."""
    return DBTaskResult.objects.ready().filter(priority__gt=above).exists()


def claim(worker):
    """Take the most urgent job that is due, so that no other worker does; None when there is none."""
    if not DBTaskResult.objects.ready().exists():  # a look costs no lock
        return None
    with transaction.atomic():
        row = DBTaskResult.objects.ready().get_locked()
        if row:
            row.claim(worker)
        return row


def run(row):
    """Run a claimed job and write down how it went."""
    try:
        with _time_limit(_limits(row)[1]):
            row.task.call(*row.args_kwargs["args"], **row.args_kwargs["kwargs"])
    except Released:
        _settle(row, status=TaskResultStatus.READY, worker_ids=row.worker_ids[:-1])
        raise
    except (Exception, TimeLimitExceeded) as error:
        _put_off(row, error, pause_before(len(row.worker_ids) + 1))
    else:
        _settle(row, status=TaskResultStatus.SUCCESSFUL, traceback="", exception_class_path="")


def take_back_lost():
    """Return to the queue every job whose lease ran out; one whose tries are used up has failed."""
    for row in DBTaskResult.objects.running():
        if row.started_at + timedelta(seconds=_limits(row)[1]) + GRACE < timezone.now():
            _put_off(row, WorkerLostError("The worker stopped while this job ran."), timedelta(0))


def try_again(rows):
    """Have failed jobs tried again, as often as at first, and waiting ones at once; return how many."""
    again = rows.filter(status__in=[TaskResultStatus.FAILED, TaskResultStatus.READY])
    return again.update(status=TaskResultStatus.READY, run_after=timezone.now(), finished_at=None, worker_ids=[])


def pause_before(attempt):
    """Return how long to wait before this attempt, the first being 1: doubling, and never the same for two jobs."""
    pause = min(FIRST_PAUSE * 2 ** min(attempt - 2, 20), LONGEST_PAUSE)
    return pause * random.uniform(1, 1.25)  # noqa: S311, no secret


def title_of(row):
    """Return what a job does, in words; its path where this version of the code has no such job."""
    return getattr(_task(row), "title", "") or row.task_path


def _limits(row):
    """Return how often the job may be tried and its seconds, also where this version of the code has no such job."""
    task = _task(row)
    return getattr(task, "tries", Job.tries), getattr(task, "time_limit", Job.time_limit)


def _task(row):
    try:
        return row.task
    except Exception:
        return None


def _put_off(row, error, pause):
    """Write down why the job failed, and have it tried again if it has tries left."""
    text = without_addresses("".join(traceback.format_exception(error))[-TRACEBACK_LENGTH:])
    kind = type(error)
    why = {"traceback": text, "exception_class_path": f"{kind.__module__}.{kind.__qualname__}"}
    tries = _limits(row)[0]
    logger.warning("%s: %s at try %d of %d", row.task_path, kind.__name__, len(row.worker_ids), tries)
    if len(row.worker_ids) < tries:
        _settle(row, status=TaskResultStatus.READY, run_after=timezone.now() + pause, **why)
    else:
        _settle(row, status=TaskResultStatus.FAILED, **why)


def _settle(row, status, **changes):
    """Write the outcome, unless the lease ran out and the job is another worker's now."""
    finished = status != TaskResultStatus.READY
    if finished:
        changes["finished_at"] = timezone.now()
    with transaction.atomic():
        mine = DBTaskResult.objects.filter(pk=row.pk, status=TaskResultStatus.RUNNING, started_at=row.started_at)
        if mine.update(status=status, **changes) and finished:
            JobKey.objects.filter(job=row.pk).delete()


@contextmanager
def _time_limit(seconds):
    """Raise TimeLimitExceeded in the block after so many seconds. Only a main thread can be interrupted."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_):
        raise TimeLimitExceeded(f"It took longer than {seconds} seconds.")

    previous = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
