"""What any template may ask of the kernel."""

from django import template
from django.utils.html import format_html
from django.utils.translation import get_language

from newsroom.translated import direction
from newsroom.typography import typeset

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
