"""The desk's pages as the W3C's checker reads them."""

import pytest

from tests.articles.desk import save, writer
from tests.browser.desk_pages import desk_pages, one_of_everything

# What Django's own widget for a password that one cannot read says (django/contrib/auth, read_only_password_hash.html).
DJANGOS = "user.html: Attribute “disabled” not allowed on element “div” at this point."

pytestmark = pytest.mark.django_db


def test_the_desks_pages_are_valid_html(client, html_errors, tmp_path):
    user = writer(client)
    rows, comment = one_of_everything(client)
    pages = desk_pages(user, rows, comment)
    answers = {name: client.get(path, follow=True) for name, path in pages.items()}
    answers["refused"] = save(client, rows["article"], title="", slug="admin")[0]
    client.logout()
    answers["login"] = client.get("/admin/login/")

    assert {name: answer.status_code for name, answer in answers.items() if answer.status_code != 200} == {}
    found = html_errors({name: answer.content for name, answer in answers.items()}, tmp_path)
    assert [fault for fault in found if not fault.startswith(DJANGOS)] == []
