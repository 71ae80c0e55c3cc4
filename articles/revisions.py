"""The versions of an article: every save leaves one, and two people who save at once lose nothing."""

import difflib
import re
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from articles import lint
from articles.body import text_of
from articles.models import Article, Author, Photo, Revision, Tag
from articles.photos import photos_of

# Every field that an editor types, and what it is called where versions are compared.
FIELDS = {
    "title": _("title"),
    "standfirst": _("standfirst"),
    "key_points": _("key points"),
    "body": _("text"),
    "tags": _("tags"),
    "photo": _("featured photo"),
    "slug": _("address"),
    "language": _("language"),
    "author": _("author"),
    "published_at": _("publication"),
    "support_call": _("support call"),
    "comments": _("comments"),
    "comments_days": _("days until comments close"),
    "seo_title": _("title for search engines"),
    "seo_description": _("description for search engines"),
}
# What a restored version does not bring back: where and when the article stands is not what it says.
KEPT = {"slug", "language", "published_at"}


class StaleError(Exception):
    """Somebody saved the article after this version of it was read."""


class RefusedError(Exception):
    """What a version says may not be published; `findings` tell why."""

    def __init__(self, findings):
        super().__init__(" ".join(finding.message for finding in findings))
        self.findings = findings


def snapshot(article, tags):
    """Return what the article says, as JSON can hold it; `tags` are names in order."""
    content = {name: getattr(article, name) for name in FIELDS if name not in ("tags", "photo", "author")}
    date = article.published_at
    return content | {
        "tags": list(tags),
        "photo": article.photo_id,
        "author": article.author_id,
        "published_at": date and date.isoformat(),
    }


@transaction.atomic
def save(article, tags, by, base):
    """Save the article with its tags as version `base` + 1, and leave a Revision.

    Raises StaleError, and changes nothing, when the article has another version than `base` by now. The test and the claim
    are one statement, so that of two savers one always wins.
    """
    if article.pk:
        _claim(article, base, 1)
        article.version = base + 1
    else:
        article.version = 1
    article.modified_by = by
    article.save()
    set_tags(article, tags)
    return Revision.objects.create(
        article=article, version=article.version, content=snapshot(article, tags), saved_by=by
    )


def _claim(article, base, count):
    """Take the next `count` numbers of versions after `base`, or raise StaleError."""
    if not Article.objects.filter(pk=article.pk, version=base).update(version=F("version") + count):
        raise StaleError


@transaction.atomic
def set_aside(article, content, by, base):
    """Keep as a version what somebody typed, and let the article stand as it is stored: that is the version after it.

    Raises StaleError, and keeps nothing, when the article has another version than `base` by now.
    """
    stands = newest(Article.objects.get(pk=article.pk)).content
    _claim(article, base, 2)
    for number, says in enumerate((content, stands), base + 1):
        Revision.objects.create(article=article, version=number, content=says, saved_by=by)


def newest(article):
    """Return the article's newest version; one that never passed the desk gets its first."""
    names = [tag.name for tag in article.ordered_tags]
    return article.revisions.first() or Revision.objects.create(
        article=article, version=article.version, content=snapshot(article, names), saved_at=article.modified_at
    )


def set_tags(article, names):
    """Give the article these tags of its language, in this order; those that do not exist yet begin to."""
    known = {tag.name.casefold(): tag for tag in Tag.objects.filter(language=article.language)}
    tags = [known.get(name.casefold()) or Tag.objects.named(name, article.language) for name in names]
    if [tag.pk for tag in article.ordered_tags] != [tag.pk for tag in tags]:
        article.tags.set(tags, clear=True)


def apply(revision, article):
    """Put on `article` what the revision says, without saving; return its tags' names."""
    content = revision.content
    for name in FIELDS.keys() - KEPT - {"tags", "photo", "author"}:
        if name in content:
            setattr(article, name, content[name])
    article.photo = Photo.objects.filter(pk=content.get("photo")).first()
    article.author = Author.objects.filter(pk=content.get("author")).first() or article.author
    return content.get("tags", [])


def restore(revision, by):
    """Save what an old version said as a new one; nothing in between is lost.

    Raises RefusedError when the article has a date and the version says what may not be published.
    """
    article = revision.article
    names = apply(revision, article)
    if article.published_at and (found := lint.stops(lint.check(article, names, photos_of(article.body)))):
        raise RefusedError(found)
    return save(article, names, by, article.version)


def changed(old, new, names=tuple(FIELDS)):
    """Return which of these fields two snapshots have differently for their reader, as [(name, before, after)]."""
    pairs = ((name, old.get(name), new.get(name)) for name in names)
    shown = ((name, _readable(name, one), _readable(name, other)) for name, one, other in pairs if one != other)
    return [(name, before, after) for name, before, after in shown if before != after]


def differences(old, new, names=tuple(FIELDS)):
    """Return (label, HTML) for each of these fields in which two snapshots differ, word by word."""
    return [(FIELDS[name], words_between(before, after)) for name, before, after in changed(old, new, names)]


def _readable(name, value):
    """Return a value of a snapshot as its reader would say it: all that he could see of it, and nothing else."""
    if name == "body":
        return _body_in_words(value or "")
    if isinstance(value, list):
        return "\n".join(" ".join(part.split()) for part in value)
    if name == "photo" and value:
        return f"{Photo.objects.filter(pk=value).first() or ''} [{value}]"
    if name == "author":
        return str(Author.objects.filter(pk=value).first() or "")
    if name == "published_at" and value:
        return f"{localtime(datetime.fromisoformat(value)):%Y-%m-%d %H:%M}"
    return "" if value is None else " ".join(str(value).split())


# What a reader sees of a body beside its words, and how it is written where versions are compared.
MARKS = [
    (re.compile(r'<a\b[^>]*?\shref="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL), r"\2 [\1]"),
    (re.compile(r'<figure data-photo="(\d+)"(?:[^>]*? data-credit="([^"]*)")?'), r" [\1] \2 <figure"),
    (re.compile(r"</?strong>"), "**"),
    (re.compile(r"</?em\b[^>]*>"), "*"),
    (re.compile(r"</?s>"), "~~"),
    (re.compile(r"<h([2-4])\b"), lambda tag: f"{'#' * int(tag[1])} <h{tag[1]}"),
    (re.compile(r"</(p|h[2-4]|li|blockquote|cite|tr|caption|figcaption|pre)>|<(br|hr)>"), "\n"),
]


def _body_in_words(html):
    for pattern, mark in MARKS:
        html = pattern.sub(mark, html)
    words = text_of(html)
    if "<pre" not in html:  # in code, the width of a space is seen
        words = re.sub(r"[^\S\n]+", " ", re.sub(r"\s*\n\s*", "\n", words))
    return words.strip()


def words_between(old, new):
    """Return HTML in which <del> is what went and <ins> what came: paragraphs first, then the words of those changed."""
    pieces = []
    for kind, before, after in _changes(old.splitlines(keepends=True), new.splitlines(keepends=True)):
        old_text, new_text = "".join(before), "".join(after)
        if kind == "replace" and len(old_text) + len(new_text) < 40_000:
            pieces += [piece for change in _changes(_words(old_text), _words(new_text)) for piece in _marked(*change)]
        else:
            pieces += _marked(kind, before, after)
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def _words(text):
    return re.findall(r"\n|[^\S\n]+|\S+", text)


def _changes(before, after):
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    return [(kind, before[a:b], after[c:d]) for kind, a, b, c, d in matcher.get_opcodes()]


def _marked(kind, before, after, ends=220):
    """Give what went and what came; of a long stretch that nobody changed, only its ends."""
    old, new = "".join(before), "".join(after)
    if kind == "equal":
        short = len(old) <= 2 * ends + 40
        yield old if short else format_html('{} <span class="gap">[…]</span> {}', old[:ends], old[-ends:])
        return
    if old:
        yield format_html("<del>{}</del>", old)
    if new:
        yield format_html("<ins>{}</ins>", new)
