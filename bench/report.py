"""What the programs of bench/ print: tables in Markdown, as docs/performance.md has them, and on what machine they were made."""

import os
import platform
from datetime import date
from pathlib import Path


def machine():
    """Return in a line what was measured on, and how busy it was."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown model")
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1024**3
    return (
        f"{date.today()}: {len(os.sched_getaffinity(0))} cores ({model}), {memory:.0f} GB, "
        f"{platform.system()}, Python {platform.python_version()}; load {os.getloadavg()[0]:.1f}"
    )


def table(*columns):
    """Begin a table."""
    print(f"\n{machine()}\n", flush=True)
    row(*columns)
    row(*("---" for _ in columns))


def row(*cells):
    print(f"| {' | '.join(map(str, cells))} |", flush=True)
