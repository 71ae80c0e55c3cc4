"""Sentences of packages that French says badly, since they cannot know a noun's gender: named here, our catalogue has them."""

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext_lazy

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
    _("0 of %(cnt)s selected"),
    _("%s KB"),
    _("%s MB"),
    _("%s GB"),
    ngettext_lazy("%(total_count)s selected", "All %(total_count)s selected", "total_count"),
    _("Select all %(total_count)s %(module_name)s"),
    _("Click here to select the objects across all pages"),
    _("Select %s"),
    _("Select %s to change"),
    _("Select %s to view"),
    ngettext_lazy(
        "%(count)s %(name)s was changed successfully.", "%(count)s %(name)s were changed successfully.", "count"
    ),
    _("Changed {fields}."),
    _("Changed {fields} for {name} “{object}”."),
    _("This object doesn’t have a change history. It probably wasn’t added via this admin site."),
    _(
        "Deleting %(class_name)s %(instance)s would require deleting the following protected related objects: %(related_objects)s"
    ),
    _(
        "Deleting the %(object_name)s '%(escaped_object)s' would result in deleting related objects, but your account "
        "doesn't have permission to delete the following types of objects:"
    ),
    _(
        "Deleting the %(object_name)s '%(escaped_object)s' would require deleting the following protected related objects:"
    ),
    _(
        "Deleting the selected %(objects_name)s would result in deleting related objects, but your account doesn't have "
        "permission to delete the following types of objects:"
    ),
    _("Deleting the selected %(objects_name)s would require deleting the following protected related objects:"),
)
# Typewriter's apostrophes.
PASSWORDS = (
    _(
        "Please enter the correct %(username)s and password for a staff account. Note that both fields may be "
        "case-sensitive."
    ),
    _("This action will <strong>enable</strong> password-based authentication for this user."),
    _("Disable password-based authentication"),
    _("Enable password-based authentication"),
    _("Password-based authentication was disabled."),
    _(
        "Whether the user will be able to authenticate using a password or not. If disabled, they may still be able to "
        "authenticate using other backends, such as Single Sign-On or LDAP."
    ),
    _("Raw passwords are not stored, so there is no way to see the user’s password."),
    _("Enable password-based authentication for this user by setting a password."),
    _("Designates whether the user can log into this admin site."),
)
# Words for which the desk has others, and a sentence about “this value”.
NAMES = (
    _("email address"),
    _("Email address"),
    _("Email address:"),
    _("Enter a valid email address."),
    _(
        "We’ve emailed you instructions for setting your password, if an account exists with the email you entered. "
        "You should receive them shortly."
    ),
    _("Forgotten your password? Enter your email address below, and we’ll email instructions for setting a new one."),
    _("Password change"),
    _("Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only."),
    ngettext_lazy(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    ),
)
FILES = (_("File extension “%(extension)s” is not allowed. Allowed extensions are: %(allowed_extensions)s."),)
TAGGIT = (_("%(object)s tagged with %(tag)s"),)
