"""What a phone that keeps the site on its home screen asks: its name, its colours, its icons. There is no service worker."""

from django.core.files.storage import default_storage
from django.http import JsonResponse
from django.urls import reverse
from django.utils.translation import get_language, get_language_bidi

from articles import cards, icons
from articles.structured_data import without_empty
from newsroom.cache import public_page
from newsroom.models import SiteIdentity


@public_page
def manifest(request):
    """Describe one edition (https://www.w3.org/TR/appmanifest/)."""
    identity = SiteIdentity.load()
    home = reverse("front_page")
    data = {
        "id": home,
        "name": identity.name,
        "short_name": identity.name if len(identity.name) <= 12 else "",
        "description": identity.tagline.own,
        "lang": get_language(),
        "dir": "rtl" if get_language_bidi() else "ltr",
        "start_url": home,
        "scope": home,
        "display": "minimal-ui",
        "background_color": cards.PAPER,
        "theme_color": cards.PAPER,
        "icons": [_icon(identity.pictures.get(f"icon-{size}"), size) for size in icons.SIZES[2:]],
    }
    data["icons"] = [icon for icon in data["icons"] if icon]
    return JsonResponse(without_empty(data), content_type="application/manifest+json")


def _icon(name, size):
    if not name:
        return None
    return {"src": default_storage.url(name), "sizes": f"{size}x{size}", "type": "image/png"}
