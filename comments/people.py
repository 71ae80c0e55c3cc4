"""Who is behind a comment: in whose name the team answers; whom moderators block; who looked at an address."""

import uuid

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from comments import text
from comments.models import BlockRule, CommentContact, ModerationEvent

Action = ModerationEvent.Action
Kind = BlockRule.Kind
TEAM, BADGES = _("The editorial team"), (_("Moderation"), pgettext_lazy("badge", "Author"))


def signs_as(user, author):
    """Whoever writes articles may answer in the name of an author whom he may change; all others answer in their own."""
    return user.has_perm("articles.change_article") and author.may_be_changed_by(user)


def own_name(user):
    """Return the name by which readers know a moderator: never the one she logs in by, and no address."""
    name = user.get_full_name()
    return name if name and text.without_addresses(name) == name else str(TEAM)


def team_names():
    """Yield what the team and the badges are called in every edition: names that no reader may sign with."""
    for language in settings.EDITIONS:
        with override(language):
            yield from map(str, (TEAM, *BADGES))


def signature(user, article):
    """Return the columns that say who speaks, where `user` comments below an article."""
    if signs_as(user, article.author):
        return {"user": user, "user_name": article.author.name, "is_author": True}
    with override(article.language):
        return {"user": user, "user_name": own_name(user), "is_team": True}


def written_with(comment):
    """Return the contacts of all that was written with a comment's address; none when it is not known."""
    key = CommentContact.objects.filter(comment=comment).exclude(email_key="").values("email_key")[:1]
    return CommentContact.objects.filter(email_key__in=key)


def block(comment, by, reason="", network=False, batch=None):
    """Drop, from now on and without telling, what comes from this comment's address. False when it is not known.

    With `network`, what comes from the same network is flagged as well; not dropped, for others may share it. What is
    not confirmed yet is dropped when it is (comments/intake.py), so that `unblock` loses nothing.
    """
    contact = CommentContact.objects.filter(comment=comment).exclude(email_key="").first()
    if contact is None:
        return False
    values = {"note": reason, "created_by": by, "comment": comment, "batch": batch or uuid.uuid4()}
    with transaction.atomic():
        # Flagged only until now: one rule on a person, and this is the one to take back.
        BlockRule.objects.on_person(contact.email_key).exclude(action=BlockRule.Action.REFUSE).delete()
        drop = values | {"action": BlockRule.Action.REFUSE}
        BlockRule.objects.get_or_create(kind=Kind.PERSON, value=contact.email_key, defaults=drop)
        if network and contact.network_key:
            BlockRule.objects.get_or_create(kind=Kind.NETWORK, value=contact.network_key, defaults=values)
        ModerationEvent.line(comment, by, Action.BLOCK, values["batch"], reason=reason).save()
    return True


def unblock(batch, by):
    """Delete the rules that one gesture made, where nobody has changed them since; return the comment, or None."""
    if not BlockRule.objects.filter(batch=batch).delete()[0]:
        return None
    event = ModerationEvent.objects.select_related("comment").get(batch=batch, action=Action.BLOCK)
    if event.comment:
        ModerationEvent.line(event.comment, by, Action.FREE, uuid.uuid4()).save()
    return event.comment


def free(comment, by):
    """Delete the rule that drops what this comment's writer sends, with what the same gesture made. False without one."""
    keys = written_with(comment).values("email_key")
    with transaction.atomic():
        rules = BlockRule.objects.dropping().filter(kind=Kind.PERSON, value__in=keys)
        batches = [batch for batch in rules.values_list("batch", flat=True) if batch]
        if not rules.delete()[0]:
            return False
        BlockRule.objects.filter(batch__in=batches).delete()
        ModerationEvent.line(comment, by, Action.FREE, uuid.uuid4()).save()
    return True


def look_at_address(comment, by):
    """Return the address behind a comment, or an empty string, and log that `by` looked. The caller checks the right."""
    with transaction.atomic():
        ModerationEvent.line(comment, by, Action.LOOK, uuid.uuid4()).save()
        return CommentContact.objects.filter(comment=comment).values_list("email", flat=True).first() or ""
