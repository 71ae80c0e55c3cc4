"""What makes the search's index stale beside the save of an article: its tags, the names of others, its end."""

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from articles import search
from articles.freshness import both
from articles.models import Article, Author, Tag, TaggedArticle
from newsroom.jobs import job

BATCH = 200


@receiver(post_delete, sender=Article)
def article_gone(instance, **details):
    search.remove(instance.pk)


@receiver(post_save, sender=TaggedArticle)
@receiver(post_delete, sender=TaggedArticle)
def tagging_changed(instance, **details):
    index_again.enqueue(pk=instance.content_object_id)


@receiver(post_save, sender=Tag)
@receiver(post_save, sender=Author)
def name_changed(sender, instance, **details):
    if len({row.name for row in both(instance)}) > 1:
        index_again.enqueue(**{"tagged__tag" if sender is Tag else "author": instance.pk})


@job(_("Index again what the search finds"), once=True, priority=4, time_limit=900)
def index_again(**of):
    """Put the articles that a lookup finds into the index as they are now."""
    keys = list(Article.objects.filter(**of).order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(keys), BATCH):
        search.index(*Article.objects.filter(pk__in=keys[first : first + BATCH]))
