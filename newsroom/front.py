"""What the server in front reads of the site: the headers of a page, and pages for when the site cannot answer itself."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from newsroom import page_files
from newsroom.release import release

# By the status that nginx or Caddy gives: too large a form; and no answer, as while the machine starts.
PAGES = {"413": "413.html", "502": "500.html"}


def write(folder):
    """Write `folder`/pages.conf, an nginx include, and `folder`/<edition>/<status>.html, once for each release."""
    first = f"# Written by the site at its start, for release {release()}.\n"
    target = folder / "pages.conf"
    if target.exists() and target.read_text(encoding="utf-8").startswith(first):
        return
    for code in settings.EDITIONS:
        (folder / code).mkdir(parents=True, exist_ok=True)
        with translation.override(code):
            for status, template in PAGES.items():
                _write(folder / code / f"{status}.html", render_to_string(template))
    _write(target, first + configuration(headers_of_a_page()))


def headers_of_a_page():
    """Return the headers, as pairs, that every page of text has."""
    from django.test import Client  # what it takes along is of no use to a site that starts as it was

    client = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
    return client.get("/", secure=settings.SECURE_SSL_REDIRECT).items()


def configuration(headers):
    """Return what nginx includes where it sends kept pages."""
    lines = [f'set $newsroom_key "{page_files.key(headers)}";']
    for name, value in page_files.constant(headers):
        quoted = value.replace("\\", "\\\\").replace('"', '\\"')
        lines.append(f'add_header {name} "{quoted}";')
    return "\n".join(lines) + "\n"


def _write(path, text):
    """Write a file that others on this machine may read, whole or not at all."""
    draft = path.with_name(f"{path.name}.new")
    draft.write_text(text, encoding="utf-8")
    draft.chmod(0o644)
    draft.replace(path)
