"""Who is invited to work at the desk chooses a password himself: by a link in a mail, or by one that is handed on."""

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
from lxml.html import fromstring

from newsroom import jobs, mail
from newsroom.models import OutgoingMail, SiteIdentity, User
from tests.articles.desk import writer
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

ADD = "/admin/newsroom/user/add/"
BEA = {"username": "bea", "first_name": "Bea", "email": "bea@example.org", "role": "Moderators", "language": "en"}
LINK = re.compile(r"http://testserver(/admin/reset/\S+)")


def deliver():
    mail.deliver.enqueue()
    DBTaskResult.objects.filter(status="READY").update(run_after=timezone.now())
    jobs.run_pending()


def link_in(mail_server):
    return LINK.search(mail_server.mails[-1].get_content())[1]


def choose(link, password, **headers):
    """Open the link as somebody who is logged in nowhere; return the page, and the one after a password was chosen."""
    visitor = Client(headers=headers)
    page = visitor.get(link, follow=True)
    if not page.redirect_chain:
        return page, None
    new = {"new_password1": password, "new_password2": password}
    return page, visitor.post(page.redirect_chain[-1][0], new, follow=True)


@pytest.mark.parametrize(
    ("language", "subject", "words", "heading"),
    [
        ("en", "You are invited to work at Le Journal", "Ada Byron has made an account for you: bea", "Enter new password"),
        ("fr", "Invitation à rejoindre Le Journal", "Ada Byron vous a créé un compte : bea", "Saisissez un nouveau mot de passe"),
    ],
)  # fmt: skip
def test_who_is_invited_gets_a_mail_and_chooses_a_password_in_his_language(
    client, mail_server, language, subject, words, heading
):
    SiteIdentity(name="Le Journal").save()
    writer(client, first_name="Ada", last_name="Byron")

    saved = client.post(ADD, BEA | {"language": language}, follow=True)
    deliver()

    [message] = mail_server.mails
    assert (message["To"], message["Subject"].strip(), message["Content-Language"]) == (
        "bea@example.org",
        subject,
        language,
    )
    assert message.get_content().splitlines()[0] == words
    assert "is on its way to bea@example.org" in saved.content.decode()
    assert "/admin/reset/" not in saved.content.decode()
    page, done = choose(link_in(mail_server), "une phrase que je retiens", **{"accept-language": "de"})
    root = fromstring(page.content)
    assert (root.get("lang"), page.headers["Cache-Control"].split(",")[0]) == (language, "max-age=0")
    assert root.xpath("string(//h1)").strip() == heading
    assert root.xpath("//p[@class='subtitle']/b/text()") == ["bea"]
    assert done.redirect_chain[-1][0] == "/admin/"
    assert fromstring(done.content).get("lang") == language
    assert Client().login(username="bea", password="une phrase que je retiens")
    assert OutgoingMail.objects.get().context == {}  # nobody reads the link there afterwards


def test_nobody_types_a_password_for_another_and_none_opens_the_account_before(client, mail_server):
    writer(client)
    fields = client.get(ADD).context["adminform"].form.fields

    client.post(ADD, BEA | {"password1": "a password by hand", "password2": "a password by hand"})

    assert not [name for name in fields if "password" in name]
    assert not User.objects.get(username="bea").check_password("a password by hand")
    assert User.objects.get(username="bea").has_usable_password()  # or a forgotten one could not be asked for anew


def test_no_address_of_the_desk_takes_a_password_for_a_colleague_who_is_sent_a_link_instead(client):
    writer(client)
    bea = UserFactory(username="bea", password="of her own")
    address = f"/admin/newsroom/user/{bea.pk}/"
    shown = fromstring(client.get(f"{address}change/").content)
    fields = client.get(f"{address}change/").context["adminform"].form.fields

    typed = {"username": "bea", "password": "mine now", "password1": "mine now", "password2": "mine now"}
    for page in ("password/", "change/"):
        client.post(address + page, typed)
    led_to = client.get(f"{address}password/", follow=True)

    assert not [name for name in fields if "password" in name]
    assert shown.xpath("//a[contains(@href, 'password')]/@href") == ["/admin/password_change/"]
    assert shown.xpath(f"//form[@action='{address}invite/']//button/text()") == ["Show a link to choose a password"]
    assert not fromstring(led_to.content).xpath("//input[@type='password']")
    bea.refresh_from_db()
    assert bea.check_password("of her own")
    with pytest.raises(NoReverseMatch):
        reverse("admin:auth_user_password_change", args=[bea.pk])


def test_a_link_is_used_once_and_expires(client, mail_server, monkeypatch):
    writer(client)
    client.post(ADD, BEA)
    deliver()
    link = link_in(mail_server)

    choose(link, "une phrase que je retiens")
    again, _done = choose(link, "another one of mine")
    client.post(f"/admin/newsroom/user/{User.objects.get(username='bea').pk}/invite/")
    deliver()
    later = datetime.now() + timedelta(days=3, hours=1)
    monkeypatch.setattr("django.contrib.auth.tokens.PasswordResetTokenGenerator._now", lambda self: later)
    late, _done = choose(link_in(mail_server), "another one of mine")

    assert link_in(mail_server) != link
    for page in (again, late):
        root = fromstring(page.content)
        assert root.xpath("//main//a[@href='/admin/password_reset/']")
        assert not root.xpath("//input[@type='password']")
        assert "bea" not in root.text_content()
    assert Client().login(username="bea", password="une phrase que je retiens")


def test_where_no_mail_leaves_the_link_is_shown_to_be_handed_on(client, settings, tmp_path):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "newsroom.postman.FolderBackend", tmp_path
    writer(client)
    told = client.get(ADD).content.decode()

    page = client.post(ADD, BEA, follow=True)

    [link] = fromstring(page.content).xpath("//ul[@class='messagelist']//a[@id='invitation']/@href")
    assert "No mail leaves this site yet" in told
    assert "Hand on this link yourself" in page.content.decode()
    assert not OutgoingMail.objects.exists()
    choose(LINK.fullmatch(link)[1], "une phrase que je retiens")
    assert Client().login(username="bea", password="une phrase que je retiens")


def test_an_account_without_an_address_gets_a_link_to_hand_on(client, mail_server):
    writer(client)
    old = UserFactory(username="old", email="")

    page = client.post(f"/admin/newsroom/user/{old.pk}/invite/", follow=True)

    assert "This account has no e-mail address." in page.content.decode()
    assert fromstring(page.content).xpath("//a[@id='invitation']")
    assert fromstring(client.get(f"/admin/newsroom/user/{old.pk}/history/").content).xpath("//ol[@class='history']/li")


def test_an_account_needs_an_address_and_one_name_alone(client):
    writer(client, username="Bea")

    told = fromstring(client.get(ADD).content)
    response = client.post(ADD, BEA | {"email": ""})

    assert told.xpath("//input[@name='email']/@required")
    assert told.xpath("//*[@id='id_email_helptext']")[0].text_content().strip().startswith("Required.")
    assert sorted(response.context["adminform"].form.errors) == ["email", "username"]


def test_only_who_may_change_people_invites_and_nobody_himself_or_who_may_not_come(client, mail_server):
    bea, gone = UserFactory(username="bea", email="bea@example.org"), UserFactory(is_active=False)
    client.force_login(UserFactory())
    refused = client.post(f"/admin/newsroom/user/{bea.pk}/invite/").status_code
    me = writer(client)

    answers = [client.post(f"/admin/newsroom/user/{user.pk}/invite/").status_code for user in (me, gone, bea)]
    shown = [b"/invite/" in client.get(f"/admin/newsroom/user/{user.pk}/change/").content for user in (me, gone, bea)]

    assert (refused, answers, shown) == (403, [403, 403, 302], [False, False, True])
    assert client.get(f"/admin/newsroom/user/{bea.pk}/invite/").status_code == 405
    assert OutgoingMail.objects.count() == 1
