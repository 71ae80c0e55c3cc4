"""What the site says about itself: to programs at /healthz, to people at the desk."""

import shutil
from collections import namedtuple
from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from newsroom.models import Tick
from newsroom.worker import tick
from tests.factories import UserFactory
from tests.newsroom import sample_jobs

pytestmark = pytest.mark.django_db

LONG_AGO = timezone.now() - timedelta(hours=3)


@pytest.fixture
def said(client):
    """Return a function that gives what /healthz says below "ok", and that the desk says as much."""

    def say():
        answer = client.get("/healthz")
        first, *worries = answer.content.decode().splitlines()
        assert (answer.status_code, first) == (200, "ok")
        client.force_login(UserFactory(is_superuser=True, language="en"))
        desk = client.get("/admin/").content.decode()
        assert desk.count('<li class="warning">') == len(worries)
        return worries

    return say


def test_nothing_is_wrong_with_a_site_that_works(said, settings, tmp_path):
    settings.PAGE_STORE = tmp_path / "pages"
    sample_jobs.rename.enqueue("Now")
    tick()

    assert said() == []


def test_a_disk_that_takes_no_page_is_told(said, settings, tmp_path):
    settings.PAGE_STORE = tmp_path / "pages"
    settings.PAGE_STORE.write_text("no folder")

    [worry] = said()

    assert worry.startswith("The disk takes no pages")


def test_a_redis_that_does_not_answer_is_told(said, settings):
    settings.PAGE_STORE = "redis://127.0.0.1:1/0"

    [worry] = said()

    assert worry.startswith("Redis does not answer")


def test_a_disk_that_is_almost_full_is_told(said, monkeypatch):
    usage = namedtuple("Usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(2**40, 2**40 - 2**25, 2**25))

    assert said() == ["The disk is almost full: 32 MB are left."]


def test_work_that_nobody_does_is_told(said):
    sample_jobs.rename.enqueue("Now")
    assert said() == []

    DBTaskResult.objects.update(enqueued_at=LONG_AGO)

    [worry] = said()
    assert worry.startswith("Nothing works in the background since ")


def test_a_worker_that_has_gone_is_told(said):
    tick()
    assert said() == []

    Tick.objects.update(due_at=LONG_AGO)

    [worry] = said()
    assert worry.startswith("Nothing works in the background since ")
