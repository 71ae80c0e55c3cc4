"""What whoever works at the desk says of himself: the address that notices and a forgotten password are sent to."""

from django import forms
from django.contrib import admin, messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from newsroom.limits import allow, too_many
from newsroom.models import User

WINDOW = 300


class AccountForm(forms.ModelForm):
    """One's own address. Whoever has it can set a password anew: so the present one is asked for."""

    class Meta:
        model = User
        fields = ("email",)
        help_texts = {"email": gettext_lazy("Notices go there, and the link when you forget your password.")}

    password = forms.CharField(
        label=gettext_lazy("Your password, as it is now"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def clean_password(self):
        if not self.instance.check_password(self.cleaned_data["password"]):
            raise forms.ValidationError(_("This is not your password."))
        return self.cleaned_data["password"]


@require_http_methods(["GET", "HEAD", "POST"])
def account(request):
    """Show one's own address; a post changes it."""
    if request.method == "POST" and not allow("account", str(request.user.pk), 10, WINDOW):
        return too_many(request, WINDOW)
    form = AccountForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if request.method == "POST" and form.is_valid():
        form.instance.save(update_fields=["email"])
        messages.success(request, _("Your address is saved."))
        return redirect("admin:account")
    context = admin.site.each_context(request) | {"title": _("Your account"), "form": form}
    return TemplateResponse(request, "admin/account.html", context, status=422 if form.errors else 200)
