"""Two tabs with one sheet of the desk: what only one of them changed is kept, and what both changed is asked."""

import pytest
from lxml.html import fromstring

from articles.models import Author, Dossier, DossierEntry
from newsroom.models import SiteIdentity
from tests.articles.desk import writer
from tests.factories import (
    ArticleFactory,
    AuthorFactory,
    AuthorLinkFactory,
    PageFactory,
    PhotoFactory,
    TagFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def sheet(response):
    """Return what a browser would send of the sheet in a response, as {name: [texts]}."""
    (form,) = fromstring(response.content.decode()).xpath("//form[contains(@id, '_form') and @method='post']")
    sent = {}
    for name, value in form.form_values():
        sent.setdefault(name, []).append(value.removeprefix("\n"))  # as in a browser
    return sent


def path_of(thing):
    return f"/admin/{thing._meta.app_label}/{thing._meta.model_name}/{thing.pk}/change/"


def tab(client, thing):
    """Open a sheet; return what sends it with some changes."""
    opened = sheet(client.get(path_of(thing)))
    return lambda **changes: client.post(path_of(thing), opened | changes | {"_continue": "1"})


def said(client):
    return [str(message) for message in client.get("/admin/").context["messages"]]


@pytest.fixture
def author(client):
    writer(client, first_name="Grace")
    return AuthorFactory(role={"fr": "Journaliste"}, biography={"fr": "Née à Lyon."}, account=None)


def test_what_only_the_other_tab_changed_is_kept(client, author):
    mine = tab(client, author)
    tab(client, author)(role_fr="Rédactrice")
    said(client)

    response = mine(biography_fr="Née à Lille.")

    author.refresh_from_db()
    assert response.status_code == 302
    assert (author.role["fr"], author.biography["fr"]) == ("Rédactrice", "Née à Lille.")
    assert said(client)[-1] == "Taken over from what was saved meanwhile: Role (Français)."


def test_what_both_changed_is_shown_and_saved_only_as_chosen(client, author):
    mine = tab(client, author)
    tab(client, author)(role_fr="La leur", name="Leur nom")

    refused = mine(role_fr="La mienne")
    page = fromstring(refused.content.decode())
    box = " ".join(page.find_class("conflict")[0].text_content().split())
    names = {(one.get("name"), one.get("value"), one.get("checked")) for one in page.xpath("//input[@type='radio']")}
    again = sheet(refused)
    undecided = client.post(path_of(author), again)

    author.refresh_from_db()
    assert (refused.status_code, undecided.status_code, author.role["fr"]) == (200, 200, "La leur")
    assert "Role (Français) Mine La mienne The other one La leur" in box
    assert "you, in another tab" in box
    assert names == {("_take-role_fr", "mine", None), ("_take-role_fr", "theirs", None)}
    assert (again["name"], again["role_fr"]) == (["Leur nom"], ["La mienne"])

    client.post(path_of(author), sheet(undecided) | {"_take-role_fr": "mine", "biography_fr": "Neuve."})
    author.refresh_from_db()
    assert (author.role["fr"], author.name, author.biography["fr"]) == ("La mienne", "Leur nom", "Neuve.")


def test_the_others_word_may_be_chosen(client, author):
    mine = tab(client, author)
    tab(client, author)(role_fr="La leur")
    refused = mine(role_fr="La mienne", biography_fr="Neuve.")

    client.post(path_of(author), sheet(refused) | {"_take-role_fr": "theirs"})

    author.refresh_from_db()
    assert (author.role["fr"], author.biography["fr"]) == ("La leur", "Neuve.")


def test_what_a_third_one_saved_after_the_question_is_asked_anew(client, author):
    mine = tab(client, author)
    tab(client, author)(role_fr="La leur")
    refused = mine(role_fr="La mienne")
    tab(client, author)(role_fr="Une troisième")

    asked = client.post(path_of(author), sheet(refused) | {"_take-role_fr": "mine"})

    author.refresh_from_db()
    assert (asked.status_code, author.role["fr"]) == (200, "Une troisième")
    assert "Une troisième" in asked.content.decode()


def test_what_both_typed_alike_and_what_is_refused_for_something_else_asks_nothing(client, author):
    ArticleFactory(author=author)  # so his address does not follow his name
    mine = tab(client, author)
    tab(client, author)(role_fr="Commune", name="Leur nom")

    refused = mine(role_fr="Commune", slug="")
    saved = client.post(path_of(author), sheet(refused) | {"slug": "neuf"})

    author.refresh_from_db()
    assert list(refused.context["adminform"].form.errors) == ["slug"]
    assert (saved.status_code, author.name, author.role["fr"], author.slug) == (302, "Leur nom", "Commune", "neuf")


def test_the_rows_of_a_sheet_are_told_apart_by_what_they_are_and_not_by_their_place(client, author):
    _first, second, third = (AuthorLinkFactory(author=author, position=place) for place in (1, 2, 3))
    mine = tab(client, author)
    tab(client, author)(
        **{"links-0-DELETE": "on", "links-1-label_fr": "Leur mot", "links-2-url": "https://www.patreon.com/a"}
    )

    response = mine(**{"links-1-url": "https://www.patreon.com/b", "links-2-label_fr": "Le mien"})

    assert response.status_code == 302
    assert [(link.pk, link.label["fr"], link.url) for link in author.links.order_by("pk")] == [
        (second.pk, "Leur mot", "https://www.patreon.com/b"),
        (third.pk, "Le mien", "https://www.patreon.com/a"),
    ]


def test_a_row_that_was_changed_here_and_deleted_there_stays(client, author):
    AuthorLinkFactory(author=author, label={"fr": "Ancien"})
    mine = tab(client, author)
    tab(client, author)(**{"links-0-DELETE": "on"})

    mine(**{"links-0-label_fr": "Le mien"})

    assert [link.label["fr"] for link in author.links.all()] == ["Le mien"]


def test_a_row_that_both_changed_is_asked(client, author):
    link = AuthorLinkFactory(author=author)
    mine = tab(client, author)
    tab(client, author)(**{"links-0-label_fr": "Leur mot"})

    refused = mine(**{"links-0-label_fr": "Le mien"})
    client.post(path_of(author), sheet(refused) | {"_take-links-0-label_fr": "theirs"})

    link.refresh_from_db()
    assert (refused.status_code, link.label["fr"]) == (200, "Leur mot")


def site():
    return SiteIdentity.load()


@pytest.mark.parametrize(
    ("thing", "theirs", "mine"),
    [
        (site, {"accent_hue": "190"}, {"tagline_fr": "Le mien"}),
        (TagFactory, {"description": "Leur texte."}, {"name": "Le mien"}),
        (PhotoFactory, {"decorative": "on", "focal_x": "0.25"}, {"credit": "Le mien"}),
        (UserFactory, {"last_name": "Hopper"}, {"first_name": "Grace"}),
    ],
)
def test_every_sheet_of_the_desk_is_so_kept(client, thing, theirs, mine):
    user = writer(client)
    thing = thing()
    thing.save()
    open_tab = tab(client, thing)
    assert tab(client, thing)(**theirs).status_code == 302

    response = open_tab(**mine)
    now = sheet(client.get(path_of(thing)))

    assert response.status_code == 302
    assert {name: now[name] for name in theirs | mine} == {name: [text] for name, text in (theirs | mine).items()}
    assert user.pk


def test_a_sheet_says_nothing_of_a_password(client):
    writer(client)
    user = UserFactory()

    assert user.password not in client.get(path_of(user)).content.decode()


@pytest.mark.parametrize(
    "read",
    ["", "null", "[]", "{", '{"rows": {"": 1}, "asked": []}', '{"rows": {"": {"name": 5}}, "asked": 3}', "[" * 100_000],
)
def test_what_no_sheet_wrote_protects_nothing_and_breaks_nothing(client, author, read):
    response = tab(client, author)(read=read, name="Neuf")

    assert response.status_code == 302
    assert Author.objects.get().name == "Neuf"


@pytest.mark.parametrize("factory", [ArticleFactory, PageFactory])
def test_articles_and_pages_are_kept_by_their_versions_alone(client, factory):
    writer(client)

    assert b'name="read"' not in client.get(path_of(factory())).content


def test_a_dossier_keeps_the_order_that_another_tab_gave_it(client):
    writer(client)
    dossier = Dossier.objects.create(language="fr", title="Un dossier", slug="un-dossier")
    for place, article in enumerate([ArticleFactory(), ArticleFactory()], start=1):
        DossierEntry.objects.create(dossier=dossier, article=article, position=place)
    mine = tab(client, dossier)
    tab(client, dossier)(**{"entries-0-position": "2", "entries-1-position": "1"})

    mine(description="Le mien.")

    dossier.refresh_from_db()
    assert dossier.description == "Le mien."
    assert list(dossier.entries.order_by("pk").values_list("position", flat=True)) == [2, 1]
