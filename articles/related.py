"""Which articles to read next: those that share tags, the rarer the better, in the same edition, rather recent than old."""

import math
import time
from datetime import timedelta

from django.db.models import Case, Count, F, FloatField, Sum, When
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
SECONDS = 45


# A matter of milliseconds: before pictures, which take seconds.
@job(_("Find what to read after an article"), once=True, priority=5)
def relate_around(pk):
    """Work out what to read after an article, and again after those that it leads to or led to."""
    article = Article.objects.filter(pk=pk).only(*NEEDED).first()
    if not article:
        return
    led_to = article.related or []
    for other in Article.objects.filter(pk__in={*led_to, *relate(article)}).only(*NEEDED):
        relate(other)


@every(minutes=15)
@job(_("Find what to read after the latest articles"), once=True, priority=-20)
def relate_lately_published():
    """Catch up with what no save announces: a scheduled moment that came, and articles that were made in bulk."""
    readable = Article.objects.published()
    for pk in readable.filter(published_at__gte=timezone.now() - AROUND).values_list("pk", flat=True):
        relate_around.enqueue(pk)
    deadline = time.monotonic() + SECONDS
    for article in readable.filter(related__isnull=True).only(*NEEDED).newest_first().iterator():
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
    if keys != article.related:
        # Not a save: nothing that an editor wrote has changed.
        Article.objects.filter(pk=article.pk).update(related=keys)
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
