"""A photo on its row: what is made of it when, and what stands on a page meanwhile."""

import re
from collections import Counter

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.template import Context, Template

from articles import images
from articles.models import Photo
from newsroom import jobs
from newsroom.mail import send
from newsroom.models import OutgoingMail
from tests.articles.storage import bucket_server, on_disk_and_in_a_bucket, own_storage  # noqa: F401, fixtures
from tests.factories import PhotoFactory, picture

pytestmark = pytest.mark.django_db


def draw(photo, slot="lead"):
    return Template(f'{{% load photos %}}{{% picture photo "{slot}" %}}').render(Context({"photo": photo}))


def files_of(photo):
    stems = {entry["stem"] for entry in photo.renditions.values()}
    return {f"{images.FOLDER}{name}" for name in default_storage.listdir("renditions")[1] if name[:16] in stems}


def test_a_new_photo_can_be_shown_at_once():
    photo = PhotoFactory(large=True)

    assert {crop: entry["jpg"] for crop, entry in photo.renditions.items()} == {
        "whole": [800],
        "3x2": [800],
        "1x1": [320],
    }
    assert files_of(photo) == images.names(photo.renditions)
    assert re.search(
        r'<img src="[^"]*/media/renditions/\w{16}-3x2-800.jpg" width="800" height="533" alt="', draw(photo)
    )
    assert "<source" not in draw(photo)


@on_disk_and_in_a_bucket
def test_rendering_makes_what_the_plan_says():
    photo = PhotoFactory()

    photo.render()

    photo.refresh_from_db()
    assert photo.is_rendered
    assert files_of(photo) == images.names(photo.plan)


@on_disk_and_in_a_bucket
def test_an_interrupted_rendering_goes_on_where_it_stopped(monkeypatch):
    photo = PhotoFactory()
    encode = images.encode

    def break_off(image, suffix, **options):
        if image.width / image.height > 1.7:
            raise KeyboardInterrupt
        return encode(image, suffix, **options)

    monkeypatch.setattr(images, "encode", break_off)
    with pytest.raises(KeyboardInterrupt):
        photo.render()
    half = Photo.objects.get()
    monkeypatch.setattr(images, "encode", encode)

    assert {crop for crop in half.plan if half.renditions.get(crop) == half.plan[crop]} == {"whole", "3x2"}
    assert default_storage.exists(images.name_of(half.plan["3x2"], "3x2", 480, "avif"))
    half.render()
    assert Photo.objects.get().is_rendered


def test_a_mail_goes_between_two_files_of_a_photo_and_no_file_is_made_twice(monkeypatch):
    encoded, encode = Counter(), images.encode

    def count(image, suffix, **options):
        encoded[image.size, suffix] += 1
        return encode(image, suffix, **options)

    monkeypatch.setattr(images, "encode", count)
    photo = PhotoFactory(large=True)
    before, shown = files_of(photo), draw(photo)
    being_made = jobs.claim("here")
    send("reader@example.org", "sample", {"title": "T", "path": "/"})

    jobs.run(being_made)
    assert len(files_of(photo) - before) == 1
    assert draw(Photo.objects.get()) == shown  # for of a crop, readers are offered all widths or the first

    jobs.run(jobs.claim("here"))
    assert OutgoingMail.objects.get().state == OutgoingMail.State.SENT
    assert not Photo.objects.get().is_rendered

    jobs.run_pending()
    photo.refresh_from_db()
    assert photo.is_rendered
    assert files_of(photo) == images.names(photo.plan)
    assert encoded[(1200, 800), "avif"] == 2  # of the whole and of 3x2


def test_a_photo_that_takes_too_long_for_one_job_is_made_by_several(monkeypatch):
    monkeypatch.setattr("articles.models.photo.SHIFT", -1)
    photo = PhotoFactory()
    missing = images.names(photo.plan) - files_of(photo)

    assert jobs.run_pending() == len(missing) + 1
    photo.refresh_from_db()
    assert photo.is_rendered
    assert files_of(photo) == images.names(photo.plan)


@on_disk_and_in_a_bucket
def test_a_file_that_a_crash_left_half_written_is_made_again():
    photo = PhotoFactory()
    name = images.name_of(photo.plan["3x2"], "3x2", 480, "avif")
    default_storage.save(name, ContentFile(b"half"))

    photo.render()

    assert default_storage.size(name) > 100
    assert files_of(photo) == images.names(photo.plan)


@on_disk_and_in_a_bucket
def test_moving_the_focal_point_renames_only_what_it_changes():
    photo = PhotoFactory(original=ContentFile(picture(1600, 800), "x.jpg"))
    before = photo.plan

    photo.focal_x = 0.9

    changed = {crop for crop in before if before[crop] != photo.plan[crop]}
    assert changed == {"3x2", "16x9", "4x3", "1x1", "191x100"}


def test_a_small_picture_is_never_enlarged():
    photo = PhotoFactory(original=ContentFile(picture(500, 100), "x.jpg"))

    photo.render()

    assert photo.renditions["whole"]["avif"] == [320, 480]
    assert photo.renditions["1x1"]["jpg"] == [100]
    assert photo.renditions["191x100"]["jpg"] == [190]


@on_disk_and_in_a_bucket
def test_the_name_of_the_file_kept_tells_nothing():
    photo = PhotoFactory(original=ContentFile(picture(kind="PNG"), "../My house at 3 Acacia Lane.PNG"))

    assert re.fullmatch(r"\d{4}/\d\d/[0-9a-f]{16}(_\w+)?\.png", photo.original.name)


def test_a_picture_is_drawn_without_a_query(django_assert_num_queries):
    PhotoFactory(large=True).render()
    photo = Photo.objects.get()

    with django_assert_num_queries(0):
        html = draw(photo, "card")

    assert re.findall(r"(\d+)w", html.split('type="image/webp"')[0]) == ["320", "480", "640", "800", "1080"]
    assert 'alt=""' in html
    assert 'loading="lazy"' in html
    assert draw(photo, "lead").count('fetchpriority="high"') == 1


def test_a_decorative_photo_is_passed_over():
    assert 'alt=""' in draw(PhotoFactory(decorative=True), "text")
    assert 'alt="Un champ"' in draw(PhotoFactory(), "text")


def test_an_alternative_text_in_another_language_says_which():
    assert 'alt="A field" lang="en"' in draw(PhotoFactory(alt={"en": "A field"}), "text")


def test_no_photo_draws_nothing():
    assert draw(None).strip() == ""
