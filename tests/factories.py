"""Objects for tests: plain values, no surprises."""

from datetime import timedelta
from io import BytesIO

import factory
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from PIL import Image

from articles.models import Article, Author, AuthorLink, Page, Photo, Tag
from comments import decisions
from comments.keys import email_key
from comments.models import CommentContact, ReaderComment
from newsroom.models import User


def picture(width=1200, height=800, kind="JPEG", colour=(180, 90, 40), **options):
    """Return the bytes of a plain picture."""
    out = BytesIO()
    Image.new("RGB", (width, height), colour).save(out, kind, **options)
    return out.getvalue()


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    password = factory.PostGenerationMethodCall("set_password", "a long password")
    is_staff = True

    @classmethod
    def _after_postgeneration(cls, instance, create, results=None):
        if create:
            instance.save()


class AuthorFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Author

    name = factory.Sequence(lambda n: f"Author {n}")
    slug = factory.Sequence(lambda n: f"author-{n}")


class AuthorLinkFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AuthorLink

    author = factory.SubFactory(AuthorFactory)
    purpose = "support"
    service = "patreon"
    url = "https://www.patreon.com/example"


class PhotoFactory(factory.django.DjangoModelFactory):
    """A photo of 480 x 320; a `large` one of 1200 x 800 has three times the renditions, where their number is the point."""

    class Meta:
        model = Photo

    class Params:
        large = factory.Trait(original=factory.LazyFunction(lambda: ContentFile(picture(), "photo.jpg")))

    original = factory.LazyFunction(lambda: ContentFile(picture(480, 320), "photo.jpg"))
    alt = factory.LazyFunction(lambda: {"fr": "Un champ", "en": "A field"})


class TagFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Tag

    language = "fr"
    name = factory.Sequence(lambda n: f"Tag {n}")
    slug = factory.Sequence(lambda n: f"tag-{n}")


class PageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Page

    language = "fr"
    title = factory.Sequence(lambda n: f"Page {n}")
    slug = factory.Sequence(lambda n: f"page-{n}")
    body = "<p>Text.</p>"


class ArticleFactory(factory.django.DjangoModelFactory):
    """A published French article; `tags=["a", "b"]` gives it tags of its own language."""

    class Meta:
        model = Article
        skip_postgeneration_save = True

    language = "fr"
    title = factory.Sequence(lambda n: f"Article {n}")
    slug = factory.Sequence(lambda n: f"article-{n}")
    standfirst = "A standfirst."
    body = "<p>First paragraph.</p><h2>Section</h2><p>Second paragraph.</p>"
    author = factory.SubFactory(AuthorFactory)
    published_at = factory.LazyFunction(lambda: timezone.now() - timedelta(hours=1))

    @factory.post_generation
    def tags(self, create, names, **kwargs):
        if create and names:
            self.tags.set(
                [
                    Tag.objects.get_or_create(language=self.language, name=name, defaults={"slug": name.lower()})[0]
                    for name in names
                ],
                clear=True,
            )


class CommentFactory(factory.django.DjangoModelFactory):
    """A reader's comment. `approved=True` has it approved as a moderator would; `email` goes into the vault."""

    class Meta:
        model = ReaderComment
        skip_postgeneration_save = True

    email = "reader@secret.example"
    approved = False
    follows = False
    parent = None
    article = None

    @classmethod
    def _create(cls, model, article=None, parent=None, email="", approved=False, follows=False, **values):
        with transaction.atomic():
            comment = decisions.add(article or getattr(parent, "article", None) or ArticleFactory(), parent, **values)
            if email:
                CommentContact.objects.create(comment=comment, email=email, email_key=email_key(email), follows=follows)
        if approved:
            decisions.decide([comment.pk], ReaderComment.Status.APPROVED, by=None)
        return ReaderComment.objects.get(pk=comment.pk)

    user_name = factory.Sequence(lambda n: f"Reader {n}")
    comment = factory.Sequence(lambda n: f"What I think, {n}.")
