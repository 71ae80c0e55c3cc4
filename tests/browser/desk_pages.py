"""One row of everything, and the addresses of every page of the desk that shows it."""

from django.contrib.auth.models import Group
from django.urls import reverse

from articles.models import Dossier, DossierEntry, MissedAddress
from comments.models import BlockRule
from newsroom.mail import send
from tests.articles.desk import change, save
from tests.browser.test_desk import EVERYTHING
from tests.factories import (
    ArticleFactory,
    AuthorFactory,
    AuthorLinkFactory,
    CommentFactory,
    PageFactory,
    PhotoFactory,
    TagFactory,
)

LISTS = [
    *(f"articles_{name}" for name in ("article", "photo", "tag", "page", "author", "dossier", "missedaddress")),
    *(f"newsroom_{name}" for name in ("user", "jobrecord", "outgoingmail")),
    *("comments_readercomment", "comments_blockrule", "redirects_redirect", "auth_group"),
]
# What versions are compared by: every kind of block, and a link that leads to nothing.
BODY = EVERYTHING.replace("{id}", "%(photo)s") + (
    '<p>%(title)s: <a href="/gone/%(title)s/">a link</a>.</p><ul><li><p>%(title)s</p></li></ul><hr>'
    "<table><tbody><tr><th><p>Head</p></th></tr><tr><td><p>%(title)s</p></td></tr></tbody></table>"
    '<figure data-photo="%(photo)s"><figcaption>%(title)s</figcaption></figure><pre><code>%(title)s</code></pre>'
)


def one_of_everything(client):
    """Return ({name: row}, a comment): the article was saved twice, by whoever is logged in."""
    author = AuthorFactory(slug="ada", is_site_author=True)
    AuthorLinkFactory(author=author)
    photo = PhotoFactory()
    article = ArticleFactory(author=author, photo=photo, tags=["Ia", "Libre"], key_points=["Un."])
    ArticleFactory(author=author, published_at=None, group=article.group, language="en")
    dossier = Dossier.objects.create(title="Tout", slug="tout", language="fr")
    DossierEntry.objects.create(dossier=dossier, article=article, position=1)
    comment = CommentFactory(article=article, approved=True)
    CommentFactory(parent=comment)
    BlockRule.objects.create(kind="word", value="casino")
    MissedAddress.note("/nowhere/")
    send("reader@secret.example", "comment_mine", {"path": "/"})
    for title in ("Another title", "A third title"):
        article.refresh_from_db()
        save(client, article, title=title, body=BODY % {"title": title, "photo": photo.pk})
    article.refresh_from_db()
    rows = {
        "article": article,
        "author": author,
        "photo": photo,
        "tag": TagFactory(),
        "page": PageFactory(slug="contact"),
        "dossier": dossier,
    }
    return rows, comment


def desk_pages(user, rows, comment):
    """Return {name: address}."""
    article = rows["article"]
    pages = {name: reverse(f"admin:{name}_changelist") for name in LISTS}
    pages |= {f"{name}_change": reverse(f"admin:articles_{name}_change", args=[row.pk]) for name, row in rows.items()}
    pages |= {f"{name}_add": reverse(f"admin:articles_{name}_add") for name in rows}
    deleted = {name: row for name, row in rows.items() if name != "author"}  # the site's author stays
    pages |= {
        f"{name}_delete": reverse(f"admin:articles_{name}_delete", args=[row.pk]) for name, row in deleted.items()
    }
    return pages | {
        "index": "/admin/",
        "site": reverse("admin:newsroom_siteidentity_change", args=[1]),
        "user": reverse("admin:newsroom_user_change", args=[user.pk]),
        "user_add": reverse("admin:newsroom_user_add"),
        "group": reverse("admin:auth_group_change", args=[Group.objects.get(name="Editors").pk]),
        "redirect_add": reverse("admin:redirects_redirect_add"),
        "password": "/admin/password_change/",
        "versions": f"{change(article)}versions/",
        "compare": reverse("admin:articles_article_version", args=[article.pk, 2]),
        "navigation": reverse("admin:articles_navigation"),
        "dead_links": reverse("admin:articles_article_dead_links"),
        "translations": reverse("admin:articles_article_translations", args=[article.pk]),
        "log": reverse("admin:comments_log"),
        "comment": reverse("admin:comments_case", args=[comment.public_id]),
        "comment_write": reverse("admin:comments_write"),
        "rule": reverse("admin:comments_blockrule_add"),
        "rule_change": reverse("admin:comments_blockrule_change", args=[BlockRule.objects.get().pk]),
    }
