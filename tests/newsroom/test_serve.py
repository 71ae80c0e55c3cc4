"""One command serves the site; killed or stopped, it leaves nothing behind; started again, it changes nothing."""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from newsroom import env, start
from newsroom.management.commands.serve import Command
from newsroom.supervisor import NICE, Supervisor
from tests import ready
from tests.front import ask
from tests.mail_server import free_port
from tests.site import Site, children, drop, new_postgres, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.once]


@pytest.fixture
def site(tmp_path, site_database):
    """Return a function that starts the site in a folder of its own; it waits until the site answers.

    The first time, it is a copy of a site that is ready; if `empty`, of its style sheets only.
    """
    port, running, database = free_port(), [], site_database()

    def start(*options, empty=False, **variables):
        if not running:
            ready.copy(tmp_path, *(["static"] if empty else []))  # to compress the style sheets takes long
        environment = {
            "PATH": os.environ["PATH"],
            "NEWSROOM_DATA": str(tmp_path),
            "PORT": str(port),
            "HOME": str(tmp_path),
            **database,
            **variables,
        }
        process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", *options],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        running.append(process)
        process.rows = Site(tmp_path, **database).sql
        process.address, process.data, began = f"http://127.0.0.1:{port}", tmp_path, time.monotonic()
        while process.poll() is None and time.monotonic() < began + 120:
            if answer(process.address + "/healthz"):
                process.ready_after = time.monotonic() - began
                break
            time.sleep(0.05)
        return process

    yield start
    for process in running:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=30)


def answer(address):
    try:
        with urllib.request.urlopen(address, timeout=5) as response:
            return response.status, response.read()
    except OSError:
        return None


@pytest.mark.skipif(not os.access("/proc/self/autogroup", os.W_OK), reason="this system shares nothing out by session")
def test_what_works_in_the_background_gives_way_to_readers_also_where_sessions_share_the_processor(tmp_path):
    look = "import os, sys; open(sys.argv[1], 'w').write(f'{os.nice(0)} ' + open('/proc/self/autogroup').read().split()[-1])"
    names = ("web", "worker")
    supervisor = Supervisor({name: ["-c", look, name] for name in names}, tmp_path, tmp_path / "note")
    for name in names:
        supervisor.start(name)
        supervisor.processes[name].wait(30)

    web, worker = ([int(number) for number in (tmp_path / name).read_text().split()] for name in names)
    assert [mine - other for mine, other in zip(worker, web, strict=True)] == [NICE, NICE]


def test_what_works_in_the_background_starts_once_readers_are_answered(tmp_path):
    answers = "import os, time; time.sleep(1); open('answered', 'w'); open(os.environ['READY_FILE'], 'w').write('.')"
    web = ["-c", f"{answers}; time.sleep(60)", "--workers", "1"]
    looks = (
        "import os, time; open('seen.new', 'w').write(str(os.path.exists('answered'))); os.rename('seen.new', 'seen')"
    )
    worker = ["-c", f"{looks}; time.sleep(60)"]
    code = f"from newsroom.supervisor import Supervisor as S; S({ {'web': web, 'worker': worker} }, {str(tmp_path)!r}, {str(tmp_path / 'note')!r}).run()"
    with subprocess.Popen([sys.executable, "-c", code], cwd=settings.BASE_DIR) as supervisor:
        wait_until((tmp_path / "seen").exists)
        supervisor.terminate()

    assert (tmp_path / "seen").read_text() == "True"


def test_a_reload_that_is_asked_for_too_early_happens_once_the_site_serves_also_on_a_full_disk(tmp_path):
    no_room = str(tmp_path / "nowhere" / "note")
    starts = "import os, time; open('starts', 'a').write('.'); open(os.environ['READY_FILE'], 'w').write('.')"
    web = ["-c", f"{starts}; time.sleep(60)", "--workers", "1"]
    code = (
        "import os, signal; from newsroom import start; from newsroom.supervisor import Supervisor as S\n"
        "start.again(); os.kill(os.getpid(), signal.SIGHUP)\n"
        f"S({ {'web': web} }, {str(tmp_path)!r}, {no_room!r}).run()"
    )
    environment = {
        "PATH": os.environ["PATH"],
        "NEWSROOM_DATA": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "newsroom.settings",
    }
    with subprocess.Popen([sys.executable, "-c", code], cwd=settings.BASE_DIR, env=environment) as process:
        try:
            wait_until(
                lambda: (
                    process.poll() is not None
                    or ((tmp_path / "starts").exists() and (tmp_path / "starts").read_text() == "..")
                )
            )
            assert process.poll() is None
        finally:
            process.terminate()


def release(folder, name):
    """Make the folder of a release with an interpreter; have the link `current` lead there; return the interpreter."""
    python = folder / "releases" / name / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    (folder / "current").unlink(missing_ok=True)
    (folder / "current").symlink_to(f"releases/{name}")
    return python


@pytest.fixture
def sleeping(tmp_path):
    """Return a supervisor, not running, of the processes of a release, and that release's interpreter."""
    python = release(tmp_path, "v1")
    ready = "import os, time; open(os.environ.get('READY_FILE', 'ready'), 'w').write('.'); time.sleep(60)"
    commands = {"web": ["-c", ready, "--workers", "1"], "worker": ["-c", ready]}
    supervisor = Supervisor(commands, tmp_path / "current", tmp_path / "note")
    supervisor.begin()
    yield supervisor, python
    supervisor.end()


def test_a_new_release_runs_on_its_own_interpreter_also_when_the_first_one_is_gone(sleeping, tmp_path):
    supervisor, first = sleeping
    assert {process.args[0] for process in supervisor.processes.values()} == {str(first)}

    second = release(tmp_path, "v2")
    shutil.rmtree(tmp_path / "releases/v1")
    supervisor.reload()

    assert {process.args[0] for process in supervisor.processes.values()} == {str(second)}
    assert supervisor.note.read_text().split("\n")[1] == str(tmp_path / "releases/v2")


def test_a_release_whose_interpreter_does_not_start_leaves_the_old_one_at_work(sleeping, tmp_path, capfd):
    supervisor, _first = sleeping
    before = dict(supervisor.processes)

    python = release(tmp_path, "v2")
    python.unlink()
    python.write_text("no program")
    supervisor.reload()

    assert supervisor.processes == before
    assert {process.poll() for process in before.values()} == {None}
    assert f"Permission denied: '{python}'" in capfd.readouterr().err
    assert supervisor.note.read_text().split("\n")[1] == str(tmp_path / "releases/v1")


def test_a_dead_process_whose_interpreter_does_not_start_is_tried_until_it_does(sleeping, tmp_path):
    supervisor, _first = sleeping
    dead = supervisor.processes["web"]
    dead.kill()
    supervisor.started["web"] -= 60

    python = release(tmp_path, "v2")
    python.unlink()
    python.write_text("no program")
    with ThreadPoolExecutor(1) as pool:
        goes_on = pool.submit(supervisor.restart, "web", dead.wait())
        time.sleep(0.5)
        assert not goes_on.done()
        python.unlink()
        python.symlink_to(sys.executable)

    assert goes_on.result()
    assert supervisor.processes["web"].args[0] == str(python)


def test_a_process_that_starts_again_does_not_mind_that_nobody_waits(tmp_path, monkeypatch):
    monkeypatch.setenv("READY_FILE", str(tmp_path / "gone/ready"))

    env.say_ready("READY_FILE")

    assert not (tmp_path / "gone").exists()


@pytest.mark.parametrize(
    ("called", "home"),
    [
        ("current/manage.py", "current"),
        ("releases/v1/manage.py", "current"),
        ("link/manage.py", "link"),
        ("elsewhere/pytest", "current"),
    ],
)
def test_a_release_is_served_by_the_link_that_the_next_one_gets(tmp_path, settings, monkeypatch, called, home):
    settings.BASE_DIR = tmp_path / "releases/v1"
    settings.BASE_DIR.mkdir(parents=True)
    for link in ("current", "link"):
        (tmp_path / link).symlink_to("releases/v1")
    monkeypatch.setattr(sys, "argv", [str(tmp_path / called)])
    assert start._home() == tmp_path / home

    (tmp_path / "current").unlink()
    (tmp_path / "current").symlink_to("nowhere")
    assert start._home() == (tmp_path / "link" if home == "link" else settings.BASE_DIR)


def stopped(process):
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=30)
    return output


def content(process):
    """Return every row of the tables that people fill."""
    kept = ("articles_", "comments_", "newsroom_user", "newsroom_site")
    tables = [table for table in connection.introspection.django_table_names() if table.startswith(kept)]
    assert len(tables) > 20
    return {table: sorted(process.rows(f"SELECT * FROM {table}"), key=repr) for table in tables}


def test_the_first_start_makes_an_account_and_the_second_changes_nothing(site):
    first = site(empty=True)
    assert answer(first.address + "/")[0] == 200
    said = stopped(first)
    before = content(first)
    second = site()
    said_again = stopped(second)

    assert re.search(r" +redaction\n.+ {2}\S{16}\n", said)
    assert f"{first.address}/admin/" in said
    assert "redaction" not in said_again
    assert content(first) == before
    assert first.returncode == second.returncode == 0
    private = [*first.data.glob("newsroom.sqlite3"), first.data / "secrets", first.data / "secrets/secret_key"]
    assert len(private) == (3 if connection.vendor == "sqlite" else 2)
    assert {path.stat().st_mode & 0o077 for path in private} == {0}, "other accounts of this machine see nothing"


def test_a_start_says_what_takes_long_before_it_begins(tmp_path, settings, capsys):
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()

    for _start in range(2):
        Command().collect_static()

    assert capsys.readouterr().out == "Préparation du site (une fois)\xa0: feuilles de style, tables, premier compte…\n"


def test_a_taken_port_is_said_in_one_sentence(site):
    first = site(WORKERS="0")
    port = first.address.rpartition(":")[2]

    second = site()
    output, _ = second.communicate(timeout=30)

    assert second.returncode == 1
    assert output.strip().splitlines()[-1].startswith(f"PORT is {port}: address already in use.")


def test_a_folder_that_is_served_is_served_by_nobody_else_and_no_backup_is_put_back_into_it(site):
    process = site()
    second = site(PORT=str(free_port()))
    said = second.communicate(timeout=60)[0]
    assert (second.returncode, said) == (
        1,
        f"{process.data} is served already, on another port: stop that one first (Ctrl+C where it runs, or "
        "systemctl stop newsroom), or serve another folder: NEWSROOM_DATA=…\n",
    )
    (process.data / "serve.pid").unlink()
    with pytest.raises(AssertionError, match=r"The site runs\. Stop it first"):
        Site(process.data, DJANGO_SETTINGS_MODULE="newsroom.settings").manage("restore", "none.tar")
    assert answer(process.address + "/")


def test_an_address_of_another_machine_is_said_to_be_that(site):
    output, _ = site(HOST="192.0.2.1").communicate(timeout=30)

    assert output.strip().splitlines()[-1].startswith("HOST is '192.0.2.1': it must be an address of this")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="a start on PostgreSQL asks it, with all of Django loaded")
def test_a_start_with_nothing_to_make_ready_loads_no_app(site):
    first = site()
    environment = {"PATH": os.environ["PATH"], "NEWSROOM_DATA": str(first.data), "PORT": first.address[-5:].lstrip(":")}

    def loaded():
        command = [sys.executable, "-X", "importtime", "manage.py", "serve"]
        how = {"cwd": settings.BASE_DIR, "env": environment, "capture_output": True, "text": True, "check": False}
        said = subprocess.run(command, timeout=60, **how).stderr
        assert "address already in use" in said
        return {line.rpartition("|")[2].strip() for line in said.splitlines()} & {
            "newsroom.start",
            "articles.models.page",
        }

    assert loaded() == {"newsroom.start"}
    with closing(sqlite3.connect(first.data / "newsroom.sqlite3")) as database, database:
        database.execute("DELETE FROM django_migrations WHERE id = (SELECT max(id) FROM django_migrations)")
    assert loaded() == {"newsroom.start", "articles.models.page"}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends the children of a killed process")
def test_killed_outright_the_site_leaves_its_port_free_and_starts_again(site):
    first = site()
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    deadline = time.monotonic() + 15
    while answer(first.address + "/healthz") and time.monotonic() < deadline:
        time.sleep(0.1)

    second = site()

    assert answer(second.address + "/")[0] == 200


@pytest.mark.parametrize("count", [0, 2])
def test_as_many_workers_run_beside_the_web_server_as_are_wanted(site, count):
    process = site(WORKERS=str(count))

    lines = wait_until(lambda: len(found := list(children(process).values())) > count and found)

    assert sum("granian" in line for line in lines) == 1
    assert sum(line.endswith("work\0") for line in lines) == count == len(lines) - 1


def test_two_machines_that_start_at_once_make_one_site_ready(tmp_path):
    url = new_postgres()
    try:
        for machine in "ab":
            (tmp_path / machine).mkdir()
        sites = [Site(tmp_path / machine, DATABASE_URL=url, SITE_URL="http://testserver") for machine in "ab"]
        with ThreadPoolExecutor(2) as pool:
            said = list(pool.map(lambda site: site.manage("serve", "--prepare-only"), sites))
        accounts = sites[0].sql("SELECT username FROM newsroom_user")
    finally:
        drop(url)

    assert accounts == [("redaction",)]
    assert sorted("redaction" in words for words in said) == [False, True]


def test_a_dead_web_server_is_started_again(site):
    process = site(WORKERS="0")
    time.sleep(3)  # past the time in which a server that dies is given up
    web = next(pid for pid, line in children(process).items() if "granian" in line)
    os.kill(web, signal.SIGKILL)
    time.sleep(0.5)
    deadline = time.monotonic() + 20
    while not answer(process.address + "/healthz") and time.monotonic() < deadline:
        time.sleep(0.1)

    assert answer(process.address + "/healthz")[0] == 200


def ask_all_the_time(port, found, stop):
    """Ask for pages, a connection each, and post, until told to stop; note what went wrong."""
    while not stop.is_set():
        for path, method in (("/", "GET"), ("/feed/", "GET"), ("/healthz", "GET"), ("/comments/mine/", "POST")):
            try:
                reply = ask(port, path, method, "email=nobody" if method == "POST" else None, host=f"127.0.0.1:{port}")
                found.append("" if reply.status < 500 and reply.body else f"{path} {reply.status}")
            except OSError as error:
                found.append(f"{path} {error!r}")
            stop.wait(0.03)


def handed_over():
    """Have the kernel hand on what waits at a server that stops, as deploy/sysctl.conf does; tell whether it does.

    It is left so: tests beside this one may need it.
    """
    switch = Path("/proc/sys/net/ipv4/tcp_migrate_req")
    try:
        switch.write_text("1")
    except OSError:  # only root may
        return switch.exists() and switch.read_text().strip() == "1"
    return True


def errors_in(found):
    """Return what went wrong. Where the kernel does not hand on, a connection that waited may have been reset."""
    resets = () if handed_over() else ("ConnectionResetError", "RemoteDisconnected")
    return [error for error in found if error and not any(name in error for name in resets)]


@contextmanager
def readers(address, count=3):
    """Have readers ask while the block runs; what they yield are the errors they met, and at the end how often."""
    handed_over()
    found, stop = [], threading.Event()
    asking = [
        threading.Thread(target=ask_all_the_time, args=(int(address.rpartition(":")[2]), found, stop))
        for _ in range(count)
    ]
    [each.start() for each in asking]
    try:
        yield found
    finally:
        stop.set()
        [each.join(30) for each in asking]


def web_servers(process):
    """Return the processes of the web server."""
    children = subprocess.run(
        ["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=True
    ).stdout.split()
    return {pid for pid in children if "granian" in Path(f"/proc/{pid}/cmdline").read_text()}


def test_a_restart_on_request_fails_no_reader(site):
    process = site()
    before, note = web_servers(process), (process.data / "serve.pid").read_text()

    with readers(process.address) as found:
        time.sleep(1)
        process.send_signal(signal.SIGHUP)
        wait_until(lambda: (process.data / "serve.pid").read_text() != note, 60)
        time.sleep(1)

    assert errors_in(found) == []
    assert len(found) > 50
    assert len(web_servers(process)) == 1
    assert not web_servers(process) & before
    stopped(process)
    assert not (process.data / "serve.pid").exists()


def test_a_version_that_does_not_start_leaves_the_old_one_at_work(site, tmp_path):
    process = site(WORKERS="0")
    before = web_servers(process)
    (tmp_path / "secrets" / "secret_key").rename(tmp_path / "kept")
    (tmp_path / "secrets" / "secret_key").mkdir()  # as wrong a setting as any

    process.send_signal(signal.SIGHUP)
    time.sleep(6)

    assert answer(process.address + "/")[0] == 200
    assert web_servers(process) == before
    assert "the new web server does not start: the old one goes on" in stopped(process)
