"""What to read next."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles import related
from articles.jobs import relate_lately_published, relate_old
from articles.models import Article, Tag, TaggedArticle
from articles.related import KEPT, relate
from newsroom.jobs import run_pending
from tests.factories import ArticleFactory, AuthorFactory

pytestmark = pytest.mark.django_db


def days_ago(days):
    return timezone.now() - timedelta(days=days)


def next_of(article):
    slugs = dict(Article.objects.values_list("pk", "slug"))
    return [slugs[pk] for pk in Article.objects.get(pk=article.pk).read_next(KEPT)]


def test_a_rare_tag_weighs_more_than_a_common_one_and_a_new_article_more_than_an_old_one():
    for number in range(8):
        ArticleFactory(slug=f"common-{number}", tags=["politique"], published_at=days_ago(900 + number))
    ArticleFactory(slug="rare-old", tags=["semences"], published_at=days_ago(60))
    ArticleFactory(slug="rare-new", tags=["semences"], published_at=days_ago(5))
    ArticleFactory(slug="both", tags=["politique", "semences"], published_at=days_ago(70))
    this = ArticleFactory(slug="this", tags=["politique", "semences"])

    relate(this)

    assert next_of(this)[:4] == ["both", "rare-new", "rare-old", "common-0"]


def test_only_published_articles_of_the_edition_are_led_to():
    ArticleFactory(slug="draft", tags=["ia"], published_at=None)
    ArticleFactory(slug="later", tags=["ia"], published_at=days_ago(-1))
    ArticleFactory(slug="english", tags=["ia"], language="en")
    ArticleFactory(slug="other", published_at=days_ago(2))
    this = ArticleFactory(tags=["ia"])

    relate(this)

    assert next_of(this) == ["other"]


def test_what_is_taken_back_or_deleted_is_not_led_to():
    gone, back, stays = (ArticleFactory(tags=["ia"]) for _ in range(3))
    this = ArticleFactory(tags=["ia"])
    relate(this)

    gone.delete()
    Article.objects.filter(pk=back.pk).update(published_at=None)

    assert next_of(this) == [stays.slug]


@pytest.mark.parametrize("end", ["deleted", "taken back", "deleted at the desk's list"])
def test_what_led_to_an_article_that_goes_leads_elsewhere(monkeypatch, end):
    monkeypatch.setattr(related, "KEPT", 1)
    second = ArticleFactory(slug="second", tags=["ia"], published_at=days_ago(30))
    first = ArticleFactory(slug="first", tags=["ia"], published_at=days_ago(20))
    this = ArticleFactory(slug="this", tags=["ia"], published_at=days_ago(10))
    run_pending()
    assert next_of(this) == ["first"]

    if end == "deleted":
        first.delete()
    elif end == "taken back":
        first.published_at = None
        first.save()
    else:
        Article.objects.filter(pk=first.pk).delete()
    run_pending()

    assert (next_of(this), next_of(second)) == (["second"], ["this"])


def test_old_answers_are_given_again_the_oldest_first(monkeypatch):
    this, that = (ArticleFactory(slug=slug, tags=["ia"], published_at=days_ago(900)) for slug in ("this", "that"))
    run_pending()
    author = AuthorFactory()
    [newer] = Article.objects.bulk_create([ArticleFactory.build(slug="newer", author=author)])
    TaggedArticle.objects.create(content_object=newer, tag=this.ordered_tags[0])
    Article.objects.filter(pk=this.pk).update(related_at=days_ago(9))
    Article.objects.filter(pk=that.pk).update(related_at=days_ago(8))

    monkeypatch.setattr(related, "MOST", 1)
    relate_old.call()
    assert (next_of(this), next_of(that)) == (["newer", "that"], ["this"])

    relate_old.call()
    assert next_of(that) == ["newer", "this"]


def test_a_key_that_begins_or_ends_like_another_is_another():
    key = 9_000_012  # which no sequence of a test's database comes to
    before, after, around = (int(digits) for digits in (f"1{key}", f"{key}0", f"1{key}1"))
    ArticleFactory(pk=key)
    found = [key], [7, key], [key, 7]
    lists = {ArticleFactory().pk: keys for keys in (*found, [before], [after], [7, before, around], [])}
    run_pending()
    for pk, keys in lists.items():
        Article.objects.filter(pk=pk).update(related=keys, related_at=timezone.now())

    related._forget(key)

    stale = Article.objects.filter(pk__in=lists, related_at=None).values_list("pk", flat=True)
    assert sorted(lists[pk] for pk in stale) == sorted(found)


def test_a_save_has_it_worked_out_for_the_article_and_for_those_around_it():
    old = ArticleFactory(slug="old", tags=["ia"], published_at=days_ago(9))
    run_pending()
    assert next_of(old) == []

    new = ArticleFactory(slug="new", tags=["ia"])
    run_pending()

    assert (next_of(new), next_of(old)) == (["old"], ["new"])
    new.tags.clear()
    ArticleFactory(slug="other", tags=["ia"], published_at=days_ago(20))
    new.save()
    run_pending()
    assert next_of(old)[0] == "other"


def test_a_scheduled_moment_and_articles_made_in_bulk_are_caught_up_with():
    author = AuthorFactory()
    old, scheduled = ArticleFactory(slug="old", tags=["ia"]), ArticleFactory(slug="new", published_at=days_ago(-1))
    run_pending()
    Article.objects.filter(pk=scheduled.pk).update(published_at=timezone.now())
    [bulk] = Article.objects.bulk_create([ArticleFactory.build(slug="bulk", author=author, published_at=days_ago(3))])

    relate_lately_published.call()
    run_pending()

    assert set(next_of(old)) == {"new", "bulk"}
    assert set(next_of(bulk)) == {"old", "new"}


def test_working_it_out_is_not_a_change_of_the_article():
    article, other = ArticleFactory(), ArticleFactory()
    before = Article.objects.get(pk=article.pk).modified_at

    relate(article)

    assert next_of(article) == [other.slug]
    assert Article.objects.get(pk=article.pk).modified_at == before


@pytest.mark.parametrize("count", [1, 3, 300])
def test_it_costs_the_same_queries_on_a_site_of_any_size(django_assert_num_queries, count):
    this = ArticleFactory(tags=["ia", "libre"])
    others = Article.objects.bulk_create(ArticleFactory.build_batch(count, author=this.author))
    tags = Tag.objects.all()
    TaggedArticle.objects.bulk_create(TaggedArticle(content_object=one, tag=tag) for one in others for tag in tags)

    # tags, their uses, the number of articles, candidates; the newest when these are too few; the update
    with django_assert_num_queries(5 if count > KEPT else 6):
        relate(this)

    this = Article.objects.get(pk=this.pk)
    with django_assert_num_queries(1):
        assert len(this.read_next(3)) == min(count, 3)
