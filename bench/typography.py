"""How long setting an article of 10,000 words takes: `python bench/typography.py`. The aim is under 20 ms.

Of the demo's articles, as they are written; and of the test's text, where every other word is a difficulty.
"""

import re
import sys
from html import unescape
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from newsroom.typography import typeset, typeset_html  # noqa: E402

WORDS, ROUNDS = 10_000, 15
FILES = ROOT / "tests" / "data" / "typography"
ARTICLES = ROOT / "demo" / "content" / "articles"


def best(function, *arguments):
    """Return the shortest of some runs, in milliseconds: the others were disturbed."""
    times = []
    for _ in range(ROUNDS):
        start = perf_counter()
        function(*arguments)
        times.append((perf_counter() - start) * 1000)
    return min(times)


def lengthened(text):
    """Return the text, repeated up to WORDS words."""
    return text * (WORDS // len(text.split()) + 1)


def articles(language):
    """Return the bodies of the demo's articles, one after the other, cut after WORDS words."""
    bodies, count = [], 0
    for path in sorted((ARTICLES / language).glob("*.html")):
        for block in path.read_text().split("+++\n", 2)[2].splitlines(keepends=True):
            bodies.append(block)
            count += len(block.split())
            if count >= WORDS:
                return "".join(bodies)
    return lengthened("".join(bodies))


def main():
    for language in ("fr", "en"):
        for kind, page in (
            ("articles", articles(language)),
            ("difficulties", lengthened((FILES / f"{language}-article.html").read_text())),
        ):
            plain = unescape(re.sub("<[^>]+>", "", page))
            floor = best(str.replace, page, "e", "f")
            for name, function, text in (("HTML", typeset_html, page), ("plain", typeset, plain)):
                time = best(function, text, language)
                print(
                    f"{language} {kind:12} {name:5} {len(text.split()):6} words  {time:5.1f} ms  "
                    f"{20 / time:4.1f} x faster than the aim of 20 ms, {time / floor:5.0f} x one str.replace"
                )


if __name__ == "__main__":
    main()
