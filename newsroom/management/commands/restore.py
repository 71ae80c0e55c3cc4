"""Put a backup back, the site being stopped."""

import os
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from newsroom import backup, supervisor


class Command(BaseCommand):
    help = "Put a backup back. What is there now is moved aside, not deleted."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *, file, **options):
        if self.site_runs():
            raise CommandError("The site runs. Stop it first: systemctl stop newsroom")
        try:
            aside = backup.put_back(file)
        except backup.HalfWayError as half:
            raise CommandError(
                f"This stopped half way: {half.__cause__}. What was there before is in {half}, as far as it was moved. "
                "Mend the cause, and restore the same file again before the site starts."
            ) from half
        except (backup.BackupError, OSError) as error:
            raise CommandError(f"Nothing was put back: {error}") from error
        call_command("migrate", interactive=False, verbosity=0)
        call_command("forgetpages")
        self.stdout.write(f"Done. What was there before is in {aside}: delete it when all is well.")

    @staticmethod
    def site_runs():
        try:
            if (lock := supervisor.hold(settings.DATA)) is None:
                return True
            os.close(lock)
            # An older version holds no lock.
            os.kill(int((settings.DATA / "serve.pid").read_text().split()[0]), 0)
        except (OSError, ValueError, IndexError):
            return False
        return True
