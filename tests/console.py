"""Python inside a site, in a process of its own that stays: code comes in and what it printed goes out, a JSON line each.

Starting one costs more than most of what tests ask of it, so a site has one at most (`Console`).
"""

import contextlib
import io
import json
import os
import select
import subprocess
import sys
import traceback
import weakref
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 120  # seconds


class Console:
    """It starts with the first code and ends with the site that has it. `environment` are the site's variables."""

    def __init__(self, environment):
        self.environment, self.process = environment, None

    def run(self, code):
        """Run code; return what it printed."""
        if not self.process:
            self.start()
        self.process.stdin.write(json.dumps(code) + "\n")
        self.process.stdin.flush()
        assert select.select([self.process.stdout], [], [], PATIENCE)[0], "no answer"
        printed, error = json.loads(self.process.stdout.readline())
        assert not error, error
        return printed

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.console"],
            cwd=ROOT, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        weakref.finalize(self, end, self.process)


def end(process):
    process.kill()
    process.communicate()


def answer(code):
    """Run code as a command would, with connections of its own; return what it printed and how it failed."""
    from django.db import connections

    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            exec(code, {"__name__": "console"})
    except BaseException:
        return printed.getvalue(), traceback.format_exc()
    finally:
        connections.close_all()
    return printed.getvalue(), None


def main():
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    django.setup()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
