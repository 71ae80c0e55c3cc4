"""Where one comes to at the desk by a form sent too late, and by an address that leads nowhere."""

import pytest
from django.test import Client
from lxml import html

from tests.comments.desk import DECIDE, QUEUE, moderator

pytestmark = pytest.mark.django_db
BLOCK = f"{QUEUE}abc/block/"
FROM = {"Referer": f"http://testserver{QUEUE}?show=spam"}


@pytest.mark.parametrize("path", ["/admin/r/1/1/", "/admin/r/99/x/", "/admin/r/1/a/b/"])
def test_djangos_redirect_to_a_things_page_leads_nowhere(client, path):
    moderator(client)

    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", [DECIDE, BLOCK])
def test_who_sends_a_form_without_a_session_goes_on_from_its_page_after_the_login(client, path):
    response = client.post(path, headers=FROM)

    assert response.url == "/admin/login/?next=/admin/comments/readercomment/%3Fshow%3Dspam"


@pytest.mark.parametrize("referer", ["https://elsewhere.example/admin/x/", "http://testserver/en/", "http://[x", ""])
def test_nobody_is_led_after_the_login_to_a_page_that_is_not_the_desks(client, referer):
    assert client.post(BLOCK, headers={"Referer": referer}).url == f"/admin/login/?next={BLOCK}"


def test_a_form_without_its_token_leads_back_to_its_page():
    client = Client(enforce_csrf_checks=True)
    moderator(client)

    page = html.fromstring(client.post(BLOCK, headers=FROM).content)

    assert f"{QUEUE}?show=spam" in page.xpath("//main//a/@href")


def test_an_address_of_the_desk_that_only_takes_a_form_leads_to_the_desk(client):
    moderator(client)

    response = client.get(BLOCK)

    assert response.status_code == 405
    assert html.fromstring(response.content).xpath("//main//a/@href") == ["/admin/", "/"]
    public = html.fromstring(client.post("/").content)
    assert public.xpath("//main//a/@href") == ["/"]
