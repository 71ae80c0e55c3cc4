"""Each public page: kept, made anew by the changes that show on it, left alone by those that do not."""

import re
import time
from datetime import timedelta

import pytest
from django.test import override_settings
from django.urls import get_resolver, resolve
from django.utils import timezone

from articles.machines import oembed
from articles.models import Article, Author, Dossier, DossierEntry, Page, Photo, Tag
from articles.search_page import search_page
from comments import decisions, thread
from newsroom.cache import next_moment
from newsroom.models import SiteIdentity
from tests.factories import (
    ArticleFactory,
    AuthorFactory,
    AuthorLinkFactory,
    CommentFactory,
    PageFactory,
    PhotoFactory,
    TagFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(monkeypatch):
    """A site in which an article stands on many pages, and another one, “far”, on none of these."""
    monkeypatch.setattr(thread, "ROOTS_PER_PAGE", 1)
    ada, bo = AuthorFactory(name="Ada", slug="ada"), AuthorFactory(name="Bo", slug="bo")
    TagFactory(language="fr", slug="ia", name="Ia")
    now = timezone.now()
    photo = PhotoFactory()
    body = f'<p>Words.</p><figure data-photo="{photo.pk}"></figure>'
    near = ArticleFactory(
        slug="near", author=ada, photo=photo, body=body, tags=["Ia"], published_at=now - timedelta(days=1)
    )
    far = ArticleFactory(slug="far", author=bo, language="en", published_at=now - timedelta(days=1))
    ArticleFactory(slug="draft", author=bo, language="en", published_at=None)
    DossierEntry.objects.create(dossier=Dossier.objects.create(title="D", slug="d"), article=near)
    PageFactory(slug="about", position=1)
    PageFactory(slug="hidden", position=2, published_at=None)
    CommentFactory(article=near, approved=True)
    CommentFactory(article=near, approved=True)
    CommentFactory(article=far, approved=True)
    CommentFactory(article=near, user_name="waiting")
    AuthorLinkFactory(author=ada, purpose="contact", service="email", url="mailto:ada@news.example")
    return near


def change(model, lookup, **values):
    row = model.objects.get(**lookup)
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


NEAR = {"slug": "near"}
CHANGES = {
    "correct": lambda: change(Article, NEAR, title="Corrected"),
    "rename": lambda: change(Article, NEAR, slug="renamed"),
    "pin": lambda: change(Article, NEAR, leads_since=timezone.now()),
    "take back": lambda: change(Article, NEAR, published_at=None),
    "delete": lambda: Article.objects.filter(slug="near").delete(),
    "publish": lambda: ArticleFactory(slug="new", author=Author.objects.get(slug="ada"), tags=["Ia"]),
    "tag": lambda: Article.objects.get(**NEAR).tags.add(TagFactory(name="Eau", slug="eau")),
    "approve": lambda: decide("waiting", "approved"),
    "rename author": lambda: change(Author, {"slug": "ada"}, name="Ada L."),
    "describe tag": lambda: change(Tag, {"slug": "ia", "language": "fr"}, name="Intelligence"),
    "make a topic": lambda: change(Tag, {"slug": "ia", "language": "fr"}, nav_position=1),
    "describe photo": lambda: change(Photo, {}, alt={"fr": "Autre"}, colour="#102030"),
    "name the site": lambda: change_identity("Le Courrier"),
    "link": lambda: AuthorLinkFactory(author=Author.objects.get(slug="ada")),
    "edit page": lambda: change(Page, {"slug": "about"}, title="Who we are"),
    "write page": lambda: change(Page, {"slug": "about"}, body="<p>Other words.</p>"),
    "show page": lambda: change(Page, {"slug": "hidden"}, published_at=timezone.now()),
    "hide page": lambda: change(Page, {"slug": "about"}, published_at=None),
    "delete page": lambda: Page.objects.filter(slug="about").delete(),
    "name dossier": lambda: change(Dossier, {}, title="Changed"),
    "leave dossier": lambda: DossierEntry.objects.all()[0].delete(),
}


def decide(name, status):
    comments = decisions.ReaderComment.objects.filter(user_name=name)
    decisions.decide(list(comments.values_list("pk", flat=True)), status, by=None)


def change_identity(name):
    identity = SiteIdentity.load()
    identity.name = name
    identity.save()


# Every page, with all the changes that it shows, or may show, of those above.
EVERYWHERE = {"name the site", "link", "edit page", "show page", "hide page", "delete page", "make a topic"}
ROW = {"correct", "rename", "pin", "take back", "delete", "tag", "describe tag"}
CARD = ROW | {"approve", "describe photo"}
WHOLE = CARD | {"rename author"}
DOSSIER = {"name dossier", "leave dossier"}
SITEMAP = {*ROW, "publish", "approve", "rename author", "write page", *DOSSIER}
PAGES = {
    "/near/": WHOLE | DOSSIER,
    "/near.md": WHOLE | DOSSIER,
    "/near.json": WHOLE | DOSSIER,
    "/near/comment-page-2/": WHOLE - {"describe photo", "describe tag"} | {"leave dossier"},
    "/about/": {"publish", "rename", "pin", "take back", "delete", "write page"},
    "/": CARD | {"publish", "leave dossier"},
    "/2026/": CARD | {"publish", "leave dossier"},
    "/archives/": {"publish", "rename", "pin", "take back", "delete"},
    "/tag/ia/": CARD | {"publish", "leave dossier"},
    "/tag/": {"publish", "rename", "pin", "take back", "delete", "tag", "describe tag"},
    "/author/ada/": WHOLE | {"publish", "leave dossier"},
    "/dossier/": {"publish", "rename", "pin", "take back", "delete"} | DOSSIER,
    "/dossier/d/": CARD | DOSSIER,
    "/dossier/d/feed/": WHOLE | DOSSIER,
    "/feed/": WHOLE | {"publish", "leave dossier"},
    "/tag/ia/feed/": WHOLE | {"publish", "leave dossier"},
    "/author/ada/feed/": WHOLE | {"publish", "leave dossier"},
    "/near/feed/": WHOLE - {"describe photo", "describe tag"} | {"leave dossier"},
    "/comments/feed/": CARD - {"describe photo", "describe tag"} | {"publish", "leave dossier"},
    "/sitemap.xml": SITEMAP,
    "/sitemap-1.xml": SITEMAP | {"describe photo"},
    "/sitemap-sections.xml": SITEMAP,
    "/sitemap-news.xml": SITEMAP,
    "/llms.txt": CARD | {"publish", "leave dossier"},
    "/robots.txt": set(),
    "/.well-known/security.txt": {"write page"},
    "/site.webmanifest": set(),
}
# Public, and other for each question that is put to them: never kept.
NEVER_KEPT = {search_page, oembed}


def public_views(patterns):
    """Yield the views of all pages that are for everybody."""
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            yield from public_views(pattern.url_patterns)
        elif getattr(pattern.callback, "is_public", False):
            yield pattern.callback


def test_every_public_page_is_tested_here():
    found = {resolve(path).func for path in PAGES}

    assert found | NEVER_KEPT == set(public_views(get_resolver().url_patterns))


@pytest.mark.parametrize("path", ["/search/?q=words", "/search/", "/oembed?url=http://testserver/near/"])
def test_what_answers_a_question_is_not_kept(reader, site, path):
    assert [(reply.status, reply.kept) for reply in (reader.get(path), reader.get(path))] == [(200, False)] * 2


def elsewhere():
    """Change what none of the pages shows: an article of the other edition that nobody lists here, and a draft."""
    far = Article.objects.get(slug="far")
    far.title, far.body = "Something else", "<p>Other words.</p>"
    far.save()
    change(Article, {"slug": "draft"}, title="Not yet", body="<p>Words.</p>")
    change(Page, {"slug": "hidden"}, title="Not yet", body="<p>Words.</p>")
    CommentFactory(article=Article.objects.get(slug="near"), user_name="also waits")
    decide("also waits", "spam")
    change(Author, {"slug": "bo"}, name="Bo B.")


def test_a_public_page_is_kept_through_changes_that_it_does_not_show(reader, site):
    for path in PAGES:
        reader.get(path)
    for path in PAGES:
        again = reader.get(path)
        assert (again.status, again.kept) == (200, True), path

    elsewhere()

    assert [path for path in PAGES if not reader.get(path).kept] == [path for path in PAGES if "sitemap" in path]


def answer(reply):
    """Return a reply as status and body. The date of a feed without articles is that of its drawing."""
    return reply.status, re.sub(rb"<lastBuildDate>.*?</lastBuildDate>", b"", reply.body)


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_makes_those_pages_anew_that_show_it_and_kept_or_joined_each_is_as_drawn_from_nothing(
    reader, site, name
):
    for path in PAGES:
        assert reader.get(path).status == 200

    CHANGES[name]()

    replies = {path: reader.get(path) for path in PAGES}
    gone = {path for path, reply in replies.items() if not reply.kept}
    wanted = {path for path, shown in PAGES.items() if name in shown or name in EVERYWHERE}
    assert gone == wanted
    with override_settings(PAGE_STORE=None):
        for path, reply in replies.items():
            assert answer(reply) == answer(reader.get(path)), path


def test_an_article_without_topics_leaves_the_list_of_topics_as_it_is(reader, site):
    for path in ("/tag/", "/archives/"):
        reader.get(path)

    ArticleFactory(slug="new", author=site.author)

    assert (reader.get("/tag/").kept, reader.get("/archives/").kept) == (True, False)


def test_the_next_moment_is_asked_for_once_until_a_change_or_until_it_has_come(
    reader, site, django_assert_num_queries, monkeypatch
):
    assert next_moment() is None
    with django_assert_num_queries(0):
        assert next_moment() is None

    first = ArticleFactory(slug="soon", author=site.author, published_at=timezone.now() + timedelta(hours=1))
    later = ArticleFactory(slug="later", author=site.author, published_at=timezone.now() + timedelta(hours=2))
    assert next_moment() == first.published_at
    with django_assert_num_queries(0):
        assert next_moment() == first.published_at

    monkeypatch.setattr(time, "time", lambda: first.published_at.timestamp())
    monkeypatch.setattr(timezone, "now", lambda: first.published_at)
    assert next_moment() == later.published_at


@override_settings(PAGE_STORE=None)
def test_where_no_page_is_kept_the_next_moment_is_always_asked_for(site, django_assert_num_queries):
    with django_assert_num_queries(2):
        next_moment()
        next_moment()
