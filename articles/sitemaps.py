"""What search engines may find: an index of files with so many articles each, and the news of two days."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, Max, OuterRef
from django.db.models.functions import Greatest
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language

from articles.body import photos_in
from articles.models import Article, Author, Dossier, Page, Photo, Tag
from articles.structured_data import absolute, moment
from newsroom.cache import depends_on, good_until, public_page
from newsroom.models import SiteIdentity
from newsroom.parts import kept_values
from newsroom.typography import typeset
from newsroom.xml import xml_text

PER_FILE = 2000
NEWS_HOURS, NEWS_MOST = 48, 1000
MOST_IMAGES = 1000  # of a page, says Google
SPACES = {
    "": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "image": "http://www.google.com/schemas/sitemap-image/1.1",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
    "xhtml": "http://www.w3.org/1999/xhtml",
}


@public_page
def index(request):
    """List the files: at the first edition those of all, at another edition its own."""
    language = get_language()
    editions = settings.EDITIONS if language == settings.LANGUAGE_CODE else [language]
    return _document("sitemapindex", (), [entry for code in editions for entry in _files(code)])


def _files(language):
    """Yield the entry of each file of an edition."""
    with translation.override(language):
        yield _entry("sitemap", reverse("sitemap_sections"))
        # Any article that is saved changes them.
        changes = kept_values({language: "article sitemap"}, lambda _: {language: _changes(language)})[language]
        for number, changed in enumerate(changes, 1):
            yield _entry("sitemap", reverse("sitemap_articles", args=[number]), changed)
        yield _entry("sitemap", reverse("sitemap_news"))


def _changes(language):
    """Return when each file of articles changed last: a query a file and one more, which an index alone answers."""
    changes = []
    while last := _oldest_first(language)[len(changes) * PER_FILE :][:PER_FILE].aggregate(last=Max("changed"))["last"]:
        changes.append(moment(last))
    return changes


def _oldest_first(language):
    """Oldest first, so that a full file keeps its articles. Publication changes an article, if it comes after a save."""
    articles = Article.objects.published().edition(language).order_by("published_at", "pk")
    return articles.annotate(changed=Greatest("published_at", "modified_at"))


@public_page
def articles(request, number):
    """List so many articles, each with its pictures and its translations: three queries."""
    language = get_language()
    first = (number - 1) * PER_FILE
    if not 0 <= first < 10**9:
        raise Http404("no such file")
    # Which ones, the index of the table knows; only those are read.
    these = _oldest_first(language).values("pk")[first : first + PER_FILE]
    rows = _oldest_first(language).filter(pk__in=these).select_related("photo")
    rows = list(rows.only("group", "language", "slug", "body", "photo__renditions"))
    if not rows:
        raise Http404("there are not that many articles")
    siblings = _siblings(Article.objects.published(), rows)
    shown = {row.pk: photos_in(row.body) for row in rows}
    photos = Photo.objects.only("renditions").in_bulk({pk for found in shown.values() for pk in found})

    def inside(row):
        pictures = [row.photo, *(photos[pk] for pk in shown[row.pk] if pk in photos and pk != row.photo_id)]
        return _alternates(siblings.get(row.group)) + "".join(map(_image, pictures[:MOST_IMAGES]))

    entries = [_entry("url", row.get_absolute_url(), moment(row.changed), inside(row)) for row in rows]
    return _document("urlset", ("image", "xhtml"), entries)


@public_page
def sections(request):
    """List what is not an article: front page, archives, tags, dossiers, pages and authors of one edition."""
    language = get_language()
    entries = [
        _entry("url", reverse(name), inside=_everywhere(name))
        for name in ("front_page", "archives", "tags", "dossiers")
    ]
    for queryset in (Tag.objects.in_use(), Dossier.objects.published(), Page.objects.published()):
        rows = list(queryset.filter(language=language))
        siblings = _siblings(queryset, rows)
        entries += [_entry("url", row.get_absolute_url(), inside=_alternates(siblings.get(row.group))) for row in rows]
    written = Article.objects.published().edition(language).filter(author=OuterRef("pk"))
    for author in Author.objects.filter(Exists(written)).order_by("pk"):
        entries.append(_entry("url", author.get_absolute_url(), inside=_everywhere("author", author.slug)))
    return _document("urlset", ("xhtml",), entries)


@public_page
def news(request):
    """List what one edition published within two days, for the indexes of news."""
    language = get_language()
    since = timezone.now() - timedelta(hours=NEWS_HOURS)
    recent = Article.objects.published().edition(language).filter(published_at__gte=since).newest_first()
    recent = recent.only("language", "slug", "title", "published_at")[:NEWS_MOST]
    for row in recent:
        good_until(row.published_at + timedelta(hours=NEWS_HOURS))
    name = xml_text(typeset(SiteIdentity.load().name, language))
    return _document(
        "urlset", ("news",), [_entry("url", row.get_absolute_url(), inside=_news(row, name)) for row in recent]
    )


def _news(article, name):
    # Google wants no region, but of Chinese.
    language = article.language if article.language.startswith("zh-") else article.language.partition("-")[0]
    return (
        f"<news:news><news:publication><news:name>{name}</news:name>"
        f"<news:language>{language}</news:language></news:publication>"
        f"<news:publication_date>{moment(article.published_at)}</news:publication_date>"
        f"<news:title>{xml_text(typeset(article.title, article.language))}</news:title></news:news>"
    )


def _document(root, spaces, entries):
    depends_on("article", "author", "dossier", "page", "tag")
    names = " ".join(f'xmlns{":" if name else ""}{name}="{SPACES[name]}"' for name in ("", *spaces))
    text = "".join(['<?xml version="1.0" encoding="UTF-8"?>\n', f"<{root} {names}>\n", *entries, f"</{root}>\n"])
    return HttpResponse(text, content_type="application/xml; charset=utf-8")


def _entry(kind, path, changed="", inside=""):
    lastmod = f"<lastmod>{changed}</lastmod>" if changed else ""
    return f"<{kind}><loc>{xml_text(absolute(path))}</loc>{lastmod}{inside}</{kind}>\n"


def _image(photo):
    found = photo and photo.jpeg("16x9", 1200)
    return f"<image:image><image:loc>{xml_text(absolute(found['url']))}</image:loc></image:image>" if found else ""


def _siblings(queryset, rows):
    """Return {group: {language: path}}: under what addresses each row exists; one query, none with one edition."""
    if len(settings.EDITIONS) == 1 or not rows:
        return {}
    found = {}
    for row in queryset.filter(group__in=[row.group for row in rows]).only("group", "language", "slug"):
        found.setdefault(row.group, {})[row.language] = row.get_absolute_url()
    return found


def _everywhere(name, *args):
    """Return the alternates of a page that every edition has."""
    paths = {}
    for code in settings.EDITIONS:
        with translation.override(code):
            paths[code] = reverse(name, args=args)
    return _alternates(paths)


def _alternates(paths):
    """Return the links to a page in each language, itself among them; the default is the first edition that has it."""
    if not paths or len(paths) == 1:
        return ""
    ordered = {code: paths[code] for code in settings.EDITIONS if code in paths}
    ordered["x-default"] = next(iter(ordered.values()))
    return "".join(
        f'<xhtml:link rel="alternate" hreflang="{code}" href="{xml_text(absolute(path))}"/>'
        for code, path in ordered.items()
    )
