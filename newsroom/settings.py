"""The settings, all of them. What depends on the machine is read through `env`; `.env.example` lists it."""

import sys
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF
from django.conf.locale import LANG_INFO

from newsroom import env

BASE_DIR = Path(__file__).resolve().parent.parent
env.load(BASE_DIR / ".env")

# The machine

DATA = env.folder("NEWSROOM_DATA", BASE_DIR / "var")
HOST = env.listening("HOST", "127.0.0.1")
PORT = env.number("PORT", 8000, 1, 65535)
WEB_WORKERS = env.number("WEB_WORKERS", 1, 1, 64)
WEB_THREADS = env.number("WEB_THREADS", 4, 1, 64)
# Threads besides, made when they are needed: for requests that wait, for forms on their way, for kept pages (turns.py).
WEB_WAITING, WEB_FORMS, WEB_KEPT = 128, 48, 8
WORKERS = env.number("WORKERS", 1, 0, 64)
SITE_URL = env.address("SITE_URL", f"http://127.0.0.1:{PORT}")
DEBUG = env.flag("DEBUG", "off")
SECRET_KEY = env.secret(DATA / "secrets" / "secret_key")
NETWORK_KEY = env.secret(DATA / "secrets" / "network_key")
LIMITS = env.flag("NEWSROOM_LIMITS", "on")
PROXY_HOPS = env.number("PROXY_HOPS", 0, 0, 9)
PROXIES = env.networks("PROXIES", "127.0.0.0/8,::1/128,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7")

_host = urlsplit(SITE_URL).hostname
_https = SITE_URL.startswith("https://")
# This machine's own names too, for whoever watches from here: no address that we write comes from them.
ALLOWED_HOSTS = [_host, "127.0.0.1", "localhost", "[::1]", *env.hosts("ALLOWED_HOSTS")]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "newsroom.errors.csrf_failure"

# The house

INSTALLED_APPS = [
    "newsroom.apps.NewsroomConfig",
    "articles.apps.ArticlesConfig",
    "demo.apps.DemoConfig",
    "comments.apps.CommentsConfig",
    "comments.apps.QuietXtdConfig",
    "comments.apps.QuietCommentsConfig",
    "newsroom.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "django.contrib.sites",
    "django.contrib.redirects",
    "django.contrib.staticfiles",
    "django.forms",
    "csp",
    "taggit",
    "django_prose_editor",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "newsroom.sending.PageMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "newsroom.middleware.PermissionsMiddleware",
    "newsroom.middleware.EditionMiddleware",
    "newsroom.errors.ErrorPageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "newsroom.middleware.DeskLanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "newsroom.urls"
WSGI_APPLICATION = "newsroom.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                # The two below are lazy: a page that does not ask for the visitor does not see him.
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "newsroom.context.site",
                "articles.context.chrome",
            ],
            "libraries": {"i18n": "newsroom.borrowed_words"},
        },
    },
]

SILENCED_SYSTEM_CHECKS = [
    # That this library stands in for Django's own is meant.
    "templates.W003",
    # What else stands under this name, and whether browsers are to carry it in their lists, is not ours to decide.
    "security.W005",
    "security.W021",
]

# Widgets are drawn from templates/ as well.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Where things are kept

DATABASES = {"default": env.database("DATABASE_URL", f"sqlite:///{DATA / 'newsroom.sqlite3'}")}
DATABASES["default"]["ATOMIC_REQUESTS"] = False
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["CONN_MAX_AGE"] = None
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 10,  # seconds
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
            "PRAGMA mmap_size=134217728; PRAGMA cache_size=-20000; PRAGMA temp_store=MEMORY"
        ),
    }
else:
    DATABASES["default"]["ENGINE"] = "newsroom.postgresql"
    # The threads of a process share connections, each asked whether it still answers before it is given. Nobody waits
    # long for one: while the database is away, the same threads send what is kept. Nor does the pool wait longer and
    # longer between its attempts: it gives up, and the next request has it try again.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["OPTIONS"] |= {"connect_timeout": 5, "tcp_user_timeout": 10_000}  # seconds, milliseconds
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "min_size": 1, "max_size": WEB_THREADS + 2, "timeout": 2, "reconnect_timeout": 1,
    }  # fmt: skip

STORAGES = {
    # What readers may fetch: renditions, named by their content. Also out of a bucket they come through the site.
    "default": env.storage(
        "MEDIA_STORAGE",
        f"file://{DATA / 'media'}",
        base_url="/media/",
        custom_domain=f"{urlsplit(SITE_URL).netloc}/media",
        url_protocol=f"{urlsplit(SITE_URL).scheme}:",
    ),
    # What was uploaded, as it was uploaded: it may say where it was taken, and is never served.
    "originals": env.storage("ORIGINALS_STORAGE", f"file://{DATA / 'originals'}", file_overwrite=False),
    "staticfiles": {"BACKEND": "newsroom.static.JoinedStaticFilesStorage"},
}
STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# What several processes and machines have in common: counts (newsroom/limits.py) and kept pages.
REDIS_URL = env.redis_address("REDIS_URL")
# A cache that is too small forgets whom it was to hold back.
CACHES = {"default": env.cache(REDIS_URL)}
# Whole pages, ready to send (newsroom/page_store.py, redis_pages.py). Not while templates are being worked on.
PAGE_STORE = (REDIS_URL or DATA / "pages") if env.flag("PAGE_STORE", "off" if DEBUG else "on") else None
# nginx sends kept pages by itself (newsroom/page_files.py); not where the store is no folder.
PAGE_FILES = env.flag("PAGE_FILES", "off") and isinstance(PAGE_STORE, Path)
# Who keeps copies of pages in front of us and is told what has changed (newsroom/cdn.py); and how it wants to know what
# a page is made from. It takes those headers off again; without a CDN, readers need not load them.
CDN = env.cdn("CDN_PURGE", headers=env.header("CDN_TOKEN"))
TAG_HEADERS = env.names("CACHE_TAG_HEADERS", {"tags": "Cache-Tag"}.get(CDN["kind"], "Surrogate-Key") if CDN else "")
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}

# Languages: the first edition stands at /, each other one at /<code>/.

EDITIONS = env.languages("EDITIONS", "fr,en", LANG_INFO)
LANGUAGE_CODE = EDITIONS[0]
LANGUAGES = [(code, LANG_INFO[code]["name_local"].capitalize()) for code in EDITIONS]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "newsroom.formats"
TIME_ZONE = env.time_zone("TIME_ZONE", "Europe/Paris")
USE_TZ = True
USE_I18N = True

# People

AUTH_USER_MODEL = "newsroom.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

# Mail

vars().update(env.mail("EMAIL_URL", f"file://{DATA / 'mail'}"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.sender("MAIL_FROM", f"newsroom@{_host}")
EMAIL_TIMEOUT = 20

# Limits on what one request may carry: an article with 2 MB of body passes, a flood does not.

DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# Safety

SECURE_SSL_REDIRECT = _https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https and PROXY_HOPS else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _https else 0
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = "/admin/"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
_reply = (BASE_DIR / "templates/components/_reply.js").read_bytes()
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        # The desk's editor needs an import map, which can only be an inline script: a nonce allows that one.
        # Where no page asks for a nonce, none is given. The hash lets a page hold the script by which one answers
        # a comment: a file of its own would be one request more.
        "script-src": [SELF, NONCE, f"'sha256-{b64encode(sha256(_reply).digest()).decode()}'"],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Comments. The package's tables need a site; the addresses in pages and mails come from SITE_URL alone.

SITE_ID = 1
COMMENTS_KEY = env.secret(DATA / "secrets" / "comments_key")
COMMENTS_TRUSTED_AFTER = env.number("COMMENTS_TRUSTED_AFTER", 0, 0, 1000)
COMMENTS_APP = "django_comments_xtd"
COMMENTS_XTD_MODEL = "comments.models.ReaderComment"
COMMENTS_XTD_MAX_THREAD_LEVEL = 50

# Feeds

WEBSUB_HUB = env.web_address("WEBSUB_HUB")

# Links

EMBED_LOOKUP = env.flag("EMBED_LOOKUP", "on")
# {host: (address, port)} of hosts that tests have on this machine; all others must be public (newsroom/outgoing.py).
OUTGOING_AT = {}

# Tags

TAGGIT_CASE_INSENSITIVE = True

# What happened, on standard output

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "newsroom.privacy.Formatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "stream": sys.stderr, "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # What strangers ask for is no news of ours, and may hold what they should not have sent.
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
