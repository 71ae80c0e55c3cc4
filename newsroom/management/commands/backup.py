"""Put the whole site into one file, while it runs."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from newsroom import backup

KEPT = 10  # backups that stay in the site's own folder


class Command(BaseCommand):
    help = "Put the database, pictures, uploads and secrets into one file. Safe while the site runs."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument(
            "--to", type=Path, help=f"the file; by default one of {KEPT} in backups/ of the data folder"
        )
        parser.add_argument("--database-only", action="store_true", help="without pictures and secrets")

    def handle(self, *, to, database_only, **options):
        kind = "database" if database_only else "site"
        target = to or settings.DATA / "backups" / f"{kind}-{backup.stamp()}.tar"
        try:
            backup.make(target, database_only)
        except (backup.BackupError, OSError) as error:
            raise CommandError(f"No backup was made: {error}") from error
        if not to:
            for old in sorted(target.parent.glob(f"{kind}-*.tar"))[:-KEPT]:
                old.unlink()
        self.stdout.write(f"{target}  ({target.stat().st_size / 1_000_000:.1f} MB)")
