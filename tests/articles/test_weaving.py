"""A text that two people changed at once: what each did to other paragraphs is one text."""

import pytest

from articles.body import POLICY
from articles.models import Article
from articles.weaving import woven
from newsroom.html import clean
from tests.articles.desk import change, save, typed, writer
from tests.articles.test_desk_page import save_page
from tests.factories import PageFactory

BASE = "<p>One of them.</p>\n<h2>A section</h2><p>Two of them.</p><ul><li>Three</li></ul>"


@pytest.mark.parametrize(
    ("mine", "theirs", "both"),
    [
        (BASE, BASE.replace("Two", "2"), BASE.replace("Two", "2")),
        (BASE.replace("One", "1"), BASE.replace("Two", "2"), BASE.replace("One", "1").replace("Two", "2")),
        # neighbours
        (BASE.replace("A section", "My section"), BASE.replace("Two", "2"), BASE.replace("A section", "My section").replace("Two", "2")),
        # one put something in, the other took something out
        (BASE.replace("<h2>", "<p>New here.</p><h2>"), BASE.replace("<ul><li>Three</li></ul>", ""), "<p>One of them.</p>\n<p>New here.</p><h2>A section</h2><p>Two of them.</p>"),
        # both alike
        (BASE.replace("One", "1"), BASE.replace("One", "1"), BASE.replace("One", "1")),
        # one at the beginning, the other at the end
        ("<p>First.</p>" + BASE, BASE + "<p>Last.</p>", "<p>First.</p>" + BASE + "<p>Last.</p>"),
        # a paragraph was divided, another one mended
        (BASE.replace("Two of them.", "Two of.</p><p>them."), BASE.replace("One", "1"), BASE.replace("Two of them.", "Two of.</p><p>them.").replace("One", "1")),
    ],
)  # fmt: skip
def test_what_each_changed_of_other_blocks_is_one_text(mine, theirs, both):
    assert woven(BASE, mine, theirs) == (both, False)
    assert woven(BASE, theirs, mine) == (both, False)


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (BASE.replace("One", "1"), BASE.replace("One", "Some")),
        (BASE.replace("One", "1"), BASE.replace("<p>One of them.</p>\n", "")),
        (BASE + "<p>Mine.</p>", BASE + "<p>Theirs.</p>"),
        (BASE.replace("One of them", "Quite another beginning"), BASE.replace("One", "1")),
        ("Words in no block. " + BASE, BASE.replace("One", "1")),
    ],
)
def test_what_both_changed_of_one_block_clashes(mine, theirs):
    assert woven(BASE, mine, theirs)[1]
    assert woven(BASE, theirs, mine)[1]


def test_where_both_changed_one_block_and_each_another_the_others_are_woven():
    mine, theirs = BASE.replace("One", "1").replace("Two", "2"), BASE.replace("One", "Some").replace("Three", "3")

    assert woven(BASE, mine, theirs) == (mine.replace("Three", "3"), True)


@pytest.mark.parametrize(
    "block",
    [
        '<p><a href="https://a.example/a b?q=&lt;é&gt;&amp;c">é &lt; &amp;</a><br>two</p>',
        "<p></p>",
        '<table><tbody><tr><td></td><td colspan="2">é</td></tr></tbody></table>',
        "<hr>",
        '<figure data-photo="1" data-size="text"></figure>',
        "<pre>one\n  two</pre>",
    ],
)
def test_every_block_stays_as_it_is_written(block):
    base = clean(f"<p>One.</p>{block}<p>Two.</p>", POLICY)
    mine, theirs = base.replace("One", "1"), base.replace("Two", "2")

    assert woven(base, mine, theirs) == (mine.replace("Two", "2"), False)


@pytest.mark.django_db
def test_two_who_write_in_other_paragraphs_are_asked_nothing(client):
    writer(client)
    _response, article = save(client, body="<p>One.</p><p>Two.</p>")
    save(client, article, body="<p>One.</p><p>Two, theirs.</p>")

    response, now = save(client, article, body="<p>One, mine.</p><p>Two.</p>")

    assert (response.status_code, now.version) == (302, 3)
    assert now.body == "<p>One, mine.</p><p>Two, theirs.</p>"
    said = [str(message) for message in client.get("/admin/").context["messages"]]
    assert "Taken over from what was saved meanwhile: text." in said


@pytest.mark.django_db
def test_so_are_two_who_write_a_page(client):
    writer(client)
    page = PageFactory(body="<p>One.</p><p>Two.</p>")
    opened = page.modified_at.isoformat()
    save_page(client, page, body="<p>One.</p><p>Two, theirs.</p>")

    save_page(client, page, body="<p>One, mine.</p><p>Two.</p>", base=opened)

    page.refresh_from_db()
    assert page.body == "<p>One, mine.</p><p>Two, theirs.</p>"


@pytest.mark.django_db
def test_nothing_is_chosen_for_who_did_not_choose(client):
    writer(client)
    _response, article = save(client, title="Common", body="<p>Common.</p>")
    _response, theirs = save(client, article, title="Theirs", body="<p>Theirs.</p>")
    mine = {"title": "Mine", "body": "<p>Mine.</p>"}
    response, _stored = save(client, article, **mine)
    assert b" checked" not in response.content.partition(b'class="conflict"')[2].partition(b"</section>")[0]

    sent = typed(article, **mine) | {"_over": theirs.version, "_asked": ["title", "body"], "_take-title": "theirs"}
    again = client.post(change(article), sent)

    assert (again.status_code, Article.objects.get().version) == (200, 2)
    assert [(one["name"], one["take"]) for one in again.context["differences"]] == [("title", "theirs"), ("body", "")]
    client.post(change(article), sent | {"_take-body": "mine"})
    now = Article.objects.get()
    assert (now.title, now.body) == ("Theirs", "<p>Mine.</p>")


@pytest.mark.django_db
def test_nor_for_who_did_not_choose_of_a_page(client):
    writer(client)
    page = PageFactory(title="Common")
    opened = page.modified_at.isoformat()
    save_page(client, page, title="Theirs")
    refused = save_page(client, page, title="Mine", base=opened)
    over = {"_over": refused.context["conflict"].version, "_asked": "title", "title": "Mine", "base": opened}

    again = save_page(client, page, **over)

    page.refresh_from_db()
    assert (again.status_code, page.title) == (200, "Theirs")
    assert save_page(client, page, **over, **{"_take-title": "mine"}).status_code == 302
    page.refresh_from_db()
    assert page.title == "Mine"


@pytest.mark.django_db
def test_what_the_other_wrote_elsewhere_is_kept_also_where_a_paragraph_is_asked(client):
    writer(client)
    _response, article = save(client, body="<p>One.</p><p>Two.</p>")
    _response, theirs = save(client, article, body="<p>One, theirs.</p><p>Two, theirs.</p>")

    asked = save(client, article, body="<p>One, mine.</p><p>Two.</p>")[0]
    body = asked.context["adminform"].form["body"].value()
    save(client, article, body=body, _over=theirs.version, **{"_asked": "body", "_take-body": "mine"})

    assert b"Taken over from what was saved meanwhile: text." in asked.content
    assert Article.objects.get().body == "<p>One, mine.</p><p>Two, theirs.</p>"
