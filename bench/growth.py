"""What a large site costs more than a small one: 10,000 articles and 100,000 comments against 100. The aim: 1.2 times.

Every kind of public page, joined of kept parts, and every list of the desk: CPU of a process that is the whole site, its
database included, each size in one of its own, asked in turn.

    python bench/growth.py                                 fill both sites, ask for all pages, delete the sites
    python bench/growth.py --keep DIR [part of an address]...   keep them there for the next time; ask for some pages only
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from time import process_time

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench import report  # noqa: E402
from bench.large_site import fill, words  # noqa: E402
from bench.pages import medians  # noqa: E402

SMALL, LARGE, AIM = 100, 10_000, 1.2
LONG = 0.05  # seconds that a round takes at least: what takes a thousandth of one is asked for that long
PUBLIC = (
    "/", "/page/2/", "/{article}/", "/tag/{tag}/", "/tag/", "/author/{author}/", "/2026/10/", "/2026/", "/archives/",
    "/search/?q={word}", "/feed/", "/feed.json", "/tag/{tag}/feed/", "/comments/feed/", "/{article}/feed/",
    "/sitemap.xml", "/sitemap-news.xml", "/llms.txt", "/{article}.md", "/{article}.json", "/robots.txt", "/healthz",
)  # fmt: skip
ARTICLES, COMMENTS = "/admin/articles/article/", "/admin/comments/readercomment/"
DESK = (
    "/admin/", ARTICLES, f"{ARTICLES}?q={{word}}", f"{ARTICLES}?q=kerckhoffs", f"{ARTICLES}?state=draft",
    f"{ARTICLES}?state=published", f"{ARTICLES}?state=bin", f"{ARTICLES}?language=fr", f"{ARTICLES}?tag=1",
    f"{ARTICLES}?author=1", f"{ARTICLES}?month=2026-10", f"{ARTICLES}dead-links/", "/admin/articles/tag/",
    "/admin/articles/photo/", "/admin/articles/photo/?q=daguerre", "/admin/articles/photo/?missing=alt",
    "/admin/articles/page/", "/admin/articles/dossier/", "/admin/articles/author/", "/admin/articles/missedaddress/",
    "/admin/redirects/redirect/", "/admin/newsroom/jobrecord/", "/admin/newsroom/outgoingmail/",
    "/admin/newsroom/user/", "/admin/comments/blockrule/",
    COMMENTS, f"{COMMENTS}?show=approved", f"{COMMENTS}?show=removed", f"{COMMENTS}?q=lines",
    f"{COMMENTS}?q=kerckhoffs", f"{COMMENTS}?article={{discussed}}", f"{COMMENTS}?of={{writer}}",
    f"{COMMENTS}{{writer}}/", f"{COMMENTS}log/",
)  # fmt: skip


def site(folder, articles):
    """Fill a site where it is not there; then answer each line of standard input, an address, with its seconds."""
    os.environ |= {"NEWSROOM_DATA": folder, "NEWSROOM_LIMITS": "off", "DJANGO_SETTINGS_MODULE": "newsroom.settings"}
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    filled = Path(folder, "filled")
    if filled.exists():
        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("forgetpages", verbosity=0)
    else:
        fill(articles)
        filled.touch()
    from newsroom.models import User

    reader, editor = (
        Client(headers={"authorization": "none", "host": "127.0.0.1"}),
        Client(headers={"host": "127.0.0.1"}),
    )
    editor.force_login(User.objects.get(username="bench"))
    named = words()
    print("ready", flush=True)
    for line in sys.stdin:
        address = line.strip().format(**named)
        start = process_time()
        answer = (editor if address.startswith("/admin/") else reader).get(address)
        seconds = process_time() - start
        print(seconds if answer.status_code == 200 else f"{address} says {answer.status_code}", flush=True)


def main(folder, pages):
    sites = {}
    for size in (SMALL, LARGE):
        own = Path(folder, str(size))
        own.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, __file__, "--site", own, str(size)]
        sites[size] = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
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
    for address in pages:
        asks = {size: ask(size, address) for size in sites}
        quickest = min(one(3) for one in asks.values())
        found = medians(asks, rounds=9, requests=max(4, round(LONG / quickest)))
        ratio = found[LARGE] / found[SMALL]
        times = [f"{found[size] * 1000:.1f} ms" for size in sites]
        report.row(address, *times, f"{ratio:.2f} times", f"{AIM}{', missed' if ratio > AIM else ''}")
    for process in sites.values():
        process.stdin.close()
        process.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--keep")
    parser.add_argument("--site", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("pages", nargs="*")
    given = parser.parse_args()
    if given.site:
        site(given.site[0], int(given.site[1]))
    else:
        asked = [page for page in (*PUBLIC, *DESK) if not given.pages or any(part in page for part in given.pages)]
        folder = given.keep or tempfile.mkdtemp(prefix="newsroom-bench-")
        main(folder, asked)
        if not given.keep:
            shutil.rmtree(folder)
