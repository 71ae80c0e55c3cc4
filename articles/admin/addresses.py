"""Addresses at the desk: what readers ask for in vain, and the redirects that help them."""

from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.redirects.admin import RedirectAdmin as StockRedirectAdmin
from django.contrib.redirects.models import Redirect
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from articles.models import MissedAddress
from newsroom.desk import Row, Section

OFTEN = 10


def redirect_url(missed):
    """Return the address of the form that makes a redirect from this path."""
    return f"{reverse('admin:redirects_redirect_add')}?{urlencode({'old_path': missed.path})}"


@admin.register(MissedAddress)
class MissedAddressAdmin(admin.ModelAdmin):
    list_display = ("path", "count", "first_on", "last_on", "redirect")
    list_display_links = None
    search_fields = ("path__holds",)
    show_full_result_count = False

    def get_queryset(self, request):
        """Leave out what has its redirect."""
        return super().get_queryset(request).exclude(path__in=Redirect.objects.values("old_path"))

    def desk_sections(self, request):
        """Show on the desk's first page what is asked for often."""
        often = self.get_queryset(request).filter(count__gte=OFTEN)[:5]
        rows = [
            Row(missed.path, redirect_url(missed), _("%(count)s times") % {"count": missed.count}) for missed in often
        ]
        if rows:
            yield Section(60, _("Asked for, and not there"), rows, reverse("admin:articles_missedaddress_changelist"))

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    @admin.display(description=_("Redirect"))
    def redirect(self, missed):
        return format_html('<a href="{}">{}</a>', redirect_url(missed), _("Redirect"))


class RedirectForm(forms.ModelForm):
    """A redirect of the one site there is."""

    class Meta:
        model = Redirect
        fields = ("old_path", "new_path")

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.instance.site_id = settings.SITE_ID

    def clean_old_path(self):
        path = self.cleaned_data["old_path"]
        if not path.startswith("/"):
            raise ValidationError(_("An address of this site begins with a slash: /2009/05/a-story/"))
        if Redirect.objects.filter(site_id=settings.SITE_ID, old_path=path).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("This address has its redirect already."))
        return path

    def clean_new_path(self):
        path = self.cleaned_data["new_path"]
        if path and not path.startswith(("/", "https://", "http://")):
            raise ValidationError(_("Write an address that begins with a slash, or with https://"))
        return path


admin.site.unregister(Redirect)


@admin.register(Redirect)
class RedirectAdmin(StockRedirectAdmin):
    form = RedirectForm
    desk_tab = (94, _("Redirects"))
    adds = _("Add a redirect")
    list_filter = ()
    search_fields = ("old_path__holds", "new_path__holds")
    show_full_result_count = False
    radio_fields = {}
