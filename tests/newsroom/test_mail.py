import logging
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from django.core import mail as django_mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.template import TemplateDoesNotExist
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from newsroom import jobs, mail, postman
from newsroom.models import OutgoingMail, SiteIdentity

pytestmark = pytest.mark.django_db

ADDRESS = "marie.curie@example.org"


def send(to=ADDRESS, title="L’été", **options):
    options = {"language": "fr"} | options
    return mail.send(to, "sample", {"title": title, "path": "/x/"}, **options)


def deliver():
    """Run every job and every mail that waits, whatever time it waits for, as the worker does in the end."""
    mail.deliver.enqueue()
    DBTaskResult.objects.filter(status="READY").update(run_after=timezone.now())
    OutgoingMail.objects.filter(state="waiting").update(due_at=timezone.now())
    jobs.run_pending()


def states():
    return list(OutgoingMail.objects.order_by("created_at").values_list("state", flat=True))


def test_a_mail_arrives_at_a_real_server_with_every_header_it_should_have(mail_server, settings):
    SiteIdentity(name="Le Journal").save()
    settings.DEFAULT_FROM_EMAIL = "newsroom@example.com"
    sent = send(unsubscribe="/unsubscribe/abc/?x=1")
    deliver()

    [(recipients, message)] = mail_server.accepted
    assert recipients == [ADDRESS]
    headers = {name: str(value) for name, value in message.items() if name not in ("Date", "MIME-Version")}
    assert headers == {
        "Subject": "Oui\u00a0: L’été",
        "From": "Le Journal <newsroom@example.com>",
        "To": ADDRESS,
        "Message-ID": f"<{sent.pk}@example.com>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": "fr",
        "List-Unsubscribe": "<http://testserver/unsubscribe/abc/?x=1>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "8bit",
    }
    assert message.get_content().splitlines()[:3] == ["L’été", "", "http://testserver/x/"]
    assert message.get_content().splitlines()[-1] == "http://testserver/unsubscribe/abc/?x=1"


def test_a_mail_without_unsubscribe_address_has_no_such_header():
    send()
    deliver()

    [message] = django_mail.outbox
    assert "List-Unsubscribe" not in message.extra_headers
    assert message.body.endswith("http://testserver/\n")


def test_a_mail_speaks_its_readers_language():
    send(language="fr")
    send(language="en")
    deliver()

    assert [message.subject for message in django_mail.outbox] == ["Oui\u00a0: L’été", "Yes: L’été"]


def test_words_are_not_escaped_and_a_subject_is_one_line():
    send(title="Rock & <roll>\r\nBcc: all@example.org\n\nSecond")
    deliver()

    [message] = django_mail.outbox
    assert message.subject == "Oui\u00a0: Rock & <roll> Bcc\u00a0: all@example.org Second"
    assert set(message.message().keys()) & {"Bcc", "Cc", "Reply-To"} == set()


def test_a_line_that_is_one_dot_does_not_end_a_mail(mail_server):
    send(title=".\n..\n.hidden\nend")
    send(title="second")
    deliver()

    assert sorted(message.get_content().splitlines()[:4] for message in mail_server.mails) == [
        [".", "..", ".hidden", "end"],
        ["second", "", "http://testserver/x/", ""],
    ]


@pytest.mark.parametrize("to", ["", "a", "a@example.org, b@example.org", "a@example.org\nBcc: b@example.org", None])
def test_only_one_whole_address_is_a_recipient(to):
    with pytest.raises(ValidationError):
        send(to=to)


def test_an_address_too_long_for_its_column_is_refused():
    with pytest.raises(ValidationError):
        send(to="a" * 64 + "@" + ".".join(["b" * 60] * 4) + ".org")


def test_a_domain_with_accents_is_written_for_machines(mail_server):
    send(to="marie@été.example.org")
    deliver()
    assert mail_server.accepted[0][0] == ["marie@xn--t-9fab.example.org"]


@pytest.mark.parametrize(
    "path", ["https://evil.example/", "//evil.example/", "/a b", "/a\n", "/>,<http://evil.example"]
)
def test_unsubscribe_leads_to_this_site_only(path):
    with pytest.raises(ValueError, match="a path of this site"):
        send(unsubscribe=path)


def test_a_template_that_does_not_exist_is_noticed_at_once():
    with pytest.raises(TemplateDoesNotExist):
        mail.send(ADDRESS, "nothing")


def test_the_same_notice_is_never_sent_twice(mail_server):
    first = send(key="approved:7")
    assert send(key="approved:7").pk == first.pk
    deliver()
    assert send(key="approved:7").pk == first.pk
    send(key="approved:8")
    deliver()

    assert len(mail_server.mails) == 2


@pytest.mark.django_db(transaction=True)
def test_a_mail_is_forgotten_with_the_transaction_that_sent_it():
    with transaction.atomic():
        send()
        transaction.set_rollback(True)

    assert OutgoingMail.objects.count() == DBTaskResult.objects.count() == 0


def test_what_is_left_of_a_sent_mail_says_neither_to_whom_nor_what(mail_server):
    send(unsubscribe="/u/curie/", title="curie", key="k")
    deliver()

    left = OutgoingMail.objects.values().get()
    assert (left["state"], left["key"]) == ("sent", "k")
    assert "curie" not in str(left)
    assert "curie" not in str(list(DBTaskResult.objects.values()))


def test_the_database_refuses_a_sent_mail_that_keeps_its_address():
    sent = send()
    with pytest.raises(IntegrityError), transaction.atomic():
        OutgoingMail.objects.filter(pk=sent.pk).update(state="sent")


def test_a_dead_server_delays_mail_and_says_so_without_an_address(settings, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    send()
    send()
    jobs.run_pending()

    job = DBTaskResult.objects.get()
    assert (job.status, job.exception_class_path) == ("READY", "newsroom.postman.ConnectionLostError")
    assert job.run_after > timezone.now() + timedelta(seconds=25)
    assert states() == ["waiting", "waiting"]
    assert "curie" not in caplog.text + job.traceback
    send()
    assert DBTaskResult.objects.count() == 1  # a mail written meanwhile does not make us knock sooner


def test_mail_goes_out_when_the_server_is_back(mail_server, settings):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    for _ in range(3):
        send()
    deliver()
    settings.EMAIL_PORT = port
    deliver()

    assert (len(mail_server.mails), states()) == (3, ["sent"] * 3)


def test_a_mail_put_off_by_the_server_waits_and_the_others_go(mail_server):
    mail_server.answers["RCPT"] = f"451 <{ADDRESS}> greylisted"
    send()
    deliver()

    put_off = OutgoingMail.objects.get()
    assert (put_off.state, put_off.tries) == ("waiting", 1)
    assert put_off.error == "PutOffError: 451 <[address]> greylisted"
    assert put_off.due_at > timezone.now() + timedelta(seconds=25)

    mail_server.answers.clear()
    send(to="other@example.org")
    jobs.run_pending()
    assert [recipients for recipients, _ in mail_server.accepted] == [["other@example.org"]]
    deliver()
    assert states() == ["sent", "sent"]


@pytest.mark.parametrize("moment", ["RCPT", "DATA"])
def test_a_mail_refused_for_good_is_given_up_in_the_end_and_forgotten(mail_server, moment, caplog):
    caplog.set_level(logging.INFO, logger="newsroom")
    mail_server.answers[moment] = f"550 no {ADDRESS} here"
    send()
    for _ in range(mail.REFUSALS + 3):
        deliver()

    given_up = OutgoingMail.objects.get()
    assert (given_up.state, given_up.tries, given_up.recipient) == ("failed", mail.REFUSALS, "")
    assert mail_server.seen.count(moment) == mail.REFUSALS
    assert "curie" not in caplog.text + str(OutgoingMail.objects.values().get())


@pytest.mark.parametrize("moment", ["RCPT", "DATA"])
def test_a_server_that_hangs_up_before_it_took_charge_gets_the_mail_again(mail_server, moment):
    mail_server.answers[moment] = "hang up"
    sent = send()
    deliver()
    assert states() == ["waiting"]

    mail_server.answers.clear()
    deliver()
    assert [message["Message-ID"] for message in mail_server.mails] == [f"<{sent.pk}@testserver>"]
    assert states() == ["sent"]


def test_a_mail_handed_over_by_a_killed_worker_is_sent_again_only_on_request(mail_server):
    sent = send()
    OutgoingMail.objects.update(state="handed")
    deliver()
    assert (len(mail_server.mails), states()) == (0, ["handed"])

    mail.send_again(sent)
    deliver()
    assert (len(mail_server.mails), states()) == (1, ["sent"])
    mail.send_again(sent)
    deliver()
    assert len(mail_server.mails) == 1


def test_two_workers_at_the_same_mail_send_it_once(mail_server):
    """The second claims while the first has the server's go-ahead."""
    sent = send()
    message = mail.compose(sent)
    claimed = []

    def claim():
        claimed.append(OutgoingMail.objects.filter(pk=sent.pk, state="waiting").update(state="handed"))
        return claimed[-1]

    with postman.Postman() as first, postman.Postman() as second:
        first.post(message, claim)
        with pytest.raises(postman.TakenError):
            second.post(message, claim)

    assert (claimed, len(mail_server.mails)) == ([1, 0], 1)


def test_a_broken_template_harms_its_own_mail_only(settings):
    send()
    OutgoingMail.objects.update(template="gone")
    send()
    deliver()

    assert states() == ["waiting", "sent"]
    assert OutgoingMail.objects.get(state="waiting").error.startswith("TemplateDoesNotExist")


def test_after_three_days_a_mail_is_given_up_and_its_address_forgotten():
    old, unknown, young = send(), send(), send()
    OutgoingMail.objects.filter(pk__in=[old.pk, unknown.pk]).update(created_at=timezone.now() - timedelta(days=3.1))
    OutgoingMail.objects.filter(pk=unknown.pk).update(state="handed")
    mail.forget_mail.func()

    assert {row.pk: (row.state, row.recipient) for row in OutgoingMail.objects.all()} == {
        old.pk: ("failed", ""),
        unknown.pk: ("failed", ""),
        young.pk: ("waiting", ADDRESS),
    }
    OutgoingMail.objects.update(settled_at=timezone.now() - timedelta(days=91))
    mail.forget_mail.func()
    assert OutgoingMail.objects.count() == 0


@pytest.fixture
def folder(settings, tmp_path):
    settings.EMAIL_BACKEND = "newsroom.postman.FolderBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    return Path(settings.EMAIL_FILE_PATH)


def test_mail_to_a_folder_is_one_readable_file_each(folder):
    one = send()
    send()
    deliver()

    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 2
    assert f"{one.created_at:%Y-%m-%dT%H%M%S}-{one.pk}.eml" in names
    text = (folder / f"{one.created_at:%Y-%m-%dT%H%M%S}-{one.pk}.eml").read_bytes()
    assert "L’été".encode() in text
    assert message_from_bytes(text, policy=policy.default)["Subject"] == "Oui\u00a0: L’été"


def test_mail_to_a_folder_that_was_interrupted_is_written_once(folder):
    sent = send()
    with postman.Postman() as interrupted:
        interrupted.post(mail.compose(sent), claim=lambda: pytest.fail("a folder needs no claim"))
    deliver()

    assert (len(list(folder.iterdir())), states()) == (1, ["sent"])


def test_a_folder_that_cannot_be_written_delays_mail(folder):
    folder.write_text("a file is in the way")
    send()
    deliver()
    assert states() == ["waiting"]

    folder.unlink()
    deliver()
    assert (len(list(folder.iterdir())), states()) == (1, ["sent"])
