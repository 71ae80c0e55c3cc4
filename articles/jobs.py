"""What the workers do for articles: they find recurring work here."""

from django.utils.translation import gettext_lazy as _

from articles.binned import empty
from articles.dead_links import look_everywhere, look_in
from articles.drawing import draw_article, draw_articles, draw_what_is_missing
from articles.lookup import look_up, tidy_links
from articles.models import KeptCopy
from articles.photos import tidy
from articles.related import relate_around, relate_lately_published, relate_old
from newsroom.jobs import every, job

__all__ = [
    "draw_article",
    "draw_articles",
    "draw_what_is_missing",
    "empty",
    "look_everywhere",
    "look_in",
    "look_up",
    "relate_around",
    "relate_lately_published",
    "relate_old",
    "tidy",
    "tidy_links",
]


@every(hours=24)
@job(_("Forget what was typed long ago and never saved"), once=True, priority=-50)
def forget_old_copies():
    KeptCopy.objects.too_old().delete()
