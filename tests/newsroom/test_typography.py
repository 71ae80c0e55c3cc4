"""Typography: what is set, what is left alone, and that setting twice is setting once."""

import re
from html import unescape
from pathlib import Path

import pytest
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html

from newsroom.translated import TranslatedText
from newsroom.typography import cut, typeset, typeset_html

DATA = Path(__file__).parent.parent / "data" / "typography"
VISIBLE = str.maketrans({"\u202f": "⍽", "\u00a0": "·"})


def cases():
    for language in ("fr", "en"):
        for line in (DATA / f"{language}.txt").read_text().splitlines():
            if not line.startswith("#"):
                yield language, *line.split(" | ")


@pytest.mark.parametrize(("language", "typed", "shown"), list(cases()))
def test_text_is_set_as_its_language_wants(language, typed, shown):
    assert typeset(typed, language).translate(VISIBLE) == shown


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_article_is_set_as_a_newspaper_sets_it(language):
    typed = (DATA / f"{language}-article.html").read_text()
    shown = (DATA / f"{language}-article.expected.html").read_text()

    assert typeset_html(typed, language).translate(VISIBLE) == shown


@pytest.mark.parametrize("space", [" ", "", "\u00a0", "\u202f", "\u2009", "\n"])
def test_any_space_or_none_before_a_sign_gives_the_same(space):
    assert typeset(f"mot{space}; «{space}a{space}»{space}!", "fr") == "mot\u202f; «\u202fa\u202f»\u202f!"


@pytest.mark.parametrize("language", ["ar", "de", "", "xx-yy"])
def test_a_language_without_rules_is_left_alone(language):
    text = '"a" ; it\'s... 12000 km -- b'

    assert typeset(text, language) == text
    assert typeset_html(f"<p>{text}</p>", language) == f"<p>{text}</p>"


def test_a_regional_code_has_its_languages_rules():
    assert typeset("Quoi ?", "fr-CA") == "Quoi\u202f?"


def test_entities_are_text_like_any_other():
    assert typeset_html("<p>R&amp;D &quot;a&quot;&nbsp;; &lt;b&gt; l&#x27;eau</p>", "fr") == (
        "<p>R&amp;D «\u202fa\u202f»\u202f; &lt;b&gt; l’eau</p>"
    )


@pytest.mark.parametrize("tag", ["code", "pre", "kbd", "samp", "script", "style", "textarea"])
def test_nothing_changes_in_what_is_code(tag):
    html = f'<{tag} class="l\'a">l\'eau ; <b>"a"</b> 12000 ... <{tag}>!</{tag}> ?</{tag}>'

    assert typeset_html(html, "fr") == html


def test_ordinals_are_raised_in_html_only():
    assert typeset_html("Le 1er, la 1re, le 2e, le XXIe siècle, la Ve et François Ier", "fr") == (
        "Le 1<sup>er</sup>, la 1<sup>re</sup>, le 2<sup>e</sup>, le XXI<sup>e</sup>\u00a0siècle, la V<sup>e</sup> "
        "et François I<sup>er</sup>"
    )
    assert typeset("Le 1er et le 2e", "fr") == "Le 1er et le 2e"
    assert (
        typeset_html("1e6, 3de, Ie, 12Xe, 2D, le 1<sup>er</sup>", "fr") == "1e6, 3de, Ie, 12Xe, 2D, le 1<sup>er</sup>"
    )


TYPED = st.text(
    alphabet=list("aeIVX1205 \n.,;:!?'\"«»“”‘’—–-()[]°%€hkm/@\\\u00a0\u202f\u2009é\x01\x02\x03\x1c&<"), max_size=60
)
SNIPPETS = """
5 000-6 000 12-15 km :« ,«a»
l'eau "mot" ... 12000 10 km 10% 1er XXe siècle 1914-1918 ; : ! ? « » “ ” — - -- ( ) p. n° 12 000 M. Dupont :-) 5" '90s mot
http://a.fr/?b a@b.fr
""".split()
WORDS = st.lists(st.sampled_from([*SNIPPETS, "\u00a0", "\n"]), max_size=25).map(" ".join)
TAGS = ["<em>", "</em>", "<br>", "</p><p>", "<code>a ; 'b'</code>", '<a title="l\'a ;">', "</a>", "&amp;", "&lt;"]
PAGES = st.lists(st.one_of(WORDS, st.sampled_from([*TAGS, '<i lang="en">it\'s "a"</i>'])), max_size=12).map(
    lambda parts: f"<p>{''.join(parts)}</p>"
)


def letters(text):
    """Return what no rule may change: the text without spaces, and with one sign for all quotes and all dashes."""
    text = re.sub(r"\s", "", text)
    text = re.sub(r"[\"'«»“”‘’]", "'", text)
    return re.sub("--|[–—]", "-", text).replace("…", "...")


@pytest.mark.parametrize("language", ["fr", "en"])
@given(text=st.one_of(TYPED, WORDS, st.text(max_size=60)))
def test_setting_twice_is_setting_once(text, language):
    once = typeset(text, language)

    assert typeset(once, language) == once


@pytest.mark.parametrize("language", ["fr", "en"])
@given(text=st.one_of(TYPED, WORDS, st.text(max_size=60)))
def test_only_spaces_quotes_dashes_and_dots_ever_change(text, language):
    assert letters(typeset(text, language)) == letters(text)


@pytest.mark.parametrize("language", ["fr", "en"])
@given(html=PAGES)
def test_setting_a_page_twice_is_setting_it_once(html, language):
    once = typeset_html(html, language)

    assert typeset_html(once, language) == once


@pytest.mark.parametrize("language", ["fr", "en"])
@given(html=PAGES)
def test_the_tags_of_a_page_stay_as_they_are(html, language):
    shown = typeset_html(html, language)

    assert [tag for tag in re.findall("<[^>]*>", shown) if "sup" not in tag] == re.findall("<[^>]*>", html)
    assert letters(unescape(re.sub("<[^>]*>", "", shown))) == letters(unescape(re.sub("<[^>]*>", "", html)))
    lxml_html.fromstring(shown)


@pytest.mark.parametrize(
    "text", ["'" * 50_000, '"' * 50_000, "— " * 25_000, "a" * 100_000 + "@", "1 " * 50_000, "' a" * 30_000]
)
def test_no_text_is_slow(text):
    assert len(typeset(text, "fr")) >= len(text) / 2


def test_the_filter_sets_in_the_pages_language_and_leaves_the_escaping_to_the_template():
    template = Template("{% load newsroom %}{{ text|typeset }}")

    with translation.override("fr"):
        assert template.render(Context({"text": "<b> l'eau ?"})) == "&lt;b&gt; l’eau\u202f?"
    with translation.override("en"):
        assert template.render(Context({"text": "it's ?"})) == "it’s ?"
        assert template.render(Context({"text": None})) == ""


def test_the_filter_sets_a_translated_text_in_the_language_it_fell_back_to():
    with translation.override("en"):
        shown = Template("{% load newsroom %}{{ alt|typeset }}").render(Context({"alt": TranslatedText(fr="Quoi ?")}))

    assert shown == "Quoi\u202f?"


@pytest.mark.parametrize(
    ("text", "length", "begun"),
    [
        ("Short.", 20, "Short."),
        ("One sentence. And another one.", 14, "One sentence…"),
        ("One sentence. And another one.", 18, "One sentence. And…"),
        ("It goes on… And then.", 12, "It goes on…"),
        ("Quoi\u202f! Rien d’autre.", 8, "Quoi\u202f!…"),
    ],
)
def test_what_is_cut_ends_with_three_dots_and_never_four(text, length, begun):
    assert cut(text, length) == begun
