"""Make the site ready, then serve it."""

import hashlib
import secrets
from contextlib import contextmanager

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from newsroom import front, start

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
            start.refuse_taken_port(host)
        self.collect_static()
        with one_machine_at_a_time():
            self.migrate()
            if demo and apps.is_installed("demo") and self.is_empty():
                call_command("demo")
            self.create_first_account()
        front.write(settings.DATA / "front")
        start.note_ready()
        if prepare_only:
            start.close_doors()
            return
        self.stdout.flush()
        connection.close()
        start.serve(host)

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
            self.stdout.write(_("Making the site ready (once): style sheets, tables, first account…"))
            self.stdout.flush()  # before what takes many seconds
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
