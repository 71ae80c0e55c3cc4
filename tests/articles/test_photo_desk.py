"""The photo library at the desk: adding, finding, describing, replacing, and what may not be deleted."""

import re
import time
from datetime import timedelta
from importlib import import_module
from pkgutil import iter_modules

import pytest
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from lxml import html

from articles import alt_text, images, migrations, photos
from articles.body import GROUPS
from articles.models import Page, Photo
from newsroom import env, jobs
from tests.articles.storage import bucket_server, on_disk_and_in_a_bucket, own_storage  # noqa: F401, fixtures
from tests.articles.test_uploads import DAMAGE, SECRET, corners, damaged, exif, metadata_of, saved
from tests.factories import ArticleFactory, AuthorFactory, PageFactory, PhotoFactory, UserFactory, picture
from tests.mail_server import free_port

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def desk(client):
    client.force_login(UserFactory(is_superuser=True, language="en"))
    return client


def upload(desk, data, name="photo.jpg", **words):
    return desk.post(reverse("admin:articles_photo_upload"), {"file": SimpleUploadedFile(name, data), **words})


def fields(photo, **changes):
    values = {"focal_x": photo.focal_x, "focal_y": photo.focal_y, "title": photo.title, "credit": photo.credit}
    return values | {"alt_fr": "Un champ", "alt_en": "A field"} | changes


# Adding


DESCRIBED = "The file describes itself: “A quiet street”. Readers do not see this; say it in the caption if they may."


@pytest.mark.parametrize("name", ["add", "upload"])
def test_how_a_file_describes_itself_is_said_at_the_desk_and_to_no_reader(desk, name):
    file = SimpleUploadedFile("a.jpg", saved(corners(), exif=exif()))
    field = "original" if name == "add" else "file"

    page = desk.post(reverse(f"admin:articles_photo_{name}"), {field: file, "_form": "1"}, follow=True)

    assert any(DESCRIBED in str(message) for message in page.context["messages"])
    assert Photo.objects.get().caption == {}


@on_disk_and_in_a_bucket
def test_a_dropped_file_is_in_the_library_with_what_it_says_of_itself(desk):
    answer = upload(desk, saved(corners(), exif=exif()), "Street.JPG").json()

    photo = Photo.objects.get()
    assert (photo.title, photo.credit, photo.caption, str(photo.taken_on)) == (
        "Street",
        "Ada Lovelace",
        {},
        "2024-05-06",
    )
    assert photo.added_by.is_superuser
    assert answer["id"] == photo.pk
    assert default_storage.exists(answer["thumb"].split("/media/")[1])
    assert (answer["whole"]["width"], answer["whole"]["height"]) == (120, 80)
    assert (answer["alt"], answer["notice"]) == ("", DESCRIBED)


def test_the_same_file_dropped_twice_is_one_photo_until_both_are_wanted(desk):
    first, second = (upload(desk, picture(), name).json() for name in ("a {b}.jpg", "c.jpg"))
    third = upload(desk, picture(), "d.jpg", again="1").json()

    assert (first["new"], first["notice"]) == (True, "")
    assert (second["new"], second["id"], second["url"]) == (False, first["id"], first["url"])
    assert second["notice"] == "It is in the library already, as “a {b}”: no second one was made."
    assert (third["new"], third["title"]) == (True, "d")
    assert set(Photo.objects.values_list("pk", flat=True)) == {first["id"], third["id"]}


def test_the_form_names_the_photo_that_a_file_is_already_and_keeps_both_when_asked(desk):
    known = PhotoFactory(large=True, title="<Field>")
    other = PhotoFactory(original=ContentFile(picture(300, 200), "x.jpg"))
    addresses = (
        reverse("admin:articles_photo_add"),
        reverse("admin:articles_photo_change", args=[other.pk]),
    )

    def send(address, **changes):
        file = SimpleUploadedFile("again.jpg", picture())
        return desk.post(address, fields(other, original=file, **changes))

    for address in addresses:
        page = html.fromstring(send(address).content)
        said = page.xpath("//ul[contains(@class, 'errorlist')]/li")[0]
        assert said.text_content().startswith("This file is in the library already: <Field>. Use that one")
        assert said.xpath("a/@href") == [reverse("admin:articles_photo_change", args=[known.pk])]
        assert page.xpath("//input[@name='again']/@type") == ["checkbox"]
    assert Photo.objects.filter(digest=known.digest).count() == 1

    for address in addresses:
        assert send(address, again="on").status_code == 302
    assert Photo.objects.filter(digest=known.digest).count() == 3


def test_a_photo_s_own_file_may_be_sent_again(desk):
    photo = PhotoFactory()
    changes = fields(photo, original=SimpleUploadedFile("again.jpg", picture()))

    assert desk.post(reverse("admin:articles_photo_change", args=[photo.pk]), changes).status_code == 302


def test_a_name_that_would_be_read_as_another_loses_what_turns_it(desk):
    assert upload(desk, picture(), "my \u202egpj\u200b.jpg").json()["title"] == "my gpj"


def test_what_cannot_be_used_is_answered_with_a_sentence(desk):
    answer = upload(desk, b"plain words")

    assert (answer.status_code, answer.json()) == (
        400,
        {"error": "This is not a picture the site can read. Add a JPEG, PNG, WebP, AVIF, HEIC, TIFF or GIF file."},
    )
    assert desk.post(reverse("admin:articles_photo_upload")).status_code == 400
    assert not Photo.objects.exists()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_damaged_file_that_arrives_is_refused_with_a_sentence_or_kept_clean(desk):
    @settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
    @given(**DAMAGE)
    def send(**damage):
        answer = upload(desk, damaged(**damage), "photo")
        assert (answer.status_code, "error" in answer.json()) in [(200, False), (400, True)]

    send()

    files = {name: bytes_of(name) for photo in Photo.objects.all() for name in images.names(photo.renditions)}
    assert len(files) > 3
    assert [name for name, data in files.items() if metadata_of(data) or SECRET in data] == []


def bytes_of(name):
    with default_storage.open(name) as file:
        return file.read()


def test_without_a_script_the_form_adds_several_and_names_those_refused_or_known(desk):
    files = [
        SimpleUploadedFile("a.jpg", picture()),
        SimpleUploadedFile("b.jpg", b""),
        SimpleUploadedFile("c.jpg", b"x"),
        SimpleUploadedFile("<d>.jpg", picture()),
    ]

    page = desk.post(reverse("admin:articles_photo_upload"), {"_form": "1", "file": files}, follow=True)

    assert Photo.objects.count() == 1
    said = [str(message) for message in page.context["messages"]]
    assert [text.split(" – ")[0] for text in said] == ["b.jpg", "c.jpg", "&lt;d&gt;.jpg", "1 photo is in the library."]
    assert f'“<a href="/admin/articles/photo/{Photo.objects.get().pk}/change/">a</a>”' in said[2]


@pytest.fixture
def away(settings, monkeypatch):
    """Return a function that has a storage, "default" or "originals", in a bucket that nobody answers for."""

    def leave(alias):
        monkeypatch.setenv("TEST_away", f"s3+http://key:secret@127.0.0.1:{free_port()}/{alias}")
        settings.STORAGES = settings.STORAGES | {alias: env.storage("TEST_away", "", file_overwrite=False)}
        monkeypatch.setattr(Photo._meta.get_field("original"), "storage", storages["originals"])

    return leave


UNKEPT = "The place where pictures are kept does not answer, or is full."


@pytest.mark.parametrize("alias", ["default", "originals"])
def test_while_the_bucket_is_away_a_file_is_refused_with_a_sentence_and_taken_later(desk, away, settings, alias):
    places = settings.STORAGES
    away(alias)
    began = time.monotonic()
    answer = upload(desk, picture())
    assert (answer.status_code, answer.json()["error"][: len(UNKEPT)], Photo.objects.count()) == (503, UNKEPT, 0)
    assert time.monotonic() - began < 20

    desk.post(reverse("admin:articles_photo_upload"), {"file": SimpleUploadedFile("a.jpg", picture()), "_form": "1"})
    page = desk.get(reverse("admin:articles_photo_changelist")).content.decode()
    assert (UNKEPT in page, Photo.objects.count()) == (True, 0)

    settings.STORAGES = places
    Photo._meta.get_field("original").storage = storages["originals"]  # the fixture puts it back
    assert upload(desk, picture()).json()["new"]
    assert jobs.run_pending()


def test_while_the_bucket_is_away_the_form_keeps_what_was_typed_and_the_photo_its_file(desk, away):
    photo = PhotoFactory(title="Old")
    original, path = photo.original.name, reverse("admin:articles_photo_change", args=[photo.pk])
    away("originals")
    file = SimpleUploadedFile("b.jpg", picture(colour="red"))
    page = desk.post(path, fields(photo, title="Typed", original=file))

    assert page.status_code == 200
    assert UNKEPT in page.content.decode()
    assert 'value="Typed"' in page.content.decode()
    photo.refresh_from_db()
    assert (photo.title, photo.original.name) == ("Old", original)


def test_while_the_bucket_is_away_a_picture_is_asked_for_again_later(client, away):
    away("default")

    answer = client.get("/media/renditions/ab.avif")

    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "60", "no-store")


def test_nobody_adds_a_photo_who_may_not(client):
    client.force_login(UserFactory())

    assert upload(client, picture()).status_code == 403
    assert client.get(reverse("admin:articles_photo_picker")).status_code == 403


def test_the_form_refuses_at_the_field_and_keeps_what_was_typed(desk):
    page = desk.post(
        reverse("admin:articles_photo_add"),
        {"original": SimpleUploadedFile("photo.svg", b"<svg></svg>"), "alt_fr": "Une phrase", "credit": "Moi"},
    )

    form = page.context["adminform"].form
    assert form.errors == {"original": ["Drawings in SVG may hold programs. Export the drawing as PNG and add that."]}
    assert 'value="Une phrase"' in page.content.decode()


def test_an_animation_is_taken_as_its_first_picture_and_said_to_be(desk):
    frames = [corners(), corners().rotate(90)]

    answer = upload(desk, saved(frames[0], "GIF", save_all=True, append_images=frames[1:]), "a.gif").json()

    assert "first picture" in answer["notice"]


# Finding


@pytest.mark.parametrize(("credit", "links"), [("", 1), ("Ada", 0)])
def test_what_the_featured_photo_lacks_leads_to_where_it_is_written(desk, credit, links):
    photo = PhotoFactory(credit=credit)
    article = ArticleFactory(photo=photo)

    page = html.fromstring(desk.get(reverse("admin:articles_article_change", args=[article.pk])).content)

    asked = page.xpath("//ul[@class='checks']//a[contains(@href, '/photo/')]/@href")
    assert asked == [f"/admin/articles/photo/{photo.pk}/change/#id_credit"] * links
    sheet = html.fromstring(desk.get(f"/admin/articles/photo/{photo.pk}/change/").content)
    assert len(sheet.xpath("//input[@id='id_credit']")) == 1


def test_the_grid_costs_the_same_for_any_number(desk, django_assert_num_queries):
    address = reverse("admin:articles_photo_changelist")

    def used_photo():
        photo = PhotoFactory()
        ArticleFactory(photo=photo, body=f'<figure data-photo="{photo.pk}" data-size="text"></figure>')

    used_photo()
    desk.get(address)  # what Django reads once
    with CaptureQueriesContext(connection) as one:
        desk.get(address)
    used_photo(), used_photo()

    with django_assert_num_queries(len(one)):
        page = desk.get(address).content.decode()
    assert page.count("Used 2 times") == 3


def test_the_grid_reads_no_text_to_count_uses(desk):
    photo = PhotoFactory()
    ArticleFactory(body=f'<figure data-photo="{photo.pk}"></figure>')

    with CaptureQueriesContext(connection) as asked:
        page = desk.get(reverse("admin:articles_photo_changelist")).content.decode()

    assert "Used 1 time" in page
    assert [query["sql"] for query in asked if "body" in query["sql"]] == []


def test_the_grid_is_narrowed_to_what_lacks_words(desk):
    bare, credited = PhotoFactory(alt={}), PhotoFactory(credit="Me")
    PhotoFactory(alt={}, decorative=True, credit="Me")
    address = reverse("admin:articles_photo_changelist")

    def found(query):
        return set(desk.get(f"{address}?{query}").context["cl"].result_list)

    french = PhotoFactory(alt={"fr": "Un champ"}, credit="Me")
    assert found("missing=alt") == {bare}
    assert found("missing=alt-fr") == {bare}
    assert found("missing=alt-en") == {bare, french}
    assert found("missing=alt-xx") == {bare}
    assert found("missing=credit") == {bare}
    assert credited in found("")


def test_the_picker_finds_by_any_word_and_pages(desk):
    PhotoFactory.create_batch(25)
    wanted = PhotoFactory(alt={"fr": "Éolienne en mer"}, credit="Ada")
    address = reverse("admin:articles_photo_picker")

    assert [photo["id"] for photo in desk.get(address, {"q": "ada mer"}).json()["photos"]] == [wanted.pk]
    assert desk.get(address, {"q": "nothing"}).json() == {"photos": [], "more": False}
    first, second = (desk.get(address, {"page": number}).json() for number in (1, 2))
    assert (len(first["photos"]), first["more"], len(second["photos"]), second["more"]) == (24, True, 2, False)


@pytest.mark.parametrize("kind", ["article", "page"])
def test_the_dialog_offers_groups_of_the_sizes_that_a_body_may_have(desk, monkeypatch, kind):
    monkeypatch.setitem(GROUPS, "gallery", (3, 5))

    page = html.fromstring(desk.get(reverse(f"admin:articles_{kind}_add")).content)

    buttons = page.xpath("//dialog//button[@data-needs]")
    assert {button.get("value"): button.get("data-needs") for button in buttons} == {
        "one": "1",
        "gallery": "3-5",
        "compare": "2-2",
    }


# Changing


def test_the_form_says_where_a_photo_is_used(desk):
    photo = PhotoFactory()
    lead = ArticleFactory(photo=photo)
    body = ArticleFactory(body=f'<figure data-photo="{photo.pk}"></figure><figure data-photo="{photo.pk}1"></figure>')
    author, page = AuthorFactory(portrait=photo), PageFactory(body=f'<figure data-photo="{photo.pk}"></figure>')

    assert [(str(place), thing) for place, thing in photos.uses([photo])[photo.pk]] == [
        ("featured photo", lead),
        ("portrait", author),
        ("in the text", body),
        ("in the text", page),
    ]
    page_text = desk.get(reverse("admin:articles_photo_change", args=[photo.pk])).content.decode()
    for thing in (lead, body, author, page):
        kind = thing._meta.model_name
        assert f'<a href="/admin/articles/{kind}/{thing.pk}/change/">' in page_text


def test_where_a_photo_is_used_follows_the_text(desk):
    kept, gone, strange = PhotoFactory(), PhotoFactory(), 999_999
    figures = {pk: f'<figure data-photo="{pk}"></figure>' for pk in (kept.pk, gone.pk, strange)}
    article = ArticleFactory(body="".join(figures.values()))
    assert photos.count_uses([kept, gone]) == {kept.pk: 1, gone.pk: 1}

    article.body = f"{figures[kept.pk]}<div data-kind='gallery'>{figures[kept.pk] * 2}</div>"
    article.save()

    assert photos.uses([kept, gone]) == {kept.pk: [("in the text", article)], gone.pk: []}


@pytest.mark.parametrize("repair", [photos.note_uses, "migration"])
def test_texts_written_past_save_are_read_once(repair):
    photo, other = PhotoFactory(), PhotoFactory()
    article, page = ArticleFactory(), PageFactory(body=f'<figure data-photo="{other.pk}"></figure>')
    for thing in (article, page):
        body = f'<figure data-photo="{photo.pk}"></figure><figure data-photo="999999"></figure>'
        type(thing).objects.filter(pk=thing.pk).update(body=body)
    assert photos.count_uses([photo, other]) == {photo.pk: 0, other.pk: 1}

    if repair == "migration":
        Page.pictures.through.objects.all().delete()  # the tables are new then
        [name] = [module.name for module in iter_modules(migrations.__path__) if module.name.endswith("_pictures")]
        import_module(f"articles.migrations.{name}").note(apps, None)
    else:
        repair()

    assert photos.count_uses([photo, other]) == {photo.pk: 2, other.pk: 0}


@on_disk_and_in_a_bucket
def test_moving_the_focal_point_makes_new_crops_in_the_background(desk):
    photo = PhotoFactory(original=ContentFile(picture(900, 400), "x.jpg"))
    jobs.run_pending()
    before = Photo.objects.get().renditions

    desk.post(reverse("admin:articles_photo_change", args=[photo.pk]), fields(photo, focal_x="0.1"))

    assert Photo.objects.get().renditions == before
    assert jobs.run_pending() == 1
    photo = Photo.objects.get()
    assert photo.renditions["1x1"]["box"] == [0, 0, 400, 400]
    assert photo.is_rendered


@on_disk_and_in_a_bucket
def test_a_replaced_file_keeps_its_uses_and_its_original_goes(desk):
    photo = PhotoFactory()
    article = ArticleFactory(photo=photo)
    jobs.run_pending()
    gone, old = images.names(Photo.objects.get().renditions), photo.original.name

    desk.post(
        reverse("admin:articles_photo_change", args=[photo.pk]),
        fields(photo, original=SimpleUploadedFile("new.png", picture(640, 480, "PNG"))),
    )
    now = Photo.objects.get()
    assert (now.width, now.height) == (640, 480)
    assert default_storage.exists(images.name_of(now.renditions["3x2"], "3x2", 640, "jpg"))
    jobs.run_pending()

    article.refresh_from_db()
    assert article.photo == now
    assert [name for name in gone if not default_storage.exists(name)] == [], "pages in caches show them yet"
    assert not storages["originals"].exists(old)
    assert Photo.objects.get().is_rendered


def test_the_words_of_a_replaced_file_are_asked_for_again_and_flagged_until_somebody_confirms_them(desk):
    photo = PhotoFactory(credit="Ada")
    ArticleFactory(photo=photo)
    address = reverse("admin:articles_photo_change", args=[photo.pk])
    library = reverse("admin:articles_photo_changelist")
    lint = "its words are still those of the other picture"

    def flags():
        sheet = desk.get(reverse("admin:articles_article_change", args=[photo.leads.get().pk])).content.decode()
        page, form = (desk.get(one).content.decode() for one in (library, address))
        return [
            "Words of another picture" in page,
            form.count("Of the picture before: is it true of this one?"),
            lint in sheet,
        ]

    before = flags()
    new = SimpleUploadedFile("new.png", picture(640, 480, "PNG"))
    asked = desk.post(address, fields(photo, original=new))
    said = desk.get(asked.url).content.decode()
    replaced = flags()
    desk.post(address, fields(photo, alt_fr="Une table"))
    only_changed = flags()
    desk.post(address, fields(photo, alt_fr="Une table", confirmed="on"))

    assert before == [False, 0, False]
    assert asked.url == address
    assert "say at each whether it is still true" in said
    assert replaced == only_changed == [True, 3, True]  # two of the three words, and the point
    assert flags() == before
    assert Photo.objects.get().alt["fr"] == "Une table"


@pytest.mark.parametrize("place", ["lead", "body", "portrait", "page"])
def test_a_photo_in_use_is_not_deleted(desk, place):
    photo = PhotoFactory()
    figure = f'<figure data-photo="{photo.pk}"></figure>'
    thing = {
        "lead": lambda: ArticleFactory(photo=photo),
        "body": lambda: ArticleFactory(body=figure),
        "portrait": lambda: AuthorFactory(portrait=photo),
        "page": lambda: PageFactory(body=figure),
    }[place]()

    one = desk.post(reverse("admin:articles_photo_delete", args=[photo.pk]), {"post": "yes"})
    many = desk.post(
        reverse("admin:articles_photo_changelist"),
        {"action": "delete_selected", "_selected_action": photo.pk, "post": "yes"},
    )

    assert Photo.objects.filter(pk=photo.pk).exists()
    for page in (one, many):
        assert str(thing) in page.content.decode()


@on_disk_and_in_a_bucket
def test_a_deleted_photo_takes_its_files_with_it(desk):
    photo, twin = PhotoFactory(), PhotoFactory()
    jobs.run_pending()
    names = images.names(Photo.objects.first().renditions)

    desk.post(reverse("admin:articles_photo_delete", args=[photo.pk]), {"post": "yes"})
    jobs.run_pending()
    assert [name for name in names if not default_storage.exists(name)] == []
    assert not storages["originals"].exists(photo.original.name)
    assert storages["originals"].exists(twin.original.name)
    desk.post(
        reverse("admin:articles_photo_changelist"),
        {"action": "delete_selected", "_selected_action": twin.pk, "post": "yes"},
    )
    jobs.run_pending()

    assert not Photo.objects.exists()
    assert [name for name in names if default_storage.exists(name)] == []


# Words


def problems_of(alt, caption="", **facts):
    return [
        problem.split(":")[0]
        for problem in alt_text.problems(PhotoFactory(alt={"en": alt}, caption={"en": caption}, **facts))
    ]


@pytest.mark.parametrize(
    "alt",
    [
        *("IMG_2034", "sunset.jpg", "DSC 0001", "photo-12", "DSCF1234", "P1090234", "20240506_070809", "_MG_1234"),
        *("IMG_E1234", "MVIMG_20200101", "GOPR0123", "Screenshot_2024-05-06", "Screenshot 2024-05-06 at 10.01.22 AM"),
        *("Capture d’écran 2024-05-06", "Capture d’e\u0301cran du 2024-05-06 a\u0300 10-01"),
    ],
)
def test_the_name_of_a_file_is_no_alternative_text(alt):
    assert problems_of(alt) == ["The alternative text is the name of a file"]


@pytest.mark.parametrize(
    "alt", ["Image of a field", "photo de la mairie", "Une photographie d’un champ", "A picture showing a dog"]
)
def test_an_alternative_text_does_not_say_that_it_is_a_picture(alt):
    assert problems_of(alt) == ["The alternative text begins by saying that this is a picture"]


def test_an_alternative_text_says_what_the_caption_does_not():
    assert problems_of("A field.", "a field") == ["The alternative text repeats the caption"]


def test_an_alternative_text_is_not_the_name_of_the_photo_in_the_library():
    assert problems_of("A field. ", title="A  Field") == ["The alternative text is the photo’s name in the library"]


def test_an_alternative_text_is_short():
    assert problems_of("x" * 150) == []
    assert problems_of("x" * 151) == ["The alternative text has over 150 signs"]


@pytest.mark.parametrize(
    "alt",
    [
        *(
            "A field under snow",
            "Photographers before the town hall",
            "Imagerie d’un scanner",
            "Screenshot of the page",
        ),
        *("Screenshots of 12 pages", "The A380 in 2024", "G20", "Covid-19"),
    ],
)
def test_a_good_alternative_text_is_left_alone(alt):
    assert problems_of(alt, "Another sentence") == []


def test_the_words_of_a_decorative_photo_do_not_matter():
    assert problems_of("IMG_1.jpg", decorative=True) == []


@pytest.mark.parametrize("published_at", [timezone.now() - timedelta(days=1), timezone.now() + timedelta(days=1), None])
def test_the_words_of_a_photo_that_readers_see_are_not_taken_away(desk, published_at):
    photo = PhotoFactory()
    ArticleFactory(body=f'<figure data-photo="{photo.pk}"></figure>', published_at=published_at)
    address = reverse("admin:articles_photo_change", args=[photo.pk])

    page = desk.post(address, fields(photo, alt_fr="", alt_en=""))
    assert bool(Photo.objects.get().alt) is bool(published_at)
    assert page.status_code == (200 if published_at else 302)
    if published_at:
        assert list(page.context["adminform"].form.errors) == ["alt"]
    desk.post(address, fields(photo, alt_fr="", alt_en="", decorative="on"))

    assert Photo.objects.get().decorative


@on_disk_and_in_a_bucket
def test_an_original_has_no_address(client):
    photo = PhotoFactory()

    assert not re.search(r"originals|" + photo.original.name, str(photo.renditions))
    assert client.get(f"/media/{photo.original.name}").status_code == 404


def say(desk, photo, language, alt):
    return desk.post(reverse("admin:articles_photo_alt", args=[photo.pk]), {"language": language, "alt": alt})


def test_what_one_sees_is_said_from_a_text_in_one_language(desk):
    photo = PhotoFactory(alt={"en": "A field"}, caption={"fr": "Un champ."})

    answer = say(desk, photo, "fr", " Un  champ au soleil ")

    assert answer.json()["alts"] == {"en": "A field", "fr": "Un champ au soleil"}
    assert answer.json()["notice"] == ""
    photo.refresh_from_db()
    assert photo.alt == {"en": "A field", "fr": "Un champ au soleil"}
    assert LogEntry.objects.get().object_id == str(photo.pk)
    assert "repeats the caption" in say(desk, photo, "fr", "Un champ").json()["notice"]


@pytest.mark.parametrize(
    ("language", "alt", "said"),
    [("xx", "A", "This language is none"), ("en", "", "say what one sees"), ("en", "a" * 301, "at most 300")],
)
def test_what_one_sees_is_not_lost_from_a_text_that_readers_see(desk, language, alt, said):
    photo = PhotoFactory(alt={"en": "A field"})
    ArticleFactory(photo=photo)

    answer = say(desk, photo, language, alt)

    assert answer.status_code == 400
    assert said in answer.json()["error"]
    photo.refresh_from_db()
    assert photo.alt == {"en": "A field"}


def test_only_who_may_change_photos_says_what_one_sees(client):
    client.force_login(UserFactory(is_staff=True))
    photo = PhotoFactory(alt={"en": "A field"})

    assert say(client, photo, "en", "Mine").status_code == 403
    photo.refresh_from_db()
    assert photo.alt == {"en": "A field"}
