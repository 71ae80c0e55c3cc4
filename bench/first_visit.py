"""What a first visit of an article weighs: `python bench/first_visit.py`. A phone, 390 px at two dots a pixel, Chromium.

Bytes on the wire with fonts and picture, requests, layout shift; and, where npx is, what Lighthouse says under its slow 4G.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import sync_playwright  # noqa: E402

from bench import report  # noqa: E402
from bench.busy import PORT, manage, prepare, served  # noqa: E402

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
]
LIGHTHOUSE = "lighthouse@12"
AIMS = {"performance": 100, "accessibility": 100, "best-practices": 100, "seo": 100}
SHIFT = """() => new Promise(done => {
  let sum = 0
  new PerformanceObserver(list => list.getEntries().forEach(one => sum += one.value)).observe({type: 'layout-shift', buffered: true})
  setTimeout(() => done(sum), 1000)
})"""


def longest(folder):
    """Return the address of an article of the demo with a photograph: the one with the most words."""
    code = (
        "from articles.models import Article; "
        "print(Article.objects.published().filter(language='fr', photo__isnull=False).order_by('-word_count')[0].get_absolute_url())"
    )
    return manage(folder, "shell", "--no-imports", "-v0", "-c", code).strip()


def visit(address):
    """Return (bytes on the wire, requests, layout shift) of a first visit."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        page = browser.new_context(
            viewport={"width": 390, "height": 844}, device_scale_factor=2, is_mobile=True
        ).new_page()
        wire = page.context.new_cdp_session(page)
        wire.send("Network.enable")
        kinds, sizes = {}, {}
        wire.on("Network.responseReceived", lambda said: kinds.update({said["requestId"]: said["response"]["url"]}))
        wire.on("Network.loadingFinished", lambda said: sizes.update({said["requestId"]: said["encodedDataLength"]}))
        page.goto(address, wait_until="networkidle")
        shift = page.evaluate(SHIFT)
        browser.close()
    for request, url in kinds.items():
        print(f"    {sizes.get(request, 0) / 1000:6.1f} KB  {url.rpartition('/')[2] or 'the page'}")
    return sum(sizes.values()), len(kinds), shift


def lighthouse(address, folder):
    """Return the scores, and the time of the largest paint in seconds."""
    target = folder / "lighthouse.json"
    subprocess.run(
        ["npx", "--yes", LIGHTHOUSE, address, "--quiet", "--output=json", f"--output-path={target}",
         f"--chrome-flags=--headless {' '.join(SWITCHES)}"],
        check=True, env=os.environ | {"CHROME_PATH": CHROMIUM}, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    found = json.loads(target.read_text())
    scores = {name: round(category["score"] * 100) for name, category in found["categories"].items()}
    lost = [
        audit["title"] for name, audit in found["audits"].items()
        if audit["score"] not in (None, 1) and audit["scoreDisplayMode"] == "binary"
    ]  # fmt: skip
    return scores, found["audits"]["largest-contentful-paint"]["numericValue"] / 1000, lost


def main():
    with tempfile.TemporaryDirectory(prefix="newsroom-bench-") as name:
        folder = Path(name)
        prepare(folder)
        with served(folder):
            path = longest(folder)
            time.sleep(1)
            size, requests, shift = visit(f"http://127.0.0.1:{PORT}{path}")
            report.table("first visit", "measured", "aim")
            report.row("on the wire, fonts and picture included", f"{size / 1000:.1f} KB", "90 KB")
            report.row("requests", requests, 6)
            report.row("layout shift", f"{shift:.3f}", 0)
            if not shutil.which("npx"):
                print("NOT RUN HERE: Lighthouse (npx is not here)")
                return
            rounds = [lighthouse(f"http://127.0.0.1:{PORT}{path}", folder) for _ in range(3)]
            for kind, aim in AIMS.items():
                report.row(f"Lighthouse, {kind}", median(scores[kind] for scores, _, _ in rounds), aim)
            paint = median(paint for _, paint, _ in rounds)
            report.row("largest paint under Lighthouse's slow 4G", f"{paint:.2f} s", "1.3 s")
            for title in rounds[0][2]:
                print(f"  not passed: {title}")


if __name__ == "__main__":
    main()
