"""The site's own settings, with what tests must have of their own: a scratch folder, fast passwords, mail in memory."""

import os
import tempfile

os.environ.setdefault("NEWSROOM_DATA", tempfile.mkdtemp(prefix="newsroom-tests-"))
os.environ.setdefault("SITE_URL", "http://testserver")

from newsroom.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}  # noqa: F405
MIDDLEWARE = [name for name in MIDDLEWARE if "whitenoise" not in name]  # noqa: F405
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
TEMPLATES[0]["DIRS"].append(BASE_DIR / "tests/templates")  # noqa: F405
EMBED_LOOKUP = False  # a test that wants it says so, and has a service of its own
PAGE_STORE = None  # a test that wants one says so: tests/conftest.py
if DATABASES["default"]["ENGINE"] == "newsroom.postgresql":  # noqa: F405
    # What a test writes need not outlive the machine. The sites that tests start have it otherwise.
    DATABASES["default"]["OPTIONS"]["options"] = "-c synchronous_commit=off"  # noqa: F405
