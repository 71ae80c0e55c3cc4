"""Articles as RSS: whole, newest first, and readable far from the site."""

from datetime import timedelta

import feedparser
import pytest
from django.utils import timezone
from django.utils.http import http_date
from lxml import etree

from articles.feed_formats import XHTML
from articles.models import Article, Author, Tag
from newsroom.models import SiteIdentity
from tests.factories import ArticleFactory, AuthorFactory, CommentFactory, PhotoFactory, TagFactory

pytestmark = pytest.mark.django_db


def test_a_feed_gives_the_whole_text_with_absolute_addresses(client):
    SiteIdentity(name="Le Relevé", tagline={"fr": "Des machines"}).save()
    photo = PhotoFactory(caption={"fr": "Légende"})
    body = (
        '<p>Un <a href="/autre/">lien</a>.<small class="footnote">Une note.</small></p>'
        f'<figure data-photo="{photo.pk}"></figure>'
    )
    ArticleFactory(title="A & <b>", slug="a", body=body, photo=photo, tags=["Ia", "Libre"])
    ArticleFactory(published_at=None)
    ArticleFactory(language="en")

    feed = feedparser.parse(client.get("/feed/").content, sanitize_html=False)

    assert not feed.bozo
    assert feed.version == "rss20"
    assert (feed.feed.title, feed.feed.link, feed.feed.language) == ("Le Relevé", "http://testserver/", "fr")
    (entry,) = feed.entries
    assert (entry.title, entry.link) == ("A & <b>", "http://testserver/a/")
    assert [tag.term for tag in entry.tags] == ["Ia", "Libre"]
    text = etree.HTML(entry.content[0].value)
    assert [url for url in text.xpath("//@href | //@src") if not url.startswith("http://testserver/")] == []
    assert len(text.xpath("//img[@width][@alt]")) == 2
    assert text.xpath("//ol/li/text()") == ["Une note."]


def test_tags_and_authors_have_feeds_of_their_own(client):
    author = AuthorFactory(slug="ada")
    ArticleFactory(title="Mien", author=author, tags=["Ia"])
    ArticleFactory(title="Autre")

    for path in ("/tag/ia/feed/", "/author/ada/feed/", "/tag/ia/feed/atom/", "/author/ada/feed/atom/"):
        assert [entry.title for entry in feedparser.parse(client.get(path).content).entries] == ["Mien"]
    for path in ("/tag/ia/feed.json", "/author/ada/feed.json"):
        assert [item["title"] for item in client.get(path).json()["items"]] == ["Mien"]
    for path in ("/en/tag/ia/feed/", "/en/tag/ia/feed/atom/", "/en/tag/ia/feed.json"):
        assert client.get(path).status_code == 404


def test_a_description_is_the_editions_own(client):
    SiteIdentity(name="N", tagline={"fr": 'Qui ? "Nous"'}).save()
    ArticleFactory(language="en", author=AuthorFactory(slug="ada", role={"fr": 'Qui ? "Moi"'}))

    own = {"/": "Nous", "/author/ada/": "Moi"}
    shown = {path: f"Qui\u202f? «\u202f{word}\u202f»" for path, word in own.items()}
    for path, words in (shown | {"/en/": "N", "/en/author/ada/": "N"}).items():
        feed = feedparser.parse(client.get(f"{path}feed/").content).feed
        assert (feed.subtitle, client.get(f"{path}feed.json").json()["description"]) == (words, words)


def test_topics_are_set_as_the_site_sets_them(client):
    ArticleFactory().tags.set([TagFactory(name='L\'eau : "bien commun"')])
    shown = ["L’eau\u00a0: «\u202fbien commun\u202f»"]

    for path in ("/feed/", "/feed/atom/"):
        [entry] = feedparser.parse(client.get(path).content).entries
        assert [tag.term for tag in entry.tags] == shown
    assert client.get("/feed.json").json()["items"][0]["tags"] == shown


def test_no_control_character_and_no_broken_link_breaks_a_feed_or_a_page(client):
    article = ArticleFactory(slug="a")
    Article.objects.filter(pk=article.pk).update(
        title="a\x0bb",
        standfirst="\x01c",
        body='<table><caption>d\x02</caption></table><p><a href="//[no-address/">e</a></p>',
        key_points=["\x08"],
    )

    assert feedparser.parse(client.get("/feed/").content).entries[0].title == "ab"
    assert client.get("/a/").status_code == 200


def test_a_feed_is_the_newest_twenty(client):
    for day in range(22):
        ArticleFactory(title=f"{day}", published_at=timezone.now() - timedelta(days=day + 1))

    entries = feedparser.parse(client.get("/feed/").content).entries
    assert [entry.title for entry in entries] == [f"{day}" for day in range(20)]


def test_the_three_formats_say_the_same(client):
    photo = PhotoFactory()
    article = ArticleFactory(
        title='L\'été : "oui" !',
        standfirst="A < b & c",
        slug="a",
        body="<p>Un <em>texte</em> !</p>",
        photo=photo,
        tags=["Ia"],
    )
    rss, atom = (feedparser.parse(client.get(path).content) for path in ("/feed/", "/feed/atom/"))
    response = client.get("/feed.json")
    data = response.json()

    assert (rss.bozo, rss.version, atom.bozo, atom.version) == (False, "rss20", False, "atom10")
    assert response.headers["Content-Type"] == "application/feed+json; charset=utf-8"
    assert data["version"] == "https://jsonfeed.org/version/1.1"
    assert data["feed_url"] == "http://testserver/feed.json"
    assert rss.feed.title == atom.feed.title == data["title"] == "Newsroom"
    assert rss.feed.subtitle == atom.feed.subtitle == data["description"] == "Newsroom"
    assert rss.feed.link == atom.feed.link == data["home_page_url"] == "http://testserver/"
    (one,), (two,), (three,) = rss.entries, atom.entries, data["items"]
    assert one.title == two.title == three["title"] == "L’été\u00a0: «\u202foui\u202f»\u202f!"
    assert one.link == two.link == three["url"] == "http://testserver/a/"
    day = f"{article.first_published_at:%Y-%m-%d}"
    assert one.id == two.id == three["id"] == f"tag:testserver,{day}:article/{article.pk}"
    assert one.published_parsed == two.published_parsed == article.published_at.utctimetuple()
    assert one.author == two.author == three["authors"][0]["name"] == article.author.name
    assert one.summary == two.summary == "A &lt; b &amp; c"
    assert three["summary"] == "A < b & c"
    assert one.content[0].value == two.content[0].value
    for text in (one.content[0].value, three["content_html"]):
        assert "<p>Un <em>texte</em>\u202f!</p>" in text
        assert "<img " in text
    assert three["image"].startswith("http://testserver/media/")
    assert [tag.term for tag in one.tags] == [tag.term for tag in two.tags] == three["tags"] == ["Ia"]


@pytest.mark.parametrize("path", ["/feed/", "/feed/atom/", "/feed.json"])
def test_a_feed_is_sent_again_only_when_it_changed(client, path):
    article = ArticleFactory()
    first = client.get(path)

    assert first.headers["Last-Modified"]
    assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert client.get(path, headers={"If-Modified-Since": first.headers["Last-Modified"]}).status_code == 304
    article.title = "Autre"
    article.save()
    assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/feed/rss2/", "/feed/"),
        ("/en/feed/rss/", "/en/feed/"),
        ("/tag/ia/feed/rdf/", "/tag/ia/feed/"),
        ("/author/ada/feed/rss2/", "/author/ada/feed/"),
        ("/?feed=rss2", "/feed/"),
        ("/?feed=rdf&cat=3", "/feed/"),
        ("/en/?feed=atom", "/en/feed/atom/"),
        ("/?feed=comments-rss2", "/comments/feed/"),
        ("/en/?feed=comments-atom", "/en/comments/feed/atom/"),
        ("/comments/feed/rss2/", "/comments/feed/"),
        ("/one/feed/rss2/", "/one/feed/"),
    ],
)
def test_the_addresses_of_wordpress_lead_to_ours(client, old, new):
    response = client.get(old)

    assert (response.status_code, response.headers["Location"]) == (301, new)


@pytest.mark.parametrize("path", ["/feed/", "/feed/atom/"])
def test_a_browser_is_told_how_to_show_a_feed(client, path):
    ArticleFactory(slug="a", title="Un titre", standfirst="L'un & l'autre")
    response = client.get(path)
    root = etree.fromstring(response.content)
    sheet = root.getroottree().xpath("/processing-instruction('xml-stylesheet')")[0]
    links = root.xpath("//html:a/@href", namespaces={"html": XHTML})

    assert response.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert sheet.get("type") == "text/css"
    assert sheet.get("href") == "/static/css/feed.css"
    assert links == ["http://testserver/", "http://testserver/a/"]
    shown = etree.XPath("//*[self::h:h1 or self::h:h2 or self::h:p]//text()", namespaces={"h": XHTML})(root)
    assert shown[0] == "Newsroom"
    assert shown[2:] == ["Un titre", "L’un & l’autre"]


@pytest.mark.parametrize("path", ["/feed/", "/feed/atom/", "/feed.json"])
@pytest.mark.parametrize("count", [1, 3])
def test_a_feed_costs_the_same_for_any_number(client, django_assert_num_queries, path, count):
    for number in range(count):
        ArticleFactory(slug=f"a{number}", tags=["Ia"], photo=PhotoFactory())

    with django_assert_num_queries(4):  # which articles, the site, the articles, their tags
        assert client.get(path).content.count(b"First paragraph.") == count


NASTY = "a\x01\x0b\x1f\ufffe]]></title><b>&" + "😀" * 60 + "W" * 120
XML = ["/feed/", "/feed/atom/", "/tag/ia/feed/", "/author/ada/feed/atom/", "/comments/feed/", "/a/feed/atom/"]
XML += ["/sitemap.xml", "/sitemap-1.xml", "/sitemap-sections.xml", "/sitemap-news.xml"]
XML += ["/oembed?format=xml&url=http://testserver/a/"]


@pytest.mark.parametrize("path", XML)
def test_no_title_and_no_name_breaks_what_programs_read(client, path):
    author, article = AuthorFactory(slug="ada"), ArticleFactory(slug="a", tags=["Ia"])
    Article.objects.update(
        title=NASTY[:200], standfirst=NASTY, key_points=[NASTY], author=author, body=f"<p>{NASTY}</p>"
    )
    Author.objects.update(name=NASTY[:60])
    Tag.objects.update(name=NASTY[:60], description=NASTY)
    SiteIdentity(name=NASTY[:60], tagline={"fr": NASTY}).save()
    comment = CommentFactory(article=article, approved=True)
    type(comment).objects.update(user_name=NASTY[:50], comment=NASTY)

    response = client.get(path)

    assert response.status_code == 200
    root = etree.fromstring(response.content)
    assert not root.xpath("//*[local-name()='b']")
    if "sitemap" not in path or "news" in path:
        assert "a]]></title><b>&😀" in "".join(root.itertext())


def test_a_scheduled_article_is_new_from_its_moment_on(client):
    moment = timezone.now() - timedelta(minutes=1)
    ArticleFactory(published_at=moment)
    Article.objects.update(modified_at=moment - timedelta(days=3))
    before = http_date((moment - timedelta(hours=1)).timestamp())

    response = client.get("/feed/", headers={"If-Modified-Since": before})

    assert (response.status_code, response["Last-Modified"]) == (200, http_date(moment.timestamp()))


def test_an_article_with_another_address_is_no_new_one_to_who_follows(client):
    article = ArticleFactory(slug="a")

    def ids():
        feeds = [feedparser.parse(client.get(path).content).entries[0].id for path in ("/feed/", "/feed/atom/")]
        return [*feeds, client.get("/feed.json").json()["items"][0]["id"]]

    before = ids()
    article.slug = "b"
    article.save()

    assert client.get("/feed.json").json()["items"][0]["url"] == "http://testserver/b/"
    assert ids() == before
