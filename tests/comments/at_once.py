"""What eight do at the same moment, run by test_at_once.py in a site with a real database; each raises when it is wrong."""

import threading

from django.db import connections

from articles.models import Article, Author
from comments import decisions, intake
from comments.models import ModerationEvent, PendingComment, ReaderComment
from newsroom.models import OutgoingMail
from tests.factories import ArticleFactory, CommentFactory

CROWD, ROUNDS = 8, 12


def start_anew():
    for model in (Article, Author, OutgoingMail, ModerationEvent):
        model.objects.all().delete()


def crowd(work):
    """Run `work(number, together)` in eight threads; return what they returned. `together` is their barrier."""
    together, results = threading.Barrier(CROWD), []

    def run(number):
        try:
            results.append(work(number, together))
        except Exception as failure:
            together.abort()
            results.append(failure)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[number]) for number in range(CROWD)]
    [each.start() for each in threads]
    [each.join(60) for each in threads]
    return results


def expect(found, wanted):
    if found != wanted:
        raise AssertionError(f"{found!r} is not {wanted!r}")


def moderators():
    """Each round, eight approve a comment each below one article: the count is exact after every round."""
    article, counts = ArticleFactory(), []
    comments = [[CommentFactory(article=article).pk for _ in range(ROUNDS)] for _ in range(CROWD)]

    def moderate(number, together):
        for pk in comments[number]:
            together.wait(20)
            decisions.decide([pk], ReaderComment.Status.APPROVED, None)
            if together.wait(20) == 0:
                counts.append(Article.objects.get(pk=article.pk).comment_count)

    expect(crowd(moderate), [None] * CROWD)
    expect(counts, [CROWD * (done + 1) for done in range(ROUNDS)])


def colleagues():
    """Each round, eight decide otherwise on what all of them saw waiting: the first one decides, seven come late."""
    article, late = ArticleFactory(), []
    comments = [CommentFactory(article=article).pk for _ in range(ROUNDS)]

    def moderate(number, together):
        for pk in comments:
            together.wait(20)
            status = ("approved", "rejected", "spam", "removed")[number % 4]
            outcome = decisions.decide([pk], status, None, seen={pk: "pending"})
            late.append((pk, len(outcome.late), len(outcome.changed)))

    expect(crowd(moderate), [None] * CROWD)
    expect(sorted(late), sorted([(pk, 1, 0) for pk in comments] * (CROWD - 1) + [(pk, 0, 1) for pk in comments]))
    expect(ModerationEvent.objects.count(), ROUNDS)


def presses():
    """Eight press the button of one link: one comment."""
    words = {"name": "Zoé", "email": "zoe@secret.example", "comment": "Once", "follows": False}
    intake.submit(ArticleFactory(), None, words, "network")
    path = OutgoingMail.objects.get().context["path"]
    secret = path.rstrip("/").rpartition("/")[2]

    def press(number, together):
        together.wait(20)
        return str(intake.confirm(secret).state)

    expect(sorted(map(str, crowd(press))), ["confirmed"] + ["done-before"] * (CROWD - 1))
    expect(ReaderComment.objects.count(), 1)


def posts():
    """Eight send the same words: one row, one mail, no error."""
    words = {"name": "Zoé", "email": "zoe@secret.example", "comment": "Once", "follows": False}
    article = ArticleFactory()

    def send(number, together):
        together.wait(20)
        return intake.submit(article, None, words, "network")

    expect(crowd(send), [None] * CROWD)
    expect(OutgoingMail.objects.count(), 1)


def strangers():
    """Eight type one address below different words: it gets three messages."""
    article = ArticleFactory()

    def send(number, together):
        words = {"name": "Zoé", "email": "zoe@secret.example", "comment": f"Word {number}", "follows": False}
        together.wait(20)
        return intake.submit(article, None, words, "network")

    for _round in range(ROUNDS):
        OutgoingMail.objects.all().delete()
        PendingComment.objects.all().delete()
        expect(crowd(send), [None] * CROWD)
        expect(OutgoingMail.objects.count(), intake.UNCONFIRMED_PER_ADDRESS)
