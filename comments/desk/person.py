"""What concerns the person behind a comment: blocking and its end, the address, all that is kept. No page shows it unasked."""

import uuid

from django.db import transaction
from django.http import JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from comments import decisions, people, rights
from comments.desk.forms import BlockForm
from comments.desk.ways import answer_with, case_page, find, needs
from comments.models import CommentContact, ReaderComment


@require_POST
@needs("moderate_readercomment")
def block(request, public_id):
    """Drop what this commenter sends from now on; reject what waits of hers, where that is wanted."""
    form = BlockForm(request.POST)
    if not form.is_valid():
        return case_page(request, public_id, 422, blocking=form)
    row, values, batch = find(public_id), form.cleaned_data, uuid.uuid4()
    with transaction.atomic():
        if values["waiting"]:
            mine = people.written_with(row).filter(comment__status=ReaderComment.Status.PENDING)
            mine = list(mine.values_list("comment", flat=True))
            decisions.decide(mine, values["waiting"], request.user, values["why"], batch=batch)
        blocked = people.block(row, request.user, values["why"], network=values["network"], batch=batch)
    if blocked:
        said = _("%s is blocked: what comes from the same address is dropped.") % row.user_name
        return answer_with(request, said, stay=row)
    gone = _("Nothing is known of this commenter any more: there is nothing to block.")
    return answer_with(request, "", [gone], stay=row)


@require_POST
@needs("moderate_readercomment")
def free(request, public_id):
    """Take in again what this commenter sends."""
    row = find(public_id)
    if people.free(row, request.user):
        return answer_with(request, _("%s is blocked no more.") % row.user_name, stay=row)
    return answer_with(request, "", [_("This commenter is not blocked any more.")], stay=row)


@require_POST
@needs("view_contact")
def address(request, public_id):
    """Show the address behind a comment, and write down who looked."""
    found = people.look_at_address(find(public_id), request.user)
    return case_page(request, public_id, address=found or _("The address is no longer kept."))


@require_POST
@needs("view_contact")
def export(request, public_id):
    """Send all that is kept of the person behind a comment, as a file; and write down who looked."""
    row = find(public_id)
    people.look_at_address(row, request.user)
    key = CommentContact.objects.filter(comment=row).values_list("email_key", flat=True).first() or ""
    found = rights.export(key) if key else {"comments": [], "unconfirmed": []}
    headers = {"Content-Disposition": f'attachment; filename="commenter-{public_id}.json"'}
    return JsonResponse(found, headers=headers, json_dumps_params={"ensure_ascii": False, "indent": 2})


@require_POST
@needs("view_contact", "moderate_readercomment")
def erase(request, public_id):
    """Erase all that is kept of the person behind a comment, on her demand."""
    contact = CommentContact.objects.filter(comment=find(public_id)).exclude(email_key="").first()
    if contact is None or request.POST.get("sure") != "on":
        return answer_with(request, "", [_("Nothing was erased.")])
    count = rights.erase(contact.email_key, request.user)
    return answer_with(request, ngettext("%d comment erased.", "%d comments erased.", count) % count)
