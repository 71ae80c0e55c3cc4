"""An article kept at the head of the front page: there until it is taken off, and nowhere else out of its order."""

from datetime import timedelta

import pytest
from django.utils import timezone
from lxml import html

from articles.models import Article
from tests.articles.desk import save, writer
from tests.factories import ArticleFactory

pytestmark = pytest.mark.django_db


def titles(client, path):
    page = html.document_fromstring(client.get(path).content)
    return page.xpath("//article[starts-with(@class, 'card')]//*[self::h2 or self::h3]/a/text()")


def publish(count, **values):
    now = timezone.now()
    return [
        ArticleFactory(title=f"N{n}", published_at=now - timedelta(hours=n + 1), tags=["ia"], **values)
        for n in range(count)
    ]


def lead(client, article, **values):
    return save(client, article, leads="on", **values)[1]


def test_it_stands_first_on_the_front_page_and_in_its_order_everywhere_else(client):
    articles = publish(3)
    writer(client)

    lead(client, articles[2])

    assert titles(client, "/") == ["N2", "N0", "N1"]
    assert titles(client, "/tag/ia/") == ["N0", "N1", "N2"]
    feed = client.get("/feed/").content.decode()
    assert feed.index("<title>N0") < feed.index("<title>N1") < feed.index("<title>N2")


def test_it_is_the_lead_story_whatever_is_published_later_until_it_is_taken_off(client):
    (article,) = publish(1)
    writer(client)
    article = lead(client, article)
    ArticleFactory(title="Later")
    assert titles(client, "/") == ["N0", "Later"]

    _response, article = save(client, article, led="True")

    assert article.leads_since is None
    assert titles(client, "/") == ["Later", "N0"]


@pytest.mark.parametrize("place", [0, 5, 17, 18, 30, 36])
def test_every_article_is_on_one_page_of_the_front_once(client, place):
    articles = publish(37)
    Article.objects.filter(pk=articles[place].pk).update(leads_since=timezone.now())

    shown = [titles(client, path) for path in ("/", "/page/2/", "/page/3/")]

    rest = [f"N{n}" for n in range(37) if n != place]
    assert shown == [[f"N{place}", *rest[:17]], rest[17:35], rest[35:]]


def test_another_one_put_there_takes_its_place(client):
    articles = publish(3)
    writer(client)
    lead(client, articles[1])

    lead(client, articles[2])

    assert titles(client, "/") == ["N2", "N0", "N1"]
    assert list(Article.objects.leading()) == [articles[2]]


def test_each_edition_has_its_own(client):
    french, english = publish(2), publish(2, language="en")
    writer(client)

    lead(client, french[1])
    lead(client, english[1])

    assert (titles(client, "/"), titles(client, "/en/")) == (["N1", "N0"], ["N1", "N0"])


def test_one_that_is_scheduled_takes_the_place_when_it_is_published(client):
    (article,) = publish(1)
    writer(client)
    now = timezone.now()
    later = ArticleFactory(title="Later", published_at=now + timedelta(hours=1), leads_since=now - timedelta(days=1))

    lead(client, article)
    assert titles(client, "/") == ["N0"]

    Article.objects.filter(pk=later.pk).update(published_at=timezone.now())
    assert titles(client, "/") == ["Later", "N0"]


def test_a_form_that_is_older_than_another_choice_undoes_nothing(client):
    articles = publish(2)
    writer(client)
    first = lead(client, articles[0])

    lead(client, articles[1])
    save(client, first, leads="on", led="True")

    assert list(Article.objects.leading()) == [articles[1]]


def test_a_form_that_is_set_aside_takes_the_place_from_no_other(client):
    articles = publish(2)
    writer(client)
    first = lead(client, articles[0])
    _response, stored = save(client, articles[1], title="Another’s")

    save(client, articles[1], leads="on", _theirs=stored.version)

    assert list(Article.objects.leading()) == [first]


def test_the_desk_says_which_one_it_is(client):
    articles = publish(2)
    writer(client)
    lead(client, articles[1])
    ArticleFactory(title="Binned", published_at=None, binned_at=timezone.now(), leads_since=timezone.now())

    listed = client.get("/admin/articles/article/?state=leading")
    assert list(listed.context["cl"].result_list) == [articles[1]]
    assert b"Head of the front page</span>" in listed.content
    first_page = html.document_fromstring(client.get("/admin/").content)
    named = first_page.xpath("//section[h2[contains(., 'head of the front page')]]//li/a/text()")
    assert named == ["N1"]
