"""Put the whole site into one file, while it runs."""

from functools import partial
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from newsroom import backup


class Command(BaseCommand):
    help = "Put the database, pictures, uploads and secrets into one file. Safe while the site runs."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument(
            "--to", type=Path, help=f"the file; by default one of {backup.KEPT} in backups/ of the data folder"
        )
        parser.add_argument("--database-only", action="store_true", help="without pictures and secrets")

    def handle(self, *, to, database_only, **options):
        write = partial(backup.make, database_only=database_only)
        try:
            if to:
                write(to)
            else:
                to = backup.keep("database" if database_only else "site", "tar", write)
        except (backup.BackupError, DatabaseError, OSError) as error:
            raise CommandError(f"No backup was made: {error}") from error
        self.stdout.write(f"{to}  ({to.stat().st_size / 1_000_000:.1f} MB)")
