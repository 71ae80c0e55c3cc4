"""Authors at the desk: who signs, their links and their works."""

from django import forms
from django.contrib import admin, messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from articles.admin import beginning
from articles.admin.editing import ADDRESSES, ORDER, on_site, photos_shown
from articles.fields import PhotoField
from articles.models import Author, AuthorLink, Work
from articles.models.author import IN_SUPPORT_CALL, NAMELESS
from articles.slugs import free_slug, made_from
from newsroom.admin import SIGNS_HELP
from newsroom.folding import alphabetical
from newsroom.models import User


class LinkForm(forms.ModelForm):
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        buttons = _(
            "The first %(count)s for support are the buttons of the support call; the author’s box shows them all."
        ) % {"count": IN_SUPPORT_CALL}
        self.fields["position"].help_text = f"{_('The lowest number stands first.')} {buttons}"
        self.fields["position"].widget.attrs["data-order"] = buttons  # where the script puts them up and down


class LinkInline(admin.StackedInline):
    model = AuthorLink
    adds = _("Add a link")
    form = LinkForm
    extra = 0
    fields = ("purpose", "service", "url", "position", "label")

    class Media:
        js = [ORDER]


class WorkInline(admin.StackedInline):
    model = Work
    adds = _("Add a book or work")
    extra = 0
    fields = ("title", "language", "year", "url", "position")

    class Media:
        js = [ORDER]


class AccountField(forms.ModelChoiceField):
    """Somebody who works here, under the name by which colleagues know him."""

    def __init__(self):
        field = Author._meta.get_field("account")
        people = User.objects.filter(is_staff=True).order_by("username")
        super().__init__(people, required=False, label=capfirst(field.verbose_name), help_text=field.help_text)

    def label_from_instance(self, user):
        return user.known_as


class AuthorForm(forms.ModelForm):
    portrait = PhotoField(label=capfirst(Author._meta.get_field("portrait").verbose_name))
    account = AccountField()

    class Meta:
        help_texts = {"biography": SIGNS_HELP}

    def _get_validation_exclusions(self):
        """Saying that another one is the site's author moves the place: that is no conflict."""
        return super()._get_validation_exclusions() | {"is_site_author"}

    def clean(self):
        """Make the address from the name again while nobody knows it, as that of a draft is made from its title."""
        cleaned, author = super().clean(), self.instance
        kept = author.pk and "slug" not in self.changed_data and made_from(author.slug, author.name, NAMELESS)
        if kept and cleaned.get("name") and not author.articles.filter(first_published_at__isnull=False).exists():
            taken = set(Author.objects.exclude(pk=author.pk).values_list("slug", flat=True))
            cleaned["slug"] = free_slug(cleaned["name"], taken.__contains__, NAMELESS)
        return cleaned


@admin.register(Author)
class AuthorAdmin(admin.ModelAdmin):
    form = AuthorForm
    list_display = ("called", "role_here", "is_site_author")
    ordering = (alphabetical("name"), "pk")
    search_fields = ("name__holds",)
    fields = ("name", "slug", "portrait", "role", "biography", "web_since", "account", "is_site_author")
    formfield_overrides = ADDRESSES
    prepopulated_fields = {"slug": ("name",)}
    inlines = (LinkInline, WorkInline)
    view_on_site = on_site
    desk_tab = (60, _("Authors"))
    adds = _("Add an author")
    change_form_template = "admin/articles/author/change_form.html"

    def desk_sections(self, request):
        if found := beginning.section(request):
            yield found

    def add_view(self, request, form_url="", extra_context=None):
        """Say first who the site's author is, where the first article has made one of the name of an account."""
        author = Author.objects.nobody_yet() if request.method == "GET" else None
        if not (author and self.has_change_permission(request, author)):
            return super().add_view(request, form_url, extra_context)
        text = _("What you wrote is signed “%(name)s”, the name of an account: say here who you are, then add others.")
        self.message_user(request, text % {"name": author}, messages.WARNING)
        url = reverse("admin:articles_author_change", args=[author.pk])
        return redirect(f"{url}?{request.GET.urlencode()}" if request.GET else url)

    def save_model(self, request, author, form, change):
        """Let who is added take the place of one who is nobody yet."""
        if not change and request.user.is_superuser and Author.objects.nobody_yet():
            author.is_site_author = True
        super().save_model(request, author, form, change)

    @admin.display(description=_("name"), ordering=alphabetical("name"))
    def called(self, author):
        return author.name

    @admin.display(description=_("role"))
    def role_here(self, author):
        return str(author.role)

    def get_readonly_fields(self, request, author=None):
        """Whose site this is, and who logs in as whom, an owner says."""
        if not request.user.is_superuser:
            return ("account", "is_site_author")
        return ("is_site_author",) if author and author.is_site_author else ()

    def has_change_permission(self, request, author=None):
        return super().has_change_permission(request, author) and (
            author is None or author.may_be_changed_by(request.user)
        )

    def render_change_form(self, request, context, *args, obj=None, **options):
        if obj and not self.has_change_permission(request, obj):
            text = _("Only the owner of the site, and whoever logs in as this author, may change this.")
            self.message_user(request, text, messages.WARNING)
        if "portrait" in context["adminform"].form.fields:
            context["photos_in_use"] = photos_shown(context["adminform"].form["portrait"])
        return super().render_change_form(request, context, *args, obj=obj, **options)

    def has_delete_permission(self, request, author=None):
        if author and not author.may_be_changed_by(request.user):
            return False
        return super().has_delete_permission(request, author)

    def why_kept(self, request, author):
        if author.is_site_author:
            return _("This is the site’s author: say on another author’s page first that he is.")
        if count := author.articles.count():
            return ngettext(
                "%(count)s article is signed with this name: give it another author first.",
                "%(count)s articles are signed with this name: give them another author first.",
                count,
            ) % {"count": count}
        return ""
