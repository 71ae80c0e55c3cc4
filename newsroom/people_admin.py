"""Who works here, at the desk: people, and the groups whose rights they have, in plain words."""

import secrets
from pathlib import Path

from django import forms
from django.apps import apps
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import UserCreationForm, UsernameField
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

# What somebody does here, and the groups that let him; an owner needs none.
OWNER = "owner"
MODERATOR = "Moderators"
BOTH = "Editors+Moderators"
ROLES = [
    ("Editors", _("Author and editor")),
    (MODERATOR, _("Moderator")),
    (BOTH, _("Author, editor and moderator")),
    (OWNER, _("Owner")),
]
ROLE = pgettext_lazy("of an account", "role")  # an author's is what readers are told that he is
AS_IT_IS = "as-it-is"  # rights that no one role gives

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


def roles_to_give(by):
    """Return the choices of a role: those of the site, a group that the owner made as one more, and, to an owner, his own."""
    own = Group.objects.exclude(name__in=dict(ROLES)).order_by("name")
    return [*ROLES[:-1], *((str(group.pk), group.name) for group in own), *(ROLES[-1:] if by.is_superuser else [])]


def role_of(user):
    """Return the key of the role that a person's rights make; AS_IT_IS where they are none's."""
    if not user.is_staff or (user.user_permissions.all() and not user.is_superuser):
        return AS_IT_IS
    if user.is_superuser:
        return OWNER
    groups = sorted(user.groups.all(), key=lambda group: group.name)
    key = "+".join(group.name for group in groups)
    if key in dict(ROLES):
        return key
    return str(groups[0].pk) if len(groups) == 1 else AS_IT_IS


def groups_of(role):
    return Group.objects.filter(pk=role) if role.isdecimal() else Group.objects.filter(name__in=role.split("+"))


def why_it_stays(user, by):
    """Return why an account may neither lose its rights nor go, "" where it may."""
    owners = User.objects.filter(is_superuser=True, is_active=True)
    if user.is_superuser and user.is_active and not owners.exclude(pk=user.pk).exists():
        return _("The site would have no owner any more: make somebody else its owner first.")
    return _("This is your own account: another owner may do this.") if user.pk == by.pk else ""


class PersonForm(forms.ModelForm):
    """Somebody who works here: his role says what he may do; his password he chooses himself."""

    by: User  # who fills it in
    role_now = AS_IT_IS

    role = forms.ChoiceField(
        label=capfirst(ROLE),
        widget=forms.RadioSelect,
        help_text=_(
            "An author and editor writes and publishes, and sees no comments; a moderator decides on comments, and sees no "
            "drafts. An owner may do everything."
        ),
    )

    class Meta:
        model = User
        fields = ("username", "first_name", "last_name", "email", "language")
        field_classes = {"username": UsernameField}
        help_texts = {"email": _("Required. The links to choose a password go there, and notices.")}

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["role"].choices = roles_to_give(self.by)

    def save(self, commit=True):
        if self.cleaned_data["role"] != self.role_now:
            self.instance.is_staff = True
            self.instance.is_superuser = self.cleaned_data["role"] == OWNER
        return super().save(commit)

    def _save_m2m(self):
        super()._save_m2m()
        if self.cleaned_data["role"] != self.role_now:
            self.instance.groups.set(groups_of(self.cleaned_data["role"]))
            self.instance.user_permissions.clear()


class NewUserForm(PersonForm):
    """Somebody who shall work here."""

    clean_username = UserCreationForm.clean_username

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["email"].required = True
        self.fields["role"].initial = "Editors"
        text = _("It can be changed later, on the page of the account.")
        self.fields["role"].help_text = f"{self.fields['role'].help_text} {text}"

    def save(self, commit=True):
        self.instance.set_password(secrets.token_urlsafe(32))  # which nobody knows; it can be forgotten as any other
        return super().save(commit)


class KnownUserForm(PersonForm):
    """Somebody who works here, without his password: nobody but he chooses it."""

    class Meta(PersonForm.Meta):
        fields = (*PersonForm.Meta.fields, "is_active")
        help_texts = {
            "email": _("The links to choose a password go there, and notices."),
            "is_active": _("Who is not active cannot log in. What he wrote and did stays under his name."),
        }

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        field = self.fields["role"]
        self.initial["role"] = self.role_now = role_of(self.instance)
        if self.role_now == AS_IT_IS:
            field.choices = [(AS_IT_IS, _("None of these: rights of its own, left as they are")), *field.choices]

    def clean_role(self):
        return self._unless_it_stays("role", self.role_now)

    def clean_is_active(self):
        return self._unless_it_stays("is_active", self.instance.is_active)

    def _unless_it_stays(self, field, now):
        """Return what was typed of a field by which one may lose one's rights; refuse what nobody may take."""
        typed = self.cleaned_data[field]
        if typed != now and (why := why_it_stays(self.instance, self.by)):
            raise ValidationError(why, code="stays")
        return typed


@admin.register(User)
class DeskUserAdmin(UserAdmin):
    desk_tab = (92, _("Users"))
    adds = _("Add a person")
    form = KnownUserForm
    list_display = ("username", "full_name", "email", "role", "is_active", "last_login")
    list_filter = ("is_active",)
    search_fields = ("username__holds", "first_name__holds", "last_name__holds", "email__holds")
    filter_horizontal = ()
    add_form = NewUserForm
    add_form_template = "admin/newsroom/user/add_form.html"
    change_form_template = "admin/newsroom/user/change_form.html"
    add_fieldsets = ((None, {"fields": (*NewUserForm.Meta.fields, "role")}),)
    fieldsets = ((None, {"fields": (*NewUserForm.Meta.fields, "role", "is_active", "last_login", "date_joined")}),)
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

    def why_kept(self, request, user):
        return why_it_stays(user, request.user)

    def get_form(self, request, obj=None, **options):
        form = super().get_form(request, obj, **options)
        form.by = request.user
        return form

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups", "user_permissions")

    @admin.display(description=ROLE)
    def role(self, user):
        groups = ", ".join(group_in_words(group) for group in user.groups.all())
        return dict(ROLES).get(role_of(user)) or groups

    @admin.display(description=_("full name"))
    def full_name(self, user):
        return user.get_full_name()


admin.site.unregister(Group)


@admin.register(Group)
class DeskGroupAdmin(GroupAdmin):
    adds = _("Add a group")
    list_display = ("group",)
    search_fields = ("name__holds",)
    filter_horizontal = ()

    def why_kept(self, request, group):
        return _("The site’s own roles are made of this group.") if group.name in dict(ROLES) else ""

    def get_fields(self, request, group=None):
        """The site knows its own groups by their names."""
        return ("permissions",) if group and group.name in dict(ROLES) else ("name", "permissions")

    def render_change_form(self, request, context, *args, obj=None, **options):
        context |= {"subtitle": group_in_words(obj)} if obj else {}
        return super().render_change_form(request, context, *args, obj=obj, **options)

    def history_view(self, request, object_id, extra_context=None):
        group = self.get_object(request, unquote(object_id))
        called = group_in_words(group) if group else ""
        named = {"called": called, "title": gettext("Change history: %s") % called}
        return super().history_view(request, object_id, named | (extra_context or {}))

    @admin.display(description=_("group"))
    def group(self, group):
        return group_in_words(group)

    def formfield_for_manytomany(self, db_field, request, **options):
        field = super().formfield_for_manytomany(db_field, request, **options | {"form_class": KnownRows})
        field.queryset, field.label_from_instance = grantable(), right_in_words
        field.widget, field.help_text = CheckboxSelectMultiple(choices=field.choices), ""
        return field
