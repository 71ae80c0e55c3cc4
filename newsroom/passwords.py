"""The links by which somebody chooses a password: one who forgot it, or who is invited to work here; by mail, through the outbox."""

from django.contrib import messages
from django.contrib.auth import views
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.tokens import default_token_generator
from django.urls import path, reverse, reverse_lazy
from django.utils import translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext as _

from newsroom.limits import allow, client_network, too_many
from newsroom.mail import send

WINDOW = 600


def link_for(user):
    """Return the path where a person chooses a password: it holds once, and for settings.PASSWORD_RESET_TIMEOUT."""
    names = [urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)]
    return reverse("admin:password_reset_confirm", args=names)


def invite(user, by):
    """Have a person sent that link, in the language that the desk will speak to him. Raises ValidationError as `send` does."""
    said = {"path": link_for(user), "username": user.get_username(), "by": by.known_as, "desk": reverse("admin:index")}
    send(user.email, "invitation", said, language=user.language or translation.get_language())


class ResetForm(PasswordResetForm):
    def send_mail(self, subject_template, email_template, context, from_email, to, html_email_template_name=None):
        """Put the link into the outbox, in the language that this user's desk speaks."""
        user = context["user"]
        link = reverse("admin:password_reset_confirm", args=[context["uid"], context["token"]])
        language = user.language or translation.get_language()
        send(to, "password_reset", {"path": link, "username": user.get_username()}, language=language)


class ResetView(views.PasswordResetView):
    form_class = ResetForm
    success_url = reverse_lazy("admin:password_reset_done")

    def post(self, request, *args, **kwargs):
        if not allow("password-reset", client_network(request), 5, WINDOW):
            return too_many(request, WINDOW)
        return super().post(request, *args, **kwargs)


class ChooseView(views.PasswordResetConfirmView):
    success_url = reverse_lazy("admin:index")
    post_reset_login = True

    def get_form(self, form_class=None):
        """Speak the language of the person whose link this is; of a link that does not hold nobody learns whose it was."""
        if self.validlink and self.user.language:
            translation.activate(self.user.language)
        return super().get_form(form_class)

    def form_valid(self, form):
        """Go on to the desk: whoever has this link and this password is in."""
        messages.success(self.request, _("Your password is set. The next time, log in with it."))
        return super().form_valid(form)


urlpatterns = [
    path("password_reset/", ResetView.as_view(), name="password_reset"),
    path("password_reset/done/", views.PasswordResetDoneView.as_view(), name="password_reset_done"),
    path("reset/<uidb64>/<token>/", ChooseView.as_view(), name="password_reset_confirm"),
]
