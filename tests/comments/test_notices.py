"""The mails that comments cause, sent through a real SMTP server."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from comments import decisions, intake, notices, rights
from comments.models import CommentContact, Digest, ReaderComment, Report
from newsroom import jobs
from newsroom.models import OutgoingMail
from tests.factories import ArticleFactory, CommentFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def article():
    return ArticleFactory(language="en", slug="story", title="It's <here> & now")


def run_all():
    """Run every job that waits, as the worker will in the end."""
    for _ in range(3):
        DBTaskResult.objects.filter(status="READY").update(run_after=timezone.now())
        jobs.run_pending()


def sent(server):
    """(recipient, subject) of what has arrived; every message has one recipient, and no other reader's address."""
    for recipients, message in server.accepted:
        assert recipients == [message["To"]]
        assert not {"Cc", "Bcc", "Reply-To"} & set(message.keys())
    return [(message["To"], message["Subject"].partition(" on ")[0]) for message in server.mails]


def moderator(**values):
    user = UserFactory(**{"email": "desk@news.example", "language": "en"} | values)
    user.groups.add(Group.objects.get(name="Moderators"))
    return user


def test_who_asked_is_told_of_publication_and_of_answers(article, mail_server):
    root = CommentFactory(article=article, email="ann@secret.example", follows=True)
    decisions.decide([root.pk], "approved", None)
    ReaderComment.objects.update(status_at=timezone.now() - timedelta(hours=1))
    answer = CommentFactory(parent=root, email="bob@secret.example", user_name="Bob", comment="It's <b>me</b> & you")
    decisions.decide([answer.pk], "approved", None)
    run_all()

    assert sorted(sent(mail_server)) == [
        ("ann@secret.example", "An answer to your comment"),
        ("ann@secret.example", "Your comment"),
    ]
    [told] = [message for message in mail_server.mails if "answer" in message["Subject"]]
    body = told.get_content()
    assert "Bob answered you below “It’s <here> & now”" in body
    assert "It's <b>me</b> & you" in body
    assert f"http://testserver/en/story/comment/{answer.public_id}/" in body
    token = CommentContact.objects.get(email="ann@secret.example").unsubscribe_token
    assert told["List-Unsubscribe"].strip() == f"<http://testserver/en/comments/unsubscribe/{token}/>"
    assert told["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_nobody_is_told_who_did_not_ask_or_of_her_own_answer(article, mail_server):
    silent = CommentFactory(article=article, email="ann@secret.example", approved=True)
    CommentFactory(parent=silent, email="bob@secret.example", approved=True)
    root = CommentFactory(article=article, email="Eve@secret.example", follows=True, approved=True)
    words = {"name": "Zoé", "email": "unconfirmed@secret.example", "comment": "Words", "follows": True}
    intake.submit(article, root, words, "network")
    CommentFactory(parent=root, email="eve@SECRET.example", approved=True)
    run_all()

    told = [mail for mail in sent(mail_server) if not mail[1].startswith("Confirm")]
    assert told == [("Eve@secret.example", "Your comment")]


def test_a_thread_tells_everybody_above_once(article, mail_server):
    chain = [CommentFactory(article=article, email="ann@secret.example", follows=True, approved=True)]
    for address in ("bob@secret.example", "ann@secret.example"):
        chain.append(CommentFactory(parent=chain[-1], email=address, follows=True, approved=True))
    run_all()
    mail_server.accepted.clear()

    CommentFactory(parent=chain[-1], email="eve@secret.example", approved=True)
    run_all()

    assert sorted(to for to, _ in sent(mail_server)) == ["ann@secret.example", "bob@secret.example"]


def test_an_author_who_answers_has_the_reader_told(article, mail_server):
    comment = CommentFactory(article=article, follows=True)
    decisions.publish_reply(comment, UserFactory(), "Thank you")
    run_all()

    assert [subject for _, subject in sent(mail_server)] == ["An answer to your comment"]


@pytest.mark.parametrize("address", ["ann@secret.example", "bob@secret.example"])
def test_a_comment_published_together_with_an_answer_is_told_of_once(article, mail_server, address):
    root = CommentFactory(article=article, email="ann@secret.example", follows=True)
    answer = CommentFactory(parent=root, email=address)
    decisions.decide([root.pk, answer.pk], "approved", None)
    run_all()

    own = address == "ann@secret.example"  # of her own answer nobody tells her
    assert [subject for _, subject in sent(mail_server)] == ["Your comment" if own else "An answer to your comment"]


def test_an_answer_that_is_gone_before_the_mail_hides_no_publication(article, mail_server):
    root = CommentFactory(article=article, follows=True)
    answer = decisions.publish_reply(root, UserFactory(), "Thank you")
    decisions.decide([answer.pk], "removed", None)
    run_all()

    assert [subject for _, subject in sent(mail_server)] == ["Your comment"]


def test_nobody_hears_before_the_decision_can_no_longer_be_taken_back(article):
    comment = CommentFactory(article=article, follows=True)
    decisions.decide([comment.pk], "approved", None)

    waiting = DBTaskResult.objects.get(task_path="comments.notices.published")

    assert waiting.run_after - timezone.now() > decisions.UNDO_WINDOW - timedelta(seconds=30)
    jobs.run_pending()
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("then", ["removed", "spam", "unpublished", "unsubscribed", "erased"])
def test_what_is_taken_back_before_the_mail_goes_is_told_to_nobody(article, mail_server, then):
    comment = CommentFactory(article=article, follows=True, approved=True)
    if then == "unpublished":
        article.published_at = None
        article.save()
    elif then == "unsubscribed":
        rights.unsubscribe(CommentContact.objects.get())
    elif then == "erased":
        decisions.forget([comment.pk])
    else:
        decisions.decide([comment.pk], then, None)
    run_all()

    assert sent(mail_server) == []


def test_one_publication_is_told_once_however_often_it_is_decided(article, mail_server):
    comment = CommentFactory(article=article, follows=True)
    for status in ("approved", "spam", "approved", "removed", "approved"):
        decisions.decide([comment.pk], status, None)
        run_all()
    notices.published.call(comment.pk)
    run_all()

    assert len(sent(mail_server)) == 1


def test_moderators_get_numbers_and_a_link_once_for_what_is_new(article, mail_server):
    moderator()
    UserFactory(email="editor@news.example")
    moderator(email="", username="no-address")
    moderator(email="gone@news.example", is_active=False)
    CommentFactory(article=article, email="ann@secret.example", comment="WORDS")
    reported = CommentFactory(article=article, approved=True)
    Report.objects.create(comment=reported, reason="spam", network_key="a")
    for _ in range(2):
        notices.send_digests()
        run_all()

    assert sent(mail_server) == [("desk@news.example", "Comments wait")]
    body = mail_server.mails[0].get_content()
    assert "1 comment waits for a decision." in body
    assert "1 report waits for an answer." in body
    assert "http://testserver/admin/comments/readercomment/" in body
    assert not {"ann", "secret.example", "WORDS"} & set(body.split())
    assert "secret" not in body
    CommentFactory(article=article)
    notices.send_digests()
    run_all()
    assert len(sent(mail_server)) == 2


def test_moderators_hear_nothing_more_while_they_work_through_what_came_in(article, mail_server):
    moderator()
    first, second, third = (CommentFactory(article=article) for _ in range(3))
    Report.objects.create(comment=first, reason="spam", network_key="a")
    for decided in (None, third, second):
        if decided:
            decisions.publish_reply(decided, UserFactory(), "Thank you")
        notices.send_digests()

    assert OutgoingMail.objects.filter(template="comment_digest").count() == 1


@pytest.mark.parametrize("how", ["one click", "the desk"])
def test_a_moderator_stops_the_messages_and_has_them_again(client, article, mail_server, how):
    mo, noe = moderator(), moderator(email="noe@news.example", language="fr")
    CommentFactory(article=article)
    notices.send_digests()
    run_all()
    first = {message["To"]: message for message in mail_server.mails}
    link = first["desk@news.example"]["List-Unsubscribe"].strip()
    assert first["desk@news.example"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link.strip("<>") in first["desk@news.example"].get_content()
    assert link.startswith("<http://testserver/en/comments/unsubscribe/")
    assert first["noe@news.example"]["List-Unsubscribe"].strip().startswith("<http://testserver/comments/unsubscribe/")
    desk = "/admin/comments/readercomment/digest/"
    client.force_login(mo)

    if how == "one click":
        path = link.strip("<>").removeprefix("http://testserver")
        assert b"<button" in client.get(path).content
        client.post(path, {"List-Unsubscribe": "One-Click"})
        assert b"The messages were stopped already." in client.get(path).content
    else:
        client.post(desk)
    CommentFactory(article=article)
    notices.send_digests()
    run_all()
    assert [to for to, _ in sent(mail_server)[2:]] == [noe.email]
    client.post(desk, {"wanted": "on"})
    CommentFactory(article=article)
    notices.send_digests()
    run_all()

    assert sorted(to for to, _ in sent(mail_server)[3:]) == [mo.email, noe.email]


def test_asking_whether_to_stop_the_messages_stops_nothing(client, article):
    client.force_login(moderator())
    CommentFactory(article=article)
    notices.send_digests()

    client.get(OutgoingMail.objects.get().unsubscribe_path)
    page = client.get("/admin/comments/readercomment/digest/").content.decode()

    assert "goes to desk@news.example" in page
    assert Digest.objects.get().wanted is True


def test_moderators_hear_nothing_when_nothing_waits(article, mail_server):
    moderator()
    CommentFactory(article=article, approved=True)

    notices.send_digests()
    run_all()

    assert sent(mail_server) == []


def test_a_mail_server_that_is_down_is_no_readers_problem(client, article, mail_server):
    mail_server.answers["RCPT"] = "451 later"
    words = {"comment": "What I think", "name": "Zoé", "email": "zoe@secret.example"}
    response = client.post("/en/story/comment/", words, headers={"Origin": "http://testserver"})
    jobs.run_pending()
    assert (response.status_code, mail_server.accepted) == (200, [])

    mail_server.answers.clear()
    OutgoingMail.objects.update(due_at=timezone.now())
    from newsroom.mail import deliver

    deliver.enqueue()
    run_all()

    assert sent(mail_server) == [("zoe@secret.example", "Confirm your comment")]


def test_a_link_in_the_message_confirms(client, article, mail_server):
    words = {"comment": "What I think", "name": "Zoé", "email": "zoe@secret.example"}
    client.post("/en/story/comment/", words, headers={"Origin": "http://testserver"})
    jobs.run_pending()

    [link] = [line for line in mail_server.mails[0].get_content().splitlines() if line.startswith("http")]
    assert link.startswith("http://testserver/en/comments/confirm/")
    client.post(link.removeprefix("http://testserver"))

    assert ReaderComment.objects.get().comment == "What I think"
    assert not OutgoingMail.objects.exclude(recipient="", context={}).exists()
