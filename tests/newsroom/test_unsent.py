"""A form of the desk that is sent when the session has ended: what was typed comes along through the login."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import html

from newsroom.models import SiteIdentity
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]

BROWSER = {"Accept": "text/html,*/*;q=0.8", "Accept-Language": "en"}
PASSWORD = "a long password"  # that of tests/factories.py


def form_of(response, xpath="//main//form"):
    """Return where a form on a page goes, and what a browser would send of it."""
    page = html.fromstring(response.content)
    form = page.xpath(xpath)[0]
    fields = dict(form.form_values())
    fields |= {one.name: one.value for one in page.xpath(f"//*[@form='{form.get('id')}']") if form.get("id")}
    return form.get("action") or response.request["PATH_INFO"], fields


@pytest.fixture
def visitor():
    return Client(headers=BROWSER, enforce_csrf_checks=True)


@pytest.fixture
def typed(visitor):
    """The form of the site, filled in, and the session ended."""
    visitor.force_login(UserFactory(username="ada", is_superuser=True, language="en"))
    address = f"/admin/newsroom/siteidentity/{SiteIdentity.objects.create(name='Site').pk}/change/"
    _action, fields = form_of(visitor.get(address), "//form[@id='siteidentity_form']")
    fields |= {"tagline_en": "A “tagline” & <signs>", "support_text_en": "Two\r\n\r\nparagraphs"}
    del visitor.cookies["sessionid"]
    return address, fields


def log_in(visitor, response, password=PASSWORD):
    action, fields = form_of(response)
    return visitor.post(action, fields | {"username": "ada", "password": password})


def test_what_was_typed_comes_along_through_the_login_and_one_press_saves_it(visitor, typed):
    address, fields = typed

    asked = visitor.post(address, fields)
    assert "what you typed comes along" in asked.content.decode()
    refused = log_in(visitor, asked, "a wrong one")
    offered = log_in(visitor, refused)
    assert SiteIdentity.objects.get().tagline == {}
    visitor.post(*form_of(offered))

    site = SiteIdentity.objects.get()
    assert site.tagline["en"] == "A “tagline” & <signs>"
    assert "paragraphs" in site.support_text["en"]


def test_who_else_logs_in_sends_nothing_without_a_press(visitor, typed):
    address, fields = typed
    asked = visitor.post(address, fields)
    other = UserFactory(username="bob")
    action, held = form_of(asked)

    offered = visitor.post(action, held | {"username": other.username, "password": PASSWORD})
    assert visitor.post(*form_of(offered)).status_code == 403

    assert SiteIdentity.objects.get().tagline == {}


def test_passwords_are_not_handed_back_and_files_are_said_to_be_chosen_again(visitor, typed):
    address, fields = typed
    logo = SimpleUploadedFile("logo.png", b"picture")

    asked = visitor.post(address, fields | {"new_password1": "secret words", "logo": logo})

    assert "secret" not in asked.content.decode()
    assert "Files must be chosen again." in asked.content.decode()


def test_a_script_is_led_to_the_login_and_keeps_what_was_typed_itself(visitor, typed):
    address, fields = typed

    assert visitor.post(address, fields, headers={"Accept": "*/*"}).url.startswith("/admin/login/")


@pytest.mark.parametrize(
    "place", ["https://elsewhere.example/admin/", "//elsewhere.example/admin/", "/comments/mine/", ""]
)
def test_nothing_is_sent_on_to_a_place_that_is_not_the_desks(visitor, typed, place):
    address, fields = typed
    action, held = form_of(visitor.post(address, fields))

    answer = visitor.post(action, held | {"held_for": place, "username": "ada", "password": PASSWORD})

    assert answer.status_code == 302


HERE = {"Origin": "http://testserver"}


@pytest.fixture
def old(visitor, typed):
    """The same form after a login in another tab, which has given the browser another token."""
    address, fields = typed
    log_in(visitor, visitor.get("/admin/login/"))
    return address, fields


def test_after_a_login_in_another_tab_one_press_sends_what_was_typed(visitor, old):
    address, fields = old

    offered = visitor.post(address, fields, headers=HERE)
    page = html.fromstring(offered.content)
    assert (offered.status_code, SiteIdentity.objects.get().tagline) == (403, {})
    assert "You logged in again" in page.text_content()
    assert "A “tagline” & <signs>" in [text.text_content() for text in page.xpath("//details//p[@class='typed']")]
    visitor.post(*form_of(offered), headers=HERE)

    assert SiteIdentity.objects.get().tagline["en"] == "A “tagline” & <signs>"


@pytest.mark.parametrize("origin", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://["}, {}])
def test_a_form_of_another_site_is_offered_to_nobody(visitor, old, origin):
    address, fields = old

    refused = visitor.post(address, fields, headers=origin)

    assert refused.status_code == 403
    assert "tagline" not in refused.content.decode()


def test_a_script_that_sends_an_old_token_is_refused_as_ever(visitor, old):
    address, fields = old

    assert "tagline" not in visitor.post(address, fields, headers=HERE | {"Accept": "*/*"}).content.decode()


def test_an_old_token_without_a_session_asks_who_it_is_and_keeps_what_was_typed(visitor, typed):
    address, fields = typed

    asked = visitor.post(address, fields | {"csrfmiddlewaretoken": "x" * 64}, headers=HERE)
    offered = log_in(visitor, asked)
    visitor.post(*form_of(offered))

    assert SiteIdentity.objects.get().tagline["en"] == "A “tagline” & <signs>"


def test_of_two_pages_on_which_one_logs_in_the_second_goes_on_as_well(visitor, typed):
    address, fields = typed
    _action, blank = form_of(visitor.get("/admin/login/?next=/admin/articles/article/"))
    first, second = visitor.post(address, fields), visitor.post(address, fields)
    log_in(visitor, first)

    offered = visitor.post(
        "/admin/login/", form_of(second)[1] | {"username": "ada", "password": PASSWORD}, headers=HERE
    )
    plain = visitor.post("/admin/login/", blank | {"username": "ada", "password": PASSWORD}, headers=HERE)

    assert dict(form_of(offered)[1])["tagline_en"] == "A “tagline” & <signs>"
    assert plain.url == "/admin/articles/article/"
