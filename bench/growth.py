"""What a large site costs more than a small one: `python bench/growth.py`. 10,000 articles and 100,000 comments against 100.

Every kind of public page, joined of kept parts, and every list of the desk: CPU of a process that is the whole site, its
database included, each size in one of its own, asked in turn. The aim: 1.2 times.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import process_time

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench import report  # noqa: E402
from bench.pages import medians  # noqa: E402

SMALL, LARGE, COMMENTS, AIM = 100, 10_000, 10, 1.2
PUBLIC = (
    "/", "/page/2/", "/{article}/", "/tag/{tag}/", "/tag/", "/author/{author}/", "/2026/10/", "/2026/", "/archives/",
    "/search/?q={word}", "/feed/", "/feed.json", "/tag/{tag}/feed/", "/comments/feed/", "/{article}/feed/",
    "/sitemap.xml", "/sitemap-news.xml", "/llms.txt", "/{article}.md", "/{article}.json", "/robots.txt", "/healthz",
)  # fmt: skip
DESK = (
    "/admin/", "/admin/articles/article/", "/admin/articles/article/?q={word}", "/admin/articles/article/?state=draft",
    "/admin/articles/tag/", "/admin/articles/photo/", "/admin/comments/readercomment/",
    "/admin/comments/readercomment/?show=approved", "/admin/comments/readercomment/log/",
)  # fmt: skip


def fill(articles):
    """Make a site of so many articles, each discussed by ten comments, of which every tenth waits."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    from articles.models import Article, Tag
    from articles.related import relate
    from bench.comments import copy_thread, grow
    from comments.models import ReaderComment
    from demo.bulk import make_articles
    from newsroom.models import User
    from tests.factories import AuthorFactory, PhotoFactory

    author = AuthorFactory(name="Ada", slug="ada", is_site_author=True)
    for name in ("Ia", "Eau", "Feu", "Air", "Terre"):
        Tag.objects.create(name=name, slug=name.lower())
    list(make_articles(articles, author, [PhotoFactory() for _ in range(10)]))
    first, *others = Article.objects.published().newest_first()
    grow(first, COMMENTS)
    copy_thread(first, [article.pk for article in others])
    for article in Article.objects.newest_first()[:20]:
        relate(article)
    waiting = ReaderComment.objects.order_by("-pk").values_list("pk", flat=True)[:30]
    ReaderComment.objects.filter(pk__in=list(waiting)).update(status="pending")
    User.objects.create_superuser("bench", password="x")
    return {"article": Article.objects.newest_first()[5].slug, "tag": "ia", "author": "ada", "word": "machine"}


def site(articles):
    """Fill a site; then answer each line of standard input, an address, with the seconds that it took."""
    os.environ |= {"NEWSROOM_DATA": tempfile.mkdtemp(prefix="newsroom-bench-"), "NEWSROOM_LIMITS": "off"}
    os.environ["DJANGO_SETTINGS_MODULE"] = "newsroom.settings"
    import django

    django.setup()
    from django.test import Client

    words = fill(articles)
    from newsroom.models import User

    reader, editor = (
        Client(headers={"authorization": "none", "host": "127.0.0.1"}),
        Client(headers={"host": "127.0.0.1"}),
    )
    editor.force_login(User.objects.get())
    print("ready", flush=True)
    for line in sys.stdin:
        address = line.strip().format(**words)
        start = process_time()
        answer = (editor if address.startswith("/admin/") else reader).get(address)
        seconds = process_time() - start
        print(seconds if answer.status_code == 200 else f"{address} says {answer.status_code}", flush=True)


def main():
    sites = {
        size: subprocess.Popen(
            [sys.executable, __file__, str(size)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        for size in (SMALL, LARGE)
    }
    for process in sites.values():
        process.stdout.readline()

    def ask(size, address):
        def times(count):
            found = []
            for _ in range(count):
                sites[size].stdin.write(f"{address}\n")
                sites[size].stdin.flush()
                found.append(float(sites[size].stdout.readline()))
            return min(found)

        return times

    report.table("page", f"{SMALL} articles", f"{LARGE} articles", "ratio", "aim")
    for address in (*PUBLIC, *DESK):
        asks = {size: ask(size, address) for size in sites}
        for one in asks.values():
            one(2)
        found = medians(asks, rounds=5, requests=4)
        ratio = found[LARGE] / found[SMALL]
        times = [f"{found[size] * 1000:.1f} ms" for size in sites]
        report.row(address, *times, f"{ratio:.2f} times", f"{AIM}{', missed' if ratio > AIM else ''}")
    for process in sites.values():
        process.stdin.close()
        process.wait()


if __name__ == "__main__":
    site(int(sys.argv[1])) if len(sys.argv) > 1 else main()
