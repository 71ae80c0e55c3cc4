"""How long setting an article of 10,000 words takes: `python bench/typography.py`. The aim is under 20 ms."""

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


def best(function, *arguments):
    """Return the shortest of some runs, in milliseconds: the others were disturbed."""
    times = []
    for _ in range(ROUNDS):
        start = perf_counter()
        function(*arguments)
        times.append((perf_counter() - start) * 1000)
    return min(times)


def lengthened(path):
    """Return the file's text, repeated up to WORDS words."""
    text = path.read_text()
    return text * (WORDS // len(text.split()) + 1)


def main():
    for language in ("fr", "en"):
        page = lengthened(FILES / f"{language}-article.html")
        plain = unescape(re.sub("<[^>]+>", "", page))
        floor = best(str.replace, page, "e", "f")
        for name, function, text in (("HTML", typeset_html, page), ("plain", typeset, plain)):
            time = best(function, text, language)
            print(
                f"{language} {name:5} {len(text.split()):6} words  {time:5.1f} ms  "
                f"{20 / time:4.1f} x faster than the aim of 20 ms, {time / floor:5.0f} x one str.replace"
            )


if __name__ == "__main__":
    main()
