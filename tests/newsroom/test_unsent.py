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
