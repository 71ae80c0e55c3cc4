"""The versions of articles and pages: every save leaves one, and two people who save at once lose nothing."""

from copy import copy
from datetime import UTC

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from articles import lint
from articles.models import Article, Author, PageRevision, Photo, Revision, Tag
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
    "corrections": _("corrections"),
}
# Those of a page.
OF_PAGES = ("title", "body", "slug", "language", "published_at")
# What a restored version does not bring back: where and when the article stands, and what readers were told, stays.
KEPT = {"slug", "language", "published_at", "corrections"}


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
    return content | {
        "tags": list(tags),
        "photo": article.photo_id,
        "author": article.author_id,
        "published_at": written(article.published_at),
    }


def written(moment):
    """Return a moment as a version holds it, None for none: in one zone, so that the same one is written alike."""
    return moment and moment.astimezone(UTC).isoformat()


@transaction.atomic
def save(article, tags, by, base):
    """Save the article with its tags as version `base` + 1, and leave a Revision.

    Raises StaleError, and changes nothing, when the article has another version than `base` by now. The test and the claim
    are one statement, so that of two savers one always wins.
    """
    if article.pk:
        stood = Article.objects.get(pk=article.pk)
        _claim(article, base, 1)
        newest(stood)  # what never passed the desk is the base of whoever opened it, and can be restored
        article.version = base + 1
    else:
        article.version = 1
    article.modified_by = by
    Article.objects.make_room_for(article)
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
    names = Tag.objects.spelt(names, article.language)
    known = {tag.name: tag for tag in Tag.objects.filter(language=article.language, name__in=names)}
    tags = [known.get(name) or Tag.objects.named(name, article.language) for name in names]
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


def snapshot_of_page(page):
    """Return what a page says, as JSON can hold it."""
    return {name: getattr(page, name) for name in OF_PAGES} | {"published_at": written(page.published_at)}


@transaction.atomic
def keep_page(page, before, by, aside=None):
    """Leave a PageRevision of a page that has just been saved, and of what stood `before` where nothing tells that yet.

    `aside` is a snapshot of what was typed and given up for another's words: it becomes a version before this one.
    """
    last = page.revisions.first()
    number = last.version if last else 0
    stood = snapshot_of_page(before) if before.pk else None
    versions = []
    if stood and (last is None or last.content != stood):
        versions.append(PageRevision(content=stood, saved_at=before.modified_at))
    if aside:
        versions.append(PageRevision(content=aside, saved_by=by))
    versions.append(PageRevision(content=snapshot_of_page(page), saved_by=by, saved_at=page.modified_at))
    for version in versions:
        number += 1
        version.page, version.version = page, number
        version.save()


def apply_to_page(revision, page):
    """Put on `page` what the revision says, without saving."""
    for name in OF_PAGES:
        if name not in KEPT:
            setattr(page, name, revision.content[name])


@transaction.atomic
def restore_page(revision, by):
    """Save what an old version of a page said as a new one. Raises RefusedError as `restore` does."""
    page = revision.page
    before = copy(page)
    apply_to_page(revision, page)
    if page.published_at and (found := lint.stops(lint.check_page(page, photos_of(page.body)))):
        raise RefusedError(found)
    page.save()
    keep_page(page, before, by)
