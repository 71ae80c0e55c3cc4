"""Whatever happens to a site, in whatever order: every page that is kept, or joined of kept parts, is the page of now."""

import os
import re
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from tempfile import mkdtemp
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection
from django.test import override_settings
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from articles.models import Article, Author, AuthorLink, Dossier, DossierEntry, Page, Photo, Tag
from comments import decisions
from comments.models import ReaderComment
from newsroom.jobs import run_pending
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
from tests.reader import Reader

START = datetime(2026, 3, 14, 9, 26, tzinfo=UTC)
SLUGS = ["a", "b", "c", "d"]
WORDS = st.sampled_from(["Un", "Deux", "Trois", "Quatre"])
NUMBERS = st.integers(0, 50)
HOURS = st.sampled_from([-900, -30, -1, 1, 5, 30])


class Clock:
    """What the site takes the time to be."""

    def __init__(self):
        self.now = START

    def pass_(self, **time):
        self.now += timedelta(**time)


EXAMPLES = int(os.environ.get("EXAMPLES", 5))


class Newsroom(RuleBasedStateMachine):
    """The desk, readers, moderators, the worker and the clock."""

    @staticmethod
    def new_place():
        return mkdtemp(prefix="newsroom-pages-")

    def __init__(self):
        super().__init__()
        self.clock, self.stack = Clock(), ExitStack()
        self.stack.enter_context(patch("django.utils.timezone.now", lambda: self.clock.now))
        self.stack.enter_context(patch.object(time, "time", lambda: self.clock.now.timestamp()))
        self.stack.enter_context(override_settings(PAGE_STORE=self.new_place()))
        cache.clear()
        for model in ("articles.Revision", "articles.Dossier", "articles.Article", "articles.Tag", "articles.Page",
                      "articles.Author", "articles.Photo", "articles.FormerAddress", "articles.MissedAddress",
                      "newsroom.SiteIdentity", "django_tasks_database.DBTaskResult"):  # fmt: skip
            apps.get_model(model).objects.all().delete()
        self.reader = Reader()
        with override_settings(PAGE_STORE=None):
            self.fresh = Reader()
        self.writes, self.steps, self.looked_at, self.had = 0, 0, None, {}
        self.stack.enter_context(connection.execute_wrapper(self.count_writes))

    def count_writes(self, execute, sql, *how):
        self.writes += sql.startswith(("INSERT", "UPDATE", "DELETE"))
        return execute(sql, *how)

    @initialize()
    def begin(self):
        self.author = AuthorFactory(name="Ada", slug="ada")
        self.other = AuthorFactory(name="Bo", slug="bo")
        self.photo = PhotoFactory()
        tags = [TagFactory(language="fr", name=name, slug=name.lower()) for name in ("Ia", "Eau")]
        TagFactory(language="en", name="Water", slug="water", group=tags[1].group)
        ArticleFactory(slug="a", author=self.author, tags=["Ia"], published_at=self.clock.now - timedelta(hours=30))
        ArticleFactory(slug="b", author=self.other, photo=self.photo, published_at=self.clock.now - timedelta(days=400))

    def teardown(self):
        self.stack.close()

    def pick(self, queryset, number):
        rows = list(queryset.order_by("pk"))
        return rows[number % len(rows)] if rows else None

    def article(self, number):
        return self.pick(Article.objects.all(), number)

    # The desk

    @rule(language=st.sampled_from(["fr", "en"]), slug=st.sampled_from(SLUGS), hours=HOURS | st.none(), number=NUMBERS)
    def write(self, language, slug, hours, number):
        if Article.objects.filter(language=language, slug=slug).exists():
            return
        group = self.article(number)
        same = {} if not group or group.language == language or group.siblings().exists() else {"group": group.group}
        ArticleFactory(
            language=language, slug=slug, author=self.author, tags=["Ia"] if language == "fr" else ["Water"],
            body=f'<p>Words.</p><figure data-photo="{self.photo.pk}"></figure>',
            published_at=hours and self.clock.now + timedelta(hours=hours), **same,
        )  # fmt: skip

    @rule(number=NUMBERS, hours=HOURS | st.none())
    def date(self, number, hours):
        if article := self.article(number):
            article.published_at = hours and self.clock.now + timedelta(hours=hours)
            article.save()

    @rule(number=NUMBERS, words=WORDS)
    def correct(self, number, words):
        if article := self.article(number):
            article.title, article.body = words, f"<p>{words}.</p>"
            article.save()

    @rule(number=NUMBERS, slug=st.sampled_from(SLUGS))
    def rename(self, number, slug):
        article = self.article(number)
        if article and not Article.objects.filter(language=article.language, slug=slug).exists():
            article.slug = slug
            article.save()

    @rule(number=NUMBERS)
    def change_hands(self, number):
        if article := self.article(number):
            article.author = self.other if article.author_id == self.author.pk else self.author
            article.photo = None if article.photo else self.photo
            article.save()

    @rule(number=NUMBERS)
    def delete(self, number):
        if article := self.article(number):
            Article.objects.filter(pk=article.pk).delete()

    @rule(number=NUMBERS, names=st.lists(st.sampled_from(["Ia", "Eau", "Feu"]), max_size=2, unique=True))
    def retag(self, number, names):
        article = self.article(number)
        if article and article.language == "fr":
            tags = [Tag.objects.filter(language="fr", name=name).first() or TagFactory(name=name, slug=name.lower())
                    for name in names]  # fmt: skip
            article.tags.set(tags)

    @rule(number=NUMBERS, words=WORDS, place=st.sampled_from([None, 1, 2]))
    def change_tag(self, number, words, place):
        tag = self.pick(Tag.objects.all(), number)
        if tag and not Tag.objects.filter(language=tag.language, slug=words.lower()).exclude(pk=tag.pk).exists():
            tag.description, tag.slug, tag.nav_position = words, words.lower(), place
            tag.save()

    @rule(number=NUMBERS, other=NUMBERS)
    def merge_tags(self, number, other):
        kept, gone = (
            self.pick(Tag.objects.filter(language="fr"), number),
            self.pick(Tag.objects.filter(language="fr"), other),
        )
        if kept and kept != gone:
            Tag.objects.merge(kept, [gone])

    @rule(words=WORDS)
    def rename_site(self, words):
        identity = SiteIdentity.load()
        identity.name = words
        identity.save()

    @rule(words=WORDS, whose=st.booleans())
    def rename_author(self, words, whose):
        author = self.author if whose else self.other
        author.refresh_from_db()
        author.name, author.slug = words, f"{words.lower()}-{author.pk}"
        author.save()

    @rule(whose=st.booleans())
    def link(self, whose):
        author = self.author if whose else self.other
        if not AuthorLink.objects.filter(author=author).delete()[0]:
            AuthorLinkFactory(author=author)
            author.works.create(title="A book")

    @rule(whose=st.booleans())
    def change_the_sites_author(self, whose):
        author = Author.objects.get(pk=(self.author if whose else self.other).pk)
        author.is_site_author = True
        author.save()

    @rule(slug=st.sampled_from(["d", "contact"]), hours=HOURS | st.none(), place=st.sampled_from([None, 1]))
    def page(self, slug, hours, place):
        page = Page.objects.filter(slug=slug).first() or PageFactory.build(slug=slug, kind="contact")
        page.published_at, page.position = hours and self.clock.now + timedelta(hours=hours), place
        page.save()

    @rule(words=WORDS)
    def describe_photo(self, words):
        photo = Photo.objects.get(pk=self.photo.pk)
        photo.alt, photo.caption = {"fr": words}, {"fr": words}
        photo.save()

    @rule(number=NUMBERS, position=st.integers(0, 3), words=WORDS)
    def put_into_a_dossier(self, number, position, words):
        article = self.article(number)
        if article:
            dossier, _ = Dossier.objects.get_or_create(language=article.language, slug="d", defaults={"title": "D"})
            dossier.title = words
            dossier.save()
            entry = DossierEntry.objects.filter(article=article).first() or DossierEntry(article=article)
            entry.dossier, entry.position = dossier, position
            entry.save()

    @rule(number=NUMBERS)
    def take_out_of_a_dossier(self, number):
        if entry := self.pick(DossierEntry.objects.all(), number):
            entry.delete()

    @rule(number=NUMBERS, choice=st.sampled_from(["open", "timed", "closed"]))
    def close_comments(self, number, choice):
        if article := self.article(number):
            article.comments, article.comments_days = choice, 1
            article.save()

    # Readers and moderators

    @rule(number=NUMBERS, approved=st.booleans())
    def comment(self, number, approved):
        if article := self.article(number):
            CommentFactory(article=article, approved=approved, submit_date=self.clock.now)

    @rule(number=NUMBERS, status=st.sampled_from(["approved", "removed", "rejected"]))
    def decide(self, number, status):
        if comment := self.pick(ReaderComment.objects.all(), number):
            decisions.decide([comment.pk], status, by=None)

    @rule(number=NUMBERS)
    def answer(self, number):
        if comment := self.pick(ReaderComment.objects.shown(), number):
            CommentFactory(parent=comment, approved=True, submit_date=self.clock.now)

    @rule(number=NUMBERS)
    def erase(self, number):
        if comment := self.pick(ReaderComment.objects.all(), number):
            decisions.forget([comment.pk])

    # What nobody does

    @rule()
    def work(self):
        run_pending()

    @rule(hours=st.sampled_from([0.01, 0.5, 2, 6, 26]))
    def time_passes(self, hours):
        self.clock.pass_(hours=hours)

    @invariant()
    def every_page_is_the_page_of_now(self):
        """A page that is not kept is joined of kept parts, so every part that has become stale is met in a page.

        Two things are done before anybody looks again: what the first has left stale, the second seldom makes fresh.
        While nothing is written and no time passes, there is nothing to look for.
        """
        self.steps += 1
        if self.steps % 2 == 0 or self.looked_at == (self.writes, self.clock.now):
            return
        self.had |= dict.fromkeys(self.paths())
        with override_settings(PAGE_STORE=None):
            fresh = [shown(self.fresh, path) for path in self.had]
        for page in fresh:
            assert shown(self.reader, page[0]) == page
        self.looked_at = self.writes, self.clock.now

    def paths(self):
        """Return every address that the site has, and some that it may have."""
        paths = ["/robots.txt", "/.well-known/security.txt"]
        for language, home in (("fr", "/"), ("en", "/en/")):
            pages = ["", "page/2/", "tag/", "dossier/", "archives/", "2026/", "2026/03/", "2025/", "feed/", "sitemap.xml",
                     "sitemap-sections.xml", "sitemap-1.xml", "sitemap-news.xml", "llms.txt", "comments/feed/",
                     "dossier/d/", "dossier/d/feed/", "contact/", "d/"]  # fmt: skip
            for slug in Article.objects.filter(language=language).values_list("slug", flat=True):
                pages += [f"{slug}/", f"{slug}.md", f"{slug}.json", f"{slug}/feed/"]
            for slug in Author.objects.values_list("slug", flat=True):
                pages += [f"author/{slug}/", f"author/{slug}/feed/"]
            for slug in Tag.objects.filter(language=language).values_list("slug", flat=True):
                pages += [f"tag/{slug}/", f"tag/{slug}/feed/"]
            paths += [home + page for page in pages]
        return paths


def shown(reader, path):
    reply = reader.get(path)
    assert reply.status < 500, path
    return path, reply.status, plain(reply.body)


def plain(content):
    """Return a page without the moment at which an empty feed was drawn."""
    return re.sub(rb"<lastBuildDate>.*?</lastBuildDate>", b"", content)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_every_page_that_is_kept_or_joined_of_kept_parts_is_the_page_that_would_be_drawn_now():
    run(Newsroom, EXAMPLES)


@pytest.mark.slow
@pytest.mark.redis
@pytest.mark.django_db(transaction=True)
def test_so_it_is_where_pages_are_kept_in_redis(redis_place):
    class InRedis(Newsroom):
        @staticmethod
        def new_place():
            return f"{redis_place}-{uuid4().hex}"

    run(InRedis, EXAMPLES // 2)


def run(newsroom, examples):
    run_state_machine_as_test(
        newsroom,
        settings=settings(
            max_examples=examples,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
