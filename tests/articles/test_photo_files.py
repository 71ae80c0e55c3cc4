"""What stays in the storages: everything that is used, and nothing else."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.core.management import call_command
from PIL import Image

from articles import cards, images, photos
from articles.models import Article, Photo
from articles.models.photo import forget_files
from newsroom import jobs
from newsroom.models import SiteIdentity
from tests.articles.storage import bucket_server, on_disk_and_in_a_bucket, own_storage  # noqa: F401, fixtures
from tests.factories import ArticleFactory, PhotoFactory, picture

pytestmark = pytest.mark.django_db


def forget_time(monkeypatch):
    monkeypatch.setattr(photos, "KEPT", -timedelta(seconds=60))


@on_disk_and_in_a_bucket
def test_what_nothing_uses_is_removed_and_the_rest_stays(monkeypatch):
    photo, article = PhotoFactory(), ArticleFactory()
    jobs.run_pending()
    photo.refresh_from_db(), article.refresh_from_db()
    kept = {*images.names(photo.renditions), article.card}
    for stray in ("renditions/0000-3x2-320.avif", "cards/0000.png", "identity/logo.png"):
        default_storage.save(stray, ContentFile(b"x"))
    storages["originals"].save("2020/01/stray.jpg", ContentFile(b"x"))

    assert photos.remove_unused_files() == 0  # they are too young
    forget_time(monkeypatch)
    assert photos.remove_unused_files() == 2
    assert storages["originals"].listdir("2020/01")[1] == ["stray.jpg"], "nothing can make it again"
    assert photos.remove_unused_files(originals_too=True) == 1

    assert [name for name in kept if not default_storage.exists(name)] == []
    assert default_storage.exists("identity/logo.png")
    assert storages["originals"].exists(photo.original.name)
    assert storages["originals"].listdir("2020/01")[1] == []


@on_disk_and_in_a_bucket
def test_an_empty_site_has_nothing_to_remove():
    assert photos.remove_unused_files() == 0


@on_disk_and_in_a_bucket
def test_every_night_repairs_what_broke_off():
    photo = PhotoFactory()
    jobs.DBTaskResult.objects.all().delete()

    photos.tidy.enqueue()

    assert jobs.run_pending() == 2
    assert Photo.objects.get(pk=photo.pk).is_rendered


@on_disk_and_in_a_bucket
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("repair", [lambda: call_command("render_photos"), lambda: night()])
def test_files_that_were_lost_are_made_again(repair):
    photo = PhotoFactory()
    whole = PhotoFactory(original=ContentFile(picture(400, 300), "x.jpg"))
    jobs.run_pending()
    photo.refresh_from_db()
    lost = [images.name_of(photo.plan["3x2"], "3x2", 480, kind) for kind in ("avif", "jpg")]
    kept = images.name_of(photo.plan["3x2"], "3x2", 320, "webp")
    made = default_storage.get_modified_time(kept)
    for name in [*lost, *images.names(whole.plan)]:
        default_storage.delete(name)

    repair()

    assert [
        name for name in images.names(photo.plan) | images.names(whole.plan) if not default_storage.exists(name)
    ] == []
    assert all(photo.is_rendered for photo in Photo.objects.all())
    assert default_storage.get_modified_time(kept) == made, "what was there stays as it is"


def night():
    photos.tidy.enqueue()
    jobs.run_pending()


@on_disk_and_in_a_bucket
def test_looking_for_lost_files_asks_for_none_that_is_there(monkeypatch):
    PhotoFactory(), PhotoFactory()
    jobs.run_pending()
    asked = []
    kind = type(default_storage._wrapped)
    exists = kind.exists
    monkeypatch.setattr(kind, "exists", lambda storage, name: asked.append(name) or exists(storage, name))

    photos.forget_lost_files()

    assert asked == []
    assert all(photo.is_rendered for photo in Photo.objects.all())


@on_disk_and_in_a_bucket
def test_a_file_made_since_the_listing_is_not_lost():
    photo = PhotoFactory()
    jobs.run_pending()
    photo.refresh_from_db()

    photo.forget_lost(there=set())

    assert Photo.objects.get().is_rendered


@pytest.mark.django_db(transaction=True)
def test_the_command_renders_what_is_missing_and_says_how_many(capsys):
    for width in (400, 500):
        PhotoFactory(original=ContentFile(picture(width, 300), "x.jpg"))

    call_command("render_photos")
    call_command("render_photos")

    assert all(photo.is_rendered for photo in Photo.objects.all())
    assert capsys.readouterr().out.splitlines() == [
        "2 photos rendered, 0 failed, 0 unused files removed",
        "0 photos rendered, 0 failed, 0 unused files removed",
    ]


@pytest.mark.django_db(transaction=True)
def test_on_a_terminal_the_command_shows_how_far_it_is():
    for width in (400, 500):
        PhotoFactory(original=ContentFile(picture(width, 300), "x.jpg"))
    terminal = StringIO()
    terminal.isatty = lambda: True

    call_command("render_photos", jobs=2, stdout=terminal)

    assert terminal.getvalue().split("\r") == [
        "",
        f"{'█' * 15}{'░' * 15} 1/2",
        f"{'█' * 30} 2/2\n2 photos rendered, 0 failed, 0 unused files removed\n",
    ]


@on_disk_and_in_a_bucket
@pytest.mark.django_db(transaction=True)
def test_the_command_names_a_photo_whose_file_is_lost(capsys):
    photo = PhotoFactory()
    storages["originals"].delete(photo.original.name)

    with pytest.raises(SystemExit):
        call_command("render_photos", "--all")

    said = capsys.readouterr()
    assert f"photo {photo.pk}: " in said.err
    assert said.out == "0 photos rendered, 1 failed, 0 unused files removed\n"


# What other sites show


@on_disk_and_in_a_bucket
def test_an_article_without_a_photo_is_shared_with_its_title_drawn():
    article = ArticleFactory(title="L’énergie : une facture")
    assert article.sharing_picture is None
    jobs.run_pending()

    article = Article.objects.get()
    shared = article.sharing_picture
    with default_storage.open(article.card) as file, Image.open(file) as card:
        assert card.size == (shared["width"], shared["height"]) == (1200, 630)
        assert card.format == "PNG"
        assert len(card.convert("RGB").getcolors(9999)) > 20
    assert shared["url"].endswith(f"/media/{article.card}")


def test_an_article_with_a_photo_is_shared_with_its_crop():
    article = ArticleFactory(photo=PhotoFactory(original=ContentFile(picture(2000, 1500), "x.jpg")))
    jobs.run_pending()

    article = Article.objects.get()
    assert article.card == ""
    shared = article.sharing_picture
    assert (shared["width"], shared["height"], shared["type"]) == (1200, 630, "image/jpeg")


def test_another_title_or_accent_is_another_picture():
    names = set()
    for change in (
        lambda a: None,
        lambda a: setattr(a, "title", "Another"),
        lambda a: SiteIdentity(accent_hue=145).save(),
    ):
        article = Article.objects.first() or ArticleFactory()
        change(article)
        article.save()
        jobs.run_pending()
        names.add(Article.objects.get().card)

    assert len(names) == 3


def test_a_draft_has_no_card():
    ArticleFactory(published_at=None)
    jobs.run_pending()

    assert Article.objects.get().card == ""


def test_a_script_that_our_type_lacks_draws_no_card():
    assert cards.draw("Заголовок", "en", "Site", 28) is None
    assert cards.draw("Title", "en", "Газета", 28) is None


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("C’est gagné 🎉 !", "C’est gagné !"),
        ("👩🏽‍🚀 En orbite ❤️", "En orbite"),
        ("Étape 1️⃣", "Étape 1"),
        ("Cafe\u0301 🇫🇷", "Café"),
        ("🎉", ""),
    ],
)
def test_a_sign_that_our_type_lacks_is_left_out(title, plain):
    assert cards.draw(title, "fr", "Site 🎉", 28) == cards.draw(plain, "fr", "Site", 28)


@on_disk_and_in_a_bucket
@pytest.mark.parametrize("title", ["Nouveau 🎉", "Заголовок"])
def test_no_card_keeps_an_older_title(title):
    article = ArticleFactory(title="Ancien")
    jobs.run_pending()
    old = Article.objects.get().card

    article = Article.objects.get()
    article.title = title
    article.save()
    jobs.run_pending()

    name = cards.name_of(title, "fr", SiteIdentity.load().name, SiteIdentity.load().accent_hue)
    assert old
    assert Article.objects.get().card == (name if cards.can_write(cards.without_lacking_signs(title)) else "")


@pytest.mark.parametrize("size", [(599, 900), (900, 314), (600, 315)])
def test_a_picture_too_small_to_be_shared_gives_way_to_a_card(client, size):
    article = ArticleFactory(slug="a", photo=PhotoFactory(original=ContentFile(picture(*size), "x.jpg")))
    jobs.run_pending()

    article = Article.objects.get()
    large = size == (600, 315)
    assert (article.card == "") == large
    assert [*Article.objects.for_drawn_cards()] == ([] if large else [article])
    shared = article.sharing_picture
    assert (shared["width"], shared["height"]) == ((600, 315) if large else (1200, 630))
    said = f'<meta property="og:image:alt" content="{"Un champ" if large else article.title}">'
    assert said in client.get("/a/").content.decode()


def test_a_smaller_file_in_the_place_of_a_photo_has_the_card_drawn():
    photo = PhotoFactory(large=True)
    ArticleFactory(photo=photo)
    jobs.run_pending()
    assert Article.objects.get().card == ""

    photo.original = ContentFile(picture(320, 240), "x.jpg")
    photo.save()
    jobs.run_pending()

    assert Article.objects.get().sharing_picture["type"] == "image/png"


@pytest.mark.parametrize("title", ["", "x", "word " * 40, "w" * 200])
def test_any_title_can_be_drawn(title):
    assert cards.draw(title, "fr", "Site", 28).startswith(b"\x89PNG")


@on_disk_and_in_a_bucket
def test_a_job_that_runs_twice_takes_nothing_from_the_same_file_uploaded_again():
    photo = PhotoFactory()
    name, digest = photo.original.name, photo.digest
    photo.delete()
    jobs.run_pending()
    again = PhotoFactory()
    assert again.original.name == name

    forget_files.func(name, sorted(images.names(again.renditions)), digest)

    assert storages["originals"].exists(name)


def test_a_picture_drawn_around_an_older_focal_point_takes_no_place_of_a_newer_one():
    photo = PhotoFactory()
    slow = Photo.objects.get()
    photo.focal_x, photo.focal_y = 0, 0
    photo.save()
    jobs.run_pending()

    slow.render()

    assert Photo.objects.get().is_rendered


@on_disk_and_in_a_bucket
def test_what_a_name_says_never_changes():
    photo = PhotoFactory()
    first = {name: bytes_of(name) for name in images.names(photo.renditions)}

    jobs.run_pending()

    assert {name: bytes_of(name) for name in first} == first


def bytes_of(name):
    with default_storage.open(name) as file:
        return file.read()
