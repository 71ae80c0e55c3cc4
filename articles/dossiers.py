"""What readers see of dossiers: all of them, one of them, and its feed."""

from django.db.models import Count
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language

from articles import feeds
from articles.models import Article, Dossier
from articles.parts import cards
from articles.publication import published
from articles.translations import in_every_edition, with_siblings
from newsroom.cache import depends_on, public_page


def here():
    """Return the dossiers that readers of the current edition may see."""
    return Dossier.objects.published().edition(get_language())


@public_page
def dossiers(request):
    depends_on("dossier", f"articles-{get_language()}")
    readable = published("entries__article__")
    context = {
        "dossiers": here().annotate(parts=Count("entries", filter=readable)),
        "alternates": in_every_edition("dossiers"),
        "canonical": request.path,
    }
    return render(request, "articles/dossiers.html", context)


@public_page
def dossier(request, slug):
    found = get_object_or_404(here(), slug=slug)
    context = {
        "dossier": found,
        "cards": cards(list(found.articles().values_list("pk", flat=True))),
        "alternates": with_siblings(found, found.siblings().published()),
        "canonical": request.path,
    }
    return render(request, "articles/dossier.html", context)


@public_page
def feed(request, slug, kind="rss"):
    """Give the newest of its articles: a feed is in the order of time, whatever the order of the parts."""
    found = get_object_or_404(here(), slug=slug)
    articles = Article.objects.filter(dossier_entry__dossier=found)
    return feeds.respond(request, articles, found.title, found.get_absolute_url(), found.description, kind)
