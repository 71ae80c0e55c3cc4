"""How words become what the search compares: the same for what is indexed and for what is asked, on every database."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from newsroom import folding

ALGORITHMS = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "eu": "basque", "fi": "finnish", "fr": "french", "hu": "hungarian", "it": "italian", "nl": "dutch",
    "nb": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sv": "swedish", "tr": "turkish",
}  # fmt: skip
STOP_WORDS = {
    "fr": frozenset(
        "a ai au aussi aux avec c ce ces cet cette comme d dans de des donc du elle elles en es est et etre eu il ils j "
        "je l la le les leur leurs lui m ma mais me mes mon n ne nos notre nous on ont ou par pas plus pour qu que qui "
        "s sa se ses si son sont sur t ta te tes toi ton tu un une vos votre vous y".split()
    ),
    "en": frozenset(
        "a am an and are as at be been but by can did do does for from had has have he her his how i if in is it its me "
        "my no not of on or our she so than that the their them then there these they this to was we were what when "
        "where which who will with you your".split()
    ),
}
# A number in groups is one word, however it is grouped: 17 710 is 17710, and 17,710 too.
WORD = re.compile(r"\d{1,3}(?:[ ,\u00a0\u2000-\u200a\u202f]\d{3})+(?![^\W_])|[^\W_]+(?:['’ʼ][^\W_]+)*")
APOSTROPHE = re.compile("['’ʼ]")
ELIDED = frozenset("c d j l m n s t qu jusqu lorsqu puisqu quoiqu presqu".split())
ENGLISH_ENDS = frozenset("s t re ve ll d m".split())
# Names and nouns more often than the past of a verb: Meta is not what « met » is a form of.
SHORT_IN_A = re.compile("[a-z]{3,4}as?")
LONGEST = 48  # signs of a word: PostgreSQL refuses lexemes of 2,000, and nobody types 48


def primary(language):
    """Return en for en-gb."""
    return language.partition("-")[0]


@lru_cache(maxsize=16)
def _stemmer(language):
    import snowballstemmer  # every process would load the stemmers of thirty languages at its start

    algorithm = ALGORITHMS.get(primary(language))
    return snowballstemmer.stemmer(algorithm).stemWord if algorithm else str


@lru_cache(maxsize=1 << 16)
def fold(word):
    """Return a word in small letters, without accents and ligatures, at most LONGEST signs of it: Œuvré gives oeuvre."""
    return "".join(filter(str.isalnum, folding.fold(word[:LONGEST])))[:LONGEST]


@lru_cache(maxsize=1 << 16)
def stem(word, language):
    """Return what a folded word shares with its plurals and verb forms."""
    if primary(language) == "fr" and SHORT_IN_A.fullmatch(word):
        return word.removesuffix("s")
    found = _stemmer(language)(word)
    # Without accents the French stemmer keeps an e of some feminines, and an i of publier that publie does not have.
    return found.rstrip("ei") or found if primary(language) == "fr" and len(found) > 3 else found


@lru_cache(maxsize=1 << 16)
def _parts(word, language):
    """Return the folded parts of a word that apostrophes join, without elided articles: l’IA gives ia, it’s gives it."""
    parts = [fold(part) for part in APOSTROPHE.split(word)]
    if len(parts) > 1:
        if primary(language) == "fr":
            parts = [*(part for part in parts[:-1] if part not in ELIDED), parts[-1]]
        elif primary(language) == "en" and parts[-1] in ENGLISH_ENDS:
            parts.pop()
    return tuple(part for part in parts if part)


@lru_cache(maxsize=1 << 16)
def terms_of(word, language):
    """Return the terms of one match of WORD."""
    return tuple(stem(part, language) for part in _parts(word, language))


def terms(text, language, limit=None):
    """Return the terms of `text` in their order, at most `limit` of them."""
    found = []
    for match in WORD.finditer(text):
        found += terms_of(match[0], language)
        if limit and len(found) >= limit:
            return found[:limit]
    return found


def vocabulary(text, language):
    """Return the words of `text` of three letters and more, folded, each with its own spelling in small letters.

    Stop words are not among them: nobody means one who types its beginning, or something near it.
    """
    words, stop = {}, STOP_WORDS.get(primary(language), frozenset())
    for match in WORD.finditer(text):
        last = APOSTROPHE.split(match[0])[-1] if primary(language) == "fr" else match[0]
        folded = fold(last)
        if len(folded) > 2 and folded.isalpha() and folded not in stop:
            words.setdefault(folded, last.lower()[:LONGEST])
    return words


@dataclass(frozen=True)
class Clause:
    """One thing that a hit must have: any of `phrases` (tuples of terms). `loose`: a word, which may be cut or misspelt."""

    typed: str
    phrases: tuple
    loose: bool = False

    def or_any(self, found):
        """Return the clause that any of these terms answers as well."""
        return replace(self, phrases=tuple(dict.fromkeys([*self.phrases, *((term,) for term in found)])))


MAX_SIGNS, MAX_CLAUSES, SHORTEST_BEGINNING = 200, 10, 3
QUOTED = re.compile('"([^"]*)"')


def parse(text, language):
    """Return the clauses of what somebody typed: words, and phrases in quotes. Nothing in it is an operator.

    At most MAX_SIGNS of it are read and MAX_CLAUSES kept, so that no question is expensive. Stop words count only in
    phrases, or when there is nothing else.
    """
    text = re.sub("[“”«»„]", '"', text[:MAX_SIGNS])
    phrases = [tuple(terms(phrase, language)) for phrase in QUOTED.findall(text)]
    words = [part for match in WORD.finditer(QUOTED.sub(" ", text)) for part in _parts(match[0], language)]
    stop = STOP_WORDS.get(primary(language), frozenset())
    wanted = [word for word in words if word not in stop]
    clauses = [Clause("", (phrase,)) for phrase in phrases if phrase]
    if not wanted and not clauses:
        clauses = [Clause(word, ((stem(word, language),),)) for word in words]
    clauses += [_clause(word, language) for word in wanted]
    return tuple({clause.phrases: clause for clause in clauses}.values())[:MAX_CLAUSES]


def _clause(word, language):
    root = stem(word, language)
    return Clause(word, ((root,),), len(word) >= SHORTEST_BEGINNING and not word.isdigit())


LETTERS = "abcdefghijklmnopqrstuvwxyz"


def one_slip(word):
    """Return what `word` may have been before one slip: a letter too many, too few, another, or two swapped."""
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    return sorted(
        {a + b[1:] for a, b in cuts if b}
        | {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
        | {a + letter + b[1:] for a, b in cuts if b for letter in LETTERS}
        | {a + letter + b for a, b in cuts for letter in LETTERS} - {word}
    )


def distance(one, other, most=2):
    """Return how many slips lie between two words, `most` + 1 for more than `most`."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before, row = [], list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
