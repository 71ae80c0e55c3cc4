"""Texts without capitals, accents and ligatures, as one types in a hurry: in Python, and as what a database looks for.

The lookup `holds` is what every search at the desk asks with: `title__holds="energie"` finds Énergie. What a list is
ordered by is `alphabetical("title")`: Énergie stands before Surveillance, on both databases.
"""

import re
import unicodedata
from collections import defaultdict
from functools import lru_cache

from django.db.backends.signals import connection_created
from django.db.models import CharField, Lookup, TextField
from django.db.models.functions import Collate

# What is no letter with an accent, with what one types in its place.
OTHER_SIGNS = {
    "œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "’": "'", "ʼ": "'",
    "«": '"', "»": '"', "“": '"', "”": '"', "„": '"', "‐": "-", "–": "-", "—": "-",
}  # fmt: skip
NOT_ASCII = re.compile(r"[^\x00-\x7f]")
ACCENTS = "[\u0300-\u036f]"
LONGEST = 200  # signs of what is looked for
ALPHABET = "und-x-icu"  # PostgreSQL has it by this name; SQLite is given it with each connection


@lru_cache(maxsize=1 << 14)
def _plain(sign):
    bare = re.sub(ACCENTS, "", unicodedata.normalize("NFKD", sign)).casefold()
    return OTHER_SIGNS.get(bare, bare)


def fold(text):
    """Return a text in small letters, without accents and ligatures: L’Œuvre gives l'oeuvre."""
    return NOT_ASCII.sub(lambda match: _plain(match[0]), text).lower()


def alphabetical(name):
    """Return what orders rows by a column of text as an alphabet does, where É is an E and capitals are small letters."""
    return Collate(name, ALPHABET)


@lru_cache(maxsize=1 << 14)
def _place(text):
    return fold(text), text


def _compare(one, other):
    return (_place(one) > _place(other)) - (_place(one) < _place(other))


def teach_sqlite(connection, **_signal):
    if connection.vendor == "sqlite":
        connection.connection.create_collation(ALPHABET, _compare)


connection_created.connect(teach_sqlite)


@lru_cache(maxsize=1)
def _spellings():
    """Return {one or two signs as typed: the signs that they stand for}, of Latin, Greek and Cyrillic and their marks."""
    found = defaultdict(str)
    for code in (*range(0x20, 0x530), *range(0x1E00, 0x1F00), *range(0x2000, 0x2040)):
        found[fold(chr(code))] += chr(code)
    return found


def pattern(text):
    """Return a regular expression, for SQLite and PostgreSQL alike, of all spellings of a text that was typed."""
    text, spelt, parts, at = fold(text)[:LONGEST], _spellings(), [], 0

    def one(sign):
        signs = "".join(map(re.escape, spelt.get(sign) or sign))
        return f"[{signs}]{ACCENTS}*"

    while at < len(text):
        pair = text[at : at + 2]
        joined = f"(?:{one(pair[0])}{one(pair[1])}|[{spelt[pair]}])" if len(pair) == 2 and pair in spelt else ""
        parts.append(joined or one(text[at]))
        at += 2 if joined else 1
    return "".join(parts)


@CharField.register_lookup
@TextField.register_lookup
class Holds(Lookup):
    """Whether a text has another in it, capitals, accents and ligatures being the same as none."""

    lookup_name = "holds"
    prepare_rhs = False
    text = {"sqlite": "%s", "postgresql": "%s"}

    def as_sql(self, compiler, connection):
        column, params = self.process_lhs(compiler, connection)
        text = self.text[connection.vendor] % column
        return f"{text} {connection.operators['regex']}", [*params, pattern(str(self.rhs))]


class AnyHolds(Holds):
    """The same of a TranslatedText: whether one of its texts does. Its languages' codes are no words of it."""

    text = {
        "sqlite": "(SELECT GROUP_CONCAT(value, CHAR(10)) FROM JSON_EACH(%s))",
        "postgresql": "(SELECT STRING_AGG(value, CHR(10)) FROM JSONB_EACH_TEXT(%s))",
    }
