"""What was put right is said to readers in a sentence: on the page, in feeds, to machines; and kept, in order."""

import json
from datetime import UTC, datetime

import pytest
from lxml.html import fromstring

from articles.models import Article
from tests.articles.desk import change, save, writer
from tests.factories import ArticleFactory

pytestmark = pytest.mark.django_db
FIRST = {"at": "2026-11-20T09:00:00+00:00", "text": "Le chiffre est de 12."}
SECOND = {"at": "2026-11-27T09:00:00+00:00", "text": "Le maire s'appelle Marc <b>Roy</b>."}


def page_of(client, article):
    return fromstring(client.get(article.get_absolute_url()).content.decode())


def words(element):
    return " ".join(element.text_content().split())


def test_a_sentence_about_what_was_put_right_makes_the_change_a_notable_one(client):
    writer(client)
    article = ArticleFactory(corrections=[FIRST])

    _response, article = save(client, article, correction=" Le  maire\ns'appelle Marc. ")

    assert [one["text"] for one in article.corrections] == ["Le chiffre est de 12.", "Le maire s'appelle Marc."]
    assert datetime.fromisoformat(article.corrections[1]["at"]) == article.revised_at


@pytest.mark.parametrize(("values", "dated"), [({"notable": "on"}, True), ({}, False)])
def test_without_a_sentence_nothing_is_said(client, values, dated):
    writer(client)

    _response, article = save(client, ArticleFactory(), **values)

    assert (article.corrections, bool(article.revised_at)) == ([], dated)


def test_of_a_draft_nothing_is_put_right_yet(client):
    writer(client)

    _response, article = save(client, ArticleFactory(published_at=None), correction="X.")

    assert (article.corrections, article.revised_at) == ([], None)


def test_readers_see_the_last_one_below_the_date_and_all_at_the_end_in_order(client):
    root = page_of(client, ArticleFactory(corrections=[FIRST, SECOND]))

    [head] = root.xpath("//header//p[@class='correction']")
    listed = root.xpath("//section[@id='corrections']//li")
    assert words(head) == "Correction, 27 novembre 2026 : Le maire s’appelle Marc <b>Roy</b>."
    assert [words(one)[:30] for one in listed] == ["Correction, 20 novembre 2026 :", "Correction, 27 novembre 2026 :"]
    assert not root.xpath("//b[text()='Roy']")


def test_without_corrections_the_page_says_nothing_of_them(client):
    root = page_of(client, ArticleFactory())

    assert not root.xpath("//*[contains(@class, 'correction') or @id='corrections']")


def test_feeds_and_machines_are_told_too(client):
    article = ArticleFactory(corrections=[FIRST], revised_at=datetime(2026, 11, 20, 9, tzinfo=UTC))
    data = json.loads(page_of(client, article).xpath("//script[@type='application/ld+json']")[0].text)

    [data] = [one for one in data["@graph"] if one["@type"] == "NewsArticle"]
    [told] = data["correction"]
    assert (told["@type"], told["text"]) == ("CorrectionComment", "Le chiffre est de 12.")
    assert told["datePublished"] == data["dateModified"]
    assert "Le chiffre est de 12." in client.get("/feed.json").json()["items"][0]["content_html"]
    assert "Le chiffre est de 12." in client.get(f"{article.get_absolute_url().rstrip('/')}.md").content.decode()


def test_a_correction_can_be_taken_away_again(client):
    writer(client)
    article = ArticleFactory(corrections=[FIRST, SECOND])

    offered = fromstring(client.get(change(article)).content.decode()).xpath("//input[@name='withdrawn']/@value")
    _response, article = save(client, article, withdrawn=[offered[0]])

    assert len(offered) == 2
    assert article.corrections == [SECOND]


def test_versions_show_it_and_restoring_one_keeps_what_readers_were_told(client):
    writer(client)
    article = ArticleFactory()
    save(client, article, title="Before")
    article = Article.objects.get()
    save(client, article, correction="It was 12.", title="After")

    shown = client.get(f"/admin/articles/article/{article.pk}/versions/2/")
    client.post(f"/admin/articles/article/{article.pk}/versions/1/", {"sure": "1"})

    article = Article.objects.get()
    assert [one["name"] for one in shown.context["changes"]] == ["title", "corrections"]
    assert shown.context["changes"][1]["html"] == "<ul><li><ins>It was 12.</ins></li></ul>"
    assert (article.title, [one["text"] for one in article.corrections]) == ("Before", ["It was 12."])
