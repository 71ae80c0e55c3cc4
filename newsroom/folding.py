"""Texts without capitals, accents and ligatures, as one types in a hurry: in Python, and on every database.

The lookup `holds` is what every search at the desk asks with: `title__holds="energie"` finds Énergie.
"""

import re
import unicodedata
from functools import lru_cache

from django.db.models import CharField, Lookup, TextField

# What stands for a letter and is no letter with an accent, with what one types in its place.
OTHER_SIGNS = {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "’": "'", "ʼ": "'"}
NOT_ASCII = re.compile(r"[^\x00-\x7f]")
ACCENTS = "\u0300-\u036f"
ACCENT = re.compile(f"[{ACCENTS}]")


@lru_cache(maxsize=1 << 14)
def _plain(sign):
    return ACCENT.sub("", OTHER_SIGNS.get(sign) or unicodedata.normalize("NFKD", sign)).casefold()


def fold(text):
    """Return a text in small letters, without accents and ligatures: L’Œuvre gives l'oeuvre. None gives None."""
    text = text and text.casefold()
    return text if not text or text.isascii() else NOT_ASCII.sub(lambda match: _plain(match[0]), text)


def _in_postgresql():
    """Return SQL that makes of a `%s` what `fold` does. Small letters come last, when no locale need know of accents."""
    sql = "%s"
    for sign, typed in OTHER_SIGNS.items():
        for one in dict.fromkeys((sign, sign.upper())):
            quoted = typed.replace("'", "''")
            sql = f"REPLACE({sql}, '{one}', '{quoted}')"
    return f"LOWER(REGEXP_REPLACE(NORMALIZE({sql}, NFKD), '[{ACCENTS}]', '', 'g'))"


IN_POSTGRESQL = _in_postgresql()


def teach_sqlite(connection, **_signal):
    """Let SQLite call `fold` on a connection that was just made."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("fold", 1, fold, deterministic=True)


@CharField.register_lookup
@TextField.register_lookup
class Holds(Lookup):
    """Whether a text has another in it, capitals, accents and ligatures being the same as none."""

    lookup_name = "holds"
    prepare_rhs = False
    sqlite_text = postgresql_text = "%s"

    def as_sqlite(self, compiler, connection):
        text, params = self.process_lhs(compiler, connection)
        return f"INSTR(fold({self.sqlite_text % text}), %s) > 0", [*params, fold(str(self.rhs))]

    def as_postgresql(self, compiler, connection):
        text, params = self.process_lhs(compiler, connection)
        folded = IN_POSTGRESQL % (self.postgresql_text % text)
        return f"STRPOS({folded}, %s) > 0", [*params, fold(str(self.rhs))]


class AnyHolds(Holds):
    """The same of a TranslatedText: whether one of its texts does. Its languages' codes are no words of it."""

    sqlite_text = "(SELECT GROUP_CONCAT(value, CHAR(10)) FROM JSON_EACH(%s))"
    postgresql_text = "(SELECT STRING_AGG(value, CHR(10)) FROM JSONB_EACH_TEXT(%s))"
