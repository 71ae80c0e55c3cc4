"""The owner's own copies of her site: made in the background, downloaded by her alone, kept by no cache."""

import logging
import tarfile
import zipfile
from io import BytesIO

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from newsroom import backup, safekeeping
from newsroom.jobs import run_pending
from tests.articles.desk import writer
from tests.factories import ArticleFactory, PageFactory, PhotoFactory, UserFactory, picture

pytestmark = pytest.mark.django_db
PAGE = "/admin/backups/"


@pytest.fixture(autouse=True)
def shelf(tmp_path, settings):
    settings.DATA = tmp_path
    return tmp_path / "backups"


@pytest.fixture
def made(shelf):
    shelf.mkdir()
    (shelf / "site-20261127-010203.tar").write_bytes(b"all of it")
    return f"{PAGE}site-20261127-010203.tar"


def whole(response):
    return b"".join(response.streaming_content)


@pytest.mark.parametrize("group", [None, "Editors", "Moderators"])
@pytest.mark.parametrize("how", ["get", "post", "download"])
def test_nobody_but_an_owner_sees_makes_or_takes_a_copy(client, made, shelf, group, how):
    user = UserFactory()
    if group:
        user.groups.add(Group.objects.get(name=group))
    client.force_login(user)

    answers = {
        "get": lambda: client.get(PAGE),
        "post": lambda: client.post(PAGE, {"kind": "articles"}),
        "download": lambda: client.get(made),
    }
    response = answers[how]()
    run_pending()

    assert response.status_code == 403
    assert len(list(shelf.iterdir())) == 1
    assert f'href="{PAGE}"' not in client.get("/admin/").content.decode()


def test_a_visitor_is_asked_to_log_in(client, made):
    assert client.get(made).url == f"/admin/login/?next={made}"


def test_an_owner_downloads_a_copy_in_pieces_that_no_cache_keeps_and_it_is_written_down(client, made, caplog):
    owner = writer(client, first_name="Claire", last_name="Vasseur")

    with caplog.at_level(logging.WARNING, "newsroom.safekeeping"):
        response = client.get(made)

    assert response.streaming
    assert whole(response) == b"all of it"
    assert response.headers["Content-Disposition"] == 'attachment; filename="site-20261127-010203.tar"'
    assert {"private", "no-store"} <= {part.strip() for part in response.headers["Cache-Control"].split(",")}
    assert caplog.messages == [f"the backup site-20261127-010203.tar was taken by user {owner.pk}"]
    assert "Downloaded by Claire Vasseur on" in client.get(PAGE).content.decode()
    assert f'href="{PAGE}"' in client.get("/admin/").content.decode()


@pytest.mark.parametrize("name", ["..%2Fsecret.tar", "secret.tar", "site-20261127-010204.tar", "%2Fetc%2Fpasswd"])
def test_nothing_else_is_sent(client, made, shelf, name):
    writer(client)
    (shelf.parent / "secret.tar").write_text("x")
    (shelf / "secret.tar").write_text("x")

    assert client.get(f"{PAGE}{name}").status_code == 404


def test_a_press_of_the_button_makes_a_backup_in_the_background(client, shelf, monkeypatch):
    """PostgreSQL's and SQLite's own ways are tried in test_backup.py: here, that the job is that command's."""
    writer(client)
    monkeypatch.setattr(backup, "_dump", lambda target: target.write_bytes(b"database"))

    client.post(PAGE, {"kind": "site"})
    waits = client.get(PAGE).content.decode()
    run_pending()

    [file] = shelf.iterdir()
    assert "Being made: The whole site." in waits
    assert "Being made" not in client.get(PAGE).content.decode()
    with tarfile.open(file) as tar:
        assert "newsroom.json" in tar.getnames()
    assert file.stat().st_mode & 0o077 == 0


def test_only_the_newest_copies_of_a_kind_stay(shelf, monkeypatch):
    for number in range(backup.KEPT + 3):
        monkeypatch.setattr(backup, "stamp", lambda number=number: f"20261127-0000{number:02}")
        backup.keep("articles", "zip", lambda target: target.write_bytes(b"x"))
    (shelf / "site-20200101-000000.tar").write_bytes(b"x")
    backup.keep("articles", "zip", lambda target: target.write_bytes(b"x"))

    assert len(list(shelf.glob("articles-*"))) == backup.KEPT
    assert (shelf / "site-20200101-000000.tar").exists()


def test_all_texts_are_taken_away_as_markdown_with_the_originals_of_their_pictures(client, shelf):
    writer(client)
    photo = PhotoFactory(credit="Ada")
    shown = ArticleFactory(
        slug="lu", title="Lu", tags=["ia"], photo=photo, body=f'<p>Un.</p><figure data-photo="{photo.pk}"></figure>'
    )
    ArticleFactory(slug="draft", published_at=None, language="en")
    ArticleFactory(slug="away", published_at=None, binned_at=timezone.now())
    PageFactory(slug="qui", title="Qui", body=f'<p>Moi.</p><figure data-photo="{photo.pk}"></figure>')

    client.post(PAGE, {"kind": "articles"})
    run_pending()
    [copy] = safekeeping.copies()
    with zipfile.ZipFile(BytesIO(whole(client.get(f"{PAGE}{copy.name}")))) as archive:
        text = archive.read("fr/lu.md").decode()
        page = archive.read("fr/pages/qui.md").decode()
        names = set(archive.namelist())
        original = archive.read(f"photos/{photo.pk}.jpg")

    assert names == {"fr/lu.md", "en/draft.md", "fr/pages/qui.md", f"photos/{photo.pk}.jpg"}
    assert original == picture(480, 320)
    assert f'photo: "../photos/{photo.pk}.jpg"' in text
    assert f"![Un champ](../photos/{photo.pk}.jpg)" in text
    assert f'published: "{shown.published_at.astimezone(timezone.get_default_timezone()).isoformat()[:10]}' in text
    assert 'state: "published"' in text
    assert 'title: "Qui"' in page
    assert f"Moi.\n\n![Un champ](../../photos/{photo.pk}.jpg)" in page


def test_a_picture_that_is_lost_keeps_no_article_from_being_taken_away(shelf):
    photo = PhotoFactory()
    photo.original.storage.delete(photo.original.name)
    ArticleFactory(slug="lu", photo=photo)

    safekeeping.KINDS["articles"].make.func()

    [file] = shelf.iterdir()
    with zipfile.ZipFile(file) as archive:
        assert [name for name in archive.namelist() if name.endswith(".md")] == ["fr/lu.md"]
