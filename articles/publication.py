"""What readers may see: the one place that says when something is published."""

from django.db.models import Q
from django.utils import timezone


def published(path=""):
    """Return the condition that a row is published now; `path` leads to it in a lookup: "entries__article__"."""
    return Q(**{f"{path}published_at__lte": timezone.now()})
