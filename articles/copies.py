"""A copy of an article: a draft that begins by saying the same, and is an article of its own."""

from django.utils.translation import gettext as _

from articles import editions, revisions
from articles.models import Article

# What a copy says again. Its dates, address, translations, versions and comments are its own.
SAME = (
    *("language", "standfirst", "key_points", "body", "photo_id", "author_id"),
    *("support_call", "comments", "comments_days"),
)
LONGEST = Article._meta.get_field("title").max_length


def duplicate(original, by):
    """Return a new draft of one's own that says what the article says."""
    with original.in_language():
        ending = " " + _("(copy)")
    title = original.title[: LONGEST - len(ending)].rstrip() + ending
    slug = editions.free_address(title, original.language)
    copy = Article(title=title, slug=slug, **{name: getattr(original, name) for name in SAME})
    revisions.save(copy, [tag.name for tag in original.ordered_tags], by, 0)
    return copy
