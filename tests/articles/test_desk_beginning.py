"""What a new site lacks is named on the desk's first page, to its owner, until it is there."""

import pytest
from django.conf import settings
from lxml.html import fromstring

from articles.models import Author, Page, Tag
from newsroom.models import SiteIdentity, User
from tests.articles.desk import ADD, change, save, typed, writer
from tests.articles.test_desk_people import author_form
from tests.factories import ArticleFactory, AuthorFactory, AuthorLinkFactory, PageFactory, TagFactory, UserFactory

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

    Page.objects.filter(pk=draft.pk).update(published_at=author.pk and draft.modified_at, body="<p></p>")
    assert list(rows(client)) == ["Write the page: Privacy"]
    Page.objects.filter(pk=draft.pk).update(body="<p>Text.</p>")
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


def test_nobody_signs_on_a_new_site_before_something_is_saved_or_looked_at(client):
    writer(client, username="ada")

    client.get(ADD)
    looked = client.post(ADD, typed(title="Typed", author="") | {"_preview": "1"})
    refused = client.post(ADD, typed(title="", body="", standfirst="", author="") | {"_save": "1"})
    nobody = Author.objects.count()
    _response, article = save(client, author="")
    save(client, article, author="", title="Again")

    assert "ada" in fromstring(looked.content).text_content()
    assert (refused.status_code, nobody) == (200, 0)
    article.refresh_from_db()
    assert (article.title, article.author.name, article.author.is_site_author) == ("Again", "ada", True)


def test_before_publishing_an_owner_is_told_that_author_and_site_have_no_name_yet(client):
    writer(client, username="ada")
    _response, article = save(client, author="")
    sheet, author = change(article), article.author

    def told():
        root = fromstring(client.get(sheet).content)
        asked = root.xpath("//dialog[@id='publish-dialog']//li//a/@href")
        assert root.xpath("//section[@data-renew='checks']//li//a/@href") == asked
        return asked

    assert told() == [f"/admin/articles/author/{author.pk}/change/", "/admin/newsroom/siteidentity/"]
    Author.objects.update(name="Ada Byron")
    SiteIdentity(name="Le Contrepoint").save()
    assert told() == []


def test_who_adds_an_author_says_first_who_the_one_of_the_account_is(client):
    writer(client, username="ada")
    _response, article = save(client, author="")
    add = "/admin/articles/author/add/"

    led = client.get(add)
    form = author_form(article.author, name="Ada Byron", biography_0="J’écris.")
    client.post(led.url, form)
    author = Author.objects.get()

    assert led.url == f"/admin/articles/author/{author.pk}/change/"
    assert (author.name, author.slug, author.is_site_author) == ("Ada Byron", "ada-byron", True)
    assert client.get(add).status_code == 200


def test_an_author_added_in_a_form_that_was_open_before_takes_the_place(client):
    writer(client, username="ada")
    save(client, author="")

    client.post("/admin/articles/author/add/", author_form(Author(slug="ada-byron"), name="Ada Byron"))

    assert Author.objects.site_author().name == "Ada Byron"


def test_the_address_of_an_author_follows_the_name_until_something_of_his_was_published(client):
    writer(client)
    author, other = AuthorFactory(name="Ada", slug="ada"), AuthorFactory(slug="ada-byron")
    page = f"/admin/articles/author/{author.pk}/change/"

    def renamed(name):
        author.refresh_from_db()
        client.post(page, author_form(author, name=name))
        author.refresh_from_db()
        return author.slug

    slugs = [renamed("Ada Byron"), renamed("Ada Lovelace")]
    ArticleFactory(author=author)
    assert [*slugs, renamed("Ada King")] == ["ada-byron-2", "ada-lovelace", "ada-lovelace"]
    assert Author.objects.get(pk=other.pk).slug == "ada-byron"


@pytest.mark.parametrize(("role", "site"), [("Editors", "ada"), ("owner", "Bea")])
def test_whom_an_owner_invites_first_does_not_become_the_sites_author_unless_he_is_an_owner(client, role, site):
    writer(client, username="ada")
    typed = {"username": "bea", "first_name": "Bea", "email": "bea@example.org", "role": role, "author": "new"}

    client.post("/admin/newsroom/user/add/", typed)

    assert Author.objects.site_author().name == site
    assert User.objects.get(username="bea").author.name == "Bea"
