"""What programs ask of the site: robots.txt, llms.txt, security.txt, oEmbed, and an article as Markdown or JSON."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone, translation
from django.utils.translation import get_language

from articles.body import photos_in
from articles.context import foot
from articles.export import whole
from articles.feeds import json_item
from articles.markdown import Shown
from articles.models import Article, AuthorLink, Page, Photo, Tag
from articles.moved import destination
from articles.structured_data import absolute, without_empty
from newsroom.cache import depends_on, good_until, public_page
from newsroom.crawlers import Crawlers, robots_txt
from newsroom.models import SiteIdentity
from newsroom.typography import typeset
from newsroom.xml import xml_text

LISTED = 30  # articles in llms.txt
THUMBNAIL = 1200
DAY = 24 * 3600


def plain(text, kind="plain", status=200):
    return HttpResponse(text, content_type=f"text/{kind}; charset=utf-8", status=status)


def in_each_edition(name):
    """Return the paths that one name has in every edition."""
    paths = []
    for code in settings.EDITIONS:
        with translation.override(code):
            paths.append(reverse(name))
    return paths


@public_page
def robots(request):
    private = ["/admin/", *(f"{home}search/" for home in in_each_edition("front_page"))]
    sitemaps = [reverse("sitemap"), *in_each_edition("sitemap_news")]
    return plain(robots_txt(SiteIdentity.load().crawlers, private, map(absolute, sitemaps)))


@public_page
def llms(request):
    """Say in Markdown what the site is and where its texts are (llmstxt.org), unless it wants no such readers."""
    identity = SiteIdentity.load()
    if identity.crawlers == Crawlers.NO_AI:
        raise Http404("not for machines of that kind")
    language = get_language()
    depends_on(f"articles-{language}")
    context = {
        "identity": identity,
        "articles": Article.objects.published().edition(language).for_cards()[:LISTED],
        "topics": Tag.objects.topics(language),
        "pages": foot(language),
        "SITE_URL": settings.SITE_URL,
    }
    return plain(render_to_string("articles/llms.txt", context), "markdown")


@public_page
def security(request):
    """Say whom to write to about a hole (RFC 9116): the author's e-mail address for readers, else the contact page."""
    depends_on("page")
    mails = AuthorLink.objects.filter(author__is_site_author=True, purpose="contact", service="email")
    pages = Page.objects.published().filter(kind=Page.Kind.CONTACT, language__in=settings.EDITIONS)
    contacts = [link.url for link in mails] or [absolute(page.get_absolute_url()) for page in pages]
    if not contacts:
        raise Http404("nobody to write to")
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    good_until(today + timedelta(days=1))
    expires = today + timedelta(days=180)
    lines = [
        *(f"Contact: {contact}" for contact in contacts),
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {', '.join(settings.EDITIONS)}",
        f"Canonical: {absolute(reverse('security'))}",
        "",
    ]
    return plain("\n".join(lines))


@public_page
def oembed(request):
    """Describe an article to a site that links to it (oembed.com). A link with a picture: it can be no frame."""
    kind = request.GET.get("format", "json")
    if kind not in ("json", "xml"):
        return plain("The formats are json and xml.\n", status=501)
    article = article_at(request.GET.get("url", ""))
    if not article:
        return plain("No article of this site has that address.\n", status=404)
    picture = article.photo and _thumbnail(article.photo, _room(request))
    with article.in_language():
        author_url = absolute(article.author.get_absolute_url())
    data = {
        "version": "1.0",
        "type": "link",
        "title": typeset(article.title, article.language),
        "author_name": article.author.name,
        "author_url": author_url,
        "provider_name": typeset(SiteIdentity.load().name, article.language),
        "provider_url": f"{settings.SITE_URL}/",
        "cache_age": DAY,
    }
    if picture:
        data |= {
            "thumbnail_url": absolute(picture["url"]),
            "thumbnail_width": picture["width"],
            "thumbnail_height": picture["height"],
        }
    everybody = {"Access-Control-Allow-Origin": "*"}
    if kind == "json":
        return JsonResponse(data, headers=everybody)
    inside = "".join(f"<{name}>{xml_text(value)}</{name}>" for name, value in data.items())
    text = f'<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<oembed>{inside}</oembed>\n'
    return HttpResponse(text, content_type="text/xml; charset=utf-8", headers=everybody)


def _room(request):
    """Return how wide and how high a picture may be at most, in pixels, by `maxwidth` and `maxheight`; None: any."""
    asked = (request.GET.get(name, "") for name in ("maxwidth", "maxheight"))
    return [int(number) if number.isascii() and number.isdecimal() and len(number) < 7 else None for number in asked]


def _thumbnail(photo, room):
    """Return the picture as wide as it should be; the whole of it or its middle, where only those are small enough."""
    return next(filter(None, (photo.jpeg(crop, THUMBNAIL, room) for crop in ("16x9", "whole", "1x1"))), None)


def article_at(address):
    """Return the published article that stands at an address of this site, or stood there; None when there is none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    if (
        parts.scheme not in ("http", "https")
        or parts.netloc != urlsplit(settings.SITE_URL).netloc
        or "\0" in parts.path
    ):
        return None
    if found := _article_of(parts.path):
        return found
    moved = destination(parts.path)
    return _article_of(moved) if isinstance(moved, str) else None


def _article_of(path):
    """Return the published article whose address is `path`; None when there is none."""
    edition = path.split("/")[1:2]
    language = edition[0] if edition and edition[0] in settings.EDITIONS[1:] else settings.LANGUAGE_CODE
    try:
        with translation.override(language):
            match = resolve(path if path.endswith("/") else f"{path}/")
    except Resolver404:
        return None
    if match.view_name != "article":
        return None
    articles = Article.objects.published().edition(language).select_related("author", "photo")
    return articles.filter(slug=match.kwargs["slug"]).first()


@public_page
def markdown(request, slug):
    """Give an article whole: a head of facts, then its title, standfirst, key points and text as Markdown."""
    article = _article_here(slug)
    return plain(whole(article, _pictures(article.body).get, SiteIdentity.load().name), "markdown")


def _pictures(body):
    """Return {id: Shown} of the photos in a body; no query when it has none."""
    wanted = photos_in(body)
    photos = Photo.objects.in_bulk(wanted) if wanted else {}
    files = {str(pk): (photo, photo.jpeg("whole", THUMBNAIL)) for pk, photo in photos.items()}
    return {
        pk: Shown(str(photo.alt), absolute(file["url"]), str(photo.caption), photo.credit, photo.licence)
        for pk, (photo, file) in files.items()
        if file
    }


@public_page
def as_json(request, slug):
    """Give an article whole, in the words of an item of JSON Feed (jsonfeed.org)."""
    article = _article_here(slug)
    depends_on(f"group:{article.group}")
    siblings = article.siblings().published()
    data = json_item(article) | {
        "_newsroom": {
            "about": f"{settings.SITE_URL}/",
            "key_points": article.key_points,
            "word_count": article.word_count,
            "reading_minutes": article.reading_minutes,
            "comment_count": article.comment_count,
            "translations": {one.language: absolute(one.get_absolute_url()) for one in siblings},
        },
    }
    return JsonResponse(without_empty(data), headers={"Access-Control-Allow-Origin": "*"})


def _article_here(slug):
    return get_object_or_404(Article.objects.published().edition(get_language()).for_page(), slug=slug)
