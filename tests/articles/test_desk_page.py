"""A static page at the desk: what two people type of it, its picture’s words, and what publishes it."""

import pytest
from django.utils import timezone
from lxml import html

from articles.models import Page
from tests.articles.desk import errors, writer
from tests.factories import PageFactory, PhotoFactory

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
            **{button: "1", "published_at": f"{shown:%Y-%m-%dT%H:%M}" if shown else ""},
        )
        page.refresh_from_db()
        states.append(page.state)
    assert states == ["published", "published", "draft", "draft"]
