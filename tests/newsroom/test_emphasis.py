"""A few signs in short texts become emphasis and links, and nothing else does."""

import pytest
from django.core.exceptions import ValidationError

from newsroom.emphasis import check_links, drawn, plain


@pytest.mark.parametrize(
    ("typed", "shown", "words"),
    [
        ("**a *b* c**", "<strong>a <em>b</em> c</strong>", "a b c"),
        ("**a *b***", "<strong>a <em>b</em></strong>", "a b"),
        ("*a*, **b** et **c**", "<em>a</em>, <strong>b</strong> et <strong>c</strong>", "a, b et c"),
        ("2*3*4 * 5 ** 6", "2*3*4 * 5 ** 6", "2*3*4 * 5 ** 6"),
        (
            "[mon **livre**](https://a.example/?b=1&c=2)",
            '<a href="https://a.example/?b=1&amp;c=2">mon livre</a>',
            "mon livre",
        ),
        ("[moi](mailto:a@a.example)", '<a href="mailto:a@a.example">moi</a>', "moi"),
        ("[ici](/page/)", '<a href="/page/">ici</a>', "ici"),
        (
            "Voir https://www.a.example/.",
            'Voir <a href="https://www.a.example/">a.example</a>.',
            "Voir https://www.a.example/.",
        ),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("[x](//evil.example/)", "[x](//evil.example/)", "[x](//evil.example/)"),
        ('https://a.example/"x', '<a href="https://a.example/">a.example</a>&quot;x', 'https://a.example/"x'),
        ("<b>&", "&lt;b&gt;&amp;", "<b>&"),
        ("**<i>**", "<strong>&lt;i&gt;</strong>", "<i>"),
    ],
)
def test_signs_become_emphasis_and_links(typed, shown, words):
    assert drawn(typed) == shown
    assert plain(typed) == words


@pytest.mark.parametrize("address", ["https://a.example/b", "mailto:a@b.example", "/about/"])
def test_a_link_is_a_link(address):
    check_links(f"**See** [her site]({address}), and [that] (too).")


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    "address", ["htp://a.example", "a.example", "javascript:alert(1)", "https://a.example/b c", "//a", ""]
)
def test_what_readers_would_see_with_its_brackets_is_refused(address):
    with pytest.raises(ValidationError, match="is no link"):
        check_links(f"[One](https://a.example/) and [her site]({address}).")
