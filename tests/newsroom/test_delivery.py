"""How things travel: files for a year, pages compressed, one style sheet; and whether the site is well."""

import gzip
import re
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.db.migrations.recorder import MigrationRecorder
from lxml import html

from newsroom.static import JoinedStaticFilesStorage, join
from tests.factories import ArticleFactory

CSS = settings.BASE_DIR / "static" / "css"


@pytest.fixture
def stored():
    """Return a function that puts a file into the public storage and gives its address."""
    names = []

    def store(name, content=b"content"):
        names.append(default_storage.save(name, ContentFile(content)))
        return default_storage.url(names[-1])

    yield store
    for name in names:
        default_storage.delete(name)


def test_a_picture_is_kept_for_a_year(client, stored):
    response = client.get(stored("renditions/ab.avif"))

    assert b"".join(response) == b"content"
    assert response["Content-Type"] == "image/avif"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
def test_a_reader_who_has_a_picture_is_not_sent_it_again(client, stored):
    path = stored("renditions/ab.avif")
    first = client.get(path)
    tag = first["ETag"]

    known = client.get(path, headers={"If-None-Match": tag})
    other = client.get(stored("renditions/cd.avif"), headers={"If-None-Match": tag})

    assert (known.status_code, known.content) == (304, b"")
    assert (known["ETag"], known["Cache-Control"]) == (tag, "public, max-age=31536000, immutable")
    assert b"".join(other) == b"".join(first) == b"content"
    assert client.get("/media/none.avif", headers={"If-None-Match": "*"}).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["a.svg", "a.html", "a.js", "a.pdf", "a"])
def test_what_a_browser_might_run_is_not_served(client, stored, name):
    assert client.get(stored(name)).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["none.jpg", "../secrets/secret_key", "../x.jpg", "%2e%2e/x.jpg", "a%00.jpg", "/etc/x.jpg"]
)
def test_nothing_outside_the_storage_is_served(client, path):
    assert client.get(f"/media/{path}").status_code == 404


@pytest.mark.django_db
def test_the_icon_is_found_at_its_oldest_address(client):
    response = client.get("/favicon.ico")

    assert response.headers["Location"] == "/static/favicon.ico"
    assert (settings.BASE_DIR / "static" / "favicon.ico").is_file()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("", None), ("zstd", None)],
)
def test_public_pages_travel_compressed(client, accepted, encoding):
    ArticleFactory(slug="a")
    plain = client.get("/a/").content

    response = client.get("/a/", headers={"Accept-Encoding": accepted})

    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]
    assert unpack(response.content) == plain
    assert response.get("Content-Encoding") == encoding
    assert response["Vary"] == "Accept-Encoding"
    assert int(response.get("Content-Length", len(plain))) == len(response.content)
    again = client.get("/a/", headers={"Accept-Encoding": accepted, "If-None-Match": response["ETag"]})
    assert again.status_code == 304


@pytest.mark.django_db
def test_private_pages_travel_as_they_are(client):
    response = client.get("/admin/login/", headers={"Accept-Encoding": "br"})

    assert not response.has_header("Content-Encoding")


def test_style_sheets_are_joined_in_their_layers():
    css = '/* a */ @layer x, y;\n@import url("x.css") layer(x);\n@import url("y.css") layer(y);\n'
    sheets = {"x.css": "p {\n  a: b; /* c */\n}\n", "y.css": "q {}"}

    assert join(css, sheets.get) == "@layer x, y;\n@layer x {\np {\na: b; \n}\n}\n@layer y {\nq {}\n}\n"


def test_every_public_sheet_is_joined():
    site = (CSS / "site.css").read_text()

    joined = join(site, lambda name: (CSS / name).read_text())

    assert "@import" not in joined
    assert joined.count("@layer") == site.count("@import") + site.count("@layer")


def test_collected_twice_the_sheet_is_still_one_file_with_its_fonts(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    storage = JoinedStaticFilesStorage(location=tmp_path)
    paths = {
        f"{folder}/{file.name}": (FileSystemStorage(settings.BASE_DIR / "static"), f"{folder}/{file.name}")
        for folder in ("css", "fonts")
        for file in (settings.BASE_DIR / "static" / folder).iterdir()
        if not file.name.startswith("desk")  # those import the admin's
    }
    for _ in range(2):
        for name, (source, path) in paths.items():
            if not storage.exists(name):
                with source.open(path) as file:
                    storage.save(name, file)
        assert [error for *_, error in storage.post_process(paths) if isinstance(error, Exception)] == []

    css = (tmp_path / storage.stored_name("css/site.css")).read_text()

    assert "@import" not in css
    assert "@layer tokens {" in css
    for font in re.findall(r"url\(\"\.\./(fonts/.+?)\"\)", css):
        assert re.search(r"\.[0-9a-f]{12}\.woff2$", font)
        assert (tmp_path / font).is_file()
    assert (tmp_path / (storage.stored_name("css/site.css") + ".br")).is_file()


def test_what_an_earlier_version_compressed_as_well_is_left_alone_and_what_it_left_unfinished_is_not(tmp_path):
    storage = JoinedStaticFilesStorage(location=tmp_path)
    for name in "abc":
        (tmp_path / f"{name}.js").write_text(name * 1000)
    files = {f"{name}.js{ending}" for name in "abc" for ending in (".br", ".gz")}

    assert {made for _, made in storage.compress_files(["a.js", "b.js", "c.js"])} == files
    (tmp_path / "b.js.br").write_bytes(brotli.compress(b"b" * 1000)[:-3])
    (tmp_path / "c.js").write_text("other" * 200)

    made = {made for _, made in storage.compress_files(["a.js", "b.js", "c.js"])}
    assert made == {"b.js.br", "b.js.gz", "c.js.br", "c.js.gz"}
    assert brotli.decompress((tmp_path / "b.js.br").read_bytes()) == b"b" * 1000
    assert gzip.decompress((tmp_path / "c.js.gz").read_bytes()) == b"other" * 200


@pytest.mark.django_db
def test_a_first_visit_weighs_55_kilobytes_at_most(client):
    """An article of 1500 different words with a quotation: its page, the sheet, both faces and the icon, not the picture."""
    words = " ".join(f"mot{n * 7919 % 10007}" for n in range(1500))
    body = f"<p>{words}</p><h2>b</h2><blockquote><p>c</p></blockquote>"
    ArticleFactory(slug="a", body=body, key_points=["d."] * 7, tags=["E", "F"])

    page = client.get("/a/", headers={"Accept-Encoding": "br"}).content
    css = join((CSS / "site.css").read_text(), lambda name: (CSS / name).read_text())
    files = html.document_fromstring(brotli.decompress(page)).xpath("//link[@rel='preload' or @rel='icon']/@href")
    others = [Path(settings.BASE_DIR, url.lstrip("/")).stat().st_size for url in files]

    assert [Path(url).name for url in files] == ["newsreader-roman.woff2", "favicon.svg"]
    italic = (settings.BASE_DIR / "static" / "fonts" / "newsreader-italic.woff2").stat().st_size
    assert len(page) + len(brotli.compress(css.encode())) + sum(others) + italic <= 55_000


@pytest.mark.parametrize(("face", "rounds"), [("roman", 2), ("italic", 1)])
def test_a_face_arrives_in_the_first_rounds_of_a_slow_connection(face, rounds):
    """Each round brings 14 KB, and the largest paint waits for the last (tools/faces.py makes the faces small)."""
    assert (settings.BASE_DIR / "static" / "fonts" / f"newsreader-{face}.woff2").stat().st_size <= rounds * 14_000


@pytest.mark.django_db
def test_a_site_that_can_work_says_ok(client):
    response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_a_site_behind_its_migrations_is_not_well(client):
    MigrationRecorder.Migration.objects.filter(app="articles").order_by("-pk")[0].delete()

    response = client.get("/healthz")

    assert (response.status_code, response.content) == (503, b"1 migrations are pending\n")
