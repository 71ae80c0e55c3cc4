"""Write requirements*.txt from requirements*.in: pinned, hashed, and each direct line with its reason."""

import re
import subprocess
from pathlib import Path

COMMAND = "uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header"
LISTS = ["requirements", "requirements-scale", "requirements-dev"]
HEADER = "# Written by `make lock` from {name}.in. Install with: pip install --require-hashes -r {name}.txt\n"


def reasons(name):
    """Map each package named directly in `name`.in, and in the lists it includes, to its reason."""
    found = {}
    for line in Path(f"{name}.in").read_text().splitlines():
        if included := re.match(r"-r (\S+)\.in", line):
            found |= reasons(included[1])
        elif direct := re.match(r"([a-z0-9-]+).*?  # (.+)", line):
            found[direct[1]] = direct[2]
    return found


def main():
    for name in LISTS:
        target = Path(f"{name}.txt")
        subprocess.run([*COMMAND.split(), f"{name}.in", "-o", target], check=True)
        why, lines = reasons(name), []
        for line in target.read_text().splitlines(keepends=True):
            package = re.match(r"[a-z0-9-]+(?=(\[|==))", line)
            if package and package[0] in why:
                lines.append(f"# {why[package[0]]}\n")
            if not re.match(r"\s+#", line):
                lines.append(line)
        target.write_text(HEADER.format(name=name) + "".join(lines))


if __name__ == "__main__":
    main()
