"""Which rows of a table that grows have a part of a word: their texts, folded, found by any three signs of them.

What the lookup `holds` (newsroom/folding.py) finds by reading every row is looked up here first. SQLite (FTS5) and
PostgreSQL (pg_trgm) both answer LIKE by such an index. It says which rows are worth reading; `holds` has the last word.
"""

import re
from itertools import chain

from django.db import DatabaseError, connection, models, transaction
from django.db.models.signals import post_delete, post_save
from django.utils.translation import gettext_lazy as _

from newsroom.folding import LONGEST, fold
from newsroom.jobs import HEAVY, every, job

FEW = 1000  # keys; what more rows than that hold is soon found in any order of them
BATCH = 500
NO_LETTER = re.compile(r"[\\%_]")  # in a pattern these mean something else: there, any sign will do
ALL = []


def table_of(name):
    """Return the name of the table beside the table `name`."""
    return f"{name}_held"


def words_of(row, fields):
    """Return the texts of some fields of a row, folded; a TranslatedText has one in each language."""
    values = (getattr(row, name) for name in fields)
    # In one order: PostgreSQL has another one of languages.
    texts = ([value[code] for code in sorted(value)] if isinstance(value, dict) else [value] for value in values)
    return fold("\n".join(chain(*texts)))


class Held:
    """An attribute of a model: the index of what some of its fields hold. Its table is made by a migration: `create`.

    It follows what is saved and deleted. Whoever writes those fields in another way calls `put`.
    """

    def __init__(self, *fields):
        self.fields = fields

    def contribute_to_class(self, model, name):
        self.model, self.table = model, table_of(model._meta.db_table)
        setattr(model, name, self)
        post_save.connect(self._saved, sender=model)
        post_delete.connect(self._deleted, sender=model)
        ALL.append(self)

    def _saved(self, instance, update_fields=None, **_signal):
        if update_fields is None or not update_fields.isdisjoint(self.fields):
            self.put({instance.pk: words_of(instance, self.fields)})

    def _deleted(self, instance, **_signal):
        self._forget([instance.pk])

    def put(self, words):
        """Keep the folded words of rows, {key: words}, in the place of what is known of them."""
        put(connection, self.table, words)

    def _forget(self, keys):
        with connection.cursor() as cursor:
            cursor.executemany(f"DELETE FROM {self.table} WHERE rowid = %s", [(key,) for key in keys])  # noqa: S608

    def few(self, text):
        """Return the keys of the rows that may hold a text, as a list; None where there are too many, or it is too short."""
        wanted = NO_LETTER.sub("_", fold(text)[:LONGEST])
        if not re.search("[^_]{3}", wanted):
            return None
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT rowid FROM {self.table} WHERE words LIKE %s LIMIT {FEW + 1}",  # noqa: S608, of this file
                [f"%{wanted}%"],
            )
            keys = [key for (key,) in cursor.fetchall()]
        return keys if len(keys) <= FEW else None

    def narrow(self, rows, text):
        """Return a queryset of rows without most of those that cannot hold a text."""
        keys = self.few(text)
        return rows if keys is None else rows.filter(pk__in=keys)

    def mend(self):
        """Put right what differs from the rows: what another version of the site has written, which knew no index."""
        last, rows = 0, self.model._base_manager.order_by("pk").only(*self.fields)
        while batch := list(rows.filter(pk__gt=last)[:BATCH]):
            now = {row.pk: words_of(row, self.fields) for row in batch}
            known = self._known(last, batch[-1].pk)
            self.put({key: words for key, words in now.items() if known.get(key) != words})
            self._forget(known.keys() - now.keys())
            last = batch[-1].pk
        self._forget(self._known(last, models.BigIntegerField.MAX_BIGINT))

    def _known(self, after, last):
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT rowid, words FROM {self.table} WHERE rowid > %s AND rowid <= %s",  # noqa: S608
                [after, last],
            )
            return dict(cursor.fetchall())


def put(connection, table, words):
    keep = "INSERT OR REPLACE INTO" if connection.vendor == "sqlite" else "INSERT INTO"
    again = "" if connection.vendor == "sqlite" else " ON CONFLICT (rowid) DO UPDATE SET words = excluded.words"
    with connection.cursor() as cursor:
        cursor.executemany(f"{keep} {table} (rowid, words) VALUES (%s, %s){again}", list(words.items()))


def create(app, model, *fields):
    """Return what a migration runs, and what takes it back: the table for a model is made and filled.

    Not in one transaction, so that the old version may write meanwhile; begun again, it goes on.
    """

    def make(apps, editor):
        rows = apps.get_model(app, model)
        table, here = table_of(rows._meta.db_table), editor.connection
        if here.vendor == "sqlite":
            editor.execute(
                f"CREATE VIRTUAL TABLE IF NOT EXISTS {table} USING fts5(words, tokenize=trigram, detail=none, columnsize=0)"
            )
        else:
            editor.execute(f"CREATE TABLE IF NOT EXISTS {table} (rowid BIGINT PRIMARY KEY, words TEXT NOT NULL)")
            _index(here, table)
        last = 0
        while batch := list(rows._base_manager.filter(pk__gt=last).order_by("pk").only(*fields)[:BATCH]):
            with transaction.atomic(here.alias):
                put(here, table, {row.pk: words_of(row, fields) for row in batch})
            last = batch[-1].pk

    def drop(apps, editor):
        editor.execute(f"DROP TABLE {table_of(apps.get_model(app, model)._meta.db_table)}")

    return make, drop


def _index(connection, table):
    """Have PostgreSQL index trigrams. Where it has no pg_trgm, or may not use it, the short table is read instead."""
    try:
        with transaction.atomic(connection.alias), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            cursor.execute(f"CREATE INDEX IF NOT EXISTS {table}_words ON {table} USING gin (words gin_trgm_ops)")
    except DatabaseError:
        pass


@every(hours=24)
@job(_("Mend the index of the desk’s searches"), once=True, priority=HEAVY, time_limit=900)
def mend():
    for held in ALL:
        held.mend()
