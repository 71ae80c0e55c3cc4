"""What the desk says before something is deleted: why it stays where it must, and what goes with it where it may."""

from django.apps import apps
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from newsroom.typography import typeset


class Deletes:
    """What a ModelAdmin does beside Django's: it tells what this account may not do from what nobody may.

    `why_kept(request, thing)` of the ModelAdmin, where it has one, says in a sentence why a thing stays; "" where it need not.
    """

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not self._why_kept(request, obj)

    def _why_kept(self, request, thing):
        return self.why_kept(request, thing) if thing and hasattr(self, "why_kept") else ""

    def _why_kept_here(self, request, thing):
        """Return that sentence to whoever may delete such things; others lack the right, and are told so."""
        return self._why_kept(request, thing) if super().has_delete_permission(request, thing) else ""

    def render_change_form(self, request, context, *args, obj=None, **options):
        context["why_kept"] = self._why_kept_here(request, obj)
        return super().render_change_form(request, context, *args, obj=obj, **options)

    def delete_view(self, request, object_id, extra_context=None):
        if why := self._why_kept_here(request, self.get_object(request, unquote(object_id))):
            self.message_user(request, _("This cannot be deleted. %(why)s") % {"why": why}, messages.ERROR)
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", object_id)
        return super().delete_view(request, object_id, extra_context)

    def get_deleted_objects(self, things, request):
        """Leave out of the list the rows that only tie one thing to another: they have no name."""
        deleted, counts, missing, protected = super().get_deleted_objects(things, request)
        ties = [model._meta for model in apps.get_models(include_auto_created=True) if model._meta.auto_created]
        counts = {
            name: count for name, count in counts.items() if name not in {tie.verbose_name_plural for tie in ties}
        }
        return _without(deleted, tuple(f"{capfirst(tie.verbose_name)}: " for tie in ties)), counts, missing, protected

    def get_actions(self, request):
        actions = super().get_actions(request)
        if "delete_selected" in actions and hasattr(self, "why_kept"):
            do, *said = actions["delete_selected"]
            actions["delete_selected"] = (_without_kept(do), *said)
        return actions


def _without(tree, beginnings):
    """Return a list of lines, and of lists of what hangs on the line before, without the lines that begin so.

    A line says what a thing is, then its name: the sign between them stands as the page's language wants it.
    """
    kept, colon = [], typeset("x:", get_language())[1:]
    for line in tree:
        if isinstance(line, list):
            kept += filter(None, [_without(line, beginnings)])
        elif not line.startswith(beginnings):
            kept.append(type(line)(line.replace(":", colon, 1)))
    return kept


def _without_kept(delete):
    """Have several things deleted without those that stay, each of which is named with its reason."""

    def asked(self, request, chosen):
        kept = []
        for thing in chosen:
            if why := self._why_kept_here(request, thing):
                kept.append(thing.pk)
                self.message_user(
                    request, _("“%(thing)s” stays: %(why)s") % {"thing": thing, "why": why}, messages.ERROR
                )
        others = chosen.exclude(pk__in=kept)
        return delete(self, request, others) if others.exists() else None

    return asked
