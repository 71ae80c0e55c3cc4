"""What tells one state of the code and its settings from another. It loads nothing of Django but the settings."""

import hashlib
from functools import lru_cache
from pathlib import Path

from django.conf import settings


@lru_cache
def release():
    """Return what tells this code and these settings from others: pages that those have made are not shown.

    It is the same on all machines that run the same.
    """
    found = hashlib.blake2b(digest_size=8)
    names = "SITE_URL EDITIONS TIME_ZONE MIDDLEWARE CONTENT_SECURITY_POLICY TAG_HEADERS WEBSUB_HUB"
    # Of the storages only how pictures are called: the options of a bucket read otherwise in every process.
    said = [*(getattr(settings, name) for name in names.split()), settings.STORAGES["default"]["BACKEND"]]
    found.update(repr(said).encode())
    files = [settings.BASE_DIR / "requirements.txt"]
    for room in ("newsroom", "articles", "comments", "templates", "static", "locale"):
        files += sorted(path for path in (settings.BASE_DIR / room).rglob("*") if "__pycache__" not in path.parts)
    for path in filter(Path.is_file, files):
        found.update(str(path.relative_to(settings.BASE_DIR)).encode() + path.read_bytes())
    return found.hexdigest()
