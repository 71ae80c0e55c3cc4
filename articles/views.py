"""An article and a page, as readers see them. Nothing here looks at the visitor: any cache may keep it."""

from csp.decorators import csp_update
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils.translation import get_language

from articles.editions import newer_original
from articles.models import Article, Page
from articles.models.dossier import place_of
from articles.parts import body_of, cards
from articles.translations import with_siblings
from newsroom.cache import depends_on, public_page
from newsroom.parts import HOLE, fill, kept_frame

RELATED = 3


@public_page
def article(request, slug):
    """Draw the article of this address, else the page of this address."""
    pk = Article.objects.published().edition(get_language()).filter(slug=slug).values_list("pk", flat=True).first()
    if not pk:
        return _page(request, slug)

    def draw():
        article = get_object_or_404(Article.objects.for_page(), pk=pk)
        body = body_of(article.body, article.language)
        return f"{' '.join(body.frames)}{HOLE}{draw_article(request, article, body, HOLE)}"

    players, _hole, frame = kept_frame(f"article {pk}", draw).partition(HOLE.encode())
    around = kept_frame(f"below {pk}", lambda: below(get_object_or_404(Article.objects.only("related"), pk=pk)))
    return answer(fill(frame, around), players.decode().split())


def draw_article(request, article, body, below, **more):
    """Draw an article's own page around its `body` and what stands `below` it.

    Whether it is published, or to be looked at before (articles/preview.py).
    """
    siblings = list(article.siblings().published().as_siblings())
    context = {
        "article": article,
        "body": body,
        "siblings": siblings,
        "newer_original": newer_original(article, siblings),
        "alternates": with_siblings(article, siblings),
        "place": place_of(article),
        "below": below,
        "canonical": article.get_absolute_url(),
    }
    return render_to_string("articles/article.html", context | more, request)


def below(article, **more):
    """Draw what stands below an article and changes without it: what to read next, and what readers say."""
    context = {"article": article, "cards": cards(article.read_next(RELATED))}
    return render_to_string("articles/_below.html", context | more)


def answer(page, players):
    """Return a page into which frames may come from the hosts of the `players` in it, and from no others."""
    return csp_update({"frame-src": players or None})(HttpResponse)(page)


def _page(request, slug):
    depends_on(f"articles-{get_language()}")  # an article of this address would come before it
    found = Page.objects.published().filter(language=get_language(), slug=slug).first()
    if not found:
        raise Http404  # articles/moved.py knows whether it was here
    body = body_of(found.body, found.language)
    return answer(draw_page(request, found, body), body.frames)


def draw_page(request, page, body, **more):
    """Draw a Page around its `body`, whether it is published, or to be looked at before."""
    context = {
        "this": page,
        "body": body,
        "alternates": with_siblings(page, page.siblings().published()),
        "canonical": page.get_absolute_url(),
    }
    return render_to_string("articles/page.html", context | more, request)
