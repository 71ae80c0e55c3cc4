"""Put another version of the site in the place of this one: `make upgrade`, `make upgrade TO=v1.2`, `make rollback`.

The folder is laid out so (docs/operations.md): releases/<tag> each with its own code, venvs/ with what they need,
`current` a link to the one that serves, `previous` to the one before, `taken-back` the names of those that were left for
an older one, and one .env for all.

The new version is made ready while the old one serves: a backup of the database, its code, its packages, its tables
(which the old one can work with). Then the link changes, new processes take over, and the old ones go when these answer.
Whatever fails before that changes nothing; a version that does not start, or does not answer, is taken back.
"""

import argparse
import hashlib
import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).resolve().parent.parent
ROOT = HERE.parent.parent
KEPT = 3  # releases, the one that serves included
PATIENCE = 120  # seconds until the new version serves
ANSWER = 15  # seconds until it answers, once it says that it serves
NUMBER = re.compile(r"v?(\d+(?:\.\d+)*)")


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


def number(tag):
    """Return a version as numbers that compare: v1.10 is newer than v1.9, v2.0 is v2; None of what is no plain version."""
    if found := NUMBER.fullmatch(tag):
        return tuple(map(int, re.sub(r"(\.0+)+$", "", found[1]).split(".")))
    return None


def choose(tags, serving, refused):
    """Return the newest version, if it is newer than the one that serves and than any that was taken back."""
    if number(serving) is None:
        raise Stop(f"{serving} is not the number of a version: say which one you want, make upgrade TO=v1.2")
    newest = max(filter(number, tags), key=number, default=serving)
    if number(newest) <= number(serving):
        raise Stop("There is nothing newer.")
    if back := [tag for tag in refused if number(tag) and number(tag) >= number(newest)]:
        raise Stop(f"{back[-1]} was taken back; make upgrade TO={back[-1]} takes it all the same.")
    return newest


def newest():
    run("git", "fetch", "--quiet", "--tags", "--force", "origin")
    return choose(run("git", "tag", "--list").split(), HERE.name, taken_back())


def taken_back():
    file = ROOT / "taken-back"
    return file.read_text().split() if file.exists() else []


def remember(left, taken):
    """Note which version was left for an older one, if any, and that nothing is said against the one taken now."""
    names = dict.fromkeys([*taken_back(), *left])
    names.pop(taken, None)
    (ROOT / "taken-back").write_text("".join(f"{name}\n" for name in names))


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


class Running(NamedTuple):
    """The process that keeps the site running, and what its note says of it."""

    pid: int
    folder: str  # of the release that it runs
    written: str  # when
    host: str
    port: str


def running(note):
    """Return who keeps the site running; None when nobody does."""
    try:
        pid, folder, written = note.read_text().split("\n")[:3]
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
        # After a power cut the note may name a process that has nothing to do with us.
        host, port = words[words.index("newsroom.supervisor") :][3:5]
    except (OSError, ValueError):
        return None
    return Running(int(pid), folder, written, {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port)  # noqa: S104


def is_well(site):
    line = http.client.HTTPConnection(site.host, int(site.port), timeout=5)
    try:
        line.request("GET", "/healthz", headers={"Host": "127.0.0.1"})
        return line.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def serves(release, note):
    """Tell whether the site really answers, and from this release."""
    deadline = time.monotonic() + ANSWER
    while (site := running(note)) and site.folder == str(release) and time.monotonic() < deadline:
        if is_well(site):
            return True
        time.sleep(0.2)
    return False


def take_over(release, note):
    """Have new processes take over from the old; return whether they did, and answer."""
    site, deadline = running(note), time.monotonic() + PATIENCE
    try:
        os.kill(site.pid, signal.SIGHUP)
    except OSError:
        return False
    while (now := running(note)) and now.written == site.written and time.monotonic() < deadline:
        time.sleep(0.2)
    return serves(release, note)


def change_to(release, note):
    """Make a release the one that serves; take it back if it does not. Return what to say of it. Raises Stop."""
    say("Preparing it, while the old version serves…")
    manage(release, "serve", "--prepare-only")
    switch("current", release)
    if running(note):
        if not take_over(release, note):
            raise Stop(f"{release.name} did not start; {take_back(note)}")
        said = f"{release.name} serves."
    else:
        said = f"{release.name} is in place. The site does not run: start it when you like."
    switch("previous", HERE)
    return said


def take_back(note):
    """Have the version of before serve again, or go on; return what has become of it."""
    switch("current", HERE)
    with suppress(Stop):
        manage(HERE, "serve", "--prepare-only")
    if serves(HERE, note) or (running(note) and take_over(HERE, note)):
        return f"{HERE.name} serves on."
    return f"{HERE.name} is in place again, but DOES NOT ANSWER: look at what the site has said, and start it."


def upgrade(tag):
    if tag == HERE.name:
        raise Stop(f"{tag} is what serves.")
    tag, data = tag or newest(), data_of(HERE)
    if data.resolve().is_relative_to(ROOT / "releases"):
        raise Stop(f"The site's data lies in {data}, where the next version would not find it: see docs/operations.md.")
    say("Backing the database up: " + manage(HERE, "backup", "--database-only"))
    said = change_to(fetch(tag), data / "serve.pid")
    is_older = number(tag) and number(HERE.name) and number(tag) < number(HERE.name)
    remember([HERE.name] if is_older else [], tag)
    tidy()
    say(f"{said} Back to {HERE.name}: make {f'upgrade TO={HERE.name}' if is_older else 'rollback'}")


def rollback():
    if not (ROOT / "previous").exists():
        raise Stop("There is no version before this one.")
    release = (ROOT / "previous").resolve()
    if release.name in taken_back():
        raise Stop(
            f"{release.name} was taken back, {HERE.name} serves. To {release.name} again: make upgrade TO={release.name}"
        )
    said = change_to(release, data_of(HERE) / "serve.pid")
    remember([HERE.name], release.name)
    say(f"{said} Nothing that was written since is lost.")


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
