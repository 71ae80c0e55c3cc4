"""The article's page and the pages around it, as a reader's browser gets them."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.utils import timezone
from lxml import html

from articles.models import Article
from newsroom.jobs import run_pending
from newsroom.models import SiteIdentity
from tests.factories import ArticleFactory, AuthorFactory, AuthorLinkFactory, PageFactory, PhotoFactory, TagFactory

pytestmark = pytest.mark.django_db

LONG = "<p>" + "mot " * 100 + "</p><h2>Section</h2><p>" + "mot " * 100 + "</p>"


@pytest.fixture
def author():
    author = AuthorFactory(is_site_author=True, name="Ada Byron", role={"fr": "Rédactrice"}, web_since=2009)
    AuthorLinkFactory(author=author)
    AuthorLinkFactory(author=author, purpose="follow", service="telegram", url="https://t.me/x")
    return author


@pytest.fixture
def article(author):
    photo = PhotoFactory(credit="A. Nom", licence="CC BY", licence_url="https://creativecommons.org/")
    return ArticleFactory(
        slug="tout", author=author, photo=photo, body=LONG, key_points=["Un.", "Deux."], tags=["Ia", "Libre"]
    )


def page(client, path, status=200):
    response = client.get(path)
    assert response.status_code == status
    return html.document_fromstring(response.content)


def test_an_article_stands_in_the_order_readers_know(client, article):
    ArticleFactory(tags=["Ia"])
    run_pending()
    root = page(client, "/tout/")
    order = [
        "//nav//a[@hreflang='en']",
        "//nav[@class='trail']//li[@class='kicker']/a",
        "//h1",
        "//header/p[@class='standfirst']",
        "//div[@class='byline']//time",
        "//p[@class='follow']/a",
        "//figure[@class='lead']//img",
        "//figure[@class='lead']/figcaption//a[@rel='license']",
        "//section[@id='points']//li",
        "//div[@class='prose'][1]/p",
        "//aside[@class='support'][not(@id)]",
        "//div[@class='prose'][2]/h2",
        "//ul[@class='tags']//a",
        "//p[@class='links share']/a",
        "//aside[@id='support']//a",
        "//section[@id='author']//h2/a",
        "//section[@id='related']//h3/a",
    ]
    everything = list(root.iter())
    places = [everything.index(found[0]) for found in map(root.xpath, order)]

    assert places == sorted(places)
    assert len(set(places)) == len(order)


@pytest.mark.parametrize("status", ["draft", "scheduled"])
def test_only_a_published_article_has_a_page(client, status):
    moment = timezone.now() + timedelta(hours=1) if status == "scheduled" else None
    ArticleFactory(slug="later", published_at=moment)

    page(client, "/later/", 404)
    assert b"later" not in client.get("/").content


def test_an_article_that_was_taken_back_is_gone(client):
    article = ArticleFactory(slug="gone")
    article.published_at = None
    article.save()

    assert page(client, "/gone/", 410).xpath("//h1")


def test_an_article_is_read_in_its_own_edition_only(client, article):
    english = ArticleFactory(language="en", group=article.group, slug="all", author=article.author)

    page(client, "/en/tout/", 404)
    root = page(client, "/tout/")
    assert root.xpath("//nav//a[@hreflang='en']/@href") == ["/en/all/"]
    assert root.xpath("//link[@rel='alternate'][@hreflang]/@href") == [
        "http://testserver/tout/",
        "http://testserver/en/all/",
        "http://testserver/tout/",
    ]

    Article.objects.filter(pk=english.pk).update(published_at=None)
    root = page(client, "/tout/")
    assert root.xpath("//nav//a[@hreflang='en']/@href") == ["/en/"]
    assert root.xpath("//link[@rel='alternate'][@hreflang]") == []


def test_a_notable_change_shows_its_date_and_others_do_not(client, article):
    def dates():
        return page(client, "/tout/").xpath("//div[@class='byline']//time/@datetime")

    published = datetime(2026, 3, 10, 9, tzinfo=UTC)
    Article.objects.update(published_at=published)
    assert dates() == ["2026-03-10T10:00+01:00"]

    Article.objects.update(revised_at=published + timedelta(hours=3))
    assert dates() == ["2026-03-10T10:00+01:00", "2026-03-10T13:00+01:00"]
    [shown] = page(client, "/tout/").xpath("//div[@class='byline']//li[3]")
    assert shown.text_content() == "mis à jour à 13:00"  # the same date twice would say nothing

    Article.objects.update(revised_at=published + timedelta(days=3))
    assert dates() == ["2026-03-10T10:00+01:00", "2026-03-13T10:00+01:00"]


def test_the_support_call_can_be_left_out(client, article):
    Article.objects.update(support_call=False)

    root = page(client, "/tout/")
    assert root.xpath("//aside | //a[@href='#support']") == []
    assert root.xpath("//div[@class='prose']//h2")


def test_a_bare_article_on_a_bare_site_is_a_whole_page(client):
    ArticleFactory(slug="nu", standfirst="", body="")

    root = page(client, "/nu/")

    assert root.xpath("//figure | //section[@id='points'] | //nav[@class='trail'] | //ul[@class='tags']") == []
    assert root.xpath("//aside") == []


@pytest.mark.parametrize("path", ["/", "/en/", "/archives/", "/en/archives/"])
def test_a_site_without_anything_says_so(client, path):
    assert page(client, path).xpath("//main//p[@class='muted']")


def test_the_lines_of_a_plain_text_are_kept(client, author, article):
    typed = {"fr": "Un <b>\r\ndeux.\r\n \r\nTrois : quatre."}
    author.biography = typed
    author.save()
    SiteIdentity(support_text=typed, footer_text=typed).save()

    root = page(client, "/tout/")
    pages = [root.find_class("author")[0], root.get_element_by_id("support"), root.find_class("foot")[0]]

    for part in pages:
        written = html.tostring(part, encoding="unicode")
        assert "<p>Un &lt;b&gt;<br>deux.</p><p>Trois\u00a0: quatre.</p>" in written


def test_the_call_for_support_has_one_title_on_every_page(client, author, article):
    titles = {}
    for title in ("", "Aidez-nous"):
        SiteIdentity(name="La Boussole", support_title={"fr": title}).save()
        paths = "/", "/tout/", author.get_absolute_url()
        titles[title] = [page(client, path).xpath("string(//*[@id='support']//p[@class='call'])") for path in paths]

    assert titles == {"": ["Soutenir La Boussole"] * 3, "Aidez-nous": ["Aidez-nous"] * 3}


def test_related_articles_share_tags_and_language_and_then_the_newest_follow(client, author):
    ArticleFactory(slug="this", tags=["Ia", "Libre"])
    ArticleFactory(slug="one-tag", tags=["Ia"])
    ArticleFactory(slug="two-tags", tags=["Ia", "Libre"], published_at=timezone.now() - timedelta(days=9))
    ArticleFactory(slug="none", tags=["Climat"])
    ArticleFactory(slug="english", tags=["Ia"], language="en")
    ArticleFactory(slug="draft", tags=["Ia"], published_at=None)

    run_pending()

    shown = page(client, "/this/").xpath("//section[@id='related']//h3/a/@href")
    assert shown == ["/two-tags/", "/one-tag/", "/none/"]


def test_the_kicker_is_the_first_tag_the_author_gave(client):
    ArticleFactory(slug="a", tags=["Zinc", "Argent"])

    assert page(client, "/a/").xpath("//*[@class='kicker']/a/text()") == ["Zinc"]
    assert page(client, "/").xpath("//p[@class='kicker']/text()") == ["Zinc"]


def test_an_article_is_passed_on_by_plain_links(client, settings):
    settings.SITE_URL = "https://journal.example"
    ArticleFactory(slug="ete", title="L’été & 100 % d’eau")
    links = page(client, "/ete/").xpath("//p[@class='links share']/a")

    address, title = "https://journal.example/ete/", "L’été & 100 % d’eau"
    parts = [urlsplit(link.get("href")) for link in links]
    assert [(part.scheme, part.netloc, part.path, dict(parse_qsl(part.query))) for part in parts] == [
        ("mailto", "", "", {"subject": title, "body": address}),
        ("https", "www.facebook.com", "/sharer/sharer.php", {"u": address}),
        ("https", "t.me", "/share/url", {"url": address, "text": title}),
        ("https", "wa.me", "/", {"text": f"{title} {address}"}),
        ("https", "bsky.app", "/intent/compose", {"text": f"{title} {address}"}),
    ]
    assert [link.get("rel") for link in links] == [None] + ["nofollow noopener"] * 4


def test_the_support_call_stands_inside_nothing(client, article):
    call = page(client, "/tout/").xpath("//aside[@class='support'][not(@id)]")[0]

    assert call.getparent().get("class") == "article"
    assert call.getnext()[0].tag == "h2"


def test_a_portrait_is_credited_on_the_page_of_whom_it_shows(client):
    portrait = PhotoFactory(credit="A. Nom", licence="CC BY 4.0")
    AuthorFactory(slug="ada", portrait=portrait)
    AuthorFactory(slug="bob", portrait=PhotoFactory())

    [credit] = page(client, "/author/ada/").xpath("//main//p[@class='meta'][small]")
    assert " ".join(credit.text_content().split()) == "Portrait : A. Nom, CC BY 4.0"
    assert page(client, "/author/bob/").xpath("//main//p[@class='meta'][small]") == []


def test_the_foot_leads_to_topics_and_dossiers_and_names_the_ways_to_follow(client, article):
    foot = page(client, "/").xpath("//footer")[0]

    assert [link for link in ("/tag/", "/dossier/", "/archives/") if not foot.xpath(f".//ul//a[@href='{link}']")] == []
    [follow] = foot.xpath(".//section[@id='follow']")
    assert follow.xpath("./h2/text()") == ["Suivre"]
    assert follow.xpath(".//a/@href") == ["/feed/", "https://t.me/x"]


def test_the_chrome_names_site_topics_pages_and_links(client, article):
    SiteIdentity(name="Le Relevé", tagline={"fr": "Des machines"}, accent_hue=145).save()
    TagFactory(name="Climat", slug="climat", nav_position=1)
    PageFactory(title="Contact", slug="contact", position=1)
    PageFactory(title="Loin", slug="loin")
    PageFactory(title="English", slug="english", position=1, language="en")

    root = page(client, "/")

    assert root.get("data-hue") == "145"
    assert root.xpath("//header//a[@href='/']/text()")[-1] == "Le Relevé"
    assert root.xpath("//nav[@class='topics']/a/@href") == ["/tag/climat/", "/archives/"]
    assert root.xpath("//footer//a/@href") == [
        "/feed/",
        "https://t.me/x",
        "/contact/",
        "/tag/",
        "/dossier/",
        "/archives/",
    ]
    assert root.xpath("//link[@type='application/rss+xml']/@href") == [
        "http://testserver/feed/",
        "http://testserver/comments/feed/",
    ]
    assert root.xpath("//link[@rel='canonical']/@href") == ["http://testserver/"]


PUBLIC = ["/", "/tout/", "/tag/ia/", "/author/ada/", "/archives/", "/page/2/", "/en/", "/nothing/", "/feed/"]


@pytest.mark.parametrize("path", PUBLIC)
def test_readers_get_no_cookie_no_script_and_nothing_from_elsewhere(client, article, path):
    AuthorFactory(slug="ada")
    for _ in range(18):
        ArticleFactory()

    response = client.get(path)

    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "nonce" not in policy
    if not path.endswith("feed/"):
        root = html.document_fromstring(response.content)
        assert (
            root.xpath(
                "//script[@type!='application/ld+json' or not(@type)] | //style | //iframe | //@style | //@onclick"
            )
            == []
        )
        fetched = root.xpath("//link[@rel='stylesheet' or @rel='preload' or @rel='icon']/@href | //img/@src")
        assert [url for url in fetched if not re.match("/(static|media)/", url)] == []


def test_public_pages_may_be_kept_and_errors_may_not(client, article):
    assert client.get("/tout/")["Cache-Control"] == "public, max-age=60, stale-while-revalidate=60"
    assert "public" not in client.get("/nothing/").get("Cache-Control", "")


def test_a_page_that_has_not_changed_is_not_sent_again(client, article):
    first = client.get("/tout/")

    assert client.get("/tout/", headers={"If-None-Match": first["ETag"]}).status_code == 304
