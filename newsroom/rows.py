"""A new row for a table that grows by many a second: its statement is written once, and not anew for every row."""

from functools import cache

from django.db import connection


def insert(row):
    """Store a new row as `row.save(force_insert=True)` does, at a third of the price: a key that the database gives stays unknown, and nobody is told.

    For models without parents, signals or defaults of the database.
    """
    fields, statement = _insertion(type(row))
    with connection.cursor() as cursor:
        cursor.execute(statement, [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields])
    row._state.adding = False


@cache
def _insertion(model):
    """Return the fields that a new row brings, and the statement that takes their values."""
    fields = [field for field in model._meta.local_concrete_fields if field is not model._meta.auto_field]
    columns, marks = ", ".join(f'"{field.column}"' for field in fields), ", ".join(["%s"] * len(fields))
    return fields, f"INSERT INTO {model._meta.db_table} ({columns}) VALUES ({marks})"  # noqa: S608
