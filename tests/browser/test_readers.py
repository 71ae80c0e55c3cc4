"""The readers' pages in a real browser: no fault for axe or the W3C, no overflow, every accent readable, no face unused."""

import itertools

import pytest
from django.test import Client
from django.utils import timezone

from articles.models import Dossier, DossierEntry, Photo
from articles.related import relate
from newsroom.models import Accent, SiteIdentity
from tests.factories import (
    ArticleFactory,
    AuthorFactory,
    AuthorLinkFactory,
    PageFactory,
    PhotoFactory,
    TagFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = ["/", "/tout/", "/nu/", "/tag/ia/", "/author/ada/", "/archives/", "/2025/", "/contact/", "/none/", "/en/"]
FINDING = [
    *("search/", "search/?q=mot", "search/?q=zzzz", f"search/?q={'mot' * 100}", "dossier/", "dossier/mer/"),
    *("tag/", "tag/eau/", "archives/", "2025/", "none/", "gone/"),
]
EVERYWHERE = PAGES + [f"{home}{path}" for home in ("/", "/en/") for path in FINDING]
LONG = "Anticonstitutionnellement" * 8


@pytest.fixture
def site():
    """A site with every kind of page, and an article with everything an article may have."""
    SiteIdentity(name="Le Relevé", tagline={"fr": "Des machines"}, support_text={"fr": "Merci."}).save()
    author = AuthorFactory(slug="ada", is_site_author=True, role={"fr": "Rédactrice"}, biography={"fr": "Elle écrit."})
    AuthorLinkFactory(author=author)
    AuthorLinkFactory(author=author, purpose="follow", service="telegram", url="https://t.me/x")
    TagFactory(name="Ia", slug="ia", nav_position=1, description="Une description.")
    PageFactory(slug="contact", title="Contact", position=1)
    photo = PhotoFactory(credit="A. Nom", licence="CC BY", licence_url="https://creativecommons.org/")
    figure = f'<figure data-photo="{photo.pk}" data-size="%s"></figure>'
    body = f"""
        <p>{"mot " * 90}<small class="footnote">Une note.</small></p><h2>Titre</h2>
        <p>Un <a href="https://example.org/">lien</a>, du <code>code</code>, H<sub>2</sub>O.</p>
        <blockquote><p>Une citation.</p><cite>Quelqu’un</cite></blockquote>
        <ul><li><p>a</p></li><li><p>b</p></li></ul><ol><li><p>c</p></li></ol>
        {figure % "text"}{figure % "wide"}{figure % "full"}
        <div data-kind="gallery">{figure % "text" * 3}</div><div data-kind="compare">{figure % "text" * 2}</div>
        <h2>Autre</h2><h3>Sous-titre</h3><p>{"mot " * 90}{LONG}</p><hr>
        <table><caption>Prix</caption><tbody><tr>{"<th><p>Colonne</p></th>" * 9}</tr>
        <tr>{"<td><p>1 000</p></td>" * 9}</tr></tbody></table><pre><code>{"x" * 300}</code></pre>
    """
    whole = ArticleFactory(
        slug="tout", author=author, photo=photo, body=body, tags=["Ia", "Libre"], key_points=["Un.", "Deux."]
    )
    ArticleFactory(slug="nu", author=author, title=LONG, standfirst="", published_at=timezone.now().replace(year=2025))
    ArticleFactory(slug="autre", author=author, tags=["Ia"], photo=photo)
    relate(whole)
    for code in ("fr", "en"):
        part = ArticleFactory(
            slug="partie", language=code, author=author, body="<p>Un mot.</p>", tags=["Eau"],
            published_at=timezone.now().replace(year=2025),
        )  # fmt: skip
        dossier = Dossier.objects.create(title="La mer", slug="mer", language=code, description="Trois villes.")
        DossierEntry.objects.create(dossier=dossier, article=part)
        ArticleFactory(slug="gone", language=code, author=author).delete()


def test_every_page_is_valid_html(site, html_errors, tmp_path):
    client = Client()
    pages = {f"page{n}": client.get(path).content for n, path in enumerate(EVERYWHERE)}
    pages["refused"] = client.get("/", headers={"Host": "evil.example"}).content

    assert html_errors(pages, tmp_path) == []


# Lines of text that leave the screen, and boxes that cut off what they hold; the topics, tables and code are scrolled.
CUT = """() => {
  const width = document.documentElement.clientWidth, found = [], range = document.createRange();
  const apart = ".topics, .table, pre, .skip, .hidden, .trap, script, select, input";
  for (const element of document.querySelectorAll("body, body *")) {
    if (element.closest(apart)) continue;
    const cuts = ["hidden", "clip"].includes(getComputedStyle(element).overflowX);
    if (cuts && element.scrollWidth > element.clientWidth + 1) found.push(`cut: ${element.className || element.localName}`);
    for (const text of element.childNodes) {
      if (text.nodeType !== Node.TEXT_NODE || !text.data.trim()) continue;
      range.selectNodeContents(text);
      const out = [...range.getClientRects()].some(line => line.left < -.5 || line.right > width + .5);
      if (out) found.push(`outside: ${text.data.trim().slice(0, 40)}`);
    }
  }
  const wide = document.documentElement.scrollWidth;
  return wide === innerWidth ? found : [...found, `${wide} wide`];
}"""
# A whole card is one target, and so is a line of text.
LOW = """() => [...document.querySelectorAll("a, button, input, summary")]
  .filter(each => each.checkVisibility() && !each.closest(".card, .skip, .trap, .tick, .prose :is(p, li, cite)"))
  .filter(each => { const box = each.getBoundingClientRect(); return box.height < 24 || box.width < 24; })
  .map(each => each.outerHTML)"""
WRITING = ["/tout/comment/", "/comments/mine/", "/en/comments/mine/"]
PAPER = 673  # pixels of A4 between the margins of print.css


def test_every_page_serves_every_reader(site, live_server, page, axe):
    """By day, by night, with a thumb, in large letters on a phone, on paper: of one page drawn once."""
    faults = {}

    def note(path, how, found):
        if found:
            faults[path, how] = found

    for path in EVERYWHERE + WRITING:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(live_server.url + path)
        note(path, "axe", axe(page))
        page.set_viewport_size({"width": 320, "height": 800})
        if path in PAGES:
            note(path, "lower than 24 pixels", page.evaluate(LOW))
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        note(path, "large letters", page.evaluate(CUT))
        page.evaluate("document.documentElement.style.fontSize = ''")
        page.set_viewport_size({"width": PAPER, "height": 900})
        page.emulate_media(media="print")
        note(path, "paper", page.evaluate(CUT) if page.locator("main").inner_text().strip() else ["empty"])
        page.emulate_media(media="screen")

    assert faults == {}


def test_the_pages_of_finding_are_what_they_are_visited_for(site):
    client = Client()
    statuses = {path: client.get(f"{home}{path}").status_code for path in FINDING for home in ("/", "/en/")}
    assert {path: status for path, status in statuses.items() if status != 200} == {"none/": 404, "gone/": 410}
    for home in ("/", "/en/"):
        assert client.get(f"{home}search/?q=mot").context["results"].total > 0
        assert client.get(f"{home}search/?q=zzzz").context["results"].total == 0


def test_nothing_is_wider_than_the_screen(site, live_server, page):
    wide = []
    for path in ("/", "/tout/", "/nu/", "/author/ada/"):
        page.goto(live_server.url + path)
        for direction, width in itertools.product(("ltr", "rtl"), (320, 390, 1280, 2560)):
            page.evaluate("direction => { document.documentElement.dir = direction }", direction)
            page.set_viewport_size({"width": width, "height": 800})
            if page.evaluate("document.documentElement.scrollWidth") != width:
                wide.append((path, direction, width))

    assert wide == []


CONTRASTS = """() => {
  const context = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const light = colour => {
    context.fillStyle = colour; context.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map(v => v / 255)
      .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * r + .7152 * g + .0722 * b;
  };
  const probe = document.body.appendChild(document.createElement("i"));
  const value = name => { probe.style.color = `var(--${name})`; return light(getComputedStyle(probe).color); };
  const pairs = [["accent", "paper"], ["accent", "card"], ["accent", "wash"], ["on-accent", "accent"],
                 ["ink", "paper"], ["muted", "paper"], ["muted", "card"]];
  return pairs.map(([a, b]) => {
    const [dark, bright] = [value(a), value(b)].sort((x, y) => x - y);
    return [`${a} on ${b}`, (bright + .05) / (dark + .05)];
  });
}"""


def test_every_accent_reads_well_by_day_and_by_night(site, live_server, page):
    page.goto(live_server.url)
    found = {}
    for scheme, hue in itertools.product(("light", "dark"), Accent.values):
        page.emulate_media(color_scheme=scheme)
        page.evaluate("hue => { document.documentElement.dataset.hue = hue }", hue)
        found[scheme, hue] = page.evaluate(CONTRASTS)

    assert {len(contrasts) for contrasts in found.values()} == {7}
    assert len({str(contrasts) for contrasts in found.values()}) == 2 * len(Accent.values)
    assert {(*drawn, pair): ratio for drawn in found for pair, ratio in found[drawn] if ratio < 4.5} == {}


@pytest.mark.parametrize(
    ("body", "faces"),
    [
        ("<p>Des mots droits.</p>", ["roman"]),
        ("<p>Des mots <em>penchés</em>.</p>", ["italic", "roman"]),
        ("<blockquote><p>Une citation.</p><cite>Quelqu’un</cite></blockquote>", ["italic", "roman"]),
    ],
)
def test_the_italic_face_is_fetched_only_where_it_is_used(site, live_server, strict, body, faces):
    fetched = set()
    strict.on("request", lambda request: request.url.endswith("woff2") and fetched.add(request.url))
    ArticleFactory(slug="mots", body=body, tags=["Ia"], key_points=["Un."])

    strict.goto(f"{live_server.url}/mots/", wait_until="networkidle")

    assert sorted(url.rpartition("-")[2].removesuffix(".woff2") for url in fetched) == faces


def test_a_quotation_leans_and_what_is_stressed_in_it_stands_upright(site, live_server, page):
    says = "<blockquote%s><p>A <em>b</em> <code>c</code></p><cite>D, <em>E</em></cite></blockquote>"
    ArticleFactory(slug="mots", body=says % "" + says % ' lang="ar"')
    page.goto(f"{live_server.url}/mots/")

    styles = page.eval_on_selector_all(
        ".prose blockquote", "all => all.map(q => ['p', 'p em', 'code', 'cite', 'cite em'].map("
        "part => getComputedStyle(q.querySelector(part)).fontStyle))",
    )  # fmt: skip

    assert styles == [
        ["italic", "normal", "normal", "normal", "italic"],
        ["normal", "italic", "normal", "normal", "italic"],
    ]


def test_what_one_taps_is_44_pixels_high(site, live_server, page):
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(f"{live_server.url}/tout/")

    small = page.evaluate(
        """() => [...document.querySelectorAll(".masthead nav a, .foot li a, .button, .tags a, .links a, .pages a")]
            .filter(link => link.checkVisibility() && link.getBoundingClientRect().height < 44).map(link => link.outerHTML)"""
    )

    assert small == []


SIZES = """async () => {
  const images = [...document.querySelectorAll("picture img")];
  images.forEach(image => { image.loading = "eager" });
  await Promise.all(images.map(image => image.decode()));
  // With a srcset of widths, a picture's natural width is what its `sizes` promised.
  return images.map(image => [image.naturalWidth, Math.round(image.getBoundingClientRect().width),
                              image.closest("figure, .card, .face").className || image.closest("div").className]);
}"""


def test_pictures_say_how_wide_they_will_be(site, live_server, page):
    """A promise may be a third too large or a tenth too small; past that, the wrong file is fetched."""
    for photo in Photo.objects.all():
        photo.render()
    found = []
    for width in (320, 390, 768, 1000, 1280, 1920, 3840):
        page.set_viewport_size({"width": width, "height": 900})
        for path in ("/", "/tout/"):
            page.goto(live_server.url + path)
            found += [(width, *picture) for picture in page.evaluate(SIZES)]

    assert len(found) == 7 * 11
    assert [each for each in found if not 0.9 * each[2] <= each[1] <= 1.34 * each[2]] == []
