"""The demo is a whole site, the same every time, and running it twice changes nothing."""

from collections import Counter

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from articles import editions
from articles.models import Article, Author, Dossier, Page, Photo, Tag
from comments.models import ReaderComment
from demo.content import texts
from newsroom.models import SiteIdentity

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def everything():
    """Return what the demo made, without keys of this database and moments of this run."""
    return {
        "articles": list(
            Article.objects.order_by("group", "language").values_list("group", "language", "slug", "title", "body")
        ),
        "tagged": sorted(Article.objects.values_list("slug", "tagged__tag__slug")),
        "photos": sorted(Photo.objects.values_list("title", "digest")),
        "pages": sorted(Page.objects.values_list("language", "slug", "body")),
    }


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """The demo, made once for this file; each test's own changes are undone after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("demo")
        yield
        transaction.set_rollback(True)


def test_the_demo_is_a_believable_site(demo):
    assert Article.objects.published().edition("fr").count() >= 24
    assert Article.objects.published().edition("en").count() == 6
    assert not Article.objects.filter(revisions=None).exists()
    assert Tag.objects.filter(language="fr").count() == 12
    assert Tag.objects.topics("fr").count() == 6
    assert {link.service for link in Author.objects.get(is_site_author=True).support_links} == {
        "patreon",
        "buymeacoffee",
    }
    assert SiteIdentity.load().name == "Contrepoids"
    assert Page.objects.footer("fr").count() == Page.objects.footer("en").count() == 4


def test_every_english_article_knows_its_original(demo):
    for article in Article.objects.edition("en"):
        [original] = article.siblings()
        assert original.language == "fr"
        assert article.translated_from == original.revisions.get()
    assert editions.behind() == []


def test_the_dossier_is_read_in_order_in_both_editions(demo):
    french, english = Dossier.objects.order_by("-language")

    assert (french.language, english.language, french.group) == ("fr", "en", english.group)
    order = [article.group for article in french.articles()]
    assert len(order) == 4
    assert [article.group for article in english.articles()] == [order[0], *order[2:]]


def test_one_article_has_every_part_of_an_article_page(demo):
    article = full_article()

    assert len(article.key_points) == 5
    assert article.body.count("<h2") == 6
    assert article.photo.caption
    assert article.photo.credit
    assert article.support_call
    assert article.accepts_comments
    assert article.tags.count() >= 3


def full_article():
    return max(Article.objects.edition("fr"), key=lambda article: (len(article.key_points), article.body.count("<h2")))


def test_every_photo_may_be_published_and_says_whose_it_is(demo):
    for photo in Photo.objects.all():
        assert photo.may_be_published
        assert photo.credit
        assert photo.licence


def test_running_it_twice_changes_nothing(demo):
    before = everything()

    call_command("demo")

    assert everything() == before


def test_what_the_author_changed_is_left_as_she_left_it(demo):
    article = Article.objects.first()
    article.title = "Hers now"
    article.save()

    call_command("demo")

    assert Article.objects.get(pk=article.pk).title == "Hers now"


def test_no_body_loses_anything_to_the_sanitiser(demo):
    by_slug = {(article.language, article.slug): article.body for article in Article.objects.all()}
    for language, slug, _, html in texts("articles"):
        assert by_slug[language, slug].count("<") == html.count("<"), slug


def test_a_large_site_is_made_and_made_larger(demo):
    call_command("demo", articles=20)
    call_command("demo", articles=30)

    assert Article.objects.published().edition("fr").count() == 26 + 30


def test_the_demos_comments_stand_below_its_articles_once_and_some_wait(demo):
    call_command("demo")

    assert Counter(ReaderComment.objects.values_list("status", flat=True)) == {"approved": 27, "pending": 3}
    assert sum(Article.objects.values_list("comment_count", flat=True)) == 27
    assert ReaderComment.objects.filter(is_author=True).count() == 6
    assert not ReaderComment.objects.filter(submit_date__gt=timezone.now()).exists()
