"""Which articles to read next: those that share tags, the rarer the better, in the same edition, rather recent than old."""

import math
import time
from datetime import timedelta

from django.db.models import Case, Count, F, FloatField, Sum, TextField, When
from django.db.models.functions import Cast
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import Article, TaggedArticle
from articles.publication import published
from newsroom.cache import purge
from newsroom.jobs import every, job

KEPT = 6  # more than a page shows: some may be taken back before the next count
CANDIDATES = 60
HALF_LIFE = timedelta(days=365)  # an article so much older counts half as much
AROUND = timedelta(minutes=30)
SECONDS, MOST = 45, 5000  # of one job's work: what is left waits for the next


# A matter of milliseconds: before pictures, which take seconds.
@job(_("Find what to read after an article"), once=True, priority=5)
def relate_around(pk):
    """Work out what to read after an article, and again after those that it leads to or led to."""
    article = Article.objects.filter(pk=pk).only(*NEEDED).first()
    if article:
        led_to = article.related or []
        for other in Article.objects.filter(pk__in={*led_to, *relate(article)}).only(*NEEDED):
            relate(other)
    if not article or not article.is_published:
        _forget(pk)


@receiver(post_delete, sender=Article)
def article_gone(instance, **details):
    relate_around.enqueue(instance.pk)


def _forget(pk):
    """Have all that leads to an article, which nobody can read any more, worked out again."""
    keys = Cast("related", TextField())  # no JSON: SQLite cannot look into a list
    if Article.objects.annotate(keys=keys).filter(keys__regex=rf"[^0-9]{pk}[^0-9]").update(related_at=None):
        relate_lately_published.enqueue()


@every(minutes=15)
@job(_("Find what to read after the latest articles"), once=True, priority=-20)
def relate_lately_published():
    """Catch up with what no save announces: a scheduled moment that came, articles made in bulk, or led to what is gone."""
    readable = Article.objects.published()
    for pk in readable.filter(published_at__gte=timezone.now() - AROUND).values_list("pk", flat=True):
        relate_around.enqueue(pk)
    _relate_some(readable.filter(related_at__isnull=True).newest_first())


@every(hours=24)
@job(_("Find again what to read after old articles"), once=True, priority=-20)
def relate_old():
    """Work it out again where that was done the longest ago: newer articles may say more on the same."""
    _relate_some(Article.objects.published().filter(related_at__isnull=False).order_by("related_at"))


def _relate_some(articles):
    deadline = time.monotonic() + SECONDS
    for article in list(articles.only(*NEEDED)[:MOST]):
        if time.monotonic() > deadline:
            return
        relate(article)


NEEDED = ("language", "published_at", "related")


def relate(article):
    """Store and return the keys of what to read after the article, best first: four queries, whatever the site's size."""
    keys = [pk for pk, _score in sorted(_scores(article).items(), key=lambda pair: -pair[1])][:KEPT]
    if len(keys) < KEPT:
        newest = Article.objects.published().edition(article.language).exclude(pk__in=[article.pk, *keys])
        keys += newest.newest_first().values_list("pk", flat=True)[: KEPT - len(keys)]
    # Not a save: nothing that an editor wrote has changed.
    Article.objects.filter(pk=article.pk).update(related=keys, related_at=timezone.now())
    if keys != article.related:
        purge(f"related:{article.pk}")
    return keys


def _scores(article):
    """Return {key: score} of the likeliest articles that share a tag with this one."""
    here = TaggedArticle.objects.filter(content_object__language=article.language)
    readable = here.filter(published("content_object__"))
    tags = article.tagged.values_list("tag", flat=True)
    uses = dict(readable.filter(tag__in=list(tags)).values_list("tag").annotate(Count("pk")).order_by())
    if not uses:
        return {}
    total = Article.objects.published().edition(article.language).count()
    weights = [When(tag=tag, then=math.log(1 + total / count)) for tag, count in uses.items()]
    rows = (
        readable.filter(tag__in=uses)
        .exclude(content_object=article.pk)
        .order_by()
        .values("content_object")
        .annotate(weight=Sum(Case(*weights, output_field=FloatField())), day=F("content_object__published_at"))
        .order_by("-weight", "-day")[:CANDIDATES]
    )
    now = timezone.now()
    return {row["content_object"]: row["weight"] * 0.5 ** ((now - row["day"]) / HALF_LIFE) for row in rows}
