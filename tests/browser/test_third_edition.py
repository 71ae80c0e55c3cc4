"""A whole site with a third edition, which is one setting, read from right to left in a real browser."""

import os
import socket
import urllib.request

import pytest

from tests import ready
from tests.site import Site, wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ARTICLE = """
from datetime import timedelta
from django.utils import timezone
from articles.models import Article, Author
author = Author.objects.create(name="Ada", slug="ada", is_site_author=True)
body = "<p>" + "نص طويل عن الأرض والماء. " * 30 + "</p><h2>عنوان</h2><ul><li><p>أولا</p></li></ul>"
body += "<blockquote><p>قول.</p><cite>قائل</cite></blockquote><p>" + "نص آخر <code>print(1)</code>. " * 30 + "</p>"
body += "<table><caption>أسعار</caption><tbody><tr><th>" + "</th><th>".join(["عمود"] * 9) + "</th></tr></tbody></table>"
for number in range(8):
    Article.objects.create(
        language="ar", title="كيف نزرع الأرض من جديد", slug=f"a{number}", standfirst="مقدمة قصيرة للمقال.",
        author=author, body=body, key_points=["نقطة أولى", "نقطة ثانية"],
        published_at=timezone.now() - timedelta(hours=number),
    )
"""


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return response.status == 200
    except OSError:
        return False


@pytest.fixture
def address(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with Site(tmp_path, EDITIONS="fr,en,ar", SITE_URL=url, PORT=str(port)) as site:
        ready.copy(tmp_path, ready.DATABASE)
        site.python(ARTICLE)
        site.start("runserver", "--noreload", "--insecure", str(port))
        wait_until(lambda: answers(f"{url}/healthz"), 60)
        yield url


def test_an_edition_reads_from_right_to_left(strict, address, axe):
    for path in ("/ar/", "/ar/a0/", "/ar/archives/", "/ar/author/ada/"):
        strict.goto(address + path)
        assert strict.evaluate("[document.documentElement.lang, document.dir]") == ["ar", "rtl"]
        if path in ("/ar/", "/ar/a0/"):
            assert axe(strict) == [], path
        for width in (320, 390, 1280):
            strict.set_viewport_size({"width": width, "height": 900})
            assert strict.evaluate("document.documentElement.scrollWidth") == width, (path, width)
            if folder := os.environ.get("SCREENSHOTS"):
                strict.screenshot(path=f"{folder}/ar-{path.strip('/').replace('/', '-')}-{width}.png", full_page=True)
    strict.goto(f"{address}/ar/a0/")
    title, page = strict.locator("h1").bounding_box(), strict.evaluate("document.body.clientWidth")
    assert page - (title["x"] + title["width"]) < title["x"]
    assert strict.evaluate("getComputedStyle(document.querySelector('h1')).letterSpacing") == "normal"
    strict.get_by_role("link", name="English").click()
    assert strict.url == f"{address}/en/"
    assert strict.evaluate("document.dir") == ""
