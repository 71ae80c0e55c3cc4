"""What readers type, made plain: no address is told, and nothing else is hidden."""

import time

import pytest

from comments import text


@pytest.mark.parametrize(
    "typed",
    [
        "marie@example.org",
        "marie @ example.org",
        "marie@ example.org",
        '"marie"@example.org',
        "marie(@)example.org",
        "marie [ at ] example.org",
        "marie AT example DOT org",
        "marie at mail dot example dot co dot uk",
        "marie at example dot it",
        "marie arobase example point fr",
        "marie arobase example.fr",
        "marie\u200d@\ufe0fexample.org",
        "marie＠\u200eexample.org",
    ],
)
def test_an_address_is_masked_in_the_spellings_people_use(typed):
    assert text.without_addresses(f"Dites : {typed}, merci") == f"Dites : {text.HIDDEN_ADDRESS}, merci"


@pytest.mark.parametrize(
    "typed",
    [
        "Rendez-vous à 10 h @ Paris. Venez !",
        "Lu via @lemonde.example hier",
        "Je l’ai vue chez moi point final",
        "Looking at example.org at noon",
        "Le signe arobase est beau",
        "Look at this dot com bubble",
        "Look at the dot com bubble",
        "They laughed at every dot com in those years",
        "I bought it at amazon dot com yesterday",
        "Evaluate the field at point dot product",
        "He looked at one dot in the sky",
        "The people at home dot the landscape",
        "We met at noon, dot by dot",
    ],
)
def test_ordinary_words_are_not_taken_for_an_address(typed):
    assert text.without_addresses(typed) == typed


@pytest.mark.parametrize(
    ("typed", "links"),
    [
        ("See https://a.example/x, and http://b.example.", ["https://a.example/x", "http://b.example"]),
        ("example.com/x and www.example.org!", ["http://example.com/x", "http://www.example.org"]),
        ("Go to EXAMPLE.com/win?a=b.", ["http://EXAMPLE.com/win?a=b"]),
        ("https://a.example/example.com/x", ["https://a.example/example.com/x"]),
        ("marie@example.com/x", []),
        ("Une phrase.Une autre, 3.5/5, 24/7, et/ou, example.com, M. X/Y", []),
    ],
)
def test_links_are_found_as_people_type_them(typed, links):
    assert text.links(typed) == links


@pytest.mark.parametrize(
    "part", ["a", "a ", "a@", "a @ b", "a at b dot ", '"', "a\u200b", "a arobase b point ", "a at b dot co dot "]
)
def test_a_book_of_anything_is_searched_in_time_that_grows_with_its_length(part):
    def seconds(signs):
        start = time.process_time()
        text.without_addresses((part * signs)[:signs])
        return time.process_time() - start

    assert seconds(80_000) < 16 * seconds(20_000) + 0.1
