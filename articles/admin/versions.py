"""The versions of an article: who saved what and when, what changed, and the way back."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from articles import comparison, preview, revisions
from articles.models import Article


def article_to_change(request, pk):
    """Return an article, to those who may change it."""
    article = get_object_or_404(Article, pk=pk)
    if not request.user.has_perm("articles.change_article"):
        raise PermissionDenied
    return article


def draw(request, template, article, context):
    """Draw a page of the desk about one article."""
    own = {"article": article, "title": _("Versions"), "subtitle": article.title, "opts": Article._meta}
    return render(request, template, admin.site.each_context(request) | own | context)


@require_safe
def page(request, pk):
    article = article_to_change(request, pk)
    found = article.revisions.select_related("saved_by").defer("content")
    versions = Paginator(found, 50).get_page(request.GET.get("p"))
    return draw(request, "admin/articles/article/versions.html", article, {"page": versions})


@require_http_methods(["GET", "HEAD", "POST"])
def compare(request, pk, version):
    """Show what one version says differently from the one before it, or from the article as it is; or restore it."""
    article = article_to_change(request, pk)
    chosen = get_object_or_404(article.revisions.select_related("saved_by", "article"), version=version)
    if request.method == "POST":
        try:
            revisions.restore(chosen, request.user)
        except revisions.StaleError:
            messages.error(request, _("Somebody has just saved this article: look again at its versions."))
            return redirect("admin:articles_article_versions", pk)
        except revisions.RefusedError as refused:
            messages.error(request, _("This version cannot be published: make the article a draft first."))
            for finding in refused.findings:
                messages.error(request, finding.message)
            return redirect("admin:articles_article_version", pk, version)
        messages.success(request, _("Version %(number)s is back, as a new version.") % {"number": chosen.version})
        return redirect("admin:articles_article_change", pk)
    before = article.revisions.filter(version__lt=version).first()
    latest = article.revisions.first()
    context = {
        "chosen": chosen,
        "before": before,
        "latest": latest,
        "changes": comparison.differences(before.content if before else {}, chosen.content),
        "since": comparison.differences(chosen.content, latest.content) if latest != chosen else [],
        "preview_url": preview.preview_path(chosen),
    }
    return draw(request, "admin/articles/article/version.html", article, context)
