"""Versions side by side: all that a reader could see of a change is seen, and nothing that an editor typed is markup."""

import time

import pytest
from lxml.html import fragment_fromstring

from articles.comparison import differences
from articles.marking import marked_html
from articles.wording import LONGEST
from tests.factories import PhotoFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("published_at", "2026-01-02T11:30:40+00:00", "2026-01-02T12:30:00+01:00"),
        ("body", "<p>One two.</p><p>Three.</p>", "<p>One  two. </p>\n<p>Three.</p>"),
        ("body", '<p><a href="/a/">One</a></p>', '<p><a href="/a/" hreflang="fr">One</a></p>'),
        ("body", "<p>One.</p>", "<p>One.</p><p></p>"),
        ("standfirst", "Ten km", "Ten\u00a0km"),
        ("key_points", ["One  point. "], ["One point."]),
    ],
)
def test_what_no_reader_could_see_is_no_change(name, old, new):
    assert differences({name: old}, {name: new}) == []


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("<p>at ninety degrees</p>", "<p>at a hundred degrees</p>", "<p>at <del>ninety</del><ins>a hundred</ins> degrees</p>"),
        (
            '<a href="/a/">One</a>.',
            '<a href="/b/">One</a>.',
            '<p><del><a href="/a/">One</a><span class="address"> /a/</span></del>'
            '<ins><a href="/b/">One</a><span class="address"> /b/</span></ins>.</p>',
        ),
        (
            '<p><a href="/a/">One link</a>.</p>',
            '<p><a href="/a/">My link</a>.</p>',
            '<p><del><a href="/a/">One</a></del><ins><a href="/a/">My</a></ins><a href="/a/"> link</a>.</p>',
        ),
        (
            "One two.",
            '<a title="T" href="/b/">One</a> two.',
            '<p><del>One</del><ins><a href="/b/">One</a><span class="address"> /b/</span></ins> two.</p>',
        ),
        ("One two.", "One <strong>two</strong>.", "<p>One <del>two</del><ins><strong>two</strong></ins>.</p>"),
        (
            "One <em>two</em>.",
            "One <s>two</s>.",
            "<p>One <del><em>two</em></del><ins><s>two</s></ins>.</p>",
        ),
        ("One<br>two", "One two", "<p>One<del><br></del><ins> </ins>two</p>"),
        ("<h2>One</h2>", "<h3>One</h3>", "<h2><del>One</del></h2><h3><ins>One</ins></h3>"),
        (
            "<ul><li><p>One</p></li><li><p>Two</p></li></ul>",
            "<ul><li><p>One</p></li><li><p>Other</p></li><li><p>Two</p></li></ul>",
            "<ul><li><p>One</p></li><li><p><ins>Other</ins></p></li><li><p>Two</p></li></ul>",
        ),
        (
            "<table><tbody><tr><th><p>Year</p></th></tr><tr><td><p>ten cows</p></td></tr></tbody></table>",
            "<table><tbody><tr><th><p>Year</p></th></tr><tr><td><p>two cows</p></td></tr></tbody></table>",
            "<table><tbody><tr><th><p>Year</p></th></tr>"
            "<tr><td><p><del>ten</del><ins>two</ins> cows</p></td></tr></tbody></table>",
        ),
        (
            "<blockquote><p>I said so.</p><cite>Ada</cite></blockquote>",
            "<blockquote><p>I said so.</p><cite>Bea</cite></blockquote>",
            "<blockquote><p>I said so.</p><cite><del>Ada</del></cite><cite><ins>Bea</ins></cite></blockquote>",
        ),
        (
            "<pre><code>if\n  a</code></pre>",
            "<pre><code>if\n    a</code></pre>",
            "<pre><code>if</code><del><code>\n  </code></del><ins><code>\n    </code></ins><code>a</code></pre>",
        ),
        ("<p>One.</p>", "<p>One.</p><hr>", "<p>One.</p><ins><hr></ins>"),
        ("", "<ul><li>a<ul><li>b</li></ul></li></ul>", "<ul><li><ins>a<ul><li>b</li></ul></ins></li></ul>"),
        (
            "<p>A tie.</p><p>The sea is blue.</p>",
            "<p>A tie.</p><p>New here.</p><p>The sea is grey.</p>",
            "<p>A tie.</p><p><ins>New here.</ins></p><p>The sea is <del>blue</del><ins>grey</ins>.</p>",
        ),
    ],
)  # fmt: skip
def test_all_that_a_reader_could_see_is_shown_as_a_change_of_formatted_text(old, new, shown):
    [change] = differences({"body": old}, {"body": new})

    assert change["html"] == shown


def test_of_what_nobody_changed_one_sees_what_stands_beside_a_change():
    lines = [f"<p>Line {number}</p>" for number in "abcdefg"]
    changed = [*lines[:3], "<p>Line x</p>", *lines[4:]]

    html = marked_html("".join(lines), "".join(changed))

    gap = '<p class="gap">[…]</p>'
    assert html == f"{gap}<p>Line c</p><p>Line <del>d</del><ins>x</ins></p><p>Line e</p>{gap}"


HOSTILE = '<img src=x onerror=alert(1)>"><script>alert(2)</script>'
ESCAPED = HOSTILE.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


@pytest.mark.parametrize(
    "body",
    [
        f"<p>{ESCAPED} %s</p>",
        f'<p><a href="https://a.example/?q={ESCAPED}">%s</a></p>',
        f'<p lang="{ESCAPED}">%s</p>',
        f'<p><a href="https://a.example/" title="{ESCAPED}">%s</a></p>',
        f"<pre><code>{ESCAPED} %s</code></pre>",
        f'<figure data-photo="{{pk}}" data-size="text" data-credit="{ESCAPED}"><figcaption>{ESCAPED} %s</figcaption></figure>',
        f"<h2>{ESCAPED}</h2><p>%s</p>",
        f"<p>%s {HOSTILE}</p>",
        "<p onclick='alert(1)'>%s<svg onload=alert(1)></p>",
    ],
)
def test_nothing_that_was_typed_becomes_markup(body):
    body = body.replace("{pk}", str(PhotoFactory().pk))

    for old, new in ((body % "one", body % "other"), ("", body % "one"), (body % "one", "<p>x</p>")):
        root = fragment_fromstring(marked_html(old, new), create_parent="div")
        names = {name for element in root.iter() for name in element.attrib}
        pictures = root.xpath(".//img[not(ancestor::figure)]")

        assert not root.xpath(".//script | .//svg") + pictures
        assert not {name for name in names if name.startswith("on")}


def test_a_title_is_a_text_and_no_markup():
    [change] = differences({"title": "One"}, {"title": "<b>Two</b>"})

    assert change["html"] == "<p><del>One</del><ins>&lt;b&gt;Two&lt;/b&gt;</ins></p>"


def test_key_points_and_tags_are_compared_one_by_one():
    [points] = differences({"key_points": ["One.", "Two."]}, {"key_points": ["One.", "Three."]})

    assert points["html"] == "<ul><li>One.</li><li><del>Two</del><ins>Three</ins>.</li></ul>"


def test_a_picture_is_shown_and_one_that_is_gone_is_named():
    one, other = PhotoFactory(), PhotoFactory(original=None)
    figure = '<figure data-photo="{}" data-size="text"></figure>'

    html = marked_html(figure.format(one.pk), figure.format(other.pk + 1000))

    root = fragment_fromstring(html, create_parent="div")
    assert [child.tag for child in root] == ["del", "ins"]
    assert root.xpath("boolean(./del//img)")
    assert root.xpath("string(./ins)") == "Une photo qui n’est plus dans la photothèque"


def test_another_credit_of_a_picture_is_a_change_that_one_reads():
    photo = PhotoFactory()
    old, new = (f'<figure data-photo="{photo.pk}" data-credit="{name}"></figure>' for name in ("Ada", "Bea"))

    [change] = differences({"body": old}, {"body": new})

    root = fragment_fromstring(change["html"], create_parent="div")
    assert ("Ada" in root.xpath("string(./del)"), "Bea" in root.xpath("string(./ins)")) == (True, True)


def test_another_caption_of_the_same_picture_does_not_show_it_twice():
    photo = PhotoFactory()
    old, new = (
        f'<figure data-photo="{photo.pk}"><figcaption>A {name} field</figcaption></figure>' for name in ("dry", "wet")
    )

    html = marked_html(old, new)

    assert html.count("<img") == 1
    assert "A <del>dry</del><ins>wet</ins> field" in html


def test_another_featured_photo_is_shown_beside_the_one_before_though_they_have_one_name():
    one, other = PhotoFactory(), PhotoFactory()

    [change] = differences({"photo": one.pk}, {"photo": other.pk})

    assert [(side["mark"], side["photo"]) for side in change["photos"]] == [("del", one), ("ins", other)]


@pytest.mark.parametrize(
    ("name", "old", "new", "shown"),
    [
        ("support_call", True, False, "<p><del>Oui</del><ins>Non</ins></p>"),
        ("comments", "open", "closed", "<p><del>ouverts</del><ins>fermés</ins></p>"),
        ("language", "fr", "en", "<p><del>Français</del><ins>English</ins></p>"),
    ],
)
def test_a_choice_is_said_in_words(name, old, new, shown):
    [change] = differences({name: old}, {name: new})

    assert change["html"] == shown


def test_a_moment_is_compared_by_the_clock_of_the_site():
    [change] = differences({}, {"published_at": "2026-01-02T11:30:00+00:00"})

    assert "12" in change["html"]
    assert "30" in change["html"]


def test_a_long_text_is_compared_within_a_second_and_says_only_what_changed():
    old = "".join(f"<p>Paragraph {n} says a few words about something.</p>" for n in range(3000))
    new = old.replace("Paragraph 1500 says", "Paragraph 1500 shouts")

    start = time.process_time()
    html = marked_html(old, new)

    assert "<del>says</del><ins>shouts</ins>" in html
    assert len(html) < 2000
    assert time.process_time() - start < 1


def test_what_would_take_long_is_shown_whole():
    old, new = (f"<p>{' '.join(f'{word}{n}' for n in range(LONGEST // 2))} end.</p>" for word in ("old", "new"))
    many = ["".join(f"<p>{word} {n}</p>" for n in range(60)) for word in ("old", "new")]

    start = time.process_time()
    assert marked_html(old, new).count("<del>") == 1
    assert marked_html(*many).count("<del>") == 60
    assert time.process_time() - start < 2
