"""What the database and the models hold to, whoever writes."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from articles.models import Article, Work
from articles.slugs import slug_from
from tests.factories import ArticleFactory, AuthorFactory, AuthorLinkFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("offset", "state", "published"),
    [(None, "draft", False), (timedelta(hours=1), "scheduled", False), (-timedelta(hours=1), "published", True)],
)
def test_the_publication_date_alone_says_the_state(offset, state, published):
    article = ArticleFactory(published_at=offset and timezone.now() + offset)

    assert article.state == state
    assert article.is_published is published
    assert Article.objects.published().filter(pk=article.pk).exists() is published
    assert Article.objects.scheduled().filter(pk=article.pk).exists() is (state == "scheduled")
    assert Article.objects.drafts().filter(pk=article.pk).exists() is (state == "draft")


def test_the_first_publication_is_kept_for_ever():
    article = ArticleFactory()
    first = article.first_published_at

    article.published_at = timezone.now() - timedelta(minutes=1)
    article.save()
    article.published_at = None
    article.save()

    assert Article.objects.get().first_published_at == first


def test_a_group_has_one_article_a_language():
    article = ArticleFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        ArticleFactory(group=article.group)
    assert ArticleFactory(group=article.group, language="en").group == article.group


def test_an_address_is_taken_once_a_language():
    ArticleFactory(slug="same")

    with pytest.raises(IntegrityError), transaction.atomic():
        ArticleFactory(slug="same")
    assert ArticleFactory(slug="same", language="en").get_absolute_url() == "/en/same/"


@pytest.mark.parametrize("slug", ["admin", "feed", "tag", "en", "2026"])
def test_an_address_that_the_site_uses_is_refused(slug):
    with pytest.raises(ValidationError) as refusal:
        ArticleFactory.build(slug=slug, author=AuthorFactory()).full_clean()

    assert list(refusal.value.error_dict) == ["slug"]


@pytest.mark.parametrize("points", [["x"] * 8, ["x" * 241], "text", [3], [""]])
def test_key_points_are_up_to_seven_sentences(points):
    with pytest.raises(ValidationError) as refusal:
        ArticleFactory.build(key_points=points, author=AuthorFactory()).full_clean()

    assert list(refusal.value.error_dict) == ["key_points"]


def test_a_body_is_clean_however_it_was_written():
    dirty = '<p onclick="x()">a</p><script>alert(1)</script><a href="javascript:x">b</a><img src=x onerror=y>'

    Article.objects.bulk_create([ArticleFactory.build(author=AuthorFactory(), body=dirty)])

    assert Article.objects.get().body == "<p>a</p>b"


@pytest.mark.parametrize(
    ("purpose", "service", "url", "wrong"),
    [
        ("support", "patreon", "https://www.patreon.com/someone", None),
        ("support", "patreon", "https://patreon.com.evil.example/x", "url"),
        ("support", "patreon", "https://www.patreon.com/", "url"),
        ("support", "patreon", "https://a:b@patreon.com/x", "url"),
        ("support", "patreon", "https://patreon.com:444/x", "url"),
        ("support", "patreon", "ftp://www.patreon.com/someone", "url"),
        ("support", "other", "http://dons.example/x", "url"),
        ("support", "telegram", "https://t.me/x", "service"),
        ("support", "other", "https://dons.example/x", None),
        ("support", "other", "javascript:alert(1)", "url"),
        ("follow", "telegram", "https://t.me/x", None),
        ("follow", "rss", "/feed/", None),
        ("follow", "other", "//elsewhere.example/", "url"),
        ("follow", "other", "/\\elsewhere.example/", "url"),  # browsers read it as the one before
        ("contact", "email", "mailto:a@example.org", None),
        ("contact", "email", "https://example.org", "url"),
    ],
)
def test_a_link_is_an_address_of_its_service(purpose, service, url, wrong):
    link = AuthorLinkFactory.build(author=AuthorFactory(), purpose=purpose, service=service, url=url)
    refused = []

    try:
        link.full_clean()
    except ValidationError as refusal:
        refused = list(refusal.error_dict)

    assert refused == ([wrong] if wrong else [])


@pytest.mark.parametrize(
    ("service", "typed", "kept"),
    [
        ("patreon", "patreon.com/x", "https://patreon.com/x"),
        ("patreon", " http://www.patreon.com/x ", "https://www.patreon.com/x"),
        ("paypal", "paypal.me/x", "https://paypal.me/x"),
        ("other", "dons.example/x?a=b#c", "https://dons.example/x?a=b#c"),
        ("email", "a@example.org", "mailto:a@example.org"),
        ("rss", "/feed/", "/feed/"),
    ],
)
def test_an_address_typed_as_one_says_it_is_completed(service, typed, kept):
    link = AuthorLinkFactory.build(author=AuthorFactory(), purpose="contact", service=service, url=typed)
    work = Work(author=link.author, title="Un livre", url="éditions.example/livre")

    link.full_clean()
    work.full_clean()

    assert (link.url, work.url) == (kept, "https://éditions.example/livre")


@pytest.mark.parametrize(
    ("title", "slug"),
    [("L’œuvre d’été : suite", "l-oeuvre-d-ete-suite"), ("Été 2026", "ete-2026"), ("?!", "")],
)
def test_an_address_is_made_from_a_title(title, slug):
    assert slug_from(title) == slug
