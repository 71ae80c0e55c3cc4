"""What a kept page costs behind nginx: `python bench/front.py`. CPU of nginx and of the site a request.

Against nginx sending the same page as a file compressed beforehand; and the way past the site, where nginx asks it.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench import pages  # noqa: E402

SITE, NGINX, PLAIN = 8191, 8192, 8193
MODULE = "/usr/lib/nginx/modules/ngx_http_brotli_static_module.so"
AROUND = """
{user} load_module {module}; daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    include /etc/nginx/mime.types; access_log off; keepalive_requests 1000000;
    client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    include {folder}/site.conf;
    server {{ listen 127.0.0.1:{plain}; root {folder}/plain; brotli_static on; charset utf-8; }}
}}
"""


def configure(folder):
    site = (ROOT / "deploy/nginx.conf").read_text()
    for old, new in (
        ("127.0.0.1:8000", f"127.0.0.1:{SITE}"),
        ("listen 80;", f"listen 127.0.0.1:{NGINX};"),
        ("listen [::]:80;", ""),
        ("/var/lib/newsroom", str(folder)),
    ):
        site = site.replace(old, new)
    (folder / "site.conf").write_text(site)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(AROUND.format(user=user, module=MODULE, folder=folder, plain=PLAIN))


def at(port, *arguments):
    pages.PORT = port
    return pages.cpu_of(*arguments)


def main():
    folder = pages.FOLDER = Path(tempfile.mkdtemp(prefix="newsroom-bench-"))
    try:
        pages.PORT = SITE
        more = {"PAGE_FILES": "on", "PROXY_HOPS": "1"}
        fill = [sys.executable, "-c", "import bench.pages; bench.pages.fill()"]
        subprocess.run(fill, cwd=ROOT, env=pages.environment(folder), check=True)
        subprocess.run(
            [sys.executable, "manage.py", "serve", "--prepare-only"],
            cwd=ROOT, env=pages.environment(folder, **more), check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        with pages.served("newsroom.wsgi:application", **more) as asked:
            measure(folder, asked.pids)
    finally:
        shutil.rmtree(folder)


def measure(folder, site):
    configure(folder)
    nginx = subprocess.Popen(["/usr/sbin/nginx", "-c", f"{folder}/nginx.conf", "-e", f"{folder}/error.log"])
    try:
        pages.wait_for(NGINX)
        at(NGINX, site, "/a20/", 5, "")
        [shown] = (folder / "pages/front").rglob("a20/=")
        shutil.copytree(shown, folder / "plain")
        workers = pages.children_of(nginx)
        asks = {
            "file compressed beforehand": lambda count: at(PLAIN, workers, "/page.html", count, ""),
            "kept page": lambda count: at(NGINX, [*workers, *site], "/a20/", count, ""),
            "kept page, by the site": lambda count: at(NGINX, [*workers, *site], "/a20/?x=1", count, ""),
        }
        found = pages.medians(asks, requests=1500)
        pages.table("behind nginx", found, "file compressed beforehand", {"kept page": 1.3})
    finally:
        nginx.terminate()
        nginx.wait()


if __name__ == "__main__":
    main()
