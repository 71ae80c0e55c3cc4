"""Put another version of the site in the place of this one: `make upgrade`, `make upgrade TO=v1.2`, `make rollback`.

The folder is laid out so (docs/operations.md): releases/<tag> each with its own code, venvs/ with what they need,
`current` a link to the one that serves, `previous` to the one before, and one .env for all.

The new version is made ready while the old one serves: a backup of the database, its code, its packages, its tables
(which the old one can work with). Then the link changes, new processes take over, and the old ones go when these answer.
Whatever fails before that changes nothing; a version that does not start is taken back.
"""

import argparse
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
ROOT = HERE.parent.parent
KEPT = 3  # releases, the one that serves included
PATIENCE = 120  # seconds until the new version serves


class Stop(Exception):  # noqa: N818
    """Ends the work with one sentence."""


def run(*command, cwd=HERE, show=False):
    done = subprocess.run(command, cwd=cwd, text=True, check=False, stdout=None if show else subprocess.PIPE)
    if done.returncode:
        raise Stop(f"{' '.join(command[:4])} failed; the site goes on as it was.")
    return (done.stdout or "").strip()


def manage(release, *arguments):
    return run(str(release / ".venv/bin/python"), "manage.py", *arguments, cwd=release)


def say(text):
    print(text, flush=True)


def newest():
    run("git", "fetch", "--quiet", "--tags", "--force", "origin")
    tags = run(
        "git", "-c", "versionsort.suffix=-", "tag", "--list", "--sort=-version:refname"
    ).splitlines()  # v2-rc1 before v2
    return tags[0] if tags else None


def fetch(tag):
    """Return the folder of a release, its code and packages there."""
    release = ROOT / "releases" / tag
    if not release.exists():
        say(f"Fetching {tag}…")
        draft = release.with_name(f".{tag}.new")
        shutil.rmtree(draft, ignore_errors=True)
        origin = run("git", "config", "--get", "remote.origin.url")
        run("git", "-c", "advice.detachedHead=false", "clone", "--quiet", "--branch", tag, origin, str(draft))
        draft.rename(release)
    if (ROOT / ".env").exists() and not (release / ".env").exists():
        (release / ".env").symlink_to("../../.env")
    install(release)
    return release


def install(release):
    """Give a release the packages that it names; releases that name the same share them."""
    targets = {"setup": "installed"}
    if (HERE / ".venv/installed-scale").exists():
        targets["scale"] = "installed-scale"
    if all((release / ".venv" / stamp).exists() for stamp in targets.values()):
        return
    lists = ["requirements.txt", "requirements-scale.txt"][: len(targets)]
    found = hashlib.sha256(b"".join((release / each).read_bytes() for each in lists)).hexdigest()[:12]
    packages = ROOT / "venvs" / f"{sys.version_info[0]}.{sys.version_info[1]}-{found}"
    (release / ".venv").unlink(missing_ok=True)
    (release / ".venv").symlink_to(os.path.relpath(packages, release))
    if not (packages / "bin/python").exists():
        run(sys.executable, "-m", "venv", str(packages))
    for target, stamp in targets.items():
        if (packages / stamp).exists():
            os.utime(packages / stamp)
        else:
            run("make", "--no-print-directory", target, cwd=release, show=True)


def switch(name, release):
    """Have the link `name` lead to a release, at one moment."""
    draft = ROOT / f".{name}.new"
    draft.unlink(missing_ok=True)
    draft.symlink_to(release.relative_to(ROOT))
    draft.replace(ROOT / name)


def data_of(release):
    return Path(
        run(str(release / ".venv/bin/python"), "-c", "from newsroom.settings import DATA; print(DATA)", cwd=release)
    )


def take_over(release, note):
    """Have new processes take over from the old; return whether they did. A site that does not run has nothing to do."""
    try:
        pid, _folder, written = note.read_text().split("\n")[:3]
        # After a power cut the note may name a process that has nothing to do with us.
        if b"newsroom.supervisor" not in Path(f"/proc/{pid}/cmdline").read_bytes():
            raise ProcessLookupError
        os.kill(int(pid), signal.SIGHUP)
    except (FileNotFoundError, ProcessLookupError):
        say("The site does not run: start it when you like.")
        return True
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        time.sleep(0.2)
        _pid, folder, now = note.read_text().split("\n")[:3]
        if now != written:
            return folder == str(release)
    return False


def change_to(release, note):
    """Make a release the one that serves; take it back if it does not start. Raises Stop."""
    say("Preparing it, while the old version serves…")
    manage(release, "serve", "--prepare-only")
    switch("current", release)
    if not take_over(release, note):
        switch("current", HERE)
        manage(HERE, "serve", "--prepare-only")
        raise Stop(f"{release.name} did not start; {HERE.name} serves on.")
    switch("previous", HERE)


def upgrade(tag):
    tag = tag or newest()
    if not tag or tag == HERE.name:
        raise Stop("There is nothing newer.")
    note = data_of(HERE) / "serve.pid"
    say("Backing the database up: " + manage(HERE, "backup", "--database-only"))
    change_to(fetch(tag), note)
    tidy()
    say(f"{tag} serves. Back to {HERE.name}: make rollback")


def rollback():
    if not (ROOT / "previous").exists():
        raise Stop("There is no version before this one.")
    release = (ROOT / "previous").resolve()
    change_to(release, data_of(HERE) / "serve.pid")
    say(f"{release.name} serves again; nothing that was written since is lost.")


def tidy():
    """Remove releases beyond the last three, and packages that none of these uses."""
    linked = {(ROOT / name).resolve() for name in ("current", "previous")}
    releases = sorted((ROOT / "releases").iterdir(), key=lambda path: path.stat().st_ctime, reverse=True)
    for old in [path for path in releases if path not in linked][max(0, KEPT - len(linked)) :]:
        shutil.rmtree(old)
    used = {(path / ".venv").resolve() for path in (ROOT / "releases").iterdir()}
    for packages in (ROOT / "venvs").iterdir():
        if packages.resolve() not in used:
            shutil.rmtree(packages)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("tag", nargs="?", help="the version; the newest when none is named")
    parser.add_argument("--back", action="store_true", help="to the version before this one")
    wanted = parser.parse_args()
    try:
        if not (ROOT / "current").exists() or (ROOT / "current").resolve() != HERE:
            raise Stop("This folder is not laid out for upgrades: see docs/operations.md.")
        rollback() if wanted.back else upgrade(wanted.tag)
    except Stop as stop:
        sys.exit(str(stop))


if __name__ == "__main__":
    main()
