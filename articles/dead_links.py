"""Links of our texts to addresses of this site at which readers find nothing: deleted, taken back, or never there.

Which texts have such links is found by jobs: in one text when it is saved, in all of them when a page leaves its
address, and once a day. The desk reads only those texts again, so that what is mended is gone from its list at once.
"""

import re
from html import unescape
from urllib.parse import unquote, urlsplit

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from articles.models import Article, LinksNowhere, Page
from articles.models.address import KeepsAddress
from articles.moved import GONE, PARTS, destination
from newsroom.jobs import HEAVY, every, job
from newsroom.middleware import DESK

HREF = re.compile(r'<a\b[^>]*?\shref="([^"]*)"')
MOST = 200  # texts that are named at once


def links_of(body):
    """Return the addresses to which a body links, each once."""
    return list(dict.fromkeys(unescape(href) for href in HREF.findall(body or "")))


def dead(hrefs):
    """Return those of the addresses, as links have them, that lead to nothing here; of other sites it says nothing.

    A query for each kind of page, and a few for each address at which no page is now.
    """
    paths = {href: path for href in hrefs if (path := _path_here(href))}
    bases = {path: PARTS.fullmatch(path)["base"] for path in paths.values()}
    public = _public_paths({base.rpartition("/")[2] for base in bases.values()}) if bases else set()
    missing = {path for path, base in bases.items() if f"{base}/" not in public and not _leads_somewhere(path)}
    return {href for href, path in paths.items() if path in missing}


def texts_with_dead_links():
    """Return (article or page, [addresses]) of the published texts known to have dead links, the newest first."""
    found = []
    for model in (Article, Page):
        texts = model.objects.published().filter(pk__in=_known(model).values("row")).order_by("-published_at", "-pk")
        linked = {row: links_of(row.body) for row in texts.only("title", "language", "body")[:MOST]}
        found += _dead_among(linked).items()
    return found[:MOST]


@receiver(post_save, sender=Article)
@receiver(post_save, sender=Page)
def _text_saved(sender, instance, **details):
    if "<a " in instance.body:
        look_in.enqueue(sender._meta.model_name, instance.pk)


def _address_kept(instance, **details):
    if instance.was_public and not instance.is_public:
        look_everywhere.enqueue()


def _address_gone(instance, **details):
    if instance.was_public:
        look_everywhere.enqueue()


for kind in KeepsAddress.__subclasses__():
    post_save.connect(_address_kept, sender=kind)
    post_delete.connect(_address_gone, sender=kind)


@job(_("Look for links of a text that lead nowhere"), once=True)
def look_in(model, pk):
    texts = apps.get_model("articles", model)
    _note(texts, texts.objects.filter(pk=pk), _known(texts).filter(row=pk))


@every(hours=24)
@job(_("Look for links that lead nowhere"), once=True, priority=HEAVY)
def look_everywhere():
    for model in (Article, Page):
        _note(model, model.objects.filter(body__contains="<a "), _known(model))


def _known(model):
    return LinksNowhere.objects.filter(model=model._meta.model_name)


def _note(model, texts, known):
    """Write down which of these texts have dead links, of drafts too: a date alone may publish them."""
    # One text at a time: all together are too much to hold.
    linked = {pk: links_of(body) for pk, body in texts.values_list("pk", "body").iterator()}
    rows = [LinksNowhere(model=model._meta.model_name, row=pk) for pk in _dead_among(linked)]
    with transaction.atomic():
        known.delete()
        LinksNowhere.objects.bulk_create(rows, ignore_conflicts=True)


def _dead_among(linked):
    """Return of {text: [addresses]} those with addresses that lead to nothing, and these only."""
    gone = dead({href for hrefs in linked.values() for href in hrefs})
    return {text: here for text, hrefs in linked.items() if (here := [href for href in hrefs if href in gone])}


def _path_here(href):
    """Return the path of an address on this site; empty for a part of the same page, other sites, and what is no address."""
    try:
        parts = urlsplit(href if href.startswith(("/", f"{settings.SITE_URL}/")) else "")
    except ValueError:
        return ""
    ours = not parts.netloc or f"{parts.scheme}://{parts.netloc}" == settings.SITE_URL
    return unquote(parts.path).replace("\0", "%00") if ours else ""  # PostgreSQL is asked for no NUL


def _public_paths(slugs):
    """Return the paths of all that readers may see and that has one of these slugs."""
    paths = set()
    for model in KeepsAddress.__subclasses__():
        # Not all at once: a database takes so many values and no more.
        for chosen in _in_parts(sorted(slugs)):
            rows = model._base_manager.filter(slug__in=chosen)
            paths.update(*(row.public_paths() for row in rows if row.is_public))
    return paths


def _in_parts(values):
    return (values[at : at + 500] for at in range(0, len(values), 500))


def _leads_somewhere(path):
    """Tell whether a path without a page of its own leads to one, or is of the site itself: a feed, the archives, a file."""
    if path.startswith(DESK):
        return False
    return destination(path) not in (None, GONE) or _is_of_the_site(path)


def _is_of_the_site(path):
    first = path.split("/", 2)[1]
    with translation.override(first if first in settings.EDITIONS[1:] else settings.LANGUAGE_CODE):
        for one in (path, f"{path}/"):
            try:
                return "slug" not in resolve(one).kwargs
            except Resolver404:
                continue
    return False
