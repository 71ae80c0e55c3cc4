"""The language switcher on the pages about comments: nobody loses her place by changing the language."""

import pytest

from newsroom.models import OutgoingMail
from tests.articles.test_switcher import switch
from tests.comments.test_rights import ANN, ORIGIN
from tests.factories import ArticleFactory, CommentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def comment():
    return CommentFactory(article=ArticleFactory(slug="semer"), email=ANN, approved=True)


def test_what_a_reader_wrote_is_the_same_page_in_the_other_edition(client, comment):
    client.post("/en/comments/mine/", {"email": ANN}, headers=ORIGIN)
    path = OutgoingMail.objects.get(template="comment_mine").context["path"]

    assert switch(client, path, to="fr") == (path.removeprefix("/en"), False)
    assert switch(client, path.removeprefix("/en")) == (path, False)
    assert switch(client, "/comments/mine/") == ("/en/comments/mine/", False)


def test_a_dead_link_is_dead_in_every_edition(client, comment):
    assert switch(client, "/comments/mine/nothing/") == ("/en/", True)


def test_pages_about_a_comment_lead_to_the_article_of_the_other_edition(client, comment):
    paths = ["/semer/comment/", f"/semer/reply/{comment.public_id}/", f"/semer/report/{comment.public_id}/"]
    assert [switch(client, path) for path in paths] == [("/en/", True)] * 3

    ArticleFactory(slug="sowing", language="en", group=comment.article.group)
    assert [switch(client, path) for path in paths] == [("/en/sowing/", False)] * 3
