"""A look at an article or a page as readers will see it: as it is being typed, or saved, for whoever holds a signed link."""

from django.core import signing
from django.db.models.query import prefetch_related_objects
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from articles import revisions
from articles.models import Author, Page, PageRevision, Revision, Tag, TaggedArticle
from articles.rendering import render_body
from articles.slugs import slug_from
from articles.views import answer, below, draw_article, draw_page

SALT = "articles.preview"
DAYS = 3


def preview_path(saved):
    """Return the address under which this very Revision or PageRevision, or this Page as it is, can be seen for some days."""
    if isinstance(saved, Page):
        thing, named = saved, ["page", saved.pk]
    elif isinstance(saved, PageRevision):
        thing, named = saved.page, ["version", saved.pk]
    else:
        thing, named = saved.article, saved.pk
    with thing.in_language():
        return reverse("preview", args=[signing.dumps(named, salt=SALT)])


@require_safe
def preview(request, token):
    try:
        signed = signing.loads(token, salt=SALT, max_age=DAYS * 24 * 3600)
    except signing.BadSignature:
        raise Http404 from None
    if isinstance(signed, list):
        page = _page_named(*signed)
        return _drawn(request, page, draw_page, saved=page)
    kept = Revision.objects.select_related("article").filter(article__binned_at__isnull=True)
    revision = get_object_or_404(kept, pk=signed)
    return draw_saved(request, revision)


def draw_saved(request, revision):
    """Return the page of what a Revision has."""
    return _drawn(request, as_saved(revision), _draw_article, revision=revision)


def _page_named(what, pk):
    if what == "page":
        return get_object_or_404(Page, pk=pk)
    revision = get_object_or_404(PageRevision.objects.select_related("page"), pk=pk)
    revisions.apply_to_page(revision, revision.page)
    revision.page.modified_at = revision.saved_at
    return revision.page


def draw_typed(request, form):
    """Return the page of what an editor has typed in an ArticleForm, whether it could be saved or not; saves nothing."""
    form.is_valid()
    article = form.as_typed()
    if not hasattr(article, "author"):
        article.author = Author.objects.signing(request.user)
        article.author.pk = article.author.pk or 0  # as of an article that is new
    article.photo = form.cleaned_data.get("photo", article.photo)
    return _drawn(request, _to_draw(article, form.cleaned_data.get("tags", [])), _draw_article)


def draw_typed_page(request, form):
    """The same of a PageForm."""
    form.is_valid()
    page = form.as_typed()
    page.slug = page.slug or slug_from(page.title) or "-"
    return _drawn(request, page, draw_page)


def _draw_article(request, article, body, **about):
    return draw_article(request, article, body, below(article, preview=True), **about)


def _drawn(request, thing, draw, **about):
    """Return the page that `draw` makes, as no cache and no robot may keep it; `about` says what of it is saved."""
    with translation.override(thing.language):
        request.LANGUAGE_CODE = thing.language
        body = render_body(thing.body, thing.language)
        response = answer(draw(request, thing, body, preview=True, **about), body.frames)
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
