"""Telling a hub (WebSub) which feeds changed, so that whoever follows them there learns of it at once.

Receivers, as in articles/freshness.py, and for the same reason. The hub is asked by a job: when it does not answer, the
job is tried again with growing pauses, and neither the author nor a reader waits for it.
"""

from urllib.parse import urlencode
from urllib.request import Request, urlopen

from django.conf import settings
from django.db.models.signals import post_delete, post_save, pre_delete
from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from articles.freshness import both
from articles.models import Article, Dossier, DossierEntry, Tag
from articles.structured_data import absolute, moment
from newsroom.jobs import job

PATIENCE = 10  # seconds
# What changes a feed when it changes, and is worth a call: not each corrected comma.
TOLD = ("published_at", "revised_at", "language", "slug", "author_id")
CALLED = ("language", "slug", "name", "title", "description")  # what stands at the head of a list's feed


def feeds_of(article):
    """Return the addresses of all feeds that an article stands in."""
    entry = getattr(article, "dossier_entry", None)
    lists = [
        ("feed",),
        ("author_feed", article.author.slug),
        *(("tag_feed", tag.slug) for tag in article.ordered_tags),
        *([("dossier_feed", entry.dossier.slug)] if entry else []),
    ]
    with article.in_language():
        return [feed for name, *slug in lists for feed in _formats(name, *slug)]


def feeds_of_list(row):
    """Return the addresses of the feeds of a tag or a dossier."""
    with row.in_language():
        return _formats(f"{row._meta.model_name}_feed", row.slug)


def _formats(name, *slug):
    return [absolute(reverse(f"{name}{kind}", args=slug)) for kind in ("", "_atom", "_json")]


@job(_("Tell the hub that feeds have changed"), once=True, tries=10, time_limit=30)
def tell_hub(feeds):
    """Say to the hub that these addresses give something new. Raises OSError when it does not take the word."""
    if not settings.WEBSUB_HUB:
        return
    words = urlencode([("hub.mode", "publish"), *(("hub.url", feed) for feed in feeds)])
    # The address is the setting's, which can only be http or https (newsroom/env.py).
    with urlopen(Request(settings.WEBSUB_HUB, words.encode()), timeout=PATIENCE):  # noqa: S310
        pass


@job(_("Tell the hub about an article"), once=True, tries=10, time_limit=30)
def tell_hub_of(pk, due=""):
    """Tell the hub of an article; if it was scheduled (`due`), only while it still has that date."""
    article = Article.objects.filter(pk=pk).for_page().first()
    if article and due in ("", _due(article)):
        tell_hub.func(feeds_of(article))


def _due(article):
    return moment(article.published_at) if article.published_at else "never"


@receiver(post_save, sender=Article)
def article_saved(instance, **details):
    """Have the hub told what readers see come, change notably or go: now, or at the moment it is scheduled for."""
    if not settings.WEBSUB_HUB or instance.language not in settings.EDITIONS:
        return
    was = getattr(instance, "_was", None)
    seen, saw = instance.is_published, bool(was and was.is_published)
    if seen != saw or (seen and any(getattr(was, name) != getattr(instance, name) for name in TOLD)):
        tell_hub_of.enqueue(instance.pk)
    if instance.state == Article.State.SCHEDULED:
        tell_hub_of.using(run_after=instance.published_at).enqueue(instance.pk, _due(instance))


@receiver(pre_delete, sender=Article)
def article_goes(instance, **details):
    """Have the hub told while it is still known in which feeds the article stood."""
    if settings.WEBSUB_HUB and instance.is_published and instance.language in settings.EDITIONS:
        tell_hub.enqueue(feeds_of(instance))


@receiver(post_save, sender=Tag)
@receiver(post_save, sender=Dossier)
def list_saved(instance, **details):
    """Have the hub told of a tag or a dossier that calls itself otherwise, at its old address and at its new one."""
    rows = both(instance)
    if len({tuple(getattr(row, name, "") for name in CALLED) for row in rows}) > 1 and instance.is_public:
        _tell_of(*rows)


@receiver(post_save, sender=DossierEntry)
@receiver(post_delete, sender=DossierEntry)
def part_changed(instance, signal, **details):
    """Have the hub told of the dossiers that a published article comes into and leaves; its place there is in no feed."""
    rows = [instance] if signal is post_delete else both(instance)
    if len(rows) == 1 or len({(row.dossier_id, row.article_id) for row in rows}) > 1:
        published = Article.objects.published().filter(pk__in={row.article_id for row in rows})
        if published.exists():
            _tell_of(*Dossier.objects.filter(pk__in={row.dossier_id for row in rows}))


def _tell_of(*rows):
    rows = [row for row in rows if row.language in settings.EDITIONS]
    if settings.WEBSUB_HUB and rows:
        tell_hub.enqueue(sorted({feed for row in rows for feed in feeds_of_list(row)}))
