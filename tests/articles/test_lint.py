"""What an editor is told before publication."""

import pytest

from articles.body import POLICY, VOCABULARY, adopt
from articles.editor import editor_vocabulary
from articles.lint import check, stops
from articles.models import Article, Photo
from newsroom.html import clean

FINE = "<p>Text.</p><h2>Part</h2><blockquote><p>Said.</p><cite>Ada</cite></blockquote>"

PICTURE = '<figure data-photo="7"></figure>'
CAPTIONED = '<figure data-photo="7"><figcaption>A <em>field</em></figcaption></figure>'
SEEN = Photo(pk=7, alt={"fr": "x"})


def findings(tags=("a",), new=(), photos=None, **values):
    """Return what is said of an article that is fine but for `values`, without what is done."""
    photo = Photo(pk=1, alt={"fr": "x"}, credit="Ada")
    plain = {"title": "T", "standfirst": "S.", "key_points": ["K."], "body": FINE, "photo": photo, "seo_title": ""}
    article = Article(**plain | values)
    found = check(article, list(tags), photos or {}, new)
    return [(finding.level, finding.field) for finding in found if finding.level != "ok"]


def test_of_an_article_that_is_complete_nothing_is_said_but_what_is_done():
    assert findings() == []
    article = Article(title="T", body=FINE)
    assert [f.level for f in check(article, [], {})].count("ok") == 1


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"title": " "}, ("stop", "title")),
        ({"body": "<p> </p>"}, ("stop", "body")),
        ({"standfirst": ""}, ("warn", "standfirst")),
        ({"key_points": []}, ("warn", "key_points")),
        ({"photo": None}, ("warn", "photo")),
        ({"tags": ()}, ("warn", "tags")),
        ({"new": ("b",)}, ("warn", "tags")),
        ({"photo": Photo(pk=1, credit="Ada")}, ("stop", "photo")),
        ({"photo": Photo(pk=1, alt={"fr": "x"})}, ("warn", "photo")),
        ({"photo": Photo(pk=1, alt={"en": "x"}, credit="Ada")}, ("warn", "photo")),
        ({"language": "en"}, ("warn", "photo")),
        ({"body": PICTURE, "photos": {"7": Photo(pk=7, alt={"en": "x"})}}, ("warn", "body")),
        ({"body": CAPTIONED, "photos": {"7": Photo(pk=7, alt={"fr": "A field."})}}, ("warn", "body")),
        *(
            ({"body": f'<div data-kind="{kind}">{PICTURE * count}</div>', "photos": {"7": SEEN}}, ("stop", "body"))
            for kind, count in [("gallery", 1), ("gallery", 13), ("compare", 1), ("compare", 3)]
        ),
        ({"body": "<p>a</p><h2></h2>"}, ("stop", "body")),
        ({"body": "<p>a</p><h3>b</h3>"}, ("warn", "body")),
        ({"body": "<p>a</p><h2>b</h2><h4>c</h4>"}, ("warn", "body")),
        ({"body": "<p>a</p><blockquote><p>b</p></blockquote>"}, ("warn", "body")),
        ({"body": "<p>a</p><blockquote><p>b</p><cite> </cite></blockquote>"}, ("warn", "body")),
        ({"body": "<p>a <a>b</a></p>"}, ("warn", "body")),
        ({"body": '<p>a <a href="/b/"></a></p>'}, ("warn", "body")),
        ({"body": "<table><tbody><tr><td>a</td></tr></tbody></table>"}, ("warn", "body")),
        *(
            ({"body": f"<table><tbody>{rows}</tbody></table>"}, ("warn", "body"))
            for rows in (
                "<tr><th>a</th></tr><tr><td><p></p></td></tr><tr><td>b</td></tr>",
                "<tr><th>a</th><th> </th></tr><tr><td>b</td><td><p><br></p></td></tr>",
                "<tr><th>a</th></tr><tr><td>b</td><td></td></tr>",
            )
        ),
        ({"body": '<p>a</p><figure data-photo="7"></figure>'}, ("stop", "body")),
        ({"body": '<p>a</p><figure data-photo="7"></figure>', "photos": {"7": Photo(pk=7)}}, ("stop", "body")),
        ({"title": "x" * 61}, ("warn", "seo_title")),
        ({"standfirst": "x" * 161}, ("warn", "seo_description")),
    ],
)
def test_one_thing_that_is_missing_is_said_once_and_where_to_mend_it(values, found):
    assert findings(**values) == [found]


@pytest.mark.parametrize(
    "values",
    [
        {"photo": Photo(pk=1, decorative=True, credit="Ada")},
        {"title": "x" * 61, "seo_title": "short"},
        {"body": "<p>a</p><h2>b</h2><h3>c</h3><h2>d</h2><h3>e</h3><h4>f</h4>"},
        {"body": '<figure data-photo="7"></figure>', "photos": {"7": Photo(pk=7, decorative=True)}},
        {
            "body": "<table><tr><th></th><th>a</th></tr><tr><th>b</th><td></td></tr><tr><th></th><td><hr></td></tr></table>"
        },
        {"body": '<table><tr><th colspan="2">a</th></tr><tr><td>b</td></tr></table>'},
        {"body": CAPTIONED, "photos": {"7": Photo(pk=7, alt={"fr": "x", "en": "A field"}, caption={"fr": "x"})}},
        *(
            {"body": f'<div data-kind="{kind}">{PICTURE * count}</div>', "photos": {"7": SEEN}}
            for kind, count in [("gallery", 2), ("gallery", 12), ("compare", 2)]
        ),
    ],
)
def test_what_is_well_is_not_complained_of(values):
    assert findings(**values) == []


def test_the_worst_is_said_first():
    levels = [finding.level for finding in check(Article(title="T", body="<h2></h2>"), [], {})]

    assert levels == sorted(levels, key=["stop", "warn", "ok"].index)
    assert len(stops(check(Article(title="", body=""), [], {}))) == 2


@pytest.mark.parametrize(
    ("pasted", "ours"),
    [
        ("<b>a</b><I class='x'>b</I>", "<strong>a</strong><em>b</em>"),
        ("<h1>a</h1><h5>b</h5><del>c</del>", "<h2>a</h2><h4>b</h4><s>c</s>"),
        ("<br><blockquote><p>a</p></blockquote><img src=x>", "<br><blockquote><p>a</p></blockquote>"),
    ],
)
def test_the_words_of_word_processors_become_ours(pasted, ours):
    assert clean(adopt(pasted), POLICY) == ours


def test_the_editor_and_the_sanitiser_read_one_list():
    tags = {tag for element in VOCABULARY.values() for tag in element}

    assert POLICY.tags == tags
    assert editor_vocabulary().keys() == VOCABULARY.keys()
    for tag in tags - {"small", "br", "hr"}:
        kept = {name: values[0] for name, values in POLICY.values.get(tag, {}).items()}
        assert kept.keys() <= {name for names in editor_vocabulary().values() for name in names}


WORD = (
    '<p>Un mot<a href="#_ftn1" name="_ftnref1"><span>[1]</span></a>, deux<a href="#_ftn2" name="_ftnref2">[2]</a>.</p>'
    '<div style="mso-element:footnote-list"><![if !supportFootnotes]><br clear=all><hr size=1 width="33%"><![endif]>'
    '<div id=ftn1><p class=MsoFootnoteText><a href="#_ftnref1" name="_ftn1">[1]</a> Une <i>source</i>.</p></div>'
    '<div id=ftn2><p class=MsoFootnoteText><a href="#_ftnref2" name="_ftn2">[2]</a> Autre.</p></div></div>'
)
DOCS = (
    '<p>Un mot<sup><a href="#ftnt1" id="ftnt_ref1">[1]</a></sup>, deux.</p><hr>'
    '<div><p><a href="#ftnt_ref1" id="ftnt1">[1]</a><span>Une &amp; source.</span></p></div>'
)
OFFICE = '<p>Un mot<a href="#sdfootnote1sym"><sup>1</sup></a>.</p><div><p><a href="#sdfootnote1anc">1</a>Une source.</p></div>'
EDITED = '<p>Un mot<a href="#_ftn1">[1]</a>.</p><hr><p><a href="#_ftnref1">[1]</a> Une source.</p>'
ONE = '<p>Un mot<small class="footnote">Une source.</small>.</p>'


@pytest.mark.parametrize(
    ("pasted", "ours"),
    [
        (
            WORD,
            '<p>Un mot<small class="footnote">Une <em>source</em>.</small>, '
            'deux<small class="footnote">Autre.</small>.</p>',
        ),
        (DOCS, '<p>Un mot<small class="footnote">Une &amp; source.</small>, deux.</p>'),
        (OFFICE, ONE),
        (EDITED, ONE),
        ('<p>Un mot<a href="#_ftn1">[1]</a>.</p>', "<p>Un mot[1].</p>"),
        ('<a href="#_ftn1">1</a><a href="#_ftnref1">1</a>', "11"),
    ],
    ids=["Word", "Google Docs", "LibreOffice", "as the editor leaves it", "without its note", "without a block"],
)
def test_a_pasted_note_stands_where_its_number_was(pasted, ours):
    assert clean(adopt(pasted), POLICY) == ours
