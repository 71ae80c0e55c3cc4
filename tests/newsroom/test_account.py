"""One's own address at the desk."""

import pytest
from lxml import html

from tests.comments.desk import moderator

pytestmark = pytest.mark.django_db
ACCOUNT = "/admin/account/"


def member(client):
    user = moderator(client, email="")
    user.set_password("a long one")
    user.save()
    client.force_login(user)
    return user


def test_one_gives_ones_own_address_with_ones_password(client):
    user = member(client)

    page = client.post(
        ACCOUNT, {"email": "mo@desk.example", "password": "a long one", "is_superuser": "on"}, follow=True
    )

    user.refresh_from_db()
    assert (user.email, user.is_superuser) == ("mo@desk.example", False)
    assert [str(message) for message in page.context["messages"]] == ["Your address is saved."]
    assert html.fromstring(page.content).xpath(f"//header//a[@href='{ACCOUNT}']")


@pytest.mark.parametrize("data", [{"password": "another"}, {"password": ""}, {"email": "no", "password": "a long one"}])
def test_without_the_password_or_with_no_address_nothing_changes(client, data):
    user = member(client)

    response = client.post(ACCOUNT, {"email": "other@desk.example"} | data)

    user.refresh_from_db()
    assert (response.status_code, user.email) == (422, "")


def test_the_account_is_for_who_is_logged_in(client):
    assert client.get(ACCOUNT).url == f"/admin/login/?next={ACCOUNT}"
