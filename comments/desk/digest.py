"""Whether one is told by mail what waits: each moderator's own choice."""

from django.contrib import messages
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from comments.desk.ways import LIST, context_of, needs
from comments.models import Digest
from newsroom import postman


@require_http_methods(["GET", "HEAD", "POST"])
@needs("moderate_readercomment")
def digest(request):
    """Say whether mails are wanted; a post decides."""
    if request.method != "POST":
        stopped = Digest.objects.filter(user=request.user, wanted=False).exists()
        context = context_of(request, title=_("Notices by mail"), wanted=not stopped, mail_leaves=postman.leaves())
        return TemplateResponse(request, "admin/comments/digest.html", context)
    wanted = request.POST.get("wanted") == "on"
    Digest.objects.update_or_create(user=request.user, defaults={"wanted": wanted})
    said = _("You will be told by mail when comments wait.") if wanted else _("You will not be told by mail any more.")
    messages.success(request, said)
    return redirect(LIST)
