"""A site of any number of articles and ten times as many comments, with all that the desk lists growing along."""

import uuid
from datetime import timedelta

COMMENTS = 10  # below each article
IN_HAND = 50  # drafts, and articles in the bin: a large site has no more of them


def fill(articles):
    """Make the site in an empty database: one article and one commenter have half as many comments as there are articles."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    from articles.models import Article, Tag
    from articles.related import relate
    from demo.bulk import make_articles
    from newsroom import held
    from newsroom.models import User
    from tests.factories import AuthorFactory, PhotoFactory

    author = AuthorFactory(name="Ada", slug="ada", is_site_author=True)
    for name in ("Ia", "Eau", "Feu", "Air", "Terre"):
        Tag.objects.create(name=name, slug=name.lower())
    photos = [PhotoFactory() for _ in range(10)]
    list(make_articles(articles + 2 * IN_HAND, author, photos))
    discuss(articles)
    for article in Article.objects.newest_first()[:20]:
        relate(article)
    fill_lists(articles, author, photos[0])
    held.mend.call()  # rows that are not saved one by one
    User.objects.create_superuser("bench", password="x")


def discuss(articles):
    """Have ten comments below each article, of which thirty wait; every one decided on once, and by somebody."""
    from articles.models import Article
    from bench.comments import copy_thread, grow
    from comments.models import CommentContact, ModerationEvent, ReaderComment

    first, *others = Article.objects.published().newest_first()[:articles]
    grow(first, COMMENTS)
    oldest = others[-1]
    copy_thread(first, [article.pk for article in (*others, *[oldest] * (articles // 2 // COMMENTS))])
    rows = list(ReaderComment.objects.order_by("pk").only("public_id", "submit_date"))
    ReaderComment.objects.filter(pk__in=[row.pk for row in rows[-30:]]).update(status="pending")
    ReaderComment.objects.filter(pk__in=[row.pk for row in rows[:200:50]]).update(user_name="Kerckhoffs")
    CommentContact.objects.bulk_create(
        [
            CommentContact(comment=row, email_key=f"writer {'of many' if at % 20 == 0 else at % (articles * 2)}")
            for at, row in enumerate(rows)
        ],
        batch_size=500,
    )
    ModerationEvent.objects.bulk_create(
        [
            ModerationEvent(
                comment=row, public_id=row.public_id, action="decide", from_status="pending", to_status="approved",
                batch=uuid.uuid4(), at=row.submit_date,
            )
            for row in rows[:-30]
        ],
        batch_size=500,
    )  # fmt: skip


def fill_lists(articles, author, photo):
    """Store as many of all else that has a list as a site of that size has, and a page of each at least."""
    from django.contrib.redirects.models import Redirect
    from django.utils import timezone

    from articles.models import Article, Dossier, DossierEntry, MissedAddress, Page, Photo, Tag
    from articles.models.address import MOST_MISSED
    from comments.models import BlockRule
    from newsroom.models import JobRecord, OutgoingMail, User

    now, some = timezone.now(), max(100, articles // 20)
    spread = [now - timedelta(minutes=number) for number in range(articles)]
    columns = {
        field.attname: getattr(photo, field.attname) for field in Photo._meta.concrete_fields if not field.primary_key
    }
    rows = {
        Photo: [
            Photo(**columns | {"title": f"{'Daguerre' if number % (articles // 4) == 0 else 'Photo'} {number}"})
            for number in range(articles)
        ],
        Tag: [Tag(name=f"Tag {number}", slug=f"tag-{number}") for number in range(some)],
        Dossier: [Dossier(language="fr", title=f"Dossier {n}", slug=f"dossier-{n}") for n in range(some)],
        Page: [Page(language="fr", title=f"Page {n}", slug=f"page-{n}", body="<p>Text.</p>") for n in range(100)],
        Redirect: [Redirect(site_id=1, old_path=f"/?p={n}", new_path=f"/new-{n}/") for n in range(articles)],
        MissedAddress: [MissedAddress(path=f"/missed-{number}/") for number in range(min(articles, MOST_MISSED))],
        BlockRule: [BlockRule(kind="word", value=f"word {number}") for number in range(some)],
        User: [User(username=f"user {number}", is_staff=True) for number in range(100)],
        OutgoingMail: [
            OutgoingMail(
                key=f"{number}", template="comments/reply", language="fr", state="sent",
                created_at=moment, settled_at=moment,
            )
            for number, moment in enumerate(spread)
        ],
        JobRecord: [
            JobRecord(
                task_path="articles.binned.empty", args_kwargs={"args": [], "kwargs": {}}, status="SUCCESSFUL",
                enqueued_at=moment, finished_at=moment, backend_name="default", run_after=moment,
                exception_class_path="", traceback="",
            )
            for moment in spread[: max(100, articles // 5)]  # what is done is kept for a day
        ],
    }  # fmt: skip
    for model, made in rows.items():
        model._base_manager.bulk_create(made, batch_size=500)
    keys = list(Article.objects.newest_first().values_list("pk", flat=True))
    dossiers = list(Dossier.objects.all())
    parts = [DossierEntry(dossier=dossiers[at % some], article_id=pk) for at, pk in enumerate(keys[: articles // 2])]
    DossierEntry.objects.bulk_create(parts, batch_size=500)
    Article.objects.filter(pk__in=keys[-IN_HAND:]).update(published_at=None, binned_at=now)
    Article.objects.filter(pk__in=keys[-2 * IN_HAND : -IN_HAND]).update(published_at=None)


def words():
    """Return what stands for the names in the bench's addresses."""
    from articles.models import Article
    from comments.models import ReaderComment

    return {
        "article": Article.objects.newest_first()[5].slug,
        "tag": "ia",
        "author": "ada",
        "word": "machine",
        "discussed": Article.objects.order_by("-comment_count", "pk").first().pk,
        "writer": ReaderComment.objects.order_by("pk").first().public_id,
    }
