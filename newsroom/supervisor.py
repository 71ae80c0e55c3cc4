"""Run the web server and the worker side by side, start again whichever dies, stop both together.

SIGHUP puts new processes in the place of the old, from whatever stands in the folder by then, and no reader notices:
the new web server listens before the old one stops. If it does not come up, the old ones go on.

Run as `python -m newsroom.supervisor`: it loads neither Django nor granian, so that it costs almost no memory.
"""

import contextlib
import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1
PATIENCE = 20  # seconds that a process may take to finish what it is doing
START = 60  # seconds that a new web server may take until it is ready
OVERLAP = 1  # seconds for which both listen
# Where processes say that they are ready: also while the disk is full.
IN_MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
NICE = 5  # of 19, for what works beside the web server: readers do not wait for pictures that are drawn


def say(text):
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def hold(data):
    """Return the open lock of a site's folder, which ends with whoever has it; None when somebody else has it.

    Raises OSError where the disk takes no file.
    """
    # Not open for writing: the disk may become read-only under it.
    lock = os.open(Path(data, "serve.lock"), os.O_RDONLY | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


def _die_with_parent():
    """Have the kernel end this process when its parent is killed, so that none is left holding the port (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _work_quietly():
    _die_with_parent()
    os.nice(NICE)
    # Linux may share the processor out by session first, of which each of ours is one: niceness within it is for nothing.
    with contextlib.suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(NICE))


def _end_group(process):
    """End what a process has left behind: granian's own children outlive it when it is killed, and hold the port."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


class Supervisor:
    """Keeps `commands`, a dict of name to arguments of Python, running in the folder `home`.

    `note` is a file that says which process this is, and which folder its processes were started from.
    """

    def __init__(self, commands, home, note):
        self.commands, self.home, self.note = commands, Path(home), Path(note)
        self.folder = self.home.resolve()
        self.processes = {}
        self.started = {}
        self.stopping = self.reloading = False

    def python(self):
        """Return the interpreter of the release that stands in `home` by now: the one that runs this may be gone."""
        # The folder by its own name: what an old process loads late comes from where the rest of it came.
        python = (self.home / ".venv").resolve() / "bin/python"
        return str(python) if python.exists() else sys.executable

    def start(self, name, **environment):
        """Start a process. Raises OSError where the system starts none."""
        self.started[name] = time.monotonic()
        self.processes[name] = subprocess.Popen(  # noqa: S603
            [self.python(), *self.commands[name]],
            cwd=self.home,
            env=os.environ | environment,
            preexec_fn=_die_with_parent if name == "web" else _work_quietly,  # noqa: PLW1509
            start_new_session=True,
        )

    def start_in_the_end(self, name, **environment):
        """Start a process; where the system starts none, try again each second, and say so once."""
        silent = False
        while not self.stopping:
            try:
                return self.start(name, **environment)
            except OSError as error:
                if not silent:
                    say(f"{name} does not start: {error}")
                silent = True
                time.sleep(1)
        return None

    def write_note(self):
        draft = self.note.with_name(f"{self.note.name}.new")
        try:
            draft.write_text(f"{os.getpid()}\n{self.folder}\n{time.time()}\n")
            draft.replace(self.note)
        except OSError as error:  # a full disk: readers come first
            say(f"{self.note} is not written: {error.strerror}")

    def stop(self, *_):
        self.stopping = True

    def reload_soon(self, *_):
        self.reloading = True

    def run(self):
        """Run until told to stop by SIGINT or SIGTERM; return the exit code."""
        signal.signal(signal.SIGTERM, self.stop)
        signal.signal(signal.SIGINT, self.stop)
        signal.signal(signal.SIGHUP, self.reload_soon)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGHUP})  # newsroom/start.py
        self.begin()
        while not self.stopping:
            time.sleep(0.2)
            if self.reloading:
                self.reloading = False
                self.reload()
            for name, process in self.processes.items():
                if process.poll() is not None and not self.stopping and not self.restart(name, process.returncode):
                    self.end()
                    return 1
        self.end()
        self.note.unlink(missing_ok=True)
        return 0

    def begin(self):
        """Start the web server and, once it answers or has failed, what works beside it: readers come first."""
        with tempfile.TemporaryDirectory(dir=IN_MEMORY) as folder:
            ready = Path(folder, "ready")
            self.start_in_the_end("web", READY_FILE=str(ready))
            self.write_note()
            self.wait_for_web(ready)
        for name in self.commands.keys() - {"web"}:
            self.start_in_the_end(name)

    def reload(self):
        """Put new processes in the place of the old; keep the old ones if the new web server does not come up."""
        old, started = dict(self.processes), dict(self.started)
        if not self.web_comes_up():
            say("the new web server does not start: the old one goes on")
            end([self.processes["web"]] if self.processes["web"] is not old["web"] else [])
            self.processes, self.started = old, started
            self.write_note()
            return
        time.sleep(OVERLAP)
        end(old.values())
        self.folder = self.home.resolve()
        self.write_note()
        for name in old.keys() - {"web"}:
            self.start_in_the_end(name)

    def web_comes_up(self):
        """Start a new web server; return whether it is ready."""
        try:
            with tempfile.TemporaryDirectory(dir=IN_MEMORY) as folder:
                ready = Path(folder, "ready")
                self.start("web", READY_FILE=str(ready))
                self.wait_for_web(ready)
                return self.is_ready(ready)
        except OSError as error:
            say(str(error))
            return False

    def wait_for_web(self, ready):
        deadline = time.monotonic() + START
        while not self.stopping and time.monotonic() < deadline:
            if self.processes["web"].poll() is not None or self.is_ready(ready):
                return
            time.sleep(0.02)

    def is_ready(self, ready):
        """Tell whether each process of the web server has said so, with one byte."""
        wanted = self.commands["web"][self.commands["web"].index("--workers") + 1]
        return ready.exists() and ready.stat().st_size >= int(wanted) and self.processes["web"].poll() is None

    def restart(self, name, code):
        """Start a dead process again, not in a tight loop; a web server that never came up is given up."""
        lived = time.monotonic() - self.started[name]
        say(f"{name} ended with code {code} after {lived:.0f} s")
        _end_group(self.processes[name])
        if name == "web" and lived < 3:
            return False
        time.sleep(0 if lived > 10 else 1)
        self.start_in_the_end(name)
        return True

    def end(self):
        end(self.processes.values())


def end(processes):
    """Have processes stop, and kill those that do not in time, with all that they have started."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + PATIENCE
    for process in processes:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
        _end_group(process)


def commands(host, port, web_workers, threads, workers):
    """Return what one machine runs, as arguments of Python: the web server, and as many workers as are wanted on it."""
    granian = [
        "-m", "granian", "newsroom.wsgi:application", "--interface", "wsgi", "--no-ws",
        "--host", host, "--port", str(port), "--workers", str(web_workers), "--blocking-threads", str(threads),
        "--respawn-failed-workers", "--workers-kill-timeout", "10", "--log-level", "error",
    ]  # fmt: skip
    names = ["worker", *(f"worker {number}" for number in range(2, int(workers) + 1))][: int(workers)]
    return {"web": granian} | {name: ["manage.py", "work"] for name in names}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    # Each of glibc's arenas keeps what a thread once needed; two are enough for ours.
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")
    home, note, *how = sys.argv[1:]
    sys.exit(Supervisor(commands(*how), home, note).run())
