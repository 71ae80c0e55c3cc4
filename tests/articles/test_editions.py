"""Translations: a draft beside its original, which version it follows, and who is told when that changes."""

import pytest
from django.utils import timezone
from lxml import html

from articles import editions, revisions
from articles.models import Article, Work
from tests.articles.desk import change, errors, save, typed, writer
from tests.factories import ArticleFactory, AuthorFactory, PhotoFactory, TagFactory

pytestmark = pytest.mark.django_db

BODY = "<p>Un premier paragraphe assez long.</p><h2>Un titre</h2><p>Un second paragraphe assez long.</p>"


@pytest.fixture
def original():
    article = ArticleFactory(slug="semer", title="Semer", body=BODY, key_points=["Un."], photo=PhotoFactory())
    tags = [TagFactory(name="Climat", slug="climat"), TagFactory(name="Eau", slug="eau")]
    TagFactory(name="Water", slug="water", language="en", group=tags[1].group)
    article.tags.set(tags, clear=True)
    return article


@pytest.fixture
def translation(client, original):
    """A published translation of the original's first version."""
    writer(client)
    draft = editions.begin(original, "en", None)
    _response, article = save(
        client, draft, "_publish", title="Sowing", body="<p>A first paragraph.</p>", key_points_0="One."
    )
    return article


def test_translating_makes_a_draft_that_says_what_the_original_says(client, original):
    writer(client)

    response = client.post(change(original), typed(original) | {"_translate": "en", "standfirst": "Typed just now."})

    draft = Article.objects.get(language="en")
    assert response["Location"] == change(draft)
    assert (draft.group, draft.published_at, draft.slug) == (original.group, None, "semer")
    assert (draft.title, draft.body, draft.key_points) == ("Semer", BODY, ["Un."])
    assert draft.standfirst == "Typed just now."
    assert (draft.photo, draft.author) == (original.photo, original.author)
    assert [tag.name for tag in draft.ordered_tags] == ["Water"]
    newest = Article.objects.get(pk=original.pk).revisions.first()
    assert draft.translated_from == newest
    assert newest.content["standfirst"] == "Typed just now."
    assert draft.revisions.count() == 1


def warnings(response):
    return [str(message) for message in response.context["messages"] if message.level_tag == "warning"]


def test_translating_names_the_tags_that_the_draft_is_without(client, original):
    writer(client)
    TagFactory(name="Sol", slug="sol")
    said = ["Without a counterpart in that language, and therefore not on the draft: Climat, Sol."]

    response = client.post(change(original), typed(original, tags="Climat, Eau, Sol", _translate="en"), follow=True)
    assert warnings(response) == said

    save(client, Article.objects.get(language="en"), title="Sowing")
    original.refresh_from_db()
    response = client.post(change(original), typed(original, _translate="en"), follow=True)
    assert warnings(response) == []


def test_translating_says_nothing_of_tags_when_all_have_a_counterpart(client, original):
    writer(client)

    response = client.post(change(original), typed(original, tags="Eau", _translate="en"), follow=True)

    assert warnings(response) == []


def test_a_translation_that_is_there_is_opened_and_not_made_again(client, original):
    writer(client)
    there = ArticleFactory(language="en", group=original.group)

    response = client.post(change(original), typed(original) | {"_translate": "en"})

    assert response["Location"] == change(there)
    assert Article.objects.count() == 2


@pytest.mark.parametrize("language", ["fr", "xx", ""])
def test_no_draft_is_made_in_the_originals_language_or_in_none(client, original, language):
    writer(client)

    response = client.post(change(original), typed(original) | {"_translate": language})

    assert response["Location"] == change(original)
    assert Article.objects.count() == 1


def sheet(client, article):
    return html.document_fromstring(client.get(change(article)).content)


def test_the_sheet_of_a_translation_shows_the_original_block_by_block(client, original):
    writer(client)
    draft = editions.begin(original, "en", None)

    root = sheet(client, draft)

    [text] = root.xpath("//section[@id='original']//div[@lang='fr']")
    assert [block.text_content() for block in text.xpath("./div[@data-block]")] == [
        "Un premier paragraphe assez long.",
        "Un titre",
        "Un second paragraphe assez long.",
    ]
    assert root.xpath("//*[@id='behind']") == []
    assert sheet(client, original).xpath("//section[@id='original']") == []


def test_what_is_not_translated_yet_is_said_before_publishing(client, original):
    writer(client)
    draft = editions.begin(original, "en", None)

    def said():
        return [
            text.strip()
            for text in sheet(client, draft).xpath("//ul[@class='checks']/li/span[not(@class)]//text()")
            if text.strip()
        ]

    assert "2 paragraphs are still the original’s." in said()
    [refusing] = sheet(client, draft).xpath("//ul[@class='checks']/li[contains(@class, 'stop')]")
    assert " ".join(refusing.text_content().split()) == "Must be mended: 2 paragraphs are still the original’s."
    assert "The title is still the original’s." in said()

    save(client, draft, title="Sowing", body=BODY.replace("Un premier", "A first"))
    assert "A paragraph is still the original’s." in said()
    assert "The title is still the original’s." not in said()


def test_what_is_not_translated_is_published_only_when_it_is_meant(client, original):
    writer(client)
    draft = editions.begin(original, "en", None)
    half = {"title": "Sowing", "body": BODY.replace("Un premier", "A first")}

    refused, stored = save(client, draft, "_publish", **half)
    assert errors(refused) == {"body": ["A paragraph is still the original’s."]}
    assert html.fromstring(refused.content).xpath("//input[@name='untranslated'][@type='checkbox']")
    assert not stored.is_published

    _response, stored = save(client, stored, "_publish", untranslated="on", **half)
    assert stored.is_published
    _response, stored = save(client, stored, title="Sowing, at last", body=half["body"])
    assert stored.title == "Sowing, at last"


def test_a_translation_that_lags_says_so_at_the_desk_until_it_is_marked(client, original, translation):
    fresh = Article.objects.get(pk=original.pk)
    save(client, fresh, body=BODY.replace("premier", "tout premier"))

    assert [one.pk for one in editions.behind()] == [translation.pk]
    assert b"Translations behind their originals" in client.get("/admin/").content
    root = sheet(client, translation)
    assert root.xpath("//*[@id='behind']//ins/text()") == ["tout "]
    [button] = root.xpath("//button[@name='_followed']")

    _response, stored = save(client, translation, body="<p>A very first paragraph.</p>", _followed=button.get("value"))

    assert stored.body == "<p>A very first paragraph.</p>"
    assert stored.translated_from == Article.objects.get(pk=original.pk).revisions.first()
    assert sheet(client, stored).xpath("//*[@id='behind']") == []
    assert editions.behind() == []


@pytest.mark.parametrize("change_of", [{"slug": "autre"}, {"tags": "Eau"}, {"support_call": None}])
def test_a_change_that_no_translation_repeats_makes_none_lag(client, original, translation, change_of):
    save(client, Article.objects.get(pk=original.pk), **change_of)

    assert Article.objects.with_newer_originals().count() == 1
    assert editions.behind() == []


LINKED = BODY.replace("Un premier", '<a href="https://a.example/">Un premier</a>')


def test_a_link_that_leads_elsewhere_makes_a_translation_lag_and_is_shown(client, original, translation):
    save(client, Article.objects.get(pk=original.pk), body=LINKED)
    newest = Article.objects.get(pk=original.pk).revisions.first()
    _response, translation = save(client, translation, _followed=str(newest.pk))
    assert editions.behind() == []

    save(client, Article.objects.get(pk=original.pk), body=LINKED.replace("a.example", "b.example"))

    assert [one.pk for one in editions.behind()] == [translation.pk]
    shown = sheet(client, translation).xpath("//*[@id='behind']//span[@class='address']/text()")
    assert shown == [" https://a.example/", " https://b.example/"]


@pytest.mark.parametrize(
    "body", [BODY.replace(" ", "  ").replace("><", ">\n<"), BODY + "<p></p>", BODY.replace(" ", "\u00a0")]
)
def test_a_change_that_nobody_sees_makes_no_translation_lag(client, original, translation, body):
    save(client, Article.objects.get(pk=original.pk), body=body)
    assert Article.objects.get(pk=original.pk).body != BODY

    assert editions.behind() == []
    assert sheet(client, translation).xpath("//*[@id='behind']") == []


@pytest.mark.parametrize("followed", ["0", "999999", "x", "9" * 40, "\0", ""])
def test_a_version_of_something_else_is_not_followed(client, original, translation, followed):
    before = translation.translated_from_id
    other = revisions.newest(ArticleFactory())

    for value in (followed, str(other.pk)):
        _response, stored = save(client, translation, _followed=value)
        assert stored.translated_from_id == before
        translation = stored


def notes(client, path):
    root = html.document_fromstring(client.get(path).content)
    return [
        (note.xpath("string(.//time/@datetime)")[:10], note.xpath("string(.//a/@href)"))
        for note in root.xpath("//p[@class='behind']")
    ]


def test_readers_are_told_of_a_notable_change_of_the_original_and_of_no_other(client, original, translation):
    path = translation.get_absolute_url()
    assert notes(client, path) == []

    save(client, Article.objects.get(pk=original.pk), body="<p>Autre chose.</p>")
    assert notes(client, path) == []

    save(client, Article.objects.get(pk=original.pk), body="<p>Encore autre chose.</p>", notable="on")
    day = timezone.localtime(translation.translated_from.saved_at).date().isoformat()
    assert notes(client, path) == [(day, "/semer/")]
    assert notes(client, "/semer/") == []

    newest = Article.objects.get(pk=original.pk).revisions.first()
    save(client, Article.objects.get(pk=translation.pk), _followed=str(newest.pk))
    assert notes(client, path) == []


def test_readers_are_not_sent_to_an_original_that_was_taken_back(client, original, translation):
    save(client, Article.objects.get(pk=original.pk), notable="on")
    assert len(notes(client, translation.get_absolute_url())) == 1

    save(client, Article.objects.get(pk=original.pk), "_unpublish")

    assert notes(client, translation.get_absolute_url()) == []


def test_a_translation_outlives_its_original(client, original, translation):
    original.delete()

    assert client.get(translation.get_absolute_url()).status_code == 200
    assert client.get(change(translation)).status_code == 200


def test_the_line_for_readers_costs_no_query(client, original, translation, django_assert_num_queries):
    path = translation.get_absolute_url()
    client.get(path)
    with django_assert_num_queries(13) as quiet:
        client.get(path)
    Article.objects.filter(pk=original.pk).update(revised_at=timezone.now())

    with django_assert_num_queries(len(quiet)):
        assert len(notes(client, path)) == 1


def test_the_switcher_says_where_it_leads(client, original):
    root = html.document_fromstring(client.get("/semer/").content)
    [link] = root.xpath("//nav//a[@hreflang='en']")
    assert (link.get("href"), link.xpath("./span[@lang]/@lang")) == ("/en/", ["en"])
    assert link.get("title")

    ArticleFactory(language="en", slug="sowing", group=original.group)
    root = html.document_fromstring(client.get("/semer/").content)
    [link] = root.xpath("//nav//a[@hreflang='en']")
    assert (link.get("href"), link.get("title"), link.text_content()) == ("/en/sowing/", None, "English")


def test_a_title_of_a_work_names_its_language_where_it_is_foreign(client):
    author = AuthorFactory(slug="ada")
    Work.objects.create(author=author, title="Les Machines", language="fr")
    Work.objects.create(author=author, title="Engines", language="en")

    def languages(path):
        root = html.document_fromstring(client.get(path).content)
        return {item.text_content(): item.get("lang") for item in root.xpath("//ul[@class='works']/li")}

    assert languages("/author/ada/") == {"Les Machines": None, "Engines": "en"}
    assert languages("/en/author/ada/") == {"Les Machines": "fr", "Engines": None}
