"""How the pages about comments are drawn: each knows its place in the other editions."""

from django.shortcuts import render

from articles.translations import in_every_edition, with_siblings


def draw(request, template, context, status=200):
    """Draw a page with the way to the other editions: to the article there of which it is, else to the same page."""
    match, article = request.resolver_match, context.get("article")
    if status == 404:
        places = {}  # it is nowhere else either
    elif "slug" not in match.kwargs:
        places = in_every_edition(match.view_name, *match.kwargs.values())
    else:
        places = with_siblings(article, article.siblings().published())
    return render(request, template, context | {"same_place": places}, status=status)
