"""What the sitemaps of a site with 50,000 articles cost in processor time, file by file, on a database of its own."""

import os
import statistics
import sys
import tempfile
import time
import uuid
import warnings
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
folder = tempfile.TemporaryDirectory(prefix="bench-sitemap-")
os.environ |= {"DJANGO_SETTINGS_MODULE": "newsroom.settings", "NEWSROOM_DATA": folder.name}

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from articles.models import Article, Author, Tag, TaggedArticle  # noqa: E402
from articles.related import relate  # noqa: E402

TOTAL = 50_000
ROUNDS = 5
BODY = "<p>" + "A sentence of ordinary length, one of a good many. " * 40 + "</p>"


def fill():
    """Make the articles, one in ten of them English and the translation of a French one; the newest within minutes."""
    author = Author.objects.create(name="Author", slug="author")
    tags = [Tag.objects.create(language="fr", name=f"Tag {n}", slug=f"tag-{n}") for n in range(40)]
    now = timezone.now()
    for first in range(0, TOTAL, 2000):
        rows = Article.objects.bulk_create(
            Article(
                group=uuid.UUID(int=n - (n % 10 == 9)),
                language="en" if n % 10 == 9 else "fr",
                title=f"Article {n}",
                slug=f"article-{n}",
                body=BODY,
                author=author,
                published_at=now - timedelta(minutes=2 * n + 1),
                first_published_at=now,
            )
            for n in range(first, first + 2000)
        )
        TaggedArticle.objects.bulk_create(
            TaggedArticle(content_object=row, tag=tags[(row.pk + step) % 40]) for row in rows for step in (1, 7, 13)
        )


def measure(path):
    client, times = Client(headers={"host": "127.0.0.1"}), []
    for _round in range(ROUNDS):
        with CaptureQueriesContext(connection) as queries:
            began = time.process_time()
            response = client.get(path)
            times.append(time.process_time() - began)
    assert response.status_code == 200, (path, response.status_code)
    size = len(response.content) / 1024
    print(
        f"{path:24} {statistics.median(times) * 1000:7.0f} ms  {len(queries)} queries  "
        f"{size:6.0f} KB  {response.content.count(b'<loc>'):5} addresses"
    )


warnings.simplefilter("ignore")  # static files are not collected here
call_command("migrate", verbosity=0)
began = time.process_time()
fill()
print(f"{TOTAL} articles made in {time.process_time() - began:.0f} s; medians of {ROUNDS}")
for path in (
    "/sitemap.xml",
    "/sitemap-1.xml",
    "/sitemap-23.xml",
    "/en/sitemap-1.xml",
    "/sitemap-sections.xml",
    "/sitemap-news.xml",
):
    measure(path)
began = time.process_time()
for article in Article.objects.filter(language="fr")[:20]:
    relate(article)
print(f"what to read next      {(time.process_time() - began) * 50:7.0f} ms an article")
connection.close()
folder.cleanup()
