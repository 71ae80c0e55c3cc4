"""The moderation desk: lists, one comment, decisions, the log. Every change goes through comments/decisions.py."""

from functools import wraps
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comments import decisions, people
from comments.desk import log as record
from comments.desk.cases import NEWEST, PER_PAGE, SHOWS, cases, comments, count_by_list, count_waiting, listed
from comments.desk.forms import AnswerForm, AuthorForm, DecisionForm, ListForm, LogForm, UndoForm
from comments.models import ModerationEvent, ReaderComment

LIST = "admin:comments_readercomment_changelist"


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
        "own_name": "" if people.signs_as_author(request.user) else people.own_name(request.user),
        **values,
    }


def waiting(request):
    """Return how many comments wait, counted once a request: the navigation says it, and the list's tab."""
    if not hasattr(request, "comments_waiting"):
        request.comments_waiting = count_waiting()
    return request.comments_waiting


def _tabs(counts, show, found):
    """Return the lists one may choose from: what it is called, its address, how much is in it, whether it is here.

    `found` is what each of them is searched for: the query's other names.
    """
    return [
        {
            "name": name,
            "label": label,
            "url": "?" + urlencode({"show": name} | found),
            "count": counts[name],
            "here": name == show,
        }
        for name, label in SHOWS.items()
    ]


@require_safe
@needs()
def queue(request):
    """One list of comments: by default those that wait, the reported and then the oldest first."""
    form = ListForm(request.GET)
    show, words, older = form.wanted()
    counts, paginator = count_by_list(), Paginator(listed(show, words, older), PER_PAGE)
    request.comments_waiting = counts["waiting"]
    if not words:
        paginator.count = counts[show]
    page = paginator.get_page(request.GET.get("page"))
    context = context_of(
        request,
        title=_("Comments"),
        form=form,
        show=show,
        words=words,
        older=bool(words) and not older and sum(counts[status] for status in ReaderComment.Status) > NEWEST,
        newest=NEWEST,
        counts=counts,
        tabs=_tabs(counts, show, ({"q": words} if words else {}) | ({"older": "on"} if older else {})),
        page=page,
        cases=cases(page.object_list),
        gesture=record.last_gesture(request.user),
        back=form.address(),
    )
    return TemplateResponse(request, "admin/comments/queue.html", context)


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
        case=cases([row])[0],
        lines=record.in_words(record.lines(public_id=public_id)[: record.LINES_PER_PAGE]),
        gesture=record.last_gesture(request.user),
        **values,
    )
    return TemplateResponse(request, "admin/comments/case.html", context, status=status)


@require_safe
@needs()
def case(request, public_id):
    """One comment, with all that was done with it."""
    return case_page(request, public_id)


@require_safe
@needs()
def log(request):
    """Who decided what, when and why."""
    form = LogForm(request.GET)
    by = form.cleaned_data["by"] if form.is_valid() else None
    lines = record.lines(actor=by) if by else record.lines()
    page = Paginator(lines, record.LINES_PER_PAGE).get_page(request.GET.get("page"))
    record.in_words(page.object_list)
    context = context_of(request, title=_("Log"), page=page, by=by, people=record.people())
    return TemplateResponse(request, "admin/comments/log.html", context)


def answer_with(request, said, notes=(), gone=(), back=(), field=""):
    """Say what came of it: to the script as JSON, to the page without one as messages on the list it came from.

    `field` is the one whose words are published: the browser keeps them no longer.
    """
    gesture = record.last_gesture(request.user)
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
    back = ListForm(QueryDict(request.POST.get("back", "")[:500])).address()
    return redirect(f"{reverse(LIST)}?{back}#cases")


@require_POST
@needs("moderate_readercomment")
def decide(request):
    """Decide on one comment, or on many at once."""
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return answer_with(request, "", [error for errors in form.errors.values() for error in errors])
    seen = form.cleaned_data["seen"]
    rows = {row.pk: row for row in comments().filter(public_id__in=seen)}
    known = {pk: seen[row.public_id] for pk, row in rows.items()}
    outcome = decisions.decide(list(rows), form.cleaned_data["status"], request.user, form.why, seen=known)
    kept = set(ModerationEvent.objects.filter(batch=outcome.batch, action="keep").values_list("comment", flat=True))
    late = [*outcome.late, *(pk for pk in outcome.kept if pk not in kept)]
    notes = record.late_in_words(late)
    notes += [
        _("%s answers a comment that readers do not see: approve that one first.") % rows[pk].user_name
        for pk in outcome.blocked
    ]
    if missing := len(seen) - len(rows):
        notes.append(ngettext("%d comment is gone.", "%d comments are gone.", missing) % missing)
    gone = [key for key in seen if key not in {rows[pk].public_id for pk in outcome.blocked}]
    said = _said(form.cleaned_data["status"], outcome, kept, rows)
    if request.POST.get("here") == "on" and len(rows) == 1:
        return _stay(request, *rows.values(), said, notes)
    return answer_with(request, said, notes, gone)


def _stay(request, row, said, notes):
    """Go back to the page of a comment that was decided there while an answer to it was being typed."""
    for note in notes:
        messages.warning(request, note)
    if said:
        messages.success(request, said)
    return redirect("admin:comments_case", row.public_id)


def _said(status, outcome, kept, rows):
    """Say what a decision changed, with the name where it was one comment."""
    done = [*outcome.changed, *kept]
    if not done:
        return ""
    words = str((record.SAID[status] if outcome.changed else record.KEPT) % {"count": len(done)})
    return record.with_name(words, rows[done[0]].user_name) if len(done) == 1 else words


@require_POST
@needs("moderate_readercomment")
def undo(request):
    """Take back what one gesture decided, within ten minutes."""
    form = UndoForm(request.POST)
    outcome = decisions.undo(form.cleaned_data["batch"], request.user) if form.is_valid() else decisions.Outcome()
    pks = [*outcome.changed, *outcome.kept]
    if not pks:
        return answer_with(request, "", [_("It is too late to take that back, or somebody has decided since.")])
    back = ReaderComment.objects.filter(pk__in=pks).values_list("public_id", flat=True)
    return answer_with(request, _("Taken back."), back=back)


@require_POST
@needs("moderate_readercomment")
def answer(request, public_id):
    """Answer a reader, which approves what is answered; in whose name, says people.signature."""
    form = AnswerForm(request.POST)
    row = find(public_id)
    if not form.is_valid():
        return case_page(request, public_id, 422, answer=form)
    # Approved is what the moderator saw as it is: not what a colleague has decided on since.
    saw = request.POST.get("comment", "") == f"{public_id}:{row.status}"
    if decisions.publish_reply(row, request.user, form.cleaned_data["answer"], approve=saw) is None:
        form.add_error("answer", _("Readers do not see this comment, or what it answers: approve that first."))
        return case_page(request, public_id, 422, answer=form)
    gone = [public_id] if row.status == ReaderComment.Status.PENDING else []
    said = _("Your answer to %s is published.") % row.user_name
    return answer_with(request, said, gone=gone, field=f"answer-{public_id}")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("moderate_readercomment")
def write(request):
    """Comment below an article, in its author's name or for the team."""
    form = AuthorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        article = form.cleaned_data["article"]
        decisions.post(article, request.user, form.cleaned_data["answer"])
        said = _("Your comment on %s is published.") % article.title
        return answer_with(request, said, field=form["answer"].id_for_label)
    context = context_of(request, form=form)
    context["title"] = _("Comment for the team") if context["own_name"] else _("Comment as the author")
    status = 422 if form.errors else 200
    return TemplateResponse(request, "admin/comments/write.html", context, status=status)
