"""The forms of French verbs that no stemmer can tell from nouns: votons, votent, votèrent. The words of the site tell."""

from articles.analysis import STOP_WORDS, stem

# The ends that the stemmer leaves, since as many nouns have them, each with how such a noun would end.
DOUBTFUL = {"ent": "ents", "ons": "on", "eons": "eon", "erent": "erents"}
# What verbs end in, and hardly anything else.
VERBAL = ("er", "ez", "ait", "aient", "era", "eront", "erait", "erons")
ENDS = (*VERBAL, *DOUBTFUL, *DOUBTFUL.values(), "e")


def words_that_tell(word):
    """Return the folded words of which `terms_of_verb` must know whether they are written anywhere."""
    if not word.isalpha():
        return set()
    return _as_noun(word) | {form for root in _roots(word) for form in _forms(root).values()}


def terms_of_verb(word, written):
    """Return the terms of the other forms of the verb of which a folded word is a form; `written` are words that are.

    Votons is a verb where voter is written somewhere and voton is not; cartons is none, since carton is.
    """
    found = []
    for root in [] if _as_noun(word) & written else _roots(word):
        forms = {key: form for key, form in _forms(root).items() if form in written or form == word}
        if _is_verb(forms):
            wanted = [form for (end, i), form in forms.items() if end in DOUBTFUL and (DOUBTFUL[end], i) not in forms]
            found += [root, *(stem(form, "fr") for form in wanted)]
    return found


def _as_noun(word):
    """Return what else would be written if a word were a noun: agents for agent, carton for cartons."""
    return {word.removesuffix(end) + noun for end, noun in DOUBTFUL.items() if word.endswith(end)}


def _roots(word):
    """Return the roots that a word has if it is a form of a verb: that of votons is the one of voter."""
    cut = [word.removesuffix(end) for end in DOUBTFUL if word.endswith(end)]
    roots = {stem(word, "fr"), *(stem(f"{begin}er", "fr") for begin in cut)}
    return sorted(root for root in roots if len(root) > 2 and root not in STOP_WORDS["fr"])


def _forms(root):
    """Return {(end, i): word} of what a verb of this root may look like; the stemmer has taken the i of publier."""
    return {(end, i): root + i + end for i in ("", "i") for end in ENDS}


def _is_verb(forms):
    """Tell a verb: by an end that only verbs have, or by two of the doubtful ones of which neither is a noun's."""
    alike = [(end, i) for end, i in forms if end in DOUBTFUL and (DOUBTFUL[end], i) not in forms]
    third_person = any(end == "ent" and ("e", i) in forms for end, i in alike)
    return any(end in VERBAL for end, _ in forms) or len(alike) > 1 or third_person
