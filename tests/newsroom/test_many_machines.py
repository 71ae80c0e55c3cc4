"""One site on two machines: what is done on one is right on the other at once; whatever dies, readers see nothing of it."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes, policy

import pytest
import redis

from tests.factories import picture
from tests.front import ask, publish
from tests.machines import Browser, Machines, Readers, kill_web
from tests.site import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.redis]

ADD = "/admin/articles/article/add/"


@pytest.fixture(scope="module")
def machines(tmp_path_factory):
    with Machines(tmp_path_factory.mktemp("machines")) as machines:
        yield machines


@pytest.fixture(scope="module")
def article(machines):
    """An article that all tests read, "/lu/", kept by both machines."""
    machines.a.shell(publish("lu", "Titre lu"))
    for site in (machines.a, machines.b):
        assert [b"Titre lu" in ask(site.port, path).body for path in ("/", "/lu/")] == [True, True]
    # While an article appears, the list that is drawn at that moment may leave its last one out: counted, then cut.
    return {"/lu/": "Titre lu", "/": "</html>"}


@pytest.fixture
def desk(machines):
    return Browser().log_in(machines.a.port, machines.password)


def comment(port, words):
    """Post a comment; return the status."""
    form = {"name": "Zoe", "email": f"{words.lower()}@reader.example", "comment": words}
    return Browser().open(port, "/lu/comment/", form).status_code


def pending(machines):
    code = "from comments.models import PendingComment as P; print(*P.objects.values_list('text', flat=True))"
    return machines.a.shell(code).split()


def mails(machines, recipient=""):
    """Return what the site has sent to an address, or to any, as text."""
    found = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in machines.mails.glob("*.eml")]
    return [mail.get_body(("plain",)).get_content() for mail in found if recipient in mail["To"]]


def shows(port, path, words):
    """Tell whether a page holds some words a tenth of a second from now."""
    time.sleep(0.1)
    return words.encode() in ask(port, path).body


def test_what_is_done_on_one_machine_is_right_on_the_other_at_once(machines, article, desk):
    a, b = machines.a.port, machines.b.port

    author = re.search(r'name="author" value="(\d+)"', desk.open(a, ADD).text)[1]
    form = {"title": "Titre neuf", "standfirst": "Une phrase.", "body": "<p>Des mots.</p>", "language": "fr",
            "slug": "neuf", "author": author, "comments": "open", "comments_days": "30", "base": "0",
            "_publish": "1"}  # fmt: skip
    assert desk.open(a, ADD, form).status_code == 302
    assert shows(b, "/", "Titre neuf")

    assert comment(b, "Merci") == 200
    [text] = wait_until(lambda: mails(machines, "merci@reader.example"), 60)
    confirm = re.search(r"/comments/confirm/\S+/", text)[0]
    assert Browser().open(a, confirm, {}).status_code == 200
    queue = desk.open(b, "/admin/comments/readercomment/").text
    case = re.search(r'name="comment" value="([^"]+)"', queue)[1]
    decided = desk.open(b, "/admin/comments/readercomment/decide/", {"status": "approved", "comment": case})
    assert decided.status_code == 302
    assert shows(a, "/lu/", "Merci")

    photo = desk.open(b, "/admin/articles/photo/upload/", files={"file": ("rue.jpg", picture())}).json()
    thumb = ask(a, "/media/" + photo["thumb"].split("/media/")[1])
    assert (thumb.status, thumb.headers["content-type"]) == (200, "image/jpeg")


TWINS = """
from articles.models import Photo
from newsroom import jobs
from tests.site import wait_until
twins = Photo.objects.filter(pk__in={ids}).order_by("pk")
jobs.run_pending()
if len(twins) == 2:
    twins[0].delete()
    jobs.run_pending()
# Another process may be in the middle of the work that this one did not find.
[left] = wait_until(lambda: [photo for photo in Photo.objects.filter(pk__in={ids}) if photo.is_rendered])
print(left.is_rendered, len(left.original.open().read()))
"""


def test_the_same_photo_sent_to_both_machines_at_once_is_whole_and_outlives_its_twin(machines, desk):
    ports = [site.port for site in (machines.a, machines.b)]
    desks, data = [desk, Browser().log_in(ports[1], machines.password)], picture(colour=(10, 200, 30))

    def send(who, port):
        return who.open(port, "/admin/articles/photo/upload/", files={"file": ("rue.jpg", data)}).json()

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(send, desks, ports))

    thumbs = {"/media/" + photo["thumb"].split("/media/")[1] for photo in found}
    assert machines.b.shell(TWINS.format(ids=[photo["id"] for photo in found])) == f"True {len(data)}\n"
    assert {ask(port, thumb).status for port in ports for thumb in thumbs} == {200}


def test_nginx_fetches_a_picture_once_and_shows_it_while_the_bucket_is_away(machines, article, desk):
    sent = [desk.open(machines.a.port, "/admin/articles/photo/upload/", files={"file": ("a.jpg", picture(colour=colour))})
            for colour in ((1, 2, 3), (90, 2, 3))]  # fmt: skip
    kept, other = ("/media/" + reply.json()["thumb"].split("/media/")[1] for reply in sent)
    sheet = re.search(rb"/static/css/site\.[0-9a-f]{12}\.css", ask(machines.port, "/lu/").body)[0].decode()
    whole = ask(machines.a.port, kept).body

    # A part first: the whole is fetched for it.
    part = ask(machines.port, kept, range="bytes=10-19")
    first = ask(machines.port, kept)
    again = [ask(machines.port, f"{kept}?x={number}", cookie=f"a={number}") for number in range(3)]
    parts = [ask(machines.port, kept, range=f"bytes={number}0-") for number in range(3)]
    known = ask(machines.port, kept, if_none_match=first.headers["etag"])
    half_known = ask(machines.port, kept, range="bytes=5-9", if_range=first.headers["etag"])
    unknown = ask(machines.port, kept, range="bytes=5-9", if_range='"other"')
    beyond = ask(machines.port, kept, range=f"bytes={len(whole)}-")
    head = ask(machines.port, kept, "HEAD")

    assert (part.status, part.body, part.headers["content-range"]) == (206, whole[10:20], f"bytes 10-19/{len(whole)}")
    assert [(reply.status, reply.body) for reply in (first, *again, unknown)] == [(200, whole)] * 5
    assert [(reply.status, reply.body) for reply in parts] == [(206, whole[start:]) for start in (0, 10, 20)]
    assert (known.status, known.body, half_known.status, half_known.body) == (304, b"", 206, whole[5:10])
    assert (beyond.status, head.status, head.headers["content-length"]) == (416, 200, str(len(whole)))
    assert first.headers["cache-control"] == known.headers["cache-control"] == "public, max-age=31536000, immutable"
    for encoding in ("br", "gzip"):
        styles = [ask(machines.port, sheet, accept_encoding=encoding) for _ in range(3)]
        assert {(reply.headers["content-encoding"], reply.body) for reply in styles} == {(encoding, styles[0].body)}
    for path in ("/lu/", "/media/none.avif", "/admin/login/"):
        before = machines.asked(path)
        assert len({ask(machines.port, path).status for _ in range(2)}) == 1
        wait_until(lambda path=path, before=before: machines.asked(path) == before + 2, 5)  # nothing else is kept
    assert [machines.asked(path) for path in (kept, sheet)] == [1, 2]

    machines.bucket.stop()
    try:
        assert [ask(machines.port, path).status for path in (kept, other, "/lu/", other)] == [200, 503, 200, 503]
    finally:
        machines.bucket.start()
    assert wait_until(lambda: ask(machines.port, other).status == 200)


def test_a_machine_that_is_killed_costs_no_reader_anything(machines, article):
    time.sleep(3)  # a web server that dies sooner is given up
    with Readers(machines.port, article | {"/comments/mine/": "</form>"}) as readers:
        for process, site in zip(machines.processes, (machines.a, machines.b), strict=True):
            time.sleep(0.5)
            kill_web(process)
            wait_until(lambda port=site.port: works(port), 30)
            time.sleep(2.5)  # nginx leaves it alone for a second, which it counts in whole ones

    assert (readers.failures, readers.reads > 30) == ([], True)


def works(port):
    try:
        return ask(port, "/lu/").status == 200
    except OSError:
        return False


RESTS = """
from django.db.models import Q
from django.utils import timezone
from django_tasks_db.models import DBTaskResult
due = Q(run_after__lte=timezone.now()) | Q(run_after__year=9999)
print(not DBTaskResult.objects.filter(Q(status="RUNNING") | Q(due, status="READY")).exists())
"""


def rest(machines):
    """Wait until the worker has done what there is: a job of a killed one would wait for minutes, and purges pages then."""
    wait_until(lambda: machines.a.shell(RESTS) == "True\n", 60)


def test_mail_waits_for_another_worker_when_the_only_one_is_killed(machines, article):
    rest(machines)
    machines.worker.kill()
    machines.worker.wait()
    before = len(mails(machines))
    with Readers(machines.port, article) as readers:
        assert comment(machines.a.port, "Patience") == 200
        assert len(mails(machines)) == before
        machines.worker = machines.work()
        wait_until(lambda: len(mails(machines)) == before + 1, 60)

    assert (readers.failures, readers.reads > 10) == ([], True)


def test_without_redis_pages_are_drawn_and_changes_seen_at_once(machines, article):
    a, b = machines.a.port, machines.b.port
    with Readers(machines.port, article) as readers:
        machines.redis.kill()
        machines.a.shell(publish("sans", "Sans Redis"))
        assert [b"Sans Redis" in ask(port, "/").body for port in (a, b)] == [True, True]
        health = ask(a, "/healthz")
        assert (health.status, b"Redis does not answer" in health.body) == (200, True)
        assert comment(b, "Toujours") == 200
        wait_until(lambda: readers.reads > 30, 30)  # without Redis

        machines.redis.start()
        with redis.Redis.from_url(machines.redis.url) as server:
            wait_until(lambda: server.keys("*:page:*"), 10)
            server.flushall()
            wait_until(lambda: server.keys("*:page:*"), 10)
        assert ask(a, "/healthz").body == b"ok\n"

    assert readers.failures == []


def test_while_the_database_restarts_kept_pages_are_read_and_nothing_taken_is_lost(machines, article):
    taken = []
    rest(machines)
    assert [ask(site.port, path).status for site in (machines.a, machines.b) for path in article] == [200] * 4
    with Readers(machines.port, article) as readers:
        for words in ("Avant", "Pendant", "Pendant2", "Apres"):
            if words == "Pendant":
                machines.postgres.stop()
                assert [ask(machines.port, "/healthz").status for _ in range(4)] == [503] * 4
            if words == "Apres":
                machines.postgres.start()
                for site in (machines.a, machines.b):
                    wait_until(lambda port=site.port: comment(port, "Apres") == 200, 20)
            elif comment(machines.b.port, words) == 200:
                taken.append(words)
        before = len(mails(machines))
        assert comment(machines.a.port, "Enfin") == 200
        wait_until(lambda: len(mails(machines)) > before, 60)  # the worker has found its way back

    assert (readers.failures, readers.reads > 30) == ([], True)
    assert taken == ["Avant"]
    assert {"Avant", "Apres", "Enfin"} <= set(pending(machines))
