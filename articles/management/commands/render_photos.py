"""Make every rendition that is missing or lost, and remove the files that nothing uses."""

from concurrent.futures import ThreadPoolExecutor, as_completed
from os import cpu_count

from django.core.management.base import BaseCommand
from django.db import connection

from articles import photos
from articles.models import Photo


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--all", action="store_true", help="make also those that are there already")
        parser.add_argument("--originals", action="store_true", help="remove uploads too that no photo names any more")
        parser.add_argument("--jobs", type=int, default=cpu_count(), help="how many photos at a time (the processors)")

    def handle(self, *args, **options):
        photos.forget_lost_files()
        waiting = [photo.pk for photo in Photo.objects.iterator() if options["all"] or not photo.is_rendered]
        failed = 0
        # Threads do: Pillow lets go of Python's lock wherever it takes time.
        with ThreadPoolExecutor(max(1, options["jobs"])) as pool:
            running = {pool.submit(_render, pk, options["all"]): pk for pk in waiting}
            for done, future in enumerate(as_completed(running), 1):
                if error := future.exception():
                    failed += 1
                    self.stderr.write(f"\nphoto {running[future]}: {error}")
                self._progress(done, len(waiting))
        removed = photos.remove_unused_files(options["originals"])
        self.stdout.write(f"{len(waiting) - failed} photos rendered, {failed} failed, {removed} unused files removed")
        if failed:
            raise SystemExit(1)

    def _progress(self, done, count):
        if self.stdout.isatty():
            bar = ("█" * (30 * done // count)).ljust(30, "░")
            self.stdout.write(f"\r{bar} {done}/{count}", ending="\n" if done == count else "")
            self.stdout.flush()


def _render(pk, again):
    try:
        if photo := Photo.objects.filter(pk=pk).first():
            photo.render(again)
    finally:
        connection.close()
