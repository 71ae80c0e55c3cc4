"""What a page costs: `python bench/pages.py`. CPU of one web process a request, against a constant view in the same server.

Rounds are interleaved and medians taken: a busy machine changes the times, hardly the ratios.
"""

import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench import report  # noqa: E402

PORT = int(os.environ.get("BENCH_PORT", 8190))
ROUNDS, REQUESTS = 9, 20
PASSING_BY = "Authorization: none\r\n"  # what the page store leaves to Django
PAGES = {
    "article, 20 comments": ("/a20/", 6),
    "article, 500 comments": ("/a500/", 12),
    "front page": ("/", 8),
    "tag": ("/tag/ia/", 8),
    "feed": ("/feed/", 8),
}


def environment(folder, **more):
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "newsroom.settings",
        "NEWSROOM_DATA": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'newsroom.sqlite3'}",
        "SITE_URL": f"http://127.0.0.1:{PORT}",
        "PORT": str(PORT),
        **more,
    }


@contextmanager
def served(application, **more):
    """Serve with one process of one thread; yield a function that gives the CPU seconds of a list of paths."""
    command = [sys.executable, "-m", "granian", application, "--interface", "wsgi", "--no-ws", "--host", "127.0.0.1",
               "--port", str(PORT), "--workers", "1", "--blocking-threads", "1", "--log-level", "warning"]  # fmt: skip
    process = subprocess.Popen(command, cwd=ROOT, env=environment(FOLDER, **more), start_new_session=True)
    try:
        wait_for(PORT)
        time.sleep(2)
        pids = [process.pid, *children_of(process)]

        def spent(path, count, headers=""):
            return cpu_of(pids, path, count, headers)

        spent.pids = pids
        yield spent
    finally:
        os.killpg(process.pid, 15)
        process.wait()


def wait_for(port):
    """Wait until a server listens, twenty seconds at most."""
    for _ in range(200):
        time.sleep(0.1)
        with socket.socket() as probe:
            if not probe.connect_ex(("127.0.0.1", port)):
                return


def children_of(process):
    return Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()


def cpu(pids):
    """Return the CPU seconds of processes, those of threads that have ended included (clock_getcpuclockid(3))."""
    return sum(time.clock_gettime((~int(pid) << 3) | 2) for pid in pids)


def cpu_of(pids, path, count, headers):
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\nAccept-Encoding: br\r\n{headers}\r\n".encode()
    with socket.create_connection(("127.0.0.1", PORT)) as line:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        ask(line, request)
        before = cpu(pids)
        for _ in range(count):
            ask(line, request)
        return (cpu(pids) - before) / count


def ask(line, request):
    line.sendall(request)
    data = b""
    while b"\r\n\r\n" not in data:
        data += received(line)
    head, _, body = data.partition(b"\r\n\r\n")
    assert b" 200" in head[:15] or b" 304" in head[:15], head[:200]
    size = next((int(row[15:]) for row in head.lower().split(b"\r\n") if row.startswith(b"content-length:")), 0)
    while len(body) < size:
        body += received(line)
    return head


def received(line):
    """Return what came next; a server that hangs up ends the measurement."""
    data = line.recv(65536)
    if not data:
        raise ConnectionError("the server hung up")
    return data


def fill():
    """Make a site of 100 articles, of which two are discussed. Runs in a process of its own."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    from articles.models import Article, Tag
    from articles.related import relate
    from bench.comments import grow
    from demo.bulk import make_articles
    from tests.factories import AuthorFactory, AuthorLinkFactory, PhotoFactory

    author = AuthorFactory(name="Ada")
    for purpose, service in (("support", "patreon"), ("follow", "mastodon"), ("contact", "email")):
        AuthorLinkFactory(author=author, purpose=purpose, service=service)
    for place, name in enumerate(("Ia", "Eau", "Feu", "Air", "Terre"), 1):
        Tag.objects.create(name=name, slug=name.lower(), nav_position=place)
    photo = PhotoFactory()
    list(make_articles(100, author, [photo]))
    for count, article in zip((20, 500), Article.objects.published().newest_first()[10:12], strict=True):
        article.slug, article.body = f"a{count}", article.body * 3  # about 900 words
        article.save()
        article.tags.set(Tag.objects.all())
        grow(article, count)
    for article in Article.objects.all():
        relate(article)


def constant_wsgi(environ, start_response):
    """What a WSGI application cannot do for less: a body of an article's compressed size."""
    start_response("200 OK", CONSTANT_HEADERS)
    return [CONSTANT]


CONSTANT = b"x" * 12_000
CONSTANT_HEADERS = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(CONSTANT)))]


def medians(asks, rounds=ROUNDS, requests=REQUESTS):
    """Return {name: median CPU seconds}, the rounds interleaved."""
    found = {name: [] for name in asks}
    for _ in range(rounds):
        for name, ask_once in asks.items():
            found[name].append(ask_once(requests))
    return {name: statistics.median(values) for name, values in found.items()}


def main():
    fill_it = [sys.executable, "-c", "import bench.pages; bench.pages.fill()"]
    subprocess.run(fill_it, cwd=ROOT, env=environment(FOLDER, DJANGO_SETTINGS_MODULE="newsroom.settings"), check=True)
    most = {name: most for name, (_, most) in PAGES.items()}
    with served("bench.constant:application") as spent:
        table("joined of kept parts", medians(drawn(spent, PASSING_BY)), "constant Django view", most)
    with served("bench.constant:application", PAGE_STORE="off") as spent:
        found = medians(drawn(spent), rounds=3, requests=3)
        table("drawn from nothing: no page store, so no parts", found, "constant Django view", {})
    with served("bench.constant:application") as spent:
        etag = known_etag("/a20/")
        asks = {
            "constant WSGI": lambda count: spent("/constant-wsgi/", count),
            "article, 20 comments": lambda count: spent("/a20/", count),
            "the same, 304": lambda count: spent("/a20/", count, f"If-None-Match: {etag}\r\n"),
        }
        table("kept page", medians(asks, requests=1500), "constant WSGI", dict.fromkeys(list(asks)[1:], 1.3))


def drawn(spent, headers=""):
    asks = {"constant Django view": lambda count: spent("/constant/", 20 * count, headers)}
    return asks | {name: lambda count, path=path: spent(path, count, headers) for name, (path, _) in PAGES.items()}


def known_etag(path):
    with socket.create_connection(("127.0.0.1", PORT)) as line:
        head = ask(line, f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\nAccept-Encoding: br\r\n\r\n".encode())
    return next(row[6:].decode() for row in head.split(b"\r\n") if row.lower().startswith(b"etag:"))


def table(title, times, base, most):
    """Print the times, and how often that of `base` goes into each; `most` is what it may be."""
    report.table(title, "CPU", f"against {base}", "aim")
    for name, seconds in times.items():
        report.row(name, f"{seconds * 1000:.3f} ms", f"{seconds / times[base]:.2f} times", most.get(name, ""))


if __name__ == "__main__":
    FOLDER = Path(tempfile.mkdtemp(prefix="newsroom-bench-"))
    try:
        main()
    finally:
        shutil.rmtree(FOLDER)
