"""A look before publication: exactly what was saved, for whoever holds the link, and for no cache or robot."""

from datetime import timedelta

import pytest
from django.core import signing
from django.utils import timezone

from articles.models import Article, Page, Tag
from articles.preview import preview_path
from tests.articles.desk import ADD, change, save, typed, writer
from tests.factories import ArticleFactory, PageFactory, PhotoFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(client):
    writer(client)
    photo = PhotoFactory()
    _response, article = save(
        client, title="A draft", body="<p>Its text.</p>", tags="b, a", key_points_0="A point.", photo=photo.pk
    )
    client.logout()
    return article


def test_whoever_holds_the_link_reads_the_draft_as_a_page(client, draft):
    response = client.get(preview_path(draft.revisions.get()))

    html = response.content.decode()
    assert "<h1>A draft</h1>" in html
    assert "Its text." in html
    assert "A point." in html
    assert html.index("/tag/b/") < html.index("/tag/a/")
    assert 'class="links share"' not in html
    assert client.get(draft.get_absolute_url()).status_code == 404


def test_no_cache_no_robot_and_no_referrer_learns_of_it(client, draft):
    response = client.get(preview_path(draft.revisions.get()))

    assert "no-store" in response.headers["Cache-Control"]
    assert "noindex" in response.headers["X-Robots-Tag"]
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert not response.cookies


def test_it_shows_the_version_of_the_link_and_not_a_later_one(client, draft):
    link = preview_path(draft.revisions.get())
    writer(client)
    save(client, draft, title="Changed since")

    html = client.get(link).content.decode()

    assert "A draft" in html
    assert "Changed since" not in html


def test_it_looks_at_the_article_and_leaves_it(client, draft):
    client.get(preview_path(draft.revisions.get()))

    draft.refresh_from_db()
    assert (draft.state, draft.version) == ("draft", 1)


def test_the_link_dies_after_three_days(client, draft, monkeypatch):
    link = preview_path(draft.revisions.get())
    real = signing.time.time

    monkeypatch.setattr(signing.time, "time", lambda: real() + 3 * 24 * 3600 - 10)
    before = client.get(link).status_code
    monkeypatch.setattr(signing.time, "time", lambda: real() + 3 * 24 * 3600 + 10)

    assert (before, client.get(link).status_code) == (200, 404)


@pytest.mark.parametrize("token", ["x", "1", "1:abc", "a:b:c"])
def test_a_link_that_we_did_not_make_shows_nothing(client, draft, token):
    assert client.get(f"/preview/{token}/").status_code == 404


def look(client, article=None, **values):
    return client.post(change(article) if article else ADD, typed(article, **values) | {"_preview": "1"})


def test_the_button_shows_what_is_typed_and_saves_nothing(client):
    writer(client)
    article = ArticleFactory(title="Published", body="<p>Old text.</p>")

    response = look(client, article, title="Typed", body="<p>New text.</p>", tags="never seen", key_points_0="A point.")

    html = response.content.decode()
    assert "<h1>Typed</h1>" in html
    assert [words in html for words in ("New text.", "never seen", "A point.", "ni enregistré")] == [True] * 4
    assert "Old text." not in html
    assert ("no-store" in response.headers["Cache-Control"], "noindex" in response.headers["X-Robots-Tag"]) == (
        True,
        True,
    )
    article.refresh_from_db()
    assert (article.title, article.body, article.revisions.count()) == ("Published", "<p>Old text.</p>", 0)
    assert not Tag.objects.exists()


def test_an_article_never_saved_can_be_looked_at(client):
    writer(client)

    html = look(client, title="Brand new", photo=PhotoFactory().pk, language="en").content.decode()

    assert "<h1>Brand new</h1>" in html
    assert '<html lang="en"' in html
    assert '<figure class="lead">' in html
    assert not Article.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [{"title": ""}, {"title": "x" * 300}, {"author": "99"}, {"photo": "no"}, {"language": "xx"}, {"tags": "a\0b"}],
)
@pytest.mark.parametrize("stored", [True, False])
def test_what_could_not_be_saved_can_be_looked_at(client, wrong, stored):
    writer(client)
    article = ArticleFactory() if stored else None

    response = look(client, article, **{"body": "<p>New text.</p>"} | wrong)

    assert (response.status_code, "New text." in response.content.decode()) == (200, True)


def test_only_who_may_change_an_article_may_look_at_what_she_types(client):
    article = ArticleFactory()
    client.force_login(UserFactory())

    assert look(client, article).status_code == 403
    assert look(client).status_code == 403


def test_an_article_deleted_meanwhile_is_not_there_to_look_at(client):
    writer(client)
    article = ArticleFactory()
    values = typed(article)
    address = change(article)
    article.delete()

    assert client.post(address, values | {"_preview": "1"}).status_code == 404


@pytest.mark.parametrize(("language", "note"), [("fr", "Aperçu de la version 1"), ("en", "Preview of version 1")])
def test_whoever_proofreads_is_told_what_it_is_in_the_texts_language_and_led_to_no_desk(client, language, note):
    writer(client)
    _response, article = save(client, title="A draft", language=language)
    client.logout()

    html = client.get(preview_path(article.revisions.get()), headers={"Accept-Language": "de"}).content.decode()

    assert note in html
    assert "/admin/" not in html
    assert "/admin/" not in client.get(preview_path(PageFactory(language=language))).content.decode()


def test_an_english_article_is_previewed_in_english(client):
    writer(client)
    _response, article = save(client, language="en")

    assert '<html lang="en"' in client.get(preview_path(article.revisions.get())).content.decode()


def test_a_scheduled_article_is_not_public_before_its_time(client):
    article = ArticleFactory(published_at=timezone.now() + timedelta(hours=1))

    assert client.get(article.get_absolute_url()).status_code == 404


def look_at_page(client, page=None, **values):
    address = f"/admin/articles/page/{page.pk}/change/" if page else "/admin/articles/page/add/"
    typed = {"title": "Typed", "body": "<p>New text.</p>", "language": "fr", "kind": "other", "slug": "typed"}
    return client.post(address, typed | values | {"_preview": "1"})


@pytest.mark.parametrize("stored", [True, False])
def test_a_page_shows_what_is_typed_and_saves_nothing(client, stored):
    writer(client)
    page = PageFactory(title="Published", body="<p>Old text.</p>") if stored else None

    response = look_at_page(client, page)

    html = response.content.decode()
    assert [words in html for words in ("<h1>Typed</h1>", "New text.", "ni enregistré", "Old text.")] == [
        True, True, True, False
    ]  # fmt: skip
    assert ("no-store" in response.headers["Cache-Control"], "noindex" in response.headers["X-Robots-Tag"]) == (
        True,
        True,
    )
    assert list(Page.objects.values_list("title", "body")) == ([("Published", "<p>Old text.</p>")] if stored else [])


@pytest.mark.parametrize(
    "wrong",
    [{"title": ""}, {"title": "x" * 300}, {"slug": ""}, {"slug": "a b"}, {"language": "xx"}, {"published_at": "soon"}],
)
@pytest.mark.parametrize("stored", [True, False])
def test_a_page_that_could_not_be_saved_can_be_looked_at(client, wrong, stored):
    writer(client)

    response = look_at_page(client, PageFactory() if stored else None, **wrong)

    assert (response.status_code, "New text." in response.content.decode()) == (200, True)


def test_only_who_may_change_a_page_may_look_at_what_she_types(client):
    page = PageFactory()
    client.force_login(UserFactory())

    assert [look_at_page(client, page).status_code, look_at_page(client).status_code] == [403, 403]


def test_whoever_holds_the_link_reads_a_page_that_is_a_draft(client):
    page = PageFactory(title="A draft", body="<p>Its text.</p>", published_at=None, language="en")
    writer(client)
    sheet = client.get(f"/admin/articles/page/{page.pk}/change/")
    client.logout()

    response = client.get(sheet.context["preview_url"])

    html = response.content.decode()
    assert f'href="{sheet.context["preview_url"]}"' in sheet.content.decode()
    assert [words in html for words in ("<h1>A draft</h1>", "Its text.", '<html lang="en"', "not public")] == [True] * 4
    assert ("no-store" in response.headers["Cache-Control"], response.headers["Referrer-Policy"]) == (
        True,
        "no-referrer",
    )
    assert client.get(page.get_absolute_url()).status_code == 404


def test_a_page_that_readers_see_needs_no_link_to_show_around(client):
    writer(client)

    assert "preview_url" not in client.get(f"/admin/articles/page/{PageFactory().pk}/change/").context
