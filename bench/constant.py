"""The site with two addresses more, which do nothing: what bench/pages.py measures the others against."""

from django.conf import settings
from django.http import HttpResponse
from django.urls import path

from bench.pages import CONSTANT, CONSTANT_HEADERS
from newsroom.wsgi import application as site

from newsroom.urls import *  # isort: skip  # noqa: F403, needs what the line above makes ready
from newsroom.urls import urlpatterns as site_urls  # isort: skip

settings.ROOT_URLCONF = "bench.constant"


def constant(request):
    return HttpResponse(CONSTANT)


urlpatterns = [path("constant/", constant), *site_urls]


def application(environ, start_response):
    if environ["PATH_INFO"] == "/constant-wsgi/":
        start_response("200 OK", CONSTANT_HEADERS)
        return [CONSTANT]
    return site(environ, start_response)
