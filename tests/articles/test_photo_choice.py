"""Choosing a photo on a sheet: the list is short, and any photo may be chosen."""

import re

import pytest
from django.urls import reverse

from articles.models import Photo
from tests.articles.desk import errors, save, writer
from tests.factories import ArticleFactory, AuthorFactory, PhotoFactory

pytestmark = pytest.mark.django_db


def select_of(response, name):
    return re.search(rf'<select name="{name}".*?</select>', response.content.decode(), re.DOTALL)[0]


def library(count):
    """Return `count` photos, the oldest first; of all but that one there is no file."""
    oldest = PhotoFactory(title="The oldest")
    names = [f"Photo {number}" for number in range(1, count)]
    return [oldest, *Photo.objects.bulk_create([Photo(original="none.jpg", title=name) for name in names])]


@pytest.mark.parametrize(("count", "offered"), [(3, 3), (50, 50), (300, 51)])
@pytest.mark.parametrize(("name", "queries"), [("photo", 18), ("portrait", 11)])
def test_a_sheet_does_not_grow_with_the_library(client, django_assert_num_queries, name, queries, count, offered):
    writer(client)
    oldest = library(count)[0]
    author = AuthorFactory(portrait=oldest)
    article = ArticleFactory(author=author, photo=oldest)
    row = article if name == "photo" else author
    address = reverse(f"admin:articles_{row._meta.model_name}_change", args=[row.pk])
    client.get(address)  # Django then knows its table of content types

    with django_assert_num_queries(queries):
        response = client.get(address)

    select = select_of(response, name)
    assert re.findall(r"<option[^>]*selected>([^<]*)", select) == ["The oldest"]
    assert (select.count("<option"), len(select) < 5000) == (1 + offered, True)


def test_a_photo_that_was_not_offered_may_be_sent(client):
    writer(client)
    oldest = library(60)[0]

    response, article = save(client, photo=oldest.pk)

    assert response.status_code == 302
    assert article.photo == oldest


@pytest.mark.parametrize("junk", ["x", "9" * 30, "-1", "²"])
def test_what_is_no_photo_is_refused_at_its_field(client, junk):
    writer(client)
    response, article = save(client, photo=junk)

    assert (list(errors(response)), article) == (["photo"], None)


@pytest.mark.parametrize(("asked", "found"), [("{pk}", 1), ("0", 0), ("x", 0), ("9" * 30, 0), ("²", 0)])
def test_the_dialog_can_ask_for_one_photo(client, asked, found):
    writer(client)
    pk = library(3)[0].pk

    photos = client.get(reverse("admin:articles_photo_picker"), {"id": asked.format(pk=pk)}).json()["photos"]

    assert [photo["id"] for photo in photos] == [pk] * found
