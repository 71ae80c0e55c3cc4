"""A link to another service, and what that service says of it: the words and the picture of its card."""

from hashlib import blake2b

from django.core.files.storage import default_storage
from django.db import models

from newsroom.cache import depends_on, purge

LONGEST = 500  # signs of an address that is worth a card
FOLDER = "links/"


class LinkQuerySet(models.QuerySet):
    def about(self, urls):
        """Return {address: link} of what is known of these, with one query; what is drawn changes with all of them."""
        depends_on(*map(_tag, urls))
        return {link.url: link for link in self.filter(url__in=urls)} if urls else {}


class Link(models.Model):
    """What was learnt (articles/lookup.py): plain text, and a picture of ours."""

    class State(models.TextChoices):
        WAITING = "waiting"
        FOUND = "found"
        NOTHING = "nothing"

    url = models.CharField(max_length=LONGEST, unique=True)
    title = models.CharField(max_length=300, blank=True)
    author = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    text_language = models.CharField(max_length=12, blank=True)
    picture = models.CharField(max_length=60, blank=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    fetched_at = models.DateTimeField(auto_now=True)

    objects = LinkQuerySet.as_manager()

    def __str__(self):
        return self.url

    def save(self, *args, **options):
        super().save(*args, **options)
        purge(_tag(self.url))

    @property
    def picture_url(self):
        return default_storage.url(self.picture)


def _tag(url):
    return f"link:{blake2b(url.encode(), digest_size=12).hexdigest()}"
