"""Translations: a draft that begins as its original, two articles that become one, and what an original has become since."""

import uuid

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from articles import comparison, revisions
from articles.models import Article, Page, Tag
from articles.slugs import free_slug, is_reserved

# What a translation says again; the rest of an article is the same or its own in every language.
SAID = ("title", "standfirst", "key_points", "body")
SHARED = ("group", "photo_id", "author_id", "support_call", "comments", "comments_days")


def begin(original, language, by):
    """Return the article in that language: the one that is there, or a new draft that says what the original says.

    The draft remembers the version of the original from which it was made.
    """
    there = Article.objects.out_of_bin().filter(group=original.group, language=language)
    if found := there.first():
        return found
    copied = {name: getattr(original, name) for name in (*SAID, *SHARED)}
    draft = Article(language=language, slug=free_address(original.title, language), **copied)
    try:
        with transaction.atomic():
            draft.translated_from = revisions.newest(original)
            revisions.save(draft, _tags_in(language, original), by, 0)
    except IntegrityError:  # somebody else began it at this moment
        return there.get()
    return draft


def free_address(title, language):
    """Return an address made from a title that no article and no page of the language has."""

    def taken(slug):
        same = {"language": language, "slug": slug}
        here = (Article.objects.out_of_bin(), Page.objects.all())
        return is_reserved(slug) or any(rows.filter(**same).exists() for rows in here)

    return free_slug(title, taken, "article")


def _tags_in(language, article):
    """Return the names of the article's tags in another language, of those that have one there."""
    names = _twins(article, language)
    return [names[tag.group] for tag in article.ordered_tags if tag.group in names]


def tags_without_twin(article, language):
    """Return the names of those tags of the article that the other language has not."""
    names = _twins(article, language)
    return [tag.name for tag in article.ordered_tags if tag.group not in names]


def _twins(article, language):
    groups = [tag.group for tag in article.ordered_tags]
    return {tag.group: tag.name for tag in Tag.objects.filter(language=language, group__in=groups)}


def is_behind(article):
    """Tell whether its original shows readers something else now than the version from which it was translated."""
    return bool(article.translated_from) and bool(comparison.changed(*_then_and_now(article), SAID))


def changes(article):
    """Return what its original says differently since: see comparison.differences."""
    return comparison.differences(*_then_and_now(article), SAID)


def _then_and_now(article):
    source = article.translated_from
    return source.content, {name: getattr(source.article, name) for name in SAID}


def behind():
    """Return the translations that are behind their originals, the one changed last first."""
    return [one for one in Article.objects.with_newer_originals().order_by("-modified_at")[:100] if is_behind(one)]


def newer_original(article, siblings):
    """Return the original among an article's published `siblings` if readers were told of a change in it since, or None.

    The article must come from `for_page`.
    """
    source = article.translated_from
    found = next((one for one in siblings if source and one.pk == source.article_id), None)
    return found if found and found.revised_at and found.revised_at > source.saved_at else None


class LinkError(Exception):
    """Two articles cannot be translations of each other; it says why, in the desk's language."""


def link(original, translation):
    """Make two articles one group, `translation` following the newest version of `original`; raise LinkError if it cannot be.

    What either was linked to already comes along.
    """
    if original.language == translation.language:
        raise LinkError(_("Both are in the same language: a translation is in another one."))
    if original.group == translation.group:
        raise LinkError(_("These two are linked already."))
    with transaction.atomic():
        _refuse_doubles(original, translation)
        try:
            for moved in Article.objects.out_of_bin().filter(group=translation.group):
                Article.objects.make_room_for(Article(group=original.group, language=moved.language))
                moved.group = original.group
                if moved.pk == translation.pk:
                    moved.translated_from = revisions.newest(original)
                moved.save(update_fields=["group", "translated_from"])
        except IntegrityError:  # somebody else linked one of them at this moment
            raise LinkError(_("One of the two has just been linked: look again.")) from None


def _refuse_doubles(one, other):
    """Raise LinkError when the groups of two articles both have one in some language."""
    articles = Article.objects.out_of_bin()
    here = {row.language: row for row in articles.filter(group=one.group)}
    for row in articles.filter(group=other.group, language__in=here):
        known = here[row.language]
        names = {"title": known if known.pk != one.pk else row, "language": dict(settings.LANGUAGES)[row.language]}
        raise LinkError(
            _("There is one in that language (%(language)s) already: “%(title)s”. Unlink it first.") % names
        )


def unlink(article):
    """Let an article stand alone: nobody is led from it to what it was linked to, nor told that it lags behind."""
    with transaction.atomic():
        left = Article.objects.filter(group=article.group).exclude(pk=article.pk)
        for row in (article, *left.filter(translated_from__article=article)):
            row.translated_from = None
            row.group = uuid.uuid4() if row.pk == article.pk else row.group
            row.save(update_fields=["group", "translated_from"])
