"""Taking an article back, which loses nothing, and deleting it, which is for ever."""

import re

import pytest
from django.utils import timezone

from articles.models import Article
from comments.models import ReaderComment
from tests.articles.desk import writer
from tests.factories import ArticleFactory, CommentFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"
TAKE_BACK = f'<form method="post" action="{LIST}">'
DELETE = '<form method="post">'
OFFER = "Take it back without losing it"


def fields(html, begins):
    """Return what a form of the page would send."""
    form = re.search(rf"{begins}.*?</form>", html, re.DOTALL)[0]
    pairs = re.findall(r'<input type="hidden" name="(\w+)" value="(\w+)">', form)
    return {name: [value for other, value in pairs if other == name] for name, _value in pairs}


def test_whoever_wants_to_delete_an_article_is_offered_to_take_it_back_and_loses_nothing(client):
    writer(client)
    article = ArticleFactory(title="Regretted")
    CommentFactory(article=article, approved=True)

    html = client.get(f"{LIST}{article.pk}/delete/").content.decode()
    client.post(LIST, fields(html, TAKE_BACK))

    assert html.index(OFFER) < html.index("Delete for ever")
    article.refresh_from_db()
    assert (article.state, article.title, article.comment_count) == ("draft", "Regretted", 1)
    assert client.get(article.get_absolute_url()).status_code == 410


def test_the_same_is_offered_for_several_at_once(client):
    writer(client)
    articles = [ArticleFactory(), ArticleFactory(), ArticleFactory(published_at=None)]
    chosen = {"action": "delete_selected", "_selected_action": [article.pk for article in articles]}

    html = client.post(LIST, chosen).content.decode()
    client.post(LIST, fields(html, TAKE_BACK))

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
    address = f"{LIST}{article.pk}/delete/"

    client.post(address, fields(client.get(address).content.decode(), DELETE))

    assert (Article.objects.exists(), ReaderComment.objects.exists()) == (False, False)
    assert client.get(article.get_absolute_url()).status_code == status


def test_several_are_deleted_after_the_same_question(client):
    writer(client)
    articles = [ArticleFactory(title="One"), ArticleFactory(title="Two"), ArticleFactory(title="Three")]
    chosen = {"action": "delete_selected", "_selected_action": [article.pk for article in articles[:2]]}

    html = client.post(LIST, chosen).content.decode()
    client.post(LIST, fields(html, DELETE))

    assert [name in html for name in ("<li>One</li>", "<li>Two</li>", "<li>Three</li>")] == [True, True, False]
    assert list(Article.objects.all()) == [articles[2]]
