import errno
import html
import re
import smtplib
import sys
from pkgutil import resolve_name

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from django.contrib.auth.models import Permission
from django.db import OperationalError
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules
from django_tasks_db.models import DBTaskResult

from newsroom import jobs, mail, reasons
from newsroom.models import OutgoingMail, SiteIdentity
from tests.factories import UserFactory
from tests.newsroom import sample_jobs

pytestmark = pytest.mark.django_db

LIST = "/admin/newsroom/jobrecord/"
OF_THE_CODE = "The site itself did something wrong. Show the details to whoever looks after it."
MAILS = "/admin/newsroom/outgoingmail/"


@pytest.fixture
def chief(client):
    client.force_login(UserFactory(is_superuser=True, language="en"))
    return client


def fail(address="nowhere"):
    """Leave a job that failed for good."""
    sample_jobs.refuse.enqueue(address)
    for _ in range(3):
        DBTaskResult.objects.filter(status="READY").update(run_after="2020-01-01T00:00Z")
        jobs.run_pending()
    return DBTaskResult.objects.filter(status="FAILED").latest("finished_at")


def cells(page, column):
    return re.findall(rf'class="field-{column}[^"]*">(.*?)</t[dh]>', page, re.DOTALL)


def test_the_list_shows_failures_first_and_why(chief):
    sample_jobs.rename.enqueue("Done")
    jobs.run_pending()
    fail()
    sample_jobs.rename.enqueue("Later")
    page = chief.get(LIST).content.decode()

    assert cells(page, "state") == ["failed", "waiting", "done"]
    assert cells(page, "why") == [OF_THE_CODE, "-", "-"]
    assert cells(page, "tries") == ["3", "0", "1"]
    assert re.findall(r"(failed|waiting|running) \((\d+)\)", page) == [("failed", "1"), ("waiting", "1")]
    assert cells(chief.get(LIST + "?state=READY").content.decode(), "state") == ["waiting"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (jobs.TimeLimitExceeded("x"), "It took longer than it may."),
        (jobs.WorkerLostError("x"), "The process that did it was killed, or its machine stopped."),
        (ConnectionRefusedError(111, "Connection refused"), "The other machine does not answer."),
        (
            smtplib.SMTPAuthenticationError(535, b"no"),
            "The mail server does not accept the name or the password in EMAIL_URL.",
        ),
        (smtplib.SMTPDataError(554, b"no"), "The mail server does not take it."),
        (EndpointConnectionError(endpoint_url="http://x"), "The bucket of pictures does not answer."),
        (ClientError({"Error": {"Code": "403"}}, "PutObject"), "The bucket of pictures refuses what it is asked."),
        (SiteIdentity.DoesNotExist("x"), "What it was about is no longer there."),
        (OperationalError("x"), "The database did not answer, or was too busy."),
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full."),
        (OSError(errno.EROFS, "Read-only file system"), "The disk can only be read."),
        (OSError(errno.EIO, "x"), OF_THE_CODE),
        (ZeroDivisionError("x"), OF_THE_CODE),
    ],
    ids=lambda value: None if isinstance(value, str) else type(value).__name__,
)
def test_the_reason_is_told_in_words_and_the_exception_on_the_page_of_the_job(chief, monkeypatch, error, said):
    monkeypatch.setattr(sample_jobs, "ERROR", error)
    sample_jobs.fail.enqueue()
    jobs.run_pending()
    row = DBTaskResult.objects.get()

    assert html.unescape(cells(chief.get(LIST).content.decode(), "why")[0]) == said
    page = html.unescape(chief.get(f"{LIST}{row.pk}/change/").content.decode())
    assert said in page
    assert reasons.last_line(row) in page


def test_every_reason_is_that_of_an_exception_there_is():
    for name in reasons.SENTENCES:
        assert issubclass(resolve_name(name), BaseException), name


def test_a_reason_that_this_version_does_not_know_is_still_one(chief):
    row = fail()
    DBTaskResult.objects.update(exception_class_path="gone.with.the.WindError")

    assert cells(chief.get(LIST).content.decode(), "why") == [OF_THE_CODE]
    assert chief.get(f"{LIST}{row.pk}/change/").status_code == 200


def test_a_job_is_called_what_it_does_and_by_its_path_where_nobody_knows_it(chief):
    sample_jobs.rename.enqueue("Known")
    sample_jobs.rename.enqueue("Unknown")
    DBTaskResult.objects.filter(args_kwargs__args=["Unknown"]).update(task_path="gone.with.the.wind")

    page = chief.get(LIST).content.decode()

    assert [re.sub("<.*?>", "", cell) for cell in cells(page, "name")] == ["gone.with.the.wind", "A sample"]
    row = DBTaskResult.objects.get(task_path="gone.with.the.wind")
    assert chief.get(f"{LIST}{row.pk}/change/").status_code == 200


def test_every_job_says_in_words_what_it_does():
    autodiscover_modules("jobs", "mail", "cdn")
    rooms = ("newsroom.", "articles.", "comments.")
    modules = [module for name, module in list(sys.modules.items()) if name.startswith(rooms)]
    found = {job.module_path: job for module in modules for job in vars(module).values() if isinstance(job, jobs.Job)}

    assert len(found) > 15
    assert [path for path, job in found.items() if not isinstance(job.title, Promise)] == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_any_number(chief, count, django_assert_max_num_queries):
    for _ in range(count):
        fail()
    with django_assert_max_num_queries(12) as queries:
        page = chief.get(LIST).content.decode()

    assert len(cells(page, "state")) == count
    # count, rows, states
    assert len([query for query in queries if "dbtaskresult" in query["sql"]]) == 3


@pytest.mark.usefixtures("english")
def test_the_desks_first_page_names_what_failed_and_nothing_while_all_goes_well(chief):
    def named():
        sections = {str(section.title): section.rows for section in chief.get("/admin/").context["sections"]}
        return [(row.url, str(row.note)) for row in sections.get("Jobs that failed", ())]

    well = named()
    row = fail()

    assert (well, named()) == ([], [(f"{LIST}{row.pk}/change/", OF_THE_CODE)])


def test_a_failed_job_shows_its_traceback_without_addresses(chief):
    row = fail("marie.curie@example.org")
    page = chief.get(f"{LIST}{row.pk}/change/").content.decode()

    assert "ValueError: nobody lives at [address]" in page
    assert "Traceback (most recent call last)" in page
    assert "curie" not in page


def test_the_page_of_a_job_speaks_the_language_of_its_reader(client):
    client.force_login(UserFactory(is_superuser=True, language="fr"))
    row = fail()
    sample_jobs.rename.enqueue("Later")
    for pk in (row.pk, DBTaskResult.objects.get(status="READY").pk):
        page = client.get(f"{LIST}{pk}/change/").content.decode()
        shown = re.findall(r"<label>([^<]+)</label>\s*<div class=\"readonly\">(.*?)</div>", page, re.DOTALL)
        labels = [label.strip(" :\u00a0\u202f") for label, _value in shown]

        assert labels == ["Tâche", "Fonction", "État", "Pourquoi", "Arguments", "Essais", "Demandée", "Commencée",
                          "Terminée", "Prochain essai", "Détails"]  # fmt: skip
        assert "None" not in [value.strip() for _label, value in shown]
    assert re.fullmatch(r"\d+(er)? \w+ \d{4} à \d\d:\d\d", dict(shown)[shown[6][0]].strip())


def test_a_failed_job_is_tried_again_from_its_page(chief):
    row = fail()
    DBTaskResult.objects.update(task_path="tests.newsroom.sample_jobs.rename")
    page = chief.get(f"{LIST}{row.pk}/change/").content.decode()
    [again] = re.findall(r'formaction="([^"]+)"', page)

    assert chief.get(again).status_code == 405
    assert chief.post(again).url == LIST
    assert jobs.run_pending() == 1
    assert SiteIdentity.load().name == "nowhere"


def test_failed_jobs_are_tried_again_from_the_list_and_finished_ones_are_not(chief):
    failed = fail()
    sample_jobs.rename.enqueue("Done")
    jobs.run_pending()
    everything = [str(row.pk) for row in DBTaskResult.objects.all()]
    chief.post(LIST, {"action": "again", "_selected_action": everything})

    assert DBTaskResult.objects.get(status="READY").pk == failed.pk
    assert DBTaskResult.objects.get(status="READY").worker_ids == []


@pytest.mark.parametrize(
    ("codename", "looks", "tries"), [(None, 403, 404), ("view_jobrecord", 200, 404), ("change_jobrecord", 200, 302)]
)
def test_who_may_look_and_who_may_try_again(client, codename, looks, tries):
    user = UserFactory()
    if codename:
        user.user_permissions.add(Permission.objects.get(codename=codename))
    client.force_login(user)
    row = fail()

    again = reverse("admin:newsroom_jobrecord_again", args=[row.pk])
    assert (client.get(LIST).status_code, client.post(again).status_code) == (looks, tries)
    if looks == 200:
        page = client.get(f"{LIST}{row.pk}/change/").content.decode()
        assert ("formaction" in page) == (tries == 302)


@pytest.mark.parametrize("pk", ["x", "00000000-0000-0000-0000-000000000000", "1/2", "%00"])
def test_a_job_that_does_not_exist_is_no_error(chief, pk):
    assert chief.post(f"{LIST}{pk}/again/").status_code == 404


def test_the_outbox_shows_no_address_and_sends_again_what_is_unknown(chief):
    sent = mail.send("marie.curie@example.org", "sample", {"title": "curie"}, language="en", unsubscribe="/u/curie/")
    OutgoingMail.objects.update(state="handed")
    pages = [chief.get(f"{MAILS}{sent.pk}/change/").content.decode(), chief.get(MAILS).content.decode()]

    assert [page.count("curie") for page in pages] == [0, 0]
    assert cells(pages[1], "state") == ["handed over, answer unknown"]
    [again] = re.findall(r'formaction="([^"]+)"', pages[0])
    chief.post(again)
    assert OutgoingMail.objects.get().state == "waiting"
    assert "formaction" not in chief.get(f"{MAILS}{sent.pk}/change/").content.decode()


def test_the_outbox_says_what_a_mail_is_in_words_and_what_it_waits_for(chief):
    SiteIdentity.objects.update_or_create(pk=1, defaults={"name": "Le Fil"})
    for template in ("comment_confirm", "comment_mine"):
        sent = mail.send("marie.curie@example.org", template, {"title": "curie", "path": "/"}, language="fr")
    OutgoingMail.objects.filter(template="comment_confirm").update(template="gone", state="sent", recipient="")
    page = chief.get(MAILS).content.decode()

    assert [re.sub("<.*?>", "", cell) for cell in cells(page, "name")] == ["Your comments on Le Fil", "gone"]
    assert cells(page, "why") == ["It waits for the background process.", "-"]
    assert "comment_mine" not in page + chief.get(f"{MAILS}{sent.pk}/change/").content.decode()
