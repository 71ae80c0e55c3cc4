"""Versions: every save leaves one, and of two people who save at once neither loses a word."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.utils import timezone
from lxml.html import fromstring, tostring

from articles import revisions
from articles.models import Article, Revision
from tests.articles.desk import change, errors, save, typed, writer
from tests.factories import ArticleFactory, PhotoFactory, UserFactory

pytestmark = pytest.mark.django_db


def contents(article):
    return [revision.content["title"] for revision in article.revisions.order_by("version")]


def test_every_save_leaves_a_version_with_who_and_what(client):
    user = writer(client)
    photo = PhotoFactory()
    _response, article = save(client, title="One", tags="b, a", photo=photo.pk, key_points_0="Point.")
    save(client, article, title="Two")

    first = article.revisions.get(version=1)

    assert contents(article) == ["One", "Two"]
    assert first.saved_by == user
    assert first.content["tags"] == ["b", "a"]
    assert first.content["photo"] == photo.pk
    assert first.content["key_points"] == ["Point."]


def test_what_never_passed_the_desk_is_kept_by_the_first_save_there_and_is_what_the_second_is_merged_upon(client):
    user = writer(client)
    article = ArticleFactory(title="Common", standfirst="Common.", tags=["a", "b"])
    save(client, article, title="Theirs")

    response, now = save(client, article, standfirst="Mine.")

    assert (response.status_code, now.title, now.standfirst, now.version) == (302, "Theirs", "Mine.", 2)
    before, *saves = article.revisions.order_by("version")
    assert (before.content["title"], before.content["tags"], before.saved_by) == ("Common", ["a", "b"], None)
    assert [revision.saved_by for revision in saves] == [user, user]
    assert before.saved_at == article.modified_at


def test_the_second_of_two_browsers_is_told_who_changed_what_and_nothing_is_saved(client):
    writer(client)
    article = ArticleFactory(title="Common", body="<p>The first word.</p>")
    save(client, article, title="Theirs", body="<p>The other word.</p>")
    theirs = article.revisions.first().saved_by

    mine = {"title": "Mine", "body": "<p>The third word.</p>", "standfirst": "Typed by me."}
    response, stored = save(client, article, **mine)

    assert list(errors(response)) == ["__all__"]
    html = response.content.decode()
    assert stored.title == "Theirs"
    assert theirs.get_username() in html
    assert "<del>Theirs</del><ins>Mine</ins>" in html
    assert "<p>The <del>other</del><ins>third</ins> word.</p>" in html
    assert "Typed by me." in html
    assert f'name="_over" value="{stored.version}"' in html


def test_the_second_may_save_over_and_the_first_stays_in_the_versions(client):
    writer(client)
    article = ArticleFactory(title="Common")
    _response, stored = save(client, article, title="Theirs")

    client.post(change(article), typed(article, title="Mine", _over=stored.version))

    assert Article.objects.get().title == "Mine"
    assert contents(article) == ["Common", "Theirs", "Mine"]


def test_the_second_may_choose_field_by_field(client):
    writer(client)
    article = ArticleFactory(title="Common", body="<p>Common.</p>", key_points=["One."], support_call=True)
    theirs = {"title": "Theirs", "body": "<p>The <strong>other</strong> &lt;b&gt; word.</p>", "tags": "b, a"}
    _response, stored = save(client, article, key_points_0="Two.", support_call=None, **theirs)
    article.revisions.exclude(version=stored.version).delete()  # as saved before that was kept: all of it is asked

    mine = {"title": "Mine", "body": "<p>My word.</p>", "standfirst": "Mine.", "tags": "", "base": article.version}
    page = fromstring(save(client, article, **mine)[0].content.decode())
    names = page.xpath("//section[@role='alert']//input[@type='radio'][@value='theirs']/@name")
    sides = page.xpath("//div[@class='difference prose']")
    (shown,) = (tostring(side, encoding="unicode") for side in sides if "My" in side.text_content())
    choice = {f"_take-{name}": "theirs" for name in ("title", "body", "tags", "key_points", "support_call")}
    client.post(change(article), typed(article, **mine) | choice | {"_over": stored.version})

    taken = Article.objects.get()
    assert set(names) == {f"_take-{name}" for name in (*theirs, "standfirst", "key_points", "support_call")}
    assert "<strong>" in shown
    assert "**" not in shown
    assert "<b>" not in shown
    assert (taken.title, taken.body) == (theirs["title"], theirs["body"])
    assert ([tag.name for tag in taken.ordered_tags], taken.key_points) == (["b", "a"], ["Two."])
    assert (taken.support_call, taken.standfirst) == (False, "Mine.")


def test_an_address_is_no_markup_where_versions_are_compared(client):
    writer(client)
    link = (
        '<p>A word <a href="https://a.example/?q=&lt;img src=x onerror=alert(1)&gt;">and %s</a> &lt;u&gt; after it.</p>'
    )
    article = ArticleFactory(body="<p>Common.</p>")
    save(client, article, body=link % "a link")

    page = fromstring(save(client, article, body=link % "mine", base=article.version)[0].content.decode())
    (shown,) = page.xpath("//div[@class='difference prose']")

    assert [element.tag for element in shown.iter()] == ["div", "p", "a", "del", "a", "ins", "a"]


def test_the_second_may_take_the_first_and_his_own_stays_in_the_versions(client):
    writer(client)
    article = ArticleFactory(title="Common")
    _response, stored = save(client, article, title="Theirs", tags="theirs")

    client.post(change(article), typed(article, title="Mine", tags="mine", _theirs=stored.version))

    now = Article.objects.get()
    assert (now.title, [tag.name for tag in now.ordered_tags]) == ("Theirs", ["theirs"])
    assert contents(article) == ["Common", "Theirs", "Mine", "Theirs"]


def test_taking_the_other_takes_its_address_and_language_as_well(client):
    writer(client)
    _response, article = save(client, title="Common", slug="old", language="fr", button="_publish")
    _response, article = save(client, article, title="Again")
    _response, theirs = save(client, article, title="Theirs", slug="new-address", language="en")
    response, _stored = save(client, article, title="Mine")
    button = f'name="_theirs" value="{theirs.version}"'
    assert button in response.content.decode()

    client.post(change(article), typed(article, title="Mine", _theirs=theirs.version))

    now = Article.objects.get()
    assert (now.title, now.slug, now.language, now.version) == ("Theirs", "new-address", "en", 5)
    assert [(r.version, r.content["slug"]) for r in article.revisions.all()[:2]] == [(5, "new-address"), (4, "old")]
    assert client.get("/en/new-address/").status_code == 200


def said(client):
    """Return the messages on the next page of the desk."""
    return [str(message) for message in client.get("/admin/articles/article/").context["messages"]]


def test_what_this_form_did_not_change_is_taken_from_the_other_and_said(client):
    writer(client)
    opened = {"title": "Common", "tags": "a, b", "key_points_0": "One.", "photo": PhotoFactory().pk}
    _response, article = save(client, **opened)
    theirs = {"title": "Theirs", "tags": "b, c", "key_points_1": "Two.", "support_call": None, "photo": ""}
    _response, stored = save(client, article, **theirs)
    said(client)

    response, now = save(client, article, **opened | {"body": "<p>Mine.</p>", "base": 1})

    assert (response.status_code, now.version) == (302, 3)
    assert (
        said(client)[0]
        == "Taken over from what was saved meanwhile: title, key points, tags, featured photo, address, support call."
    )
    assert (now.title, now.body, now.slug) == ("Theirs", "<p>Mine.</p>", stored.slug)
    assert (now.key_points, now.support_call, now.photo) == (["One.", "Two."], False, None)
    assert [tag.name for tag in now.ordered_tags] == ["b", "c"]


def test_only_what_both_changed_is_asked(client):
    writer(client)
    _response, article = save(client, title="Common", standfirst="Common.", body="<p>Common.</p>")
    _response, stored = save(client, article, title="Theirs", standfirst="Theirs.", seo_title="Agreed")

    mine = {"title": "Mine", "body": "<p>Mine.</p>", "seo_title": "Agreed"}
    response, stored = save(client, article, **mine)
    form = response.context["adminform"].form
    asked = [difference["name"] for difference in response.context["differences"]]
    client.post(change(article), typed(article, standfirst=form["standfirst"].value(), **mine) | {"_over": 2})

    assert (asked, form["standfirst"].value(), stored.title) == (["title"], "Theirs.", "Theirs")
    assert b"Taken over from what was saved meanwhile: standfirst, address." in response.content
    now = Article.objects.get()
    assert (now.title, now.standfirst, now.body, now.version) == ("Mine", "Theirs.", "<p>Mine.</p>", 3)


def test_what_was_taken_from_the_other_and_refused_for_something_else_is_not_typed_here(client):
    writer(client)
    _response, article = save(client, title="Common")
    _response, second = save(client, article, title="Second")
    response, _stored = save(client, article, standfirst="x" * 600)
    form = response.context["adminform"].form
    _response, _third = save(client, second, title="Third")

    assert (list(errors(response)), form["base"].value()) == (["standfirst"], 2)
    response, now = save(
        client, article, title=form["title"].value(), slug=form["slug"].value(), standfirst="Mine.", base=2
    )
    assert (response.status_code, now.title, now.standfirst) == (302, "Third", "Mine.")


def test_nothing_is_published_that_nobody_has_seen_together(client):
    writer(client)
    _response, article = save(client, title="Common")
    save(client, article, title="Theirs")
    said(client)

    _response, now = save(client, article, body="<p>Mine.</p>", button="_publish")
    told = said(client)
    _response, published = save(client, now, button="_publish")

    assert (now.title, now.published_at) == ("Theirs", None)
    assert told[1] == "It is not published by this: look at it, and press the button again."
    assert published.is_published


def test_a_date_that_the_other_moved_stays_moved_and_one_that_both_moved_is_asked(client):
    writer(client)
    first, second, third = (f"{timezone.now().year + 1}-0{month}-01T10:00" for month in (1, 2, 3))
    _response, article = save(client, publish_on=first, button="_schedule")
    _response, moved = save(client, article, publish_on=second)

    _response, now = save(client, article, body="<p>Mine.</p>", publish_on=first)
    response, _stored = save(client, article, publish_on=third)
    asked = [difference["name"] for difference in response.context["differences"]]
    save(client, article, publish_on=third, _over=3, **{"_take-published_at": "theirs"})

    assert (now.published_at, now.body, asked) == (moved.published_at, "<p>Mine.</p>", ["published_at"])
    assert Article.objects.get().published_at == moved.published_at


def test_a_script_that_saves_and_would_not_draw_what_is_taken_is_refused(client):
    writer(client)
    _response, article = save(client, title="Common")
    save(client, article, title="Theirs")

    quiet = {"headers": {"Accept": "*/*"}}
    refused = client.post(change(article), typed(article, body="<p>Mine.</p>", _save="1"), **quiet)
    taken = client.post(change(article), typed(article, title="Mine", base=2, _save="1"), **quiet)

    assert (refused.content, taken.status_code) == (b"stale", 302)
    assert [revision.content["body"] for revision in article.revisions.all()] == ["<p>Text.</p>"] * 3


def test_a_third_who_saved_meanwhile_is_shown_as_well(client):
    writer(client)
    article = ArticleFactory()
    _response, second = save(client, article, title="Second")
    _response, _third = save(client, second, title="Third")

    response, stored = save(client, article, title="Mine", _over=second.version)

    assert list(errors(response)) == ["__all__"]
    assert stored.title == "Third"


def test_a_form_without_its_version_does_not_overwrite(client):
    writer(client)
    _response, article = save(client, title="Stored")

    response, stored = save(client, article, title="Mine", base=None)

    assert list(errors(response)) == ["__all__"]
    assert stored.title == "Stored"


def test_a_claim_of_a_version_that_is_gone_changes_nothing():
    article = ArticleFactory()
    revisions.save(article, [], None, 0)
    kept = Revision.objects.count()
    mine = Article.objects.get()
    mine.title = "Mine"

    with pytest.raises(revisions.StaleError):
        revisions.save(mine, ["tag"], None, 0)

    stored = Article.objects.get()
    assert (stored.title, stored.version, Revision.objects.count()) == (article.title, 1, kept)
    assert stored.ordered_tags == []


def test_who_saves_an_article_takes_back_nothing_that_jobs_and_comments_wrote_since_it_was_read():
    ArticleFactory()
    read = Article.objects.get()
    counted = {"comment_count": 3, "card": "cards/a.png", "related": [7]}
    Article.objects.update(**counted)

    revisions.save(read, [], None, 0)

    assert Article.objects.values("version", *counted).get() == {"version": 1, **counted}


def test_a_claim_lost_by_a_blink_is_judged_again_and_is_no_error(client):
    """Another save falls between this one's check and its claim; the database gives it the version first."""
    writer(client)
    article = ArticleFactory()
    lost = []

    def overtake(execute, sql, params, many, context):
        if not lost and sql.startswith("UPDATE") and '"version" = ("articles_article"."version" + ' in sql:
            lost.append(
                execute('UPDATE "articles_article" SET "version" = 7 WHERE "id" = %s', [article.pk], False, context)
            )
        return execute(sql, params, many, context)

    with connection.execute_wrapper(overtake):
        response, _stored = save(client, article, title="Mine")

    assert len(lost) == 1
    assert response.status_code == 302


def test_unpublishing_names_the_article_that_somebody_saved_by_a_blink_earlier(client):
    writer(client)
    quick, other = ArticleFactory(title="Quick"), ArticleFactory(title="Other")

    def overtake(execute, sql, params, many, context):
        if sql.startswith("UPDATE") and '"version" = ("articles_article"."version" + ' in sql and quick.pk in params:
            execute('UPDATE "articles_article" SET "version" = 7 WHERE "id" = %s', [quick.pk], False, context)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(overtake):
        chosen = {"action": "unpublish", "sure": "1", "_selected_action": [quick.pk, other.pk]}
        html = client.post("/admin/articles/article/", chosen, follow=True).content.decode()

    assert "“Quick” is as it was" in html
    assert set(Article.objects.filter(published_at=None)) == {other}


def test_a_refusal_after_saving_over_the_other_does_not_ask_about_him_again(client):
    writer(client)
    article = ArticleFactory()
    _response, stored = save(client, article, title="Theirs")

    response, _stored = save(client, article, title="x" * 300, _over=stored.version)

    assert list(errors(response)) == ["title"]
    assert response.context["adminform"].form["base"].value() == stored.version


def test_restoring_is_a_new_save_that_keeps_address_and_date(client):
    user = writer(client)
    _response, article = save(client, title="One", body="<p>First.</p>", tags="a", button="_publish")
    _response, article = save(client, article, title="Two", body="<p>Second.</p>", tags="b", slug="moved")

    response = client.post(f"/admin/articles/article/{article.pk}/versions/1/", {"sure": "1"})

    now = Article.objects.get()
    assert response.url == change(article)
    assert (now.title, now.body, [t.name for t in now.ordered_tags]) == ("One", "<p>First.</p>", ["a"])
    assert (now.slug, now.is_published, now.version, now.modified_by) == ("moved", True, 3, user)
    assert contents(article) == ["One", "Two", "One"]


def test_a_version_that_readers_would_see_at_once_is_restored_when_one_is_sure(client):
    writer(client)
    _response, article = save(client, title="One", button="_publish")
    _response, article = save(client, article, title="Two", notable=True, correction="It was 12.")
    address = f"/admin/articles/article/{article.pk}/versions/1/"

    asked = client.post(address).content.decode()

    assert "Readers will see this version at once." in asked
    assert "<li>It was 12.</li>" in asked
    assert Article.objects.get().title == "Two"
    client.post(address, {"sure": "1"})
    assert Article.objects.get().title == "One"


def test_a_version_that_may_not_be_published_is_not_restored_while_the_article_has_a_date(client):
    writer(client)
    silent = PhotoFactory(alt={})
    _response, article = save(client, body="", photo=silent.pk)
    _response, article = save(client, article, body="<p>Text.</p>", photo="", button="_publish")
    address = f"/admin/articles/article/{article.pk}/versions/1/"

    html = client.post(address, {"sure": "1"}, follow=True).content.decode()

    assert "There is no text." in html
    assert "The featured photo has no alternative text." in html
    now = Article.objects.get()
    assert (now.body, now.photo, now.version) == ("<p>Text.</p>", None, 2)

    _response, article = save(client, now, button="_unpublish")
    client.post(address)

    now = Article.objects.get()
    assert (now.body, now.photo, now.version) == ("", silent, 4)


def test_a_version_outlives_the_photo_it_showed(client):
    writer(client)
    photo = PhotoFactory()
    _response, article = save(client, photo=photo.pk)
    _response, article = save(client, article, photo="")
    photo.delete()

    client.post(f"/admin/articles/article/{article.pk}/versions/1/", {"sure": "1"})

    assert Article.objects.get().photo is None


def test_the_page_of_a_version_shows_its_words_against_the_one_before(client):
    writer(client)
    _response, article = save(client, body="<p>Water boils at ninety degrees.</p>")
    save(client, article, body="<p>Water boils at a hundred degrees.</p>")

    html = client.get(f"/admin/articles/article/{article.pk}/versions/2/").content.decode()

    assert "Water boils at <del>ninety</del><ins>a hundred</ins> degrees." in html


def test_what_was_typed_is_escaped_in_a_comparison(client):
    writer(client)
    _response, article = save(client, title="One")
    save(client, article, title="<script>alert(1)</script>")

    html = client.get(f"/admin/articles/article/{article.pk}/versions/2/").content.decode()

    assert "<ins>&lt;script&gt;alert(1)&lt;/script&gt;</ins>" in html


@pytest.mark.parametrize("path", ["versions/", "versions/1/"])
def test_versions_are_for_those_who_may_change_articles(client, path):
    writer(client)
    _response, article = save(client)
    reader = UserFactory()
    reader.user_permissions.add(Permission.objects.get(codename="view_article"))
    client.force_login(reader)

    assert client.get(f"/admin/articles/article/{article.pk}/{path}").status_code == 403


def test_versions_cost_the_same_for_any_number(client, django_assert_num_queries):
    writer(client)
    article = ArticleFactory()

    for number in (2, 3, 40):
        while article.revisions.count() < number:
            revisions.save(article, [], UserFactory(), article.version)
        with django_assert_num_queries(
            7
        ):  # session, user, article, count, versions, the site's name, two counts of what waits
            response = client.get(f"/admin/articles/article/{article.pk}/versions/")
        assert response.content.count(b"<time datetime") == number


def test_what_is_not_saved_is_nowhere_said_to_be(client):
    writer(client)
    _response, article = save(client, title="Common")
    assert "Saved at" in fromstring(client.get(change(article)).content).get_element_by_id("saved-state").text
    save(client, article, title="Theirs")

    refused = save(client, article, title="Mine")[0]

    assert fromstring(refused.content).get_element_by_id("saved-state").text == "Not saved yet"


def test_the_page_of_a_version_tells_what_came_before_it_from_what_came_after(client):
    writer(client)
    article = save(client, title="One")[1]
    for title in ("Two", "Three"):
        article = save(client, article, title=title)[1]

    root = fromstring(client.get(f"/admin/articles/article/{article.pk}/versions/2/").content.decode())

    assert [" ".join(heading.text_content().split()) for heading in root.xpath("//main//h2")] == [
        "What this version changed, compared with the one before it (Version 1)",
        "What was changed after this version, up to now",
    ]
