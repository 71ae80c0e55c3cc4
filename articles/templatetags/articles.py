"""Small drawings that several pages share: dates, the language switcher."""

from urllib.parse import urljoin

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language, override, pgettext

register = template.Library()


@register.simple_tag
def day(moment):
    """Draw a date as its language writes it: « 1er novembre 2026 », “1 November 2026”, 「2026年11月1日」."""
    local = timezone.localtime(moment)
    return format_html('<time datetime="{}">{}</time>', local.isoformat("T", "minutes"), date_in_words(local))


@register.simple_tag
def minute(moment):
    """Draw a date with its time, which may stand in two lines: « 21 novembre 2026, 14:05 »."""
    local = timezone.localtime(moment)
    return format_html(
        '<time datetime="{}" class="minute"><span class="whole">{},</span> <span class="whole">{}</span></time>',
        local.isoformat("T", "minutes"),
        date_in_words(local),
        date_format(local, "TIME_FORMAT"),
    )


@register.simple_tag
def time_of_day(moment):
    """Draw the time of a moment as its language writes it: « 14:05 », “2:05 p.m.”."""
    local = timezone.localtime(moment)
    return format_html(
        '<time datetime="{}">{}</time>', local.isoformat("T", "minutes"), date_format(local, "TIME_FORMAT")
    )


def date_in_words(local):
    words = date_format(local, "DATE_FORMAT")
    return words.replace("1 ", "1er ", 1) if local.day == 1 and get_language() == "fr" else words


@register.simple_tag(takes_context=True)
def switcher(context):
    """Return the editions as a list: code, name, address of this page there or else of the front page, which of the two.

    The name of one that has not this page says that its link leads to the edition.
    `same_place` is for pages that no search engine shall take for translations of each other, else `alternates`.
    """
    here = context.get("same_place") or context.get("alternates") or {}
    return [
        {
            "code": code,
            "name": name if code in here else edition_name(code, name),
            "url": here.get(code) or front_page_of(code),
            "same": code in here,
            "current": code == get_language(),
        }
        for code, name in settings.LANGUAGES
    ]


@register.filter
def with_marks(pieces):
    """Draw what a search shows of an article, a list of (text, is it asked for), with what was asked for marked."""
    drawn = (format_html("<mark>{}</mark>", words) if asked else words for words, asked in pieces)
    return format_html_join("", "{}", ((piece,) for piece in drawn))


def edition_name(code, name):
    """Return “English edition” as it is called in that edition, or its mere name where nobody translated that."""

    def called(language):
        with override(language):
            return pgettext("an edition, in its own language", "English edition")

    words = called(code)
    foreign = {called(other) for other in ("en", settings.LANGUAGE_CODE) if other != code}
    return name if words in foreign else words


@register.simple_tag
def share_picture(article):
    """Return {url, width, height, type, alt} of what an article is shown by elsewhere, or None."""
    found = article.sharing_picture
    return found and found | {"url": urljoin(settings.SITE_URL, found["url"])}


def front_page_of(code):
    with override(code):
        return reverse("front_page")
