"""What the tests of the moderation desk share: people with their rights, and posted forms."""

from django.contrib.auth.models import Group, Permission

from tests.factories import UserFactory

QUEUE = "/admin/comments/readercomment/"
DECIDE = f"{QUEUE}decide/"
UNDO = f"{QUEUE}undo/"
LOG = f"{QUEUE}log/"


def user_with(*rights, group="", **values):
    """Return somebody of the staff, in English, with these rights of the comments' app."""
    user = UserFactory(language="en", **values)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights, content_type__app_label="comments"))
    if group:
        user.groups.add(Group.objects.get(name=group))
    return user


def moderator(client, **values):
    """Log a member of the group Moderators in."""
    user = user_with(group="Moderators", **values)
    client.force_login(user)
    return user


def seen(*comments):
    """Return what the form of these comments holds."""
    return [f"{comment.public_id}:{comment.status}" for comment in comments]


def decide(client, status, *comments, **values):
    """Post a decision and return the page that follows."""
    return client.post(DECIDE, {"status": status, "comment": seen(*comments), **values}, follow=True)


def messages(response):
    return [str(message) for message in response.context["messages"]]
