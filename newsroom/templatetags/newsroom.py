"""What any template may ask of the kernel."""

import json
import re

from django import template
from django.contrib.admin.models import LogEntry
from django.template.defaultfilters import linebreaksbr
from django.utils.html import format_html, format_html_join
from django.utils.text import normalize_newlines
from django.utils.translation import get_language, gettext

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


@register.filter
def changes(entry):
    """Return what a line of the log says was done, its fields in the page's language.

    The log names a field by the English of its label, which has a capital or several words; what has no label nobody saw.
    """
    said = json.loads(entry.change_message) if entry.change_message.startswith("[") else []
    for part in said:
        if "fields" in part.get("changed", ()):
            part["changed"]["fields"] = [
                in_words(name) for name in part["changed"]["fields"] if not name.islower() or " " in name
            ]
    return LogEntry(change_message=json.dumps(said)).get_change_message() if said else entry.change_message


def in_words(label):
    """Return a field's English label in the page's language, as within a sentence."""
    name = label[:1].lower() + label[1:]
    words = gettext(name)
    return words if words != name else gettext(label)


register.filter("cut_to", cut)
register.filter("without_signs", lambda text: emphasis.plain(str(text)))


@register.filter
def inline_words(inlines):
    """Return what Django's script is told of the inlines of a form, with what it is to add one in words of ours."""
    told = json.loads(inlines.inline_formset_data())
    if adds := getattr(inlines.opts, "adds", ""):
        told["options"]["addText"] = str(adds)
    return json.dumps(told)


@register.simple_tag
def paragraphs(text):
    """Draw a text with the lines it was typed in, an empty one parts two paragraphs, and the signs of emphasis.py."""
    blocks = re.split(r"\n\s*\n", normalize_newlines(typeset_filter(text)).strip())
    return format_html_join(
        "",
        "<p{}>{}</p>",
        ((foreign(text), linebreaksbr(emphasis.drawn(block), autoescape=True)) for block in blocks if block),
    )
