"""What a large site asks of its database at the desk: found by an index, not by reading a table."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import Article
from tests.factories import ArticleFactory, CommentFactory, PhotoFactory

pytestmark = pytest.mark.django_db
LARGE = {"articles_article", "articles_revision", "articles_taggedarticle", "comments_readercomment", "django_comments"}


on_sqlite = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL plans by what there is, and reads small tables whole"
)


def steps(queries):
    """Return (what SQLite does, with which table, the rest, the query) for each step of what it plans."""
    found = []
    for query in queries:
        if query["sql"].startswith("SELECT"):
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}".replace("%", "%%"))
                plan = [row[3].split() for row in cursor.fetchall()]
            found += [(step[0], step[1], step[2:], query["sql"]) for step in plan]
    return found


def read_whole(queries):
    """Return (table, query) for each table of LARGE that SQLite reads from end to end."""
    return [
        (table, sql)
        for does, table, rest, sql in steps(queries)
        if does == "SCAN" and table in LARGE and "USING" not in rest
    ]


@on_sqlite
@pytest.mark.parametrize(
    "path",
    [
        "/admin/",
        "/admin/articles/article/",
        "/admin/articles/article/?state=draft",
        "/admin/articles/article/?state=scheduled",
        "/admin/articles/article/?state=published",
        "/admin/articles/article/?state=bin",
        "/admin/articles/tag/",
        "/admin/comments/readercomment/",
        "/admin/comments/readercomment/?show=reported",
        "/admin/comments/readercomment/?show=approved",
        "/admin/comments/readercomment/log/",
    ],
)
def test_the_desk_reads_no_large_table_whole(admin_client, path):
    CommentFactory(article=ArticleFactory(tags=["Ia"]), approved=True)
    admin_client.get(path)

    with CaptureQueriesContext(connection) as queries:
        assert admin_client.get(path).status_code == 200

    assert read_whole(queries.captured_queries) == []


@on_sqlite
def test_the_articles_at_the_head_of_the_front_page_are_not_looked_for_among_all():
    with CaptureQueriesContext(connection) as queries:
        list(Article.objects.published().leading())

    plan = [(does, table, rest[-1]) for does, table, rest, _ in steps(queries)]
    assert plan[0] == ("SEARCH", "articles_article", "(rowid=?)")
    assert ("SCAN", "U0", "article_leading") in plan


@on_sqlite
def test_no_photo_is_sorted_to_show_the_newest(admin_client):
    PhotoFactory()

    for path in ("/admin/articles/photo/", "/admin/articles/photo/picker/"):
        with CaptureQueriesContext(connection) as queries:
            admin_client.get(path)
        photos = [step for step in steps(queries) if 'FROM "articles_photo"' in step[-1]]
        assert [step[1] for step in photos if step[0] == "SCAN"] == ["articles_photo"] * len(photos), path


@on_sqlite
def test_what_was_done_with_one_comment_is_not_looked_for_in_the_whole_log(admin_client):
    comment = CommentFactory(approved=True)

    with CaptureQueriesContext(connection) as queries:
        page = admin_client.get(f"/admin/comments/readercomment/{comment.public_id}/")

    assert len(page.context["lines"]) == 1
    found = {(does, rest[-1]) for does, table, rest, _ in steps(queries) if table == "comments_moderationevent"}
    assert {does for does, _ in found} == {"SEARCH"}
    assert ("SEARCH", "(comment_id=?)") in found
