"""Sentences of packages that French says badly, since they cannot know a noun's gender: named here, our catalogue has them."""

from django.utils.translation import gettext_noop as _

ADMIN = (
    _("Add %s"),
    _("Change %s"),
    _("View %s"),
    _("Add %(name)s"),
    _("Add another %(verbose_name)s"),
    _("Add another %(model)s"),
    _("Change selected %(model)s"),
    _("View selected %(model)s"),
    _("Delete selected %(model)s"),
    _("Delete selected %(verbose_name_plural)s"),
    _("Select this object for an action - {}"),
    _("Select all objects on this page for an action"),
    _("Save and add another"),
    _("Save and continue editing"),
    _("The {name} “{obj}” was added successfully."),
    _("The {name} “{obj}” was added successfully. You may add another {name} below."),
    _("The {name} “{obj}” was changed successfully."),
    _("The {name} “{obj}” was changed successfully. You may add another {name} below."),
    _("The {name} “{obj}” was changed successfully. You may edit it again below."),
    _("You may edit it again below."),
    _("The %(name)s “%(obj)s” was deleted successfully."),
    _(
        'Are you sure you want to delete the %(object_name)s "%(escaped_object)s"? '
        "All of the following related items will be deleted:"
    ),
    _(
        "Are you sure you want to delete the selected %(objects_name)s? "
        "All of the following objects and their related items will be deleted:"
    ),
    _("Delete multiple objects"),
    _("Go"),
    _("Thanks for spending some quality time with the web site today."),
    _("Yes, I’m sure"),
    _("No, take me back"),
    _("After you’ve created a user, you’ll be able to edit more user options."),
)
TAGGIT = (_("%(object)s tagged with %(tag)s"),)
