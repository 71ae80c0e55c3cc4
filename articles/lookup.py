"""Learning what stands behind a link that becomes a card: the service is asked once, after the text was saved.

Receivers, as in articles/freshness.py, and for the same reason. No page waits for an answer, and no author for one that
does not come: a service that is away is asked again later, then every night, and that is no failed job.
"""

import hashlib
import json
import re
from datetime import timedelta
from html import escape
from io import BytesIO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from lxml import etree, html

from articles import images, uploads
from articles.embeds import recognise
from articles.models import Article, Link, Page
from articles.models.link import FOLDER
from articles.rendering import links_of
from newsroom.jobs import HEAVY, every, job
from newsroom.outgoing import RefusedError, fetch
from newsroom.typography import cut
from newsroom.xml import printable

MOST_WORDS, MOST_PICTURE = 200_000, 2_000_000  # bytes
MOST_TEXT = 1000  # signs of a post
WIDEST, NARROWEST = 1280, 120  # pixels of a picture that is shown
TRIES = 5


@receiver(post_save, sender=Article)
@receiver(post_save, sender=Page)
def body_saved(instance, update_fields=None, **details):
    if settings.EMBED_LOOKUP and (update_fields is None or "body" in update_fields):
        for url in _unknown(links_of(instance.body), but=[Link.State.FOUND]):
            look_up.enqueue(url)


def _unknown(urls, but):
    """Return those of the addresses that are not in one of these states."""
    known = set(Link.objects.filter(url__in=urls, state__in=but).values_list("url", flat=True)) if urls else set()
    return [url for url in urls if url not in known]


@job(_("Ask a service what a link to it shows"), once=True)
def look_up(url, attempt=1):
    """Keep what the service says of a link; if it cannot be reached, ask again after 5 minutes, 25 minutes, 2 hours…"""
    embed = recognise(url)
    link = Link.objects.filter(url=url).first() or Link(url=url)
    if not settings.EMBED_LOOKUP or not embed or link.state == Link.State.FOUND:
        return
    try:
        answer = _parsed(fetch(embed.asked_at, MOST_WORDS))
        link.title, link.author, link.text, link.text_language = words_of(answer)
        link.picture, link.width, link.height = _picture(answer)
        link.state = Link.State.FOUND
    except RefusedError:
        link.state = Link.State.NOTHING
    except OSError:
        link.state = Link.State.WAITING
        if attempt < TRIES:
            look_up.using(run_after=timezone.now() + timedelta(minutes=5**attempt)).enqueue(url, attempt + 1)
    link.save()


def _parsed(data):
    try:
        answer = json.loads(data)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise RefusedError("This is no answer.")
    return answer


def words_of(answer):
    """Return title, author, text and its language, of an oEmbed answer or of a post as Mastodon gives it."""
    if isinstance(account := answer.get("account"), dict):  # what its oEmbed leaves out is the text
        author = _line(account.get("display_name"), 200) or _line(account.get("acct"), 200)
        shown = escape(_line(answer.get("spoiler_text"), 500)) or answer.get("content")  # a warning hides the rest
        return "", author, _text(f"<blockquote><p>{shown or ''}</blockquote>")[0], _code(answer.get("language"))
    return _line(answer.get("title"), 300), _line(answer.get("author_name"), 200), *_text(answer.get("html"))


def _line(value, most):
    """Return a value as one line of text, if it is a text."""
    return cut(" ".join(printable(value).split()), most) if isinstance(value, str) else ""


def _code(value):
    return value if isinstance(value, str) and re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z]{2,8})?", value) else ""


def _text(post):
    """Return the paragraphs of the quotation that a post's HTML is, as plain text, and their language."""
    try:
        root = html.fragment_fromstring(printable(post), create_parent="div")
    except (TypeError, ValueError, etree.LxmlError):
        return "", ""
    paragraphs = root.xpath(".//blockquote//p")
    for line_break in root.iter("br"):
        line_break.tail = f"\n{line_break.tail or ''}"
    text = "\n\n".join(filter(None, (paragraph.text_content().strip() for paragraph in paragraphs)))
    text = re.sub(r"\s*\[image or embed\]$", "", re.sub(r"[^\S\n]+", " ", text))  # what Bluesky writes for a picture
    return cut(text, MOST_TEXT), _code(paragraphs[0].get("lang")) if paragraphs else ""


def _picture(answer):
    """Keep the picture that an answer names as a file of ours; return (name, width, height), of nothing if it is none."""
    url = answer.get("thumbnail_url")
    if not isinstance(url, str):
        return "", 0, 0
    try:
        image = uploads.read(BytesIO(_best(url))).image
    except (RefusedError, ValidationError):
        return "", 0, 0
    if image.width < NARROWEST:
        return "", 0, 0
    image.thumbnail((WIDEST, WIDEST))
    data = images.encode(image, "webp")
    name = f"{FOLDER}{hashlib.sha256(data).hexdigest()[:24]}.webp"
    if not default_storage.exists(name) or default_storage.size(name) != len(data):
        default_storage.delete(name)  # what a crash left half written
        default_storage.save(name, ContentFile(data))
    return name, *image.size


def _best(url):
    """Return the picture at an address. YouTube names its small one, and has a large one of most films."""
    try:
        return fetch(re.sub(r"/hqdefault\.jpg$", "/maxresdefault.jpg", url), MOST_PICTURE)
    except RefusedError:
        return fetch(url, MOST_PICTURE)


@every(hours=24)
@job(_("Tidy what is known of links"), once=True, priority=HEAVY, time_limit=600)
def tidy_links():
    """Forget the links that stand in no text any more; ask once for those of which nothing is known yet."""
    used = set()
    for model in (Article, Page):
        for body in model.objects.filter(body__contains="http").order_by().values_list("body", flat=True).iterator():
            used.update(links_of(body))
    rows = Link.objects.values_list("url", "pk", "state")
    Link.objects.filter(pk__in=[pk for url, pk, _state in rows if url not in used]).delete()
    if settings.EMBED_LOOKUP:
        for url in used - {url for url, _pk, state in rows if state != Link.State.WAITING}:
            look_up.enqueue(url, TRIES)
