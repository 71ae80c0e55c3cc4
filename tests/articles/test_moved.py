"""Where an address leads once its page has moved, gone, or never was."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.redirects.models import Redirect
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import html

from articles.models import Article, FormerAddress, MissedAddress, Tag
from articles.models.address import MOST_MISSED
from tests.articles.desk import writer
from tests.factories import ArticleFactory, AuthorFactory, PageFactory, TagFactory

pytestmark = pytest.mark.django_db


def rename(row, *slugs):
    for slug in slugs:
        row.slug = slug
        row.save()


def redirect(old, new):
    Redirect.objects.create(site_id=settings.SITE_ID, old_path=old, new_path=new)


def test_every_former_address_leads_to_the_present_one_in_one_step(client):
    rename(ArticleFactory(slug="one"), "two", "three")

    for old in ("/one/", "/two/", "/one", "/one/?utm_source=x"):
        response = client.get(old)
        assert (response.status_code, response["Location"]) == (301, "/three/")


def test_the_address_that_one_comes_back_to_is_a_page_again(client):
    rename(ArticleFactory(slug="one"), "two", "one")

    assert client.get("/one/").status_code == 200
    assert client.get("/two/")["Location"] == "/one/"


@pytest.mark.parametrize(
    ("make", "old", "new"),
    [
        (lambda: ArticleFactory(slug="old", language="en"), "/en/old/", "/en/new/"),
        (lambda: TagFactory(slug="old"), "/tag/old/", "/tag/new/"),
        (lambda: TagFactory(slug="old"), "/tag/old/page/2/", "/tag/new/page/2/"),
        (lambda: TagFactory(slug="old"), "/tag/old/feed/", "/tag/new/feed/"),
        (lambda: ArticleFactory(slug="old"), "/old.md", "/new.md"),
        (lambda: ArticleFactory(slug="old"), "/old/comment/", "/new/comment/"),
        (lambda: ArticleFactory(slug="old"), "/old/comment/k3y_x-1/", "/new/comment/k3y_x-1/"),
        (lambda: ArticleFactory(slug="old"), "/old/comment-page-2/", "/new/comment-page-2/"),
        (lambda: ArticleFactory(slug="old"), "/old/reply/k3y_x-1/", "/new/reply/k3y_x-1/"),
        (lambda: ArticleFactory(slug="old"), "/old/report/k3y_x-1/", "/new/report/k3y_x-1/"),
        (lambda: PageFactory(slug="old"), "/old/", "/new/"),
        (lambda: AuthorFactory(slug="old"), "/author/old/", "/author/new/"),
        (lambda: AuthorFactory(slug="old"), "/en/author/old/", "/en/author/new/"),
    ],
)
def test_all_that_has_an_address_keeps_it(client, make, old, new):
    rename(make(), "new")

    response = client.get(old)

    assert (response.status_code, response["Location"]) == (301, new)


@pytest.mark.parametrize("published_at", [None, timezone.now() + timedelta(days=1)])
def test_what_was_never_public_leaves_no_trace(client, published_at):
    article = ArticleFactory(slug="one", published_at=published_at)
    rename(article, "two")
    article.delete()

    assert not FormerAddress.objects.exists()
    assert client.get("/one/").status_code == 404


def test_a_former_address_does_not_betray_what_was_taken_back(client):
    article = ArticleFactory(slug="one")
    article.published_at = None
    rename(article, "a-secret")

    assert client.get("/one/").status_code == 410


@pytest.mark.parametrize("delete", [lambda row: row.delete(), lambda row: type(row).objects.all().delete()])
@pytest.mark.parametrize("factory", [ArticleFactory, TagFactory, PageFactory])
def test_what_is_deleted_is_gone_at_all_its_addresses(client, factory, delete):
    row = factory(slug="one")
    rename(row, "two")
    paths = ["/tag/one/", "/tag/two/"] if factory is TagFactory else ["/one/", "/two/"]

    delete(row)

    for path in paths:
        response = client.get(path)
        assert response.status_code == 410
        assert html.document_fromstring(response.content).xpath("//main//h1")
        assert response["Content-Length"] == str(len(response.content))


EVERY_FORM = ("/one/", "/one.md", "/one.json", "/one/feed/", "/one/feed/atom/", "/one/feed.json")


def test_an_article_that_was_taken_back_is_gone_in_every_form_until_it_is_published_again(client):
    article = ArticleFactory(slug="old")
    rename(article, "one")
    forms = [*EVERY_FORM, *(path.replace("one", "old") for path in EVERY_FORM), "/one/comment-page-2/"]
    date, article.published_at = article.published_at, None
    article.save()
    assert {path: client.get(path).status_code for path in forms} == dict.fromkeys(forms, 410)
    assert client.get("/en/one.md").status_code == 404

    article.published_at = date
    article.save()
    assert {path: client.get(path).status_code for path in EVERY_FORM} == dict.fromkeys(EVERY_FORM, 200)
    assert client.get("/old.json")["Location"] == "/one.json"


@pytest.mark.parametrize("first_published_at", ["kept", None])  # None: made in bulk
@pytest.mark.parametrize("how", ["delete", "save"])
def test_an_article_that_goes_is_gone_in_every_form(client, first_published_at, how):
    article = ArticleFactory(slug="one")
    if not first_published_at:
        Article.objects.update(first_published_at=None)
    article = Article.objects.get()
    article.published_at = None if how == "save" else article.published_at

    getattr(article, how)()

    assert {path: client.get(path).status_code for path in EVERY_FORM} == dict.fromkeys(EVERY_FORM, 410)


@pytest.mark.parametrize("fields", [None, ["published_at"]])
def test_a_page_that_was_taken_back_is_gone_until_it_is_published_again(client, fields):
    page = PageFactory(slug="one")
    date, page.published_at = page.published_at, None
    page.save(update_fields=fields)
    assert [client.get(path).status_code for path in ("/one/", "/one.md")] == [410, 410]

    page.published_at = date
    page.save(update_fields=fields)
    assert client.get("/one/").status_code == 200


def test_a_page_at_the_address_of_an_article_that_was_taken_back_is_not_gone(client):
    Article.objects.filter(pk=ArticleFactory(slug="one").pk).update(published_at=None)
    PageFactory(slug="one")

    assert [client.get(path).status_code for path in ("/one/", "/one.md")] == [200, 404]


def test_a_new_article_may_take_an_address_that_another_left(client):
    rename(ArticleFactory(slug="one"), "two")
    newcomer = ArticleFactory(slug="one")
    assert client.get("/one/").status_code == 200

    rename(newcomer, "three")

    assert client.get("/one/")["Location"] == "/three/"


def test_a_save_that_leaves_the_address_alone_remembers_nothing():
    article = ArticleFactory()
    article.title = "Another title"
    article.save()

    assert not FormerAddress.objects.exists()


def test_a_good_page_never_looks_for_a_redirect(client):
    ArticleFactory(slug="one")
    redirect("/one/", "/elsewhere/")

    with CaptureQueriesContext(connection) as queries:
        assert client.get("/one/").status_code == 200
    assert [query["sql"] for query in queries if "redirect" in query["sql"] or "formeraddress" in query["sql"]] == []


@pytest.mark.parametrize(
    ("old", "asked"),
    [
        ("/2009/05/old.html", "/2009/05/old.html"),
        ("/story/", "/story"),
        ("/story", "/story/"),
        ("/story/", "/story/?fbclid=1"),
        ("/story/?p=1", "/story/?p=1"),
        ("/été/", "/%C3%A9t%C3%A9/"),
        ("/%C3%A9t%C3%A9/", "/été/?fbclid=1"),
    ],
)
def test_the_desk_sends_an_old_address_where_it_likes(client, old, asked):
    redirect(old, "/new/")

    response = client.get(asked)

    assert (response.status_code, response["Location"]) == (301, "/new/")


def test_redirects_make_no_chain_with_addresses_that_moved(client):
    redirect("/very-old/", "/old/")
    redirect("/old/", "/one/")
    rename(ArticleFactory(slug="one"), "two")

    assert client.get("/very-old/")["Location"] == "/two/"


def test_an_old_address_may_lead_to_another_site_or_be_gone(client):
    redirect("/away/", "https://other.example/x")
    redirect("/gone/", "")

    assert client.get("/away/")["Location"] == "https://other.example/x"
    assert client.get("/gone/").status_code == 410


def test_a_circle_of_redirects_is_not_found(client):
    redirect("/a/", "/b/")
    redirect("/b/", "/a/")
    redirect("/self/", "/self/")
    redirect("/script/", "javascript:alert(1)")

    assert [client.get(path).status_code for path in ("/a/", "/b/", "/self/", "/script/")] == [404, 404, 404, 404]


def test_an_address_missed_often_is_counted_and_nobody_is_named(client):
    for path in ("/missing/", "/missing/?mail=reader@example.org", "/missing"):
        client.get(path, REMOTE_ADDR="192.0.2.7", HTTP_REFERER="https://reader.example/")
    client.head("/missing/")
    client.post("/missing/")

    [missed] = MissedAddress.objects.all()
    assert (missed.path, missed.count) == ("/missing/", 2)
    assert {field.name for field in MissedAddress._meta.fields} == {"id", "path", "count", "first_on", "last_on"}


@pytest.mark.parametrize(
    "path",
    [
        "/wp-login.php", "/.env", "/x.php", "/a.jpg", "/a@example.org/", "/" + "x" * 300 + "/", "/%00/", "/%ff/",
        "/admin/missing/", "/%0a/",
    ],
)  # fmt: skip
def test_what_no_reader_means_is_not_counted(client, path):
    assert client.get(path).status_code in (302, 404)

    assert not MissedAddress.objects.exists()


def test_a_flood_of_addresses_is_not_written_down(client):
    for number in range(60):
        client.get(f"/flood-{number}/")

    assert MissedAddress.objects.count() == 30


def test_the_list_is_bounded_and_keeps_what_is_asked_for_most():
    yesterday = timezone.localdate() - timedelta(days=1)
    MissedAddress.objects.bulk_create(
        MissedAddress(path=f"/{n}/", count=2 if n else 1, last_on=yesterday) for n in range(MOST_MISSED)
    )

    MissedAddress.note("/new/")

    assert MissedAddress.objects.count() == MOST_MISSED
    assert not MissedAddress.objects.filter(path="/0/").exists()
    assert MissedAddress.objects.filter(path="/new/").exists()


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_wordpress_numbers_lead_where_the_desk_says(client, prefix):
    redirect(f"{prefix}/?p=12", f"{prefix}/one/")
    redirect(f"{prefix}/?p=13", "")
    rename(ArticleFactory(slug="one", language=prefix[1:] or "fr"), "two")

    for asked in ("?p=12", "?p=12&utm_source=x", "?utm_source=x&p=12"):
        response = client.get(f"{prefix}/{asked}")
        assert (response.status_code, response["Location"]) == (301, f"{prefix}/two/")
    assert client.get(f"{prefix}/?p=13").status_code == 410
    assert client.get(f"{prefix}/?p=14").status_code == 404
    assert list(MissedAddress.objects.values_list("path", flat=True)) == [f"{prefix}/?p=14"]


def test_a_number_of_a_page_leads_where_the_desk_says(client):
    redirect("/?page_id=12", "/about/")
    PageFactory(slug="about")

    assert client.get("/?page_id=12&preview=x")["Location"] == "/about/"
    assert client.get("/?page_id=13").status_code == 404


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("/2026/11/23/one/", "/one/"),
        ("/2026/11/23/one", "/one/"),
        ("/2026/11/one/", "/one/"),
        ("/2026/11/23/One/?utm_source=x", "/one/"),
        ("/2026/11/23/one/feed/", "/one/feed/"),
        ("/2026/11/23/one/comment-page-2/", "/one/comment-page-2/"),
        ("/2026/11/23/old/", "/one/"),
        ("/2026/11/23/hand/", "/one/"),
        ("/en/2026/11/23/two/", "/en/two/"),
        ("/category/eau/", "/tag/eau/"),
        ("/category/monde/eau/", "/tag/eau/"),
        ("/category/Eau/page/2/", "/tag/eau/page/2/"),
        ("/category/eau/feed/", "/tag/eau/feed/"),
        ("/en/category/water/", "/en/tag/water/"),
        ("/category/onde/", "/tag/eau/"),
    ],
)
def test_addresses_of_wordpress_lead_to_ours(client, asked, there):
    rename(ArticleFactory(slug="old"), "one")
    ArticleFactory(slug="two", language="en")
    rename(TagFactory(slug="onde"), "eau")
    TagFactory(slug="water", language="en")
    redirect("/hand/", "/one/")

    response = client.get(asked)

    assert (response.status_code, response.get("Location")) == (301, there)


@pytest.mark.parametrize(
    "asked",
    ["/2026/11/23/draft/", "/2026/13/40/one/", "/2026/11/23/", "/category/air/", "/category/", "/fr/category/eau/"],
)
def test_addresses_of_wordpress_lead_nowhere_when_nothing_is_there(client, asked):
    ArticleFactory(slug="one")
    ArticleFactory(slug="draft", published_at=None)
    TagFactory(slug="eau")

    assert client.get(asked).status_code == 404


def test_what_wordpress_had_and_was_taken_back_is_gone(client):
    Article.objects.filter(pk=ArticleFactory(slug="one").pk).update(published_at=None)

    assert client.get("/2026/11/23/one/").status_code == 410


@pytest.mark.parametrize("p", ["", "x", "-1", "٣", "9" * 5000, "\0"])
def test_what_is_no_number_of_wordpress_is_the_front_page(client, p):
    assert client.get("/", {"p": p}).status_code == 200
    assert client.get("/archives/", {"p": "12"}).status_code == 200


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("/One/", "/one/"),
        ("/ONE/?utm_source=x", "/one/"),
        ("/one.MD", "/one.md"),
        ("/Tag/EAU/", "/tag/eau/"),
        ("/tag/EAU/feed/", "/tag/eau/feed/"),
        ("/EN/Two/", "/en/two/"),
        ("/en/TWO/", "/en/two/"),
        ("/Author/Ada/", "/author/ada/"),
        ("/OLD/", "/one/"),
        ("/Hand/", "/one/"),
    ],
)
def test_capitals_lead_to_the_address_in_small_letters(client, asked, there):
    rename(ArticleFactory(slug="old", author=AuthorFactory(slug="ada")), "one")
    ArticleFactory(slug="two", language="en")
    TagFactory(slug="eau")
    redirect("/hand/", "/one/")

    response = client.get(asked)

    assert (response.status_code, response.get("Location")) == (301, there)


@pytest.mark.parametrize("asked", ["/Nothing/", "/Draft/", "/fr/One/", "/TWO/", "/É/", "/İ/", "/" + "A" * 5000 + "/"])
def test_capitals_lead_nowhere_when_nothing_is_there(client, asked):
    ArticleFactory(slug="one")
    ArticleFactory(slug="draft", published_at=None)
    ArticleFactory(slug="two", language="en")

    assert client.get(asked).status_code == 404


def test_an_address_that_has_capitals_keeps_them(client):
    ArticleFactory(slug="One")

    assert client.get("/One/").status_code == 200
    assert client.get("/one/").status_code == 404


def test_a_language_that_does_not_exist_is_not_found(client):
    ArticleFactory(slug="one")

    assert [client.get(path).status_code for path in ("/de/", "/de/one/", "/xx/feed/")] == [404, 404, 404]


def test_rows_are_what_they_were_after_all_that():
    article, tag = ArticleFactory(slug="one"), TagFactory(slug="one")

    rename(article, "two")
    rename(tag, "two")

    assert Article.objects.get().get_absolute_url() == "/two/"
    assert Tag.objects.get().get_absolute_url() == "/tag/two/"
    assert dict(FormerAddress.objects.values_list("path", "model")) == {"/one/": "article", "/tag/one/": "tag"}


# At the desk


def test_the_desk_lists_what_is_missed_most_and_offers_a_redirect(client):
    writer(client)
    MissedAddress.objects.create(path="/seldom/")
    MissedAddress.objects.create(path="/often/?é", count=9)
    MissedAddress.objects.create(path="/helped/", count=99)
    redirect("/helped/", "/new/")

    shown = html.document_fromstring(client.get("/admin/articles/missedaddress/").content)

    assert shown.xpath("//td[contains(@class, 'field-path')]/text()") == ["/often/?é", "/seldom/"]
    [form, _other] = shown.xpath("//td[contains(@class, 'field-redirect')]/a/@href")
    offered = html.document_fromstring(client.get(form).content)
    assert offered.xpath("//input[@name='old_path']/@value") == ["/often/?é"]


def test_what_is_missed_often_stands_on_the_first_page_of_the_desk(client):
    writer(client)
    MissedAddress.objects.create(path="/seldom/", count=9)
    assert "Asked for, and not there" not in client.get("/admin/").content.decode()

    MissedAddress.objects.create(path="/often/", count=10)

    [row] = html.document_fromstring(client.get("/admin/").content).xpath("//li[a[text()='/often/']]")
    assert row.xpath("string(small)") == "10 times"
    assert row.xpath("string(a/@href)") == "/admin/redirects/redirect/add/?old_path=%2Foften%2F"


@pytest.mark.parametrize(
    ("old", "new", "refused"),
    [
        ("/old/", "/new/", []),
        ("/old/", "", []),
        ("/old/", "https://other.example/", []),
        ("old", "/new/", ["old_path"]),
        ("/taken/", "/new/", ["old_path"]),
        ("/old/", "javascript:alert(1)", ["new_path"]),
        ("", "", ["old_path"]),
    ],
)
def test_the_desk_says_what_is_wrong_with_a_redirect(client, old, new, refused):
    writer(client)
    redirect("/taken/", "/new/")

    response = client.post("/admin/redirects/redirect/add/", {"old_path": old, "new_path": new})

    form = response.context and response.context["adminform"].form
    assert (list(form.errors) if form else []) == refused
    assert Redirect.objects.filter(old_path="/old/", new_path=new).exists() is (not refused)
