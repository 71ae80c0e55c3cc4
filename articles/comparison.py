"""In what two versions of an article differ for their reader, as it reads: the pages of versions show it, and the conflict box."""

import re
from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from articles.body import text_of
from articles.marking import marked_html, marked_list, marked_words
from articles.models import Article, Author, Photo
from articles.revisions import FIELDS


def changed(old, new, names=tuple(FIELDS)):
    """Return which of these fields two snapshots have differently for their reader, as [(name, before, after)]."""
    pairs = ((name, old.get(name), new.get(name)) for name in names)
    shown = ((name, _readable(name, one), _readable(name, other)) for name, one, other in pairs if one != other)
    return [(name, before, after) for name, before, after in shown if before != after]


def differences(old, new, names=tuple(FIELDS)):
    """Return what two snapshots have differently: the name of each field, its label, and the change as it reads.

    That is `html`, in which <del> says what `old` does and <ins> what `new` does, or `photos` to draw.
    """
    return [
        {"name": name, "label": FIELDS[name], **_shown(name, old, new, before, after)}
        for name, before, after in changed(old, new, names)
    ]


def _shown(name, old, new, before, after):
    if name == "body":
        return {"html": marked_html(old.get("body"), new.get("body"))}
    if name == "photo":
        return {"photos": [_drawn(mark, said.get("photo")) for mark, said in (("del", old), ("ins", new))]}
    if isinstance(before or after, list):
        return {"html": marked_list(before or [], after or [])}
    return {"html": marked_words(before, after)}


def _drawn(mark, pk):
    photo = Photo.objects.filter(pk=pk).first() if pk else None
    return {"mark": mark, "photo": photo, "lost": bool(pk and not photo)}


def _readable(name, value):
    """Return a value of a snapshot as its reader would say it: all that he could see of it, and nothing else."""
    if name == "body":
        return _body_in_words(value or "")
    if name == "corrections":
        return [one["text"] for one in value or []]
    if isinstance(value, list):
        return [" ".join(part.split()) for part in value]
    if name == "photo":
        return value or ""
    if name == "author":
        return str(Author.objects.filter(pk=value).first() or "")
    if name == "published_at":
        return date_format(localtime(datetime.fromisoformat(value)), "DATETIME_FORMAT") if value else ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    words = dict(Article._meta.get_field(name).flatchoices).get(value, value)
    return "" if words is None else " ".join(str(words).split())


# What a reader sees of a body beside its words: written out, so that two bodies can be told apart by it.
MARKS = [
    (re.compile(r'<a\b[^>]*?\shref="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL), r"\2 [\1]"),
    (re.compile(r'<figure data-photo="(\d+)"(?:[^>]*? data-credit="([^"]*)")?'), r" [\1] \2 <figure"),
    (re.compile(r"</?strong>"), "**"),
    (re.compile(r"</?em\b[^>]*>"), "*"),
    (re.compile(r"</?s>"), "~~"),
    (re.compile(r"<h([2-4])\b"), lambda tag: f"{'#' * int(tag[1])} <h{tag[1]}"),
    (re.compile(r"</(p|h[2-4]|li|blockquote|cite|tr|caption|figcaption|pre)>|<br>"), "\n"),
    (re.compile(r"<hr>"), "\n* * *\n"),
]


def _body_in_words(html):
    for pattern, mark in MARKS:
        html = pattern.sub(mark, html)
    words = text_of(html)
    if "<pre" not in html:  # in code, the width of a space is seen
        words = re.sub(r"[^\S\n]+", " ", re.sub(r"\s*\n\s*", "\n", words))
    return words.strip()
