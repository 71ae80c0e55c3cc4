"""What every page of the moderation desk needs: who may see it, what it is given, where one goes from it."""

from functools import wraps

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from comments import people
from comments.desk import log as record
from comments.desk.cases import SHOWS, cases, comments, count_by_list, count_waiting, next_waiting
from comments.desk.forms import ListForm, LogForm

LIST = "admin:comments_readercomment_changelist"
CLOSED = "comments_closed"  # in the session: the gesture whose bar was closed


def may_read(user):
    return user.has_perm("comments.view_readercomment") or user.has_perm("comments.moderate_readercomment")


def needs(*rights):
    """Let through only who has all these rights of the comments' app."""

    def decorate(view):
        @wraps(view)
        def checked(request, *args, **options):
            if not may_read(request.user) or not request.user.has_perms([f"comments.{right}" for right in rights]):
                raise PermissionDenied
            return view(request, *args, **options)

        return checked

    return decorate


def context_of(request, **values):
    """Return what every page of the desk is given, with `values`."""
    return {
        **admin.site.each_context(request),
        "shows": SHOWS,
        "reasons": record.REASONS,
        "may_moderate": request.user.has_perm("comments.moderate_readercomment"),
        "may_look": request.user.has_perm("comments.view_contact"),
        "own_name": people.own_name(request.user),
        **values,
    }


def waiting(request):
    """Return how many comments wait, counted once a request: the navigation says it, and the list's tab."""
    if not hasattr(request, "comments_waiting"):
        request.comments_waiting = count_waiting()
    return request.comments_waiting


def gesture_of(request, earlier=False):
    """Return what may be taken back, unless its bar was closed."""
    found = record.last_gesture(request.user, earlier)
    return None if found and request.session.get(CLOSED) == str(found["batch"]) else found


def find(public_id):
    """Return the comment, or end in a 404."""
    row = comments().filter(public_id=public_id).first()
    if row is None:
        raise Http404
    return row


def case_page(request, public_id, status=200, **values):
    """Return the page of one comment."""
    row = find(public_id)
    context = context_of(
        request,
        title=_("Comment by %s") % row.user_name,
        case=cases([row], request.user)[0],
        lines=record.in_words(record.lines(comment=row)[: record.LINES_PER_PAGE]),
        gesture=gesture_of(request),
        alone=public_id,
        **values,
    )
    return TemplateResponse(request, "admin/comments/case.html", context, status=status)


def answer_with(request, said, notes=(), gone=(), back=(), field="", stay=None, onward=None, earlier=False):
    """Say what came of it: to the script as JSON, to the page without one as messages on the list it came from.

    `field` is the one whose words are published: the browser keeps them no longer. From a comment's own page the way
    leads to that of the comment `stay`, or to the one that waits after `onward`. `earlier`: see record.last_gesture.
    """
    gesture = gesture_of(request, earlier)
    if request.headers.get("Accept") == "application/json":
        context = {"said": said, "notes": notes, "gesture": gesture, "back": request.POST.get("back", "")}
        bar = render_to_string("admin/comments/_said.html", context, request)
        answer = {"bar": bar, "gone": list(gone), "back": list(back), "counts": count_by_list()}
        return JsonResponse(answer)
    for note in notes:
        messages.warning(request, note)
    # What was done stands in the bar that takes it back; other news would not be seen otherwise.
    if said and not (gesture and said.startswith(gesture["said"])):
        messages.success(request, said, extra_tags=f"published-{field}" if field else "")
    return redirect(_way_back(request, stay, onward))


def _way_back(request, stay, onward):
    """Return the address of the page to show after a gesture: where it was made, or what comes next there."""
    if request.POST.get("log"):
        return f"{reverse('admin:comments_log')}?{LogForm(request.POST).address()}".rstrip("?")
    if request.POST.get("alone"):
        after = next_waiting(onward) if onward else stay
        return reverse("admin:comments_case", args=[after.public_id]) if after else reverse(LIST)
    back = ListForm(QueryDict(request.POST.get("back", "")[:500])).address()
    return f"{reverse(LIST)}?{back}#cases"
