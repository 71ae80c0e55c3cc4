"""The index of the search, which articles/search.py fills: FTS5 on SQLite, vectors of terms on PostgreSQL."""

from django.db import migrations

TABLES = {
    "sqlite": [
        # The terms come ready from Python; no ranking of FTS5 is used, so it need not know how long a text is.
        "CREATE VIRTUAL TABLE articles_search USING fts5("
        "title, standfirst, body, tokenize='ascii', columnsize=0)",
        "CREATE TABLE articles_search_word (language TEXT NOT NULL, folded TEXT NOT NULL, word TEXT NOT NULL, "
        "PRIMARY KEY (language, folded)) WITHOUT ROWID",
    ],
    "postgresql": [
        "CREATE TABLE articles_search (id BIGINT PRIMARY KEY, "
        "title TSVECTOR NOT NULL, lead TSVECTOR NOT NULL, whole TSVECTOR NOT NULL)",
        "CREATE INDEX articles_search_title ON articles_search USING gin (title)",
        "CREATE INDEX articles_search_lead ON articles_search USING gin (lead)",
        "CREATE INDEX articles_search_whole ON articles_search USING gin (whole)",
        'CREATE TABLE articles_search_word (language VARCHAR(12) NOT NULL, folded TEXT COLLATE "C" NOT NULL, '
        "word TEXT NOT NULL, PRIMARY KEY (language, folded))",
    ],
}


def create(apps, editor):
    for statement in TABLES[editor.connection.vendor]:
        editor.execute(statement)


def drop(apps, editor):
    editor.execute("DROP TABLE articles_search")
    editor.execute("DROP TABLE articles_search_word")


class Migration(migrations.Migration):
    dependencies = [("articles", "0002_initial")]
    operations = [migrations.RunPython(create, drop)]
