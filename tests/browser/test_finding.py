"""Finding one's way, in a real browser."""

import pytest
from django.utils import timezone

from articles.models import Article, Dossier, DossierEntry
from tests.factories import ArticleFactory, PhotoFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_structured_data_is_read_and_not_run_under_the_content_policy(strict, live_server):
    ArticleFactory(slug="one", title="</script><script>document.title='run'</script>", tags=["ia"])

    response = strict.goto(f"{live_server.url}/one/")

    assert "script-src 'self'" in response.headers["content-security-policy"]
    graph = strict.evaluate("JSON.parse(document.querySelector('script[type=\"application/ld+json\"]').text)['@graph']")
    assert graph[0]["headline"] == "</script><script>document.title=’run’</script>"
    assert strict.title() != "run"


@pytest.fixture
def dossier():
    """A dossier of three parts."""
    found = Dossier.objects.create(
        title="La mer monte", slug="mer", language="fr", description="Trois villes face à l’eau."
    )
    photo = PhotoFactory()
    for number, title in enumerate(("Le port", "Les digues", "Ceux qui partent"), start=1):
        article = ArticleFactory(slug=f"partie-{number}", title=title, photo=photo, tags=["climat", "villes"])
        DossierEntry.objects.create(dossier=found, article=article, position=number)
    return found


def test_a_reader_goes_through_a_dossier_from_part_to_part(strict, live_server, dossier):
    strict.goto(f"{live_server.url}/dossier/mer/")
    strict.locator(".parts a").first.click()
    seen = [strict.url.removeprefix(live_server.url)]
    while strict.locator(".dossier a[rel=next]").count():
        strict.locator(".dossier a[rel=next]").click()
        seen.append(strict.url.removeprefix(live_server.url))

    assert seen == ["/partie-1/", "/partie-2/", "/partie-3/"]
    strict.locator(".part a").click()
    assert strict.url == f"{live_server.url}/dossier/mer/"


def test_a_reader_lost_at_a_dead_address_searches_from_there(page, live_server, dossier):
    page.goto(f"{live_server.url}/nowhere/")
    page.locator("#q").fill("digues")
    page.keyboard.press("Enter")
    page.locator(".hit a", has_text="Les digues").click()
    page.locator(".trail a", has_text="climat").click()
    assert page.url == f"{live_server.url}/tag/climat/"
    page.locator(".trail a").first.click()
    assert page.url == f"{live_server.url}/"


def test_the_pages_of_finding_are_accessible_and_fit_a_telephone(page, axe, live_server, dossier):
    ArticleFactory(slug="gone").delete()
    page.set_viewport_size({"width": 320, "height": 700})
    month = timezone.localtime(Article.objects.get(slug="partie-1").published_at).strftime("%Y/%m")
    for path in (
        "dossier/",
        "dossier/mer/",
        "partie-2/",
        "tag/",
        "tag/climat/",
        "archives/",
        f"{month}/",
        "gone/",
        "none/",
    ):
        page.goto(f"{live_server.url}/{path}")

        assert page.evaluate("document.documentElement.scrollWidth") == 320, path
        small = page.evaluate(
            """[...document.querySelectorAll("main .part a, main .dossier a, main .dossiers a, main .index a, main .trail a, main .message .button")]
               .filter(link => link.getBoundingClientRect().height < 44).map(link => link.outerHTML)"""
        )
        assert (path, small, axe(page)) == (path, [], [])
