"""What stands in the head of a page for search engines and for whoever shares it."""

from urllib.parse import urljoin

from django import template
from django.conf import settings
from django.core.files.storage import default_storage
from django.utils.translation import get_language

from articles import cards, structured_data, trails

register = template.Library()

# Open Graph wants a territory, which an edition does not have: the one where most of its readers are likely to be.
TERRITORIES = {
    "ar": "AR",
    "ca": "ES",
    "cs": "CZ",
    "da": "DK",
    "el": "GR",
    "en": "GB",
    "he": "IL",
    "sv": "SE",
    "uk": "UA",
}


@register.filter
def open_graph_locale(code):
    """Return fr_FR for fr, pt_BR for pt-br."""
    language, _dash, territory = code.partition("-")
    return f"{language}_{(territory or TERRITORIES.get(language, language)).upper()}"


@register.simple_tag
def site_card(identity):
    """Return {url, width, height, type} of what the site's pages are shown by elsewhere, or None until it is drawn."""
    name = identity.pictures.get(f"card-{get_language()}")
    if not name:
        return None
    url = urljoin(settings.SITE_URL, default_storage.url(name))
    return {"url": url, "width": cards.WIDTH, "height": cards.HEIGHT, "type": "image/png"}


@register.simple_tag
def site_icon(identity, size):
    """Return the address of the site's icon of that many pixels, empty until it is drawn."""
    name = identity.pictures.get(f"icon-{size}")
    return default_storage.url(name) if name else ""


@register.simple_tag
def article_data(article, identity, siblings):
    """Draw the article, and its place below its first tag, as structured data."""
    return structured_data.data_block(structured_data.news_article(article, identity, siblings), place(article))


@register.simple_tag
def site_data(identity):
    """Draw the site and its search as structured data."""
    return structured_data.data_block(structured_data.website(identity))


@register.simple_tag
def author_data(author, identity):
    """Draw the author's profile as structured data."""
    return structured_data.data_block(structured_data.profile_page(author, identity), place(author))


@register.simple_tag
def place_data(thing):
    """Draw the place of a list below the front page as structured data."""
    return structured_data.data_block(place(thing))


def place(thing):
    return structured_data.breadcrumbs(*trails.trail(thing), (str(thing), thing.get_absolute_url()))


@register.simple_tag
def trail(thing):
    """Return (name, path) of each page above that of an article, a tag, a dossier or a Period."""
    return trails.trail(thing)
