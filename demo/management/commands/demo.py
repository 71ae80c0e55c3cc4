"""Fill the site with the demo."""

import sys
import time

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils.translation import ngettext

from articles.models import Author, Photo
from demo.bulk import make_articles
from demo.discussion import load_comments
from demo.site import load_site


class Command(BaseCommand):
    help = "Fill the site with the demo; safe to run twice. With --articles N, make it a site of N articles more."

    def add_arguments(self, parser):
        parser.add_argument("--articles", type=int, default=0, metavar="N", help="articles to make for a large site")

    def handle(self, *, articles, **options):
        with transaction.atomic():
            made = load_site()
            load_comments()
        self.stdout.write(
            ngettext(
                "The demo site is there: %(count)s new article.",
                "The demo site is there: %(count)s new articles.",
                made,
            )
            % {"count": made}
        )
        if articles:
            self.make_large(articles)

    def make_large(self, total):
        """Show how far it is, on one line."""
        began, author, photos = time.monotonic(), Author.objects.get(is_site_author=True), list(Photo.objects.all())
        for done in make_articles(total, author, photos):
            bar = "#" * (40 * done // total)
            self.stdout.write(
                f"\r[{bar:<40}] {done}/{total} ", ending="" if sys.stdout.isatty() and done < total else "\n"
            )
            self.stdout.flush()
        self.stdout.write(f"{total} articles, {time.monotonic() - began:.0f} s")
