"""The page on which readers search: what they typed, what was found, and how to narrow it."""

from urllib.parse import urlencode

from django.core.paginator import InvalidPage, Paginator
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import get_language

from articles.analysis import MAX_SIGNS
from articles.lists import all_years, here
from articles.models import Tag
from articles.parts import cards
from articles.search import search
from articles.translations import in_every_edition
from newsroom.cache import public_page
from newsroom.limits import allow, client_network, too_many

PER_PAGE = 12
NEWEST = 3  # articles to read instead, where nothing was found
PER_MINUTE = 40  # searches of one network: more than anybody reads, fewer than would slow others down


@public_page
def search_page(request):
    text = _clean(request.GET.get("q", ""))
    if text and not allow("search", client_network(request), PER_MINUTE, 60):
        return too_many(request, 60)
    articles, years = here(), all_years()
    tag = Tag.objects.filter(language=get_language(), slug=_clean(request.GET.get("tag", ""))).first()
    year = next((year for year in years if str(year) == request.GET.get("year")), None)
    if tag:
        articles = articles.filter(tagged__tag=tag)
    if year:
        articles = articles.within(year)
    results = search(text, get_language(), articles)
    try:
        page = Paginator(results, PER_PAGE).page(request.GET.get("page") or 1)
    except InvalidPage as error:
        raise Http404 from error
    chosen = {"q": text} | ({"tag": tag.slug} if tag else {}) | ({"year": year} if year else {})
    return render(
        request,
        "articles/search.html",
        {
            "text": text,
            "results": results,
            "page": page,
            "newest": []
            if results.total or not text
            else cards(here().newest_first().values_list("pk", flat=True)[:NEWEST]),
            "chosen_tag": tag,
            "chosen_year": year,
            # By address, which has no accents, as in the index of topics.
            "tags": Tag.objects.filter(language=get_language()).in_use().order_by("slug")[:200],
            "years": years,
            "most_signs": MAX_SIGNS,
            "address": f"?{urlencode(chosen)}",
            "same_place": _in_every_edition(chosen, tag),
        },
    )


def _in_every_edition(chosen, tag):
    """Return edition to address, of the same search there; a topic that an edition does not have is left out."""
    slugs = {row.language: row.slug for row in (tag, *tag.siblings())} if tag else {}
    addresses = {}
    for code, path in in_every_edition("search").items():
        there = {name: value for name, value in (chosen | {"tag": slugs.get(code)}).items() if value}
        addresses[code] = f"{path}?{urlencode(there)}" if there else path
    return addresses


def _clean(text):
    """Return one line of at most MAX_SIGNS signs that can be printed."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text[: 2 * MAX_SIGNS]).split())[:MAX_SIGNS]
