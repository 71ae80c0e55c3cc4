"""A password that was forgotten: a link by mail, through the outbox, and pages in the desk's skin."""

from django.contrib.auth import views
from django.contrib.auth.forms import PasswordResetForm
from django.urls import path, reverse, reverse_lazy
from django.utils import translation

from newsroom.limits import allow, client_network, too_many
from newsroom.mail import send

WINDOW = 600


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


urlpatterns = [
    path("password_reset/", ResetView.as_view(), name="password_reset"),
    path("password_reset/done/", views.PasswordResetDoneView.as_view(), name="password_reset_done"),
    path(
        "reset/<uidb64>/<token>/",
        views.PasswordResetConfirmView.as_view(success_url=reverse_lazy("admin:password_reset_complete")),
        name="password_reset_confirm",
    ),
    path("reset/done/", views.PasswordResetCompleteView.as_view(), name="password_reset_complete"),
]
