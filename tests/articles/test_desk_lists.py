"""Lists that find, the first page, and what each costs."""

from datetime import datetime, timedelta

import pytest
from django.contrib.redirects.models import Redirect
from django.core.exceptions import ValidationError
from django.utils import timezone
from lxml.html import fromstring

from articles.admin.filters import MonthFilter
from articles.models import Article, Dossier, MissedAddress, Photo, Tag
from comments.models import BlockRule
from newsroom.folding import fold
from newsroom.models import OutgoingMail
from tests.articles.desk import writer
from tests.factories import ArticleFactory, AuthorFactory, PageFactory, PhotoFactory, TagFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"


def titles(client, query=""):
    found = client.get(f"{LIST}?{query}").context["cl"].result_list
    return sorted(article.title for article in found)


@pytest.fixture
def shelf(client):
    """Articles that differ in everything one can look for."""
    writer(client)
    ada, bob = AuthorFactory(name="Ada"), AuthorFactory(name="Bob")
    january = datetime(2026, 1, 15, 12, tzinfo=timezone.get_current_timezone())
    ArticleFactory(title="old", author=ada, published_at=january, tags=["climat"], body="<p>seabird</p>")
    ArticleFactory(title="new", author=bob, standfirst="about seabirds")
    ArticleFactory(title="english", author=bob, language="en", published_at=january - timedelta(days=20))
    ArticleFactory(title="draft", author=ada, published_at=None)
    ArticleFactory(title="later", author=ada, published_at=timezone.now() + timedelta(days=2))
    return {"ada": ada.pk, "tag": Tag.objects.get().pk}


def test_months_are_offered_and_of_many_the_years_and_those_of_the_chosen_one(client):
    def offered(query=""):
        filters = client.get(f"{LIST}?{query}").context["cl"].filter_specs
        [months] = [found for found in filters if isinstance(found, MonthFilter)]
        return [label for _value, label in months.lookup_choices]

    writer(client)
    zone = timezone.get_current_timezone()
    ArticleFactory(published_at=datetime(2026, 2, 15, tzinfo=zone))
    ArticleFactory(published_at=datetime(2025, 12, 31, 23, 30, tzinfo=zone))
    assert offered() == ["February 2026", "January 2026", "December 2025"]

    ArticleFactory(published_at=datetime(2024, 11, 1, tzinfo=zone))
    assert offered() == ["2026", "2025", "2024"]
    expected = ["2026", "February 2026", "January 2026", "2025", "2024"]
    assert offered("month=2026") == offered("month=2026-01") == expected


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["draft", "english", "later", "new", "old"]),
        ("q=seabird", ["new", "old"]),
        ("q=ENGLISH", ["english"]),
        ("q=Climat", ["old"]),
        ("state=draft", ["draft"]),
        ("state=scheduled", ["later"]),
        ("state=published", ["english", "new", "old"]),
        ("state=nonsense", ["draft", "english", "later", "new", "old"]),
        ("language__exact=en", ["english"]),
        ("tag={tag}", ["old"]),
        ("author={ada}", ["draft", "later", "old"]),
        ("month=2026-01", ["old"]),
        ("month=2026", ["later", "new", "old"]),
        ("month=2025", ["english"]),
        ("month=0-0", []),
        ("month=nonsense", ["draft", "english", "later", "new", "old"]),
        ("q=%00", ["draft", "english", "later", "new", "old"]),
    ],
)
def test_articles_are_found(client, shelf, query, found):
    assert titles(client, query.format(**shelf)) == found


def test_the_state_is_said_in_words(client, shelf):
    html = client.get(LIST).content.decode()

    assert html.count("state--draft") == 1
    assert html.count("state--scheduled") == 1
    assert html.count("state--published") == 3
    assert html.count('>Scheduled</span> <span class="moment">') == 1


@pytest.mark.parametrize("count", [1, 3, 300])
def test_the_list_of_articles_costs_the_same_for_any_number(client, django_assert_num_queries, count):
    writer(client)
    photo = PhotoFactory()
    author = AuthorFactory()
    for _number in range(count):
        ArticleFactory(author=author, photo=photo, tags=["a"] if count < 300 else None)

    with django_assert_num_queries(10 if count < 50 else 11):
        response = client.get(LIST)

    assert response.content.count(b'class="field-headline"') == min(count, 50)


@pytest.mark.parametrize("typed", ["energie", "ÉNERGIE", "l'energie", "L’ÉNERGIE"])
@pytest.mark.parametrize(
    ("path", "make", "field"),
    [
        ("article", ArticleFactory, "title"),
        ("article", ArticleFactory, "body"),
        ("tag", TagFactory, "name"),
        ("page", PageFactory, "body"),
        ("author", AuthorFactory, "name"),
        ("photo", PhotoFactory, "credit"),
        ("dossier", Dossier.objects.create, "title"),
    ],
)
def test_every_list_finds_words_typed_without_accents(client, path, make, field, typed):
    writer(client)
    wanted = make(**{field: "Toute l’Énergie"})
    make(**{field: "Tout le reste", "slug": "reste"} if path == "dossier" else {field: "Tout le reste"})

    found = client.get(f"/admin/articles/{path}/", {"q": typed}).context["cl"].result_list

    assert list(found) == [wanted]


@pytest.mark.parametrize("published_at", [None, timezone.now()])
@pytest.mark.parametrize("typed", ["centrale nucleaire", "nucléaires CENTRALES", "nucléaire reste", '"*(' * 99])
def test_articles_are_found_by_words_of_their_texts_before_and_after_publication(client, typed, published_at):
    writer(client)
    texts = {"title": "Le reste", "body": "<p>Une centrale nucléaire.</p>", "standfirst": "Des centrales nucléaires."}
    wanted = ArticleFactory(**texts, published_at=published_at)
    ArticleFactory(title="Autre chose", body="<p>Une centrale.</p>", published_at=published_at)

    found = client.get(LIST, {"q": typed}).context["cl"].result_list

    assert list(found) == ([wanted] if "nucl" in typed else [])


def test_parts_of_words_are_looked_for_where_no_article_has_the_word(client):
    writer(client)
    part = ArticleFactory(title="L’allaitement")

    assert list(client.get(LIST, {"q": "lait"}).context["cl"].result_list) == [part]
    whole = ArticleFactory(title="Le lait")
    assert list(client.get(LIST, {"q": "lait"}).context["cl"].result_list) == [whole]
    assert list(client.get(LIST, {"q": "laiterie"}).context["cl"].result_list) == []


def test_of_a_common_word_the_first_of_the_list_are_found_in_every_order(client, monkeypatch):
    writer(client)
    monkeypatch.setattr("articles.admin.searching.MOST", 2)
    monkeypatch.setattr("articles.admin.article.MOST", 2)
    b, c, a, _other = (ArticleFactory(title=title) for title in ("Eau b", "Eau c", "Eau a", "Feu"))

    def found(**asked):
        page = client.get(LIST, {"q": "eau", **asked})
        return list(page.context["cl"].result_list), [str(message) for message in page.context["messages"]]

    more = ["More than 2 articles are found, of which these are the first: narrow them by a filter."]
    assert found() == ([a, c], more)
    assert found(o="2") == ([a, b], more)
    ArticleFactory(title="Eau d", published_at=None)
    c.delete()
    assert found(state="published", o="-2") == ([b, a], [])


def test_the_library_and_the_link_to_a_translation_find_words_typed_without_accents(client):
    writer(client)
    photo = PhotoFactory(alt={"fr": "Éolienne"})
    PhotoFactory(alt={"fr": "Champ"})
    article, other = ArticleFactory(), ArticleFactory(title="Éolienne", language="en")
    ArticleFactory(title="Field", language="en")

    picked = client.get("/admin/articles/photo/picker/", {"q": "eolienne"}).json()["photos"]
    linked = client.get(f"/admin/articles/article/{article.pk}/translations/", {"q": "eolienne"}).context["candidates"]

    assert ([found["id"] for found in picked], list(linked)) == ([photo.pk], [other])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["draft", "english", "later", "out"]),
        ("state=draft", ["draft"]),
        ("state=scheduled", ["later"]),
        ("state=published", ["english", "out"]),
        ("language__exact=en", ["english"]),
        ("kind__exact=about", ["out"]),
    ],
)
def test_pages_are_found_by_their_state(client, query, found):
    writer(client)
    PageFactory(title="out", kind="about")
    PageFactory(title="english", language="en")
    PageFactory(title="draft", published_at=None)
    PageFactory(title="later", published_at=timezone.now() + timedelta(days=2))

    response = client.get(f"/admin/articles/page/?{query}")

    assert sorted(page.title for page in response.context["cl"].result_list) == found
    states = [response.content.count(f"state--{name}".encode()) for name in ("draft", "scheduled", "published")]
    assert states == [found.count("draft"), found.count("later"), len({"out", "english"}.intersection(found))]


@pytest.mark.parametrize(("published", "links"), [(True, 1), (False, 0)])
def test_what_readers_see_has_a_link_to_it_and_what_they_do_not_see_has_none(client, published, links):
    writer(client)
    page = PageFactory(published_at=timezone.now() if published else None)

    html = client.get(f"/admin/articles/page/{page.pk}/change/").content.decode()

    assert html.count(f'<a href="{page.get_absolute_url()}" class="viewsitelink">') == links


JUNK = ["x", "", "1.5", "9" * 30, "1 OR 1=1"]


@pytest.mark.parametrize("junk", JUNK)
@pytest.mark.parametrize(
    ("path", "action"),
    [
        ("articles/article", "unpublish"),
        ("articles/article", "put_into_bin"),
        ("articles/tag", "merge"),
        ("newsroom/jobrecord", "again"),
    ],
)
def test_an_action_on_what_no_row_can_be_changes_nothing_and_says_so(client, path, action, junk):
    writer(client)
    article = ArticleFactory()

    response = client.post(f"/admin/{path}/", {"action": action, "_selected_action": junk}, follow=True)

    said = [str(message) for message in response.context["messages"]]
    assert (response.status_code, len(said)) == (200, 1)
    article.refresh_from_db()
    assert article.is_published


def test_an_action_on_a_row_and_on_what_no_row_can_be_is_done_to_the_row(client):
    writer(client)
    article = ArticleFactory()

    client.post(LIST, {"action": "unpublish", "sure": "1", "_selected_action": ["9" * 30, article.pk, "x"]})

    article.refresh_from_db()
    assert article.state == "draft"


BEYOND = [(query, "9" * 30) for query in ("created_at__year", "p", "o", "tag", "author", "month")]


@pytest.mark.parametrize(("query", "value"), [*BEYOND, ("created_at__year", "20260")])
def test_a_list_asked_for_what_no_row_can_have_is_shown_without_that(client, query, value):
    writer(client)
    article = ArticleFactory()

    response = client.get(LIST, {query: value}, follow=True)

    assert (response.status_code, list(response.context["cl"].result_list)) == (200, [article])


def test_lists_looked_through_for_a_thousand_words_are_shown(client):
    writer(client)
    lists = (
        "articles/article",
        "articles/photo",
        "articles/page",
        "articles/tag",
        "newsroom/user",
        "comments/blockrule",
    )

    shown = {name: client.get(f"/admin/{name}/", {"q": "z " * 1000}) for name in lists}

    assert {name: response.status_code for name, response in shown.items()} == dict.fromkeys(lists, 200)
    assert list(shown["articles/article"].context["cl"].result_list) == []


@pytest.mark.parametrize("junk", JUNK)
def test_places_typed_for_what_no_row_can_be_change_nothing(client, junk):
    writer(client)
    tag = TagFactory(nav_position=None)
    form = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": junk, "form-0-nav_position": 3, "_save": "1"}

    response = client.post("/admin/articles/tag/", form)

    assert response.status_code == 200
    assert response.context["cl"].formset.errors != [{}]
    tag.refresh_from_db()
    assert tag.nav_position is None


@pytest.mark.parametrize("count", [1, 3, 300])
@pytest.mark.parametrize(
    ("path", "make", "queries"),
    [
        ("articles/tag", lambda _number: TagFactory(), 7),
        ("articles/page", lambda _number: PageFactory(), 7),
        ("articles/author", lambda _number: AuthorFactory(), 7),
        ("articles/dossier", lambda number: Dossier.objects.create(title="A", slug=f"a-{number}"), 7),
        ("articles/missedaddress", lambda number: MissedAddress.objects.create(path=f"/{number}/"), 6),
        ("redirects/redirect", lambda number: Redirect.objects.create(site_id=1, old_path=f"/{number}/"), 6),
        ("comments/blockrule", lambda number: BlockRule.objects.create(kind="word", value=str(number)), 7),
        ("newsroom/outgoingmail", lambda _number: OutgoingMail.objects.create(template="x"), 7),
    ],
)
def test_other_lists_cost_the_same_for_any_number(client, django_assert_num_queries, path, make, queries, count):
    writer(client)
    for number in range(count):
        make(number)

    with django_assert_num_queries(queries):
        response = client.get(f"/admin/{path}/")

    assert len(response.context["cl"].result_list) == min(count, response.context["cl"].list_per_page)


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_first_page_costs_the_same_for_any_number(client, django_assert_num_queries, count):
    writer(client)
    for _number in range(count):
        ArticleFactory()
        ArticleFactory(published_at=None)
        ArticleFactory(published_at=timezone.now() + timedelta(days=1))

    with django_assert_num_queries(20):
        response = client.get("/admin/")

    assert [len(section.rows) for section in response.context["sections"]] == [
        8,  # what a new site lacks
        min(count, 8),
        0,  # comments that wait
        min(count, 8),
        min(count, 6),
    ]


def test_the_first_page_shows_what_one_has_in_hand_newest_first(client):
    writer(client)
    ArticleFactory(title="older draft", published_at=None)
    ArticleFactory(title="newer draft", published_at=None)
    ArticleFactory(title="soon", published_at=timezone.now() + timedelta(hours=1))
    ArticleFactory(title="late", published_at=timezone.now() + timedelta(days=1))
    ArticleFactory(title="out")

    sections = client.get("/admin/").context["sections"]

    assert [[row.title for row in section.rows] for section in sections[1:]] == [
        ["newer draft", "older draft"],
        [],
        ["soon", "late"],
        ["out"],
    ]


@pytest.mark.parametrize("action", ["unpublish", "publish_again", "publish_today", "put_into_bin", "add_tags"])
def test_nothing_is_done_to_several_articles_before_the_desk_has_asked(client, action):
    writer(client)
    public, empty = ArticleFactory(title="Public"), ArticleFactory(title="Empty", published_at=None, body="")
    chosen = [public.pk, empty.pk]

    asked = client.post(LIST, {"action": action, "_selected_action": chosen, "index": "0"})

    form = fromstring(asked.content).forms[-1]
    assert [(one.state, one.binned_at, one.version) for one in Article.objects.order_by("pk")] == [
        ("published", None, public.version),
        ("draft", None, empty.version),
    ]
    sent = dict(form.form_values())
    assert (sent["action"], form.xpath("count(.//input[@name='_selected_action'])")) == (action, 2)
    named = [" ".join(line.text_content().split()) for line in form.xpath(".//li")]
    refused = "Empty – will stay as it is: There is no text."
    assert named == {"unpublish": ["Public"], "publish_again": [refused], "publish_today": [refused]}.get(
        action, ["Empty", "Public"]
    )


def test_what_was_done_to_several_articles_is_counted(client):
    writer(client)
    articles = [ArticleFactory(), ArticleFactory(published_at=None), ArticleFactory(published_at=None, body="")]
    chosen = {"sure": "1", "_selected_action": [article.pk for article in articles]}

    published = client.post(LIST, {"action": "publish_today", **chosen}, follow=True)
    drafts = client.post(LIST, {"action": "unpublish", **chosen}, follow=True)
    nothing = client.post(LIST, {"action": "unpublish", "_selected_action": chosen["_selected_action"]}, follow=True)

    said = [[str(message) for message in page.context["messages"]] for page in (published, drafts, nothing)]
    assert said[0][1:] == ["1 article is published."]
    assert said[1:] == [["2 articles are drafts now."], ["There is nothing to change in what you chose."]]


def test_several_articles_are_given_tags_after_their_own(client):
    writer(client)
    has, new = ArticleFactory(tags=["Mer", "Climat"]), ArticleFactory(tags=["Eau"])
    chosen = {"action": "add_tags", "_selected_action": [has.pk, new.pk]}
    question = fromstring(client.post(LIST, chosen).content).forms[-1]
    assert question.inputs["tags"].type == "text"

    refused = client.post(LIST, {**chosen, "sure": "1", "tags": " "})
    done, again = (
        client.post(LIST, {**chosen, "sure": "1", "tags": "climat, Neuf"}, follow=True) for _time in range(2)
    )

    assert refused.context["form"].errors.keys() == {"tags"}
    named = [[tag.name for tag in Article.objects.get(pk=one.pk).ordered_tags] for one in (has, new)]
    assert named == [["Mer", "Climat", "Neuf"], ["Eau", "Climat", "Neuf"]]
    said = [[str(message) for message in page.context["messages"]] for page in (done, again)]
    assert said == [["2 articles have new tags."], ["There is nothing to change in what you chose."]]
    assert [article.revisions.count() for article in (has, new)] == [2, 2]  # with what was before


def test_several_articles_are_unpublished_at_once(client):
    writer(client)
    articles = [ArticleFactory(tags=["a"]) for _number in range(2)]

    client.post(LIST, {"action": "unpublish", "sure": "1", "_selected_action": [article.pk for article in articles]})

    assert titles(client, "state=draft") == [article.title for article in articles]
    assert [article.revisions.count() for article in articles] == [2, 2]  # with what was before


def test_tags_that_mean_the_same_become_one(client):
    writer(client)
    both = ArticleFactory(tags=["ia", "science", "generative"])
    other = ArticleFactory(tags=["science", "generative"])
    kept, gone = Tag.objects.get(name="ia"), Tag.objects.get(name="generative")
    chosen = {"action": "merge", "_selected_action": [kept.pk, gone.pk]}

    asked = client.post("/admin/articles/tag/", chosen)
    client.post("/admin/articles/tag/", chosen | {"kept": kept.pk})

    assert asked.content.count(b'name="kept"') == 2
    assert [tag.name for tag in both.ordered_tags] == ["ia", "science"]
    assert [tag.name for tag in other.ordered_tags] == ["science", "ia"]
    assert not Tag.objects.filter(pk=gone.pk).exists()
    moved = client.get(gone.get_absolute_url())
    assert (moved.status_code, moved.url) == (301, kept.get_absolute_url())


def test_tags_of_two_languages_stay_two(client):
    writer(client)
    tags = [TagFactory(language="fr"), TagFactory(language="en")]

    client.post(
        "/admin/articles/tag/",
        {"action": "merge", "_selected_action": [tag.pk for tag in tags], "kept": tags[0].pk},
    )

    assert Tag.objects.count() == 2


def test_names_of_tags_are_proposed_as_one_types(client):
    writer(client)
    for name in ("Énergie", "Télé", "Climat"):
        TagFactory(name=name)
    TagFactory(name="Energy", language="en")

    def proposed(typed):
        return client.get("/admin/articles/article/tags.json", {"q": typed, "language": "fr"}).json()["tags"]

    assert (proposed("é"), proposed("ENERG"), proposed("le")) == (["Énergie", "Télé"], ["Énergie"], ["Télé"])


def test_the_list_of_the_sites_identity_is_its_form(client):
    writer(client)

    first = client.get("/admin/newsroom/siteidentity/")

    assert first.url == "/admin/newsroom/siteidentity/1/change/"
    assert client.get(first.url).status_code == 200


def test_a_tag_is_refused_in_another_case_of_an_accented_name():
    Tag.objects.named("Énergie", "fr")

    with pytest.raises(ValidationError):
        Tag(name="énergie", language="fr", slug="energie-2").full_clean()
    Tag(name="énergie", language="en", slug="energie").full_clean()


def test_photos_without_words_get_them_in_the_list(client):
    writer(client)
    mute, other = PhotoFactory(title="Un", alt={}), PhotoFactory(title="Deux", alt={})
    told = PhotoFactory(alt={"fr": "Une presse."})
    path = "/admin/articles/photo/?missing=alt"

    def send(**texts):
        form = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2", "form-0-id": other.pk, "form-1-id": mute.pk}
        return client.post(path, form | {"form-0-alt_fr": "", "form-0-alt_en": ""} | texts | {"_save": "1"})

    shown = fromstring(client.get(path).content)
    names = [f"form-{row}-alt_{language}" for row in (0, 1) for language in ("fr", "en")]
    assert shown.xpath("//div[@class='library__words']//input[@type='text']/@name") == names
    assert b"library__words" not in client.get("/admin/articles/photo/").content

    refused = send(**{"form-1-alt_fr": "IMG_2034.jpg", "form-1-alt_en": ""})
    assert "is the name of a file" in refused.context["cl"].formset.errors[1]["alt"][0]
    assert b"is the name of a file" in refused.content

    send(**{"form-1-alt_fr": "Un champ en août.", "form-1-alt_en": ""})
    stored = {photo.pk: dict(photo.alt) for photo in Photo.objects.all()}
    assert stored == {mute.pk: {"fr": "Un champ en août."}, other.pk: {}, told.pk: {"fr": "Une presse."}}


def test_the_list_takes_no_words_from_a_photo_that_readers_see(client):
    writer(client)
    photo = PhotoFactory(alt={"fr": "Une presse."})
    article = ArticleFactory(photo=photo)

    form = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-id": photo.pk, "_save": "1"}
    texts = {"form-0-alt_fr": "", "form-0-alt_en": ""}
    refused = client.post("/admin/articles/photo/?missing=alt-en", form | texts)

    assert article.title in refused.context["cl"].formset.errors[0]["alt"][0]
    photo.refresh_from_db()
    assert photo.alt == {"fr": "Une presse."}


def test_the_first_page_says_which_articles_are_translations_and_lists_all_by_the_alphabet(client):
    writer(client)
    ArticleFactory(title="Ici"), ArticleFactory(title="Here", language="en")

    page = fromstring(client.get("/admin/").content)

    notes = {row.findtext("a"): row.findtext("small") for row in page.xpath("//ul[@class='home__list']/li")}
    assert (notes["Here"].startswith("English · "), " · " in notes["Ici"]) == (True, False)
    names = page.xpath("//nav[@class='home__rest']//ul/li/a/text()")
    assert names[:-2] == sorted(names[:-2], key=fold)  # and two pages that list something else
    assert len(names) > 5


def test_titles_are_shown_at_the_desk_as_readers_see_them(client):
    writer(client)
    ArticleFactory(title="Qui paie l'IA ?", language="fr")

    for address in (LIST, "/admin/"):
        page = client.get(address).content.decode()
        assert ("Qui paie l’IA\u202f?" in page, "l'IA" in page, "l&#x27;IA" in page) == (True, False, False)
