"""The proof of the promise proves something: it passes as things are, and fails when a template tells an address."""

import copy
import re
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.test import override_settings

from comments import leaks, thread
from comments.leaks.search import Searcher
from comments.leaks.visit import Eye
from comments.models import CommentContact, ReaderComment
from tests.comments.desk import QUEUE

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_limits(settings):
    settings.LIMITS = False


@pytest.fixture(scope="module")
def planted_once(django_db_setup, django_db_blocker):
    """What is planted, once for this file; each test's own changes are undone after it."""
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(LIMITS=False):
        yield leaks.plant()
        transaction.set_rollback(True)


@pytest.fixture
def planted(planted_once):
    return copy.deepcopy(planted_once)


def break_templates(settings, broken):
    """Have the site use these templates, {name: source}, which may load the library `leaky`."""
    templates = copy.deepcopy(django_settings.TEMPLATES)
    templates[0].pop("APP_DIRS")
    templates[0]["OPTIONS"]["libraries"] = {"leaky": "tests.comments.leaky"}
    templates[0]["OPTIONS"]["loaders"] = [
        (
            "django.template.loaders.cached.Loader",
            [
                ("django.template.loaders.locmem.Loader", broken),
                "django.template.loaders.filesystem.Loader",
                "django.template.loaders.app_directories.Loader",
            ],
        )
    ]
    settings.TEMPLATES = templates


def source(name):
    return (Path(django_settings.TEMPLATES[0]["DIRS"][0]) / name).read_text()


@pytest.mark.parametrize("how", ["plain", "md5", "base64", "percent", "local"])
@pytest.mark.once
def test_an_address_is_found_however_a_template_tells_it(settings, planted, how):
    name = "components/_comment.html"
    broken = "{% load leaky %}" + source(name).replace(
        "<header>", f'<header data-x="{{% address node.public_id "{how}" %}}">'
    )
    assert broken.count("address node.public_id") == 1
    break_templates(settings, {name: broken})
    eye = Eye("visitor", planted, Searcher(planted.addresses))
    eye.get("/planted/")

    assert any(line.startswith("visitor: GET /planted/: shows zq7.root") for line in eye.wrong)


WATCHED = {
    "components/_comment.html": ["visitor: GET /planted/", "visitor: GET /planted/comment-page-2/"],
    "comments/mine.html": ["reader: GET /comments/mine/"],
    "comments/confirm.html": ["reader: GET /comments/confirm/", "reader: POST /comments/confirm/"],
    "comments/unsubscribe.html": ["reader: GET /comments/unsubscribe/", "reader: POST /comments/unsubscribe/"],
    "comments/ask.html": ["visitor: POST /comments/mine/"],
    "comments/report.html": ["visitor: POST /planted/report/"],
    "comments/write.html": ["visitor: POST /planted/comment/", "visitor: POST /planted/reply/"],
    "admin/comments/_said.html": [f"moderator: POST {QUEUE}decide/", f"moderator: POST {QUEUE}undo/"],
    "admin/comments/case.html": [f"moderator: POST {QUEUE}*/answer/"],
    "admin/comments/queue.html": [f"moderator: GET {QUEUE}?show=all&q="],
    "admin/comments/write.html": [f"moderator: POST {QUEUE}write/"],
    "admin/refused.html": [f"moderator: POST {QUEUE}*/address/", f"moderator: POST {QUEUE}*/export/"],
    "admin/articles/article/change_form.html": ["editor: GET /admin/articles/article/*/change/"],
    "mail/comment_digest.txt": ["mail comment_digest"],
}


@pytest.mark.slow
@pytest.mark.once
def test_a_template_that_tells_an_address_is_found_whoever_gets_it(settings, planted):
    def broken(name):
        """The template with an address wherever it says something."""
        text = source(name)
        for mark in ("<h1", "<div", "{% blocktranslate", "{% if"):
            if mark in text:
                return text.replace(mark, "{% load leaky %}{% anybody %}" + mark)
        raise AssertionError(name)

    break_templates(settings, {name: broken(name) for name in WATCHED})

    found = leaks.find_leaks(planted)

    wanted = [place for places in WATCHED.values() for place in places]
    assert [place for place in wanted if not any(fnmatch(line, f"{glob(place)}*: shows zq7.*") for line in found)] == []


def glob(place):
    return place.replace("?", "[?]")


@pytest.mark.once
def test_an_address_in_a_name_that_got_around_the_model_is_found_in_every_feed(planted):
    ReaderComment.objects.filter(status="approved").update(user_name=planted.addresses[0])

    found = leaks.find_leaks(planted, ["visitor"])

    feeds = [f"{place}{kind}" for place in ("/comments/", "/planted/") for kind in ("feed/", "feed/atom/", "feed.json")]
    for path in [*feeds, "/planted/comment-page-2/"]:
        assert f"visitor: GET {path}: shows {planted.addresses[0]}" in found


@pytest.mark.once
def test_a_thread_that_shows_what_is_held_fails_the_check(monkeypatch, planted):
    monkeypatch.setattr(thread, "STANDING", ("approved", "removed", "pending"))
    monkeypatch.setattr(thread.ReaderComment.objects, "shown", thread.ReaderComment.objects.all)
    assert "visitor: GET /planted/: shows a comment that nobody approved" in leaks.find_leaks(planted, ["visitor"])


def test_a_mail_that_tells_somebody_elses_address_fails_the_check(planted):
    from newsroom.mail import send

    stranger = CommentContact.objects.first().email
    send("somebody@elsewhere.invalid", "comment_answer", {"name": stranger, "excerpt": "x", "path": "/"}, language="en")

    assert f"mail comment_answer: shows {stranger}" in leaks.find_leaks(planted, [])


@pytest.mark.once
def test_a_check_that_sees_no_comment_fails(planted):
    for article in planted.articles:
        article.published_at = None
        article.save()

    assert "visitor: met no planted comment at all, so that nothing is proved" in leaks.find_leaks(planted, ["visitor"])


@pytest.mark.slow
def test_no_planted_address_is_seen_by_anybody_says_the_command_which_has_a_scratch_database(tmp_path, site_database):
    command = [sys.executable, "manage.py", "leakcheck"]
    environment = {"NEWSROOM_DATA": str(tmp_path), "PATH": "/usr/bin:/bin", **site_database()}

    done = subprocess.run(command, cwd=django_settings.BASE_DIR, env=environment, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert int(re.fullmatch(r"(\d+) planted addresses, none of them seen\.\n", done.stdout)[1]) > 20
    assert not (tmp_path / "newsroom.sqlite3").exists()
