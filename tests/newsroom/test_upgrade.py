"""A site that serves goes to another version and back with one command each, and no reader notices."""

import hashlib
import os
import subprocess
import sys
import sysconfig
import time
import venv

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

    Every test begins and ends with v1, and may tag one more.
    """

    def __init__(self, folder, database):
        self.versions = 0
        self.port, self.origin, self.root = free_port(), folder / "origin", folder / "srv"
        git(folder, "clone", "--quiet", "--no-local", "--depth", "1", f"file://{self.tree(folder)}", str(self.origin))
        self.tag()
        (self.root / "releases").mkdir(parents=True)
        git(folder, "clone", "--quiet", "--branch", "v1", str(self.origin), str(self.root / "releases/v1"))
        (self.root / "current").symlink_to("releases/v1")
        self.packages()
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
        """Put this machine's packages where an upgrade would install them."""
        found = hashlib.sha256((ROOT / "requirements.txt").read_bytes()).hexdigest()[:12]
        name = f"{sys.version_info[0]}.{sys.version_info[1]}-{found}"
        folder = self.root / "venvs" / name
        venv.create(folder, symlinks=True)
        [packages] = folder.glob("lib/python*/site-packages")
        (packages / "here.pth").write_text(sysconfig.get_path("purelib"))
        (folder / "installed").touch()
        (self.root / "releases/v1/.venv").symlink_to(f"../../venvs/{name}")

    def tag(self, path="templates/404.html", text=""):
        """Tag a version, the first as it stands here; in the others a page says which it is, or a file has another text.

        Return its name.
        """
        self.versions += 1
        name = f"v{self.versions}"
        git(self.origin, "reset", "--quiet", "--hard", "v1" if self.versions > 1 else "HEAD")
        (self.origin / path).write_text(text or f"<p>{name}</p>")
        git(self.origin, "add", "--all")
        git(self.origin, "commit", "--quiet", "-m", name)
        git(self.origin, "tag", name)
        return name

    def make(self, *arguments):
        return run("make", "-C", str(self.root / "current"), *arguments, cwd=self.root)

    def serve(self):
        python, manage = self.root / "current/.venv/bin/python", self.root / "current/manage.py"
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.root)}
        process = subprocess.Popen([python, manage, "serve"], cwd="/", env=environment, start_new_session=True)
        wait_until(lambda: process.poll() is not None or answers_here(self.port), 90)
        return process

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
    process.terminate()
    process.wait(30)


def test_up_and_back_in_one_command_each_without_a_failed_request(site):
    assert site.version() == "<p>v1</p>"
    new, backups = site.tag(), len(site.backups())

    with readers(f"http://127.0.0.1:{site.port}", count=2) as found:
        time.sleep(0.5)
        up = site.make("upgrade")
        after_up = site.version()
        back = site.make("rollback")
        after_back = site.version()

    assert (up.returncode, back.returncode) == (0, 0), up.stdout + up.stderr + back.stdout + back.stderr
    assert (after_up, after_back) == (f"<p>{new}</p>", "<p>v1</p>")
    assert errors_in(found) == []
    assert len(found) > 50
    assert len(site.backups()) == backups + 1
    assert f"{new} serves. Back to v1: make rollback" in up.stdout
    assert "There is nothing newer." in site.make("upgrade", "TO=v1").stderr


def test_a_version_that_does_not_start_is_taken_back(site):
    new = site.tag("newsroom/wsgi.py", "raise SystemExit('broken')\n")

    up = site.make("upgrade")

    assert up.returncode != 0
    assert f"{new} did not start; v1 serves on." in up.stderr
    assert site.version() == "<p>v1</p>"
    assert (site.root / "current").resolve().name == "v1"


def test_a_version_whose_tables_cannot_be_made_changes_nothing(site):
    site.tag("newsroom/migrations/0002_broken.py", "raise SystemExit('broken')\n")

    up = site.make("upgrade")

    assert "the site goes on as it was" in up.stderr
    assert site.version() == "<p>v1</p>"
    assert (site.root / "current").resolve().name == "v1"


def test_a_note_of_before_a_power_cut_names_nobody_whom_an_upgrade_may_end(tmp_path):
    with subprocess.Popen(["sleep", "60"]) as stranger:
        try:
            (tmp_path / "serve.pid").write_text(f"{stranger.pid}\n/srv\n1.0\n")
            assert upgrade.take_over(tmp_path, tmp_path / "serve.pid")
            time.sleep(0.2)
            assert stranger.poll() is None
        finally:
            stranger.kill()


def test_a_folder_that_is_laid_out_otherwise_is_left_alone():
    done = run(sys.executable, "deploy/upgrade.py", cwd=ROOT)

    assert done.returncode == 1
    assert done.stderr == "This folder is not laid out for upgrades: see docs/operations.md.\n"
