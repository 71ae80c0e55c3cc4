"""What a new site lacks is named on the desk's first page, to its owner, until it is there."""

import pytest
from django.conf import settings

from articles.models import Author, Page
from newsroom.models import SiteIdentity
from tests.factories import AuthorFactory, AuthorLinkFactory, PageFactory, UserFactory

pytestmark = pytest.mark.django_db


def rows(client):
    sections = {section.title: section.rows for section in client.get("/admin/").context["sections"]}
    return {row.title: row.url for row in sections.get("To begin with", ())}


def test_an_owner_is_told_what_his_new_site_lacks_until_it_is_there(client):
    client.force_login(UserFactory(is_superuser=True, language="en"))
    assert list(rows(client)) == [
        "Name your site",
        "Say who you are",
        "Say how readers can support you",
        "Write the page: About",
        "Write the page: Contact",
        "Write the page: Legal notice",
        "Write the page: Privacy",
    ]
    assert all(client.get(url, follow=True).status_code == 200 for url in rows(client).values())

    SiteIdentity.objects.update_or_create(pk=1, defaults={"name": "Le Contrepoint"})
    author = AuthorFactory(role={"fr": "Journaliste"}, is_site_author=True)
    AuthorLinkFactory(author=author)
    for kind in ("about", "contact", "legal"):
        PageFactory(kind=kind)
    draft = PageFactory(kind="privacy", published_at=None)
    assert rows(client) == {"Write the page: Privacy": f"/admin/articles/page/{draft.pk}/change/"}

    Page.objects.filter(pk=draft.pk).update(published_at=author.pk and draft.modified_at)
    assert rows(client) == {}


def test_a_page_that_is_wanted_begins_with_its_kind_its_title_and_the_language_of_readers(client):
    client.force_login(UserFactory(is_superuser=True, language="en"))

    form = client.get(rows(client)["Write the page: Legal notice"]).context["adminform"].form

    kept = [form[name].value() for name in ("kind", "title", "language")]
    assert kept == ["legal", "Mentions légales", settings.LANGUAGE_CODE]


def test_nobody_but_an_owner_is_asked(client, django_assert_num_queries):
    client.force_login(UserFactory(language="en"))

    assert (rows(client), Author.objects.count()) == ({}, 0)
