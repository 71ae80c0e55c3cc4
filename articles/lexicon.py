"""The words that the indexed articles are written with, folded: which there are, which begin so, which are near."""

from django.db import connection

from articles.analysis import distance, one_slip

MAX_BEGINNING = 60


def add(words):
    """Keep words, as {(language, folded): as it is written}; those that are known stay as they are."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO articles_search_word (language, folded, word) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [(*key, word) for key, word in words.items()],
        )


def everything():
    """Return every (language, folded) there is, as a set."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT language, folded FROM articles_search_word")
        return set(cursor.fetchall())


def forget(keys):
    """Drop the words of these (language, folded)."""
    with connection.cursor() as cursor:
        cursor.executemany("DELETE FROM articles_search_word WHERE language = %s AND folded = %s", list(keys))


def written(words, language):
    """Return which of the folded words some article has, as a set."""
    return {folded for folded, _ in _find(language, _one_of(words), sorted(words))} if words else set()


def beginning(begun, language):
    """Return the folded words that go on from `begun`, the shortest first, at most MAX_BEGINNING."""
    condition = "folded > %s AND folded < %s"
    found = _find(language, condition, [begun, _after(begun)], f"length(folded), folded LIMIT {MAX_BEGINNING}")
    return [folded for folded, _ in found]


def holding(part, language):
    """Return the folded words that have `part` anywhere in them, the shortest first, at most MAX_BEGINNING."""
    place = "instr(folded, %s)" if connection.vendor == "sqlite" else "strpos(folded, %s)"
    found = _find(language, f"{place} > 0", [part], f"length(folded), folded LIMIT {MAX_BEGINNING}")
    return [folded for folded, _ in found]


def near(word, language):
    """Return the words, as they are written, within one slip of a folded word; where there is none, within two.

    Of a word of four letters too many others are as near as that: data, date.
    """
    if not 5 <= len(word) <= 24:
        return []
    slips = one_slip(word)
    found = _find(language, _one_of(slips), slips)
    if not found and len(word) > 5:
        start = word[:2]
        begin_alike = _find(language, "folded >= %s AND folded < %s", [start, _after(start)])
        found = [(known, shown) for known, shown in begin_alike if distance(word, known) <= 2]
    return [shown for _, shown in found]


def _one_of(words):
    return f"folded IN ({','.join(['%s'] * len(words))})"


def _after(begun):
    """Return what stands behind every word that begins so."""
    return begun[:-1] + chr(ord(begun[-1]) + 1)


def _find(language, condition, parameters, order="folded"):
    """Return (folded, as it is written) of the words of a language that fulfil an SQL condition."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT folded, word FROM articles_search_word WHERE language = %s AND {condition} ORDER BY {order}",  # noqa: S608, of this file
            [language, *parameters],
        )
        return cursor.fetchall()
