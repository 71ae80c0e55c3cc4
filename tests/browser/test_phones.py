"""What only a narrow screen shows: bars and tables that scroll, lines that break, what lies close to what one taps."""

import itertools
from io import BytesIO

import pytest
from django.urls import reverse
from PIL import Image

from articles.models import Article, Dossier, DossierEntry, MissedAddress
from newsroom.mail import send
from tests.browser.desk_pages import LISTS
from tests.browser.test_desk import come_in
from tests.factories import (
    ArticleFactory,
    AuthorFactory,
    AuthorLinkFactory,
    CommentFactory,
    PageFactory,
    PhotoFactory,
    TagFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site():
    """An article with a wide table and a long line of code, and what stands around it."""
    author = AuthorFactory(slug="ada", is_site_author=True, role={"fr": "Rédactrice"}, web_since=2009)
    AuthorLinkFactory(author=author)
    AuthorLinkFactory(author=author, purpose="follow", service="telegram", url="https://t.me/x")
    AuthorLinkFactory(author=author, purpose="follow", service="facebook", url="https://f.example/x")
    TagFactory(name="Ia", slug="ia", nav_position=1)
    cells = "<tr>" + "<td><p>1 000 mètres</p></td>" * 9 + "</tr>"
    body = f"<p>Mot.</p><table><tbody>{cells * 2}</tbody></table><pre><code>{'x' * 300}</code></pre>"
    article = ArticleFactory(slug="tout", author=author, body=body, photo=PhotoFactory(), tags=["Ia"])
    dossier = Dossier.objects.create(title="Une longue suite de textes", slug="suite", language="fr")
    DossierEntry.objects.create(dossier=dossier, article=article)
    for name in ("Anne-Charlotte", "Bo", "Une lectrice de longue date"):
        CommentFactory(article=article, user_name=name, approved=True)
    return article


@pytest.fixture
def many_topics():
    for number in range(6):
        TagFactory(name=f"Sujet numéro {number}", slug=f"s{number}", nav_position=number + 2)


def test_the_topics_say_that_there_are_more_wherever_the_bar_scrolls(site, many_topics, live_server, page):
    shade = """getComputedStyle(document.querySelector(".topics"), "::after").visibility"""
    rest = """(bar => bar.scrollWidth - bar.clientWidth)(document.querySelector(".topics"))"""

    for width in (320, 700):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(live_server.url)
        assert page.evaluate(rest) > 0, width
        page.wait_for_function(f"() => {shade} === 'visible'")
        page.evaluate("document.querySelector('.topics').scrollLeft = 9999")
        page.wait_for_function(f"() => {shade} === 'hidden'")
        last = page.locator(".topics a").last
        assert last.inner_text() == "Archives"
        box = last.bounding_box()
        assert box["x"] + box["width"] <= width - 8
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(live_server.url)
    assert (page.evaluate(rest), page.evaluate(shade)) == (0, "hidden")


def test_a_tap_where_the_topics_fade_opens_none_that_one_cannot_see(site, many_topics, live_server, page):
    under = "([x, y]) => document.elementFromPoint(x, y).localName"
    for width in (320, 390, 700):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(live_server.url)
        box = page.locator(".topics").bounding_box()
        middle, end = box["y"] + box["height"] / 2, box["x"] + box["width"]
        for scrolled in range(0, 200, 7):
            page.evaluate("x => { document.querySelector('.topics').scrollLeft = x }", scrolled)
            assert [page.evaluate(under, [end - 6, middle]), page.evaluate(under, [end - 30, middle])] == ["nav", "nav"]


def test_the_topic_one_is_in_stands_in_sight(site, many_topics, live_server, page):
    page.set_viewport_size({"width": 390, "height": 800})
    for slug in ("s0", "s3", "s5"):
        page.goto(f"{live_server.url}/tag/{slug}/")
        box = page.locator(".topics [aria-current]").bounding_box()
        assert box["x"] >= 0, slug
        assert box["x"] + box["width"] <= 390 - 40, slug


def test_what_stands_above_the_name_of_the_site_fits_in_one_line(site, live_server, page):
    for path, width in itertools.product(("/", "/en/", "/tout/"), (320, 390)):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(live_server.url + path)

        # the one link of an article that is not translated is longer: on the narrowest phones it has a line of its own
        most = 88 if (path, width) == ("/tout/", 320) else 44
        assert page.locator(".bar").bounding_box()["height"] <= most, (path, width)


@pytest.mark.parametrize("what", [".table", ".prose pre"])
def test_what_is_cut_at_the_edge_of_the_screen_lies_in_shade_there(site, live_server, page, what):
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{live_server.url}/tout/")
    box = page.locator(what).first
    box.evaluate(
        "box => { box.style.color = 'transparent'; box.querySelectorAll('*').forEach(one => { one.style.borderColor = 'transparent'; one.style.color = 'transparent' }) }"
    )

    def shaded():
        picture = Image.open(BytesIO(box.screenshot())).convert("L")
        middle = picture.getpixel((picture.width // 2, picture.height // 2))
        sides = (picture.getpixel((x, picture.height // 2)) for x in (1, picture.width - 2))
        return [abs(side - middle) > 15 for side in sides]

    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = []
        for x in (0, 100, 9999):
            box.evaluate("(box, x) => { box.scrollLeft = x }", x)
            found.append(shaded())

        assert found == [[False, True], [True, True], [True, False]], scheme


# Where a dot that parts two facts stands first in its line, and which facts are broken in two.
BROKEN = """() => {
  const found = [], range = document.createRange();
  const top = (node, from, to) => { range.setStart(node, from); range.setEnd(node, to); return range.getClientRects()[0]; };
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  let last = null;
  for (let node; node = texts.nextNode();) {
    if (!node.data.trim() || !node.parentElement.checkVisibility()) continue;
    const dot = node.data.indexOf("·");
    if (dot >= 0) {
      const before = node.data.slice(0, dot).trim() ? top(node, dot - 2, dot - 1) : last;
      if (before && top(node, dot, dot + 1).top - before.top > 8) found.push(node.parentElement.outerHTML.slice(0, 200));
    }
    const end = node.data.trimEnd().length;
    last = top(node, end - 1, end);
  }
  for (const whole of document.querySelectorAll("main :is(time:not(.minute), .whole)")) {
    range.selectNodeContents(whole);
    const lines = new Set([...range.getClientRects()].map(line => Math.round(line.top / 6)));
    if (lines.size > 1) found.push(whole.outerHTML);
  }
  return found;
}"""


def test_no_line_begins_with_a_dot_and_no_fact_is_broken(site, live_server, page):
    found = {}
    for path in ("/", "/tout/", "/author/ada/"):
        page.goto(live_server.url + path)
        for width in range(320, 400, 10):
            page.set_viewport_size({"width": width, "height": 800})
            if broken := page.evaluate(BROKEN):
                found[path, width] = broken

    assert found == {}


def test_the_link_below_the_comment_form_keeps_its_distance_from_the_button(site, live_server, page):
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{live_server.url}/tout/")

    button = page.locator("#comment-form .button").first.bounding_box()
    link = page.locator("#comment-form ~ .meta a").bounding_box()

    assert link["y"] - button["y"] - button["height"] >= 12


def test_a_word_longer_than_the_screen_is_broken_on_every_list(live_server, page):
    word = "anticonstitutionnellement" * 3
    TagFactory(name=word, slug="long", description=word, nav_position=1)
    who = {"role": {"fr": word}, "biography": {"fr": word}}
    author = AuthorFactory(slug="ada", name=word, is_site_author=True, **who)
    dossier = Dossier.objects.create(title=word, slug="suite", language="fr", description=word)
    for number in range(9):
        words = {"title": f"{word} {number}", "standfirst": f"https://example.org/{word}", "author": author}
        article = ArticleFactory(slug=f"a{number}", photo=PhotoFactory() if number % 2 else None, tags=[word], **words)
        DossierEntry.objects.create(dossier=dossier, article=article)
    page.set_viewport_size({"width": 390, "height": 800})
    found = {}
    for path in (
        "",
        "a0/",
        "tag/",
        "tag/long/",
        "author/ada/",
        "dossier/",
        "dossier/suite/",
        "archives/",
        f"search/?q={word}",
    ):
        page.goto(f"{live_server.url}/{path}")
        if (width := page.evaluate("document.documentElement.scrollWidth")) > 390:
            found[path] = width

    assert found == {}


# What of a part of the desk lies beyond the edge of the screen.
CUT = """(place) => [...document.querySelectorAll(`${place} *`)]
  .filter((one) => one.checkVisibility() && !one.closest(".visually-hidden") && one.getBoundingClientRect().right > innerWidth)
  .map((one) => `${one.localName}.${one.className}`)"""


@pytest.mark.parametrize("width", [320, 390])
def test_a_list_of_the_desk_shows_all_of_a_row_on_a_phone(site, live_server, strict, width):
    page = come_in(strict, live_server)
    for number in range(2):
        MissedAddress.note(f"/nowhere/{'long-' * 12}{number}/")
    PageFactory(slug="contact")
    CommentFactory(approved=True)
    send("reader@secret.example", "comment_mine", {"path": "/"})
    page.set_viewport_size({"width": width, "height": 800})
    found = {}
    for name in LISTS:
        page.goto(f"{live_server.url}{reverse(f'admin:{name}_changelist')}")
        if cut := page.evaluate(CUT, ":is(#result_list, .drop)"):
            found[name] = cut
    assert found == {}

    page.goto(f"{live_server.url}/admin/articles/missedaddress/")
    row = page.locator("#result_list tbody tr").first
    assert row.get_by_role("link", name="Redirect").is_visible()
    labels = row.locator("td").evaluate_all("cells => cells.map((cell) => cell.dataset.label)")
    assert labels == [None, None, "Asked for", "First", "Last", None]


def test_the_articles_of_a_dossier_stay_on_their_cards_on_a_phone(site, live_server, strict):
    page = come_in(strict, live_server)
    Article.objects.update(title="Un titre qui est plus long que ne l’est un téléphone tenu debout, et de loin")
    page.set_viewport_size({"width": 390, "height": 800})

    page.goto(f"{live_server.url}/admin/articles/dossier/{Dossier.objects.get().pk}/change/")
    page.wait_for_selector(".select2-container")

    assert page.evaluate(CUT, ".inline-group") == []
