"""Lists of articles, as readers see them. Nothing here looks at the visitor: any cache may keep it."""

from urllib.parse import urlencode

from django.conf import settings
from django.core.paginator import InvalidPage
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language

from articles.lists import beside, by_year, here, lead_story, numbers_of, page_of
from articles.models import Article, Author, Tag
from articles.moved import NUMBERS, wordpress_number
from articles.parts import cards
from articles.trails import Period
from articles.translations import in_every_edition, with_siblings
from newsroom.cache import depends_on, public_page
from newsroom.parts import HOLE, fill, kept, kept_frame

# WordPress's names of feeds, where they are not of the newest articles as RSS.
FEEDS = {
    "atom": "feed_atom",
    "comments-rss2": "comments:newest_feed",
    "comments-atom": "comments:newest_feed_atom",
}
LISTS = ["components/_cards.html"]
FRONT_LISTS = ["articles/_newest.html", "articles/_latest.html"]


def list_page(
    request,
    template,
    find,
    tag,
    number,
    context,
    *,
    may_be_empty=True,
    lists=LISTS,
    kind_of=None,
    lead=lambda: None,
    **address,
):
    """Draw one page of a list; each page has one address only, one that has nothing to show has none.

    `find()` gives the articles, and `tag` changes with them. `context()` gives what `template` shows around the list;
    the templates `lists` draw the cards into its holes. `lead()` gives the article that stands before all others.
    """
    name = request.resolver_match.view_name
    first_url = reverse(name, kwargs=address)
    path = reverse(name, kwargs=address | {"number": number}) if number else first_url
    if number and (number == 1 or request.path != path):
        return redirect(path if number > 1 else first_url, permanent=True)
    try:
        page = page_of(find, 1 if number is None else number, f"{tag} {first_url}", may_be_empty, lead)
    except InvalidPage:
        raise Http404 from None

    def draw():
        found = context()
        if page.number > 1:  # it says nothing that another edition's second page says; its list is there all the same
            found["same_place"] = found.pop("alternates")
        found |= {"number": page.number, "canonical": path, "list": HOLE}
        return render_to_string(template, found, request)

    frame = kept_frame(path, draw)
    shown = {"cards": cards(list(page), kind_of), "page": page, "first_url": first_url}
    return HttpResponse(fill(frame, *(render_to_string(one, shown) for one in lists)))


@public_page(query=["s", "feed", *NUMBERS])
def front_page(request, number=None):
    if "s" in request.GET:  # WordPress's address of a search
        words = urlencode({"q": request.GET["s"][:200]})
        return redirect(f"{reverse('search')}?{words}", permanent=True)
    if "feed" in request.GET:  # and of a feed
        return redirect(FEEDS.get(request.GET["feed"], "feed"), permanent=True)
    if wordpress_number(request):
        raise Http404  # articles/moved.py knows whether it leads somewhere

    def context():
        return {"alternates": in_every_edition("front_page")}

    more = {"lists": FRONT_LISTS, "kind_of": front_kind} if number is None else {}
    more["lead"] = lead_story
    return list_page(request, "articles/front_page.html", here, everything(), number, context, **more)


def everything():
    """Return the tag of what changes with any article of the current edition."""
    return f"articles-{get_language()}"


def front_kind(place):
    """Return how an article is shown on the front page by its place there, 0 being the newest."""
    return "lead" if place == 0 else "line" if place < 6 else ""


@public_page
def tag(request, slug, number=None):
    pk = get_object_or_404(Tag.objects.filter(language=get_language()).values_list("pk", flat=True), slug=slug)

    def find():
        return Article.objects.published().edition(get_language()).filter(tagged__tag=pk)

    def context():
        found = Tag.objects.get(pk=pk)
        return {"tag": found, "alternates": with_siblings(found, found.siblings())}

    return list_page(request, "articles/tag.html", find, f"tagged:{pk}", number, context, slug=slug)


@public_page
def tags(request):
    """List every topic that has articles, with their number, in the order of the alphabet."""
    return in_frame(request, "articles/tags.html", kept("topics with numbers", topics))


def topics():
    """Draw the topics, which change with their own articles and not with every one."""
    depends_on("tag")
    # By address, which has no accents: no database need know that É stands with E.
    found = sorted(Tag.objects.filter(language=get_language()), key=lambda tag: tag.slug)
    numbers = numbers_of(found)
    shown = [(tag, numbers[tag.pk]) for tag in found if numbers[tag.pk]]
    return render_to_string("articles/_topics.html", {"tags": shown})


def in_frame(request, template, inside):
    """Return a page that every edition has: `inside`, drawn before, in a kept frame."""

    def draw():
        alternates = in_every_edition(request.resolver_match.view_name)
        return render_to_string(template, {"alternates": alternates, "canonical": request.path, "list": HOLE}, request)

    return HttpResponse(fill(kept_frame(request.path, draw), inside))


@public_page
def author(request, slug, number=None):
    pk = get_object_or_404(Author.objects.values_list("pk", flat=True), slug=slug)

    def find():
        return Article.objects.published().edition(get_language()).filter(author=pk)

    def context():
        return {"author": Author.objects.for_page().get(pk=pk), "alternates": in_every_edition("author", slug)}

    return list_page(request, "articles/author.html", find, f"written:{pk}", number, context, slug=slug)


@public_page
def archive(request, year, month=None, number=None):
    """Draw the articles of a year or of a month; one without articles has no page."""
    address = {"year": year, "month": month} if month else {"year": year}

    def context():
        before, after = (found and Period(*found) for found in beside(year, month))
        return {
            "period": Period(year, month),
            "before": before,
            "after": after,
            "alternates": _archives_of(address),
        }

    def find():
        return here().within(**address)

    return list_page(
        request, "articles/archive.html", find, everything(), number, context, may_be_empty=False, **address
    )


def _archives_of(period):
    """Return edition to address, of the archives of one year or month: an edition without articles of then has none."""
    depends_on(*(f"articles-{code}" for code in settings.EDITIONS))
    there = set(Article.objects.published().within(**period).order_by().values_list("language", flat=True).distinct())
    name = "month" if "month" in period else "year"
    return {code: path for code, path in in_every_edition(name, *period.values()).items() if code in there}


@public_page
def archives(request):
    """Draw every month that has articles, with their number, newest first."""

    def draw(found):
        year, months = found
        months = [(Period(year, month), number) for month, number in months]
        return render_to_string("components/_year.html", {"year": year, "months": months}) if months else ""

    return in_frame(
        request, "articles/archives.html", render_to_string("articles/_years.html", {"years": by_year(draw)})
    )
