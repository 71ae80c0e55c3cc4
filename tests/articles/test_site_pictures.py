"""The pictures that stand for the whole site: its card, its icons, and what a phone is told of them."""

from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from lxml import html
from PIL import Image

from articles import cards, icons, photos
from articles.models import Dossier, DossierEntry
from newsroom import jobs
from newsroom.models import SiteIdentity
from tests.factories import ArticleFactory, AuthorFactory, PhotoFactory, TagFactory, picture

pytestmark = pytest.mark.django_db


def drawn(**facts):
    """Return the identity with these facts, its pictures made."""
    SiteIdentity(**{"name": "Le Relevé", "tagline": {"fr": "Des machines", "en": "Machines"}} | facts).save()
    jobs.run_pending()
    return SiteIdentity.load()


def opened(name):
    with default_storage.open(name) as file:
        return Image.open(BytesIO(file.read()))


def share_of(client, path):
    root = html.fromstring(client.get(path).content)
    return {
        meta.get("property") or meta.get("name"): meta.get("content")
        for meta in root.iter("meta")
        if (meta.get("property") or meta.get("name") or "").startswith(("og:image", "twitter:"))
    }


def test_every_list_is_shared_with_the_card_of_its_edition(client):
    identity = drawn()
    article = ArticleFactory(author=AuthorFactory(slug="ada"), photo=PhotoFactory())
    TagFactory(slug="ia")
    DossierEntry.objects.create(
        dossier=Dossier.objects.create(title="D", slug="d", language="fr"), article=article, position=1
    )

    for path in ("/", "/tag/ia/", "/author/ada/", "/dossier/d/", "/en/"):
        name = identity.pictures["card-en" if path == "/en/" else "card-fr"]
        assert share_of(client, path) == {
            "twitter:card": "summary_large_image",
            "og:image": f"http://testserver/media/{name}",
            "og:image:type": "image/png",
            "og:image:width": "1200",
            "og:image:height": "630",
            "og:image:alt": "Le Relevé",
        }
    assert opened(identity.pictures["card-fr"]).size == (1200, 630)
    assert identity.pictures["card-fr"] != identity.pictures["card-en"]


def test_an_article_is_shared_with_a_picture_of_its_own_or_else_the_sites(client):
    identity = drawn()
    ArticleFactory(slug="photo", photo=PhotoFactory(large=True))
    ArticleFactory(slug="none")

    assert share_of(client, "/photo/")["og:image:alt"] == "Un champ"
    assert share_of(client, "/none/")["og:image"] == f"http://testserver/media/{identity.pictures['card-fr']}"


@pytest.mark.parametrize("change", [{"name": "Another"}, {"tagline": {"fr": "Autre"}}, {"accent_hue": 145}])
def test_another_name_tagline_or_accent_is_another_card(client, change):
    before = drawn().pictures
    after = drawn(**change).pictures

    assert before["card-fr"] != after["card-fr"]
    assert (before["icon-180"] != after["icon-180"]) == ("tagline" not in change)
    assert share_of(client, "/")["og:image"].endswith(after["card-fr"])


def test_articles_without_a_photo_get_cards_of_the_new_name():
    drawn()
    plain, pictured, draft = (
        ArticleFactory(),
        ArticleFactory(photo=PhotoFactory(original=ContentFile(picture(600, 400), "x.jpg"))),
        ArticleFactory(published_at=None),
    )
    jobs.run_pending()
    plain.refresh_from_db()
    before = plain.card

    drawn(name="Le Contrepoids", accent_hue=200)

    for article in (plain, pictured, draft):
        article.refresh_from_db()
    assert plain.card == cards.name_of(plain.title, plain.language, "Le Contrepoids", 200) != before
    assert opened(plain.card).size == (1200, 630)
    assert (pictured.card, draft.card) == ("", "")


def test_saving_without_a_change_draws_nothing_again():
    before = drawn().pictures
    made = {name: default_storage.get_modified_time(name) for name in before.values()}

    assert drawn().pictures == before
    assert {name: default_storage.get_modified_time(name) for name in before.values()} == made


def test_icons_are_the_initials_on_the_accent(client):
    identity = drawn(accent_hue=145)

    root = html.fromstring(client.get("/").content)
    links = {link.get("rel"): link.get("href") for link in root.iter("link")}
    assert links["icon"] == f"/media/{identity.pictures['icon-48']}"
    assert links["apple-touch-icon"] == f"/media/{identity.pictures['icon-180']}"
    assert client.get("/favicon.ico").headers["Location"] == links["icon"]
    for size in (48, 180, 192, 512):
        icon = opened(identity.pictures[f"icon-{size}"])
        assert icon.size == (size, size)
        edge = icon.getpixel((size // 2, 1))
        assert f"#{edge[0]:02x}{edge[1]:02x}{edge[2]:02x}" == cards.accent(145)
        corner = icon.getpixel((0, 0))
        assert corner[3] == (0 if size == 48 else 255)


def test_a_logo_is_the_icon_whole_and_without_holes_for_home_screens():
    logo = picture(600, 300, "PNG", colour=(10, 20, 200))

    identity = drawn(logo=ContentFile(logo, "logo.png"))

    icon = opened(identity.pictures["icon-180"])
    assert icon.getpixel((90, 90)) == (10, 20, 200, 255)
    assert icon.getpixel((1, 90)) == (10, 20, 200, 255)
    assert icon.getpixel((90, 1)) == (252, 249, 244, 255)
    assert opened(identity.pictures["icon-48"]).getpixel((24, 1))[3] == 0


@pytest.mark.parametrize(
    "content", [b"", b"no picture", picture(9, 9)[:200], b"<svg xmlns='http://www.w3.org/2000/svg'/>"]
)
def test_a_logo_that_is_no_picture_leaves_the_initials(content):
    without = drawn().pictures

    assert drawn(logo=ContentFile(content, "logo.png")).pictures == without


def test_a_site_whose_letters_our_type_lacks_keeps_the_plain_icon(client):
    identity = drawn(name="Газета", tagline={})

    assert identity.pictures == {}
    root = html.fromstring(client.get("/").content)
    assert root.xpath("//link[@rel='icon']/@href") == ["/static/favicon.svg"]
    assert root.xpath("//link[@rel='apple-touch-icon']") == []
    assert client.get("/site.webmanifest").json()["name"] == "Газета"
    assert client.get("/favicon.ico").headers["Location"] == "/static/favicon.ico"


@pytest.mark.parametrize(
    ("name", "letters"), [("Contrepoids", "C"), ("Le Relevé", "LR"), ("« The » Daily News", "TN"), ("!", "")]
)
def test_the_initials_are_those_of_the_first_word_and_the_last(name, letters):
    assert SiteIdentity(name=name).initials == letters


def test_a_phone_is_told_what_the_site_is(client):
    identity = drawn()

    response = client.get("/en/site.webmanifest")

    assert response["Content-Type"] == "application/manifest+json"
    assert "public" in response["Cache-Control"]
    data = response.json()
    assert [icon["sizes"] for icon in data["icons"]] == ["192x192", "512x512"]
    assert data.pop("icons")[0]["src"] == f"/media/{identity.pictures['icon-192']}"
    assert data == {
        "id": "/en/",
        "name": "Le Relevé",
        "short_name": "Le Relevé",
        "description": "Machines",
        "lang": "en",
        "dir": "ltr",
        "start_url": "/en/",
        "scope": "/en/",
        "display": "minimal-ui",
        "background_color": "#fcf9f4",
        "theme_color": "#fcf9f4",
    }


def test_pictures_that_were_replaced_go_and_those_in_use_stay(monkeypatch):
    old = drawn().pictures
    new = drawn(name="Another").pictures
    monkeypatch.setattr(photos, "KEPT", photos.KEPT * 0)

    photos.remove_unused_files()

    assert all(default_storage.exists(name) for name in new.values())
    assert not any(default_storage.exists(name) for name in set(old.values()) - set(new.values()))


@pytest.mark.parametrize("name", ["x", "W" * 60, "Un nom de soixante signes en tout, avec assez de mots pour x"])
@pytest.mark.parametrize("tagline", ["", "mot " * 30, "W" * 120])
def test_any_name_can_be_drawn(name, tagline):
    assert cards.draw_site(name, tagline, "fr", 28).startswith(b"\x89PNG")
    assert icons.from_initials("WW", 28, 48).startswith(b"\x89PNG")


def test_a_first_visit_of_an_article_does_not_fetch_what_a_home_screen_needs(client):
    ArticleFactory(slug="a")

    named = {
        path: html.fromstring(client.get(path).content).xpath("//link[@rel='manifest']/@href") for path in ("/", "/a/")
    }

    assert named == {"/": ["/site.webmanifest"], "/a/": []}
