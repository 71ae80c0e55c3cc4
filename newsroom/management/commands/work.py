"""Run jobs."""

from django.core.management.base import BaseCommand

from newsroom import jobs
from newsroom.worker import Worker


class Command(BaseCommand):
    help = "Run the site's background work until told to stop. Several may run at once on PostgreSQL."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="run what is due, then stop")

    def handle(self, *, once, **options):
        if once:
            jobs.take_back_lost()
            self.stdout.write(f"{jobs.run_pending()} jobs run")
        else:
            Worker().run()
