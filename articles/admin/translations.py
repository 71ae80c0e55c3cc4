"""The translations of an article: one is begun, two that exist are linked, or let go of each other."""

from django.conf import settings
from django.contrib import messages
from django.db.models import Exists, F, OuterRef, Q
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from articles import editions, revisions
from articles.admin.versions import article_to_change, draw
from articles.models import Article
from articles.rendering import blocks_of

MOST = 20


@require_http_methods(["GET", "HEAD", "POST"])
def page(request, pk):
    """Show what an article is linked to and what it can be linked to; link or unlink."""
    article = article_to_change(request, pk)
    if request.method == "POST":
        _change(request, article)
        return redirect("admin:articles_article_translations", pk)
    text = " ".join(request.GET.get("q", "").replace("\0", "").split())[:200]
    linked = list(article.siblings().order_by("language"))
    taken = {article.language, *(row.language for row in linked)}
    context = {
        "title": _("Translations"),
        "linked": linked,
        "original": article.translated_from and article.translated_from.article,
        "text": text,
        "complete": taken.issuperset(settings.EDITIONS),
        "candidates": _candidates(text, taken)[:MOST],
    }
    return draw(request, "admin/articles/article/translations.html", article, context)


def _candidates(text, taken):
    """Return articles of other languages whose title or address has what was typed; those that are linked last."""
    articles = Article.objects.out_of_bin()
    one_of_ours = articles.filter(group=OuterRef("group"), language__in=taken)
    found = articles.exclude(language__in=taken).annotate(linked=Exists(one_of_ours)).defer("body")
    found = found.order_by("linked", F("published_at").desc(nulls_last=True), "-modified_at", "-pk")
    if not text:
        return found
    return found.filter(Q(title__holds=text) | Q(slug=text.rstrip("/").rpartition("/")[2]))


def _change(request, article):
    """Do what the pressed button says, and say what came of it."""
    name, other = _pressed(request)
    if not other:
        messages.error(request, _("That article is not there any more."))
        return
    try:
        if name == "unlink":
            editions.unlink(article)
            messages.success(request, _("“%(title)s” is not linked any more.") % {"title": article})
        else:
            pair = (other, article) if name == "original" else (article, other)
            editions.link(*pair)
            messages.success(
                request, _("“%(title)s” is linked: readers can go from one to the other.") % {"title": other}
            )
    except editions.LinkError as error:
        messages.error(request, str(error))


def _pressed(request):
    """Return the name of the button that was pressed, and the article that it names, or None."""
    for name in ("original", "translation", "unlink"):
        pk = request.POST.get(name, "")
        if pk.isascii() and pk.isdecimal() and len(pk) < 19:
            return name, Article.objects.out_of_bin().filter(pk=pk).first()
    return "", None


# What the sheet of an article shows and does of its translations


def elsewhere(article):
    """Return each other edition with the article there, if there is one, and whether it is behind its original."""
    here = {row.language: row for row in article.siblings().select_related("translated_from__article")}
    return [
        {
            "code": code,
            "name": name,
            "article": here.get(code),
            "behind": code in here and editions.is_behind(here[code]),
        }
        for code, name in settings.LANGUAGES
        if code != article.language
    ]


def source(article):
    """Return what the sheet of a translation shows of its original; nothing for another article."""
    source = article.translated_from
    if not source:
        return None
    return {
        "article": source.article,
        "version": source,
        "blocks": blocks_of(source.content["body"]),
        "changes": editions.changes(article),
        "newest": revisions.newest(source.article),
    }


def begin(request, original, language):
    """Return the article in that language; say which tags a draft that was made of it is without."""
    draft = editions.begin(original, language, request.user)
    if draft.version == 1 and (lost := editions.tags_without_twin(original, language)):
        text = _("Without a counterpart in that language, and therefore not on the draft: %(tags)s.")
        messages.warning(request, text % {"tags": ", ".join(lost)})
    return draft
