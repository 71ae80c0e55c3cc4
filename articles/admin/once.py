"""One form of a new article makes one draft, however often it is sent: a double click, or an answer that was lost.

The draft takes the name of the form, its field `copy`, for its group of translations: no two in a language have the same.
"""

from uuid import UUID

from articles.models import Article
from articles.revisions import newest


def group_of(copy):
    """Return the group that a form's name makes, None where it is no UUID."""
    try:
        return UUID(copy)
    except (TypeError, ValueError):
        return None


def draft_of(request):
    """Return the key, as a text, of the draft that a posted form of a new article has made already, or None.

    What the form says now is from then on typed upon the version that it made.
    """
    group = group_of(request.POST.get("copy"))
    draft = Article.objects.out_of_bin().filter(group=group).order_by("pk").first() if group else None
    if not draft:
        return None
    if request.POST.get("base", "0") in ("", "0"):
        request.POST = request.POST.copy()
        request.POST["base"] = "1"
    return str(draft.pk)


def says_the_same(request, article, form):
    """Tell whether a form of a new article is sent again, and its draft says just that."""
    return request.resolver_match.url_name.endswith("_add") and newest(article).content == form.snapshot()
