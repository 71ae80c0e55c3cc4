"""How fast a moderator can go with 5,000 comments waiting: `python bench/moderation.py`. The aim: fifty decisions a minute.

Each decision is what the script of the desk sends: a POST, and every dozen the list again. A person adds her reading.
"""

import os
import re
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["NEWSROOM_DATA"] = tempfile.mkdtemp(prefix="newsroom-bench-")
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from articles.models import Article, Author  # noqa: E402
from comments import decisions  # noqa: E402
from comments.keys import email_key  # noqa: E402
from comments.models import CommentContact, Report  # noqa: E402
from newsroom.models import User  # noqa: E402

WAITING, DECIDED, ARTICLES, WRITERS, DECISIONS = 5000, 5000, 100, 900, 60
QUEUE = "/admin/comments/readercomment/"
WORDS = "What I think of this takes a few lines, as comments do, and names https://example.org/a/page once.\n\n" * 2


def fill():
    """Store the comments; every fifth answers one that stands, every fiftieth of those that stand is reported."""
    author = Author.objects.create(name="Author", slug="author")
    articles = [
        Article.objects.create(
            language="fr",
            title=f"Article {n}",
            slug=f"a{n}",
            author=author,
            published_at=timezone.now(),
            body="<p>x</p>",
        )
        for n in range(ARTICLES)
    ]
    standing = {}
    with transaction.atomic():
        for number in range(WAITING + DECIDED):
            article = articles[number % ARTICLES]
            parent = standing.get(article.pk) if number % 5 == 0 else None
            status = (
                ("approved", "approved", "approved", "spam", "rejected")[number % 5] if number < DECIDED else "pending"
            )
            row = decisions.add(
                article, parent, user_name=f"Reader {number % WRITERS}", comment=f"{WORDS} {number}", status=status,
                hold_reasons=[["links", 2]] if number % 3 == 0 else [],
            )  # fmt: skip
            key = email_key(f"reader{number % WRITERS}@example.invalid")
            CommentContact.objects.create(comment=row, email_key=key)
            if status == "approved":
                standing.setdefault(article.pk, row)
                if number % 50 == 0:
                    Report.objects.create(comment=row, reason="other", network_key="bench")
        decisions.recount([article.pk for article in articles])


def timed(function, *arguments, **options):
    start = perf_counter()
    answer = function(*arguments, **options)
    return answer, (perf_counter() - start) * 1000


def main():
    call_command("migrate", verbosity=0)
    fill()
    client = Client()
    client.force_login(User.objects.create_superuser("bench", password="x"))
    client.get(QUEUE)
    pages, posts = [], []
    while len(posts) < DECISIONS:
        page, time = timed(client.get, QUEUE)
        pages.append(time)
        shown = re.findall(r'name="comment" value="(\w+:\w+)" form="many"', page.content.decode())
        for comment in shown[:12]:
            status = ("approved", "rejected", "spam")[len(posts) % 3]
            data = {"status": status, "comment": comment, "reason": "off-topic"}
            answer, time = timed(client.post, f"{QUEUE}decide/", data, headers={"Accept": "application/json"})
            if answer.json()["gone"] != [comment.partition(":")[0]]:
                sys.exit(f"The decision was not carried out: {answer.json()}")
            posts.append(time)
    with CaptureQueriesContext(connection) as queries:
        client.get(QUEUE)
    each = (sum(pages) + sum(posts)) / len(posts)
    print(f"{WAITING} waiting, {DECIDED} decided: a page of 20 {median(pages):.0f} ms, {len(queries)} queries")
    print(f"a decision {median(posts):.0f} ms (slowest {max(posts):.0f} ms)")
    print(f"{60_000 / each:.0f} decisions a minute with the pages between: {60_000 / each / 50:.0f} x the aim of 50")
    for name, query in (
        ("search", "?q=9999"),
        ("approved", "?show=approved"),
        ("last page", "?page=250"),
        ("log", "log/"),
    ):
        print(f"{name}: {timed(client.get, QUEUE + query)[1]:.0f} ms")


if __name__ == "__main__":
    main()
