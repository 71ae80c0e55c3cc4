"""Photos, tags and pages to link to, as the sheet and the lists show them."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.embeds import recognise
from articles.models import Article, Page, Tag
from newsroom.folding import fold


def thumbnail(photo):
    """Return a small picture for a list, empty when there is none; it says nothing that its row does not."""
    file = photo and photo.jpeg("3x2", 320)
    return format_html('<img src="{}" alt="" width="96" height="64" loading="lazy">', file["url"]) if file else ""


def link_to(thing):
    """Return a link to the form of a photo, or of what shows it."""
    url = reverse(f"admin:articles_{thing._meta.model_name}_change", args=[thing.pk])
    return format_html('<a href="{}">{}</a>', url, thing)


@require_safe
def tags(request):
    """Answer up to twelve names of tags that begin so, or hold it, in one language: {tags: [...]}."""
    if not request.user.has_perm("articles.view_tag"):
        raise PermissionDenied
    typed = request.GET.get("q", "").replace("\0", "").strip()
    language = request.GET.get("language", "").replace("\0", "")
    found = Tag.objects.filter(language=language, name__holds=typed).values_list("name", flat=True)
    names = sorted(found, key=lambda name: (not fold(name).startswith(fold(typed)), fold(name)))
    return JsonResponse({"tags": names[:12]})


@require_safe
def card(request):
    """Answer what readers see in place of an address that is alone on its line: {becomes: a sentence, or nothing}."""
    embed = recognise(request.GET.get("url", "").replace("\0", "")[:2000])
    becomes = ""
    if embed and embed.player:
        becomes = _("%(service)s: readers see a card, and the player when they press a button.")
    elif embed:
        becomes = _("%(service)s: readers see a card.")
    return JsonResponse({"becomes": becomes and becomes % {"service": embed.service}})


@require_safe
def links(request):
    """Answer up to eight published articles and pages whose title has what was typed: {links: [{title, url}]}.

    Those of one language, where it is named; the newest first.
    """
    if not request.user.has_perm("articles.view_article"):
        raise PermissionDenied
    typed = " ".join(request.GET.get("q", "").replace("\0", "").split())[:200]
    found = []
    for model in (Article, Page) if typed else ():
        rows = model.objects.published().filter(title__holds=typed).order_by("-published_at", "-pk")
        if (language := request.GET.get("language")) in settings.EDITIONS:
            rows = rows.filter(language=language)
        found += rows.only("title", "slug", "language")[:8]
    return JsonResponse({"links": [{"title": row.title, "url": row.get_absolute_url()} for row in found[:8]]})
