"""The texts that link to pages of this site which are gone."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.dead_links import MOST, texts_with_dead_links
from articles.models import Article


@require_safe
def page(request):
    if not request.user.has_perm("articles.change_article"):
        raise PermissionDenied
    context = {"title": _("Links that lead nowhere"), "opts": Article._meta, "most": MOST}
    context["found"] = [
        {"text": text, "url": f"admin:articles_{text._meta.model_name}_change", "links": links}
        for text, links in texts_with_dead_links()
    ]
    return render(request, "admin/articles/article/dead_links.html", admin.site.each_context(request) | context)
