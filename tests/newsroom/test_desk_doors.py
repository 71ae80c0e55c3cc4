"""Where one comes to at the desk by a form sent too late, and by an address that leads nowhere."""

import pytest
from django.test import Client
from lxml import html

from tests.articles.desk import writer
from tests.comments.desk import DECIDE, QUEUE, moderator
from tests.factories import UserFactory

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


NOWHERE = [
    f"{QUEUE}abc/",
    f"{QUEUE}9999/change/",
    "/admin/comments/nothing/9999/change/",
    "/admin/articles/article/9999/versions/",
]


@pytest.mark.parametrize("path", NOWHERE)
def test_an_address_of_the_desk_with_nothing_at_it_is_told_so_at_the_desk_beside_the_way_to_its_list(client, path):
    writer(client)

    answer = client.get(path)

    root = html.fromstring(answer.content)
    ways = root.xpath("//div[@id='content']//a/@href")
    assert (answer.status_code, "no-store" in answer["Cache-Control"]) == (404, True)
    assert root.xpath("//nav[@class='desk__tabs']//a[@href='/admin/articles/article/']")
    assert root.xpath("string(//h1)") == "There is nothing at this address"
    own = [start for start in (QUEUE, "/admin/articles/article/") if path.startswith(start)]
    assert ways == [*own, "/admin/"]


def test_who_does_not_work_here_gets_the_sites_page(client):
    client.force_login(UserFactory(is_staff=False))

    page = html.fromstring(client.get("/admin/x/", follow=True).content)

    assert not page.xpath("//nav[@class='desk__tabs']")


@pytest.mark.parametrize("model", ["articles/tag", "articles/article", "newsroom/user", "comments/blockrule"])
@pytest.mark.parametrize("page", ["change", "delete", "history"])
def test_what_does_not_exist_any_more_leads_to_the_list_with_a_word(client, model, page):
    writer(client)

    answer = client.get(f"/admin/{model}/9999/{page}/", follow=True)

    assert [path for path, _status in answer.redirect_chain] == [f"/admin/{model}/"]
    assert "9999" in html.fromstring(answer.content).xpath("string(//ul[@class='messagelist'])")
