"""The worker as a process, on both databases: what it does when it is told to stop, and when it is killed."""

import json
import random
import signal
import time
from collections import Counter

import pytest

from tests.mail_server import MailServer
from tests.site import Site, drop, new_database, wait_until

pytestmark = pytest.mark.slow

TABLE = "django_tasks_database_dbtaskresult"


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def mail_and_site(request, tmp_path_factory):
    """A mail server, and a site for all tests of this file, one after the other."""
    folder = tmp_path_factory.mktemp("site")
    url = new_database(request.param, folder)
    with MailServer() as server, Site(folder, DATABASE_URL=url, EMAIL_URL=f"smtp://127.0.0.1:{server.port}") as site:
        yield server, site
    drop(url)


@pytest.fixture
def site(mail_and_site):
    """The site with nothing to do, as if none had been before; no worker of a test outlives it."""
    site = mail_and_site[1]
    for table in ("newsroom_jobkey", TABLE, "newsroom_outgoingmail", "newsroom_tick"):
        site.sql(f"DELETE FROM {table}")  # noqa: S608
    site.log.unlink(missing_ok=True)
    yield site
    site.end()


@pytest.fixture
def mail_server(mail_and_site):
    """The server that the site sends to, which has seen nothing and refuses nothing."""
    server = mail_and_site[0]
    for memory in (server.accepted, server.seen, server.answers):
        memory.clear()
    return server


def end_leases(site):
    site.sql(f"UPDATE {TABLE} SET started_at = '2020-01-01 00:00:00' WHERE status = 'RUNNING'")


def rows(site):
    """Return the state of every sample job, the oldest first, and how often it was begun."""
    found = site.sql(
        f"SELECT status, worker_ids FROM {TABLE} WHERE task_path LIKE 'tests.%' ORDER BY enqueued_at"  # noqa: S608
    )
    return [(status, len(json.loads(ids) if isinstance(ids, str) else ids)) for status, ids in found]


def enqueue(site, calls):
    site.python(f"from tests.newsroom import sample_jobs as jobs\n{calls}")


def work(site):
    """Have a worker do what there is and end; return what it printed."""
    return site.python("from django.core.management import call_command; call_command('work', once=True)")


def send(site, count=1):
    site.python(
        f"from newsroom.mail import send\nfor n in range({count}):"
        " send(f'reader{n}@example.org', 'sample', {'title': 'T', 'path': '/'}, language='fr')"
    )


def mail_states(site):
    return [state for (state,) in site.sql("SELECT state FROM newsroom_outgoingmail ORDER BY state")]


def test_a_new_job_runs_within_two_seconds_and_an_idle_worker_stops_at_once(site):
    worker = site.start("work")
    enqueue(site, "jobs.rename.enqueue('First')")
    wait_until(lambda: site.said("rename First"))
    enqueue(site, "jobs.rename.enqueue('Second')")
    wait_until(lambda: site.said("rename Second"), 2)

    time.sleep(0.7)
    worker.terminate()
    assert worker.wait(5) == 0  # a busy one takes ten seconds


def test_a_worker_told_to_stop_finishes_its_job(site):
    enqueue(site, "jobs.nap.enqueue(3); jobs.rename.enqueue('Later')")
    worker = site.start("work")
    wait_until(lambda: site.said("begin"))
    worker.terminate()

    assert worker.wait(8) == 0
    assert len(site.said("end")) == 1
    assert rows(site) == [("SUCCESSFUL", 1), ("READY", 0)]


def test_a_worker_told_to_stop_puts_back_a_job_that_takes_too_long(site):
    enqueue(site, "jobs.nap.enqueue(50)")
    worker = site.start("work")
    wait_until(lambda: site.said("begin"))
    worker.send_signal(signal.SIGINT)

    assert worker.wait(15) == 0
    assert rows(site) == [("READY", 0)]


def test_the_job_of_a_killed_worker_runs_again(site):
    enqueue(site, "jobs.nap.enqueue(3)")
    worker = site.start("work")
    wait_until(lambda: site.said("begin"))
    site.kill(worker)
    assert rows(site) == [("RUNNING", 1)]

    work(site)
    assert rows(site) == [("RUNNING", 1)]  # its lease holds
    end_leases(site)
    assert site.manage("work", "--once") == "1 jobs run\n"
    assert rows(site) == [("SUCCESSFUL", 2)]
    assert [len(site.said("begin")), len(site.said("end"))] == [2, 1]


def test_a_mail_is_neither_lost_nor_sent_twice_when_its_worker_is_killed_before_the_server_has_it(site, mail_server):
    mail_server.answers["RCPT"] = 60
    send(site)
    worker = site.start("work")
    wait_until(lambda: mail_server.seen)
    site.kill(worker)
    mail_server.answers.clear()
    end_leases(site)

    work(site)
    work(site)
    assert len(mail_server.accepted) == 1
    assert mail_states(site) == ["sent"]


def test_a_mail_is_neither_lost_nor_sent_twice_when_its_worker_is_killed_before_it_knows_the_answer(site, mail_server):
    mail_server.answers["KEPT"] = 60
    send(site)
    worker = site.start("work")
    wait_until(lambda: "KEPT" in mail_server.seen)
    site.kill(worker)
    mail_server.answers.clear()
    end_leases(site)

    work(site)
    assert len(mail_server.accepted) == 1
    assert mail_states(site) == ["handed"]


def test_workers_killed_at_any_moment_neither_lose_a_mail_nor_send_one_twice(site, mail_server):
    count = 24
    mail_server.answers |= {"RCPT": 0.03, "KEPT": 0.03}
    send(site, count)
    kills = 0
    while len(mail_server.accepted) < count * 0.7:
        end_leases(site)
        site.sql("UPDATE newsroom_tick SET due_at = '2020-01-01 00:00:00'")
        before = len(mail_server.seen)
        worker = site.start("work")
        wait_until(lambda before=before: len(mail_server.seen) > before)
        time.sleep(random.uniform(0.05, 0.4))
        site.kill(worker)
        kills += 1
    site.python("from newsroom import mail; mail.deliver.enqueue()")  # as a worker does every minute
    work(site)

    arrived = Counter(recipients[0] for recipients, _ in mail_server.accepted)
    assert kills >= 2
    assert max(arrived.values()) == 1
    states = Counter(mail_states(site))
    # A mail that the killed worker had just given away may never have been read by this small server.
    assert set(states) <= {"sent", "handed"}
    assert count - states["handed"] <= len(arrived) <= count
    assert states["handed"] <= kills


def test_mail_waits_for_a_dead_server_and_goes_when_it_is_back(site, mail_server):
    mail_server.stop()
    send(site, 3)
    assert work(site) == "1 jobs run\n"
    assert mail_states(site) == ["waiting"] * 3

    mail_server.start()
    site.sql(f"UPDATE {TABLE} SET run_after = '2020-01-01 00:00:00' WHERE status = 'READY'")
    work(site)
    assert (mail_states(site), len(mail_server.accepted)) == (["sent"] * 3, 3)


def test_two_workers_share_the_work_and_do_nothing_twice(site):
    enqueue(site, "for n in range(150): jobs.rename.enqueue(f'n{n}.')")
    workers = [site.start("work"), site.start("work")]
    wait_until(lambda: len(site.said("rename")) >= 150, 60)
    time.sleep(1)
    for worker in workers:
        worker.terminate()
        assert worker.wait(5) == 0

    assert Counter(site.said("rename")) == {f"rename n{n}.": 1 for n in range(150)}
    [(ticks,)] = site.sql(f"SELECT count(*) FROM {TABLE} WHERE task_path = 'newsroom.mail.deliver'")  # noqa: S608
    assert ticks == 1


@pytest.mark.parametrize("mail_and_site", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_a_waiting_job_is_not_started_before_the_change_that_asks_for_it_again_is_there(site):
    """Only where transactions run side by side, so not on SQLite."""
    site.python(
        "from concurrent.futures import ThreadPoolExecutor\n"
        "from django.db import transaction, connection\n"
        "from newsroom.jobs import claim\n"
        "from tests.newsroom.sample_jobs import rename_once\n"
        "def elsewhere(do):\n"
        "    def run():\n"
        "        try: return do()\n"
        "        finally: connection.close()\n"
        "    with ThreadPoolExecutor(1) as pool: return pool.submit(run).result(10)\n"
        "first = rename_once.enqueue('A')\n"
        "with transaction.atomic():\n"
        "    assert rename_once.enqueue('A').id == first.id\n"
        "    assert elsewhere(lambda: claim('worker')) is None, 'the lock was passed over'\n"
        "    other = elsewhere(lambda: rename_once.enqueue('A'))\n"
        "    assert other.id != first.id, 'nobody waits, there is a second job'\n"
        "assert {str(claim('worker').pk), str(claim('worker').pk)} == {first.id, other.id}\n"
    )


@pytest.mark.parametrize("mail_and_site", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
def test_a_worker_outlives_a_database_that_cuts_its_connection(site):
    worker = site.start("work")
    enqueue(site, "jobs.rename.enqueue('Before')")
    wait_until(lambda: site.said("rename Before"))
    cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    assert site.sql(cut)[0][0] >= 1
    enqueue(site, "jobs.rename.enqueue('After')")

    wait_until(lambda: site.said("rename After"))
    assert worker.poll() is None
