"""How long a search of 10,000 articles of about 300 words takes: `python bench/search.py [number]`.

The aim is 50 ms for a common word on SQLite. The articles are the demo's, in a database of their own; with DATABASE_URL
set to a PostgreSQL server, in a test database there.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["NEWSROOM_DATA"] = tempfile.mkdtemp(prefix="newsroom-bench-")
os.environ["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import F, Value  # noqa: E402
from django.db.models.functions import Concat  # noqa: E402

AIM, ROUNDS = 50, 9
QUESTIONS = {
    "a common word": "données",
    "two common words": "réseau énergie",
    "a phrase": '"le réseau déplace"',
    "the beginning of a word": "consom",
    "a rare word": "kerckhoffs",
    "a slip": "consomation",
    "nothing": "introuvable",
    "stop words": "le la de",
}


def fill(number):
    from articles.models import Article, Author
    from articles.search import index
    from demo.bulk import article

    author = Author.objects.create(name="A", slug="a")
    for first in range(0, number, 500):
        made = [article(at, author, [None]) for at in range(first, min(first + 500, number))]
        Article.objects.bulk_create(made)
    rare = [one.pk for one in made[:3]]
    Article.objects.filter(pk__in=rare).update(body=Concat(F("body"), Value("<p>Kerckhoffs.</p>")))
    start = perf_counter()
    for first in range(0, number, 500):
        index(*Article.objects.order_by("pk")[first : first + 500])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # a server in service has done so by itself
    print(f"indexing: {(perf_counter() - start) * 1000 / number:.2f} ms an article")


def measure(text):
    from articles.models import Article
    from articles.search import search

    times = []
    for _ in range(ROUNDS):
        start = perf_counter()
        results = search(text, "fr", Article.objects.published().edition("fr"))
        total, hits, suggestion = results.count(), results[:12], results.suggestion
        times.append((perf_counter() - start) * 1000)
    return median(times), total, len(hits), suggestion


def main(number=10_000):
    name = settings.DATABASES["default"]["NAME"]
    if connection.vendor == "sqlite":  # a file, as in life
        call_command("migrate", verbosity=0)
    else:
        connection.creation.create_test_db(verbosity=0, serialize=False)
    try:
        fill(number)
        print(f"{connection.vendor}, {number} articles; count, twelve hits with their extracts, and what was meant:")
        for name, text in QUESTIONS.items():
            time, total, _, suggestion = measure(text)
            meant = f"  -> {suggestion}" if suggestion else ""
            print(f"{name:24} {time:6.1f} ms  {time / AIM:5.2f} of the aim  {total:6} found{meant}")
    finally:
        if connection.vendor == "sqlite":
            shutil.rmtree(os.environ["NEWSROOM_DATA"])
        else:
            connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
