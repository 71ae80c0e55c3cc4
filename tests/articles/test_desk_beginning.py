"""What a new site lacks is named on the desk's first page, to its owner, until it is there."""

import pytest
from django.conf import settings

from articles.models import Author, Page, Tag
from newsroom.models import SiteIdentity, User
from tests.factories import AuthorFactory, AuthorLinkFactory, PageFactory, TagFactory, UserFactory

pytestmark = pytest.mark.django_db


def rows(client):
    sections = {section.title: section.rows for section in client.get("/admin/").context["sections"]}
    return {row.title: row.url for row in sections.get("To begin with", ())}


def test_an_owner_is_told_what_his_new_site_lacks_until_it_is_there(client):
    owner = UserFactory(is_superuser=True, language="en", email="")
    client.force_login(owner)
    assert list(rows(client)) == [
        "Say your e-mail address",
        "Name your site",
        "Say who you are",
        "Say how readers can support you",
        "Write the page: About",
        "Write the page: Contact",
        "Write the page: Legal notice",
        "Write the page: Privacy",
    ]
    assert all(client.get(url, follow=True).status_code == 200 for url in rows(client).values())

    User.objects.update(email="a@a.example")
    SiteIdentity.objects.update_or_create(pk=1, defaults={"name": "Le Contrepoint"})
    author = AuthorFactory(role={"fr": "Journaliste"}, is_site_author=True)
    AuthorLinkFactory(author=author)
    for kind in ("about", "contact", "legal"):
        PageFactory(kind=kind)
    draft = PageFactory(kind="privacy", published_at=None)
    assert rows(client) == {"Write the page: Privacy": f"/admin/articles/page/{draft.pk}/change/"}

    Page.objects.filter(pk=draft.pk).update(published_at=author.pk and draft.modified_at)
    assert rows(client) == {}
    tag = TagFactory(language=settings.LANGUAGE_CODE)
    assert rows(client) == {"Choose your topics": "/admin/articles/tag/navigation/"}
    Tag.objects.filter(pk=tag.pk).update(nav_position=1)
    assert rows(client) == {}


def test_an_owner_is_told_where_no_mail_leaves_the_site(client, settings, tmp_path):
    client.force_login(UserFactory(is_superuser=True, language="en"))
    title, said = "Have mail leave the site", "No mail leaves this site yet"
    mails = "/admin/newsroom/outgoingmail/"
    pages = mails, "/admin/comments/readercomment/digest/"
    assert title not in rows(client)
    assert not any(said in client.get(url).content.decode() for url in pages)

    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = "newsroom.postman.FolderBackend", tmp_path

    assert rows(client)[title] == mails
    assert all(said in client.get(url).content.decode() for url in pages)


def test_a_page_that_is_wanted_begins_with_its_kind_its_title_and_the_language_of_readers(client):
    client.force_login(UserFactory(is_superuser=True, language="en"))

    form = client.get(rows(client)["Write the page: Legal notice"]).context["adminform"].form

    kept = [form[name].value() for name in ("kind", "title", "language")]
    assert kept == ["legal", "Mentions légales", settings.LANGUAGE_CODE]


def test_a_page_begun_here_stands_after_the_others_at_the_foot_of_pages(client):
    client.force_login(UserFactory(is_superuser=True, language="en"))
    PageFactory(language="fr", position=4), PageFactory(language="en", position=7), PageFactory(language="fr")

    form = client.get(rows(client)["Write the page: About"]).context["adminform"].form

    assert form["position"].value() == 5


def test_nobody_but_an_owner_is_asked(client, django_assert_num_queries):
    client.force_login(UserFactory(language="en"))

    assert (rows(client), Author.objects.count()) == ({}, 0)
