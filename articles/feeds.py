"""Articles as feeds, whole: what a reader's program, a newsletter service or another site may take."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import http_date
from django.utils.translation import get_language

from articles.feed_formats import FORMATS
from articles.models import Article, Author, Tag
from articles.parts import body_of
from articles.structured_data import absolute, moment, name_for_ever, without_empty
from newsroom.cache import depends_on, public_page, tag_of
from newsroom.models import SiteIdentity
from newsroom.parts import fill, kept_all, kept_frame
from newsroom.typography import typeset

NEWEST = 20
PICTURE = 1200  # pixels wide


def respond(request, articles, title, link, description="", kind="rss"):
    """Return the newest of `articles` as a feed of the current edition, in one of FORMATS."""
    newest = articles.published().edition(get_language()).newest_first()
    newest = list(newest.values_list("pk", "published_at", "revised_at", "modified_at")[:NEWEST])
    updated = max((max(published, revised or published) for _, published, revised, _ in newest), default=None)

    def frame():
        identity = SiteIdentity.load()
        feed = FORMATS[kind](
            typeset(f"{title} – {identity.name}" if title else identity.name, get_language()),
            absolute(link),
            typeset(description or identity.tagline.own or identity.name, get_language()),
            language=get_language(),
            feed_url=absolute(request.path),
            hub=settings.WEBSUB_HUB,
        )
        return feed.frame(updated)

    # All that it is made from but the identity, which is everybody's.
    around = kept_frame("\n".join(["feed", request.path, title, link, description, str(updated)]), frame)
    items = kept_all(
        {pk: f"item {kind} {pk}" for pk, *_ in newest},
        lambda missing: Article.objects.select_related("author", "photo").with_tags().in_bulk(missing),
        lambda article: FORMATS[kind].item(**item(article)),
    )
    response = HttpResponse(
        fill(around, FORMATS[kind].between.join(items.values())), content_type=FORMATS[kind].content_type
    )
    if settings.WEBSUB_HUB:
        response.headers["Link"] = f'<{settings.WEBSUB_HUB}>; rel="hub", <{absolute(request.path)}>; rel="self"'
    if newest:
        response.headers["Last-Modified"] = http_date(max(max(row[1], row[3]).timestamp() for row in newest))
    return response


def item(article):
    """Return an article as FORMATS want it, in a part that is made from what it shows."""
    depends_on(*(tag_of(row) for row in (article, article.author, article.photo, *article.ordered_tags) if row))
    facts = json_item(article)
    return {
        "title": facts["title"],
        "link": facts["url"],
        "unique_id": facts["id"],
        "unique_id_is_permalink": False,
        "description": facts.get("summary", ""),
        "author_name": article.author.name,
        "pubdate": article.published_at,
        "updateddate": article.revised_at or article.published_at,
        "categories": facts.get("tags", []),
        "content": facts["content_html"],
        "as_json": facts,
    }


def json_item(article):
    """Return an article whole, as an item of JSON Feed (jsonfeed.org)."""
    url = absolute(article.get_absolute_url())
    picture = article.photo and article.photo.jpeg("16x9", PICTURE)
    return without_empty(
        {
            "id": name_for_ever("article", article.pk, article.first_published_at or article.published_at),
            "url": url,
            "language": article.language,
            "title": typeset(article.title, article.language),
            "summary": typeset(article.standfirst, article.language),
            "content_html": full_text(article, url),
            "image": picture and absolute(picture["url"]),
            "date_published": moment(article.published_at),
            "date_modified": moment(article.revised_at or article.published_at),
            "authors": [{"name": article.author.name, "url": absolute(article.author.get_absolute_url())}],
            "tags": [typeset(tag.name, tag.language) for tag in article.ordered_tags],
        }
    )


def full_text(article, url):
    """Return the article's text as a program shows it, far from our style sheets: every address absolute."""
    body = body_of(article.body, article.language, base=url)
    return render_to_string(
        "articles/feed_item.html", {"article": article, "body": body, "SITE_URL": settings.SITE_URL}
    )


@public_page
def newest(request, kind="rss"):
    depends_on(f"articles-{get_language()}")
    return respond(request, Article.objects.all(), "", reverse("front_page"), kind=kind)


@public_page
def tag(request, slug, kind="rss"):
    found = get_object_or_404(Tag, language=get_language(), slug=slug)
    depends_on(f"tagged:{found.pk}")
    articles = Article.objects.filter(tagged__tag=found)
    return respond(request, articles, found.name, found.get_absolute_url(), found.description, kind)


@public_page
def author(request, slug, kind="rss"):
    found = get_object_or_404(Author, slug=slug)
    depends_on(f"written:{found.pk}")
    articles = Article.objects.filter(author=found)
    return respond(request, articles, found.name, found.get_absolute_url(), found.role.own, kind)


def moved(request, name, **address):
    """Lead from an address of WordPress's to ours of the same feed."""
    return redirect(name, permanent=True, **address)
