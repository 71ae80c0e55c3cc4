"""The versions of an article or a page: who saved what and when, what changed, and the way back."""

from datetime import datetime
from itertools import zip_longest

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from articles import comparison, preview, revisions
from articles.models import Article
from articles.revisions import FIELDS


def article_to_change(request, pk):
    """Return an article, to those who may change it."""
    article = get_object_or_404(Article.objects.out_of_bin(), pk=pk)
    if not request.user.has_perm("articles.change_article"):
        raise PermissionDenied
    return article


def to_change(request, kind, pk):
    """Return an article or a page, to those who may change it."""
    if kind is Article:
        return article_to_change(request, pk)
    if not request.user.has_perm(f"articles.change_{kind._meta.model_name}"):
        raise PermissionDenied
    return get_object_or_404(kind, pk=pk)


def draw(request, template, thing, context):
    """Draw a page of the desk about one article or page."""
    own = {"thing": thing, "title": _("Versions"), "subtitle": str(thing), "opts": thing._meta}
    own |= {"sheet": address(thing, "change"), "all_versions": address(thing, "versions")}
    return render(request, template, admin.site.each_context(request) | own | context)


def address(thing, page, *more):
    return reverse(f"admin:articles_{thing._meta.model_name}_{page}", args=[thing.pk, *more])


@require_safe
def page(request, pk, kind=Article):
    article = to_change(request, kind, pk)
    versions = Paginator(article.revisions.select_related("saved_by"), 50).get_page(request.GET.get("p"))
    rows = list(versions)
    before = versions.has_next() and article.revisions.filter(version__lt=rows[-1].version).first()
    for row, older in zip_longest(rows, [*rows[1:], *([before] if before else [])]):
        row.kind, row.url = kind_of(row, older), address(article, "version", row.version)
    context = {
        "page": versions,
        "rows": rows,
        "newest": None if versions.has_previous() or not rows else rows[0].version,
    }
    return draw(request, "admin/articles/article/versions.html", article, context)


def kind_of(version, before):
    """Return in words what a save did: whether readers see the article, else which of its fields it changed."""
    if before is None:
        return _("begun")
    old, new = (_moment(one.content.get("published_at")) for one in (before, version))
    if old != new and not new:
        return _("made a draft")
    if old != new and new > version.saved_at:
        return _("scheduled")
    if new and (old is None or old > version.saved_at):
        return _("published")
    said = {name for name in FIELDS if before.content.get(name) != version.content.get(name)} - {"published_at"}
    names = [str(label) for name, label in FIELDS.items() if name in said]
    if old != new and not names:
        return _("date changed")
    names += [str(FIELDS["published_at"])] if old != new else []
    return _("changed: %(fields)s") % {"fields": ", ".join(names)} if names else _("saved without a change")


def _moment(written):
    return datetime.fromisoformat(written) if written else None


@require_http_methods(["GET", "HEAD", "POST"])
def compare(request, pk, version, kind=Article):
    """Show what one version says differently from the one before it, or from what stands now; or restore it."""
    article = to_change(request, kind, pk)
    chosen = get_object_or_404(article.revisions.select_related("saved_by", kind._meta.model_name), version=version)
    if request.method == "POST" and ("sure" in request.POST or not article.is_published):
        try:
            restore = revisions.restore if kind is Article else revisions.restore_page
            restore(chosen, request.user)
        except revisions.StaleError:
            messages.error(request, _("Somebody has just saved this article: look again at its versions."))
            return redirect(address(article, "versions"))
        except revisions.RefusedError as refused:
            messages.error(request, _("This version cannot be published: make a draft first of what readers see."))
            for finding in refused.findings:
                messages.error(request, finding.message)
            return redirect(address(article, "version", version))
        messages.success(request, _("%(version)s: it is back, as a new version.") % {"version": chosen.name})
        return redirect(address(article, "change"))
    before = article.revisions.filter(version__lt=version).first()
    latest = article.revisions.first()
    context = {
        "chosen": chosen,
        "asked": request.method == "POST",
        "before": before,
        "latest": latest,
        "changes": comparison.differences(before.content if before else {}, chosen.content),
        "since": comparison.differences(chosen.content, latest.content) if latest != chosen else [],
        "preview_url": preview.preview_path(chosen),
    }
    return draw(request, "admin/articles/article/version.html", article, context)
