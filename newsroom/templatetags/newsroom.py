"""What any template may ask of the kernel."""

import re

from django import template
from django.template.defaultfilters import linebreaksbr
from django.utils.html import format_html, format_html_join
from django.utils.text import normalize_newlines
from django.utils.translation import get_language

from newsroom import emphasis
from newsroom.translated import direction
from newsroom.typography import cut, typeset

register = template.Library()


@register.simple_tag
def foreign(text):
    """Draw the attributes lang and dir of a TranslatedText where it is not in the page's language, else nothing."""
    code = getattr(text, "foreign", "")
    if not code or direction(code) == direction(get_language()):
        return format_html(' lang="{}"', code) if code else ""
    return format_html(' lang="{}" dir="{}"', code, direction(code))


@register.filter("typeset")
def typeset_filter(text):
    """Set plain text in its own language when it knows one (a TranslatedText does), else in the page's.

    It gives an ordinary string, which the template escapes as it would have escaped the text.
    """
    return typeset("" if text is None else text, getattr(text, "language", None) or get_language() or "")


register.filter("cut_to", cut)
register.filter("without_signs", lambda text: emphasis.plain(str(text)))


@register.simple_tag
def paragraphs(text):
    """Draw a text with the lines it was typed in, an empty one parts two paragraphs, and the signs of emphasis.py."""
    blocks = re.split(r"\n\s*\n", normalize_newlines(typeset_filter(text)).strip())
    return format_html_join(
        "",
        "<p{}>{}</p>",
        ((foreign(text), linebreaksbr(emphasis.drawn(block), autoescape=True)) for block in blocks if block),
    )
