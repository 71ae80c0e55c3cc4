"""What pages say to search engines."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation

from articles import cards, editions, structured_data
from articles.models import Article
from newsroom.jobs import run_pending
from newsroom.models import SiteIdentity
from newsroom.translated import TranslatedText
from tests.factories import ArticleFactory, AuthorFactory, AuthorLinkFactory, PhotoFactory

pytestmark = pytest.mark.django_db
IDENTITY = SiteIdentity(name="The News", tagline=TranslatedText(fr="Tout", en="All"))


def read(block):
    """Return what a search engine reads in the one data block."""
    [text] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', block, re.DOTALL)
    return json.loads(text)


def test_an_article_says_all_that_search_engines_ask():
    author = AuthorFactory(name="Ana", slug="ana", role={"fr": "Journaliste"})
    for url in ("https://social.example/@ana", "/feed/"):
        AuthorLinkFactory(author=author, purpose="follow", service="other", url=url)
    AuthorLinkFactory(author=author, purpose="support", url="https://www.patreon.com/ana")
    photo = PhotoFactory(credit="Bo", licence_url="https://licence.example/")
    run_pending()
    photo.refresh_from_db()
    article = ArticleFactory(
        slug="one",
        title="Title",
        author=author,
        photo=photo,
        tags=["ia", "libre"],
        published_at=datetime(2026, 11, 20, 17, tzinfo=UTC),
        comment_count=0,
        body="<p>Four words of text.</p>",
    )

    data = read(structured_data.data_block(structured_data.news_article(article, IDENTITY)))

    images = data.pop("image")
    assert [(one["width"] / one["height"]) for one in images] == pytest.approx([16 / 9, 4 / 3, 1], rel=0.01)
    assert {(one["@type"], one["creditText"], one["license"], one["caption"]) for one in images} == {
        ("ImageObject", "Bo", "https://licence.example/", "Un champ")
    }
    assert all(one["url"].startswith("http://testserver/media/") for one in images)
    assert data == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": "http://testserver/one/#article",
        "mainEntityOfPage": "http://testserver/one/",
        "url": "http://testserver/one/",
        "headline": "Title",
        "description": "A standfirst.",
        "datePublished": "2026-11-20T18:00:00+01:00",
        "dateModified": "2026-11-20T18:00:00+01:00",
        "author": {
            "@type": "Person",
            "@id": "http://testserver/#author-ana",
            "name": "Ana",
            "url": "http://testserver/author/ana/",
            "jobTitle": "Journaliste",
            "sameAs": ["https://social.example/@ana"],
        },
        "publisher": {
            "@type": "NewsMediaOrganization",
            "@id": "http://testserver/#publisher",
            "name": "The News",
            "url": "http://testserver/",
        },
        "inLanguage": "fr",
        "isAccessibleForFree": True,
        "wordCount": 4,
        "keywords": ["ia", "libre"],
        "articleSection": "ia",
        "commentCount": 0,
    }


def test_a_translation_names_its_original_and_the_original_its_translations():
    original = ArticleFactory(slug="un", title="Un")
    translated = ArticleFactory(slug="one", title="One", language="en", group=original.group)

    assert structured_data.news_article(original, IDENTITY, [translated])["workTranslation"] == [
        {
            "@type": "NewsArticle",
            "@id": "http://testserver/en/one/#article",
            "url": "http://testserver/en/one/",
            "headline": "One",
            "inLanguage": "en",
        }
    ]
    told = structured_data.news_article(translated, IDENTITY, [original])
    assert told["translationOfWork"]["url"] == "http://testserver/un/"
    assert "workTranslation" not in told


def test_the_original_is_the_one_a_translation_was_made_from_even_if_it_was_published_later():
    early = ArticleFactory(slug="one", language="en", published_at=timezone.now() - timedelta(days=2))
    late = ArticleFactory(slug="un")
    third = ArticleFactory(slug="oan", language="ar", group=late.group)
    editions.link(late, early)
    early.refresh_from_db()

    def told(article, *siblings):
        data = structured_data.news_article(article, IDENTITY, siblings)
        return data.get("translationOfWork", {}).get("url"), [work["url"] for work in data.get("workTranslation", [])]

    assert told(early, late) == ("http://testserver/un/", [])
    assert told(late, early) == (None, ["http://testserver/en/one/"])
    assert told(late, early, third) == (None, ["http://testserver/en/one/", "http://testserver/ar/oan/"])


def test_a_row_that_never_passed_a_save_does_not_break_the_page_of_its_translation(client):
    late = ArticleFactory(slug="un", title="Un")
    early = ArticleFactory.build(slug="one", language="en", group=late.group, author=late.author)
    early.published_at -= timedelta(days=1)
    Article.objects.bulk_create([early])
    assert Article.objects.get(language="en").first_published_at is None

    graph = read(client.get("/un/").content.decode())["@graph"]
    assert graph[0]["translationOfWork"]["url"] == "http://testserver/en/one/"
    graph = read(client.get("/en/one/").content.decode())["@graph"]
    assert [work["url"] for work in graph[0]["workTranslation"]] == ["http://testserver/un/"]


def test_a_notable_change_is_a_modification():
    article = ArticleFactory(revised_at=datetime(2026, 7, 1, 10, tzinfo=UTC))

    assert structured_data.news_article(article, IDENTITY)["dateModified"] == "2026-07-01T12:00:00+02:00"


@pytest.mark.parametrize("evil", ["</script><script>alert(1)</script>", "<!--<script>", "a & b \u2028 \u2029 é \x1b"])
def test_no_title_ends_the_block_and_every_title_is_read_as_it_is(evil):
    block = structured_data.data_block({"@type": "Thing", "name": evil})

    assert block.count("<") == 2
    assert read(block) == {"@context": "https://schema.org", "@type": "Thing", "name": evil}


def test_several_things_are_one_graph():
    crumbs = structured_data.breadcrumbs(("Home", "/"), ("IA", "/tag/ia/"))

    data = read(structured_data.data_block({"@type": "Thing"}, crumbs))

    assert data["@graph"] == [
        {"@type": "Thing"},
        {
            "@type": "BreadcrumbList",
            "itemListElement": [
                {"@type": "ListItem", "position": 1, "name": "Home", "item": "http://testserver/"},
                {"@type": "ListItem", "position": 2, "name": "IA", "item": "http://testserver/tag/ia/"},
            ],
        },
    ]


def test_an_author_has_a_profile_in_the_language_of_the_page():
    author = AuthorFactory(name="Ana", slug="ana", biography={"fr": "Elle écrit.", "en": "She writes."})

    with translation.override("en"):
        profile = structured_data.profile_page(author, IDENTITY)

    assert (profile["@type"], profile["url"], profile["inLanguage"]) == (
        "ProfilePage", "http://testserver/en/author/ana/", "en",
    )  # fmt: skip
    assert profile["mainEntity"]["description"] == "She writes."


@pytest.mark.parametrize(
    ("language", "home", "tagline"), [("fr", "http://testserver/", "Tout"), ("en", "http://testserver/en/", "All")]
)
def test_the_site_says_how_it_is_searched(language, home, tagline):
    with translation.override(language):
        site = structured_data.website(IDENTITY)

    assert (site["url"], site["description"], site["inLanguage"]) == (home, tagline, language)
    assert site["potentialAction"]["target"]["urlTemplate"] == f"{home}search/?q={{search_term_string}}"


def test_what_was_drawn_stands_for_a_missing_photo_and_a_missing_logo():
    SiteIdentity(name="The News").save()
    article = ArticleFactory()
    run_pending()
    article.refresh_from_db()

    data = structured_data.news_article(article, SiteIdentity.load())

    assert [(one["url"], one["width"], one["height"]) for one in data["image"]] == [
        (f"http://testserver{article.sharing_picture['url']}", cards.WIDTH, cards.HEIGHT)
    ]
    logo = data["publisher"]["logo"]
    assert (logo["url"].endswith("-512.png"), logo["width"], logo["height"]) == (True, 512, 512)


def test_a_logo_that_was_uploaded_is_the_publishers():
    identity = SiteIdentity(name="The News", logo="logo.png", pictures={"icon-512": "icons/a-512.png"})

    assert structured_data.publisher(identity)["logo"] == {
        "@type": "ImageObject",
        "url": "http://testserver/media/logo.png",
    }
