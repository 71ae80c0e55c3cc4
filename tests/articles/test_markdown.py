"""A body as Markdown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.body import POLICY
from articles.markdown import Shown, to_markdown
from newsroom.html import clean

PHOTOS = {
    "7": Shown("A [red] field", "https://news.example/a b.jpg", "In June"),
    "9": Shown("A sea", "https://news.example/c.jpg", credit="A. Name", licence="CC BY 4.0"),
}


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<h2>A</h2><h3>B</h3><h4>C</h4>", "## A\n\n### B\n\n#### C"),
        ("<p>a <strong>b</strong> <em>c <s>d</s></em></p>", "a **b** *c ~~d~~*"),
        ("<p>H<sub>2</sub>O, 1<sup>er</sup></p>", "H<sub>2</sub>O, 1<sup>er</sup>"),
        ('<p><a href="https://x.example/(a)">b</a></p>', "[b](https://x.example/%28a%29)"),
        ("<p>a<br>b</p>", "a\\\nb"),
        ("<ul><li><p>a</p></li><li><p>b</p></li></ul>", "- a\n- b"),
        ('<ol start="3"><li>a</li><li>b</li></ol>', "3. a\n4. b"),
        ("<ul><li><p>a</p><ul><li><p>b</p></li></ul></li><li><p>c</p></li></ul>", "- a\n\n  - b\n\n- c"),
        ("<hr>", "---"),
        ("<p><code>x*y</code> <code>a`b</code></p>", "`x*y` `` a`b ``"),
        ("<pre><code>a\n  b &lt; c\n</code></pre>", "```\na\n  b < c\n```"),
        ("<blockquote><p>Said.</p><p>Twice.</p><cite>Who</cite></blockquote>", "> Said.\n> \n> Twice.\n> \n> — Who"),
        (
            "<table><caption>T</caption><tbody><tr><th><p>a</p></th><th>b|c</th></tr><tr><td>1</td></tr></tbody></table>",
            "**T**\n\n| a | b\\|c |\n| --- | --- |\n| 1 |  |",
        ),
        ('<p>Fact<small class="footnote">From <em>here</em>.</small>.</p>', "Fact[^1].\n\n[^1]: From *here*."),
        ('<figure data-photo="7"></figure>', "![A \\[red\\] field](https://news.example/a%20b.jpg)\n\n*In June*"),
        ('<figure data-photo="7"><figcaption>Mine</figcaption></figure>', "![A \\[red\\] field](https://news.example/a%20b.jpg)\n\n*Mine*"),
        ('<figure data-photo="8"></figure><p>a</p>', "a"),
        ('<figure data-photo="9"></figure>', "![A sea](https://news.example/c.jpg)\n\n(A. Name, CC BY 4.0)"),
        ('<figure data-photo="9" data-credit="B_"><figcaption>Mine</figcaption></figure>', "![A sea](https://news.example/c.jpg)\n\n*Mine* (B\\_, CC BY 4.0)"),
        ('<div data-kind="gallery"><figure data-photo="7"></figure></div>', "![A \\[red\\] field](https://news.example/a%20b.jpg)\n\n*In June*"),
        ("loose <em>words</em><p>a</p>more", "loose *words*\n\na\n\nmore"),
        ("<p>5 * 3 _ [x] `y` \\ &lt;b&gt;</p>", "5 \\* 3 \\_ \\[x\\] \\`y\\` \\\\ \\<b\\>"),
        ("<p># no heading</p><p>- no list</p><p>1. no list</p>", "\\# no heading\n\n\\- no list\n\n1\\. no list"),
        ("", ""),
    ],
)  # fmt: skip
def test_each_element_has_its_markdown(html, markdown):
    assert to_markdown(html, PHOTOS.get) == markdown + "\n"


ELEMENTS = st.sampled_from(sorted(POLICY.tags))


@given(
    st.lists(st.one_of(st.text(max_size=20), ELEMENTS.map("<{}>".format), ELEMENTS.map("</{}>".format)), max_size=25)
)
def test_no_body_is_too_odd(parts):
    assert to_markdown(clean("".join(parts), POLICY), PHOTOS.get).endswith("\n")
