"""Start what serves the site; at once, when this release has made it ready before and nothing has changed since.

It loads nothing of Django but the settings: a second start need not load all of it twice, once to find nothing to do.
"""

import errno
import os
import signal
import socket
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from django.conf import settings

from newsroom import env, supervisor
from newsroom.release import release


def again():
    """Serve the site if it is ready; return if it may not be.

    Whoever asks for a reload meanwhile, which would end this process, is heard by the supervisor.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})
    if (state := _state()) and _note().is_file() and _note().read_text(encoding="utf-8") == state:
        refuse_taken_port(settings.HOST)
        serve(settings.HOST)


def note_ready():
    """Keep in mind that this release has made the site ready."""
    if state := _state():
        _note().write_text(state, encoding="utf-8")


def _note():
    return settings.DATA / "ready"


def _state():
    """Return what the site was made ready from and is made of, as a text; None where only a whole start finds that."""
    database = settings.DATABASES["default"]
    made = [settings.STATIC_ROOT / ".fingerprint", settings.DATA / "front" / "pages.conf"]
    if not database["ENGINE"].endswith("sqlite3") or not all(path.is_file() for path in made):
        return None
    try:
        with closing(sqlite3.connect(f"{Path(database['NAME']).as_uri()}?mode=rw", uri=True)) as rows:
            migrations = rows.execute("SELECT count(*), max(id) FROM django_migrations").fetchone()
            accounts = rows.execute("SELECT EXISTS (SELECT 1 FROM newsroom_user)").fetchone()
    except (sqlite3.Error, ValueError):
        return None
    return repr((release(), database["NAME"], migrations)) if accounts == (1,) else None


def refuse_taken_port(host):
    """Say that nobody can listen there, or that somebody else does, before anything is changed."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, settings.PORT))
        except OSError as error:
            if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
                env.refuse("HOST", host, "an address of this machine, such as 127.0.0.1 or 0.0.0.0")
            sys.exit(
                f"PORT is {settings.PORT}: {error.strerror.lower()}. "
                "Stop what uses it, or choose another one: PORT=8001 make run"
            )


def refuse_served_folder():
    """Hold the site's folder for the life of this process, and of what it becomes; refuse when another one holds it."""
    try:
        lock = supervisor.hold(settings.DATA)
    except OSError:  # a full disk: readers come first
        return
    if lock is None:
        sys.exit(
            f"{settings.DATA} is served already, on another port: stop that one first (Ctrl+C where it runs, or "
            "systemctl stop newsroom), or serve another folder: NEWSROOM_DATA=…"
        )
    os.set_inheritable(lock, True)


def close_doors():
    """Keep what is private from other accounts of this machine; a server in front reads pages, pictures and styles."""
    for name in ("originals", "mail", "backups"):
        if (settings.DATA / name).is_dir():
            (settings.DATA / name).chmod(0o700)
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        for ending in ("", "-wal", "-shm"):
            if (file := Path(f"{database['NAME']}{ending}")).exists():
                file.chmod(0o600)


def serve(host):
    """Become the supervisor of the site's processes."""
    refuse_served_folder()
    close_doors()
    print(f"{settings.SITE_URL}/  ({settings.SITE_URL}/admin/)", flush=True)  # noqa: T201
    threads = settings.WEB_THREADS + settings.WEB_WAITING + settings.WEB_FORMS + settings.WEB_KEPT
    processes = settings.WEB_WORKERS, threads, settings.WORKERS
    how = [_home(), settings.DATA / "serve.pid", host, settings.PORT, *processes]
    os.chdir(settings.BASE_DIR)
    os.execve(  # noqa: S606
        sys.executable, [sys.executable, "-m", "newsroom.supervisor", *map(str, how)], env.without_file()
    )


def _home():
    """Return the site's folder by the link that another release gets later, if there is one.

    It is how the folder was called; or `current`, for a shell that stands in that folder and calls it by no name.
    """
    for link in (Path(sys.argv[0]).absolute().parent, settings.BASE_DIR.parent.parent / "current"):
        if link != settings.BASE_DIR and link.exists() and link.samefile(settings.BASE_DIR):
            return link
    return settings.BASE_DIR
