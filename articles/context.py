"""What every page's head and foot show. Lazy, all of it: a page that does not draw it does not ask for it."""

from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from articles.models import AuthorLink, Page, Tag


def chrome(request):
    """Give the topics of the navigation, the pages of the foot, and the site's own links by purpose."""
    language = get_language()
    return {
        "topics": Tag.objects.topics(language),
        "footer_pages": Page.objects.footer(language),
        "site_links": SimpleLazyObject(AuthorLink.objects.of_the_site),
    }
