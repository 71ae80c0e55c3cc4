"""Links within the site at whose end readers find nothing: said before publication, and listed at the desk."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.contrib.redirects.models import Redirect
from django.utils import timezone

from articles.dead_links import dead, texts_with_dead_links
from articles.models import Article
from newsroom.jobs import run_pending
from tests.articles.desk import save, writer
from tests.factories import ArticleFactory, AuthorFactory, PageFactory, TagFactory, UserFactory

pytestmark = pytest.mark.django_db
PAGE = "/admin/articles/article/dead-links/"


def taken_back(article):
    article.published_at = None
    article.save()


@pytest.fixture
def site():
    ArticleFactory(slug="here")
    ArticleFactory(slug="there", language="en")
    ArticleFactory(slug="draft", published_at=None)
    ArticleFactory(slug="later", published_at=timezone.now() + timedelta(days=1))
    taken_back(ArticleFactory(slug="taken-back"))
    ArticleFactory(slug="deleted").delete()
    moved = ArticleFactory(slug="moved")
    moved.slug = "elsewhere"
    moved.save()
    TagFactory(slug="ia"), AuthorFactory(slug="ada"), PageFactory(slug="about")
    Redirect.objects.create(site_id=1, old_path="/old-wordpress/", new_path="/here/")


@pytest.mark.parametrize(
    "href",
    [
        "/here/", "/here", "/here/#part", "/en/there/", "/moved/", "/2024/05/moved/", "/old-wordpress/", "/about/",
        "/tag/ia/", "/tag/ia/page/2/", "/author/ada/", "/here/feed/", "/here.md", "/", "/en/", "/feed/", "/archives/",
        "/2026/", "/search/?q=x", "/media/photo.jpg", "#part", "mailto:a@example.org", "https://example.org/deleted/",
        "//example.org/deleted/", "http://testserver.example/deleted/", "//[no-address/",
    ],
)  # fmt: skip
def test_a_link_that_leads_to_something_is_left_alone(site, href):
    assert dead([href]) == set()


@pytest.mark.parametrize(
    "href",
    [
        "/deleted/", "/deleted", "/deleted/#part", "/taken-back/", "/draft/", "/later/", "/never/", "/there/",
        "/en/here/", "/tag/none/", "/author/none/", "/dossier/none/", "/a/b/c/", "/admin/articles/article/1/change/", "/a%00b/",
    ],
)  # fmt: skip
def test_a_link_that_leads_to_nothing_is_found_also_with_the_name_of_the_site(site, settings, href):
    assert dead([href, f"{settings.SITE_URL}{href}", "/here/"]) == {href, f"{settings.SITE_URL}{href}"}


def test_many_links_to_pages_cost_no_more_than_one(site, django_assert_num_queries):
    for number in range(30):
        ArticleFactory(slug=f"n-{number}")

    with django_assert_num_queries(5):  # one for each kind of page
        assert dead([f"/n-{number}/" for number in range(30)]) == set()


def test_it_is_said_before_publication_and_forbids_nothing(client, site):
    writer(client)

    _response, article = save(client, body='<p>See <a href="/deleted/">that one</a> and <a href="/here/">this</a>.</p>')
    html = client.get(f"/admin/articles/article/{article.pk}/change/").content.decode()
    assert "Readers find nothing where a link leads: “that one”, /deleted/" in html
    assert "“this”" not in html

    _response, article = save(client, article, button="_publish")
    assert article.is_published


def test_published_texts_with_such_links_are_listed(client, site):
    writer(client)
    link = '<p><a href="/deleted/">One</a>, <a href="/here/">two</a></p>'
    article, page = ArticleFactory(title="Bad", body=link), PageFactory(title="Bad page", body=link)
    ArticleFactory(body=link, published_at=None)
    run_pending()

    html = client.get(PAGE).content.decode()

    assert texts_with_dead_links() == [(article, ["/deleted/"]), (page, ["/deleted/"])]
    assert f'href="/admin/articles/article/{article.pk}/change/"' in html
    assert f'href="/admin/articles/page/{page.pk}/change/"' in html
    assert html.count("<code>/deleted/</code>") == 2
    assert PAGE in client.get("/admin/").content.decode()


def test_a_text_is_listed_when_what_it_links_to_goes_and_no_more_when_that_is_back(site):
    target, link = ArticleFactory(slug="target"), '<p><a href="/target/">One</a></p>'
    article, later = ArticleFactory(body=link), ArticleFactory(body=link, published_at=None)
    run_pending()
    assert texts_with_dead_links() == []

    taken_back(target)
    run_pending()
    assert texts_with_dead_links() == [(article, ["/target/"])]
    Article.objects.filter(pk=later.pk).update(published_at=timezone.now())
    assert texts_with_dead_links() == [(later, ["/target/"]), (article, ["/target/"])]

    target.published_at = timezone.now()
    target.save()
    assert texts_with_dead_links() == []

    target.delete()
    run_pending()
    assert texts_with_dead_links() == [(later, ["/target/"]), (article, ["/target/"])]


def test_only_texts_with_such_links_are_read_for_the_list(site, django_assert_num_queries):
    for _number in range(6):
        ArticleFactory(body='<p><a href="/here/">One</a></p>')
    run_pending()

    with django_assert_num_queries(2):
        assert texts_with_dead_links() == []


def test_the_list_says_when_there_is_none_and_is_for_those_who_write(client):
    writer(client)
    assert "Every link within the site leads to a page." in client.get(PAGE).content.decode()

    user = UserFactory(is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_article"))
    client.force_login(user)
    assert client.get(PAGE).status_code == 403
