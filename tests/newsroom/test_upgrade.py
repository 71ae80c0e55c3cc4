"""A site that serves goes to another version and back with one command each, and no reader notices."""

import hashlib
import os
import signal
import subprocess
import sys
import sysconfig
import time
import venv
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy import upgrade
from tests import ready
from tests.front import ask, free_port
from tests.newsroom.test_serve import errors_in, readers
from tests.site import ROOT, wait_until

pytestmark = pytest.mark.slow


def run(*command, cwd, **environment):
    plain = {"PATH": os.environ["PATH"], "HOME": str(cwd), "GIT_CONFIG_GLOBAL": "/dev/null"}
    return subprocess.run(
        command, cwd=cwd, env=plain | environment, capture_output=True, text=True, timeout=300, check=False
    )


def git(folder, *arguments):
    done = run("git", "-c", "user.name=a", "-c", "user.email=a@example.org", *arguments, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Installed:
    """A site as docs/operations.md lays it out, from a repository of its own in which a test tags versions.

    A test begins with whatever serves, and tags what it needs.
    """

    def __init__(self, folder, database):
        self.versions = 0
        self.port, self.origin, self.root = free_port(), folder / "origin", folder / "srv"
        git(folder, "clone", "--quiet", "--no-local", "--depth", "1", f"file://{self.tree(folder)}", str(self.origin))
        self.tag()
        (self.root / "releases").mkdir(parents=True)
        git(folder, "clone", "--quiet", "--branch", "v1", str(self.origin), str(self.root / "releases/v1"))
        (self.root / "current").symlink_to("releases/v1")
        (self.root / "releases/v1/.venv").symlink_to(f"../../venvs/{self.packages()}")
        self.data = folder / "data"
        ready.copy(self.data)
        settings = {"NEWSROOM_DATA": self.data, "PORT": self.port, **database}
        (self.root / ".env").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        (self.root / "releases/v1/.env").symlink_to("../../.env")

    @staticmethod
    def tree(folder):
        """Make a repository of the files as they stand here, committed or not."""
        copy = folder / "copy"
        files = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT).stdout.split("\0")
        for name in filter(None, files):
            if (ROOT / name).is_file():
                (copy / name).parent.mkdir(parents=True, exist_ok=True)
                (copy / name).write_bytes((ROOT / name).read_bytes())
        git(copy, "init", "--quiet")
        git(copy, "add", "--all")
        git(copy, "commit", "--quiet", "-m", "The site")
        return copy

    def packages(self):
        """Put this machine's packages where an upgrade would install those of the newest version; return their name."""
        found = hashlib.sha256((self.origin / "requirements.txt").read_bytes()).hexdigest()[:12]
        folder = self.root / "venvs" / f"{sys.version_info[0]}.{sys.version_info[1]}-{found}"
        if not folder.exists():
            venv.create(folder, symlinks=True)
            [packages] = folder.glob("lib/python*/site-packages")
            (packages / "here.pth").write_text(sysconfig.get_path("purelib"))
            (folder / "installed").touch()
        return folder.name

    def tag(self, path="README.md", text=""):
        """Tag a version, the first as it stands here; a page says which it is, and a file may have another text.

        Return its name.
        """
        self.versions += 1
        name = f"v{self.versions}"
        git(self.origin, "reset", "--quiet", "--hard", "v1" if self.versions > 1 else "HEAD")
        (self.origin / path).write_text(text)
        (self.origin / "templates/404.html").write_text(f"<p>{name}</p>")
        git(self.origin, "add", "--all")
        git(self.origin, "commit", "--quiet", "-m", name)
        git(self.origin, "tag", name)
        self.packages()
        return name

    def make(self, *arguments):
        return run("make", "-C", str(self.root / "current"), *arguments, cwd=self.root)

    def serve(self):
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.root)}
        process = subprocess.Popen(
            ["make", "serve"], cwd=self.root / "current", env=environment, start_new_session=True
        )
        wait_until(lambda: process.poll() is not None or answers_here(self.port), 90)
        return process

    def web(self):
        """Return the number of the web server's process, and its interpreter."""
        supervisor = int((self.data / "serve.pid").read_text().split()[0])
        found = subprocess.run(["pgrep", "-P", str(supervisor), "-f", "granian"], capture_output=True, text=True)
        pid = int((found.stdout.split() or ["0"])[0])
        return pid, pid and Path(f"/proc/{pid}/cmdline").read_text().split("\0")[0]

    def current(self):
        return (self.root / "current").resolve().name

    def backups(self):
        folder = self.data / "backups"
        return list(folder.iterdir()) if folder.exists() else []

    def version(self):
        return ask(self.port, "/no-such-page/", host=f"127.0.0.1:{self.port}").body.decode()


def answers_here(port):
    try:
        return ask(port, "/healthz", host="127.0.0.1").status == 200
    except OSError:
        return False


@pytest.fixture(scope="module")
def site(tmp_path_factory, site_database):
    installed = Installed(tmp_path_factory.mktemp("installed"), site_database())
    process = installed.serve()
    yield installed
    os.kill(int((installed.data / "serve.pid").read_text().split()[0]), signal.SIGTERM)
    process.wait(30)


def test_up_and_back_in_one_command_each_without_a_failed_request_and_on_past_the_release_it_was_started_from(site):
    old, first, backups = site.current(), site.web()[1], len(site.backups())
    new = site.tag()
    assert site.version() == f"<p>{old}</p>"

    with readers(f"http://127.0.0.1:{site.port}", count=2) as found:
        time.sleep(0.5)
        up = site.make("upgrade")
        after_up = site.version()
        back = site.make("rollback")
        after_back = site.version()

    assert (up.returncode, back.returncode) == (0, 0), up.stdout + up.stderr + back.stdout + back.stderr
    assert (after_up, after_back) == (f"<p>{new}</p>", f"<p>{old}</p>")
    assert errors_in(found) == []
    assert len(found) > 50
    assert len(site.backups()) == backups + 1
    assert f"{new} serves. Back to {old}: make rollback" in up.stdout
    assert f"{old} is what serves." in site.make("upgrade", f"TO={old}").stderr
    assert f"{new} was taken back; make upgrade TO={new} takes it all the same." in site.make("upgrade").stderr
    assert f"To {new} again: make upgrade TO={new}" in site.make("rollback").stderr
    assert site.current() == old

    other = (ROOT / "requirements.txt").read_text() + "# others\n"
    for _ in range(3):
        new = site.tag("requirements.txt", other)
        up = site.make("upgrade")
        assert f"{new} serves." in up.stdout, up.stdout + up.stderr
        assert site.version() == f"<p>{new}</p>"
    assert not (site.root / "releases" / old).exists()
    killed, python = site.web()
    assert python == f"{site.root}/venvs/{site.packages()}/bin/python" != first

    time.sleep(3)  # past the time in which a server that dies is given up
    os.kill(killed, signal.SIGKILL)
    # Until another one is there, what the killed one has left may still answer, once.
    wait_until(lambda: site.web()[0] not in (0, killed) and answers_here(site.port), 90)
    assert site.version() == f"<p>{new}</p>"


def test_a_version_that_does_not_start_is_taken_back(site):
    old, new = site.current(), site.tag("newsroom/wsgi.py", "raise SystemExit('broken')\n")

    up = site.make("upgrade")

    assert up.returncode != 0
    assert f"{new} did not start; {old} serves on." in up.stderr
    assert site.version() == f"<p>{old}</p>"
    assert site.current() == old


def test_a_version_whose_tables_cannot_be_made_changes_nothing(site):
    old = site.current()
    site.tag("newsroom/migrations/0002_broken.py", "raise SystemExit('broken')\n")

    up = site.make("upgrade")

    assert "the site goes on as it was" in up.stderr
    assert site.version() == f"<p>{old}</p>"
    assert site.current() == old


def test_a_note_of_before_a_power_cut_names_nobody_whom_an_upgrade_may_end(tmp_path):
    note = tmp_path / "serve.pid"
    with subprocess.Popen(["sleep", "60"]) as stranger:
        try:
            note.write_text(f"{stranger.pid}\n/srv\n1.0\n")
            assert upgrade.running(note) is None
        finally:
            stranger.kill()


@pytest.mark.parametrize(
    ("tags", "serving", "taken_back", "chosen"),
    [
        ("v1.9 v1.10 v1.2", "v1.9", "", "v1.10"),
        ("weekly v2.0-rc1 v1.1 3.0beta", "v1.0", "", "v1.1"),
        ("2.0 v1.1", "v1.0", "", "2.0"),
        ("weekly v1.0 v1 v0.9", "v1.0.0", "", "There is nothing newer."),
        ("v4 v5", "v4", "v5", "v5 was taken back; make upgrade TO=v5 takes it all the same."),
        ("v3 v4 v5", "v3", "v5", "v5 was taken back; make upgrade TO=v5 takes it all the same."),
        ("v4 v5 v6", "v4", "v5", "v6"),
        ("v5 weekly", "v5", "weekly", "There is nothing newer."),
        ("v1.0", "weekly", "", "weekly is not the number of a version: say which one you want, make upgrade TO=v1.2"),
    ],
)
def test_the_newest_version_is_the_highest_number_that_was_not_taken_back(tags, serving, taken_back, chosen):
    try:
        found = upgrade.choose(tags.split(), serving, taken_back.split())
    except upgrade.Stop as stop:
        found = str(stop)

    assert found == chosen


def test_what_was_left_for_an_older_version_is_remembered_until_it_is_taken_again(tmp_path, monkeypatch):
    monkeypatch.setattr(upgrade, "ROOT", tmp_path)
    upgrade.remember(["v5"], "v4")
    upgrade.remember(["v6"], "v4")
    assert upgrade.taken_back() == ["v5", "v6"]

    upgrade.remember([], "v5")
    assert upgrade.taken_back() == ["v6"]


def test_a_site_that_keeps_its_data_in_its_release_goes_to_no_other(site):
    inside = site.root / "releases" / site.current() / "var"

    up = site.make("upgrade", "TO=v99", f"NEWSROOM_DATA={inside}")

    assert f"The site's data lies in {inside}, where the next version would not find it" in up.stderr


@contextmanager
def supervised(folder, answer):
    """Have a process that looks like the site's answer every request so, and note what it runs; yield that note."""
    code = f"""
import http.server, os, sys
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response({answer})
        self.end_headers()
open({str(folder / "serve.pid")!r}, "w").write(f"{{os.getpid()}}\\n/srv/v2\\n1.0\\n")
http.server.HTTPServer(("127.0.0.1", int(sys.argv[5])), Answer).serve_forever()
"""
    words = ["newsroom.supervisor", "/srv/current", "note", "0.0.0.0", str(free_port()), "1"]
    with subprocess.Popen([sys.executable, "-c", code, *words], stderr=subprocess.DEVNULL) as process:
        try:
            yield wait_until(lambda: (folder / "serve.pid").exists() and folder / "serve.pid")
        finally:
            process.kill()


@pytest.mark.parametrize(("answer", "release", "serves"), [(200, "v2", True), (503, "v2", False), (200, "v1", False)])
def test_a_version_serves_when_it_answers_and_no_other_one_does(tmp_path, monkeypatch, answer, release, serves):
    monkeypatch.setattr(upgrade, "ANSWER", 1)
    with supervised(tmp_path, answer) as note:
        assert upgrade.serves(Path("/srv", release), note) == serves

    assert not upgrade.serves(Path("/srv/v2"), note), "nobody runs any more"


def test_a_folder_that_is_laid_out_otherwise_is_left_alone():
    done = run(sys.executable, "deploy/upgrade.py", cwd=ROOT)

    assert done.returncode == 1
    assert done.stderr == "This folder is not laid out for upgrades: see docs/operations.md.\n"
