"""What becomes of a stored body on its page."""

import re

import pytest
from django.core.files.base import ContentFile
from django.utils import translation
from lxml import html

from articles.body import POLICY
from articles.models import Photo
from articles.rendering import render_body
from newsroom.html import clean
from tests.factories import PhotoFactory, picture


def drawn(stored):
    return html.fragment_fromstring(render_body(stored, "fr").before, create_parent="div")


def test_headings_get_ids_from_their_words_once_each():
    root = drawn("<h2>L’été</h2><p>a</p><h2>L’été</h2><h3>?</h3><h2>Support</h2>")

    assert root.xpath("//@id") == ["l-ete", "l-ete-2", "section", "support-2"]


def test_footnotes_are_numbered_and_lead_there_and_back():
    body = render_body(
        '<p>Un <small class="footnote">a <em>b</em></small>, deux<small class="footnote">c</small>.</p>', "fr"
    )
    root = html.fragment_fromstring(body.before, create_parent="div")

    assert root.xpath("//sup/@id") == ["note-ref-1", "note-ref-2"]
    assert root.xpath("//sup/a/@href") == ["#note-1", "#note-2"]
    assert root.text_content() == "Un 1, deux2."
    assert body.notes == ["a <em>b</em>", "c"]


def test_a_table_scrolls_by_itself_under_its_own_name():
    root = drawn(
        "<table><caption>Prix</caption><tbody><tr><td>1</td></tr></tbody></table><table><tbody></tbody></table>"
    )

    first, second = root.xpath("./div[@role='region'][@tabindex='0']")
    assert first.get("aria-label") == "Prix"
    assert second.get("aria-label") not in ("", "Prix")
    assert first[0].tag == "table"


def test_code_that_scrolls_by_itself_has_a_name_and_is_reached_by_keyboard():
    names = drawn("<pre><code>a</code></pre><p>b</p><pre><code>c</code></pre>").xpath(
        "./pre[@role='group'][@tabindex='0']/@aria-label"
    )

    assert names == ["Code 1", "Code 2"]


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["14 210", "720", "– 3,5"], True),
        (["12 %", "7,5 €", "9 MW", ""], True),
        (["$1,200", "–", "+2"], True),
        (["2024", "en 2025"], False),
        (["1 à 3", "2"], False),
        (["", "–"], False),
    ],
)
def test_a_column_of_numbers_is_marked_and_the_first_which_names_the_rows_is_not(cells, numbers):
    rows = "".join(f"<tr><td>{n}</td><td><p>{cell}</p></td></tr>" for n, cell in enumerate(cells))
    root = drawn(f"<table><tbody><tr><th>An</th><th>Euros</th></tr>{rows}</tbody></table>")

    assert [cell.get("class") for cell in root.xpath("//tr/*[2]")] == ["number" if numbers else None] * (len(cells) + 1)
    assert root.xpath("//tr/*[1]/@class") == []


def test_a_table_with_cells_across_columns_is_left_as_it_is():
    root = drawn('<table><tbody><tr><td colspan="2">a</td><td>1</td></tr><tr><td>b</td><td>2</td></tr></tbody></table>')

    assert root.xpath("//td/@class") == []


def test_a_table_is_named_by_all_of_its_caption_but_the_notes():
    caption = 'Au 1<sup>er</sup> <em>novembre</em><small class="footnote">Hors week-end</small>'

    assert drawn(f"<table><caption>{caption}</caption></table>").xpath("./div/@aria-label") == ["Au 1er novembre"]


def test_empty_paragraphs_leave_no_hole():
    empty = "<p></p><p> </p><p><br></p><p>\xa0<br><strong> </strong></p>"

    assert render_body(f"<p>a</p>{empty}<p>b</p>", "fr").before == "<p>a</p><p>b</p>"


def test_text_keeps_its_meaning_through_drawing():
    stored = "<p>1 &lt; 2 &amp; <strong>x</strong> y<br>z</p>"

    assert render_body(stored, "fr").before == stored


def test_other_languages_stay_named():
    assert drawn('<p>On dit <em lang="en">open source</em>.</p>').xpath("//em/@lang") == ["en"]


@pytest.mark.django_db
def test_all_pictures_of_a_body_cost_one_query(django_assert_num_queries):
    photos = [PhotoFactory(caption={"fr": f"Légende {n}"}) for n in range(3)]
    figures = "".join(f'<figure data-photo="{photo.pk}" data-size="wide"></figure>' for photo in photos)

    with django_assert_num_queries(1):
        root = drawn(f'<p>a</p>{figures}<div data-kind="gallery">{figures}</div>')

    assert [text.strip() for text in root.xpath("./figure[@class='wide']/figcaption//text()") if text.strip()] == [
        "Légende 0",
        "Légende 1",
        "Légende 2",
    ]
    assert len(root.xpath("./figure/picture/img[@alt]")) == 3
    assert len(root.xpath("./div[@class='gallery']/figure/picture/img")) == 3


@pytest.mark.django_db
def test_a_caption_typed_in_the_text_replaces_the_librarys():
    photo = PhotoFactory(caption={"fr": "Celle de la photothèque"}, credit="A. Nom", licence="CC0")

    root = drawn(f'<figure data-photo="{photo.pk}"><figcaption>Celle du <em>texte</em></figcaption></figure>')

    assert " ".join(root.text_content().split()) == "Celle du texte – A. Nom, CC0"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "found"), [("fr", [("En juin", None)]), ("en", [("In June", None)]), ("de", [("En juin", "fr")])]
)
def test_a_caption_is_in_the_language_of_the_page_or_says_in_which(language, found):
    figure = f'<figure data-photo="{PhotoFactory(caption={"fr": "En juin", "en": "In June"}).pk}"></figure>'

    with translation.override(language):
        root = html.fragment_fromstring(render_body(figure, language).before, create_parent="div")

    assert [(span.text, span.get("lang")) for span in root.xpath(".//figcaption/span")] == found


@pytest.mark.django_db
@pytest.mark.parametrize("base", ["", "https://news.example/a/"])
def test_a_credit_typed_in_the_text_replaces_the_librarys_there_and_nowhere_else(base):
    photo = PhotoFactory(credit="A. Nom", licence="CC BY 4.0")
    figures = (
        f'<figure data-photo="{photo.pk}" data-credit="B. &lt;i&gt;"></figure><figure data-photo="{photo.pk}"></figure>'
    )

    body = render_body(clean(figures, POLICY), "fr", base).before

    root = html.fragment_fromstring(body, create_parent="div")
    assert [small.text_content() for small in root.iter("small")] == ["B. <i>, CC BY 4.0", "A. Nom, CC BY 4.0"]


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "words"), [("fr", ["Avant", "Après"]), ("en", ["Before", "After"])])
@pytest.mark.parametrize(("base", "label"), [("", "span[@class='side']"), ("https://news.example/a/", "p")])
def test_a_comparison_says_which_picture_is_which(language, words, base, label):
    figure = f'<figure data-photo="{PhotoFactory().pk}"></figure>'
    body = f'<div data-kind="compare">{figure * 2}</div><div data-kind="gallery">{figure * 2}</div>{figure}'

    with translation.override(language):
        drawn = render_body(body, language, base).before

    root = html.fragment_fromstring(drawn, create_parent="div")
    assert root.xpath(f".//figure/{label}/text()") == words
    assert root.xpath(f"./div[@class='compare']/figure/{label}/text()") == words


@pytest.mark.django_db
def test_elsewhere_a_picture_is_whole_and_says_what_it_says_here():
    photo = PhotoFactory(original=ContentFile(picture(1600, 2000), "x.jpg"), alt={"en": "A field"})
    photo.render()
    decorative = PhotoFactory(decorative=True, original=ContentFile(picture(1000, 300), "x.jpg"))
    bare = PhotoFactory()
    Photo.objects.filter(pk=bare.pk).update(renditions={"1x1": bare.renditions["1x1"]})
    figures = "".join(f'<figure data-photo="{one.pk}"></figure>' for one in (photo, decorative, bare))

    root = html.fragment_fromstring(render_body(figures, "fr", "https://news.example/a/").before, create_parent="div")

    assert [(img.get("width"), img.get("height"), img.get("alt"), img.get("lang")) for img in root.iter("img")] == [
        ("1440", "1800", "A field", "en"),
        ("800", "240", "", None),
    ]
    assert {img.get("src").split("/media/")[0] for img in root.iter("img")} == {"http://testserver"}


@pytest.mark.django_db
@pytest.mark.parametrize("reference", ["99", "x", "²", "9" * 40, ""])
def test_a_picture_that_is_gone_leaves_no_trace(reference):
    body = f'<p>a</p><figure data-photo="{reference}"></figure><div data-kind="gallery"><figure data-photo="{reference}"></figure></div><p>b</p>'

    assert render_body(body, "fr").before == "<p>a</p><p>b</p>"


def test_no_heading_takes_the_id_of_a_note_or_of_the_page():
    stored = (
        '<h2>Note 1</h2><h2>Note</h2><p>a<small class="footnote">b</small></p><h2>Notes title</h2><h2>Author name</h2>'
        '<h2 id="two words">Kept</h2>'
    )

    found = render_body(stored, "en")

    assert re.findall(r' id="([^"]*)"', found.before) == [
        "section-note-1",
        "section-note",
        "note-ref-1",
        "notes-title-2",
        "author-name-2",
        "two-words",
    ]


@pytest.mark.parametrize("end", [":", "\u00a0:", "\u202f:", ' :<small class="footnote">A note.</small>'])
def test_the_call_does_not_part_a_list_from_what_announces_it(end):
    words = "<p>" + "mot " * 60 + "</p>"
    announced = f"<p>{'mot ' * 40} suivants{end}</p><p>Un.</p>"

    body = render_body(words * 2 + announced + words * 2, "fr")

    assert body.after
    assert not body.after.startswith("<p>Un.")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("caption", "credit", "said"),
    [("Words", "Ada", "Words – Ada"), ("", "Ada", "Ada"), ("Words", "", "Words")],
)
def test_a_caption_and_a_credit_stand_apart(caption, credit, said):
    photo = PhotoFactory(alt={"fr": "x"}, credit=credit)
    root = drawn(f'<figure data-photo="{photo.pk}" data-size="text"><figcaption>{caption}</figcaption></figure>')

    assert " ".join(root.find(".//figcaption").text_content().split()) == said
