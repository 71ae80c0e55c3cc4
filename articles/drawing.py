"""What is kept of an article is drawn when something of it is saved, and once a day: no reader waits for that."""

from functools import cache

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models import Article
from newsroom.ahead import environ_of
from newsroom.cache import page_store
from newsroom.jobs import PICTURES, every, job
from newsroom.parts import good_for
from newsroom.release import release

BATCH = 200
DAY = 24 * 3600
_drawn = {}  # what all articles were drawn for, by this process, the last time


# After what the page shows: what to read next, the sharing image, pictures.
@job(_("Draw an article for its readers"), once=True, priority=PICTURES - 1)
def draw_article(pk):
    """Draw what is kept of an article and is not there."""
    for article in readable().filter(pk=pk):
        draw(article)


@every(minutes=10)
@job(_("See which articles are to be drawn for their readers"), once=True, priority=-40)
def draw_what_is_missing():
    """Have all articles drawn each day, and when all that was kept is forgotten: another release, a change of every page."""
    mark = page_store() and page_store().mark()
    if mark and _drawn.get("for") != (wanted := (release(), mark[0], timezone.localdate())):
        draw_articles.enqueue()
        _drawn["for"] = wanted


@job(_("Draw all articles for their readers"), once=True, priority=-40, time_limit=600)
def draw_articles(below=None):
    """Draw what is kept of articles, and ends within a day, the newest first. The rest waits as a job of its own."""
    articles = readable().filter(pk__lt=below) if below else readable()
    keys = []
    with good_for(DAY):
        for article in articles.order_by("-pk")[:BATCH]:
            draw(article)
            keys.append(article.pk)
    if len(keys) == BATCH:
        draw_articles.enqueue(keys[-1])


def readable():
    if not page_store():
        return Article.objects.none()
    return Article.objects.published().filter(language__in=settings.EDITIONS).only("slug", "language")


def draw(article):
    """Draw an article's page as for a reader whom the page store does not serve: its parts are kept, itself is not."""
    answer = django()(environ_of(article.get_absolute_url()) | {"HTTP_AUTHORIZATION": "none"}, lambda *_: None)
    answer.close()


@cache
def django():
    return WSGIHandler()
