"""What `manage.py check` makes sure of: nothing of the packages that prints readers' addresses is within reach."""

from pathlib import Path

import django_comments
import django_comments_xtd
from django.core.checks import Error, register
from django.template import TemplateDoesNotExist, engines
from django.urls import URLResolver, get_resolver

PACKAGES = {Path(package.__file__).parent for package in (django_comments, django_comments_xtd)}


@register
def no_package_template(app_configs, **options):
    """A template of the packages that the site would use is an error: five print addresses, nine their MD5."""
    return [
        Error(
            f"The template {name} comes from {package.name}, which prints readers' e-mail addresses.",
            hint="Leave the packages' `path` in comments/apps.py as it is, or put a template of ours in its place.",
            id="comments.E001",
        )
        for package in PACKAGES
        for name in sorted(str(path.relative_to(package / "templates")) for path in _files(package / "templates"))
        if package in _origin(name).parents
    ]


def _files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def _origin(name):
    """Return the file that the site would use for a template; an empty path for none."""
    try:
        return Path(engines["django"].engine.get_template(name).origin.name)
    except TemplateDoesNotExist:
        return Path()


@register
def no_package_view(app_configs, **options):
    """An address that leads to a view of the packages, or to their API, is an error."""
    return [
        Error(
            f"The address {pattern.pattern} leads to {module}: it tells readers' addresses, or takes comments unseen.",
            hint="The site's own addresses for comments are in comments/urls.py.",
            id="comments.E002",
        )
        for pattern in _patterns(get_resolver())
        if (module := getattr(pattern.callback, "__module__", "")).startswith(("django_comments", "rest_framework"))
    ]


def _patterns(resolver):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern)
        else:
            yield pattern
