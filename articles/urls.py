"""Addresses as WordPress has them, so that its sites can move in without redirects."""

from django.urls import path, register_converter

from articles import dossiers, feeds, list_views, machines, preview, search_page, sitemaps, views


class FourDigits:
    """A year that a date can have."""

    regex = "[12][0-9]{3}"
    to_python = int

    def to_url(self, value):
        return f"{value:04d}"


class TwoDigits:
    """A month, as it stands in an address."""

    regex = "0[1-9]|1[0-2]"
    to_python = int

    def to_url(self, value):
        return f"{value:02d}"


register_converter(FourDigits, "yyyy")
register_converter(TwoDigits, "mm")


def listing(route, view, name):
    """Return the addresses of a list: its own, and those of its second page and the following."""
    return [path(route, view, name=name), path(f"{route}page/<int:number>/", view, name=name)]


def feed(route, view, name, app=""):
    """Return the addresses of a feed: in each format, and those that WordPress has beside. `app` ends with a colon."""
    return [
        path(f"{route}feed/", view, name=name),
        path(f"{route}feed/atom/", view, {"kind": "atom"}, name=f"{name}_atom"),
        path(f"{route}feed.json", view, {"kind": "json"}, name=f"{name}_json"),
        *(path(f"{route}feed/{old}/", feeds.moved, {"name": f"{app}{name}"}) for old in ("rss", "rss2", "rdf")),
    ]


urlpatterns = [
    *listing("", list_views.front_page, "front_page"),
    *listing("tag/<slug:slug>/", list_views.tag, "tag"),
    *listing("author/<slug:slug>/", list_views.author, "author"),
    *listing("<yyyy:year>/", list_views.archive, "year"),
    *listing("<yyyy:year>/<mm:month>/", list_views.archive, "month"),
    path("tag/", list_views.tags, name="tags"),
    path("dossier/", dossiers.dossiers, name="dossiers"),
    path("dossier/<slug:slug>/", dossiers.dossier, name="dossier"),
    path("archives/", list_views.archives, name="archives"),
    path("search/", search_page.search_page, name="search"),
    *feed("", feeds.newest, "feed"),
    *feed("tag/<slug:slug>/", feeds.tag, "tag_feed"),
    *feed("author/<slug:slug>/", feeds.author, "author_feed"),
    *feed("dossier/<slug:slug>/", dossiers.feed, "dossier_feed"),
    path("preview/<str:token>/", preview.preview, name="preview"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-sections.xml", sitemaps.sections, name="sitemap_sections"),
    path("sitemap-<int:number>.xml", sitemaps.articles, name="sitemap_articles"),
    path("sitemap-news.xml", sitemaps.news, name="sitemap_news"),
    path("llms.txt", machines.llms, name="llms"),
    path("<slug:slug>/", views.article, name="article"),
    path("<slug:slug>.md", machines.markdown, name="article_markdown"),
    path("<slug:slug>.json", machines.as_json, name="article_json"),
]
