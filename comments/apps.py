"""Comments as an app, and the packages they stand on without what they show, mail and publish by themselves."""

from pathlib import Path

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _
from django_comments.apps import DjangoCommentsAdminConfig
from django_comments_xtd.apps import CommentsXtdConfig

# A folder that does not exist: Django looks there for templates, static files, translations and commands.
NOWHERE = str(Path(__file__).parent / "nowhere")


class QuietXtdConfig(CommentsXtdConfig):
    """django-comments-xtd as tables and thread arithmetic only.

    Its templates print addresses, its command saves every comment, and its `ready` connects a receiver that makes
    held replies public whenever a comment above them is saved: none of these is within reach.
    """

    path = NOWHERE

    def ready(self):
        pass


class QuietCommentsConfig(DjangoCommentsAdminConfig):
    """django-contrib-comments as a table only."""

    path = NOWHERE


class CommentsConfig(AppConfig):
    name = "comments"
    verbose_name = _("Comments")

    def ready(self):
        from comments import checks  # noqa: F401, registers them

        post_migrate.connect(make_moderators, sender=self)


def make_moderators(sender, using, **options):
    """Give the site its group `Moderators`, who read and decide and see no address.

    After each migrate: the permissions do not exist yet inside a migration of a fresh database.
    """
    from django.contrib.auth.management import create_permissions
    from django.contrib.auth.models import Group, Permission

    create_permissions(sender, verbosity=0, using=using)
    group, made = Group.objects.using(using).get_or_create(name="Moderators")
    if made:
        names = ["view_readercomment", "moderate_readercomment"]
        names += [f"{verb}_blockrule" for verb in ("view", "add", "change", "delete")]
        rights = Permission.objects.using(using).filter(content_type__app_label="comments", codename__in=names)
        group.permissions.set(rights)
