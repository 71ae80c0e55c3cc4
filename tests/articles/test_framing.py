"""A photo that is turned and cut: what is made of it, what follows it, and the sheet where that is said."""

import shutil
from dataclasses import astuple
from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.urls import reverse
from PIL import Image, ImageChops, ImageStat

from articles import decoder, images, uploads
from articles.framing import Framing
from articles.models import Article, Photo
from newsroom import jobs
from tests.articles.storage import bucket_server, on_disk_and_in_a_bucket, own_storage  # noqa: F401, fixtures
from tests.articles.test_photo_desk import desk, fields  # noqa: F401, fixture
from tests.articles.test_uploads import corners, corners_of, exif, saved
from tests.factories import ArticleFactory, PhotoFactory, UserFactory, picture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
SUNSET = Path(__file__).parents[2] / "demo" / "photos" / "sunset.jpg"


def shown(photo, crop="whole", width=480):
    """Return the image that readers get of a photo."""
    with default_storage.open(images.name_of(photo.renditions[crop], crop, width, "jpg")) as file:
        return Image.open(BytesIO(file.read())).convert("RGB")


def original_of(photo):
    with storages["originals"].open(photo.original.name) as file:
        return file.read()


def differs(one, other):
    """Return by how much two images differ at the mean, in parts of 255."""
    other = other.convert("RGB").resize(one.size)
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


# What is shown


@pytest.mark.parametrize(
    ("turns", "seen"),
    [
        (0, ["red", "lime", "blue", "white"]),
        (1, ["blue", "red", "white", "lime"]),
        (2, ["white", "blue", "lime", "red"]),
        (3, ["lime", "white", "red", "blue"]),
    ],
)
@pytest.mark.parametrize("orientation", [1, 6])
def test_a_picture_is_turned_to_the_right_by_quarters(turns, seen, orientation):
    stored = corners().transpose(Image.Transpose.ROTATE_90) if orientation == 6 else corners()

    found = uploads.read(BytesIO(saved(stored, "PNG", exif=exif(orientation))), Framing(turns))

    assert corners_of(found.image) == seen
    assert (found.width, found.height) == found.image.size == ((80, 120) if turns % 2 else (120, 80))


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_cut_as_it_stands_when_turned(orientation, kind):
    """What lies turned to the right, without its right half: the lower half of the upright picture, its left end above."""
    back = {6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
    turn = back.get(orientation, decoder.TURNS.get(orientation))
    stored = corners() if turn is None else corners().transpose(turn)
    file = BytesIO(saved(stored, kind, exif=exif(orientation)))

    found = uploads.read(file, Framing(1, right=50))
    left_end = uploads.read(file, Framing(1, top=0, bottom=75, right=50))

    assert (found.width, found.height) == found.image.size == (40, 120)
    assert corners_of(found.image) == ["blue", "blue", "white", "white"]
    assert (left_end.width, left_end.height) == left_end.image.size == (40, 30)
    assert set(corners_of(left_end.image)) == {"blue"}


def test_a_small_part_of_a_large_picture_is_as_sharp_as_the_file_has_it():
    file = Image.effect_noise((6000, 4000), 80).convert("RGB")

    found = uploads.read(BytesIO(saved(file, "JPEG", quality=95)), Framing(0, left=40, top=40, right=40, bottom=40))

    assert (found.width, found.height) == found.image.size == (1200, 800)
    assert differs(found.image, file.crop((2400, 1600, 3600, 2400))) < 4


@pytest.mark.parametrize("framing", [Framing(), Framing(1, 10, 20, 30, 5), Framing(2, 0, 0, 50, 0), Framing(3, 0, 7)])
def test_a_point_stays_on_what_it_was_set_on(framing):
    point = framing.point_in_file((0.25, 0.75))

    assert framing.point_shown(point) == pytest.approx((0.25, 0.75))
    assert framing.turned(1).point_shown(point) == pytest.approx((0.25, 0.25))
    assert framing.turned(3).point_shown(point) == pytest.approx((0.75, 0.75))
    assert framing.turned(1).turned(3) == framing


def test_a_photograph_that_lies_on_its_side_stands_upright_everywhere(client):
    with Image.open(SUNSET) as file:
        upright = file.convert("RGB")
    lying = saved(upright.transpose(Image.Transpose.ROTATE_90), "JPEG", quality=92)
    photo = PhotoFactory(original=ContentFile(lying, "x.jpg"))
    figure = f'<p>A.</p><figure data-photo="{photo.pk}"></figure>'
    ArticleFactory(slug="soir", photo=photo, body=figure)
    jobs.run_pending()
    before = [client.get(path).content.decode() for path in ("/soir/", "/feed/", "/")]
    photo.refresh_from_db()
    lying_size, stems = (photo.width, photo.height), {entry["stem"] for entry in photo.renditions.values()}

    photo.frame(Framing(1))
    photo.save()
    at_once = shown(Photo.objects.get(), width=800)
    jobs.run_pending()

    now = Photo.objects.get()
    assert (now.width, now.height) == lying_size[::-1] == upright.size
    assert now.is_rendered
    assert differs(at_once, upright) < 6 < differs(at_once, upright.transpose(Image.Transpose.ROTATE_180))
    assert differs(shown(now), upright) < 6
    new = {entry["stem"] for entry in now.renditions.values()}
    after = [client.get(path).content.decode() for path in ("/soir/", "/feed/", "/")]
    assert [any(stem in page for stem in stems) for page in before + after] == [True] * 3 + [False] * 3
    assert [any(stem in page for stem in new) for page in after] == [True] * 3


def test_a_picture_on_its_head_is_no_file_of_the_upright_one():
    photo = PhotoFactory(original=ContentFile(saved(corners().resize((1200, 800), 0), "PNG"), "x.png"))
    jobs.run_pending()
    before = Photo.objects.get().renditions

    photo.frame(Framing(2))
    photo.save()
    jobs.run_pending()
    now = Photo.objects.get()

    assert corners_of(shown(now)) == ["white", "blue", "lime", "red"]
    assert images.names(now.renditions).isdisjoint(images.names(before))


def test_what_is_cut_off_is_in_no_file_that_is_made_and_comes_back():
    photo = PhotoFactory(original=ContentFile(saved(corners().resize((1200, 800), 0), "PNG"), "x.png"))
    jobs.run_pending()
    before = Photo.objects.get().renditions

    photo.frame(Framing(0, right=50, bottom=50))
    photo.save()
    jobs.run_pending()
    now = Photo.objects.get()

    assert (now.width, now.height, now.colour) == (600, 400, "#ff0000")
    for crop, entry in now.renditions.items():
        assert set(corners_of(shown(now, crop, entry["jpg"][0]))) == {"red"}, crop
    assert images.names(now.renditions).isdisjoint(images.names(before))

    now.frame(Framing())
    now.save()
    jobs.run_pending()
    assert Photo.objects.get().renditions == before


def test_the_focal_point_moves_along_and_one_never_set_stays_in_the_middle():
    photo, unset = PhotoFactory(focal_x=0.8, focal_y=0.5), PhotoFactory()
    for one in (photo, unset):
        one.frame(Framing(0, left=60))
        one.save()
    assert (photo.focal_x, photo.focal_y) == (0.5, 0.5)
    assert (unset.focal_x, unset.focal_y) == (0.5, 0.5)

    photo.focal_x = 0.1
    photo.frame(photo.framing.turned(1))

    assert photo.framing == Framing(1, top=60)
    assert (photo.focal_x, photo.focal_y) == (0.5, 0.1)
    photo.frame(Framing(1, top=80))
    assert (photo.focal_x, photo.focal_y) == (0.5, 0), "it was cut off: the nearest there is"


def test_a_picture_made_before_it_was_framed_anew_takes_no_place_of_a_newer_one():
    photo = PhotoFactory()
    slow = Photo.objects.get()
    photo.frame(Framing(1))
    photo.save()
    jobs.run_pending()

    slow.render()

    assert Photo.objects.get().is_rendered


@on_disk_and_in_a_bucket
def test_a_cut_photo_too_small_to_be_shared_gives_way_to_a_card():
    photo = PhotoFactory(large=True)
    ArticleFactory(photo=photo)
    jobs.run_pending()

    photo.frame(Framing(0, left=60))
    photo.save()
    jobs.run_pending()

    assert Article.objects.get().sharing_picture["type"] == "image/png"


# The sheet


def edges(**lost):
    return {f"cut_{edge}": lost.get(edge, "") for edge in ("left", "top", "right", "bottom")}


def test_the_sheet_turns_and_cuts_and_stays_where_that_is_seen(desk):  # noqa: F811
    photo = PhotoFactory(original=ContentFile(picture(900, 400), "x.jpg"))
    address = reverse("admin:articles_photo_change", args=[photo.pk])
    original = original_of(photo)

    cut = desk.post(address, fields(photo, **edges(left="10", top="5.5"), _cut="1", credit="Ada"))
    now = Photo.objects.get()
    assert (cut.status_code, cut.url) == (302, f"{address}#framing")
    assert (now.framing, now.width, now.height, now.credit) == (Framing(0, 10, 5.5), 810, 378, "Ada")

    turned = desk.post(address, fields(now, **edges(left="10", top="5.5"), _turn="3"))
    now = Photo.objects.get()
    assert turned.url == cut.url
    assert (now.framing, now.width, now.height) == (Framing(3, left=5.5, bottom=10), 378, 810)
    said = desk.get(reverse("admin:articles_photo_history", args=[photo.pk])).content.decode()
    assert "Changed Rotation" in said or "Changed rotation" in said

    desk.post(address, fields(now, **edges(), _turn="1"))
    now = Photo.objects.get()
    assert (now.framing, now.width, now.height) == (Framing(), 900, 400)
    assert original_of(now) == original


def test_a_form_that_says_nothing_of_it_leaves_a_photo_framed_as_it_is(desk):  # noqa: F811
    photo = PhotoFactory()
    photo.frame(Framing(1, left=20))
    photo.save()
    jobs.run_pending()
    before = Photo.objects.get().renditions

    desk.post(reverse("admin:articles_photo_change", args=[photo.pk]), fields(photo, credit="Ada"))

    now = Photo.objects.get()
    assert (now.framing, now.credit, now.renditions) == (Framing(1, left=20), "Ada", before)


@pytest.mark.parametrize(
    ("lost", "wrong"),
    [
        ({"left": "60", "right": "31"}, ["cut_right"]),
        ({"top": "50", "bottom": "50"}, ["cut_bottom"]),
        ({"left": "91"}, ["cut_left"]),
        ({"top": "-1"}, ["cut_top"]),
        ({"left": "nan"}, ["cut_left"]),
        ({"top": "45", "bottom": "44"}, ["cut_bottom"]),
        ({"left": "45", "right": "45"}, []),
    ],
)
def test_what_would_leave_nothing_to_see_is_refused_at_its_field(desk, lost, wrong):  # noqa: F811
    photo = PhotoFactory(original=ContentFile(picture(1200, 300), "x.jpg"))

    answer = desk.post(
        reverse("admin:articles_photo_change", args=[photo.pk]), fields(photo, **edges(**lost), credit="Ada")
    )

    assert list(answer.context["adminform"].form.errors if answer.context else []) == wrong
    assert astuple(Photo.objects.get().framing) == ((0, 45, 0, 45, 0) if not wrong else (0, 0, 0, 0, 0))


def test_a_new_file_is_shown_whole(desk):  # noqa: F811
    photo = PhotoFactory()
    photo.frame(Framing(1, left=20))
    photo.save()
    new = ContentFile(picture(640, 480), "new.jpg")

    desk.post(
        reverse("admin:articles_photo_change", args=[photo.pk]),
        fields(photo, **edges(left="20"), original=new),
    )

    now = Photo.objects.get()
    assert (now.framing, now.width, now.height) == (Framing(), 640, 480)


def test_what_was_cut_off_is_shown_to_the_desk_alone(desk, client):  # noqa: F811
    photo = PhotoFactory(original=ContentFile(saved(corners().resize((1200, 800), 0), "PNG"), "x.png"))
    photo.frame(Framing(1, left=50))
    photo.save()
    address = reverse("admin:articles_photo_uncut", args=[photo.pk])

    answer = desk.get(address)

    assert answer["Content-Type"] == "image/jpeg"
    assert "private" in answer["Cache-Control"]
    seen = Image.open(BytesIO(answer.content))
    assert (seen.size, corners_of(seen)) == ((800, 1200), ["blue", "red", "white", "lime"])
    client.force_login(UserFactory(is_staff=True))
    assert client.get(address).status_code == 403
    client.logout()
    assert client.get(address).status_code == 302


def test_while_the_original_cannot_be_read_nothing_is_changed():
    photo = PhotoFactory()
    shutil.rmtree(storages["originals"].location)
    photo.frame(Framing(1))

    with pytest.raises(ValidationError) as refused:
        photo.save()

    assert refused.value.code == "unkept"
    assert Photo.objects.get().framing == Framing()
