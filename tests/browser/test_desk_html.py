"""The desk's pages as the W3C's checker reads them."""

import pytest
from django.urls import reverse

from articles.models import Dossier, DossierEntry
from newsroom.mail import send
from tests.articles.desk import change, save, writer
from tests.factories import (
    ArticleFactory,
    AuthorFactory,
    AuthorLinkFactory,
    CommentFactory,
    PageFactory,
    PhotoFactory,
    TagFactory,
)

# What Django's own widget for a password that one cannot read says (django/contrib/auth, read_only_password_hash.html).
DJANGOS = "user.html: Attribute “disabled” not allowed on element “div” at this point."

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows():
    """One row of everything: ({name: row}, a comment)."""
    author = AuthorFactory(slug="ada", is_site_author=True)
    AuthorLinkFactory(author=author)
    photo = PhotoFactory()
    article = ArticleFactory(author=author, photo=photo, tags=["Ia", "Libre"], key_points=["Un."])
    ArticleFactory(author=author, published_at=None, group=article.group, language="en")
    dossier = Dossier.objects.create(title="Tout", slug="tout", language="fr")
    DossierEntry.objects.create(dossier=dossier, article=article, position=1)
    comment = CommentFactory(article=article, approved=True)
    CommentFactory(parent=comment)
    things = {
        "article": article,
        "author": author,
        "photo": photo,
        "tag": TagFactory(),
        "page": PageFactory(slug="contact"),
        "dossier": dossier,
    }
    return things, comment


def test_the_desks_pages_are_valid_html(client, html_errors, rows, tmp_path):
    user, (rows, comment) = writer(client), rows
    article = rows["article"]
    save(client, article, title="Another title")
    send("reader@secret.example", "comment_mine", {"path": "/"})
    lists = [
        "articles_article",
        "articles_photo",
        "articles_tag",
        "articles_page",
        "articles_author",
        "articles_dossier",
    ]
    lists += [
        "newsroom_user",
        "newsroom_jobrecord",
        "newsroom_outgoingmail",
        "comments_readercomment",
        "comments_blockrule",
    ]
    pages = {name: reverse(f"admin:{name}_changelist") for name in lists}
    pages |= {f"{name}_change": reverse(f"admin:articles_{name}_change", args=[row.pk]) for name, row in rows.items()}
    pages |= {f"{name}_add": reverse(f"admin:articles_{name}_add") for name in rows}
    pages |= {
        "index": "/admin/",
        "site": reverse("admin:newsroom_siteidentity_change", args=[1]),
        "user": reverse("admin:newsroom_user_change", args=[user.pk]),
        "password": "/admin/password_change/",
        "delete": reverse("admin:articles_tag_delete", args=[rows["tag"].pk]),
        "versions": f"{change(article)}versions/",
        "log": "/admin/comments/readercomment/log/",
        "comment": reverse("admin:comments_case", args=[comment.public_id]),
        "rule": reverse("admin:comments_blockrule_add"),
    }
    answers = {name: client.get(path, follow=True) for name, path in pages.items()}
    answers["refused"] = save(client, article, title="", slug="admin")[0]
    client.logout()
    answers["login"] = client.get("/admin/login/")

    assert {name: answer.status_code for name, answer in answers.items() if answer.status_code != 200} == {}
    found = html_errors({name: answer.content for name, answer in answers.items()}, tmp_path)
    assert [fault for fault in found if not fault.startswith(DJANGOS)] == []
