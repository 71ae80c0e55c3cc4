"""What every page's head and foot show. Lazy, all of it: a page that does not draw it does not ask for it."""

from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from articles.models import AuthorLink, Page, Tag
from newsroom.cache import Drawing


def foot(language):
    """Return the pages that the foot of an edition's pages links to.

    Not noted as what a page is made from: what the foot shows of them changes all pages (articles/freshness.py), their
    texts none but their own.
    """
    with Drawing():
        return list(Page.objects.footer(language))


def chrome(request):
    """Give the topics of the navigation, the pages of the foot, and the site's own links by purpose."""
    language = get_language()
    return {
        "topics": Tag.objects.topics(language),
        "footer_pages": SimpleLazyObject(lambda: foot(language)),
        "site_links": SimpleLazyObject(AuthorLink.objects.of_the_site),
    }
