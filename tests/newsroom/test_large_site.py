"""What a large site asks of its database at the desk: found by an index, not by reading a table."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import ArticleFactory, CommentFactory

pytestmark = pytest.mark.django_db
LARGE = {"articles_article", "articles_revision", "articles_taggedarticle", "comments_readercomment", "django_comments"}


def read_whole(queries):
    """Return (table, query) for each table of LARGE that SQLite reads from end to end."""
    found = []
    for query in queries:
        if query["sql"].startswith("SELECT"):
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}".replace("%", "%%"))
                plan = [row[3].split() for row in cursor.fetchall()]
            found += [(step[1], query["sql"]) for step in plan if step[0] == "SCAN" and "USING" not in step]
    return [(table, sql) for table, sql in found if table in LARGE]


@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL plans by what there is, and reads small tables whole"
)
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
