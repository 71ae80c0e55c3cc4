"""What every template is given."""

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from newsroom.models import SiteIdentity


def site(request):
    """Give the site's identity, read when a template first asks, its address and its editions."""
    return {
        "identity": SimpleLazyObject(SiteIdentity.load),
        "SITE_URL": settings.SITE_URL,
        "editions": settings.LANGUAGES,
    }
