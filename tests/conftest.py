"""What every test gets: a database on request, closed sockets, a clean cache."""

import gc
import os
import socket
import sqlite3
import uuid
from contextlib import closing

import pytest
import redis
from django.core.cache import cache
from django.core.management.commands import flush
from django.db import connection
from django.utils import translation
from PIL import Image

from articles import images
from newsroom import held
from tests import ready
from tests.mail_server import MailServer
from tests.reader import Reader
from tests.servers import REDIS, answers_redis
from tests.site import drop, new_postgres

# Tests ask what is made of a picture, never how few bytes it takes or how sharp it is: bench/pictures.py does.
images.ENCODERS["avif"]["speed"], images.ENCODERS["webp"]["method"] = 10, 0
images.SCALER = Image.Resampling.BOX

# Rows that come with the tables, and that no test which commits may change.
MADE_WITH_THE_TABLES = {
    "django_content_type", "django_site", "auth_permission", "auth_group", "auth_group_permissions",
}  # fmt: skip

_connect = socket.socket.connect


def _local_only(self, address):
    host = address[0] if isinstance(address, tuple) else ""
    if host and host not in ("127.0.0.1", "::1", "localhost"):
        raise RuntimeError(f"a test tried to reach {host}")
    return _connect(self, address)


def pytest_configure(config):
    config.add_cleanup(ready.begin())


def pytest_xdist_auto_num_workers():
    """One more than there are cores: what takes long often waits for a process that it has started, killed or told to wait."""
    return len(os.sched_getaffinity(0)) + 1


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items):
    """Mark what asks the database of DATABASE_URL, and what one database is enough for, before marks choose.

    Begin with what takes long, once all is shuffled.
    """
    for item in filter(asks_the_database, items):
        item.add_marker("database")
    for item in filter(looks_at_the_page_alone, items):
        item.add_marker("once")
    result = yield
    longest = "test_fresh_pages.py"
    items.sort(key=lambda item: (item.path.name != longest, item.get_closest_marker("slow") is None))
    return result


def asks_the_database(item):
    asked = {"db", "transactional_db", "site_database"}
    return item.get_closest_marker("django_db") or not asked.isdisjoint(item.fixturenames)


def looks_at_the_page_alone(item):
    """Tell whether a test has whole pages checked, or a browser work on parts of them: their rows others ask for too."""
    if not {"axe", "html_errors"}.isdisjoint(item.fixturenames):
        return True
    return "browser" in item.fixturenames and not item.get_closest_marker("way")


def pytest_collection_finish():
    """Look for garbage seldom: a fifth of the time of all tests went into it."""
    gc.freeze()
    gc.set_threshold(20_000, 10, 50)


@pytest.fixture(scope="session", autouse=True)
def _rows_deleted():
    """After a test that commits, delete its few rows, and only those.

    PostgreSQL would truncate, which makes new files for every table; Django would make permissions and groups anew.
    """

    def rows_of_tests(operations, style, tables, **how):
        of_models = (table for table in tables if table not in MADE_WITH_THE_TABLES)
        names = map(operations.quote_name, (*of_models, *(index.table for index in held.ALL)))
        deletions = [f"DELETE FROM {name}" for name in names]
        return ["; ".join(deletions)] if connection.vendor == "postgresql" else deletions  # which takes all in one turn

    type(connection.ops).sql_flush = rows_of_tests  # not of one connection: beside Playwright's loop there is another
    flush.emit_post_migrate_signal = lambda *database: None


@pytest.fixture(autouse=True)
def _closed_sockets(monkeypatch):
    monkeypatch.setattr(socket.socket, "connect", _local_only)


@pytest.fixture(autouse=True)
def _clean_cache():
    cache.clear()


@pytest.fixture
def redis_place():
    """The address of a Redis, with a name of this test's own."""
    url = f"{REDIS}#{uuid.uuid4().hex[:12]}"
    if not answers_redis(REDIS):
        pytest.skip("no Redis answers at the address in TEST_REDIS")
    yield url
    with redis.Redis.from_url(REDIS) as server:
        if keys := server.keys(f"*{url.rpartition('#')[2]}*"):
            server.delete(*keys)


@pytest.fixture(scope="session")
def site_database():
    """Return a function that makes a database for a site of a test's own, of the kind that DATABASE_URL names.

    It returns the settings of such a site: none for a file in its own folder.
    """
    made = []

    def new():
        if connection.vendor != "postgresql":
            return {}
        made.append(new_postgres(ready.postgres))
        return {"DATABASE_URL": made[-1]}

    yield new
    for url in made:
        drop(url)


@pytest.fixture
def english():
    """Have the words that a test reads outside a request in English, their source."""
    with translation.override("en"):
        yield


@pytest.fixture
def mail_server(settings):
    """A real SMTP server, which the site under test sends to."""
    with MailServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


def pytest_terminal_summary(terminalreporter):
    """Name at the very end what this machine could not run, with the reason."""
    reasons = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2].removeprefix("Skipped: ")
        reasons[reason] = reasons.get(reason, 0) + 1
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"NOT RUN HERE: {count} tests: {reason}", yellow=True)


@pytest.fixture
def reader(settings, tmp_path):
    """A reader of a site that keeps its pages; the store of a test is its own."""
    settings.PAGE_STORE = tmp_path / "pages"
    return Reader()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """Have the database of tests begin with its tables: to make them takes a worker as long as a hundred tests."""
    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = ready.postgres()
        yield
        return
    create, memories = connection.creation._create_test_db, []

    def create_filled(*how):
        name = create(*how)
        memories.append(sqlite3.connect(name, uri=True))  # closed at the end: until then it is not forgotten
        with closing(sqlite3.connect(ready.tables())) as source:
            source.backup(memories[-1])
        return name

    connection.creation._create_test_db = create_filled
    yield
    for memory in memories:
        memory.close()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """At the end, close what a server's thread or a process of a test has left open: PostgreSQL would keep the database."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
