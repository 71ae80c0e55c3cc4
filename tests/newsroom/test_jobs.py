from datetime import timedelta
from itertools import pairwise

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from newsroom import jobs, mail, worker  # noqa: F401, with its recurring work
from newsroom.models import JobKey, SiteIdentity, Tick
from tests.newsroom import sample_jobs

pytestmark = pytest.mark.django_db


def name():
    return SiteIdentity.load().name


def rows(status):
    return DBTaskResult.objects.filter(status=status)


def lose_worker(row):
    """Leave the row as a killed worker leaves it, its lease over."""
    DBTaskResult.objects.filter(pk=row.pk).update(started_at=timezone.now() - timedelta(minutes=10))


def make_due():
    rows("READY").update(run_after=timezone.now())


def test_a_job_runs_when_the_worker_comes_and_not_before():
    sample_jobs.rename.enqueue("Later")

    assert name() == "Newsroom"
    assert jobs.run_pending() == 1
    assert name() == "Later"
    assert [row.status for row in DBTaskResult.objects.all()] == ["SUCCESSFUL"]
    assert jobs.run_pending() == 0


@pytest.mark.django_db(transaction=True)
def test_a_job_is_forgotten_with_the_transaction_that_enqueued_it():
    with transaction.atomic():
        sample_jobs.rename.enqueue("Never")
        sample_jobs.rename_once.enqueue("Never")
        transaction.set_rollback(True)

    assert DBTaskResult.objects.count() == JobKey.objects.count() == 0


def test_the_urgent_job_runs_first():
    sample_jobs.rename.enqueue("Ordinary")
    sample_jobs.urgent.enqueue("Urgent")

    jobs.run(jobs.claim("worker"))

    assert name() == "Urgent"


def test_a_job_waits_for_its_moment():
    sample_jobs.rename.using(run_after=timezone.now() + timedelta(hours=1)).enqueue("Later")
    assert jobs.run_pending() == 0

    make_due()
    assert jobs.run_pending() == 1


def test_the_same_job_waits_once():
    first = sample_jobs.rename_once.enqueue("A")
    assert sample_jobs.rename_once.enqueue("A").id == first.id
    assert sample_jobs.rename_once.enqueue("B").id != first.id
    assert jobs.run_pending() == 2


def test_the_same_job_waits_again_while_it_runs_and_after():
    first = sample_jobs.rename_once.enqueue("A")
    row = jobs.claim("worker")
    second = sample_jobs.rename_once.enqueue("A")
    jobs.run(row)

    assert second.id != first.id
    assert jobs.run_pending() == 1
    assert JobKey.objects.count() == 0
    assert sample_jobs.rename_once.enqueue("A").id not in (first.id, second.id)


def test_a_job_that_waits_for_its_next_try_is_still_the_same_job():
    first = sample_jobs.rename_once.enqueue("x" * 100_000)
    DBTaskResult.objects.update(task_path="tests.newsroom.sample_jobs.gone")
    jobs.run_pending()

    assert rows("READY").get().exception_class_path == "builtins.ImportError"
    DBTaskResult.objects.update(task_path="tests.newsroom.sample_jobs.rename_once")
    assert sample_jobs.rename_once.enqueue("x" * 100_000).id == first.id


def test_a_job_that_raises_is_tried_again_after_growing_pauses_and_then_failed():
    sample_jobs.refuse.enqueue("nowhere")
    pauses = []
    while rows("READY").exists():
        started = timezone.now()
        assert jobs.run_pending() == 1
        if waiting := rows("READY").first():
            pauses.append((waiting.run_after - started).total_seconds())
            make_due()

    assert [30 <= pauses[0] < 39, 60 <= pauses[1] < 76, len(pauses)] == [True, True, 2]
    failed = rows("FAILED").get()
    assert failed.exception_class_path == "builtins.ValueError"
    assert "nobody lives at nowhere" in failed.traceback


def test_what_is_kept_and_logged_of_a_failure_holds_no_address(caplog):
    sample_jobs.refuse.enqueue("marie.curie@example.org")
    jobs.run_pending()

    kept = rows("READY").get()
    assert "nobody lives at [address]" in kept.traceback
    assert "curie" not in kept.traceback
    assert caplog.messages == ["tests.newsroom.sample_jobs.refuse: ValueError at try 1 of 3"]


def test_pauses_double_up_to_six_hours_and_differ():
    hours = [jobs.pause_before(attempt).total_seconds() / 3600 for attempt in range(2, 30)]

    assert all(second > first * 1.5 for first, second in pairwise(hours[:9]))
    assert 6 <= hours[-1] <= 7.5
    assert len({jobs.pause_before(30) for _ in range(5)}) == 5


def test_a_job_that_takes_too_long_is_stopped():
    sample_jobs.dawdle.enqueue()
    jobs.run_pending()

    assert rows("READY").get().exception_class_path == "newsroom.jobs.TimeLimitExceeded"


def test_the_job_of_a_killed_worker_is_taken_up_again_after_its_lease():
    sample_jobs.rename.enqueue("Done")
    row = jobs.claim("killed")

    jobs.take_back_lost()
    assert jobs.run_pending() == 0  # the lease still holds

    lose_worker(row)
    jobs.take_back_lost()
    assert jobs.run_pending() == 1
    assert name() == "Done"
    assert rows("SUCCESSFUL").get().worker_ids == ["killed", "here"]


def test_a_job_that_kills_every_worker_fails_in_the_end():
    sample_jobs.refuse.enqueue("nowhere")
    for _ in range(3):
        lose_worker(jobs.claim("killed"))
        jobs.take_back_lost()

    assert rows("FAILED").get().exception_class_path == "newsroom.jobs.WorkerLostError"


def test_a_worker_held_for_dead_does_not_overwrite_what_its_successor_wrote():
    sample_jobs.refuse.enqueue("nowhere")
    slow = jobs.claim("slow")
    lose_worker(slow)
    jobs.take_back_lost()
    successor = jobs.claim("successor")
    jobs.run(slow)

    assert rows("RUNNING").get().worker_ids == ["slow", "successor"]
    jobs.run(successor)
    assert rows("READY").get().worker_ids == ["slow", "successor"]


def test_a_job_unknown_to_this_version_waits_for_the_version_that_knows_it():
    sample_jobs.rename.enqueue("A")
    DBTaskResult.objects.update(task_path="articles.of_tomorrow.publish")
    jobs.run_pending()

    assert rows("READY").get().exception_class_path == "builtins.ModuleNotFoundError"


@pytest.fixture
def recurring(monkeypatch):
    """One recurring job, every ten minutes."""
    monkeypatch.setattr(jobs, "RECURRING", {})
    return jobs.every(minutes=10)(sample_jobs.strike)


def ticks():
    return DBTaskResult.objects.filter(task_path=sample_jobs.strike.module_path).count()


def pass_time(**time):
    for tick in Tick.objects.all():
        tick.due_at -= timedelta(**time)
        tick.save()


def test_recurring_work_is_enqueued_at_first_sight_and_then_at_its_interval(recurring):
    worker.tick()
    worker.tick()
    jobs.run_pending()
    worker.tick()
    assert ticks() == 1

    pass_time(minutes=10)
    worker.tick()
    assert ticks() == 2


def test_missed_times_are_not_made_up_for(recurring):
    worker.tick()
    jobs.run_pending()
    pass_time(days=3)
    worker.tick()
    jobs.run_pending()
    worker.tick()

    assert ticks() == 2


def test_what_was_noted_while_the_clock_was_years_ahead_is_due(recurring):
    worker.tick()
    jobs.run_pending()
    pass_time(days=-4000)
    worker.tick()
    jobs.run_pending()
    worker.tick()

    assert ticks() == 2


def test_of_two_workers_that_see_the_same_moment_one_enqueues(recurring):
    worker.tick()
    jobs.run_pending()
    pass_time(minutes=11)

    def another_worker_is_first(execute, sql, *arguments):
        answer = execute(sql, *arguments)
        if sql.startswith("SELECT") and "newsroom_tick" in sql and not elsewhere:
            elsewhere.append(True)
            worker.tick()
            jobs.run_pending()
        return answer

    elsewhere = []
    with connection.execute_wrapper(another_worker_is_first):
        worker.tick()

    assert (elsewhere, ticks()) == ([True], 2)


def test_recurring_work_that_still_waits_does_not_pile_up(recurring):
    for _ in range(3):
        worker.tick()
        pass_time(minutes=11)

    assert ticks() == 1


@pytest.mark.parametrize(
    ("status", "days", "left"),
    [("SUCCESSFUL", 0.9, 1), ("SUCCESSFUL", 1.1, 0), ("FAILED", 29, 1), ("FAILED", 31, 0), ("READY", None, 1)],
)
def test_old_rows_are_forgotten_failures_later_than_successes(status, days, left):
    sample_jobs.rename_once.enqueue("A")
    finished = timezone.now() - timedelta(days=days) if days else None
    DBTaskResult.objects.update(status=status, finished_at=finished)
    worker.forget_finished.func()

    assert DBTaskResult.objects.count() == JobKey.objects.count() == left


def test_sessions_that_are_over_are_forgotten():
    for days in (-1, 1):
        Session.objects.create(session_key=f"{days}", expire_date=timezone.now() + timedelta(days=days))

    worker.forget_sessions.func()

    assert [session.session_key for session in Session.objects.all()] == ["1"]


def test_the_kernels_recurring_work_is_known_to_a_worker():
    assert {"newsroom.mail.deliver", "newsroom.mail.forget_mail", "newsroom.worker.forget_finished"} <= set(
        jobs.RECURRING
    )
