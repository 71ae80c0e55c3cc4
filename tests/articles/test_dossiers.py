"""Dossiers: parts in order, with a page, a feed and a way through."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from lxml import etree, html

from articles.models import Article, Dossier, DossierEntry
from tests.articles.desk import change, save, writer
from tests.factories import ArticleFactory, TagFactory

pytestmark = pytest.mark.django_db


def make(*articles, **values):
    """Return a dossier of those articles, in that order."""
    dossier = Dossier.objects.create(**{"title": "The sea", "slug": "sea", "language": "fr"} | values)
    for position, article in enumerate(articles, start=1):
        DossierEntry.objects.create(dossier=dossier, article=article, position=position)
    return dossier


def page(client, path):
    return html.document_fromstring(client.get(path).content)


def test_a_dossier_shows_its_published_parts_in_its_order(client):
    one, two, draft, three = (ArticleFactory(slug=slug) for slug in ("one", "two", "draft", "three"))
    Article.objects.filter(pk=draft.pk).update(published_at=None)
    make(three, draft, one, two, description="All of it.")

    shown = page(client, "/dossier/sea/")

    assert shown.xpath("//ol[contains(@class, 'parts')]/li//h3/a/@href") == ["/three/", "/one/", "/two/"]
    assert page(client, "/dossier/").xpath("//main//h2/a/@href") == ["/dossier/sea/"]


def test_each_part_leads_to_the_one_before_and_the_one_after(client):
    make(*(ArticleFactory(slug=slug, title=slug) for slug in ("one", "two", "three")))

    def way(path):
        nav = page(client, path).xpath("//nav[contains(@class, 'dossier')]")[0]
        bar = nav.xpath(".//progress")[0]
        return (
            nav.xpath(".//a[@rel='prev']/@href"),
            nav.xpath(".//a[@rel='next']/@href"),
            bar.get("value"),
            bar.get("max"),
        )

    assert way("/one/") == ([], ["/two/"], "1", "3")
    assert way("/two/") == (["/one/"], ["/three/"], "2", "3")
    assert way("/three/") == (["/two/"], [], "3", "3")
    assert "2 of 3" not in page(client, "/one/").text_content()


def test_an_english_part_says_how_far_one_is(client):
    make(*(ArticleFactory(slug=slug, language="en") for slug in ("one", "two")), language="en")

    shown = page(client, "/en/two/")

    assert shown.xpath("normalize-space(//p[@class='part'])") == "Dossier The sea part 2 of 2"
    assert shown.xpath("normalize-space(//p[@class='progress'])") == "Part 2 of 2"


@pytest.mark.parametrize("parts", [2, 30])
def test_the_way_through_costs_one_query(client, django_assert_num_queries, parts):
    ArticleFactory(slug="alone")
    make(*(ArticleFactory(slug=f"part-{number}") for number in range(parts)))
    with django_assert_num_queries(13):
        client.get("/alone/")

    with django_assert_num_queries(14):
        client.get("/part-1/")


@pytest.mark.parametrize("count", [1, 3, 300])
def test_a_dossier_costs_the_same_for_any_number(client, django_assert_num_queries, count):
    author = ArticleFactory().author
    articles = Article.objects.bulk_create(ArticleFactory.build_batch(count, author=author))
    dossier = make()
    DossierEntry.objects.bulk_create(DossierEntry(dossier=dossier, article=article) for article in articles)

    # the dossier, other languages, which articles, these, their tags; identity, topics, pages of the foot, site's links
    with django_assert_num_queries(9):
        assert client.get("/dossier/sea/").content.count(b'class="card"') == count


def test_what_has_no_published_part_is_not_there(client):
    make(ArticleFactory(published_at=None))

    assert [client.get(path).status_code for path in ("/dossier/sea/", "/dossier/sea/feed/", "/en/dossier/sea/")] == [
        404
    ] * 3
    assert page(client, "/dossier/").xpath("//main//h2") == []


def test_a_dossier_is_linked_to_the_one_in_another_language(client):
    dossier = make(ArticleFactory())
    make(ArticleFactory(language="en"), language="en", slug="the-sea", group=dossier.group)

    links = page(client, "/dossier/sea/").xpath("//link[@rel='alternate' and @hreflang]")

    found = {link.get("hreflang"): link.get("href") for link in links}
    assert found["en"] == "http://testserver/en/dossier/the-sea/"
    assert found["fr"] == found["x-default"] == "http://testserver/dossier/sea/"


def test_a_dossier_has_a_feed_the_newest_first(client):
    old = ArticleFactory(slug="old", published_at=timezone.now() - timezone.timedelta(days=3))
    make(ArticleFactory(slug="new"), old)
    ArticleFactory()

    feed = etree.fromstring(client.get("/dossier/sea/feed/").content)

    assert feed.xpath("//item/link/text()") == ["http://testserver/new/", "http://testserver/old/"]


def test_a_dossier_keeps_its_address(client):
    dossier = make(ArticleFactory())
    dossier.slug = "ocean"
    dossier.save()
    assert client.get("/dossier/sea/feed/")["Location"] == "/dossier/ocean/feed/"

    dossier.delete()

    assert client.get("/dossier/ocean/").status_code == 410


def test_an_article_has_one_place():
    article = ArticleFactory()
    make(article)

    with pytest.raises(IntegrityError), transaction.atomic():
        make(article, slug="other")


# At the desk

ADD = "/admin/articles/dossier/add/"


def form(*parts, **values):
    """Return a posted form with parts (position, article)."""
    posted = {"language": "fr", "title": "The sea", "slug": "sea", "description": "", "position": "0"} | values
    posted |= {"entries-TOTAL_FORMS": len(parts), "entries-INITIAL_FORMS": 0}
    for number, (position, article) in enumerate(parts):
        posted |= {f"entries-{number}-position": position, f"entries-{number}-article": article.pk}
    return posted


def test_the_desk_puts_parts_in_order_and_the_unnumbered_last(client):
    writer(client)
    one, two, three = (ArticleFactory() for _ in range(3))

    client.post(ADD, form(("", three), ("2", two), ("1", one)))

    assert list(Dossier.objects.get().articles()) == [one, two, three]


@pytest.mark.parametrize("junk", ["x", "9" * 30, "a\0b", "-1", "²"])
def test_the_desk_refuses_a_part_that_is_no_article_at_its_field_and_shows_the_others_again(client, junk):
    writer(client)
    posted = form(("1", ArticleFactory(title="Kept")), ("2", ArticleFactory()))

    response = client.post(ADD, posted | {"entries-1-article": junk})

    [parts] = response.context["inline_admin_formsets"]
    assert [list(errors) for errors in parts.formset.errors] == [[], ["article"]]
    assert "selected>Kept</option>" in response.content.decode()
    assert not Dossier.objects.exists()


def test_the_desk_refuses_a_part_in_another_language_and_a_second_place(client):
    writer(client)
    taken = ArticleFactory()
    make(taken, slug="other")

    for article in (ArticleFactory(language="en"), taken):
        response = client.post(ADD, form(("1", article)))
        [parts] = response.context["inline_admin_formsets"]
        assert list(parts.formset.errors[0]) == ["article"]
    assert Dossier.objects.count() == 1


def test_an_article_whose_language_changes_leaves_its_dossier_and_the_desk_says_so(client):
    writer(client)
    article, other = ArticleFactory(slug="one"), ArticleFactory(slug="two")
    dossier = make(article, other)

    _response, article = save(client, article, title="Saved")
    stays = list(dossier.articles())
    _response, article = save(client, article, language="en")

    assert (stays, list(dossier.articles())) == ([article, other], [other])
    said = page(client, change(article)).find_class("messagelist")[0].text_content()
    assert "It has left the dossier “The sea”, which is in another language." in said


def test_the_picker_offers_articles_of_the_language_it_names(client):
    writer(client)
    french, english = ArticleFactory(title="Un port"), ArticleFactory(title="A port", language="en")
    picker = {"app_label": "articles", "model_name": "dossierentry", "field_name": "article", "term": "port"}

    def offered(**more):
        data = client.get("/admin/autocomplete/", picker | more).json()
        return {int(one["id"]) for one in data["results"]}

    assert offered(language="fr") == {french.pk}
    assert offered(language="en") == {english.pk}
    assert offered(language="xx") == offered() == {french.pk, english.pk}


def test_the_desk_links_dossiers_across_languages(client):
    writer(client)
    french = make(ArticleFactory())
    english = {"language": "en", "slug": "the-sea", "translation_of": french.pk}

    client.post(ADD, form(**english))

    made = Dossier.objects.get(language="en")
    assert made.group == french.group
    response = client.post(ADD, form(**english | {"slug": "another"}))
    assert list(response.context["adminform"].form.errors) == ["translation_of"]
    change = f"/admin/articles/dossier/{made.pk}/change/"
    client.post(change, form(**english | {"translation_of": ""}))
    assert Dossier.objects.get(language="en").group != french.group


# Topics


def test_the_index_of_topics_has_those_in_use_in_the_order_of_the_alphabet(client):
    TagFactory(name="Élan", slug="elan")
    for names in (["Zoo", "Élan"], ["Élan"]):
        ArticleFactory(tags=names)
    ArticleFactory(tags=["Draft"], published_at=None)
    ArticleFactory(tags=["English"], language="en")

    rows = page(client, "/tag/").xpath("//ul[@class='index']/li")

    assert [row.xpath("string(a)") for row in rows] == ["Élan", "Zoo"]
    assert [int(row.xpath("string(span)").split()[0]) for row in rows] == [2, 1]
