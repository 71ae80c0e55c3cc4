"""Who works here, at the desk: people, and the groups whose rights they have, in plain words."""

import secrets
from copy import deepcopy
from pathlib import Path

from django import forms
from django.apps import apps
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import UserChangeForm, UserCreationForm, UsernameField
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.redirects.models import Redirect
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import CheckboxSelectMultiple
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from newsroom import passwords, postman
from newsroom.models import User

# What somebody does here, and the group that lets him; an owner needs none.
OWNER = "owner"
MODERATOR = "Moderators"
BOTH = "Editors+Moderators"
ROLES = [
    ("Editors", _("Author and editor")),
    (MODERATOR, _("Moderator")),
    (BOTH, _("Author, editor and moderator")),
    (OWNER, _("Owner")),
]

VERBS = {
    "add": pgettext_lazy("right", "add"),
    "change": pgettext_lazy("right", "change"),
    "delete": pgettext_lazy("right", "delete"),
    "view": pgettext_lazy("right", "view"),
}


def group_in_words(group):
    """Return a group's name; those that the site makes are called by the role that they give."""
    return str(dict(ROLES).get(group.name, group.name))


def right_in_words(permission):
    """Return what a permission allows: Django keeps its own sentence in English, whoever reads it."""
    verb, _dash, model = permission.codename.partition("_")
    if verb in VERBS and model == permission.content_type.model:
        return f"{capfirst(permission.content_type.name)} – {VERBS[verb]}"
    return gettext(permission.name)


def grantable():
    """Return the permissions on what the site has a word for, and not on tables that it or packages keep for themselves."""
    ours = [app for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR]
    models = [model for app in ours for model in app.get_models() if "verbose_name" in model._meta.original_attrs]
    types = ContentType.objects.get_for_models(*models, Redirect, for_concrete_models=False).values()
    return Permission.objects.filter(content_type__in=types).select_related("content_type")


class KnownRows(forms.ModelMultipleChoiceField):
    """Rows to tick; refuses what no row can be before a database is asked for it."""

    def clean(self, value):
        for key in value or ():
            if not (str(key).isdecimal() and len(str(key)) < 19):
                raise ValidationError(self.error_messages["invalid_pk_value"], "invalid_pk_value", {"pk": key})
        return super().clean(value)


def in_words(field):
    """Have a form's field of groups or of permissions offer them in plain words, as boxes to tick."""
    if field.queryset.model is Permission:
        field.queryset, field.label_from_instance = grantable(), right_in_words
    else:
        field.label_from_instance = group_in_words
    field.widget, field.help_text = CheckboxSelectMultiple(choices=field.choices), ""
    return field


class NewUserForm(forms.ModelForm):
    """Somebody who shall work here: his role says what he may do; his password he chooses himself."""

    role = forms.ChoiceField(
        label=capfirst(_("role")),
        choices=ROLES,
        widget=forms.RadioSelect,
        initial="Editors",
        help_text=_(
            "An author and editor writes and publishes, and sees no comments; a moderator decides on comments, and sees no "
            "drafts. An owner may do everything. It can be changed later, among the groups of the account."
        ),
    )

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", "language")
        field_classes = {"username": UsernameField}
        help_texts = {"email": _("Required. The links to choose a password go there, and notices.")}

    clean_username = UserCreationForm.clean_username

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["email"].required = True

    def save(self, commit=True):
        self.instance.set_password(secrets.token_urlsafe(32))  # which nobody knows; it can be forgotten as any other
        self.instance.is_staff = True
        self.instance.is_superuser = self.cleaned_data["role"] == OWNER
        return super().save(commit)

    def _save_m2m(self):
        super()._save_m2m()
        self.instance.groups.set(Group.objects.filter(name__in=self.cleaned_data["role"].split("+")))


class KnownUserForm(UserChangeForm):
    """Somebody who works here, without his password: nobody but he chooses it."""

    password = None


@admin.register(User)
class DeskUserAdmin(UserAdmin):
    adds = _("Add a person")
    form = KnownUserForm
    list_display = ("username", "full_name", "email", "is_staff", "is_active", "last_login")
    list_filter = ("is_active",)
    search_fields = ("username__holds", "first_name__holds", "last_name__holds", "email__holds")
    filter_horizontal = ()
    add_form = NewUserForm
    add_form_template = "admin/newsroom/user/add_form.html"
    change_form_template = "admin/newsroom/user/change_form.html"
    add_fieldsets = ((None, {"fields": (*NewUserForm.Meta.fields, "role")}),)
    fieldsets = (
        (None, {"fields": ("username", "first_name", "last_name", "email", "language", "groups", "is_active")}),
        (_("Permissions"), {"classes": ("collapse",), "fields": ("is_staff", "is_superuser", "user_permissions")}),
        (_("Important dates"), {"classes": ("collapse",), "fields": ("last_login", "date_joined")}),
    )

    readonly_fields = ("last_login", "date_joined")

    def get_urls(self):
        invite = path("<int:pk>/invite/", self.admin_site.admin_view(self.invite), name="newsroom_user_invite")
        # Past UserAdmin, whose one address of its own is where somebody types a password for another.
        return [invite, *super(UserAdmin, self).get_urls()]

    def render_change_form(self, request, context, *args, obj=None, **options):
        context |= {"mail_leaves": postman.leaves(), "may_invite": self._may_invite(request, obj)}
        return super().render_change_form(request, context, *args, obj=obj, **options)

    def response_add(self, request, user, post_url_continue=None):
        self._send_link(request, user)
        return super().response_add(request, user, post_url_continue)

    @method_decorator(require_POST)
    def invite(self, request, pk):
        """Have somebody sent a link to choose a password once more, or for the first time."""
        user = get_object_or_404(User, pk=pk)
        if not self._may_invite(request, user):
            raise PermissionDenied
        self.log_change(request, user, gettext("A link to choose a password was made."))
        self._send_link(request, user)
        return redirect("admin:newsroom_user_change", pk)

    def _may_invite(self, request, user):
        return bool(user and user.is_active and user != request.user and self.has_change_permission(request, user))

    def _send_link(self, request, user):
        """Send a person the link where he chooses a password; where no mail would reach him, show it, to be handed on."""
        if user.email and postman.leaves():
            try:
                passwords.invite(user, request.user)
            except ValidationError:  # an address longer than mail servers know
                pass
            else:
                text = gettext(
                    "A link to choose a password is on its way to %(address)s. It holds for three days, once."
                )
                return self.message_user(request, text % {"address": user.email}, messages.SUCCESS)
        reason = (
            gettext("No mail leaves this site yet.") if user.email else gettext("This account has no e-mail address.")
        )
        text = gettext(
            "Hand on this link yourself, to nobody else: a password is chosen there, once, within three days."
        )
        link = '<a href="{}" id="invitation">{}</a> <button class="plain" type="button" data-copies="invitation" data-copied="{}" hidden>{}</button>'
        shown = format_html(
            link, *[settings.SITE_URL + passwords.link_for(user)] * 2, gettext("Copied."), gettext("Copy the link")
        )
        return self.message_user(request, format_html("{} {} {}", reason, text, shown), messages.WARNING)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self._is_for(request, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self._is_for(request, obj)

    def _is_for(self, request, user):
        """Whoever only looks after accounts does not touch an owner's: its password and address are the whole site."""
        return request.user.is_superuser or not (user and user.is_superuser)

    def get_readonly_fields(self, request, obj=None):
        found = super().get_readonly_fields(request, obj)
        return found if request.user.is_superuser else (*found, "is_superuser", "user_permissions")

    def get_form(self, request, obj=None, **options):
        """Only an owner makes another one."""
        form = super().get_form(request, obj, **options)
        if obj is None and not request.user.is_superuser:
            # A copy: the field is the class's, and other people's forms have it as well.
            role = form.base_fields["role"] = deepcopy(form.base_fields["role"])
            role.choices = ROLES[:-1]
        return form

    @admin.display(description=_("full name"))
    def full_name(self, user):
        return user.get_full_name()

    def formfield_for_manytomany(self, db_field, request, **options):
        return in_words(super().formfield_for_manytomany(db_field, request, **options | {"form_class": KnownRows}))


admin.site.unregister(Group)


@admin.register(Group)
class DeskGroupAdmin(GroupAdmin):
    adds = _("Add a group")
    list_display = ("group",)
    search_fields = ("name__holds",)
    filter_horizontal = ()

    @admin.display(description=_("group"))
    def group(self, group):
        return group_in_words(group)

    def formfield_for_manytomany(self, db_field, request, **options):
        return in_words(super().formfield_for_manytomany(db_field, request, **options | {"form_class": KnownRows}))
