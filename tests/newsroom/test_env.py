"""A wrong value stops the start with one sentence; a right one starts it."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

from newsroom import env


def start(tmp_path, code="import newsroom.settings as s; print(s.SITE_URL, s.SECURE_SSL_REDIRECT)", **variables):
    """Load the settings as the site does, in a process of its own, and say what the code says."""
    inherited = {"PATH": os.environ["PATH"], "NEWSROOM_DATA": str(tmp_path / "data")}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env=inherited | variables,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "70000"),
        ("SITE_URL", "news.example"),
        ("SITE_URL", "https://news.example/blog"),
        ("SITE_URL", "https://news.example:x"),
        ("DEBUG", "true"),
        ("NEWSROOM_LIMITS", "no"),
        ("DATABASE_URL", "mysql://a/b"),
        ("DATABASE_URL", "postgres://[bad"),
        ("DATABASE_URL", "postgres://"),
        ("SITE_URL", "https://ex ample.org"),
        ("SITE_URL", "https://user@ex.org"),
        ("EMAIL_URL", "pigeon://x"),
        ("EMAIL_URL", "file://var/mail"),
        ("EMAIL_URL", "smtp://[x"),
        ("REDIS_URL", "127.0.0.1:6379"),
        ("REDIS_URL", "redis://host:x/0"),
        ("REDIS_URL", "redis://host/first"),
        ("MEDIA_STORAGE", "/var/media"),
        ("MEDIA_STORAGE", "file://host/media"),
        ("MEDIA_STORAGE", "s3://key:secret@host"),
        ("ORIGINALS_STORAGE", "s3://host/bucket"),
        ("ORIGINALS_STORAGE", "s3://key:secret@host:x/bucket"),
        ("EDITIONS", "fr,klingon"),
        ("EDITIONS", "fr,fr"),
        ("EMBED_LOOKUP", "yes"),
        ("WEBSUB_HUB", "hub.example"),
        ("WEBSUB_HUB", 'https://hub.example/"><script>'),
        ("PROXY_HOPS", "-1"),
        ("PROXIES", "10.0.0.1/8"),
        ("PROXIES", "nginx"),
        ("NEWSROOM_DATA", "/proc/nowhere"),
        ("TIME_ZONE", "Mars/Phobos"),
        ("DATABASE_URL", "sqlite:////nowhere/newsroom.sqlite3"),
        ("DATABASE_URL", "sqlite:////tmp"),
        ("HOST", "everywhere"),
        ("HOST", "127.0.0.1:8000"),
        ("HOST", "http://127.0.0.1"),
        ("ALLOWED_HOSTS", "https://news.example"),
        ("ALLOWED_HOSTS", "news.example, www.news.example/"),
        ("ALLOWED_HOSTS", "news.example:8000"),
        ("MAIL_FROM", "news"),
        ("MAIL_FROM", "The News news@news.example"),
        ("MAIL_FROM", "news@news.example, desk@news.example"),
        ("CDN_PURGE", "http://127.0.0.1:6081"),
        ("CDN_PURGE", "varnish+ftp://host"),
        ("CDN_PURGE", "tags+https://[x"),
    ],
)
def test_a_wrong_value_stops_the_start_with_one_sentence(tmp_path, name, value):
    done = start(tmp_path, **{name: value})

    assert done.returncode == 1
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(f"{name} is ")
    assert "it must be" in lines[0]


def test_a_password_in_a_wrong_address_is_not_printed(tmp_path):
    assert "hunter2" not in start(tmp_path, DATABASE_URL="mysql://me:hunter2@host/db").stderr
    assert "hunter2" not in start(tmp_path, MEDIA_STORAGE="s4://me:hunter2@host/bucket").stderr
    assert "hunter2" not in start(tmp_path, REDIS_URL="redis://me:hunter2@host/first").stderr


@pytest.mark.parametrize(
    ("address", "printed"),
    [("http://127.0.0.1:8000", "http://127.0.0.1:8000 False"), ("https://news.example", "https://news.example True")],
)
def test_an_address_under_https_is_served_under_https_only(tmp_path, address, printed):
    assert start(tmp_path, SITE_URL=address).stdout.strip() == printed


@pytest.mark.parametrize("query", ["", "?pool=true", "?sslmode=require&pool=3"])
def test_connections_to_postgresql_come_from_a_pool_whatever_the_address_says_of_one(tmp_path, query):
    code = "import newsroom.settings as s; print(s.DATABASES['default']['OPTIONS'])"
    said = start(tmp_path, code, DATABASE_URL=f"postgres://me@host/news{query}", WEB_THREADS="3").stdout

    mode = "'sslmode': 'require', " if "sslmode" in query else ""
    patience = "'connect_timeout': 5, 'tcp_user_timeout': 10000, "
    pool = "{'min_size': 1, 'max_size': 5, 'timeout': 2, 'reconnect_timeout': 1}"
    assert said == f"{{{mode}{patience}'pool': {pool}}}\n"


def test_the_secret_is_made_once_and_kept_from_others(tmp_path):
    start(tmp_path)
    secret = tmp_path / "data" / "secrets" / "secret_key"
    first = secret.read_text()
    start(tmp_path)

    assert secret.read_text() == first
    assert len(first) > 60
    assert secret.stat().st_mode & 0o777 == 0o600


def test_the_example_names_every_variable_and_starts_the_site_as_it_stands(tmp_path):
    example = (settings.BASE_DIR / ".env.example").read_text()
    source = (settings.BASE_DIR / "newsroom" / "settings.py").read_text()
    read = {part.split('"')[1] for part in source.split("env.")[1:] if part.split("(")[0] in READERS}
    named = {
        line.lstrip("#").split("=")[0] for line in example.splitlines() if "=" in line and not line.startswith("# ")
    }

    assert named == read


READERS = {
    *("text", "flag", "number", "names", "languages", "address", "web_address", "folder", "time_zone", "listening"),
    *("hosts", "sender", "database", "mail", "storage", "redis_address", "cdn", "header", "networks"),
}


def test_processes_that_start_at_once_make_one_secret_and_read_it_whole(tmp_path):
    code = f"from newsroom import env; from pathlib import Path; print(env.secret(Path({str(tmp_path)!r}) / 'key'))"
    started = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(6)]
    secrets = {process.communicate(timeout=60)[0] for process in started}

    assert [len(secret.strip()) for secret in secrets] == [67]
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_a_token_that_is_no_header_stops_the_start_and_is_not_printed(tmp_path):
    done = start(tmp_path, CDN_PURGE="keys+https://cdn.example/purge", CDN_TOKEN="hunter2")

    assert done.returncode == 1
    assert done.stderr.startswith("CDN_TOKEN is ")
    assert "hunter2" not in done.stderr


def test_a_bucket_that_says_nothing_is_waited_for_seconds():
    """Each picture asked for meanwhile holds a thread; the library by itself waits five times for a minute."""
    waits = env.storage("NO_SUCH_STORAGE", "s3://key:secret@host/bucket")["OPTIONS"]["client_config"]

    assert waits.connect_timeout * waits.retries["total_max_attempts"] <= 5
    assert waits.read_timeout * waits.retries["total_max_attempts"] <= 20


@pytest.mark.parametrize("media", ["", "s3://key:secret@host/bucket"])
def test_processes_that_run_the_same_take_each_other_s_pages_for_their_own(tmp_path, media):
    code = "from newsroom.release import release; print(release())"
    variables = {"DJANGO_SETTINGS_MODULE": "newsroom.settings", "MEDIA_STORAGE": media}
    first, second = (start(tmp_path, code, **variables).stdout for _process in range(2))

    assert first == second != ""
    assert first != start(tmp_path, code, **variables, TIME_ZONE="Europe/Rome").stdout
