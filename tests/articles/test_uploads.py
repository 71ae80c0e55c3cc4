"""Reading what somebody sends: refusals that say what to do, and pixels that say nothing else."""

import itertools
import os
import signal
import struct
import subprocess
import sys
import zlib
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, IptcImagePlugin

from articles import decoder, images, uploads
from tests.factories import picture

pytestmark = pytest.mark.usefixtures("english")
SECRET = b"48.8566N"
# Sixty-four pixels by forty-eight, the four colours of `corners`, made with libheif; it holds SECRET.
HEIC = Path(__file__).parent.parent / "data" / "phone.heic"


def corners(width=120, height=80):
    """Return a picture whose corners are red, green, blue and white, from the top left, by rows."""
    image = Image.new("RGB", (width, height), "white")
    image.paste("red", (0, 0, width // 2, height // 2))
    image.paste("lime", (width // 2, 0, width, height // 2))
    image.paste("blue", (0, height // 2, width // 2, height))
    return image


def saved(image, kind="JPEG", **options):
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def exif(orientation=1):
    """Return metadata that gives a place and the number of the camera."""
    data = Image.Exif()
    data[0x0112], data[0x010E], data[0x013B] = orientation, "A quiet street", "Ada Lovelace"
    data.get_ifd(0x8769).update({0x9003: "2024:05:06 07:08:09", 0xA431: SECRET.decode()})
    data.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 23.76), 29: SECRET.decode()})
    return data.tobytes()


def with_iptc(data, fields):
    """Return a JPEG with the words that agencies write, {number of the field: bytes}."""
    record = b"".join(struct.pack(">BBBH", 0x1C, 2, number, len(text)) + text for number, text in fields.items())
    segment = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + struct.pack(">I", len(record)) + record
    segment += bytes(len(record) % 2)
    return data[:2] + b"\xff\xed" + struct.pack(">H", len(segment) + 2) + segment + data[2:]


def read(data):
    return uploads.read(BytesIO(data))


def refusal(data):
    with pytest.raises(ValidationError) as refused:
        read(data)
    return refused.value.code


def reds(pixel):
    """Return a pixel's colour by name: only pure colours have one."""
    names = {(1, 0, 0): "red", (0, 1, 0): "lime", (0, 0, 1): "blue", (1, 1, 1): "white", (0, 0, 0): "black"}
    names |= {(0, 1, 1): "cyan", (1, 0, 1): "magenta"}
    return names[tuple(round(value / 255) for value in pixel)]


def corners_of(image):
    right, bottom = image.width - 5, image.height - 5
    return [reds(image.getpixel(at)) for at in ((5, 5), (right, 5), (5, bottom), (right, bottom))]


# What is read


@pytest.mark.parametrize("kind", ["JPEG", "TIFF", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_stands_upright_whatever_the_camera_says(orientation, kind):
    upright = corners()
    if orientation in decoder.TURNS:
        turned_back = {6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
        stored = upright.transpose(turned_back.get(orientation, decoder.TURNS[orientation]))
    else:
        stored = upright

    found = read(saved(stored, kind, quality=95, exif=exif(orientation)))

    assert (found.width, found.height) == found.image.size == (120, 80)
    assert corners_of(found.image) == ["red", "lime", "blue", "white"]


@pytest.mark.parametrize(
    ("kind", "suffix"),
    [("JPEG", "jpg"), ("PNG", "png"), ("WEBP", "webp"), ("AVIF", "avif"), ("GIF", "gif"), ("TIFF", "tif")],
)
def test_each_format_is_known_by_its_content(kind, suffix):
    found = read(saved(corners(), kind))

    assert found.suffix == suffix
    assert corners_of(found.image) == ["red", "lime", "blue", "white"]
    assert not found.animated


def test_a_phone_s_heic_is_read():
    data = HEIC.read_bytes()
    found = read(data)

    assert SECRET in data
    assert [file for _, file in served(found) if SECRET in file or metadata_of(file)] == []

    assert (found.suffix, found.width, found.height) == ("heic", 64, 48)
    assert corners_of(found.image) == ["red", "lime", "blue", "white"]


def test_a_server_that_cannot_read_heic_says_what_to_do(monkeypatch):
    monkeypatch.setattr(decoder, "pi_heif", None)
    monkeypatch.setattr(decoder, "READERS", [name for name in decoder.READERS if name != "HEIF"])

    with pytest.raises(decoder.Refused) as refused:
        decoder.decode(HEIC.read_bytes())

    assert "Save it as JPEG" in str(uploads.SENTENCES[refused.value.code])


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_an_animation_is_its_first_picture(kind):
    frames = [Image.new("RGB", (64, 48), colour) for colour in ("red", "lime", "blue")]

    found = read(saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100))

    assert found.animated
    assert reds(found.image.getpixel((5, 5))) == "red"


def profile(kind, tags):
    """Return an ICC profile: its class, the colours it is of and those it leads to (ICC.1:2001-04), and its tags."""
    tags = {b"cprt": b"text\0\0\0\0none\0", b"desc": b"desc\0\0\0\0\0\0\0\2P\0" + bytes(78), **tags}
    table, body, start = b"", b"", 128 + 4 + 12 * len(tags)
    for name, value in tags.items():
        value += bytes(-len(value) % 4)
        table += name + struct.pack(">II", start + len(body), len(value))
        body += value
    header = struct.pack(">I", start + len(body)) + b"none\2\x10\0\0" + kind + bytes(12) + b"acsp" + bytes(28)
    header += fixed(0.9642) + fixed(1) + fixed(0.8249)
    return header + bytes(128 - len(header)) + struct.pack(">I", len(tags)) + table + body


def fixed(value):
    return struct.pack(">i", round(value * 65536))


def xyz(*point):
    return b"XYZ \0\0\0\0" + b"".join(map(fixed, point))


def wide_gamut():
    """Return the profile of Display P3, as phones attach it."""
    curve = b"curv\0\0\0\0\0\0\0\1\2\x33"
    return profile(
        b"mntrRGB XYZ ",
        {
            b"rXYZ": xyz(0.51512, 0.24120, -0.00105), b"gXYZ": xyz(0.29198, 0.69225, 0.04189),
            b"bXYZ": xyz(0.15710, 0.06657, 0.78407), b"wtpt": xyz(0.9642, 1, 0.8249),
            b"rTRC": curve, b"gTRC": curve, b"bTRC": curve,
        },
    )  # fmt: skip


def press():
    """Return the profile of a press that has red in the place of cyan, and prints neither magenta nor yellow."""
    straight = bytes(range(256))
    white, red, black = (255, 128, 128), (138, 209, 198), (0, 128, 128)  # L*a*b*, as eight bits write it
    inks = itertools.product((0, 1), repeat=4)
    table = b"".join(bytes(black if key else red if cyan else white) for cyan, _magenta, _yellow, key in inks)
    matrix = b"".join(map(fixed, (1, 0, 0, 0, 1, 0, 0, 0, 1)))
    lut = b"mft1\0\0\0\0" + bytes((4, 3, 2, 0)) + matrix + straight * 4 + table + straight * 3
    return profile(b"prtrCMYKLab ", {b"A2B0": lut, b"wtpt": xyz(0.9642, 1, 0.8249)})


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP"])
def test_colours_of_a_wider_range_become_those_of_every_screen(kind):
    exact = {"lossless": True} if kind == "WEBP" else {"quality": 100}
    wide = Image.new("RGB", (50, 50), (200, 80, 80))
    plain = read(saved(wide, kind, **exact)).image.getpixel((5, 5))

    found = read(saved(wide, kind, icc_profile=wide_gamut(), **exact))

    red, green, blue = found.image.getpixel((5, 5))
    assert plain == pytest.approx((200, 80, 80), abs=2)
    assert 210 < red < 225
    assert 60 < green < 75
    assert 70 < blue < 80


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_inks_become_the_colours_that_their_press_prints(kind):
    inks = Image.new("CMYK", (96, 32), (255, 0, 0, 0))
    inks.paste((0, 255, 0, 0), (32, 0, 64, 32))
    inks.paste((0, 0, 0, 255), (64, 0, 96, 32))

    found = [read(saved(inks, kind, quality=95, **options)) for options in ({}, {"icc_profile": press()})]

    plain, printed = ([reds(one.image.getpixel((at, 16))) for at in (16, 48, 80)] for one in found)
    assert plain == ["cyan", "magenta", "black"]
    assert printed == ["red", "white", "black"]
    assert [name for one in found for name, file in served(one) if metadata_of(file)] == []


def test_a_profile_that_is_broken_is_passed_over():
    assert read(saved(corners(), "PNG", icc_profile=b"nonsense" * 20)).image.getpixel((5, 5)) == (255, 0, 0)


def test_a_profile_of_another_kind_of_picture_is_passed_over():
    grey = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()

    assert read(saved(corners(), "PNG", icc_profile=grey)).image.getpixel((5, 5)) == (255, 0, 0)


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (Image.new("CMYK", (50, 50), (0, 255, 255, 0)), "red"),
        (Image.new("L", (50, 50), 255), "white"),
        (Image.new("1", (50, 50), 1), "white"),
        (Image.new("I;16", (50, 50), 65535), "white"),
        (Image.new("I;16", (50, 50), 300), "black"),
        (Image.new("RGBA", (50, 50), (0, 0, 0, 0)), "white"),
        (Image.new("LA", (50, 50), (0, 0)), "white"),
        (corners().convert("P"), "red"),
    ],
    ids=lambda value: getattr(value, "mode", ""),
)
def test_every_kind_of_pixel_becomes_plain_colour(image, expected):
    kind = "TIFF" if image.mode == "CMYK" else "PNG"

    assert reds(read(saved(image, kind)).image.getpixel((5, 5))) == expected


def test_sixteen_bits_of_colour_are_read():
    rows = b"".join(b"\0" + struct.pack(">HHH", 65535, 0, 0) * 20 for _ in range(20))

    found = read(png(20, 20, rows, depth=16))

    assert found.image.getpixel((5, 5)) == (255, 0, 0)


def test_what_the_file_says_of_itself_is_proposed():
    assert read(saved(corners(), exif=exif())).hints == {
        "caption": "A quiet street",
        "credit": "Ada Lovelace",
        "taken_on": date(2024, 5, 6),
    }


def test_the_words_of_an_agency_come_before_those_of_the_camera():
    data = with_iptc(saved(corners(), exif=exif()), {120: "Légende".encode(), 110: b"AFP", 80: b"Someone"})

    assert IptcImagePlugin.getiptcinfo(Image.open(BytesIO(data)))
    hints = read(data).hints
    assert (hints["caption"], hints["credit"]) == ("Légende", "AFP")


@pytest.mark.parametrize("words", ["OLYMPUS DIGITAL CAMERA", "SONY DSC", "DCIM100GOPRO", "IMG_2034", " \0 "])
def test_what_a_camera_writes_by_itself_is_no_caption(words):
    data = Image.Exif()
    data[0x010E] = words

    assert read(saved(corners(), exif=data.tobytes())).hints == {}


# What is served


def metadata_of(data):
    """Return what a file says besides its pixels."""
    with Image.open(BytesIO(data)) as image:
        image.load()
        plain = {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression", "background",
                 "loop", "duration", "timestamp"}  # fmt: skip
        return {**{key: value for key, value in image.info.items() if key not in plain}, **dict(image.getexif())}


def served(found):
    manifest = images.plan(found.digest, found.width, found.height, (0.5, 0.5))
    for crop, entry in manifest.items():
        yield from images.files(found, crop, entry)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
def test_nothing_served_says_where_it_was_taken(kind):
    options = {"exif": exif(6)} | ({"comment": SECRET} if kind == "JPEG" else {})
    if kind == "PNG":
        from PIL.PngImagePlugin import PngInfo

        options["pnginfo"] = PngInfo()
        options["pnginfo"].add_itxt("XML:com.adobe.xmp", SECRET.decode())
    if kind in ("WEBP", "AVIF", "JPEG"):
        options["xmp"] = b"<x:xmpmeta>" + SECRET
    data = saved(corners(), kind, icc_profile=wide_gamut(), **options)
    if kind == "JPEG":
        data = with_iptc(data, {90: SECRET, 80: b"Lovelace"})

    files = dict(served(read(data)))

    assert SECRET in data
    assert len(files) == 16
    assert {name: metadata_of(file) for name, file in files.items()} == {name: {} for name in files}
    assert [name for name, file in files.items() if SECRET in file or b"Lovelace" in file] == []


@pytest.mark.parametrize("size", [(4803, 2562), (4803, 2565), (4805, 4807)])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_sides_that_no_factor_divides_are_cropped_to_the_edge(kind, size):
    found = read(picture(*size, kind, **({"compress_level": 1} if kind == "PNG" else {})))
    manifest = images.plan(found.digest, found.width, found.height, (1, 1))

    assert found.image.width < size[0]
    for crop, entry in images.first(manifest).items():
        assert len(list(images.files(found, crop, entry))) == 1


# What is refused


def png(width, height, rows, depth=8):
    """Return a PNG of these raw rows, whatever its header promises."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, depth, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\xff\xd8\xff" + bytes(uploads.MAX_BYTES), "heavy"),
        (b"plain words", "unknown"),
        (b"%PDF-1.7\n%\xe2\xe3", "unknown"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"></svg>', "svg"),
        (saved(corners(), "BMP"), "unknown"),
        (saved(corners(), "ICO", sizes=[(16, 16)]), "unknown"),
        (picture()[:-2000], "broken"),
        (picture(kind="PNG")[:-100], "broken"),
        (picture(kind="WEBP")[:-30], "broken"),
        (picture(kind="AVIF")[:-30], "broken"),
        (picture()[:20], "unknown"),
        (png(30_000, 30_000, b""), "pixels"),
        (png(12_000, 12_000, b""), "pixels"),
        (png(8_000, 8_000, b""), "pixels"),
        (png(3000, 100, b""), "narrow"),
        (picture() + b"<script>alert(1)</script>", "polyglot"),
        (picture() + b"PK\5\6" + bytes(18), "polyglot"),
        (b"GIF89a/*<?php system($_GET[0]); */" + bytes(50), "unknown"),
        (saved(corners(), comment=b"<?php system($_GET[0]);"), "polyglot"),
        (saved(corners(), comment=b"%PDF-1.4"), "polyglot"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_used_is_refused(data, code):
    assert refusal(data) == code


def test_a_picture_too_large_is_told_how_large_it_may_be():
    with pytest.raises(ValidationError, match=r"50 million pixels\. Reduce it to 7000 pixels a side"):
        read(png(8_000, 8_000, b""))


def test_a_progressive_photograph_of_a_hundred_million_pixels_is_refused():
    head = bytearray(picture(64, 64, progressive=True))
    at = head.index(b"\xff\xc2")
    head[at + 5 : at + 9] = struct.pack(">HH", 10_000, 10_000)

    assert refusal(bytes(head)) == "pixels"


def named(name, data=None):
    file = BytesIO(data or picture())
    file.name = name
    return file


@pytest.mark.parametrize("name", ["photo.png", "photo.PDF", "photo.jpg.exe", "photo.JPEG.html", "photo.jpg "])
def test_a_name_that_says_another_kind_of_file_is_refused(name):
    with pytest.raises(ValidationError, match=r"is a JPEG picture\. Rename it to “photo\.jpg” and add it\."):
        uploads.read(named(name))


@pytest.mark.parametrize("name", ["photo.jpg", "PHOTO.JPG", "photo.jpeg", "photo", "", None, "été 1.2.JPE"])
def test_a_name_that_says_the_same_or_nothing_is_taken(name):
    assert uploads.read(named(name)).suffix == "jpg"


# What breaks a decoder


def deadly():
    """Return the phone's file with one byte changed: the pinned libheif then reads where nothing is."""
    data = bytearray(HEIC.read_bytes())
    data[179] ^= 242
    return bytes(data)


def pid():
    read(picture())
    return uploads._reader.process.pid


def test_a_file_that_crashes_the_decoder_is_refused_and_the_next_one_read():
    first = pid()

    assert refusal(deadly()) == "broken"
    assert uploads._reader.process is None, "the decoder has not crashed: this file shows nothing any more"
    assert pid() != first


def test_a_decoder_that_was_killed_is_replaced_unseen():
    first = pid()
    uploads._reader.process.kill()

    assert read(picture()).width == 1200
    assert pid() != first


def test_a_decoder_that_stands_still_is_given_up(monkeypatch):
    monkeypatch.setattr(uploads, "PATIENCE", 5)
    pid()
    os.kill(uploads._reader.process.pid, signal.SIGSTOP)

    assert read(picture()).width == 1200


def test_a_decoder_that_nobody_asks_ends_by_itself():
    code = "import sys; from articles import decoder as d; d.IDLE = 0.1; d.serve(sys.stdin.buffer, sys.stdout.buffer)"
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.communicate()


def test_trailing_pictures_of_a_phone_are_no_polyglot():
    assert read(picture() + picture(300, 200)).width == 1200


GOOD = {"HEIC": HEIC.read_bytes()} | {kind: saved(corners(48, 32), kind, **({"exif": exif()} if kind != "GIF" else {})) for kind in
        ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF")}  # fmt: skip


DAMAGE = {
    "kind": st.sampled_from(sorted(GOOD)),
    "flips": st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(1, 255)), min_size=1, max_size=12),
    "cut": st.one_of(st.just(1.0), st.floats(0, 1)),
}


def damaged(kind, flips, cut):
    """Return a good file with some bytes changed, and perhaps without its end."""
    data = bytearray(GOOD[kind][: max(1, int(len(GOOD[kind]) * cut))])
    for at, bits in flips:
        data[int(at * len(data))] ^= bits
    return bytes(data)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@settings(max_examples=800, deadline=None, suppress_health_check=list(HealthCheck))
@given(**DAMAGE)
def test_a_damaged_file_is_refused_or_served_clean(kind, flips, cut):
    try:
        found = read(damaged(kind, flips, cut))
    except ValidationError:
        return
    manifest = images.plan(found.digest, found.width, found.height, (0.5, 0.5))
    for name, file in images.files(found, "1x1", manifest["1x1"]):
        assert metadata_of(file) == {}, name
        assert SECRET not in file
