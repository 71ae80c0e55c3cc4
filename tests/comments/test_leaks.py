"""The proof of the promise proves something: it passes as things are, and fails when a template tells an address."""

import copy
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from comments import leaks, thread
from comments.models import CommentContact

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.LIMITS = False


def test_no_planted_address_is_seen_by_anybody():
    planted = leaks.plant()

    assert leaks.find_leaks(planted) == []
    assert len(planted.addresses) > 20


@pytest.mark.parametrize("how", ["plain", "md5", "base64", "percent", "local"])
def test_a_broken_template_fails_the_check(settings, how):
    templates = copy.deepcopy(django_settings.TEMPLATES)
    source = (Path(templates[0]["DIRS"][0]) / "components" / "_comment.html").read_text()
    broken = "{% load leaky %}" + source.replace(
        "<header>", f'<header data-x="{{% address node.public_id "{how}" %}}">'
    )
    assert broken.count("address node.public_id") == 1
    templates[0].pop("APP_DIRS")
    templates[0]["OPTIONS"]["libraries"] = {"leaky": "tests.comments.leaky"}
    templates[0]["OPTIONS"]["loaders"] = [
        ("django.template.loaders.locmem.Loader", {"components/_comment.html": broken}),
        "django.template.loaders.filesystem.Loader",
        "django.template.loaders.app_directories.Loader",
    ]
    settings.TEMPLATES = templates

    planted = leaks.plant()
    found = leaks.find_leaks(planted)

    assert any("visitor: GET /planted/: shows zq7.root" in line for line in found)


def test_a_thread_that_shows_what_is_held_fails_the_check(monkeypatch):
    monkeypatch.setattr(thread, "STANDING", ("approved", "removed", "pending"))
    monkeypatch.setattr(thread.ReaderComment.objects, "shown", thread.ReaderComment.objects.all)
    planted = leaks.plant()

    assert "visitor: GET /planted/: shows a comment that nobody approved" in leaks.find_leaks(planted)


def test_a_mail_that_tells_somebody_elses_address_fails_the_check(settings):
    from newsroom.mail import send

    planted = leaks.plant()
    stranger = CommentContact.objects.first().email
    send("somebody@elsewhere.invalid", "comment_answer", {"name": stranger, "excerpt": "x", "path": "/"}, language="en")

    assert f"mail comment_answer: shows {stranger}" in leaks.find_leaks(planted)


def test_a_check_that_sees_no_comment_fails():
    planted = leaks.plant()
    for article in planted.articles:
        article.published_at = None
        article.save()

    assert "visitor: met no planted comment at all, so that nothing is proved" in leaks.find_leaks(planted)


@pytest.mark.slow
def test_the_command_runs_on_a_scratch_database(tmp_path):
    command = [sys.executable, "manage.py", "leakcheck"]
    environment = {"NEWSROOM_DATA": str(tmp_path), "PATH": "/usr/bin:/bin"}

    done = subprocess.run(command, cwd=django_settings.BASE_DIR, env=environment, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert "none of them seen" in done.stdout
    assert not (tmp_path / "newsroom.sqlite3").exists()
