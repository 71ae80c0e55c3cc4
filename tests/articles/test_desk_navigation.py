"""One place at the desk for what leads readers through the site: topics at the head of pages, pages at their foot."""

import pytest
from django.contrib.auth.models import Permission
from lxml.html import fromstring

from articles.models import Page, Tag
from tests.articles.desk import writer
from tests.factories import PageFactory, TagFactory, UserFactory

pytestmark = pytest.mark.django_db
HERE = "/admin/articles/tag/navigation/"


def press(client, what, row, language="fr"):
    return client.post(HERE, {"place": row._meta.model_name, "language": language, what: row.pk})


def topics(language="fr"):
    return [tag.name for tag in Tag.objects.topics(language)]


@pytest.fixture
def tags():
    names = {"A": 1, "B": 1, "C": 7, "D": None}
    return {name: TagFactory(name=name, language="fr", nav_position=place) for name, place in names.items()}


@pytest.mark.parametrize(
    ("what", "name", "order"),
    [
        ("up", "C", "ACB"),
        ("up", "A", "ABC"),
        ("down", "A", "BAC"),
        ("down", "C", "ABC"),
        ("remove", "B", "AC"),
        ("add", "D", "ABCD"),
        ("add", "A", "ABC"),
        ("up", "D", "ABC"),
    ],
)
def test_topics_are_put_up_and_down_in_and_out_by_buttons(client, tags, what, name, order):
    writer(client)

    answer = press(client, what, tags[name])

    assert (answer.status_code, "".join(topics())) == (302, order)


def test_pages_at_the_foot_are_put_in_order_without_their_texts_counting_as_changed(client):
    writer(client)
    rows = [PageFactory(title=title, language="fr", position=place) for title, place in (("One", 1), ("Two", 2))]
    PageFactory(title="English", language="en", position=1)
    before = {page.pk: page.modified_at for page in Page.objects.all()}

    press(client, "up", rows[1])

    assert [page.title for page in Page.objects.footer("fr")] == ["Two", "One"]
    assert [page.position for page in Page.objects.footer("en")] == [1]
    assert {page.pk: page.modified_at for page in Page.objects.all()} == before


def test_readers_see_the_new_order_at_once(client, tags):
    writer(client)

    def head():
        page = fromstring(client.get("/").content.decode())
        return [link.text_content().strip() for link in page.xpath("//nav[@class='topics']//a")][:3]

    before = head()
    press(client, "up", tags["C"])
    moved = head()
    press(client, "remove", tags["C"])

    assert (before, moved, "C" in head()) == (["A", "B", "C"], ["A", "C", "B"], False)


def test_the_button_that_was_pressed_has_the_focus_again(client, tags):
    writer(client)

    page = fromstring(client.get(press(client, "up", tags["C"]).url).content.decode())

    [button] = page.xpath("//button[@autofocus]")
    assert (button.get("name"), button.get("value")) == ("up", str(tags["C"].pk))


@pytest.mark.parametrize(
    "sent",
    [{}, {"place": "tag"}, {"place": "tag", "language": "xx", "up": "1"}, {"place": "tag", "language": "fr", "up": "x"},
     {"place": "tag", "language": "fr", "add": "9" * 30}, {"place": "user", "language": "fr", "up": "1"}],
)  # fmt: skip
def test_what_no_button_sends_changes_nothing(client, tags, sent):
    writer(client)

    assert client.post(HERE, sent).status_code in {302, 403}
    assert topics() == ["A", "B", "C"]


def test_it_is_found_from_the_site_the_topics_the_pages_and_the_first_page(client):
    client.force_login(UserFactory(is_superuser=True, language="en"))

    for address in ("newsroom/siteidentity/", "articles/tag/", "articles/page/", ""):
        page = fromstring(client.get(f"/admin/{address}", follow=True).content.decode())
        assert [link.text for link in page.xpath(f"//a[@href='{HERE}']")] == ["Navigation"], address


def test_each_list_is_for_those_who_may_change_what_is_in_it(client, tags):
    user = UserFactory(is_staff=True)
    client.force_login(user)
    refused = client.get(HERE).status_code
    user.user_permissions.add(Permission.objects.get(codename="change_page"))
    client.force_login(user)

    lists = client.get(HERE).context["lists"]

    assert (refused, {one["place"].key for one in lists}) == (403, {"page"})
    assert press(client, "up", tags["C"]).status_code == 403
    assert topics() == ["A", "B", "C"]
