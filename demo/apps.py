"""The demo site: a room that can be deleted, with its line in INSTALLED_APPS, once the real site stands."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DemoConfig(AppConfig):
    name = "demo"
    verbose_name = _("Demo")
