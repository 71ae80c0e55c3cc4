"""A look at an article as readers will see it: as it is being typed, or saved, for whoever holds a signed link."""

from django.core import signing
from django.db.models.query import prefetch_related_objects
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from articles import revisions
from articles.models import Author, Revision, Tag, TaggedArticle
from articles.rendering import render_body
from articles.slugs import slug_from
from articles.views import answer, below, draw_article

SALT = "articles.preview"
DAYS = 3


def preview_path(revision):
    """Return the address under which this very version can be seen for some days."""
    with revision.article.in_language():
        return reverse("preview", args=[signing.dumps(revision.pk, salt=SALT)])


@require_safe
def preview(request, token):
    try:
        number = signing.loads(token, salt=SALT, max_age=DAYS * 24 * 3600)
    except signing.BadSignature:
        raise Http404 from None
    revision = get_object_or_404(Revision.objects.select_related("article"), pk=number)
    return _drawn(request, as_saved(revision), revision)


def draw_typed(request, form):
    """Return the page of what an editor has typed in an ArticleForm, whether it could be saved or not; saves nothing."""
    form.is_valid()
    article = form.as_typed()
    if not hasattr(article, "author"):
        article.author = Author.objects.site_author()
    article.photo = form.cleaned_data.get("photo", article.photo)
    return _drawn(request, _to_draw(article, form.cleaned_data.get("tags", [])), None)


def _drawn(request, article, revision):
    with translation.override(article.language):
        request.LANGUAGE_CODE = article.language
        body, around = render_body(article.body, article.language), {"preview": True, "revision": revision}
        response = answer(draw_article(request, article, body, below(article, preview=True), **around), body.frames)
    add_never_cache_headers(response)
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def as_saved(revision):
    """Return the article as the revision has it, not saved; dated now when it has no date."""
    article = revision.article
    names = revisions.apply(revision, article)
    article.language = revision.content.get("language", article.language)
    return _to_draw(article, names)


def _to_draw(article, names):
    """Give an article that is not saved what drawing needs: a date, an address, tags of these names, in order."""
    article.published_at = article.published_at or timezone.now()
    article.slug = article.slug or slug_from(article.title) or "-"
    article.pk = article.pk or 0  # nobody's: of one that is new, what hangs on it is empty and not an error
    by_name = {tag.name: tag for tag in Tag.objects.filter(language=article.language, name__in=names)}
    prefetch_related_objects([article], "author__links", "author__works")
    article._prefetched_objects_cache["tagged"] = [
        TaggedArticle(tag=by_name.get(name) or Tag(name=name, language=article.language, slug=slug_from(name) or "-"))
        for name in names
    ]
    return article
