"""Comments as feeds: what readers see, nothing else; every field is named here, none is taken from a whole row."""

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from articles.feed_formats import FORMATS
from articles.models import Article
from articles.structured_data import absolute, moment, name_for_ever
from comments import text
from comments import thread as threads
from comments.intake import published_article
from comments.models import ReaderComment
from newsroom.cache import depends_on, public_page
from newsroom.models import SiteIdentity
from newsroom.typography import typeset

NEWEST = 20
NOT_SHOWN = [status for status in ReaderComment.Status if status != ReaderComment.Status.APPROVED]


def shown_newest(approved):
    """Return the newest of these approved comments that their threads show, with their articles.

    Found by walking back from the newest, further at each step.
    """
    rows = approved.order_by("-submit_date", "-pk").values_list(*threads.RELATION, named=True)
    found, begin, step = [], 0, 3 * NEWEST
    while True:
        part = list(rows[begin : begin + step])
        relations = threads.relations_above(part)
        found += [row.pk for row in part if threads.stands(row.pk, relations)]
        if len(found) >= NEWEST or len(part) < step:
            break
        begin, step = begin + step, 2 * step
    shown = ReaderComment.objects.filter(pk__in=found[:NEWEST]).select_related("article")
    return sorted(shown, key=lambda comment: (comment.submit_date, comment.pk), reverse=True)


def respond(request, approved, title, link, kind):
    """Return the newest of these approved comments as a feed of the current edition, in one of FORMATS."""
    title = typeset(title, get_language())
    feed = FORMATS[kind](title, absolute(link), title, language=get_language(), feed_url=absolute(request.path))
    for comment in shown_newest(approved):
        add(feed, comment)
    # No Last-Modified: what is approved late is older than what stood there before.
    return HttpResponse(feed.writeString("utf-8"), content_type=feed.content_type)


def add(feed, comment):
    article = comment.article
    url = absolute(reverse("comments:permalink", args=[article.slug, comment.public_id]))
    title = _("%(name)s on “%(title)s”") % {"name": comment.user_name, "title": article.title}
    facts = {
        "id": name_for_ever("comment", comment.public_id, comment.submit_date),
        "url": url,
        "title": typeset(title, get_language()),
        "content_html": text.as_html(comment.comment, article.language),
        "date_published": moment(comment.submit_date),
        "authors": [{"name": comment.user_name}],
    }
    feed.add_item(
        title=facts["title"],
        link=url,
        unique_id=facts["id"],
        unique_id_is_permalink=False,
        description=typeset(comment.comment, article.language),
        author_name=comment.user_name,
        pubdate=comment.submit_date,
        updateddate=comment.submit_date,
        categories=[],
        content=facts["content_html"],
        as_json=facts,
    )


@public_page
def newest(request, kind="rss"):
    """The newest comments of the edition."""
    depends_on("thread", f"articles-{get_language()}")
    title = _("Comments – %(site)s") % {"site": SiteIdentity.load().name}
    here = Article.objects.published().edition(get_language()).filter(pk=OuterRef("article"))
    # Said so that the index of dates is walked, and the rest asked of each comment: no index of another fact is used.
    approved = ReaderComment.objects.exclude(status__in=NOT_SHOWN).filter(Exists(here))
    return respond(request, approved, title, reverse("front_page"), kind)


@public_page
def thread(request, slug, kind="rss"):
    """The newest comments below one article."""
    article = published_article(get_language(), slug)
    if article is None:
        raise Http404
    depends_on(f"thread:{article.pk}")
    title = _("Comments on “%(title)s”") % {"title": article.title}
    return respond(
        request, ReaderComment.objects.shown().filter(article=article), title, article.get_absolute_url(), kind
    )
