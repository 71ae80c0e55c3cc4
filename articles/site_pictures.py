"""The pictures that show the site's name or accent: a card an edition for whoever shares its pages, its icons, the cards
of articles without a photo.

They are made by jobs when the site's name, tagline, accent or logo changes, and named by what they show.
"""

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from articles import cards, icons
from articles.models import Article, Photo
from articles.models.article import draw_card
from newsroom.cache import purge
from newsroom.jobs import HEAVY, job
from newsroom.models import SiteIdentity
from newsroom.page_store import SITE


@receiver(post_save, sender=SiteIdentity)
def identity_saved(raw=False, **details):
    if not raw:
        draw_site.enqueue()
        draw_cards.enqueue()


@receiver(post_save, sender=Photo)
def photo_saved(instance, **details):
    """Have a card drawn where a photo stood that is too small now, having another file."""
    if not instance.may_be_shared:
        for article in Article.objects.for_drawn_cards().filter(photo=instance):
            draw_card.enqueue(article.pk)


@job(_("Draw the icons and the sharing image of the site"), once=True)
def draw_site():
    """Make what is missing of the site's pictures, and note the names of all of them."""
    identity = SiteIdentity.load()
    found = {f"card-{code}": _card(identity, code) for code in settings.EDITIONS} | _icons(identity)
    found = {key: name for key, name in found.items() if name}
    if found != identity.pictures and SiteIdentity.objects.filter(pk=1).update(pictures=found):
        purge(SITE)


@job(_("Draw the sharing images of articles again"), once=True, priority=HEAVY)
def draw_cards():
    """Draw again what shows another name or accent; of what a stop leaves, the next call goes on from there."""
    for article in Article.objects.for_drawn_cards().iterator():
        article.draw_card()


def _card(identity, code):
    words = identity.name, identity.tagline.get(code, ""), code, identity.accent_hue
    return _kept(cards.name_of(*map(str, words), "site"), cards.draw_site, *words)


def _icons(identity):
    """Return {"icon-48": name, …}: of the logo if it can be read, else of the initials."""
    logo, initials = _content(identity.logo), (identity.initials, identity.accent_hue)
    names = {}
    for size in icons.SIZES:
        name = logo and _kept(icons.name_of(size, logo), icons.from_logo, logo, size)
        names[f"icon-{size}"] = name or _kept(icons.name_of(size, *initials), icons.from_initials, *initials, size)
    return names


def _content(logo):
    try:
        with logo.open() as file:
            return file.read()
    except (OSError, ValueError):  # there is none, or it went from the storage
        return None


def _kept(name, draw, *arguments):
    """Return the name once there is a file of that name; None when nothing can be drawn."""
    if not default_storage.exists(name):
        data = draw(*arguments)
        if not data:
            return None
        default_storage.save(name, ContentFile(data))
    return name
