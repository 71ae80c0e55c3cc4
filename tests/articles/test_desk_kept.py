"""What is typed and not saved is kept on the server: for whoever typed it, and until it is saved."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from articles.jobs import forget_old_copies
from articles.models import Article, KeptCopy
from articles.models.kept import MOST_COPIES
from tests.articles.desk import ADD, change, save, typed, writer
from tests.factories import ArticleFactory, PageFactory, UserFactory

pytestmark = pytest.mark.django_db
KEEP = "/admin/articles/article/keep/"


def keep(client, article=None, copy=None, path=KEEP, **values):
    copy = copy or str(uuid4())
    fields = typed(article, **values) if path == KEEP else values
    response = client.post(path, fields | {"copy": copy, "_pk": article.pk if article else ""})
    return response, copy


def offered(client, path):
    """Return the titles of the copies that a sheet offers."""
    return [copy["fields"]["title"] for copy in client.get(path).context["kept"]["copies"]]


def in_hand(client):
    """Return what the first page says was typed and not saved: [(title, address)]."""
    sections = client.get("/admin/").context["sections"]
    return [(row.title, row.url) for section in sections for row in section.rows if row.copy]


def test_what_is_kept_is_offered_on_any_machine_and_touches_no_article(client):
    writer(client)
    article = ArticleFactory(title="Stored", body="<p>Stored.</p>")
    version = article.version

    response, copy = keep(client, article, title="Typed", body="<p>Typed.</p>")
    keep(client, title="A new one")

    assert response.json()["said"].startswith("Copy kept at ")
    stored = Article.objects.get()
    assert (stored.title, stored.body, stored.version, stored.revisions.count()) == (
        "Stored",
        "<p>Stored.</p>",
        version,
        0,
    )
    [kept] = client.get(change(article)).context["kept"]["copies"]
    assert (kept["id"], kept["version"]) == (copy, str(version))
    assert {name: kept["fields"][name] for name in ("title", "body")} == {"title": "Typed", "body": "<p>Typed.</p>"}
    assert kept["fields"].keys().isdisjoint({"csrfmiddlewaretoken", "base", "copy", "_pk"})
    assert offered(client, ADD) == ["A new one"]
    assert in_hand(client) == [("A new one", ADD), ("Typed", change(article))]


def test_nobody_sees_what_another_typed(client):
    article = ArticleFactory()
    writer(client)
    _response, copy = keep(client, article, title="Mine")
    writer(client)

    assert (offered(client, change(article)), in_hand(client)) == ([], [])
    client.post(KEEP, {"copy": copy, "_forget": "1"})
    assert KeptCopy.objects.get().fields["title"] == "Mine"
    keep(client, article, copy, title="Theirs")
    assert sorted(KeptCopy.objects.values_list("fields__title", flat=True)) == ["Mine", "Theirs"]


@pytest.mark.parametrize("button", ["_save", "_publish", "_translate"])
def test_what_is_saved_is_kept_no_longer_however_it_was_saved(client, button):
    writer(client)
    article = ArticleFactory(published_at=None, tags=["ia"])
    _response, copy = keep(client, article, title="Typed")
    _response, other = keep(client, article, title="Another form, still open")

    pressed = {"_translate": "en"} if button == "_translate" else {button: "1"}
    client.post(change(article), typed(article, title="Typed", copy=copy) | pressed)

    assert Article.objects.filter(title="Typed").exists()
    assert list(KeptCopy.objects.values_list("copy", flat=True)) == [other]
    assert copy in client.get("/admin/").content.decode()  # so that the browser forgets its own
    # A copy that was on its way while the form was saved is not kept again.
    late, _copy = keep(client, article, copy, title="Typed")
    assert (late.json(), KeptCopy.objects.count()) == ({"said": ""}, 1)


def test_a_save_that_is_refused_leaves_the_copy(client):
    writer(client)
    article = ArticleFactory()
    _response, copy = keep(client, article, title="Typed")

    response, _stored = save(client, article, title="", copy=copy)

    assert response.status_code == 200
    assert KeptCopy.objects.get().copy == copy


def test_what_one_forgets_is_gone_and_what_is_old_goes(client):
    writer(client)
    _response, copy = keep(client, title="Forgotten")
    keep(client, title="Old"), keep(client, title="New")
    KeptCopy.objects.filter(fields__title="Old").update(kept_at=timezone.now() - timedelta(days=31))

    assert client.post(KEEP, {"copy": copy, "_forget": "1"}).status_code == 204
    forget_old_copies.call()

    assert in_hand(client) == [("New", ADD)]


def test_only_so_much_is_kept_of_one_person_and_of_one_form(client):
    writer(client)
    for number in range(MOST_COPIES + 2):
        keep(client, title=f"Form {number}")

    titles = set(KeptCopy.objects.values_list("fields__title", flat=True))
    assert titles == {f"Form {number}" for number in range(2, MOST_COPIES + 2)}
    assert keep(client, body="a" * 3_000_001)[0].status_code == 413
    assert keep(client, copy="no such name")[0].status_code == 400


def test_a_nul_which_postgresql_does_not_store_is_left_out_of_a_copy(client):
    writer(client)

    _response, copy = keep(client, base="3\0", **{"title\0": "Typed"})

    assert KeptCopy.objects.values("copy", "version", "fields__title").get() == {
        "copy": copy,
        "version": "3",
        "fields__title": "Typed",
    }
    assert client.post(KEEP, {"copy": f"{copy}\0", "_forget": "1"}).status_code == 204
    assert not KeptCopy.objects.exists()


def test_only_who_may_write_keeps_anything(client):
    article = ArticleFactory()
    assert keep(client, article)[0].status_code == 302  # to the login
    client.force_login(UserFactory())

    assert keep(client, article)[0].status_code == 403
    assert not KeptCopy.objects.exists()


def test_what_was_typed_of_an_article_that_is_gone_is_offered_to_a_new_one(client):
    writer(client)
    article = ArticleFactory()
    keep(client, article, title="Typed")

    article.delete()

    assert in_hand(client) == [("Typed", ADD)]
    assert offered(client, ADD) == ["Typed"]


def test_a_static_page_is_kept_as_well(client):
    writer(client)
    page = PageFactory()
    path = f"/admin/articles/page/{page.pk}/change/"
    _response, copy = keep(client, page, path="/admin/articles/page/keep/", title="Typed", base="2026")

    assert (offered(client, path), in_hand(client)) == (["Typed"], [("Typed", path)])
    form = client.get(path).context["adminform"].form
    fields = {name: form[name].value() or "" for name in form.fields}
    assert client.post(path, fields | {"copy": copy, "published_at": "", "_save": "1"}).status_code == 302
    assert (offered(client, path), in_hand(client)) == ([], [])
