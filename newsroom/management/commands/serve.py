"""Make the site ready, then serve it."""

import errno
import hashlib
import os
import secrets
import socket
import sys
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from newsroom import env, front

LOCK = 7_361_115  # PostgreSQL's name for what only one machine does at a time


@contextmanager
def one_machine_at_a_time():
    """Have the other machines of a site, which may start at the same moment, wait until this one has made it ready."""
    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


class Command(BaseCommand):
    help = "Make the site ready (tables, static files, first account), then serve it with its worker."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--host", default=settings.HOST)
        parser.add_argument("--demo", action="store_true", help="fill an empty site with the demo")
        parser.add_argument("--prepare-only", action="store_true", help="make ready, and do not serve")

    def handle(self, *, host, demo, prepare_only, **options):
        if not prepare_only:
            self.refuse_taken_port(host)
        self.collect_static()
        with one_machine_at_a_time():
            self.migrate()
            if demo and apps.is_installed("demo") and self.is_empty():
                call_command("demo")
            self.create_first_account()
        front.write(settings.DATA / "front")
        self.close_doors()
        if prepare_only:
            return
        self.stdout.write(f"{settings.SITE_URL}/  ({settings.SITE_URL}/admin/)")
        self.stdout.flush()
        connection.close()
        processes = settings.WEB_WORKERS, settings.WEB_THREADS, settings.WORKERS
        how = [self.home(), settings.DATA / "serve.pid", host, settings.PORT, *processes]
        os.chdir(settings.BASE_DIR)
        os.execve(  # noqa: S606
            sys.executable, [sys.executable, "-m", "newsroom.supervisor", *map(str, how)], env.without_file()
        )

    @staticmethod
    def home():
        """Return the site's folder as it was called, which may be by a link that another release gets later."""
        called = Path(sys.argv[0]).absolute().parent
        return called if called.exists() and called.samefile(settings.BASE_DIR) else settings.BASE_DIR

    def refuse_taken_port(self, host):
        """Say that nobody can listen there, or that somebody else does, before anything is changed."""
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, settings.PORT))
            except OSError as error:
                if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
                    raise CommandError(
                        f"HOST is {host!r}: it must be an address of this machine, such as 127.0.0.1 or 0.0.0.0."
                    ) from error
                raise CommandError(
                    f"PORT is {settings.PORT}: {error.strerror.lower()}. "
                    "Stop what uses it, or choose another one: PORT=8001 make run"
                ) from error

    @staticmethod
    def close_doors():
        """Keep what is private from other accounts of this machine; a server in front reads pages, pictures and styles."""
        for name in ("originals", "mail", "backups"):
            if (settings.DATA / name).is_dir():
                (settings.DATA / name).chmod(0o700)
        if connection.vendor == "sqlite":
            for ending in ("", "-wal", "-shm"):
                if (file := Path(f"{settings.DATABASES['default']['NAME']}{ending}")).exists():
                    file.chmod(0o600)

    def migrate(self):
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", interactive=False, verbosity=0)

    def collect_static(self):
        """Collect and compress static files when one of them, or a package, has changed since the last time.

        Those of earlier versions stay: pages that name them are still at readers.
        """
        stamp = settings.STATIC_ROOT / ".fingerprint"
        fingerprint = self.static_fingerprint()
        if not stamp.is_file() or stamp.read_text() != fingerprint:
            call_command("collectstatic", interactive=False, verbosity=0)
            stamp.write_text(fingerprint)

    @staticmethod
    def static_fingerprint():
        digest = hashlib.sha256((settings.BASE_DIR / "requirements.txt").read_bytes())
        for path in sorted((settings.BASE_DIR / "static").rglob("*")):
            if path.is_file():
                digest.update(f"{path}{path.stat().st_size}{path.stat().st_mtime_ns}".encode())
        return digest.hexdigest()

    @staticmethod
    def is_empty():
        return not get_user_model().objects.exists() and not apps.get_model("articles", "Article").objects.exists()

    def create_first_account(self):
        """Make the account of the site's owner, and print its password this once."""
        users = get_user_model().objects
        if users.exists():
            return
        password = secrets.token_urlsafe(12)
        users.create_superuser("redaction", "", password)
        lines = {
            _("name"): "redaction",
            _("password"): password,
            _("site"): f"{settings.SITE_URL}/",
            _("desk"): f"{settings.SITE_URL}/admin/",
        }
        width = max(map(len, lines))
        self.stdout.write("\n" + _("The first account. This password is shown once; change it at the desk."))
        for label, value in lines.items():
            self.stdout.write(f"  {label:<{width}}  {value}")
        self.stdout.write("")
