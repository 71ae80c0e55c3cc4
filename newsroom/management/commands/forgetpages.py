"""Forget all that is kept of pages: after a backup was put back, or rows were changed by hand."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand
from django.test import Client
from django.urls import reverse
from lxml import etree

from newsroom.cache import page_store

LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


class Command(BaseCommand):
    help = (
        "Forget every kept page and every kept part of one; each is drawn anew when somebody asks for it, or at once."
    )

    def add_arguments(self, parser):
        parser.add_argument("--draw", action="store_true", help="Draw now all that the sitemap names.")

    def handle(self, draw, **options):
        if store := page_store():
            store.clear()
        if draw:
            count = sum(1 for _ in drawn(reverse("sitemap")))
            self.stdout.write(f"{count} pages are drawn.")


def drawn(sitemap):
    """Draw what a sitemap names, and what the sitemaps in it name; yield each path."""
    site = urlsplit(settings.SITE_URL)
    client = Client(SERVER_NAME=site.hostname, raise_request_exception=False)
    waiting = [sitemap]
    while waiting:
        path = waiting.pop()
        response = client.get(path, secure=site.scheme == "https")
        if response.status_code == 200 and path.endswith(".xml"):
            waiting += [
                loc.text.removeprefix(settings.SITE_URL) for loc in etree.fromstring(response.content).iter(LOC)
            ]
        yield path
