"""Taking an article back, which loses nothing; the bin, which keeps it for 30 days; and for ever."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, transaction
from django.utils import timezone
from lxml.html import fromstring

from articles import binned, editions
from articles.models import Article
from comments.models import ReaderComment
from tests.articles.desk import change, save, writer
from tests.factories import ArticleFactory, AuthorFactory, CommentFactory, PageFactory, PhotoFactory, UserFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/article/"
BIN = f"{LIST}?state=bin"
DELETE = '<form method="post">'


def fields(html, begins=DELETE):
    """Return what a form of the page would send."""
    form = re.search(rf"{begins}.*?</form>", html, re.DOTALL)[0]
    pairs = re.findall(r'<input type="hidden" name="(\w+)" value="(\w+)">', form)
    return {name: [value for other, value in pairs if other == name] for name, _value in pairs}


def put(client, article):
    client.post(f"{LIST}{article.pk}/bin/", {"sure": "1"})
    article.refresh_from_db()
    return article


def act(client, action, *articles, where=BIN):
    page = client.post(
        where, {"action": action, "sure": "1", "_selected_action": [one.pk for one in articles]}, follow=True
    )
    for article in articles:
        article.refresh_from_db()
    return page


def listed(client, address=LIST):
    return [article.pk for article in client.get(address).context["cl"].result_list]


def test_what_is_deleted_is_gone_for_readers_and_keeps_what_belongs_to_it(client):
    writer(client)
    article = ArticleFactory(title="Regretted", tags=["ia"])
    CommentFactory(article=article, approved=True)
    before = client.get(article.get_absolute_url()).status_code

    put(client, article)

    assert (before, client.get(article.get_absolute_url()).status_code) == (200, 410)
    assert (article.title, article.comment_count, [tag.name for tag in article.ordered_tags]) == (
        "Regretted",
        1,
        ["ia"],
    )
    assert ReaderComment.objects.count() == 1
    assert [version.content["published_at"] is None for version in article.revisions.all()] == [True, False]


def test_the_button_is_on_the_sheet_and_the_answer_shows_the_way_to_the_bin(client):
    writer(client)
    article = ArticleFactory()
    sheet = fromstring(client.get(change(article)).content.decode())

    [form] = sheet.xpath("//button[contains(., 'put it into the bin')]/@form")
    address = sheet.get_element_by_id(form).get("action")
    page = client.post(address, {"sure": "1"}, follow=True).content.decode()

    assert "In the bin for 30 days" in page
    assert f'href="{BIN}"' in page


def test_what_is_in_the_bin_stands_in_no_other_list_and_has_no_sheet(client):
    writer(client)
    article, draft, other = ArticleFactory(title="Away"), ArticleFactory(published_at=None), ArticleFactory()
    put(client, article)
    put(client, draft)

    assert listed(client) == [other.pk]
    assert listed(client, f"{LIST}?q=Away") == listed(client, f"{LIST}?state=draft") == []
    assert sorted(listed(client, BIN)) == [article.pk, draft.pk]
    assert client.get(change(article), follow=True).redirect_chain[-1][0] == BIN
    for address in (f"{article.pk}/versions/", f"{article.pk}/translations/"):
        assert client.get(f"{LIST}{address}").status_code == 404
    assert client.post(f"{LIST}{article.pk}/duplicate/").status_code == 404
    _lacking, *sections = client.get("/admin/").context["sections"]
    assert [row.title for section in sections for row in section.rows] == [other.title]


def test_a_shown_version_of_it_is_gone_too(client):
    writer(client)
    _response, article = save(client)
    shown = client.get(change(article)).context["preview_url"]
    before = client.get(shown).status_code

    put(client, article)

    assert (before, client.get(shown).status_code) == (200, 404)


@pytest.mark.parametrize(("action", "is_public"), [("restore_as_it_was", True), ("restore_as_drafts", False)])
def test_it_comes_back_as_it_was_or_as_a_draft(client, action, is_public):
    writer(client)
    article = ArticleFactory(published_at=timezone.now() - timedelta(days=200), first_published_at=timezone.now())
    date, address = article.published_at, article.get_absolute_url()
    put(client, article)

    act(client, action, article)

    assert (article.published_at, article.binned_at) == (date if is_public else None, None)
    assert article.own_date == (None if is_public else date)
    assert client.get(address).status_code == (200 if is_public else 410)
    assert listed(client) == [article.pk]


def test_as_it_was_a_draft_is_a_draft_also_when_it_had_been_public_before(client):
    writer(client)
    draft = ArticleFactory(published_at=None)
    taken_back = save(client, ArticleFactory(), button="_unpublish")[1]
    put(client, draft)
    put(client, taken_back)

    act(client, "restore_as_it_was", draft, taken_back)

    assert (draft.state, taken_back.state) == ("draft", "draft")


@pytest.mark.parametrize(("hours", "state"), [(5, "scheduled"), (0, "draft")])
def test_what_was_scheduled_is_so_again_unless_its_hour_has_passed(client, hours, state):
    writer(client)
    article = ArticleFactory(published_at=timezone.now() + timedelta(hours=5))
    put(client, article)
    missed = timezone.now() - timedelta(hours=1)
    if not hours:
        before = article.revisions.last()
        before.content["published_at"] = missed.isoformat()
        before.save()

    act(client, "restore_as_it_was", article)

    assert article.state == state


def test_several_go_into_the_bin_at_once(client):
    writer(client)
    articles = [ArticleFactory(), ArticleFactory(published_at=None), ArticleFactory()]

    act(client, "put_into_bin", *articles[:2], where=LIST)

    assert sorted(listed(client, BIN)) == [article.pk for article in articles[:2]]
    assert listed(client) == [articles[2].pk]


@pytest.mark.parametrize(("published", "status"), [(True, 410), (False, 404)])
def test_for_ever_is_said_of_what_is_in_the_bin(client, published, status):
    writer(client)
    article = ArticleFactory(published_at=timezone.now() if published else None)
    CommentFactory(article=article)
    put(client, article)
    address = f"{LIST}{article.pk}/delete/"

    html = client.get(address).content.decode()
    client.post(address, fields(html))

    assert "Delete for ever" in html
    assert (Article.objects.exists(), ReaderComment.objects.exists()) == (False, False)
    assert client.get(article.get_absolute_url()).status_code == status


def test_nothing_is_deleted_for_ever_that_is_not_in_the_bin(client):
    writer(client)
    article = ArticleFactory()
    several = {"action": "delete_selected", "_selected_action": [article.pk], "post": "yes"}

    client.post(f"{LIST}{article.pk}/delete/", {"post": "yes"})
    client.post(LIST, several)
    client.post(BIN, several)

    article.refresh_from_db()
    assert article.is_published


def test_several_are_deleted_for_ever_after_a_question(client):
    writer(client)
    articles = [put(client, ArticleFactory(title=title)) for title in ("One", "Two", "Three")]
    chosen = {"action": "delete_selected", "_selected_action": [article.pk for article in articles[:2]]}

    html = client.post(BIN, chosen).content.decode()
    client.post(BIN, fields(html))

    assert [name in html for name in ("<li>One</li>", "<li>Two</li>", "<li>Three</li>")] == [True, True, False]
    assert list(Article.objects.all()) == [articles[2]]


def test_the_bin_empties_itself_after_thirty_days(client):
    writer(client)
    old, young, kept = put(client, ArticleFactory()), put(client, ArticleFactory()), ArticleFactory()
    for article, days in ((old, 31), (young, 29)):
        Article.objects.filter(pk=article.pk).update(binned_at=timezone.now() - timedelta(days=days))

    binned.empty.func()

    assert set(Article.objects.all()) == {young, kept}


def test_a_new_article_may_have_the_address_of_one_in_the_bin_which_comes_back_with_another(client):
    writer(client)
    old = put(client, ArticleFactory(title="A title", slug="a-title"))

    _response, new = save(client, button="_publish", slug="a-title")
    act(client, "restore_as_it_was", old)

    assert (new.slug, old.slug) == ("a-title", "a-title-2")
    assert b"First paragraph" not in client.get(new.get_absolute_url()).content
    assert b"First paragraph" in client.get(old.get_absolute_url()).content


def test_what_may_not_be_published_any_more_comes_back_as_a_draft_and_says_why(client):
    writer(client)
    mute, whole = ArticleFactory(photo=PhotoFactory(), title="Mute"), ArticleFactory(photo=PhotoFactory())
    for article in (mute, whole):
        put(client, article)
    mute.photo.alt = {}
    mute.photo.save()

    page = act(client, "restore_as_it_was", mute, whole)

    assert (mute.state, mute.binned_at, whole.state) == ("draft", None, "published")
    why = "“Mute” is out of the bin, as a draft: The featured photo has no alternative text."
    assert why in [str(message) for message in page.context["messages"]]


def test_so_may_a_new_page(client):
    writer(client)
    old = put(client, ArticleFactory(title="Contact", slug="contact"))

    page = {"title": "Contact", "slug": "contact", "body": "<p>Write.</p>", "language": "fr", "kind": "contact"}
    client.post("/admin/articles/page/add/", page | {"copy": "a", "_publish": "1"})
    act(client, "restore_as_it_was", old)

    assert old.slug == "contact-2"
    assert b"Write." in client.get("/contact/").content


def test_an_address_made_from_a_title_does_not_count_after_the_bin(client):
    writer(client)
    put(client, save(client, title="Written twice")[1])

    assert save(client, title="Written twice")[1].slug == "written-twice"


def test_another_may_be_translated_in_its_place(client):
    user = writer(client)
    original = ArticleFactory()
    first = editions.begin(original, "en", user)
    put(client, first)

    second = editions.begin(original, "en", user)
    act(client, "restore_as_drafts", first)

    assert (second.pk == first.pk, second.group == original.group) == (False, True)
    assert first.group != original.group
    assert list(original.siblings()) == [second]


def test_a_translation_that_comes_back_is_one_again(client):
    user = writer(client)
    original = ArticleFactory()
    translation = editions.begin(original, "en", user)
    put(client, translation)
    without = list(original.siblings())

    act(client, "restore_as_drafts", translation)

    assert (without, list(original.siblings())) == ([], [translation])


def test_whoever_may_not_delete_does_not_fill_the_bin(client):
    moderator = UserFactory(language="en")
    moderator.groups.add(Group.objects.get(name="Moderators"))
    client.force_login(moderator)
    article = ArticleFactory()

    assert client.post(f"{LIST}{article.pk}/bin/").status_code == 403
    article.refresh_from_db()
    assert article.is_published


@pytest.mark.django_db(transaction=True)
def test_the_database_keeps_what_is_in_the_bin_from_readers():
    article = ArticleFactory(author=AuthorFactory())

    with pytest.raises(IntegrityError), transaction.atomic():
        Article.objects.filter(pk=article.pk).update(binned_at=timezone.now())


def test_what_is_in_the_bin_can_be_read_there_and_restored_by_a_button_of_its_own(client):
    writer(client)
    article, other = ArticleFactory(title="Regretted", body="<p>What it said.</p>"), ArticleFactory()
    read, restore = f"{LIST}{article.pk}/read/", f"{LIST}{article.pk}/restore/"
    assert [client.get(read).status_code, client.post(restore).status_code] == [404, 404]
    put(client, article)
    put(client, other)

    rows = fromstring(client.get(BIN).content.decode())
    [link], [button] = rows.xpath("//a[.='Regretted']/@href"), rows.xpath(f"//td/button[@formaction='{restore}']")
    page = client.get(link)
    answer = client.post(button.get("formaction"))
    article.refresh_from_db()
    other.refresh_from_db()

    assert "What it said." in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    assert (answer.url, article.state, article.binned_at) == (change(article), "draft", None)
    assert other.binned_at


def test_in_the_bin_what_is_for_ever_says_so_and_stands_last(client):
    writer(client)
    put(client, ArticleFactory())

    offered = client.get(BIN).context["action_form"].fields["action"].choices

    assert [name for name, _words in offered] == ["", "restore_as_it_was", "restore_as_drafts", "delete_selected"]
    assert offered[-1][1] == "Delete for ever"


def test_whoever_may_only_look_reads_what_is_in_the_bin_and_restores_nothing(client):
    writer(client)
    article = put(client, ArticleFactory(title="Regretted"))
    client.force_login(UserFactory(is_staff=True))
    forbidden = client.get(f"{LIST}{article.pk}/read/").status_code
    looking = UserFactory(is_staff=True)
    looking.user_permissions.add(Permission.objects.get(codename="view_article"))
    client.force_login(looking)

    page, read = client.get(BIN).content.decode(), client.get(f"{LIST}{article.pk}/read/")

    assert ("Regretted" in page, "/restore/" in page, read.status_code, forbidden) == (True, False, 200, 403)
    assert client.post(f"{LIST}{article.pk}/restore/").status_code == 403


def sent_again(page):
    """Return what the form that asks would send, as {name: [texts]}."""
    (form,) = fromstring(page.content.decode()).xpath("//main//form[@method='post']")
    sent = {}
    for name, value in form.form_values():
        sent.setdefault(name, []).append(value)
    return sent


def test_what_readers_see_is_not_put_into_the_bin_unasked_and_comes_back_as_it_was(client):
    writer(client)
    article, draft = ArticleFactory(title="Public"), ArticleFactory(published_at=None)
    date, path = article.published_at, f"{LIST}{article.pk}/bin/"

    asked = client.post(path)
    article.refresh_from_db()
    assert (asked.status_code, article.is_published) == (200, True)
    assert "Readers will find it no more, from this moment on." in asked.content.decode()

    told = client.post(path, sent_again(asked) | {"sure": "1"}, follow=True)
    (undo,) = fromstring(told.content.decode()).xpath("//ul[@class='messagelist']//button")
    assert (Article.objects.get(pk=article.pk).binned_at is None, undo.text) == (False, "Undo")
    assert fromstring(told.content.decode()).xpath(
        f"//form[@id='{undo.get('form')}']//input[@name='csrfmiddlewaretoken']"
    )

    client.post(undo.get("formaction"), {undo.get("name"): undo.get("value")})
    article.refresh_from_db()
    assert (article.published_at, article.binned_at) == (date, None)
    assert client.post(f"{LIST}{draft.pk}/bin/").status_code == 302


@pytest.mark.parametrize("factory", [ArticleFactory, PageFactory])
def test_what_readers_see_is_not_unpublished_unasked_and_what_was_typed_is_kept(client, factory):
    writer(client)
    thing = factory(body="<p>Öne.</p><p>Two.</p>")
    path = f"/admin/articles/{thing._meta.model_name}/{thing.pk}/change/"
    (form,) = fromstring(client.get(path).content.decode()).xpath("//form[contains(@id, '_form') and @method='post']")
    typed = {name: value.removeprefix("\n") for name, value in form.form_values()} | {"title": "Typed «now»"}

    asked = client.post(path, typed | {"_unpublish": "1"})
    thing.refresh_from_db()
    assert (asked.status_code, thing.is_published) == (200, True)

    told = client.post(path, sent_again(asked) | {"sure": "1"}, follow=True)
    thing.refresh_from_db()
    assert (thing.is_published, thing.title, thing.body) == (False, "Typed «now»", "<p>Öne.</p><p>Two.</p>")
    undo = fromstring(told.content.decode()).xpath("//ul[@class='messagelist']//button/@name")
    assert undo == (["_publish"] if factory is ArticleFactory else [])
