"""Words of the interface that nobody translated for an edition, and that it borrows of the first: `lang` and `dir` say so.

While such a page is drawn, the tags of Django's own library put a sign before and after what they borrow, and so does
the `gettext` of this module, for Python that gives words to pages. On its way out, each pair becomes a span where text
stands, and nothing where no element can. Editions of which the site has the words pass by.
"""

import re
from contextvars import ContextVar
from functools import lru_cache

from django import template
from django.conf import settings
from django.templatetags import i18n
from django.utils import translation
from django.utils.functional import lazy
from django.utils.translation import get_language, override, to_locale

from newsroom.translated import direction

BEGIN, END = (
    "\ue0b0",
    "\ue0b1",
)  # for private use: what people write is not looked at for them, so nobody's words change
TAG = re.compile(r"(<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>)")
TEXT_ONLY = ("title", "option", "textarea", "script", "style")

_drawing = ContextVar("drawing a page with borrowed words", default=False)


@lru_cache
def borrows(code):
    """Tell an edition whose words the site does not have. English is what the words are written in."""
    return code != "en" and not any((folder / to_locale(code)).is_dir() for folder in settings.LOCALE_PATHS)


class Borrowing:
    """While it lasts, what is borrowed is marked."""

    def __enter__(self):
        self.token = _drawing.set(True)

    def __exit__(self, *error):
        _drawing.reset(self.token)


def spell_out(response):
    """Give the marks of a response their meaning: in HTML spans, anywhere else nothing."""
    if response.streaming or BEGIN.encode() not in response.content:
        return
    text = response.content.decode()
    if response.get("Content-Type", "").startswith("text/html"):
        text = "".join(_spans(TAG.split(text)))
    response.content = _bare(text)
    if response.has_header("Content-Length"):
        response["Content-Length"] = str(len(response.content))


def _spans(pieces):
    """Yield the pieces of a page, tags and texts by turns, with spans in the place of the marks of texts."""
    language, inside = settings.LANGUAGE_CODE, ""
    begin = f'<span lang="{language}" dir="{direction(language)}">'
    for at, piece in enumerate(pieces):
        if at % 2:
            name = re.match(r"</?([a-z0-9]*)", piece)[1]
            if name in TEXT_ONLY:
                inside = "" if piece.startswith("</") else name
            yield _bare(piece)
        else:
            yield _bare(piece) if inside else piece.replace(BEGIN, begin).replace(END, "</span>")


def _bare(text):
    return text.replace(BEGIN, "").replace(END, "")


class Words(template.Node):
    """A node of Django's that gives words, and the signs around them when they are those of the first edition."""

    def __init__(self, node):
        self.node = node

    def render(self, context):
        if not _drawing.get():
            return self.node.render(context)
        with override(settings.LANGUAGE_CODE):
            lent = self._words(context)
        words = self._words(context)
        if words == lent and words.strip() and get_language() != settings.LANGUAGE_CODE:
            words = type(words)(f"{BEGIN}{words}{END}")
        if not self.node.asvar:
            return words
        context[self.node.asvar] = words
        return ""

    def _words(self, context):
        text = self.node.render(context)
        return context[self.node.asvar] if self.node.asvar else text


def gettext(message):
    """Return the words that Python gives to a page, between the signs when they are those of the first edition."""
    words = translation.gettext(message)
    if not _drawing.get() or get_language() == settings.LANGUAGE_CODE:
        return words
    with override(settings.LANGUAGE_CODE):
        lent = translation.gettext(message)
    return f"{BEGIN}{words}{END}" if words == lent else words


gettext_lazy = lazy(gettext, str)

register = template.Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)
for name in ("translate", "trans", "blocktranslate", "blocktrans"):
    register.tag(name, lambda parser, token, read=i18n.register.tags[name]: Words(read(parser, token)))
