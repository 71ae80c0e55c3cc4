"""Parts of pages: what they are made from, and how long they last. That no page shows an old one: test_fresh_pages.py."""

import json
import re
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.signals import template_rendered
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import override

from articles import drawing
from articles.list_views import FRONT_LISTS, LISTS
from articles.models import Article, Photo
from articles.related import relate
from comments import decisions
from comments.models import ReaderComment
from newsroom import jobs
from newsroom import page_store as page_store_module
from newsroom.answers import Answer
from newsroom.cache import Drawing, depends_on, good_until, page_store, purge
from newsroom.models import SiteIdentity
from newsroom.parts import HOLE, LIFE, fill, kept, kept_all
from tests.factories import ArticleFactory, AuthorLinkFactory, CommentFactory, PhotoFactory, TagFactory

pytestmark = pytest.mark.django_db(transaction=True)


class Drawn:
    """Something that counts how often it was drawn, and says what it is made from."""

    def __init__(self, *tags, until=None):
        self.tags, self.until, self.times = tags, until, 0

    def __call__(self):
        self.times += 1
        depends_on(*self.tags)
        good_until(self.until)
        return f"drawn {self.times}"


@pytest.fixture(autouse=True)
def _store(settings, tmp_path):
    settings.PAGE_STORE = tmp_path / "pages"


def test_a_part_is_drawn_once_for_all_pages():
    draw = Drawn("tag:1")

    assert [kept("a", draw), kept("a", draw)] == ["drawn 1", "drawn 1"]


def test_a_change_forgets_the_parts_that_show_it_and_no_others():
    this, other = Drawn("tag:1"), Drawn("tag:2")
    kept("this", this), kept("other", other)

    purge("tag:1")

    assert [kept("this", this), kept("other", other)] == ["drawn 2", "drawn 1"]


def test_a_change_while_a_part_is_drawn_keeps_it_from_being_kept():
    draw = Drawn("tag:1")

    assert kept("a", lambda: f"{draw()}{purge('tag:1') or ''}") == "drawn 1"
    assert kept("a", draw) == "drawn 2"


def test_a_change_that_is_taken_back_forgets_nothing():
    draw = Drawn("tag:1")
    kept("a", draw)

    with transaction.atomic():
        purge("tag:1")
        transaction.set_rollback(True)

    assert kept("a", draw) == "drawn 1"


def test_each_language_has_its_own():
    draw = Drawn()
    with override("fr"):
        kept("a", draw)
    with override("en"):
        assert kept("a", draw) == "drawn 2"


def test_a_page_is_made_from_what_its_parts_are_made_from_drawn_or_kept():
    moment = timezone.now() + timedelta(minutes=5)
    for _ in range(2):
        with Drawing() as page:
            kept("outer", lambda: kept("inner", Drawn("tag:1", until=moment)))

        assert "tag:1" in page.tags
        assert page.until == moment.timestamp()


def test_a_part_within_a_part_goes_with_what_it_shows():
    inner, outer = Drawn("tag:1"), Drawn()

    def draw():
        return f"{outer()} {kept('inner', inner)}"

    kept("outer", draw)
    purge("tag:1")

    assert kept("outer", draw) == "drawn 2 drawn 2"


def test_nobody_can_ask_for_a_part_by_its_name(reader):
    with override("fr"):
        kept("a", Drawn())

    assert page_store().find("fr a")
    for path in ("/fr a", "/fr%20a", "fr a"):
        assert reader.get(path).status == 404, path


def test_where_no_pages_are_kept_no_parts_are(settings):
    settings.PAGE_STORE = None
    draw = Drawn()

    assert [kept("a", draw), kept("a", draw)] == ["drawn 1", "drawn 2"]
    assert kept_all({2: "two", 1: "one", 3: "none"}, lambda keys: {1: "x", 2: "y"}, str.upper) == {2: "Y", 1: "X"}


def test_what_is_missing_is_loaded_together_and_stands_in_its_place():
    asked = []

    def load(keys):
        asked.append(keys)
        return {key: key for key in keys if key != "gone"}

    kept_all({"b": "b"}, load, str.upper)

    assert list(
        kept_all(dict.fromkeys("abc") | {key: key for key in ("a", "b", "c", "gone")}, load, str.upper).items()
    ) == [
        ("a", "A"),
        ("b", "B"),
        ("c", "C"),
    ]
    assert asked == [["b"], ["a", "c", "gone"]]


def test_a_frame_holds_each_piece_in_its_hole():
    assert fill(f"a{HOLE}b{HOLE}c".encode(), "1", b"2") == b"a1b2c"


def test_no_text_makes_a_hole(reader):
    TagFactory(name=f"Tag {HOLE}", slug="tag")
    article = ArticleFactory(
        slug="a", title=f"A {HOLE}", standfirst=HOLE, body=f"<p>B {HOLE}</p>", tags=[f"Tag {HOLE}"]
    )
    SiteIdentity(name=f"Site {HOLE}", tagline={"fr": HOLE}).save()

    reader.get("/a/"), reader.get("/feed/"), reader.get("/feed.json"), reader.get("/")

    frames = [part for part in parts() if b"Site" in part and HOLE.encode() in part]
    # between the players and the page, what stands below an article; the items; the items; newest and latest
    assert sorted(frame.count(HOLE.encode()) for frame in frames) == [1, 1, 2, 2]
    assert json.loads(reader.get("/feed.json").body)["title"] == f"Site {HOLE}"
    assert f"A {escape(HOLE)}" in reader.get(article.get_absolute_url()).body.decode()


def parts():
    """Return the bytes of every part that is kept."""
    files = (path for path in (page_store().folder / "pages").rglob("*") if path.is_file())
    kept = (Answer.load(path.read_bytes()) for path in files)
    return [part.bodies[""] for part in kept if not part.facts["path"].startswith("/")]


@contextmanager
def rendered():
    """Count, by name, the templates that are rendered."""
    found = Counter()

    def note(template, **details):
        found[template.name] += 1

    template_rendered.connect(note)
    yield found
    template_rendered.disconnect(note)


PATHS = ["/", "/tag/ia/", "/a-1/", "/feed/", "/tag/ia/feed/", "/feed.json"]


@pytest.fixture
def site(reader):
    """A function that has every page below joined of its parts, and returns what was rendered for that."""
    photo = PhotoFactory()
    body = f'<p>Words.</p><figure data-photo="{photo.pk}"></figure>'
    for number in range(1, 9):
        published = timezone.now() - timedelta(hours=number)
        ArticleFactory(slug=f"a-{number}", tags=["Ia"], body=body, published_at=published)
    for article in Article.objects.all():
        relate(article)
    CommentFactory(article=Article.objects.get(slug="a-1"), user_name="waits")
    AuthorLinkFactory(author=article.author)

    def join():
        with rendered() as found:
            for path in PATHS:
                assert reader.get(path, authorization="joined for this reader").status == 200
        return found

    join()
    return join


CARD, FIGURE, THREAD = "components/_card.html", "components/_figure.html", "components/_discussion.html"


def test_what_has_not_changed_is_not_drawn_again(site):
    found = site()

    assert set(found) == {*LISTS, *FRONT_LISTS, "components/_pages.html"}


def test_a_new_article_draws_its_own_cards_and_those_that_change_their_place(site):
    ArticleFactory(slug="new", tags=["Ia"])

    # Itself as lead and in the list of its tag; the former lead as a line; the former last line as a card is there already.
    assert site()[CARD] == 3


def test_a_correction_draws_the_article_and_its_cards(site):
    article = Article.objects.get(slug="a-2")
    article.title = "Corrected"
    article.save()

    found = site()
    assert (found[CARD], found[FIGURE], found[THREAD]) == (2, 0, 0)


def test_a_comment_draws_the_thread_and_the_counts_but_not_the_text(site):
    decisions.decide([ReaderComment.objects.get().pk], "approved", by=None)

    found = site()
    assert (found[THREAD], found["articles/article.html"], found[FIGURE]) == (1, 1, 0)


def test_what_was_saved_is_drawn_before_anybody_comes(site):
    article = Article.objects.get(slug="a-1")
    article.body = "<p>Other words.</p>"
    article.save()
    decisions.decide([ReaderComment.objects.get().pk], "approved", by=None)
    jobs.run_pending()

    found = site()
    assert (found["articles/article.html"], found["articles/_below.html"], found[THREAD]) == (0, 0, 0)


def test_all_is_drawn_anew_once_a_day_and_when_all_was_forgotten(site, monkeypatch):
    monkeypatch.setattr(drawing, "BATCH", 3)
    monkeypatch.setattr(drawing, "_drawn", {})

    def drawn():
        drawing.draw_what_is_missing.enqueue()
        with rendered() as found:
            jobs.run_pending()
        return found["articles/article.html"]

    jobs.run_pending()
    page_store().clear()
    assert [drawn(), drawn()] == [8, 0]
    page_store().clear()
    assert [drawn(), drawn()] == [8, 0]
    monkeypatch.setattr(timezone, "localdate", lambda: "tomorrow")
    assert drawn() == 0  # while they last for another day
    monkeypatch.setattr(timezone, "localdate", lambda: "the day after")
    monkeypatch.setattr(drawing, "DAY", LIFE)
    assert [drawn(), drawn()] == [8, 0]


def test_what_a_killed_process_was_to_purge_is_purged_later(monkeypatch):
    draw = Drawn("tag:1")
    kept("a", draw)
    with transaction.atomic():
        purge("tag:1")
        transaction.set_rollback(True)  # for the store it is the same whether the change was made or not

    page_store().sweep()
    assert kept("a", draw) == "drawn 1"
    monkeypatch.setattr(page_store_module, "OWED", -1)
    page_store().sweep()

    assert kept("a", draw) == "drawn 2"
    assert not list((page_store().folder / "owed").iterdir())


def test_what_was_purged_is_owed_no_more():
    with transaction.atomic():
        purge("tag:1")
        assert len(list((page_store().folder / "owed").iterdir())) == 1

    assert not list((page_store().folder / "owed").iterdir())


def test_a_photo_that_is_described_draws_the_text_it_is_in(site):
    photo = Photo.objects.get()
    photo.alt = {"fr": "Autre"}
    photo.save()

    assert site()[FIGURE] == 1  # the same text eight times


@pytest.mark.parametrize(
    ("path", "queries"),
    # which article, which tag; for a feed, which articles
    [("/a-1/", 1), ("/", 0), ("/tag/ia/", 1), ("/feed/", 1), ("/tag/ia/feed/", 2), ("/feed.json", 1)],
)
def test_a_page_joined_of_its_parts_costs_a_handful_of_queries(site, reader, django_assert_num_queries, path, queries):
    with django_assert_num_queries(queries):
        reader.get(path, authorization="joined for this reader")


def test_a_new_article_has_its_own_year_counted_and_no_other(reader):
    moments = [timezone.now() - timedelta(days=days) for days in (0, 400, 800)]
    for moment in moments:
        ArticleFactory(published_at=moment)

    def years_counted():
        with rendered() as found:
            reader.get("/archives/", authorization="joined for this reader")
        return found["components/_year.html"]

    assert [years_counted(), years_counted()] == [3, 0]
    ArticleFactory(published_at=moments[1])
    assert years_counted() == 1


def test_numbers_are_read_again_only_when_an_article_comes_or_goes(reader):
    article = ArticleFactory(tags=["Ia"])
    ArticleFactory(tags=["Eau"])

    def counted():
        with CaptureQueriesContext(connection) as queries:
            for path in ("/", "/tag/", "/tag/ia/", "/sitemap.xml"):
                assert reader.get(path, authorization="joined for this reader").status == 200
        return sum(bool(re.search(r"(COUNT|MAX|GREATEST)\(", query["sql"])) for query in queries)

    assert counted() > 0
    assert counted() == 0
    CommentFactory(article=article, approved=True)
    assert counted() == 3, "the files of the sitemap, whose articles may have changed"
    ArticleFactory(tags=["Ia"])
    assert counted() == 7, "what leads, the lists, one tag of two, the files of the sitemap"


def test_a_command_forgets_parts_and_draws_them_again(site, reader):
    Article.objects.filter(slug="a-2").update(title="Changed by hand")
    assert "Changed by hand" not in reader.get("/").body.decode()

    call_command("forgetpages", draw=True)

    assert reader.get("/").kept
    assert "Changed by hand" in reader.get("/").body.decode()
    assert site()[CARD] == 0
