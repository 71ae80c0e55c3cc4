"""The bin: an article that was deleted waits there for 30 days, with its versions, its comments and its address.

Readers have lost it as if it were taken back. It gives its address up to a new article that wants it, and its place among
translations: `ArticleQuerySet.make_room_for`.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles import revisions
from articles.models import Article
from newsroom.jobs import HEAVY, every, job

DAYS = 30


@transaction.atomic
def put(article, by):
    """Put an article into the bin; raises revisions.StaleError when somebody has just saved it."""
    revisions.newest(article)  # what it was until now stands in its versions
    article.take_back()
    article.binned_at = timezone.now()
    _save(article, by)


@transaction.atomic
def restore(article, by, as_it_was=False):
    """Take an article out of the bin: as a draft, or at the date of publication that it had."""
    date = date_before(article) if as_it_was else None
    article.binned_at = None
    # What was scheduled and missed its hour in the bin was never public: nobody expects it to be at once.
    if date and (date > timezone.now() or article.was_public):
        article.published_at = date
    _save(article, by)


def _save(article, by):
    revisions.save(article, [tag.name for tag in article.ordered_tags], by, article.version)


def date_before(article):
    """Return the date of publication that an article had when it was put into the bin, None for a draft."""
    before = article.revisions.filter(version__lt=article.version).first()
    date = before and before.content.get("published_at")
    return datetime.fromisoformat(date) if date else None


def leaves_at(article):
    """Return the moment from which an article in the bin may be deleted for ever."""
    return article.binned_at + timedelta(days=DAYS)


@every(hours=24)
@job(_("Empty the bin of what is older than 30 days"), once=True, priority=HEAVY, time_limit=600)
def empty():
    """Delete for ever what has been in the bin for 30 days."""
    for article in Article.objects.in_bin().filter(binned_at__lt=timezone.now() - timedelta(days=DAYS)):
        article.delete()
