"""What the workers do for articles: they find recurring work here."""

from articles.binned import empty
from articles.lookup import look_up, tidy_links
from articles.photos import tidy
from articles.related import relate_around, relate_lately_published, relate_old

__all__ = ["empty", "look_up", "relate_around", "relate_lately_published", "relate_old", "tidy", "tidy_links"]
