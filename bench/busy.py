"""The whole site as one command starts it, on a busy evening: `python bench/busy.py`. SQLite, one machine, no nginx.

How long from the start to the first page; memory at rest and at its peak; how long readers wait, quiet and while
somebody publishes every half second and twenty comments a second arrive; how many comments a second it stores.
"""

import http.client
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench import report  # noqa: E402

PORT = int(os.environ.get("BENCH_PORT", 8195))
READERS, READS, SECONDS = 4, 100, 20  # readers, pages a second they ask for together, seconds of each spell
LISTS = ["/", "/feed/", "/tag/", "/archives/"]
PUBLISH = """
import sys, time
from django.utils import timezone
from articles.models import Article
before = Article.objects.filter(language="fr").published().first()
print("ready", flush=True)
input()
end = time.monotonic() + {seconds}
number = 0
while time.monotonic() < end:
    number += 1
    began = time.monotonic()
    now = timezone.now()
    Article.objects.create(language="fr", title=f"Dépêche {{number}}", slug=f"depeche-{{number}}", standfirst="Une phrase.",
        body=before.body, author=before.author, photo=before.photo, published_at=now, first_published_at=now)
    time.sleep(max(0, 0.5 - (time.monotonic() - began)))
print(number)
"""


def environment(folder):
    return os.environ | {
        "NEWSROOM_DATA": str(folder),
        "PORT": str(PORT),
        "SITE_URL": f"http://127.0.0.1:{PORT}",
        "NEWSROOM_LIMITS": "off",
    }


def manage(folder, *arguments):
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env=environment(folder), check=True, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout


def prepare(folder):
    """Fill a folder with the demo, and do all that it leaves to the background: its pictures take minutes."""
    manage(folder, "serve", "--prepare-only")
    manage(folder, "demo")
    manage(folder, "render_photos")
    manage(folder, "work", "--once")


@contextmanager
def served(folder):
    """Serve; yield the process and the seconds from its start to the first page."""
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve"], cwd=ROOT, env=environment(folder), stdout=subprocess.DEVNULL
    )
    try:
        while True:
            try:
                urlopen(f"http://127.0.0.1:{PORT}/", timeout=5).close()
                break
            except OSError:
                time.sleep(0.01)
        yield process, time.monotonic() - began
    finally:
        process.terminate()
        process.wait(30)


def tree(pid):
    """Return a process and all below it."""
    found = [pid]
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += tree(int(child))
    return found


def memory(pid):
    """Return the MB that a process and all below it hold: resident, and with shared pages counted once."""
    sums = {"Rss": 0, "Pss": 0}
    for one in tree(pid):
        with suppress(OSError):  # it has just ended
            for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
                name, _, rest = line.partition(":")
                if name in sums:
                    sums[name] += int(rest.split()[0]) / 1024
    return sums


def spent(pid):
    """Return the CPU seconds that the web server and the worker, with what they have started, have taken so far."""
    found = {"web": 0, "work": 0}
    for one in tree(pid):
        with suppress(OSError):
            name = "web" if b"granian" in Path(f"/proc/{one}/cmdline").read_bytes() else "work"
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            found[name] += sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")
    return found


class Readers:
    """Readers who ask for pages at an even pace, whatever the site does: what is late waits, and that counts."""

    def __init__(self, paths, seconds):
        self.paths, self.seconds, self.times, self.errors = paths, seconds, [], 0
        self.lists, self.late = [], 0  # waits for pages that a publication changes; pages shown as they were before

    def run(self):
        self.began = time.monotonic()
        threads = [threading.Thread(target=self.read, args=[number]) for number in range(READERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(self.times)

    def read(self, which):
        chance = random.Random(which)
        with closing(http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)) as line:
            for turn in range(self.seconds * READS // READERS):
                due = self.began + (turn * READERS + which) / READS
                time.sleep(max(0, due - time.monotonic()))
                path = chance.choice(self.paths)
                line.request("GET", path, headers={"Accept-Encoding": "br"})
                answer = line.getresponse()
                answer.read()
                self.errors += answer.status != 200
                self.times.append(time.monotonic() - due)
                self.late += "max-age=0" in answer.headers["Cache-Control"]
                if path in LISTS:
                    self.lists.append(self.times[-1])


def comment(line, slug, number):
    body = urlencode({"comment": f"Thought {number}", "name": "Zoé", "email": f"reader{number}@example.invalid"})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    line.request("POST", f"/{slug}/comment/", body, headers)
    answer = line.getresponse()
    answer.read()
    return answer.status


def write_comments(slug, first, seconds, a_second=None, until=None):
    """Post comments one after the other; `a_second`: no faster than this. Return the statuses."""
    said, began = [], time.monotonic()
    with closing(http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)) as line:
        while time.monotonic() - began < seconds:
            if a_second:
                time.sleep(max(0, began + len(said) / a_second - time.monotonic()))
            said.append(comment(line, slug, first + len(said)))
    return said


def at(times, hundredth):
    return times[min(len(times) - 1, len(times) * hundredth // 100)] * 1000


def stored(folder):
    with closing(sqlite3.connect(folder / "newsroom.sqlite3")) as database:
        return database.execute("SELECT count(*) FROM comments_pendingcomment").fetchone()[0]


def rest(folder, least=2):
    """Wait until no job waits or runs, and none has begun for so many seconds."""
    waiting = """SELECT count(*) FROM django_tasks_database_dbtaskresult WHERE status = 'RUNNING' OR status = 'READY'
                 AND (run_after <= strftime('%Y-%m-%d %H:%M:%f', 'now') OR run_after >= '9999-01-01')"""
    since = time.monotonic()
    with closing(sqlite3.connect(folder / "newsroom.sqlite3")) as database:
        while time.monotonic() - since < least:
            if database.execute(waiting).fetchone()[0]:
                since = time.monotonic()
            time.sleep(0.2)


def spell(name, paths, process):
    """Have pages read for some time; print how long readers waited, and return the 99th of 100 waits."""
    readers, before = Readers(paths, SECONDS), spent(process.pid)
    times = readers.run()
    took = {part: seconds - before[part] for part, seconds in spent(process.pid).items()}
    report.row(
        f"{name}: {len(times)} pages, of 100 waits the 50th, the 99th, the longest of all",
        f"{at(times, 50):.1f}, {at(times, 99):.1f}, {times[-1] * 1000:.0f} ms",
        "",
    )
    report.row(
        f"{name}: of these, the 99th for {', '.join(LISTS)}; pages shown as they were a moment before",
        f"{at(sorted(readers.lists), 99):.1f} ms; {readers.late}",
        "",
    )
    report.row(f"{name}: errors", readers.errors, 0)
    report.row(f"{name}: CPU of web server and worker", f"{took['web']:.1f}, {took['work']:.1f} s", "")
    return at(times, 99)


def main():
    sys.setswitchinterval(0.0005)  # or these threads wait for each other, not for the site
    with tempfile.TemporaryDirectory(prefix="newsroom-bench-") as name:
        folder = Path(name)
        prepare(folder)
        report.table("what", "measured", "aim")
        firsts = []
        for _ in range(3):
            with served(folder) as (_, first):
                firsts.append(first)
        report.row("start to first page, median of three", f"{sorted(firsts)[1]:.2f} s", "2 s")
        with served(folder) as (process, _):
            measure(folder, process)


def measure(folder, process):
    slugs = manage(
        folder, "shell", "--no-imports", "-v0", "-c",
        "from articles.models import Article; print(*Article.objects.published().filter(language='fr').values_list('slug', flat=True))",
    ).split()  # fmt: skip
    paths = [*LISTS, *(f"/{slug}/" for slug in slugs[:12])]
    rest(folder)  # what a start leaves to the background goes first
    held = memory(process.pid)
    report.row("memory at rest", f"{held['Rss']:.0f} MB, {held['Pss']:.0f} counting shared pages once", "250 MB")

    peak, done = [], threading.Event()

    def watch():
        while not done.wait(0.5):
            peak.append(memory(process.pid)["Rss"])

    watcher = threading.Thread(target=watch)
    watcher.start()
    Readers(paths, 3).run()
    quiet = spell("quiet", paths, process)
    publisher = subprocess.Popen(
        [sys.executable, "manage.py", "shell", "--no-imports", "-v0", "-c", PUBLISH.format(seconds=SECONDS)],
        cwd=ROOT, env=environment(folder), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    publisher.stdout.readline()  # the start of a process is no part of the evening
    publisher.stdin.write("\n")
    publisher.stdin.flush()
    statuses = []
    writer = threading.Thread(target=lambda: statuses.extend(write_comments(slugs[0], 0, SECONDS, 20)))
    writer.start()
    busy = spell("busy", paths, process)
    writer.join()
    published = publisher.communicate()[0].strip()
    report.row(
        "meanwhile published, comments taken", f"{published}, {statuses.count(200)} of {len(statuses)}", "40, all"
    )
    report.row("99th of 100 waits, busy against quiet", f"{busy / quiet:.1f} times", "3 times")

    before, said, began, took = stored(folder), [], time.monotonic(), spent(process.pid)["web"]
    threads = [
        threading.Thread(target=lambda first=first: said.extend(write_comments(slugs[1], first, 10)))
        for first in range(10**6, 9 * 10**6, 10**6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds, took = time.monotonic() - began, spent(process.pid)["web"] - took
    kept = stored(folder) - before
    report.row("comments stored a second", f"{kept / seconds:.0f}", 150)
    report.row("CPU of the web server a comment", f"{took / kept * 1000:.1f} ms", "")
    report.row("comments that were not taken", len(said) - said.count(200), 0)
    done.set()
    watcher.join()
    report.row("memory, the peak of all this", f"{max(peak):.0f} MB", "400 MB")


if __name__ == "__main__":
    main()
