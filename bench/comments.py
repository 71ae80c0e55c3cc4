"""How long drawing a thread takes: `python bench/comments.py`. The aim: linear, and two queries however long it is."""

import os
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["NEWSROOM_DATA"] = tempfile.mkdtemp(prefix="newsroom-bench-")
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django  # noqa: E402

django.setup()

from django.contrib.contenttypes.models import ContentType  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.template.loader import render_to_string  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from articles.models import Article, Author  # noqa: E402
from comments import decisions  # noqa: E402
from comments.models import ReaderComment  # noqa: E402
from comments.models.comment import public_id  # noqa: E402
from comments.templatetags.discussion import discussion  # noqa: E402

SIZES, ROUNDS, ROOTS = (20, 100, 500, 5000), 5, 20
WORDS = "What I think of this takes a few lines, as comments do, and names https://example.org/a/page once.\n\n" * 2


def grow(article, count):
    """Store `count` approved comments on three levels below at most ROOTS roots."""
    roots, firsts = [], []
    with transaction.atomic():
        for number in range(count):
            parent = None
            if len(roots) >= min(ROOTS, count // 4):
                parent = (firsts if number % 2 and firsts else roots)[
                    number % len(firsts if number % 2 and firsts else roots)
                ]
            row = ReaderComment(
                article=article, status="approved", user_name=f"Reader {number}", comment=WORDS, submit_date=timezone.now(),
                content_type=ContentType.objects.get_for_model(Article),
            )  # fmt: skip
            # The package's arithmetic rewrites a thread for every answer: set here what a thread is, and no more.
            row.parent_id, row.thread_id = 0, 0
            row.save()
            if parent:
                ReaderComment.objects.filter(pk=row.pk).update(
                    parent_id=parent.pk, thread_id=parent.thread_id, level=parent.level + 1
                )
                row.thread_id, row.level = parent.thread_id, parent.level + 1
            {0: roots, 1: firsts}.get(row.level, []).append(row)
        decisions.recount([article.pk])


def copy_thread(article, keys):
    """Have the articles of these keys discussed as this one is, by copying its rows: saving 100,000 takes many minutes."""
    thread = ReaderComment.objects.filter(article=article).values_list("pk", flat=True)
    count, last = len(thread), max(thread)
    shifts = [(key, last + number * count) for number, key in enumerate(keys)]
    with transaction.atomic(), connection.cursor() as cursor:
        for model in (*reversed(ReaderComment._meta.get_parent_list()), ReaderComment):
            fields = model._meta.local_concrete_fields
            rows = model._base_manager.filter(pk__in=list(thread)).values(*(field.attname for field in fields))
            columns, marks = ", ".join(f'"{field.column}"' for field in fields), ", ".join(["%s"] * len(fields))
            copies = (moved(row, key, shift) for row in list(rows) for key, shift in shifts)
            cursor.executemany(
                f"INSERT INTO {model._meta.db_table} ({columns}) VALUES ({marks})",  # noqa: S608
                ([field.get_db_prep_save(copy[field.attname], connection) for field in fields] for copy in copies),
            )
    decisions.recount(keys)


def moved(row, key, shift):
    """Return a comment's columns in one table as they are in a copy, each key so much higher and a moment later."""
    ids = ("id", "comment_ptr_id", "xtdcomment_ptr_id", "thread_id", "parent_id")
    dates = {name: row[name] + timedelta(microseconds=shift) for name in ("submit_date", "status_at") if name in row}
    elsewhere = {"article_id": key, "object_pk": str(key), "public_id": public_id()}
    return row | {name: row[name] + shift for name in ids if name in row} | dates | elsewhere


def main():
    call_command("migrate", verbosity=0)
    author = Author.objects.create(name="Author", slug="author")
    for count in SIZES:
        article = Article.objects.create(
            title=f"{count}", slug=f"a{count}", author=author, published_at=timezone.now(), language="en"
        )
        grow(article, count)
        article.refresh_from_db()
        times = []
        for _ in range(ROUNDS):
            with CaptureQueriesContext(connection) as queries:
                start = perf_counter()
                html = render_to_string("components/_discussion.html", discussion(article))
                times.append((perf_counter() - start) * 1000)
        drawn = html.count('<article class="comment"')
        assert drawn == article.comment_count == count, (drawn, article.comment_count, count)  # noqa: S101
        best = min(times)
        print(f"{count:5} comments: {best:7.1f} ms, {best * 1000 / count:5.0f} µs each, {len(queries)} queries")  # noqa: T201


if __name__ == "__main__":
    main()
