"""The kernel as an app, and the admin as the desk."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class NewsroomConfig(AppConfig):
    name = "newsroom"
    verbose_name = _("Site")

    def ready(self):
        from newsroom import folding  # noqa: F401, registers the lookups


class DeskConfig(AdminConfig):
    default_site = "newsroom.desk.Desk"
