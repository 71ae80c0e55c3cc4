"""What of an article shows best why it was found."""

from dataclasses import dataclass

from articles.analysis import WORD, terms_of
from articles.body import text_of
from newsroom.typography import typeset

LENGTH, BEFORE, READ = 36, 8, 40_000  # words shown, words of them before the first found; signs looked at


@dataclass(frozen=True)
class Hit:
    """An article found, and where: title, extract and the topics that tell why are lists of (text, is it asked for).

    The topics are there when neither of the others has what was asked for.
    """

    article: object
    title: list
    extract: list
    topics: list

    @classmethod
    def of(cls, article, clauses):
        def mark(text):
            return marked(text, article.language, clauses)

        title, passage = mark(article.title), extract(article, clauses)
        if _tell(title) or _tell(passage):
            return cls(article, title, passage, [])
        point = next(filter(_tell, map(mark, article.key_points)), passage)
        return cls(article, title, point, list(filter(_tell, (mark(tag.name) for tag in article.ordered_tags))))


def _tell(pieces):
    """Tell whether any of the (text, is it asked for) is."""
    return any(asked for _, asked in pieces)


def extract(article, clauses):
    """Return the passage with most of what was asked, set in its language, as a list of (text, is it asked for).

    When the title alone has it, that is how the text begins.
    """
    text = " ".join(f"{article.standfirst} {text_of(article.body[:READ])}".split())
    words, found = _find(text, article.language, clauses)
    begin = max(_densest(found) - BEFORE, 0)
    if len(words) - begin < LENGTH:
        begin = max(len(words) - LENGTH, 0)
    shown = words[begin : begin + LENGTH]
    if not shown:
        return []
    start = text.rfind(" ", 0, shown[0].start()) + 1 if begin else 0
    end = text.find(" ", shown[-1].end()) if begin + LENGTH < len(words) else -1
    cut = text[start : end if end >= 0 else len(text)]
    pieces = marked(cut, article.language, clauses)
    return [*([("… ", False)] if begin else []), *pieces, *([(" …", False)] if begin + LENGTH < len(words) else [])]


def marked(text, language, clauses):
    """Return a short text, set in its language, as a list of (text, is it asked for)."""
    return [(piece, asked) for piece, asked in _pieces(typeset(text, language), language, clauses) if piece]


def _find(text, language, clauses):
    """Return the words of `text`, as matches, and {position of a word asked for: number of the clause that asks}."""
    words = list(WORD.finditer(text))
    places = [(place, term) for place, word in enumerate(words) for term in terms_of(word[0], language)]
    known = {term for _, term in places}
    found = {}
    for number, clause in enumerate(clauses):
        single = {phrase[0] for phrase in clause.phrases if len(phrase) == 1}
        found |= {place: number for place, term in places if term in single}
        for phrase in clause.phrases:
            if len(phrase) > 1 and known.issuperset(phrase):
                for at in range(len(places) - len(phrase) + 1):
                    if all(places[at + step][1] == term for step, term in enumerate(phrase)):
                        found |= {places[at + step][0]: number for step in range(len(phrase))}
    return words, found


def _densest(found):
    """Return the position from which the words shown would answer to the most clauses, the first of the best."""
    hits = sorted(found.items())
    best, best_at = 0, 0
    for index, (place, _) in enumerate(hits[:300]):
        near = {number for other, number in hits[index : index + LENGTH] if other - place < LENGTH - BEFORE}
        if len(near) > best:
            best, best_at = len(near), place
    return best_at


def _pieces(passage, language, clauses):
    words, found = _find(passage, language, clauses)
    at = 0
    for place in sorted(found):
        yield passage[at : words[place].start()], False
        yield words[place][0], True
        at = words[place].end()
    yield passage[at:], False
