"""The two engines that find words, FTS5 and PostgreSQL: what each is told to keep, and what each is asked. Knows no model."""

from django.db import connection
from django.db.models.expressions import RawSQL

# Where words may stand, the narrowest first, each with what it adds to the one before.
PLACES = ("title", "lead", "whole")


class Fts5:
    """SQLite: one virtual table, whose columns hold the terms of title, standfirst and body."""

    insert = "INSERT INTO articles_search (rowid, title, standfirst, body) VALUES (%s, %s, %s, %s)"
    delete = "DELETE FROM articles_search WHERE rowid = %s"
    delete_lost = "DELETE FROM articles_search WHERE rowid NOT IN (SELECT id FROM articles_article WHERE published_at IS NOT NULL)"
    match = dict.fromkeys(PLACES, "SELECT rowid FROM articles_search WHERE articles_search MATCH %s")
    columns = {"title": "{title} : ", "lead": "{title standfirst} : ", "whole": ""}

    def row(self, fields):
        return [" ".join(found) for found in fields.values()]

    def question(self, clauses, place):
        def one(clause):
            phrases = (f'"{" ".join(phrase)}"' for phrase in clause.phrases)
            return f"({' OR '.join(phrases)})"

        return f"{self.columns[place]}({' AND '.join(map(one, clauses))})"


class PostgreSQL:
    """PostgreSQL: three vectors of terms with their positions, each with all of the narrower place. No dictionary is asked."""

    insert = (
        "INSERT INTO articles_search (id, title, lead, whole) VALUES (%s, %s::tsvector, %s::tsvector, %s::tsvector)"
    )
    delete = "DELETE FROM articles_search WHERE id = %s"
    delete_lost = (
        "DELETE FROM articles_search WHERE id NOT IN (SELECT id FROM articles_article WHERE published_at IS NOT NULL)"
    )
    match = {place: f"SELECT id FROM articles_search WHERE {place} @@ %s::tsquery" for place in PLACES}  # noqa: S608
    # Where each field begins: so far apart that no phrase spans two. Positions end at 16,383.
    begins = {"title": 1, "lead": 400, "whole": 2000}

    def row(self, fields):
        found, row = {}, []
        for place, begin in self.begins.items():
            for position, term in enumerate(fields[place], begin):
                found.setdefault(term, []).append(str(position))
            row.append(" ".join(f"'{term}':{','.join(positions)}" for term, positions in found.items()))
        return row

    def question(self, clauses, place):
        def one(clause):
            phrases = (" <-> ".join(f"'{term}'" for term in phrase) for phrase in clause.phrases)
            return f"({' | '.join(phrases)})"

        return " & ".join(map(one, clauses))


def engine():
    return PostgreSQL() if connection.vendor == "postgresql" else Fts5()


def matching(clauses, place):
    """Return the ids of the indexed articles that have all of `clauses` in `place`, as a subquery."""
    here = engine()
    return RawSQL(here.match[place], [here.question(clauses, place)])  # noqa: S611, a constant and a parameter
