"""Short texts with a few signs in them: **strong**, *stressed*, [words](address) and bare addresses; nothing else is markup."""

import re

from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

SIGNS = re.compile(
    r"\[(?P<words>[^\[\]\n]+)\]\((?P<to>(?:https?://|mailto:|/(?!/))[^\s()<>\"]*)\)"
    r"|\*\*(?P<strong>[^\s*](?:[^\n]*?\S)??)\*\*(?!\*)"
    r"|(?<![\w*])\*(?P<em>[^\s*](?:[^*\n]*[^\s*])?)\*(?![\w*])"
    r"|(?P<bare>https?://[^\s<>\"«»“”()]*[\w/=&#%+~-])"
)
MEANT_FOR_A_LINK = re.compile(r"\[[^\[\]\n]+\]\([^)\n]*\)")


def check_links(text):
    """Refuse what looks like a link and would be shown with its brackets."""
    for meant in MEANT_FOR_A_LINK.finditer(text):
        if not (sign := SIGNS.match(text, meant.start())) or not sign["to"]:
            said = _("“%(link)s” is no link: an address begins with https:// or /, and has no space or bracket.")
            raise ValidationError(said, code="no_link", params={"link": meant[0][:80]})


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
