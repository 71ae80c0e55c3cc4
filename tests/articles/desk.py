"""What the tests of the desk share: somebody who writes, and a form filled in."""

from django.urls import reverse

from articles.models import Article, Author
from tests.factories import AuthorFactory, UserFactory

ADD = "/admin/articles/article/add/"


def writer(client, **values):
    """Log somebody in who may do everything, in English."""
    user = UserFactory(is_superuser=True, language="en", **values)
    client.force_login(user)
    return user


def change(article):
    return reverse("admin:articles_article_change", args=[article.pk])


def typed(article=None, **values):
    """Return a posted form: what the article says, or a new one's plain values, then `values`."""
    if "author" not in values:
        values["author"] = (article.author if article else Author.objects.first() or AuthorFactory()).pk
    base = {
        "title": article.title if article else "A title",
        "standfirst": article.standfirst if article else "A standfirst.",
        "body": article.body if article else "<p>Text.</p>",
        "tags": ", ".join(tag.name for tag in article.ordered_tags) if article else "",
        "photo": (article.photo_id or "") if article else "",
        "slug": article.slug if article else "",
        "language": article.language if article else "fr",
        "comments": "open",
        "comments_days": "30",
        "support_call": "on",
        "base": article.version if article else 0,
    }
    points = article.key_points if article else []
    base |= {f"key_points_{number}": point for number, point in enumerate(points)}
    return {name: value for name, value in (base | values).items() if value is not None}


def save(client, article=None, button="_save", **values):
    """Post the form and return (response, the article as it is stored now)."""
    sure = {"sure": "1"} if button == "_unpublish" else {}
    response = client.post(change(article) if article else ADD, typed(article, **values) | {button: "1"} | sure)
    stored = Article.objects.filter(pk=article.pk).first() if article else Article.objects.order_by("-pk").first()
    return response, stored


def errors(response):
    """Return {field: [messages]} of a form that was refused."""
    assert response.status_code == 200
    return {name: list(found) for name, found in response.context["adminform"].form.errors.items()}
