"""Every address of the site."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from articles import machines
from articles.manifest import manifest
from newsroom.health import healthz
from newsroom.media import favicon, media

handler400 = "newsroom.errors.bad_request"
handler403 = "newsroom.errors.forbidden"
handler404 = "articles.moved.not_found"
handler500 = "newsroom.errors.server_error"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("robots.txt", machines.robots, name="robots"),
    path(".well-known/security.txt", machines.security, name="security"),
    path("oembed", machines.oembed, name="oembed"),
    path("oembed/", machines.oembed),
    path("favicon.ico", favicon, name="favicon"),
    path("media/<path:path>", media, name="media"),
    *i18n_patterns(
        path("site.webmanifest", manifest, name="manifest"),
        path("", include("comments.urls")),
        path("", include("articles.urls")),
        prefix_default_language=False,
    ),
]
