"""Several machines that serve one site, on one: two applications, a worker, PostgreSQL, Redis, S3, and nginx in front."""

import contextlib
import logging
import os
import re
import signal
import subprocess
import sys
import threading
import time

import boto3
import requests
from moto.server import ThreadedMotoServer

from tests import ready
from tests.front import Served, ask, configured, free_port, program, running
from tests.servers import Postgres, Redis
from tests.site import ROOT, children

logging.getLogger("werkzeug").setLevel(logging.ERROR)

NGINX = """
{user} daemon off; worker_processes 1; pid nginx.pid; error_log error.log;
events {{ worker_connections 256; }}
http {{ log_format where "$uri $upstream_addr"; access_log access.log where; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
        uwsgi_temp_path uwsgi; scgi_temp_path scgi; include {conf}; }}
"""


@contextlib.contextmanager
def nginx(folder, port, *sites):
    """Run nginx with the file of deploy/ at a port, in front of two servers; it keeps files in `folder`/nginx/files."""
    folder = folder / "nginx"
    folder.mkdir()
    conf = configured(
        "nginx-machines.conf", folder,
        **{"listen 80": f"listen 127.0.0.1:{port}", "/var/cache/newsroom-files": folder / "files",
           "10.0.0.11:8000": f"127.0.0.1:{sites[0]}", "10.0.0.12:8000": f"127.0.0.1:{sites[1]}"},
    )  # fmt: skip
    (folder / "main.conf").write_text(NGINX.format(conf=conf, user="user root;" if os.geteuid() == 0 else ""))
    with running([program("nginx"), "-p", f"{folder}/", "-c", "main.conf", "-e", "error.log"], port):
        yield


class Machines:
    """`a` and `b` are on `a.port` and `b.port`, both behind `port`. Use as a context manager."""

    def __init__(self, folder):
        self.folder, self.port, self.stack = folder, free_port(), contextlib.ExitStack()
        program("nginx")  # before all that takes time

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.postgres, self.redis = (
                stack.enter_context(Postgres(ready.cluster)),
                stack.enter_context(Redis("--save", "")),
            )
            shared = self.shared(stack)
            self.a, self.b = (Served(self.folder / name, **shared) for name in "ab")
            said = self.a.manage("serve", "--prepare-only")
            self.password = re.search(r"\s(\S{16})\s", said)[1]
            self.worker = self.work()
            stack.callback(lambda: (self.worker.kill(), self.worker.wait()))
            self.processes = [stack.enter_context(site.serve()) for site in (self.a, self.b)]
            stack.enter_context(nginx(self.folder, self.port, self.a.port, self.b.port))
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self.stack.close()

    def shared(self, stack):
        """Return the settings that make two applications one site."""
        self.bucket = server = ThreadedMotoServer(ip_address="127.0.0.1", port=free_port(), verbose=False)
        server.start()
        stack.callback(server.stop)
        host, port = server.get_host_and_port()
        client = boto3.client(
            "s3", endpoint_url=f"http://{host}:{port}", region_name="us-east-1",
            aws_access_key_id="key", aws_secret_access_key="secret",
        )  # fmt: skip
        for bucket in ("media", "originals"):
            client.create_bucket(Bucket=bucket)
        self.mails = self.folder / "mail"
        return {
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.redis.url,
            "MEDIA_STORAGE": f"s3+http://key:secret@{host}:{port}/media",
            "ORIGINALS_STORAGE": f"s3+http://key:secret@{host}:{port}/originals",
            "EMAIL_URL": f"file://{self.mails}",
            "WORKERS": "0",
            "PROXY_HOPS": "1",
        }

    def work(self):
        return subprocess.Popen([sys.executable, "manage.py", "work"], cwd=ROOT, env=self.a.environment)

    def asked(self, path):
        """Return how often nginx has asked a machine for a path."""
        lines = (self.folder / "nginx" / "access.log").read_text().splitlines()
        return len([line for line in lines if line.startswith(f"{path} 127.0.0.1:")])


class Browser(requests.Session):
    """Somebody at the desk, whom any machine knows: `at` is a port."""

    def open(self, at, path, data=None, **options):
        """Get a page, or post its form with the token that it holds."""
        self.headers["Host"] = "news.example"
        url = f"http://127.0.0.1:{at}{path}"
        if data is None and not options:
            return self.get(url, timeout=60, allow_redirects=False)
        token = {"csrfmiddlewaretoken": self.cookies.get("csrftoken", "")}
        return self.post(url, {**(data or {}), **token}, timeout=60, allow_redirects=False, **options)

    def log_in(self, at, password):
        self.open(at, "/admin/login/")
        assert self.open(at, "/admin/login/", {"username": "redaction", "password": password}).status_code == 302
        return self


class Readers:
    """Some readers who ask for `pages` (path: words that it must hold) again and again, and check every answer.

    `failures` holds what was wrong: (seconds since the beginning, path, what came instead).
    """

    def __init__(self, port, pages, count=3):
        self.port, self.pages, self.failures, self.reads, self.slowest = port, pages, [], 0, 0
        self.done, self.began = threading.Event(), time.monotonic()
        self.threads = [threading.Thread(target=self.read) for _ in range(count)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        for thread in self.threads:
            thread.join()

    def read(self):
        while not self.done.is_set():
            for path, words in self.pages.items():
                began = time.monotonic()
                try:
                    reply = ask(self.port, path)
                    wrong = (
                        reply.status
                        if reply.status != 200
                        else ""
                        if words.encode() in reply.body
                        else reply.body[:4000]
                    )
                except OSError as error:
                    wrong = repr(error)
                if wrong:
                    self.failures.append((round(began - self.began, 2), path, wrong))
                self.reads += 1
                self.slowest = max(self.slowest, time.monotonic() - began)
                self.done.wait(0.02)


def kill_web(process):
    """kill -9 the web server, all of it, below a site's supervisor."""
    web = next(pid for pid, line in children(process).items() if "granian" in line)
    os.killpg(web, signal.SIGKILL)
