"""Bad input: a message at its field in the editor's language, everything typed kept, nothing unsafe stored."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils.timezone import get_current_timezone, localtime

from articles.models import Article
from tests.articles.desk import ADD, change, errors, save, typed, writer
from tests.factories import ArticleFactory, AuthorFactory, PhotoFactory, TagFactory, UserFactory

pytestmark = pytest.mark.django_db

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal{margin:0cm;font-family:Calibri}</style>
<!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View></w:WordDocument></xml><![endif]--></head>
<body lang=FR style='tab-interval:35.4pt'><!--StartFragment--><h1 style='mso-outline-level:1'>Le rapport<o:p></o:p></h1>
<p class=MsoNormal style='margin-bottom:8.0pt'><b style='mso-bidi-font-weight:normal'><span lang=FR style='font-size:12.0pt'>Trois&nbsp;choses</span></b>
<i>à</i> retenir<o:p>&nbsp;</o:p></p><p class=MsoListParagraph style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'>
<![if !supportLists]><span style='font-family:Symbol'>·</span><![endif]>Une</p>
<table class=MsoTableGrid border=1><tr><td width=200 valign=top><p class=MsoNormal>A</p></td></tr></table><!--EndFragment--></body></html>"""

DOCS = """<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1"><h1 dir="ltr" style="line-height:1.38">
<span style="font-size:20pt;font-family:Arial">Le rapport</span></h1><p dir="ltr"><span style="font-weight:700">Fort</span>
<a href="https://www.google.com/url?q=https://example.org&amp;sa=D" style="text-decoration:none"><span>un lien</span></a></p>
<ul style="margin-top:0"><li dir="ltr" aria-level="1"><p dir="ltr" role="presentation"><span>Une</span></p></li></ul></b>"""


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_title_of_three_hundred_signs_is_refused_in_the_editors_language_and_kept(client, language):
    user = writer(client)
    user.language = language
    user.save()
    title = "x" * 300

    response, article = save(client, title=title, standfirst="What I typed.")

    assert list(errors(response)) == ["title"]
    assert article is None
    html = response.content.decode()
    assert ("Ensure this value has at most 200" in html) is (language == "en")
    assert title in html
    assert "What I typed." in html
    assert f'<html lang="{language}"' in html


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"standfirst": "x" * 501}, "standfirst"),
        ({"key_points_1": "x" * 241}, "key_points"),
        ({"tags": "x" * 101}, "tags"),
        ({"seo_title": "x" * 121}, "seo_title"),
        ({"comments_days": "0"}, "comments_days"),
        ({"comments": "nonsense"}, "comments"),
        ({"language": "xx"}, "language"),
        ({"photo": "999999"}, "photo"),
        ({"author": "999999"}, "author"),
        ({"title": "a\0b"}, "title"),
        ({"standfirst": "a\0b"}, "standfirst"),
        ({"key_points_0": "a\0b"}, "key_points"),
        ({"body": "<p>a\0b</p>"}, "body"),
        ({"tags": "a\0b"}, "tags"),
        ({"slug": "a\0b"}, "slug"),
        ({"seo_description": "a\0b"}, "seo_description"),
        ({"base": "x"}, "base"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_the_rest_is_kept(client, values, field):
    writer(client)

    response, article = save(client, **{"title": "What I typed", **values})

    assert list(errors(response)) == [field]
    assert article is None
    assert b'class="errornote"' in response.content


def test_a_body_of_two_megabytes_is_saved_whole(client):
    writer(client)
    body = "<p>" + "Des mots en français. " * 90_000 + "</p>"

    response, article = save(client, body=body, button="_publish")

    assert len(body.encode()) > 2_000_000
    assert response.status_code == 302
    assert article.body == body
    assert client.get(article.get_absolute_url()).status_code == 200
    findings = client.get(change(article)).context["findings"]
    assert [one.message for one in findings if "very long" in one.message] == [
        "The text is very long (1,980 KB): on a bad network readers wait for it, and feeds carry all of it."
    ]


def test_a_form_that_is_too_large_gets_our_page(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 50_000
    writer(client)

    response = client.post(ADD, typed(body="<p>" + "x" * 60_000 + "</p>"))

    assert response.status_code == 413
    assert b"nothing is lost" in response.content
    assert Article.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("One & two.\r\n\r\nThree,\r\nfour.\r\n \r\n<em>Five</em>", "<p>One &amp; two.</p><p>Three,<br>four.</p><p><em>Five</em></p>"),
        ("<p>Saved.</p>\n\nAdded.\n\nMore.<h2>Head</h2>End.", "<p>Saved.</p><p>Added.</p><p>More.</p><h2>Head</h2><p>End.</p>"),
        ("<ul>\n<li>One</li>\n\n<li>Two</li></ul>\n", "<ul>\n<li>One</li>\n\n<li>Two</li></ul>\n"),
        ("<!-- not seen --><p>One</p><hr><p>Two", "<p>One</p><hr><p>Two</p>"),
        ("", ""),
    ],
)  # fmt: skip
def test_without_the_editor_a_blank_line_begins_a_paragraph_and_blocks_stay(client, typed, kept):
    writer(client)

    _response, article = save(client, body=typed)

    assert article.body.strip() == kept.strip()


ROW, IDLE = "<tr><td><p>a</p></td><td></td></tr>", '<tr><th scope="row"><p></p></th><td><p><br></p> &nbsp;</td></tr>'


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (f"<tbody>{ROW}{IDLE}{ROW}{IDLE}{IDLE}</tbody>", f"<tbody>{ROW}{IDLE}{ROW}</tbody>"),
        (f"<thead>{ROW}</thead><tbody>{IDLE}</tbody>", f"<thead>{ROW}</thead>"),
        (f"<caption>Words</caption><tbody>{IDLE}{IDLE}</tbody>", f"<caption>Words</caption><tbody>{IDLE}</tbody>"),
        (f"<tbody>{ROW}<tr><td><hr></td></tr></tbody>", f"<tbody>{ROW}<tr><td><hr></td></tr></tbody>"),
        (f'<tbody><tr><td rowspan="2">a</td></tr>{IDLE}</tbody>', f'<tbody><tr><td rowspan="2">a</td></tr>{IDLE}</tbody>'),
        (f"<tbody><tr><td><table><tbody>{ROW}{IDLE}</tbody></table></td></tr></tbody>", f"<tbody><tr><td><table><tbody>{ROW}</tbody></table></td></tr></tbody>"),
        (f"<caption></caption><tbody>{IDLE}</tbody>", None),
    ],
)  # fmt: skip
def test_empty_rows_at_the_end_of_a_table_go_when_it_is_saved(client, typed, kept):
    writer(client)

    _response, article = save(client, body=f"<p>One</p><table>{typed}</table><p>Two</p>")

    assert article.body == "<p>One</p>" + ("" if kept is None else f"<table>{kept}</table>") + "<p>Two</p>"


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        (
            WORD,
            "<h2>Le rapport</h2> <p><strong>Trois choses</strong> <em>à</em> retenir </p><p> ·Une</p> "
            "<table><tbody><tr><td><p>A</p></td></tr></tbody></table>",
        ),
        (
            DOCS,
            "<strong><h2> Le rapport</h2><p>Fort "
            '<a href="https://example.org">un lien</a></p> '
            "<ul><li><p>Une</p></li></ul></strong>",
        ),
    ],
)
def test_what_a_word_processor_writes_becomes_plain_and_keeps_its_words(client, pasted, kept):
    """As a browser without our script sends it; with the script, the editor has done as much before."""
    writer(client)

    _response, article = save(client, body=pasted)

    assert " ".join(article.body.replace("\xa0", " ").replace("&nbsp;", " ").split()) == kept


@pytest.mark.parametrize(
    ("typed_body", "stored"),
    [
        ("<p>a</p><script>alert(1)</script>", "<p>a</p>"),
        ('<p onclick="x()">a</p>', "<p>a</p>"),
        ('<p><a href="javascript:alert(1)">a</a></p>', "<p>a</p>"),
        ('<p><a href=" JaVa\tscript:alert(1)">a</a></p>', "<p>a</p>"),
        ('<p><a href="data:text/html,x">a</a></p>', "<p>a</p>"),
        ('<img src=x onerror=y><svg onload=x></svg><iframe src="//evil"></iframe><p>a</p>', "<p>a</p>"),
        ('<p style="position:fixed">a</p>', "<p>a</p>"),
        ("<p>a", "<p>a</p>"),
        (
            '<p><a title="x > y">a <b>b</b></a> <a href="/c/">c</a> <a name="d"></a>d</p>',
            '<p>a <strong>b</strong> <a href="/c/">c</a> d</p>',
        ),
        (
            '<a>a<table><tr><td><a href="/b/">b</a></td></tr></table></a>',
            '<p>a</p><table><tbody><tr><td><a href="/b/">b</a></td></tr></tbody></table>',
        ),
        ("<p>\u202ea&#x202e;b\u2066c&rlm;d</p>", "<p>abc\u200fd</p>"),
        ('<p><small class="footnote big">note</small></p>', '<p><small class="footnote">note</small></p>'),
        ('<div data-kind="evil"><p>a</p></div>', "<div><p>a</p></div>"),
    ],
)
def test_nothing_unsafe_is_stored(client, typed_body, stored):
    writer(client)

    _response, article = save(client, body=typed_body)

    assert article.body == stored


def test_nothing_typed_turns_the_direction_of_what_follows(client):
    """U+202E makes « fdp.exe » of « exe.pdf », and the rest of the line run backwards."""
    writer(client)
    line = " \u202e exe.pdf \u2066x\u2069 "

    words = {"standfirst": line, "seo_title": line, "seo_description": line}
    _response, article = save(client, title=line, key_points_0=line, key_points_1="\u202e", tags=line, **words)

    said = [article.title, *article.key_points, *(tag.name for tag in article.ordered_tags)]
    assert [*said, *(getattr(article, name) for name in words)] == ["exe.pdf x"] * 6


@pytest.mark.parametrize(
    ("factory", "name"),
    [(TagFactory, "name"), (AuthorFactory, "name"), (PhotoFactory, "credit"), (UserFactory, "last_name")],
)
def test_no_name_typed_at_the_desk_turns_the_direction(client, factory, name):
    writer(client)
    thing = factory()
    address = reverse(f"admin:{thing._meta.app_label}_{thing._meta.model_name}_change", args=[thing.pk])
    form = client.get(address).context["adminform"].form
    sent = {field.html_name: field.value() for field in form if isinstance(field.value(), (str, int, float))}
    sent |= {f"{rows}-{count}_FORMS": 0 for rows in ("links", "works") for count in ("TOTAL", "INITIAL")}
    sent |= {"alt_fr": "Un \u202echamp", "alt_en": "A field"}

    answer = client.post(address, sent | {name: "\u202eexe.pdf \u2066x\u2069"})

    thing.refresh_from_db()
    assert (answer.status_code, getattr(thing, name)) == (302, "exe.pdf x")
    assert getattr(thing, "alt", {"fr": "Un champ"})["fr"] == "Un champ"


def test_a_password_is_taken_as_it_is_typed(client):
    user = writer(client, password="a long password")
    new = "une ph\u202erase \u2066longue"
    client.post(
        "/admin/password_change/", {"old_password": "a long password", "new_password1": new, "new_password2": new}
    )

    user.refresh_from_db()
    assert user.check_password(new)


def test_what_is_nothing_but_a_turn_of_direction_is_no_title(client):
    writer(client)

    response, _article = save(client, title="\u202e", standfirst="", body="")

    assert list(errors(response)) == ["title"]


def test_markup_in_a_title_is_words(client):
    writer(client)

    _response, article = save(client, title="<script>alert(1)</script> & co", button="_publish")

    html = client.get(article.get_absolute_url()).content.decode()
    assert article.title == "<script>alert(1)</script> & co"
    assert "<script>alert(1)" not in html


def test_a_photo_is_refused_for_its_silence_at_the_photo(client):
    writer(client)
    article = ArticleFactory()

    response, _stored = save(client, article, photo="nonsense")

    assert list(errors(response)) == ["photo"]


def test_a_language_that_a_translation_has_is_refused(client):
    writer(client)
    original = ArticleFactory(language="fr")
    ArticleFactory(language="en", group=original.group)

    response, _article = save(client, original, language="en")

    assert list(errors(response)) == ["language"]


def test_an_expired_form_says_so(client, settings):
    client.handler.enforce_csrf_checks = True
    client.force_login(UserFactory(is_superuser=True))

    assert client.post(ADD, typed()).status_code == 403


def test_a_changed_date_of_a_scheduled_article_is_saved_and_an_untouched_one_keeps_its_seconds(client):
    writer(client)
    moment = datetime(2040, 5, 1, 10, 0, 42, 7, tzinfo=get_current_timezone())
    next_week = localtime().replace(hour=11, minute=30, second=0, microsecond=0) + timedelta(days=7)
    article = ArticleFactory(published_at=moment)

    _response, untouched = save(client, article, publish_on="2040-05-01T10:00")
    _response, emptied = save(client, untouched, publish_on="")
    _response, moved = save(client, emptied, publish_on=f"{next_week:%Y-%m-%dT%H:%M}")

    assert (untouched.published_at, emptied.published_at) == (moment, moment)
    assert moved.published_at == next_week


def test_a_text_of_which_cleaning_leaves_nothing_is_not_published(client):
    writer(client)

    response, article = save(client, body="<style>p{}</style>", button="_publish")

    assert list(errors(response)) == ["body"]
    assert article is None


def test_a_preview_shows_what_would_be_stored(client):
    writer(client)
    body = '<p onclick="evil()">Kept</p><script>evil()</script><iframe src="https://evil.example"></iframe>'

    html = client.post(ADD, typed(body=body, _preview="1")).content.decode()

    assert "<p>Kept</p>" in html
    assert "evil" not in html


def test_numbers_that_no_row_can_have_are_no_error(client):
    writer(client)
    article = ArticleFactory()
    listed = "/admin/articles/article/"
    huge = "9" * 23

    for name in ("author", "tag"):
        assert client.get(listed, {name: huge}).status_code == 200
    response, _stored = save(client, article, _over="9" * 5000, base=99)
    assert list(errors(response)) == ["__all__"]


def test_somebody_who_may_only_look_sees_the_article(client):
    user = UserFactory(language="en")
    user.user_permissions.add(Permission.objects.get(codename="view_article"))
    client.force_login(user)
    article = ArticleFactory(title="Seen")

    response = client.get(change(article))

    assert response.status_code == 200
    assert b"Seen" in response.content


def test_without_the_editor_its_field_says_what_it_holds(client):
    writer(client)

    page = client.get("/admin/articles/article/add/").content.decode()

    assert "&lt;strong&gt;…&lt;/strong&gt; is bold" in page
