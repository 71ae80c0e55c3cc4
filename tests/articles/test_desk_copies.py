"""An article duplicated at the desk: a draft of its own that begins as the other stands."""

import pytest
from django.contrib.auth.models import Permission

from articles.models import Article
from tests.articles.desk import change, save, writer
from tests.factories import ArticleFactory, PageFactory, PhotoFactory, UserFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"


def duplicate(client, article):
    return client.post(f"{LIST}{article.pk}/duplicate/", follow=True)


def test_a_copy_says_the_same_and_is_a_draft_of_its_own(client):
    user = writer(client)
    photo = PhotoFactory()
    _response, original = save(
        client,
        title="Semer",
        tags="b, a",
        photo=photo.pk,
        key_points_0="One.",
        comments="closed",
        seo_title="For machines",
        button="_publish",
    )

    response = duplicate(client, original)

    copy = Article.objects.exclude(pk=original.pk).get()
    assert response.redirect_chain == [(change(copy), 302)]
    said = [(one.standfirst, one.body, one.key_points, one.photo, one.comments, one.author) for one in (original, copy)]
    assert said[0] == said[1]
    assert [tag.name for tag in copy.ordered_tags] == ["b", "a"]
    assert (copy.title, copy.slug, copy.seo_title) == ("Semer (copie)", "semer-copie", "")
    assert (copy.published_at, copy.first_published_at, copy.group == original.group) == (None, None, False)
    assert (copy.version, copy.revisions.get().saved_by, original.revisions.count()) == (1, user, 1)


def test_the_word_for_a_copy_is_in_the_language_of_the_article_and_its_title_is_not_too_long(client):
    writer(client)
    original = ArticleFactory(language="en", title="x" * 200)

    duplicate(client, original)

    copy = Article.objects.exclude(pk=original.pk).get()
    assert (copy.language, len(copy.title), copy.title[-8:]) == ("en", 200, "x (copy)")


def test_each_copy_has_an_address_that_nothing_else_has(client):
    writer(client)
    original = ArticleFactory(title="Semer")
    PageFactory(slug="semer-copie")

    for _time in range(2):
        duplicate(client, original)

    slugs = Article.objects.exclude(pk=original.pk).order_by("pk").values_list("slug", flat=True)
    assert list(slugs) == ["semer-copie-2", "semer-copie-3"]


def test_several_are_duplicated_from_the_list_and_stand_there_first(client):
    writer(client)
    articles = [ArticleFactory(title="One"), ArticleFactory(title="Two")]
    ArticleFactory(title="Three")

    chosen = {"action": "duplicate", "_selected_action": [article.pk for article in articles]}
    response = client.post(LIST, chosen, follow=True)

    assert [row.title for row in response.context["cl"].result_list[:2]] == ["Two (copie)", "One (copie)"]
    assert Article.objects.count() == 5


def test_a_whole_site_is_not_duplicated_by_mistake(client):
    writer(client)
    articles = ArticleFactory.create_batch(21)

    client.post(LIST, {"action": "duplicate", "_selected_action": [article.pk for article in articles]})

    assert Article.objects.count() == 21


def test_to_look_does_not_duplicate(client):
    writer(client)

    assert client.get(f"{LIST}{ArticleFactory().pk}/duplicate/").status_code == 405


def test_who_may_not_write_new_articles_is_not_offered_to_duplicate(client):
    article = ArticleFactory()
    user = UserFactory(is_staff=True)
    user.user_permissions.add(*Permission.objects.filter(codename__in=("view_article", "change_article")))
    client.force_login(user)

    assert duplicate(client, article).status_code == 403
    assert b"/duplicate/" not in client.get(change(article)).content
    assert Article.objects.count() == 1
