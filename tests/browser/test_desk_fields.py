"""The desk's fields, as they are drawn."""

import pytest

from comments.models import BlockRule
from tests.browser.test_moderation import QUEUE, come_in

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
