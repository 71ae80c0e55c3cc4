"""What readers do with comments: write, answer, confirm, report. No page here looks at who asks, none sets a cookie.

A post carries no token, since the form may come from a page that a cache kept for days; what another site sent is
refused. Whatever is refused comes back with every word that was typed.
"""

import logging
from functools import wraps

from django.db import OperationalError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from comments import intake, origin, thread
from comments.forms import CommentForm, ReportForm
from comments.models import ReaderComment, Report
from comments.pages import draw
from newsroom.cache import depends_on, good_until, public_page, tag_of
from newsroom.limits import allow, client_address, client_network, client_site, refused_by
from newsroom.parts import HOLE, fill, kept_frame

logger = logging.getLogger(__name__)

MAX_BYTES = 1024 * 1024  # two hundred times a long comment: up to here, what is too long comes back to be shortened
POSTS = ((6, 600), (40, 86400))
# A cheap contract holds 65 536 IPv6 networks: all of them together leave most of the hour's mails to others.
SITE_POSTS = (60, 3600)
REPORTS = (10, 3600)
MAILS_AN_HOUR = 500


def private(view):
    """For what concerns one reader: kept by no cache and no search engine, its address told to nobody."""

    @csrf_exempt
    @require_http_methods(["GET", "HEAD", "POST"])
    @sensitive_post_parameters()
    @never_cache
    @wraps(view)
    def wrapper(request, *args, **kwargs):
        if request.method == "POST" and int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BYTES:
            response = render(request, "comments/too_long.html", status=413)
        else:
            try:
                response = view(request, *args, **kwargs)
            except OperationalError as error:  # the database is away, or the disk is full
                if "comment" not in request.POST:
                    raise
                logger.error("a comment could not be taken (%s)", type(error).__name__)
                response = render(request, "comments/not_now.html", {"form": CommentForm(request.POST)}, status=503)
                response.headers["Retry-After"] = "60"
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers.setdefault("Referrer-Policy", "same-origin")
        return response

    return wrapper


def forget_pages(response):
    """Have the reader's browser forget the pages that it keeps: it may have the article as it was a minute ago."""
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@private
def write(request, slug):
    """The form on a page of its own, and where the form below every article posts."""
    return _write(request, slug)


@private
def reply(request, slug, public_id):
    """The form below the comment it answers."""
    return _write(request, slug, public_id)


def _article(request, slug):
    find = intake.article_posted_to if request.method == "POST" else intake.published_article
    return find(get_language(), slug)


def _write(request, slug, public_id=None):
    article = _article(request, slug)
    parent = article and public_id and thread.find_shown(article, public_id)
    if request.method != "POST":
        if article is None or (public_id and parent is None):
            raise Http404
        return _show_form(request, article, parent, CommentForm(), 200)
    form = CommentForm(request.POST)
    status, problem = _problem(request, article, public_id and parent is None, form)
    if problem:
        return _show_form(request, article, parent, form, status, problem)
    if not form.is_trapped:
        where = {"network_key": client_network(request), "address": client_address(request)}
        intake.submit(article, parent, form.cleaned_data, silent=origin.is_silent(request), **where)
    return _sent(request, article, form)


def _sent(request, article, form):
    """Say that a message is on its way: the same page for everybody, drawn once, around her own words."""

    def frame():
        depends_on(tag_of(article))
        return draw(request, "comments/sent.html", {"article": article, "own_words": HOLE}).content.decode()

    return HttpResponse(fill(kept_frame(f"sent {article.pk}", frame), escape(form.data["comment"])))


def _problem(request, article, parent_gone, form):
    """Return the status and the name of what stands against a post; (200, "") when nothing does."""
    if article is None:
        return 404, "article-gone"
    if not article.accepts_comments:
        return 403, "closed"
    if origin.is_foreign(request):
        return 403, "foreign"
    if parent_gone:
        return 422, "parent-gone"
    if not form.is_valid():
        return 422, "invalid"
    if form.is_trapped:
        return 200, ""
    refused = _counted(request)
    return (429, refused) if refused else (200, "")


def _counted(request):
    """Count one more post; return the name of what there is too much of, an empty string when it may pass."""
    network = client_network(request)
    scope = refused_by(
        *((f"comment-{seconds}", network, count, seconds) for count, seconds in POSTS),
        ("comment-site", client_site(request), *SITE_POSTS),
        ("comment-mails", "all", MAILS_AN_HOUR, 3600),
    )
    return {None: "", "comment-86400": "too-many-today", "comment-mails": "too-many-mails"}.get(scope, "too-many")


def _show_form(request, article, parent, form, status, problem=""):
    context = {"article": article, "parent": parent, "form": form, "problem": problem}
    response = draw(request, "comments/write.html", context, status=status)
    if status == 429:
        response.headers["Retry-After"] = "86400" if problem == "too-many-today" else "600"
    return response


@private
def confirm(request, secret):
    """Ask, then do: a program that follows every link in a message confirms nothing."""
    found = intake.confirm(secret) if request.method == "POST" else intake.look_up(secret)
    status = 404 if found.state == intake.State.UNKNOWN else 200
    response = draw(request, "comments/confirm.html", {"found": found, "secret": secret}, status=status)
    response.headers["Referrer-Policy"] = "no-referrer"
    if request.method == "POST" and found.comment and found.comment.status == ReaderComment.Status.APPROVED:
        forget_pages(response)
    return response


@require_safe
def permalink(request, slug, public_id):
    """Lead to the page on which a comment stands now."""
    article = intake.published_article(get_language(), slug)
    comment = article and ReaderComment.objects.shown().filter(article=article, public_id=public_id).first()
    number = comment and thread.page_of(comment)
    if article and not number:
        return draw(request, "comments/gone.html", {"article": article}, status=404)
    if not number:
        raise Http404
    page = reverse("comments:page", args=[slug, number]) if number > 1 else article.get_absolute_url()
    return redirect(f"{page}#comment-{public_id}")


@public_page
def thread_page(request, slug, number):
    """The second page of a long thread, and those after it; the first one stands below the article."""
    article = intake.published_article(get_language(), slug)
    if article is None:
        raise Http404
    if number == 1:
        return redirect(f"{article.get_absolute_url()}#comments", permanent=True)
    if request.path != (one_url := reverse("comments:page", args=[slug, number])):
        return redirect(one_url, permanent=True)
    good_until(article.comments_close_at)
    found = thread.load(article.pk, number)
    if found is None:
        raise Http404
    return draw(request, "comments/page.html", {"article": article, "thread": found})


@private
def report(request, slug, public_id):
    """Take a reader's word that a comment should not stand."""
    article = _article(request, slug)
    comment = article and thread.find_shown(article, public_id)
    if comment is None:
        raise Http404
    form = ReportForm(request.POST or None)
    context = {"article": article, "comment": comment, "form": form}
    if request.method != "POST":
        return draw(request, "comments/report.html", context)
    status, problem = _problem_of_report(request, form)
    if not problem and not form.is_trapped:
        values = {"reason": form.cleaned_data["reason"], "note": form.cleaned_data["note"]}
        Report.objects.get_or_create(comment=comment, network_key=client_network(request), defaults=values)
    context |= {"problem": problem, "done": not problem}
    response = draw(request, "comments/report.html", context, status=status)
    if status == 429:
        response.headers["Retry-After"] = str(REPORTS[1])
    return response


def _problem_of_report(request, form):
    """As `_problem`, for a report; what is within the limit is counted."""
    if origin.is_foreign(request):
        return 403, "foreign"
    if not form.is_valid():
        return 422, "invalid"
    if form.is_trapped or allow("report", client_network(request), *REPORTS):
        return 200, ""
    return 429, "too-many"
