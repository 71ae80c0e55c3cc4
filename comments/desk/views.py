"""The moderation desk: lists, one comment, decisions, the log. Every change goes through comments/decisions.py."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comments import decisions
from comments.desk import log as record
from comments.desk.cases import (
    EXPLAINED,
    PER_PAGE,
    SHOWS,
    cases,
    comments,
    count_by_list,
    listed,
)
from comments.desk.forms import AnswerForm, AuthorForm, DecisionForm, ListForm, LogForm, UndoForm
from comments.desk.portions import portion
from comments.desk.ways import CLOSED, answer_with, case_page, context_of, find, gesture_of, needs
from comments.models import ModerationEvent, ReaderComment

VERBS = {
    "approved": gettext_lazy("Approve"),
    "rejected": gettext_lazy("Reject"),
    "spam": gettext_lazy("Spam"),
    "removed": gettext_lazy("Remove"),
}
# What may be decided on several comments at once, in each list; single comments offer the same.
DECISIONS = {
    "waiting": ("approved", "rejected", "spam"),
    "reported": ("approved", "removed", "spam"),
    "spam": ("approved", "rejected"),
    "rejected": ("approved", "spam"),
    "removed": ("approved", "spam"),
    "approved": ("removed", "spam"),
    "all": ("approved", "rejected", "spam", "removed"),
}


def tabs_of(counts, show, found, at=""):
    """Return the lists one may choose from: what it is called, its address, how much is in it if that is counted, whether it is here.

    `found` is what each of them is searched for: the query's other names; `at` is where they stand, seen from elsewhere.
    """
    return [
        {
            "name": name,
            "label": label,
            "url": f"{at}?{urlencode({'show': name} | found)}",
            "count": counts.get(name),
            "here": name == show,
        }
        for name, label in SHOWS.items()
    ]


@require_safe
@needs()
def queue(request):
    """One list of comments: by default those that wait, the reported and then the oldest first."""
    form = ListForm(request.GET)
    show, wanted = form.wanted()
    counts, page = count_by_list(), portion(listed(show, **wanted), form.cleaned_data.get("page"), PER_PAGE)
    request.comments_waiting = counts["waiting"]
    context = context_of(
        request,
        title=_("Comments"),
        form=form,
        show=show,
        narrowed=any(wanted.values()),
        decisions=[(status, VERBS[status]) for status in DECISIONS[show]],
        explained=EXPLAINED.get(show, ""),
        counts=counts,
        tabs=tabs_of(counts, show, form.query(*form.NARROWING)),
        page=page,
        cases=cases(page.rows, request.user),
        gesture=gesture_of(request),
        back=form.address(),
        wanted=wanted,
    )
    return TemplateResponse(request, "admin/comments/queue.html", context)


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
    form.full_clean()
    by = form.cleaned_data.get("by")
    lines = record.lines(actor=by) if by else record.lines()
    page = portion(lines, form.cleaned_data.get("page"), record.LINES_PER_PAGE)
    record.in_words(page.rows)
    context = context_of(request, title=_("Log"), page=page, by=by, people=record.people())
    return TemplateResponse(request, "admin/comments/log.html", context)


@require_POST
@needs("moderate_readercomment")
def decide(request):
    """Decide on one comment, or on many at once."""
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return answer_with(request, "", form.faults())
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
    one = next(iter(rows.values()), None)
    waited = one and (one.reported or seen[one.public_id] == ReaderComment.Status.PENDING)
    return answer_with(request, said, notes, gone, stay=one, onward=one if waited and gone else None)


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
    alone = form.cleaned_data.get("alone", "")
    pks = [*outcome.changed, *outcome.kept]
    if not pks:
        late = _("It is too late to take that back, or somebody has decided since.")
        return answer_with(request, "", [late], stay=comments().filter(public_id=alone).first())
    back = list(comments().filter(pk__in=pks))
    keys = [row.public_id for row in back]
    return answer_with(request, _("Taken back."), back=keys, stay=next(iter(back), None), earlier=True)


@require_POST
@needs("moderate_readercomment")
def close(request):
    """Offer no more to take back what stands in the bar, in this browser; the log goes on doing so."""
    form = UndoForm(request.POST)
    if form.is_valid():
        request.session[CLOSED] = str(form.cleaned_data["batch"])
    return HttpResponse(status=204)


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
    field = f"answer-{public_id}"
    return answer_with(request, said, gone=gone, field=field, stay=row, onward=row if gone else None)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("moderate_readercomment")
def write(request):
    """Comment below an article, in its author's name or in one's own."""
    form = AuthorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        article = form.cleaned_data["article"]
        decisions.post(article, request.user, form.cleaned_data["answer"])
        said = _("Your comment on %s is published.") % article
        return answer_with(request, said, field=form["answer"].id_for_label)
    context = context_of(request, form=form, title=_("Comment below an article"))
    status = 422 if form.errors else 200
    return TemplateResponse(request, "admin/comments/write.html", context, status=status)
