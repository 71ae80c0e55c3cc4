"""Collect the words of the interface into locale/*.po and compile them; with --check, say what French lacks."""

import re
import subprocess
import sys
from pathlib import Path

IGNORE = ["--ignore=.venv", "--ignore=var", "--ignore=tests", "--ignore=tools", "--ignore=bench"]


def missing(path):
    """Return the entries of a .po file that have no translation or a doubtful one."""
    entries = re.split(r"\n\n+", path.read_text())[1:]
    lacking = [e for e in entries if re.search(r'^msgstr(\[\d\])? ""\n*\Z', e, re.M) or "\n#, fuzzy" in f"\n{e}"]
    return [entry for entry in lacking if not entry.startswith("#~")]


def main():
    manage = [sys.executable, "manage.py"]
    french = Path("locale/fr/LC_MESSAGES/django.po")
    if "--check" in sys.argv:
        before = french.read_text()
        subprocess.run([*manage, "makemessages", "-l", "fr", "--no-location", *IGNORE], check=True, capture_output=True)
        now = missing(french)
        french.write_text(before)
        if now:
            sys.exit("Not in French yet:\n" + "\n".join(now))
        return
    subprocess.run([*manage, "makemessages", "-l", "fr", "--no-location", *IGNORE], check=True)
    subprocess.run([*manage, "compilemessages", "-l", "fr", *IGNORE], check=True)


if __name__ == "__main__":
    main()
