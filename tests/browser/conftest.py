"""A real Chromium, the accessibility checker, and the HTML checker."""

import json
import os
import shutil
import subprocess
import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.test import Client
from playwright.sync_api import expect

PATIENCE = 60_000  # milliseconds: a machine that does much else is slow, not wrong
# The shell draws as Chromium does and has no windows to look after: a third of the work less.
CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, CHROMIUMS)), None)
MODULES = Path(__file__).parent.parent / "node_modules"
AXE = MODULES / "axe-core" / "axe.min.js"
VNU = MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"

# Playwright's synchronous interface runs an event loop of its own in the thread of the test.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items):
    for item in items:
        if "browser" in item.nodeid.split("::")[0]:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(
                    pytest.mark.skip(reason="no Chromium on this machine (Debian: apt install chromium-headless-shell)")
                )


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    switches = "no-sandbox disable-gpu disable-quic no-first-run disable-background-networking disable-component-update"
    return browser_type_launch_args | {
        "executable_path": CHROMIUM,
        "args": [f"--{switch}" for switch in (switches + " disable-sync disable-dev-shm-usage").split()],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return browser_context_args | {"locale": "fr-FR", "viewport": {"width": 1280, "height": 900}}


@pytest.fixture(scope="session")
def browser(browser):
    """Wait long for whatever a test waits for, in every context that it opens."""
    new_context = browser.new_context

    def patient(**how):
        context = new_context(**how)
        context.set_default_timeout(PATIENCE)
        return context

    browser.new_context = patient
    return browser


@pytest.fixture(autouse=True)
def _one_request_at_a_time(monkeypatch):
    """The server's threads share one connection to the database: of two requests at once the transactions would mix."""
    lock, answer = threading.Lock(), BaseHandler.get_response

    def alone(self, request):
        with lock:
            return answer(self, request)

    monkeypatch.setattr(BaseHandler, "get_response", alone)


# A sheet that is left keeps what was typed: at the end of a test that would be after its database is emptied.
LEFT_QUIETLY = "() => addEventListener('visibilitychange', (event) => event.stopImmediatePropagation(), true)"


@pytest.fixture
def strict(page):
    """The page, failing the test at its end when anything broke the content policy or was asked of another host."""
    problems = []
    page.on("console", lambda message: message.type == "error" and problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on(
        "request",
        lambda request: (
            request.url.startswith(("http://localhost", "http://127.0.0.1", "data:", "blob:"))
            or problems.append(f"foreign request: {request.url}")
        ),
    )
    yield page
    for open_page in page.context.pages:
        open_page.evaluate(LEFT_QUIETLY)
    assert problems == []


def open_desk(page, live_server, user):
    """Log that user in without the form, which other tests go through."""
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": session.key, "value": session.value, "url": f"{live_server}/admin/"}])


# A colour on its way from one scheme to the other has a contrast of its own.
CHECK = """(options) => {
  document.getAnimations().filter((one) => one instanceof CSSTransition).forEach((one) => one.finish())
  return axe.run(document, {resultTypes: ["violations"], preload: false, ...options})
}"""
COLOURS = ["color-contrast", "link-in-text-block"]


@pytest.fixture(scope="session")
def axe():
    """Return a function that lists what axe-core finds wrong on a page by day and by night: WCAG 2.2 AA, best practices.

    By night all is where it was, in other colours: only these are looked at again, unless the night was seen before.
    """
    if not AXE.is_file():
        pytest.skip("no axe-core (npm is needed to install it)")
    source = AXE.read_text()

    def violations(page, night=True):
        if not page.evaluate("() => 'axe' in window"):
            page.evaluate(f"() => {{ {source}; window.axe = axe }}")
        found = []
        for scheme, options in (("light", {}), ("dark", {"runOnly": COLOURS}))[: 1 + night]:
            page.emulate_media(color_scheme=scheme)
            found += [
                f"{scheme}: {rule['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
                for rule in page.evaluate(CHECK, options)["violations"]
                for node in rule["nodes"]
            ]
        page.emulate_media(color_scheme="light")
        return found

    return violations


@pytest.fixture(scope="session")
def html_errors():
    """Return a function that lists what the W3C's checker finds wrong in each of several pages, {name: html}."""
    if shutil.which("java") is None or not VNU.is_file():
        pytest.skip("no Java, or no vnu (npm is needed to install it)")

    def errors(pages, folder):
        for name, html in pages.items():
            (folder / f"{name}.html").write_bytes(html)
        brief = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xss4m"]  # seconds, in which to optimise little
        command = ["java", *brief, "-jar", VNU, "--format", "json", "--skip-non-html", folder]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        messages = json.loads(done.stderr)["messages"]
        return [
            f"{Path(m['url']).name}: {m['message']} {m.get('extract', '')[:160]}"
            for m in messages
            if m["type"] == "error"
        ]

    return errors
