"""Taking an article back, which loses nothing, and deleting it, which is for ever."""

import re

import pytest
from django.utils import timezone

from articles.models import Article
from tests.articles.desk import writer
from tests.factories import ArticleFactory, CommentFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"
OFFER = "Take it back without losing it"


def fields(html, action):
    """Return what the form of a page that leads to `action` would send."""
    form = re.search(rf'<form method="post" action="{action}">.*?</form>', html, re.DOTALL)[0]
    pairs = re.findall(r'<input type="hidden" name="(\w+)" value="(\w+)">', form)
    return {name: [value for other, value in pairs if other == name] for name, _value in pairs}


def test_whoever_wants_to_delete_an_article_is_offered_to_take_it_back_and_loses_nothing(client):
    writer(client)
    article = ArticleFactory(title="Regretted")
    CommentFactory(article=article, approved=True)

    html = client.get(f"{LIST}{article.pk}/delete/").content.decode()
    client.post(LIST, fields(html, LIST))

    assert html.index(OFFER) < html.index("Delete for ever")
    article.refresh_from_db()
    assert (article.state, article.title, article.comment_count) == ("draft", "Regretted", 1)
    assert client.get(article.get_absolute_url()).status_code == 410


def test_the_same_is_offered_for_several_at_once(client):
    writer(client)
    articles = [ArticleFactory(), ArticleFactory(), ArticleFactory(published_at=None)]
    chosen = {"action": "delete_selected", "_selected_action": [article.pk for article in articles]}

    html = client.post(LIST, chosen).content.decode()
    client.post(LIST, fields(html, LIST))

    assert html.index(OFFER) < html.index("Delete for ever")
    assert [article.state for article in Article.objects.all()] == ["draft"] * 3


def test_a_draft_has_nothing_to_take_back(client):
    writer(client)

    html = client.get(f"{LIST}{ArticleFactory(published_at=None).pk}/delete/").content.decode()

    assert (OFFER in html, "Delete for ever" in html) == (False, True)


@pytest.mark.parametrize(("published", "status"), [(True, 410), (False, 404)])
def test_the_address_of_a_deleted_article_says_what_the_page_promised(client, published, status):
    writer(client)
    article = ArticleFactory(published_at=timezone.now() if published else None)
    CommentFactory(article=article)

    client.post(f"{LIST}{article.pk}/delete/", {"post": "yes"})

    assert not Article.objects.exists()
    assert client.get(article.get_absolute_url()).status_code == status
