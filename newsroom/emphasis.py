"""Short texts with a few signs in them: **strong**, *stressed*, [words](address) and bare addresses; nothing else is markup."""

import re

from django.utils.html import format_html, format_html_join

SIGNS = re.compile(
    r"\[(?P<words>[^\[\]\n]+)\]\((?P<to>(?:https?://|mailto:|/(?!/))[^\s()<>\"]*)\)"
    r"|\*\*(?P<strong>[^\s*](?:[^\n]*?\S)??)\*\*(?!\*)"
    r"|(?<![\w*])\*(?P<em>[^\s*](?:[^*\n]*[^\s*])?)\*(?![\w*])"
    r"|(?P<bare>https?://[^\s<>\"«»“”()]*[\w/=&#%+~-])"
)


def drawn(text):
    """Return the HTML of a text with these signs; all else of it is escaped."""
    pieces, at = [], 0
    for sign in SIGNS.finditer(text):
        pieces += (text[at : sign.start()],), (_element(sign),)
        at = sign.end()
    return format_html_join("", "{}", [*pieces, (text[at:],)])


def _element(sign):
    if sign["words"]:
        return format_html('<a href="{}">{}</a>', sign["to"], plain(sign["words"]))
    if sign["bare"]:
        shown = re.sub(r"^https?://(www\.)?|/$", "", sign["bare"])
        return format_html('<a href="{}">{}</a>', sign["bare"], shown)
    tag = "strong" if sign["strong"] else "em"
    return format_html(f"<{tag}>{{}}</{tag}>", drawn(sign["strong"] or sign["em"]))


def plain(text):
    """Return the words of such a text alone, for whoever reads no markup."""
    return SIGNS.sub(
        lambda sign: plain(sign["words"] or sign["strong"] or sign["em"] or "") or sign["bare"] or "", text
    )
