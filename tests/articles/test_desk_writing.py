"""An author writes, schedules, publishes and takes back."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from lxml.html import fromstring

from articles.models import Article, Author, Tag
from tests.articles.desk import ADD, change, errors, save, typed, writer
from tests.factories import ArticleFactory, AuthorFactory, PageFactory, PhotoFactory, TagFactory

pytestmark = pytest.mark.django_db


def test_an_article_is_saved_as_a_draft_with_all_that_was_typed(client):
    user = writer(client)
    photo = PhotoFactory()

    response, article = save(
        client,
        title="  L’eau \n et le feu ",
        tags='Énergie, "Eau, air", énergie',
        photo=photo.pk,
        key_points_0="One.",
        key_points_2="Two.",
        seo_title="Water",
    )

    assert response.status_code == 302
    assert response.url == change(article)
    assert (article.title, article.slug, article.state) == ("L’eau et le feu", "l-eau-et-le-feu", "draft")
    assert article.key_points == ["One.", "Two."]
    assert [tag.name for tag in article.ordered_tags] == ["Énergie", "Eau, air"]
    assert article.photo == photo
    assert (article.version, article.modified_by, article.seo_title) == (1, user, "Water")


def test_a_form_of_a_new_article_that_is_sent_twice_makes_one_draft(client):
    writer(client)
    form = {"copy": str(uuid4()), "tags": "b, a", "key_points_0": "One.", "body": "<p>Text <b>in bold</b>"}

    _first, draft = save(client, **form)
    again, _draft = save(client, **form)

    assert again.url == change(draft)
    assert (Article.objects.get(), draft.revisions.count()) == (draft, 1)


def test_a_draft_waits_for_its_title_and_is_not_published_without_one(client):
    writer(client)

    response, draft = save(client, title="", body="<p>Text.</p>")
    listed = client.get("/admin/articles/article/").content.decode()
    refused, _draft = save(client, draft, title="", button="_publish")
    _response, titled = save(client, draft, title="Titled", button="_publish")

    assert response.status_code == 302
    assert "Without a title" in listed
    assert errors(refused)["title"] == ["There is no title."]
    assert (titled.slug, titled.is_published) == ("titled", True)


def test_nothing_is_no_draft(client):
    writer(client)

    response, draft = save(client, title="", standfirst="", body="")

    assert list(errors(response)) == ["title"]
    assert draft is None


def test_what_was_typed_since_the_first_answer_was_lost_goes_to_the_same_draft(client):
    writer(client)
    form = {"copy": str(uuid4())}
    save(client, title="First", **form)

    save(client, title="x" * 201, **form)
    response, draft = save(client, button="_publish", title="Second", **form)

    assert response.url == change(draft)
    assert (Article.objects.get(), draft.title, draft.slug, draft.is_published) == (draft, "Second", "second", True)
    assert [version.content["title"] for version in draft.revisions.all()] == ["Second", "First"]


def test_a_form_that_is_sent_again_covers_nothing_that_was_saved_since(client):
    writer(client)
    form = typed(copy=str(uuid4()))
    _response, draft = save(client, **form)
    save(client, draft, title="Since")

    response, stored = save(client, **form)

    assert list(errors(response)) == ["__all__"]
    assert stored.title == "Since"


def test_a_form_that_is_sent_twice_at_once_makes_one_draft(client):
    """The other one is stored after this one found no draft of it: the database refuses the second."""
    user = writer(client)
    form, others = typed(copy=str(uuid4())), []

    def overtake(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if not others and '"articles_article"."group" = ' in sql:
            others.append(None)
            other = Client()
            other.force_login(user)
            others[:] = [other.post(ADD, form)]
        return result

    with connection.execute_wrapper(overtake):
        response = client.post(ADD, form)

    assert [response.url, others[0].url] == [change(Article.objects.get())] * 2


def test_a_new_tag_is_made_in_the_language_of_the_article(client):
    writer(client)
    TagFactory(name="climat", slug="climat", language="en")

    _response, article = save(client, tags="Climat", language="fr")

    assert [(tag.name, tag.language) for tag in article.ordered_tags] == [("Climat", "fr")]
    assert Tag.objects.count() == 2


def test_the_first_tag_stands_above_the_title_whatever_the_order_of_the_alphabet(client):
    writer(client)
    _response, article = save(client, tags="b, a, c")
    before = [tag.name for tag in article.ordered_tags]

    save(client, article, tags="c, b")

    assert before == ["b", "a", "c"]
    assert [tag.name for tag in Article.objects.get().ordered_tags] == ["c", "b"]


def test_publishing_now_makes_the_article_readable(client):
    writer(client)

    _response, article = save(client, button="_publish")

    assert article.is_published
    assert client.get(article.get_absolute_url()).status_code == 200


def test_scheduling_takes_a_time_of_the_site(client):
    writer(client)
    ahead = (timezone.localtime() + timedelta(days=3)).replace(second=0, microsecond=0, tzinfo=None)

    _response, article = save(client, button="_schedule", publish_on=f"{ahead:%Y-%m-%dT%H:%M}")

    assert article.state == "scheduled"
    assert timezone.localtime(article.published_at).replace(tzinfo=None) == ahead
    assert client.get(article.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("moment", ["", "tomorrow", "2026-02-30T10:00"])
def test_scheduling_without_a_date_is_refused_at_its_field(client, moment):
    writer(client)

    response, article = save(client, button="_schedule", publish_on=moment)

    assert list(errors(response)) == ["publish_on"]
    assert article is None


def test_a_past_date_schedules_nothing_and_is_refused_at_its_field(client):
    writer(client)
    draft = ArticleFactory(published_at=None)

    response, stored = save(client, draft, button="_schedule", publish_on="2020-01-02T03:04")

    assert list(errors(response)) == ["publish_on"]
    assert stored.state == "draft"


def test_what_is_published_may_move_to_the_past(client):
    writer(client)

    _response, stored = save(client, ArticleFactory(), button="_schedule", publish_on="2020-01-02T03:04")

    assert (stored.is_published, stored.published_at.year) == (True, 2020)


def test_of_an_hour_that_the_clocks_show_twice_the_first_is_meant(client):
    writer(client)

    _response, stored = save(client, ArticleFactory(), button="_schedule", publish_on="2025-10-26T02:30")

    assert stored.published_at == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (
            "2027-03-28T02:30",
            "Cette nuit-là, cette heure n’existe pas\u00a0: on passe à l’heure d’été. Choisissez-en une autre.",
        ),
        ("0001-01-01T00:00", "Saisissez une date et une heure valides."),
        ("9999-12-31T23:59", "Saisissez une date et une heure valides."),
        ("2999-01-01T08:00", "Cette date est dans plus de deux ans. Choisissez-en une plus proche."),
    ],
)
def test_a_moment_that_no_clock_or_archive_shows_is_refused_at_its_field(client, moment, said):
    writer(client)
    article = ArticleFactory()

    response, stored = save(client, article, button="_schedule", publish_on=moment)

    assert errors(response) == {"publish_on": [said]}
    assert stored.published_at == article.published_at


def test_what_was_published_in_the_second_of_two_like_hours_stays_there(client):
    writer(client)
    second = datetime(2025, 10, 26, 1, 30, 20, tzinfo=UTC)

    _response, stored = save(
        client, ArticleFactory(published_at=second), title="Changed", publish_on="2025-10-26T02:30"
    )

    assert (stored.title, stored.published_at) == ("Changed", second)


def test_a_title_that_is_too_long_is_not_called_missing(client):
    writer(client)

    response, _article = save(client, title="long " * 60)

    assert list(errors(response)) == ["title"]
    assert not [finding for finding in response.context["findings"] if finding.level == "stop"]


def test_saving_leaves_the_date_of_publication_alone(client):
    writer(client)
    article = ArticleFactory(published_at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.get_current_timezone()))

    _response, stored = save(client, article, title="Another title")

    assert stored.published_at == article.published_at
    assert stored.title == "Another title"


def test_unpublishing_makes_a_draft_again(client):
    writer(client)

    _response, stored = save(client, ArticleFactory(), button="_unpublish")

    assert stored.state == "draft"


@pytest.mark.parametrize("notable", [None, "on"])
def test_only_a_notable_change_is_dated(client, notable):
    writer(client)

    _response, stored = save(client, ArticleFactory(), notable=notable)

    assert bool(stored.revised_at) is bool(notable)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": ""}, "title"),
        ({"body": ""}, "body"),
        ({"body": "<p> </p>"}, "body"),
        ({"body": '<p>a</p><figure data-photo="999999"></figure>'}, "body"),
        ({"body": "<p>a</p><h2> </h2>"}, "body"),
        ({"photo": "mute"}, "photo"),
        ({"body": "mute"}, "body"),
    ],
)
def test_publication_is_refused_at_the_field_and_keeps_what_was_typed(client, values, field):
    writer(client)
    mute = PhotoFactory(alt={}).pk
    if values.get("photo") == "mute":
        values = {"photo": mute}
    if values.get("body") == "mute":
        values = {"body": f'<p>a</p><figure data-photo="{mute}"></figure>'}

    response, article = save(client, button="_publish", standfirst="What I typed.", **values)

    assert list(errors(response)) == [field]
    assert article is None
    assert b"What I typed." in response.content


def test_a_decorative_photo_needs_no_alternative_text(client):
    writer(client)
    photo = PhotoFactory(alt={}, decorative=True)

    _response, article = save(client, button="_publish", photo=photo.pk)

    assert article.is_published


def test_a_published_article_stays_publishable(client):
    writer(client)
    article = ArticleFactory()

    response, stored = save(client, article, body="")

    assert list(errors(response)) == ["body"]
    assert stored.body == article.body


def test_a_draft_needs_no_text_yet(client):
    writer(client)

    _response, article = save(client, body="", standfirst="")

    assert article.state == "draft"


def test_the_address_follows_the_title_until_the_article_is_published(client):
    writer(client)
    _response, article = save(client, title="First title")

    _response, renamed = save(client, article, title="Second title")
    _response, published = save(client, renamed, button="_publish")
    _response, later = save(client, published, title="Third title")

    assert (article.slug, renamed.slug, later.slug) == ("first-title", "second-title", "second-title")


def test_no_part_of_the_sheet_is_called_by_its_heading_twice(client):
    writer(client)
    page = fromstring(client.get(ADD).content)

    for part in page.xpath("//details[contains(@class, 'panel')]"):
        labels = part.xpath(".//label[not(@class='visually-hidden')]")
        assert part.xpath("string(summary)") not in [label.text_content() for label in labels]


def test_an_address_typed_by_hand_does_not_follow_the_title(client):
    writer(client)
    _response, article = save(client, slug="mine")

    _response, renamed = save(client, article, title="Second title")

    assert renamed.slug == "mine"


def test_an_address_made_from_a_title_is_free(client):
    writer(client)
    ArticleFactory(slug="water")
    PageFactory(slug="water-2")

    _response, article = save(client, title="Water")
    _response, reserved = save(client, title="Tag")
    _response, wordless = save(client, title="?!")

    assert [article.slug, reserved.slug, wordless.slug] == ["water-3", "tag-2", "article"]


@pytest.mark.parametrize(
    ("typed", "slug"), [("Été à Paris", "ete-a-paris"), ("/l’œuvre/", "l-oeuvre"), ("As_It-is", "As_It-is")]
)
def test_an_address_is_made_of_what_was_typed(client, typed, slug):
    writer(client)

    _response, article = save(client, slug=typed)

    assert article.slug == slug


@pytest.mark.parametrize("typed", ["vie privee", "VIE PRIVÉE", "Vie privée"])
def test_a_tag_without_its_accents_or_capitals_is_the_one_that_is_there(client, typed):
    writer(client)
    there = TagFactory(name="Vie privée", slug="vie-privee")

    response, article = save(client, tags=f"{typed}, vie privée")

    assert article.ordered_tags == [there]
    assert article.revisions.get().content["tags"] == ["Vie privée"]
    assert Tag.objects.count() == 1
    assert b"until now on no article" not in client.get(response.url).content


def test_where_two_tags_are_alike_the_one_that_was_typed_is_meant(client):
    writer(client)
    first, second = TagFactory(name="Côte"), TagFactory(name="Coté")

    _response, article = save(client, tags="coté")

    assert article.ordered_tags == [second]
    assert first not in article.ordered_tags


def test_a_new_tag_is_told_when_it_is_made(client):
    writer(client)
    TagFactory(name="Climat")

    response, _article = save(client, tags="climat, Surveillance")

    assert "New, and until now on no article: Surveillance." in client.get(response.url).content.decode()


@pytest.mark.parametrize("slug", ["taken", "a-page", "admin", "2026", "en", "—"])
def test_an_address_that_is_taken_or_reserved_is_refused_at_its_field(client, slug):
    writer(client)
    ArticleFactory(slug="taken")
    PageFactory(slug="a-page")

    response, _article = save(client, slug=slug, title="What I typed")

    assert list(errors(response)) == ["slug"]
    assert b"What I typed" in response.content


def test_the_same_address_may_serve_another_language(client):
    writer(client)
    ArticleFactory(slug="taken", language="fr")

    _response, article = save(client, slug="taken", language="en")

    assert (article.slug, article.language) == ("taken", "en")


def test_a_new_site_gets_its_author_when_something_is_saved(client):
    writer(client, first_name="Ada", last_name="Brun")

    _response, article = save(client, author="")

    author = Author.objects.get()
    assert (author.name, author.slug, author.is_site_author) == ("Ada Brun", "ada-brun", True)
    assert article.author == author


def test_one_writes_as_the_sites_author(client):
    writer(client)
    AuthorFactory(is_site_author=False)
    chosen = AuthorFactory(is_site_author=True)

    response = client.get(ADD)

    assert response.context["adminform"].form["author"].value() == chosen.pk


def test_a_new_article_takes_comments_as_its_site_does(client):
    writer(client)
    form = client.get(ADD).context["adminform"].form
    assert (form["comments"].value(), form["comments_days"].value()) == ("open", 30)

    site = client.get("/admin/newsroom/siteidentity/", follow=True)
    kept = dict(fromstring(site.content).get_element_by_id("siteidentity_form").form_values())
    saved = client.post(site.redirect_chain[-1][0], kept | {"comments": "timed", "comments_days": "14"})

    assert saved.status_code == 302
    form = client.get(ADD).context["adminform"].form
    assert (form["comments"].value(), form["comments_days"].value()) == ("timed", 14)


def test_enter_in_a_field_saves_and_does_not_publish(client):
    writer(client)

    html = client.get(ADD).content.decode()

    form = html[html.index('id="article_form"') :]
    first = form[form.index("<button") :]
    assert 'name="_save"' in first[: first.index(">")]


def test_the_form_of_a_new_article_holds_what_a_script_is_not_needed_for(client):
    writer(client)

    html = client.get(ADD).content.decode()

    assert html.count('name="key_points_') == 7
    assert '<textarea name="body"' in html
    assert "maxlength" not in html[html.index('name="title"') : html.index('name="body"')]
    assert typed().keys() - {"base"} <= {name for name in typed() if f'name="{name}"' in html}


@pytest.mark.parametrize(("factory", "kind"), [(ArticleFactory, "article"), (PageFactory, "page")])
def test_what_readers_see_is_updated_and_a_draft_is_saved(client, factory, kind):
    writer(client)

    words = []
    for thing in (factory(), factory(published_at=None)):
        root = fromstring(client.get(f"/admin/articles/{kind}/{thing.pk}/change/").content.decode())
        buttons = root.xpath("//*[@name='_save' and not(@aria-hidden)]")
        words.append({button.get("value") if button.tag == "input" else button.text_content() for button in buttons})

    assert words == [{"Update"}, {"Save"}]
