"""The index of parts of words: it follows every change, is mended after one that it did not see, and loses nothing."""

from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from articles.models import Article, Photo
from comments import decisions
from comments.models import ReaderComment
from newsroom import held, jobs
from tests.factories import ArticleFactory, CommentFactory, PhotoFactory

pytestmark = pytest.mark.django_db


def known(model):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT rowid, words FROM {model.held.table} ORDER BY rowid")
        return dict(cursor.fetchall())


def test_a_photo_is_found_by_any_part_of_what_it_says_in_any_language():
    photo = PhotoFactory(title="Œuvre", alt={"fr": "Un champ d’éoliennes", "en": "Wind"}, credit="Ada L.")
    PhotoFactory(title="Other", alt={"fr": "Rien"})

    assert known(Photo)[photo.pk] == "oeuvre\nwind\nun champ d'eoliennes\nada l."
    for words in ("ŒUV", "oliennes", "champ d'é", "wind", "a l."):
        assert Photo.held.few(words) == [photo.pk]


def test_what_is_too_short_or_held_by_many_is_not_looked_up(monkeypatch):
    PhotoFactory.create_batch(3, title="Same")
    everything = Photo.objects.order_by()
    assert (Photo.held.few("sa"), Photo.held.few("_%\\"), len(Photo.held.few("same"))) == (None, None, 3)

    monkeypatch.setattr(held, "FEW", 2)

    assert Photo.held.few("same") is None
    assert Photo.held.narrow(everything, "same") is everything


def test_the_index_follows_what_is_saved_and_deleted():
    photo = PhotoFactory(title="First")
    photo.title = "Second"
    photo.save(update_fields=["title"])
    assert (Photo.held.few("first"), Photo.held.few("second")) == ([], [photo.pk])

    photo.delete()

    assert known(Photo) == {}


def test_a_comment_that_is_erased_or_goes_with_its_article_leaves_no_word():
    article = ArticleFactory()
    comment = CommentFactory(article=article, comment="Unforgettable", approved=True)
    CommentFactory(parent=comment, comment="Indeed", approved=True)

    decisions.forget([comment.pk])
    assert known(ReaderComment)[comment.pk] == ""

    article.delete()
    assert (Article.objects.count(), known(ReaderComment)) == (0, {})


def test_what_another_version_wrote_is_mended():
    changed, gone, unknown, same = PhotoFactory.create_batch(4, title="Before")
    Photo.objects.filter(pk=changed.pk).update(title="After")
    Photo.objects.filter(pk=gone.pk)._raw_delete("default")
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {Photo.held.table} WHERE rowid = {unknown.pk}")

    held.mend.enqueue()
    jobs.run_pending()

    assert set(Photo.held.few("before")) == {unknown.pk, same.pk}
    assert Photo.held.few("after") == [changed.pk]
    assert gone.pk not in known(Photo)


def test_a_migration_fills_the_index():
    photo, comment = PhotoFactory(title="Before"), CommentFactory(comment="Spoken")
    before = [known(Photo), known(ReaderComment)]
    for app, model, *fields in (
        ("articles", "Photo", *Photo.held.fields),
        ("comments", "ReaderComment", *ReaderComment.held.fields),
    ):
        make, drop = held.create(app, model, *fields)
        editor = SimpleNamespace(connection=connection, execute=connection.cursor().execute)
        drop(apps, editor)
        make(apps, editor)

    assert [known(Photo), known(ReaderComment)] == before
    assert (photo.pk in before[0], comment.pk in before[1]) == (True, True)
