"""What readers see of comments: on the page of an article, on cards, in feeds."""

import json
import re
from base64 import b64encode
from datetime import timedelta
from hashlib import sha256

import pytest
from django.utils import timezone
from lxml.html import fromstring

from articles.structured_data import moment
from comments import decisions, text, thread, views
from comments.models import ReaderComment
from newsroom.models import SiteIdentity
from tests.factories import ArticleFactory, CommentFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def article():
    return ArticleFactory(language="en", slug="story")


def page(client, path="/en/story/"):
    return client.get(path).content.decode()


def grow(article, threads):
    """Give the article `threads` threads of four approved comments on three levels."""
    for number in range(threads):
        root = CommentFactory(article=article, comment=f"Root {number}")
        first, second = CommentFactory(parent=root), CommentFactory(parent=root)
        deep = CommentFactory(parent=first)
        decisions.decide([row.pk for row in (root, first, second, deep)], "approved", None)


def test_a_comment_stands_below_its_article_with_name_date_and_text(client, article):
    comment = CommentFactory(article=article, user_name="Zoé", comment="What I think", approved=True)

    html = page(client)

    [drawn] = re.findall(r'<article class="comment".*?</article>', html, re.S)
    assert f'id="comment-{comment.public_id}"' in drawn
    assert '<b dir="auto">Zoé</b>' in drawn
    assert "<p>What I think</p>" in drawn
    assert f'<time datetime="{timezone.localtime(comment.submit_date).isoformat("T", "minutes")}"' in drawn
    [moment] = fromstring(drawn).xpath(".//time")
    assert re.fullmatch(r"\d+ \w+ \d{4}, (\d+(:\d+)? [ap]\.m\.|noon|midnight)", moment.text_content())
    assert re.search(r'<h2 id="comments-title">\s*1 comment\s*</h2>', html)
    assert '<li><a class="whole" href="#comments">1 comment</a></li>' in html
    assert re.search(
        r'<p class="meta">[^\n]*&nbsp;·</span> <span class="whole">1 comment</span></p>', page(client, "/en/")
    )


@pytest.mark.parametrize("threads", [1, 12])
def test_a_thread_costs_two_queries_however_long(django_assert_num_queries, article, threads):
    grow(article, threads)

    with django_assert_num_queries(2):
        found = thread.load(article.pk)

    assert len(found.nodes) == 4 * threads


@pytest.mark.parametrize("threads", [1, 6])
def test_the_article_page_costs_the_same_with_any_number_of_comments(
    client, article, django_assert_num_queries, threads
):
    client.get("/en/story/")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(
        connection,
    ) as bare:
        client.get("/en/story/")
    grow(article, threads)

    with django_assert_num_queries(len(bare) + 1):  # an empty thread is told by its first query
        html = page(client)

    assert html.count('<article class="comment"') == 4 * threads


def test_levels_nest_and_close(client, article):
    grow(article, 2)

    html = page(client)
    thread_html = html[html.index('id="comments"') : html.index('id="comment-form"')]

    assert re.findall(
        r'<div class="thread">|<article|</article>|</div>(?!\s*<footer)', thread_html.replace("words", "")
    )
    shape = "".join(
        {'<div class="thread">': "(", "<article": "o", "</div>": ")"}.get(part, "")
        for part in re.findall(r'<div class="thread">|<article|<div class="words".*?</div>|</div>', thread_html, re.S)
    )
    assert shape == "o(o(o)o)o(o(o)o)"


def test_an_empty_place_shows_neither_name_nor_words_nor_links(client, article):
    root = CommentFactory(article=article, user_name="Removed-Name", comment="REMOVED-WORDS", approved=True)
    CommentFactory(parent=root, approved=True)
    decisions.decide([root.pk], "removed", None)

    html = page(client)

    assert "comment--removed" in html
    assert not re.search(f"Removed-Name|REMOVED-WORDS|{root.public_id}", html)


@pytest.mark.parametrize("status", ["pending", "rejected", "spam", "removed"])
def test_nothing_tells_that_a_comment_exists_before_it_is_approved(client, article, status):
    CommentFactory(article=article, approved=True)
    paths = ["/en/story/", "/en/", "/en/story/feed/", "/en/comments/feed/", "/en/feed/", "/sitemap.xml"]
    before = [page(client, path) for path in paths]
    held = CommentFactory(article=article, comment="HELD-WORDS")
    if status != "pending":
        decisions.decide([held.pk], status, None)

    dated = re.compile(r"<lastBuildDate>.*?</lastBuildDate>")
    for path, was in zip(paths, before, strict=True):
        assert dated.sub("", page(client, path)) == dated.sub("", was), path
    for path in ("reply", "report", "comment"):
        assert client.get(f"/en/story/{path}/{held.public_id}/").status_code == 404


@pytest.mark.parametrize(
    ("language", "path", "badge"), [("en", "/en/story/", "Author"), ("fr", "/story/", "Rédaction")]
)
def test_the_author_has_a_badge_that_is_of_no_gender_and_readers_have_initials(client, language, path, badge):
    article = ArticleFactory(language=language, slug="story")
    comment = CommentFactory(article=article, user_name="Jean de La Tour", approved=True)
    decisions.post(article, UserFactory(is_superuser=True), "Indeed", comment)

    html = page(client, path)

    assert re.findall(r'class="badge">([^<]*)<', html) == [badge]
    assert '<span class="face" aria-hidden="true">JT</span>' in html


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("<img src=x onerror=y>", "<p>&lt;img src=x onerror=y&gt;</p>"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("a\nb\n\nc & d", "<p>a<br>b</p><p>c &amp; d</p>"),
        (
            "see https://a.example/?q=1&r=2.",
            '<p>see <a href="https://a.example/?q=1&amp;r=2" rel="nofollow ugc noopener">https://a.example/?q=1&amp;r=2</a>.</p>',
        ),
        ('https://a.example/"onclick="x', '<p><a href="https://a.example/" rel="nofollow ugc noopener">https://a.example/</a>"onclick="x</p>'),
        ("data:text/html,x vbscript:x", "<p>data:text/html,x vbscript:x</p>"),
        ("", ""),
    ],
)  # fmt: skip
def test_text_is_drawn_as_text(typed, drawn):
    assert text.as_html(typed, "") == drawn


def test_words_are_set_as_the_language_of_the_article_wants_them_and_links_stay(client):
    article = ArticleFactory(language="fr", slug="recit")
    typed = "Vraiment ? L'eau : « oui »\nhttps://a.example/?l'eau"
    comment = CommentFactory(article=article, comment=typed, approved=True)
    drawn = (
        "<p>Vraiment\u202f? L’eau\u00a0: «\u202foui\u202f»<br>"
        '<a href="https://a.example/?l&#x27;eau" rel="nofollow ugc noopener">https://a.example/?l\'eau</a></p>'
    )

    assert f'<div class="words" dir="auto">{drawn}</div>' in page(client, "/recit/")
    assert json.loads(client.get("/recit/feed.json").content)["items"][0]["content_html"] == drawn
    comment.refresh_from_db()
    assert (comment.html, comment.comment) == (drawn, typed)


def test_a_name_is_drawn_as_text_wherever_it_stands(client, article):
    name = "<script>alert(1)</script>"
    comment = CommentFactory(article=article, user_name=name, approved=True)

    for path in ("/en/story/", f"/en/story/reply/{comment.public_id}/", f"/en/story/report/{comment.public_id}/"):
        drawn = page(client, path)
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in drawn, path
        assert "<script>alert" not in drawn, path


def test_titles_tell_the_article_and_the_way_to_ones_own_comments_stands_below_it(client, article):
    comment = CommentFactory(article=article, approved=True)

    def title(path):
        return re.search("<title>(.*)</title>", page(client, path))[1].removesuffix(f" – {SiteIdentity.load().name}")

    assert title("/en/story/comment/") == f"Leave a comment – {article.title}"
    assert title(f"/en/story/report/{comment.public_id}/") == f"Report a comment – {article.title}"
    assert title("/en/comments/confirm/x/") == "This link does not work any more"
    assert title("/en/nowhere/at/all/") == "There is nothing at this address"
    assert page(client).count('href="/en/comments/mine/"') == 1


@pytest.mark.parametrize(
    "typed",
    ["ann@secret.example", "ANN@SECRET.EXAMPLE", "ann&#64;secret.example", "ann&commat;secret.example", "ann%40secret.example",
     "ann＠secret.example", "ann (at) secret.example", "ann [AT] secret.example", "mailto:ann@secret.example",
     "http://ann@secret.example/", "a.b+c@mail.secret.co.uk", "ann@secret"],
)  # fmt: skip
def test_an_address_that_is_typed_is_masked(typed):
    assert "ann" not in text.without_addresses(f"write to {typed} now").lower()
    assert "secret" not in text.without_addresses(f"write to {typed} now").lower()


@pytest.mark.parametrize("kept", ["3 pm @ home", "@handle", "a @ b", "il est arrivé (at last)", "50 % 40"])
def test_what_is_no_address_stays(kept):
    assert text.without_addresses(kept) == kept


def test_masking_takes_no_longer_for_hostile_text():
    from time import process_time

    start = process_time()
    for hostile in (
        "a" * 60000,
        "a@" * 30000,
        "@" * 60000,
        "a." * 30000,
        "&#64;" * 12000,
        "http://" * 8000,
        " " * 60000,
    ):
        text.without_addresses(text.plain(hostile))
        text.as_html(hostile, "fr")

    assert process_time() - start < 5


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Zoé", "Z"),
        ("jean de la tour", "JT"),
        ("李", "李"),
        ("…", "?"),
        ("", "?"),
        ("Anne-Marie", "AM"),
        ("👩‍👩‍👧 Kim", "K"),
    ],
)
def test_initials_come_from_the_name_alone(name, initials):
    assert text.initials(name) == initials


def test_fifty_threads_fill_a_page(client, article):
    comments = [CommentFactory(article=article, comment=f"Thread {n}.", approved=True) for n in range(51)]
    CommentFactory(parent=comments[50], comment="Answer on the second page", approved=True)

    first, second = page(client), page(client, "/en/story/comment-page-2/")

    assert (first.count('<article class="comment"'), second.count('<article class="comment"')) == (50, 2)
    assert 'href="/en/story/comment-page-2/"' in first
    assert 'href="/en/story/#comments"' in second
    link = client.get(f"/en/story/comment/{comments[50].public_id}/")
    assert link.headers["Location"] == f"/en/story/comment-page-2/#comment-{comments[50].public_id}"
    assert client.get("/en/story/comment-page-002/").headers["Location"] == "/en/story/comment-page-2/"
    for number, status in ((1, 301), (2, 200), (3, 404), (0, 404), (99999999999999999999, 404)):
        assert client.get(f"/en/story/comment-page-{number}/").status_code == status


def test_a_permanent_link_leads_to_the_comment(client, article):
    comment = CommentFactory(article=article, approved=True)

    assert client.get(f"/en/story/comment/{comment.public_id}/").headers["Location"] == comment.get_absolute_url()
    assert comment.get_absolute_url() == f"/en/story/#comment-{comment.public_id}"


@pytest.mark.parametrize(
    ("change", "form", "words"),
    [
        ({}, True, "A moderator reads each comment before it is published."),
        ({"comments": "timed", "comments_days": 3}, True, "Comments are open until"),
        ({"comments": "timed", "comments_days": 3, "published_at": timezone.now() - timedelta(days=4)}, False, "Comments are closed."),
        ({"comments": "closed"}, False, "Comments are closed."),
    ],
)  # fmt: skip
def test_the_state_of_comments_is_said_before_one_types(client, change, form, words):
    ArticleFactory(language="en", slug="story", **change)

    html = page(client)

    assert ('id="comment-form"' in html) is form
    assert words in html


def test_the_page_holds_nothing_of_the_visitor_and_loads_nothing_from_elsewhere(client, article):
    CommentFactory(article=article, approved=True)
    response = client.get("/en/story/")

    assert "Vary" not in response.headers or "Cookie" not in response.headers["Vary"]
    assert not response.cookies
    html = response.content.decode()
    assert "csrf" not in html
    assert "gravatar" not in html
    assert not re.findall(r"<script[^>]* src", html)
    [script] = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    known = b64encode(sha256(script.encode()).digest()).decode()
    assert f"script-src 'self' 'sha256-{known}';" in response.headers["Content-Security-Policy"]
    assert not re.findall(r'(?:src|srcset)="(?:https?:)?//', html)
    assert "img-src 'self';" in f"{response.headers['Content-Security-Policy']};"


def test_a_page_without_comments_holds_no_script(client, article):
    assert "<script>" not in page(client)


def test_the_form_is_labelled_and_says_what_it_does(client, article):
    html = page(client)
    form = html[html.index('<form class="form"') :]

    root = fromstring(form)
    hints = {
        field.name: root.get_element_by_id(field.get("aria-describedby")).text
        for field in root.xpath("//*[@aria-describedby]")
    }
    assert hints == {
        "comment": "Plain text, at most 5,000 characters. E-mail addresses in it are hidden.",
        "email": "Your address is not published. We send a message there, which you open to confirm your comment.",
    }
    assert [" ".join(hint.text.split()) for hint in root.xpath("./form/p[@class='hint'] | ./p[@class='hint']")] == [
        "A moderator reads each comment before it is published. Required fields are marked *"
    ]
    for name in ("comment", "name", "email", "follows"):
        assert f'<label for="comment-form-{name}"' in form or f'for="comment-form-{name}">' in form
    assert not re.search(r'name="follows"[^>]*checked', form)
    assert len(re.findall(r"required", re.sub(r"Required", "", form))) == 3
    assert 'type="email"' in form
    assert 'autocomplete="email"' in form


def test_structured_data_tells_name_text_and_date_and_nothing_else(client, article):
    root = CommentFactory(article=article, user_name="Zoé", comment="Yes", approved=True)
    CommentFactory(parent=root, comment="</script><b>Yes</b>", approved=True)
    decisions.decide([root.pk], "removed", None)
    shown = ReaderComment.objects.get(status="approved")
    page = client.get("/en/story/").content.decode()

    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    [data] = [json.loads(block) for block in blocks if '"Comment"' in block]
    assert data == {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": "http://testserver/en/story/#article",
        "comment": [
            {
                "@type": "Comment",
                "@id": f"http://testserver/en/story/#comment-{shown.public_id}",
                "author": {"@type": "Person", "name": shown.user_name},
                "datePublished": moment(shown.submit_date),
                "text": "</script><b>Yes</b>",
            }
        ],
    }


def test_public_ids_say_nothing_of_numbers(article):
    ids = {CommentFactory(article=article).public_id for _ in range(20)}

    assert len(ids) == 20
    assert all(re.fullmatch("[a-z2-9]{10}", each) for each in ids)


def test_a_reader_reports_once_and_a_moderator_hears_why(client, article, monkeypatch):
    comment = CommentFactory(article=article, approved=True)
    path = f"/en/story/report/{comment.public_id}/"
    origin = {"Origin": "http://testserver"}

    wrong = client.post(path, {"note": "Words to keep"}, headers=origin)
    assert (wrong.status_code, list(wrong.context["form"].errors)) == (422, ["reason"])
    assert "Words to keep" in wrong.content.decode()
    long = client.post(path, {"reason": "spam", "note": "x" * 501}, headers=origin)
    assert (long.status_code, "maxlength" in long.content.decode(), "x" * 501 in long.content.decode()) == (
        422,
        False,
        True,
    )
    assert client.post(path, {"reason": "spam"}, headers={"Origin": "https://evil.example"}).status_code == 403
    for _ in range(2):
        assert (
            client.post(path, {"reason": "insult", "note": "ask ann@secret.example"}, headers=origin).status_code == 200
        )
    client.post(path, {"reason": "spam", "subject": "robot"}, headers=origin)

    assert list(comment.reports.values_list("reason", "note")) == [("insult", "ask …@…")]
    monkeypatch.setattr(views, "REPORTS", (0, 3600))
    late = client.post(path, {"reason": "hate", "note": "Words to keep"}, headers=origin)
    assert (late.status_code, late.headers["Retry-After"], "Words to keep" in late.content.decode()) == (
        429,
        "3600",
        True,
    )
    assert "</article>" in page(client)
