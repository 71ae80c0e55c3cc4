"""What readers are told that was put right in an article: kept in order, the first one first, dated by its moment."""

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from newsroom.typed import one_line


def offered(article):
    """Return [(key, words)] of an article's corrections, for whoever may take one away."""
    take = _("Take away: %(date)s – %(text)s")
    return [
        (one["at"].isoformat(), take % {"date": date_format(localtime(one["at"])), "text": one["text"]})
        for one in article.told_corrections
    ]


def without(article, keys):
    """Return the corrections that stay when those with these keys are taken away."""
    return [one for one in article.corrections if one["at"] not in keys]


def said(text, moment):
    """Return [the correction] that somebody typed, none of an empty text."""
    words = one_line(text)
    return [{"at": moment.isoformat(), "text": words}] if words else []
