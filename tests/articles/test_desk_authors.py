"""Whose name an account signs with, and who may change what readers are told of an author."""

import json

import pytest
from django.contrib.auth.models import Group
from lxml.html import fromstring

from articles.models import Author, Dossier
from newsroom.models import User
from tests.articles.desk import ADD, change, save, writer
from tests.articles.test_desk_people import author_form
from tests.factories import ArticleFactory, AuthorFactory, AuthorLinkFactory, UserFactory

pytestmark = pytest.mark.django_db


def editor(client, **values):
    user = UserFactory(language="en", **values)
    user.groups.add(Group.objects.get(name="Editors"))
    client.force_login(user)
    return user


def address(author, action="change"):
    return f"/admin/articles/author/{author.pk}/{action}/"


def with_link(author, url):
    values = {"purpose": "support", "service": "buymeacoffee", "url": url, "position": "0"}
    return author_form(
        author, **{f"links-0-{name}": value for name, value in values.items()} | {"links-TOTAL_FORMS": "1"}
    )


@pytest.mark.parametrize("linked", [False, True])
def test_an_editor_does_not_change_where_the_authors_money_goes(client, linked):
    author = AuthorFactory(account=UserFactory() if linked else None)
    AuthorLinkFactory(author=author)
    editor(client)

    seen = client.get(address(author))
    refused = client.post(address(author), with_link(author, "https://www.buymeacoffee.com/mallory"))
    deleted = client.post(address(author, "delete"), {"post": "yes"})

    assert (seen.status_code, refused.status_code, deleted.status_code) == (200, 403, 403)
    assert b'name="_save"' not in seen.content
    assert b"Only the owner of the site, and whoever logs in as this author" in seen.content
    assert [link.url for link in author.links.all()] == ["https://www.patreon.com/example"]


def test_nor_the_profile_of_a_colleague_who_logs_in_himself(client):
    AuthorFactory()
    colleague = AuthorFactory(account=UserFactory())
    editor(client)

    assert client.post(address(colleague), author_form(colleague, biography_0="x")).status_code == 403


def test_whoever_logs_in_as_an_author_changes_his_profile_and_not_whose_account_it_is(client):
    site = AuthorFactory()
    user = editor(client)
    author = AuthorFactory(account=user)
    form = with_link(author, "https://www.buymeacoffee.com/me")

    client.post(address(author), form | {"name": "Renamed", "is_site_author": "on", "account": ""})

    author.refresh_from_db()
    assert (author.name, author.account, author.is_site_author) == ("Renamed", user, False)
    assert [link.url for link in author.links.all()] == ["https://www.buymeacoffee.com/me"]
    assert Author.objects.site_author() == site


def test_an_owner_changes_every_author_and_says_who_logs_in_as_him(client):
    owner = writer(client)
    AuthorFactory(account=owner)
    author, user = AuthorFactory(), UserFactory()

    client.post(address(author), author_form(author, account=user.pk))

    author.refresh_from_db()
    assert author.account == user


def test_an_article_is_signed_by_the_author_of_the_account_that_writes_it(client):
    AuthorFactory(name="Site")
    own = AuthorFactory(name="Own", account=editor(client))

    form = client.get(ADD).context["adminform"].form
    _response, article = save(client, author=form["author"].value())

    assert article.author == own


def test_without_one_it_is_signed_by_the_sites_author(client):
    site = AuthorFactory()
    AuthorFactory(account=UserFactory())
    editor(client)

    assert client.get(ADD).context["adminform"].form["author"].value() == site.pk


def shows_author(client):
    root = fromstring(client.get(change(ArticleFactory(author=Author.objects.first()))).content.decode())
    return bool(root.xpath("//select[@name='author']"))


def test_the_sheet_says_whose_name_is_printed_once_there_are_several_accounts_or_authors(client):
    writer(client)
    AuthorFactory()
    alone = shows_author(client)

    colleague = UserFactory()
    with_colleague = shows_author(client)
    colleague.delete()
    AuthorFactory()

    assert (alone, with_colleague, shows_author(client)) == (False, True, True)


def new_account(client, **values):
    typed = {"username": "bea", "role": "Editors", "email": "bea@example.org"}
    return client.post("/admin/newsroom/user/add/", typed | values)


def test_a_new_account_comes_with_its_author(client):
    writer(client)
    AuthorFactory()

    proposed = client.get("/admin/newsroom/user/add/").context["adminform"].form["author"].value()
    new_account(client, first_name="Bea", last_name="Roy", author=proposed)

    author = User.objects.get(username="bea").author
    assert (author.name, author.slug, author.is_site_author) == ("Bea Roy", "bea-roy", False)


def test_a_new_account_may_be_that_of_an_author_who_is_there_but_not_the_sites(client):
    writer(client)
    site, free, taken = AuthorFactory(), AuthorFactory(), AuthorFactory(account=UserFactory())

    choices = client.get("/admin/newsroom/user/add/").context["adminform"].form.fields["author"].choices
    new_account(client, author=free.pk)

    assert {str(site.pk), str(taken.pk)}.isdisjoint(value for value, _label in choices)
    assert User.objects.get(username="bea").author == free


def test_who_only_moderates_becomes_no_author_unless_one_is_chosen(client):
    writer(client)
    _site, free = AuthorFactory(is_site_author=True), AuthorFactory()
    bea = {"role": "Moderators", "first_name": "Bea", "last_name": "Roy", "author": "new"}

    new_account(client, **bea)
    new_account(client, **bea | {"username": "lea", "author": free.pk})

    assert not Author.objects.filter(name="Bea Roy").exists()
    assert User.objects.get(username="lea").author == free


def test_no_login_name_becomes_an_authors_name(client):
    writer(client)

    response = new_account(client, author="new")

    assert "first_name" in response.context["adminform"].form.errors
    assert not User.objects.filter(username="bea").exists()
    assert not Author.objects.exists()


def test_what_is_added_to_an_author_or_a_dossier_is_called_by_its_name(client):
    writer(client)
    dossier = Dossier.objects.create(title="Sea", slug="sea", language="fr")
    User.objects.update(language="fr")
    asked = []
    for thing in (AuthorFactory(), dossier):
        page = fromstring(client.get(f"/admin/articles/{thing._meta.model_name}/{thing.pk}/change/").content)
        for told in page.xpath("//@data-inline-formset"):
            asked.append(json.loads(told)["options"]["addText"])

    assert asked == ["Ajouter un lien", "Ajouter un livre ou une œuvre", "Ajouter un volet"]
