"""What people type or paste, without the unseen signs that make what follows them run backwards."""

# Embeddings, overrides and isolates. HTML has `lang` and `dir` for what runs the other way; the marks U+200E and U+200F stay.
TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def straight(text):
    """Return the text without the signs that turn the direction of others."""
    return text.translate(TURNING)


def straight_form(posted):
    """Return a posted form with every value `straight`; what is a secret is kept as it is typed."""
    kept = posted.copy()
    for name, values in posted.lists():
        if "password" not in name:
            kept.setlist(name, list(map(straight, values)))
    return kept


def one_line(text):
    """Return the text `straight`, on one line, spaces collapsed."""
    return " ".join(straight(text).split())
