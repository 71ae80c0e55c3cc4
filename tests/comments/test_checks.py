"""Nothing of the packages that prints addresses can be reached, and `manage.py check` says so when it can."""

import copy

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.contrib.auth.models import Group
from django.core.management import call_command, get_commands
from django.db.models.signals import pre_save
from django.urls import include, path
from django.utils import translation

from comments import checks
from comments.models import ReaderComment
from tests.factories import CommentFactory, UserFactory

PACKAGE = next(folder for folder in checks.PACKAGES if folder.name == "django_comments_xtd")


def test_the_site_as_it_is_has_nothing_to_fear():
    assert checks.no_package_template(None) == checks.no_package_view(None) == []


def test_a_package_template_within_reach_is_an_error(settings):
    templates = copy.deepcopy(django_settings.TEMPLATES)
    templates[0]["DIRS"].append(PACKAGE / "templates")
    settings.TEMPLATES = templates

    errors = checks.no_package_template(None)

    assert {"comments/list.html", "django_comments_xtd/comment_tree.html"} <= {error.msg.split()[2] for error in errors}
    assert {error.id for error in errors} == {"comments.E001"}


@pytest.mark.parametrize("module", ["django_comments_xtd.urls", "django_comments_xtd.api.urls", "django_comments.urls"])
def test_a_package_view_within_reach_is_an_error(settings, module):
    from types import ModuleType

    urls = ModuleType("urls")
    urls.urlpatterns = [path("anything/", include(module))]
    settings.ROOT_URLCONF = urls
    with translation.override("en"):
        assert {error.id for error in checks.no_package_view(None)} == {"comments.E002"}


def test_the_packages_bring_no_command_and_no_publishing_receiver():
    assert not {"initialize_nested_count", "populate_xtdcomments", "delete_stale_comments"} & set(get_commands())
    assert apps.get_app_config("django_comments_xtd").path.endswith("nowhere")
    names = [receiver for receiver in pre_save.receivers if "publish_or_unpublish" in repr(receiver)]
    assert names == []


@pytest.mark.django_db
def test_moderators_may_read_decide_and_keep_the_blocklist_and_no_more():
    group = Group.objects.get(name="Moderators")

    codenames = sorted(group.permissions.values_list("codename", flat=True))
    rules = [f"{verb}_blockrule" for verb in ("add", "change", "delete")]
    assert codenames == [*rules, "moderate_readercomment", "view_blockrule", "view_readercomment"]
    user = UserFactory()
    user.groups.add(group)
    assert user.get_all_permissions() == {f"comments.{codename}" for codename in codenames}


@pytest.mark.django_db
def test_migrating_again_leaves_the_group_as_the_site_has_set_it():
    group = Group.objects.get(name="Moderators")
    group.permissions.clear()

    call_command("migrate", verbosity=0)

    assert group.permissions.count() == 0


@pytest.mark.django_db
def test_nothing_written_by_the_package_itself_publishes():
    root = CommentFactory(approved=True)
    held = CommentFactory(parent=root)
    for row in ReaderComment.objects.all():
        row.xtdcomment_ptr.save()

    assert ReaderComment.objects.get(pk=held.pk).is_public is False
