"""A static page at the desk: what two people type of it, its picture’s words, and what publishes it."""

from datetime import datetime

import pytest
from django.utils import timezone
from lxml import html

from articles.models import Page
from tests.articles.desk import errors, writer
from tests.factories import PageFactory, PhotoFactory, UserFactory

pytestmark = pytest.mark.django_db


def save_page(client, page, **changes):
    """Post the page's form as it was opened, but for these changes; return the response."""
    path = f"/admin/articles/page/{page.pk}/change/"
    form = client.get(path).context["adminform"].form
    opened = {name: field.value() for name, field in ((name, form[name]) for name in form.fields)}
    opened["published_at"] = f"{timezone.now():%Y-%m-%dT%H:%M}"
    return client.post(path, {name: "" if value is None else value for name, value in opened.items()} | changes)


@pytest.mark.parametrize("facts", [{"alt": {"fr": "Un champ"}}, {"alt": {}, "decorative": True}, {"alt": {}}])
def test_a_page_that_readers_see_shows_no_picture_without_words(client, facts):
    writer(client)
    page, photo = PageFactory(), PhotoFactory(**facts)
    body = f'<figure data-photo="{photo.pk}" data-size="text"></figure>'

    response = save_page(client, page, body=body)
    page.refresh_from_db()

    if photo.may_be_published:
        assert (response.status_code, page.body) == (302, body)
        return
    assert (list(errors(response)), page.body) == (["body"], "<p>Text.</p>")
    assert save_page(client, page, body=body, published_at="").status_code == 302


def test_who_saves_a_page_that_another_saved_meanwhile_is_shown_what_the_other_says(client):
    writer(client, first_name="Grace")
    page = PageFactory()
    opened = page.modified_at.isoformat()
    save_page(client, page, title="Theirs", body="<p>Their words.</p>")
    writer(client)

    refused = save_page(client, page, title="Mine", body="<p>Mine.</p>", base=opened)
    page.refresh_from_db()
    form = refused.context["adminform"].form
    assert (page.title, form["title"].value(), list(form.errors)) == ("Theirs", "Mine", ["__all__"])
    box = html.document_fromstring(refused.content).find_class("conflict")[0].text_content()
    assert "Grace. What you typed" in " ".join(box.split())
    assert [difference["name"] for difference in refused.context["differences"]] == ["title", "body"]

    over = refused.context["conflict"].version
    chosen = save_page(
        client, page, title="Mine", body="<p>Mine.</p>", base=opened, _over=over, **{"_take-body": "theirs"}
    )
    assert chosen.status_code == 302
    page.refresh_from_db()
    assert (page.title, page.body) == ("Mine", "<p>Their words.</p>")
    said = [(version.content["title"], version.content["body"]) for version in page.revisions.all()]
    assert said[:3] == [("Mine", "<p>Their words.</p>"), ("Mine", "<p>Mine.</p>"), ("Theirs", "<p>Their words.</p>")]


def test_who_saves_a_page_takes_from_the_other_what_this_form_did_not_change(client):
    writer(client)
    page = PageFactory(title="Common", body="<p>Common.</p>", slug="common")
    opened = page.modified_at.isoformat()
    save_page(client, page, title="Theirs", body="<p>Theirs.</p>", slug="theirs")

    asked = save_page(client, page, title="Common", body="<p>Mine.</p>", slug="common", base=opened)
    saved = save_page(client, page, title="Common", body="<p>Common.</p>", slug="common", kind="about", base=opened)

    assert [difference["name"] for difference in asked.context["differences"]] == ["body"]
    assert b"Taken over from what was saved meanwhile: title, address." in asked.content
    assert saved.status_code == 302
    page.refresh_from_db()
    assert (page.title, page.body, page.slug, page.kind) == ("Theirs", "<p>Theirs.</p>", "theirs", "about")


@pytest.mark.parametrize("title", ["x" * 400, "a\0b", ""])
def test_a_title_that_is_given_up_and_that_no_page_could_have_is_no_version(client, title):
    writer(client)
    page = PageFactory(title="Theirs", body="<p>One.</p>")
    over = page.modified_at.isoformat()

    saved = save_page(client, page, title=title, body="<p>Two.</p>", base="", _over=over, **{"_take-title": "theirs"})

    assert saved.status_code == 302
    assert [version.content["title"] for version in page.revisions.all()] == ["Theirs", "Theirs"]


def test_every_save_of_a_page_leaves_a_version_and_any_of_them_can_be_restored(client):
    user = writer(client)
    dated = datetime(2026, 1, 5, 10, tzinfo=timezone.get_current_timezone())
    page = PageFactory(title="First", slug="about", body="<p>One.</p>", published_at=dated)
    save_page(client, page, title="Second", body="<p>Two.</p>", slug="who", published_at="2026-01-05T10:00")
    assert [(one.version, one.content["title"], one.saved_by) for one in page.revisions.all()] == [
        (2, "Second", user),
        (1, "First", None),
    ]
    versions = f"/admin/articles/page/{page.pk}/versions/"
    assert f'href="{versions}"' in client.get(f"/admin/articles/page/{page.pk}/change/").content.decode()
    listed = html.document_fromstring(client.get(versions).content)
    assert listed.xpath("//ol[@class='versions']//a/@href") == [f"{versions}2/", f"{versions}1/"]
    assert "changed: title, text, address" in " ".join(listed.text_content().split())

    shown = client.get(f"{versions}1/")
    assert [change["name"] for change in shown.context["since"]] == ["title", "body", "slug"]
    assert "One." in client.get(shown.context["preview_url"]).content.decode()
    done = client.post(f"{versions}1/", {"sure": "1"})

    page.refresh_from_db()
    assert done["Location"] == f"/admin/articles/page/{page.pk}/change/"
    assert (page.title, page.body, page.slug) == ("First", "<p>One.</p>", "who")
    assert [one.content["title"] for one in page.revisions.all()] == ["First", "Second", "First"]


def test_a_version_of_a_page_that_readers_may_not_see_is_not_restored(client):
    writer(client)
    photo = PhotoFactory(alt={})
    page = PageFactory(published_at=None, body=f'<figure data-photo="{photo.pk}" data-size="text"></figure>')
    save_page(client, page, body="<p>Without.</p>")

    refused = client.post(f"/admin/articles/page/{page.pk}/versions/1/", {"sure": "1"}, follow=True)

    page.refresh_from_db()
    assert (page.body, page.revisions.count()) == ("<p>Without.</p>", 2)
    said = [str(message) for message in refused.context["messages"]]
    assert said[-2] == "This version cannot be published: make a draft first of what readers see."


def test_the_versions_of_pages_are_for_those_who_may_change_them(client):
    page = PageFactory()
    client.force_login(UserFactory())

    assert client.get(f"/admin/articles/page/{page.pk}/versions/").status_code == 403


def test_a_page_saved_in_another_tab_is_said_to_be_ones_own(client):
    writer(client)
    page = PageFactory()
    opened = page.modified_at.isoformat()
    save_page(client, page, title="First tab")

    refused = save_page(client, page, title="Second tab", base=opened)

    assert refused.context["conflict_is_own"]
    assert b"you, in another tab or on another machine" in refused.content


def test_a_page_is_published_by_its_button_and_by_no_other(client):
    writer(client)
    form = html.document_fromstring(client.get("/admin/articles/page/add/").content).get_element_by_id("page_form")
    assert form.xpath(".//input[@name='published_at']/@value") == []
    assert [state.text_content() for state in form.find_class("state")] == ["Draft"]

    new = {"title": "About", "slug": "about", "body": "<p>Text.</p>", "language": "fr", "kind": "other"}
    response = client.post("/admin/articles/page/add/", new | {"published_at": "", "_save": "1"})
    page = Page.objects.get()
    assert (response.url, page.state) == (f"/admin/articles/page/{page.pk}/change/", "draft")

    states = []
    for button in ("_publish", "_save", "_unpublish", "_save"):
        shown = client.get(response.url).context["adminform"].form["published_at"].value()
        save_page(
            client,
            page,
            **{button: "1", "sure": "1", "published_at": f"{shown:%Y-%m-%dT%H:%M}" if shown else ""},
        )
        page.refresh_from_db()
        states.append(page.state)
    assert states == ["published", "published", "draft", "draft"]


def test_a_title_turns_no_direction(client):
    writer(client)
    page = PageFactory()

    save_page(client, page, title="\u202e About  us\u202c")

    page.refresh_from_db()
    assert page.title == "About us"


def test_a_page_that_nothing_leads_to_is_said_to_be_one_once(client):
    writer(client)
    page = PageFactory(published_at=None)
    told = []

    for position in ("", "", "3"):
        save_page(client, page, position=position)
        messages = client.get("/admin/articles/page/").context["messages"]
        told.append(any("no place at the foot" in str(message) for message in messages))

    assert told == [True, False, False]


def test_a_page_is_not_put_off_for_more_than_two_years(client):
    writer(client)
    page = PageFactory()

    response = save_page(client, page, published_at="2999-01-01T08:00")

    assert errors(response) == {
        "published_at": ["Cette date est dans plus de deux ans. Choisissez-en une plus proche."]
    }


@pytest.mark.parametrize("body", ["", "<p></p>", "<p> &nbsp;</p>"])
def test_a_page_without_text_is_not_published(client, body):
    writer(client)
    page = PageFactory(published_at=None, body="")

    refused = save_page(client, page, body=body, published_at="", _publish="1")
    saved = save_page(client, page, body=body, published_at="", title="Only a draft")

    page.refresh_from_db()
    assert errors(refused) == {"body": ["There is no text."]}
    assert (saved.status_code, page.title, page.state) == (302, "Only a draft", "draft")
