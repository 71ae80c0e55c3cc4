"""What readers see when something is wrong: a page of ours, never a bare line or a trace."""

import logging

import pytest
from django.db import OperationalError, connection
from django.http import HttpResponse, HttpResponseGone
from lxml import html

from newsroom.errors import ErrorPageMiddleware, bad_request, csrf_failure, server_error
from tests.factories import ArticleFactory


def is_ours(response, status):
    root = html.document_fromstring(response.content)
    return response.status_code == status and len(root.xpath("//main//h1")) == 1 and bool(root.xpath("//main//a"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/nothing/", "/en/nothing/", "/a/b/c", "/%00/", "/tag/%00/", "/%FF/", "/../etc/passwd"]
)
def test_an_address_of_nothing_has_our_page(client, path):
    assert is_ours(client.get(path), 404)


@pytest.mark.django_db
@pytest.mark.parametrize(("prefix", "gone"), [("", False), ("/en", False), ("", True), ("/en", True)])
def test_who_came_to_nothing_can_search_and_browse_from_there(client, prefix, gone):
    ArticleFactory(slug="gone", language=prefix[1:] or "fr").delete()

    root = html.document_fromstring(client.get(f"{prefix}/{'gone' if gone else 'nothing'}/").content)

    assert root.xpath("//main//form[@method='get']/@action") == [f"{prefix}/search/"]
    assert root.xpath("//main//input[@name='q']/@id") == root.xpath("//main//label/@for")
    assert f"{prefix}/archives/" in root.xpath("//main//a/@href")


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
@pytest.mark.parametrize(
    "path", ["/", "/en/", "/a/", "/feed/", "/sitemap.xml", "/robots.txt", "/healthz", "/media/a.jpg"]
)
def test_a_page_can_only_be_read(client, method, path):
    ArticleFactory(slug="a")

    response = client.generic(method, path)

    assert is_ours(response, 405)
    assert response["Allow"] == "GET, HEAD"


@pytest.mark.django_db
def test_an_odd_method_is_refused_by_a_strict_client_too():
    from django.test import Client

    assert is_ours(Client(enforce_csrf_checks=True).post("/"), 405)


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "a b", ""])
def test_an_unknown_host_is_refused_without_the_database(client, host):
    assert is_ours(client.get("/", headers={"Host": host}), 400)


@pytest.mark.parametrize("answer", [bad_request, server_error])
def test_the_pages_of_400_and_500_need_no_database(rf, answer):
    assert is_ours(answer(rf.get("/")), int(answer(rf.get("/")).status_code))


@pytest.mark.django_db
def test_a_broken_site_answers_with_our_page(client):
    client.raise_request_exception = False
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE newsroom_siteidentity")

    response = client.get("/en/")

    # SQLite calls it by the same name as a database that is away.
    assert is_ours(response, 503 if connection.vendor == "sqlite" else 500)
    assert html.document_fromstring(response.content).get("lang") == "en"
    assert b"siteidentity" not in response.content


@pytest.mark.django_db
def test_a_bare_answer_gets_a_page_and_keeps_its_headers(rf):
    gone = ErrorPageMiddleware(lambda request: HttpResponseGone(headers={"X-Kept": "yes"}))(rf.get("/"))
    slow = ErrorPageMiddleware(lambda request: HttpResponse(status=429))(rf.get("/"))
    own = ErrorPageMiddleware(lambda request: HttpResponseGone("own words"))(rf.get("/"))

    assert is_ours(gone, 410)
    assert gone["X-Kept"] == "yes"
    assert is_ours(slow, 429)
    assert own.content == b"own words"


@pytest.mark.django_db
def test_an_old_form_is_told_so(rf):
    assert is_ours(csrf_failure(rf.post("/")), 403)


@pytest.mark.parametrize("error", ["away", "database or disk is full"])
def test_while_the_database_takes_nothing_the_answer_says_why_and_to_come_back(rf, error):
    try:
        raise OperationalError(error)
    except OperationalError:
        response = server_error(rf.get("/"))

    assert is_ours(response, 503)
    assert response.headers["Retry-After"] == "60"
    assert ("Le disque de ce site est plein" in response.content.decode()) == ("full" in error)


def test_the_log_names_no_reader_where_a_database_does():
    [handler] = [handler for handler in logging.getLogger("django").handlers if handler.name == "console"]
    try:
        raise OperationalError("duplicate key: (email)=(ann@reader.example) already exists")
    except OperationalError as error:
        record = logging.makeLogRecord(
            {"msg": "broken: %s", "args": ("/a/",), "exc_info": (OperationalError, error, None)}
        )

    said = handler.format(record)

    assert "OperationalError: duplicate key" in said
    assert "reader.example" not in said
