"""The newsroom's work: articles, tags, photos, the author."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = _("Newsroom")

    def ready(self):
        # They connect their receivers.
        from articles import dead_links, export, freshness, indexing, lookup, related, site_pictures, websub  # noqa: F401

        post_migrate.connect(make_editors, sender=self)


def make_editors(sender, using, **options):
    """Make the group that writes and publishes: articles, tags, photos, pages and authors, and nothing of the site."""
    from django.contrib.auth.management import create_permissions
    from django.contrib.auth.models import Group, Permission

    create_permissions(sender, using=using, verbosity=0)
    models = ["article", "author", "authorlink", "dossier", "dossierentry", "page", "photo", "revision", "tag", "work"]
    may = (
        Permission.objects.using(using)
        .filter(content_type__app_label="articles", content_type__model__in=models)
        .exclude(content_type__model="revision", codename__startswith="delete")
    )
    group, made = Group.objects.using(using).get_or_create(name="Editors")
    if made:
        group.permissions.set(may)
