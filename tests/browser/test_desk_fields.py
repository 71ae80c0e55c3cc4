"""The desk's fields, as they are drawn."""

import pytest
from playwright.sync_api import expect

from comments.models import BlockRule
from tests.articles.desk import change
from tests.browser.conftest import open_desk
from tests.browser.test_moderation import QUEUE, come_in
from tests.factories import ArticleFactory, AuthorFactory, PageFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_no_field_on_a_phone_is_small_enough_to_be_enlarged(page, live_server):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server}/admin/login/")
    sizes = """[...document.querySelectorAll("input:not([type=hidden], [type=checkbox], [type=submit]), select, textarea")]
        .map((one) => [one.name, parseFloat(getComputedStyle(one).fontSize)])"""
    small = [one for one in page.evaluate(sizes) if one[1] < 16]
    come_in(page, live_server)
    for path in (QUEUE, "/admin/comments/blockrule/add/", f"{QUEUE}write/", "/admin/account/"):
        page.goto(f"{live_server}{path}")
        small += [[path, *one] for one in page.evaluate(sizes) if one[1] < 16]

    assert small == []


def test_page_numbers_can_be_read(page, live_server):
    BlockRule.objects.bulk_create(BlockRule(kind="word", value=f"word {number}") for number in range(101))
    come_in(page, live_server)
    page.goto(f"{live_server}/admin/comments/blockrule/")
    colours = page.locator(".paginator a").first.evaluate(
        "(one) => { const [it, page] = [one, document.body].map((part) => getComputedStyle(part)); return [it.backgroundColor, it.color === page.color] }"
    )

    # Ink on the page itself: axe does not say so of colours that are written as these are.
    assert colours == ["rgba(0, 0, 0, 0)", True]


def test_on_a_phone_the_button_that_saves_stays_in_sight_and_covers_nothing(page, live_server):
    open_desk(page, live_server, UserFactory(is_superuser=True, language="en"))
    article, about = ArticleFactory(), PageFactory(body="<p>Words.</p>" * 30)
    author = f"/admin/articles/author/{article.author.pk}/change/"
    page.set_viewport_size({"width": 390, "height": 700})

    for path in (change(article), f"/admin/articles/page/{about.pk}/change/", author, "/admin/newsroom/siteidentity/"):
        page.goto(f"{live_server}{path}")
        bar = page.locator(".save-bar")
        [low] = page.evaluate("[document.documentElement.scrollHeight]")
        for place in (0, low):
            page.evaluate("place => scrollTo(0, place)", place)
            assert bar.get_by_role("button").is_visible()
            box = bar.bounding_box()
            assert (box["y"] + box["height"], box["height"] < 90) == (700, True), path
        ends = page.locator("form[id$=_form]").evaluate(
            "form => [...form.querySelectorAll('a, button, input')].filter(one => !one.closest('.save-bar') && one.offsetHeight > 1)"
            ".map(one => one.getBoundingClientRect().bottom)"
        )
        assert max(ends) < box["y"], path


def test_what_has_the_focus_is_not_below_the_button_that_saves(page, live_server):
    open_desk(page, live_server, UserFactory(is_superuser=True, language="en"))
    for width, bar in ((390, ".save-bar"), (1280, ".submit-row")):
        page.set_viewport_size({"width": width, "height": 700})
        page.goto(f"{live_server}/admin/newsroom/siteidentity/")
        for _press in range(45):
            page.keyboard.press("Tab")
            top = page.locator(bar).bounding_box()["y"]
            inside, focused = page.evaluate(
                "bar => [Boolean(document.activeElement.closest(bar)), document.activeElement.getBoundingClientRect()]",
                bar,
            )
            assert inside or focused["top"] + min(focused["height"], 40) <= top + 1, (width, focused)


@pytest.mark.parametrize("width", [390, 1280])
def test_the_button_that_schedules_keeps_its_distance_from_the_date(page, live_server, width):
    open_desk(page, live_server, UserFactory(is_superuser=True, language="en"))
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{live_server}{change(ArticleFactory(published_at=None))}")
    page.locator("summary", has_text="Schedule").click()

    date, button = page.locator("#id_publish_on").bounding_box(), page.locator("[name=_schedule]").bounding_box()

    assert button["y"] - date["y"] - date["height"] >= 16
    assert min(date["height"], button["height"]) >= 44


def test_on_a_phone_the_tab_one_is_in_stands_in_sight(page, live_server):
    page.set_viewport_size({"width": 390, "height": 844})
    open_desk(page, live_server, UserFactory(is_superuser=True))
    page.goto(f"{live_server}/admin/newsroom/siteidentity/")

    expect(page.locator(".desk__tabs [aria-current]")).to_be_in_viewport(ratio=1)


STOCK_DRAWINGS = """() => [...document.querySelectorAll("#content *")].filter((one) => one.checkVisibility()).flatMap((one) => {
  const name = (address) => address?.match(/admin\\/img\\/([\\w-]+)/)?.[1]
  const [own, before] = [getComputedStyle(one), getComputedStyle(one, "::before")]
  return [[name(one.src), name(own.maskImage)], [name(own.backgroundImage), name(before.maskImage)]]
}).filter(([stock, ours]) => stock || ours).map((pair) => pair.join(" "))"""


@pytest.mark.parametrize(
    ("path", "drawings"),
    [
        ("articles/author/", ["icon-no icon-no", "icon-yes icon-yes"]),
        ("newsroom/user/?o=1", [" icon-viewlink", " sorting-icons", "icon-yes icon-yes"]),
        ("articles/dossier/add/", [" icon-addlink", " inline-delete", "icon-changelink icon-changelink"]),
    ],
)
def test_djangos_small_drawings_are_masks_through_which_our_colours_are_seen(page, live_server, path, drawings):
    open_desk(page, live_server, UserFactory(is_superuser=True))
    AuthorFactory.create_batch(2)

    page.goto(f"{live_server}/admin/{path}")

    assert sorted(set(page.evaluate(STOCK_DRAWINGS))) == drawings
