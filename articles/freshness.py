"""What a change of an article, or of what stands around it, makes stale: the one place that says so.

Receivers, not `save`: the desk's lists delete without it, and so do cascades. What changes rows without saving them
says so where it does: articles/related.py, the renditions of a photo, and comments/decisions.py for threads.
Pages that show a row are found by that row's own tag (newsroom/cache.py); here is what they cannot know of.
"""

from django.conf import settings
from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import receiver
from django.utils import timezone
from django.utils.timezone import localtime

from articles.drawing import draw_article
from articles.lists import tag_of_year
from articles.models import Article, Author, AuthorLink, Dossier, DossierEntry, Page, Photo, Tag, TaggedArticle, Work
from newsroom.cache import purge, tag_of, until_every
from newsroom.page_store import SITE

# Where an article stands, and under which address: what moves it makes lists stale, not only pages that show it.
PLACE = ("language", "slug", "group", "author_id", "published_at", "leads_since")


@until_every
def next_publication():
    """Return the moment at which readers see something new if nobody touches anything, None when there is none."""
    now = timezone.now()
    articles = Article.objects.filter(language__in=settings.EDITIONS, published_at__gt=now).order_by()
    pages = Page.objects.filter(published_at__gt=now).order_by().values_list("published_at")
    return min((moment for (moment,) in articles.values_list("published_at").union(pages)), default=None)


@receiver(pre_save, sender=Article)
@receiver(pre_save, sender=Tag)
@receiver(pre_save, sender=Author)
@receiver(pre_save, sender=Page)
@receiver(pre_save, sender=Dossier)
@receiver(pre_save, sender=DossierEntry)
def remember(sender, instance, **details):
    """Keep the row as it was: its old place changes as well."""
    instance._was = sender._base_manager.filter(pk=instance.pk).first() if instance.pk else None


def both(instance):
    """Return the row as it was before it was saved, if there was one, and as it is."""
    return [row for row in (getattr(instance, "_was", None), instance) if row]


@receiver(post_save, sender=Article)
def article_saved(instance, **details):
    rows = both(instance)
    if not any(row.published_at for row in rows):
        return  # readers have seen nothing of it
    moved = len(rows) == 1 or any(getattr(rows[0], name) != getattr(instance, name) for name in PLACE)
    taken_back = rows[0].is_published and not instance.is_published
    purge(tag_of(instance), *(tags_of_place(instance, rows) if moved else ()), at_once=taken_back)
    if instance.is_published:
        draw_article.enqueue(instance.pk)


@receiver(post_delete, sender=Article)
def article_deleted(instance, **details):
    if instance.published_at:
        purge(tag_of(instance), *tags_of_place(instance, [instance]), at_once=True)


def tags_of_place(article, rows):
    """Return the tags of the lists in which an article stood and stands, as `rows` have it."""
    tags = {f"tagged:{pk}" for pk in article.tagged.values_list("tag", flat=True)}
    for row in rows:
        tags |= {f"articles-{row.language}", f"written:{row.author_id}", f"group:{row.group}"}
        if row.published_at:
            tags.add(tag_of_year(row.language, localtime(row.published_at).year))
    for dossier in Dossier.objects.filter(entries__article=article):
        tags |= {tag_of(dossier), f"group:{dossier.group}"}
    return tags


@receiver(post_save, sender=TaggedArticle)
@receiver(post_delete, sender=TaggedArticle)
def tagging_changed(instance, **details):
    purge(f"article:{instance.content_object_id}", f"tagged:{instance.tag_id}", "tag")


@receiver(post_save, sender=Tag)
@receiver(post_delete, sender=Tag)
def tag_changed(instance, **details):
    rows = both(instance)
    topic = any(row.nav_position is not None for row in rows)  # it stands at the head of every page
    purge(SITE if topic else tag_of(instance), *(f"group:{row.group}" for row in rows))


@receiver(post_save, sender=Author)
@receiver(post_delete, sender=Author)
def author_changed(instance, **details):
    rows = both(instance)
    moved = len({row.is_site_author for row in rows}) > 1  # whose links stand on every page
    purge(SITE if moved or (instance.is_site_author and len(rows) == 1) else tag_of(instance))


@receiver(post_save, sender=Work)
@receiver(post_delete, sender=Work)
def work_changed(instance, **details):
    purge(f"author:{instance.author_id}")


@receiver(post_save, sender=Page)
def page_saved(instance, **details):
    page_changed(instance, getattr(instance, "_was", None), instance)


@receiver(post_delete, sender=Page)
def page_deleted(instance, **details):
    page_changed(instance, instance, None)


def page_changed(page, was, now):
    """Purge what shows a page as it was or is; None where it was not, or is no more."""
    rows = [row for row in (was, now) if row and row.published_at]
    if not rows:
        return  # readers have seen nothing of it
    everywhere = foot_line(was) != foot_line(now)
    taken_back = bool(was and was.is_published) and not (now and now.is_published)
    purge(SITE if everywhere else tag_of(page), *(f"group:{row.group}" for row in rows), at_once=taken_back)


def foot_line(page):
    """Return what the foot of every page shows of this one: None, or what makes its link and its place."""
    if page and page.published_at and page.position is not None:
        return page.language, page.position, page.title, page.slug, page.published_at
    return None


@receiver(post_save, sender=AuthorLink)
@receiver(post_delete, sender=AuthorLink)
def head_or_foot_changed(**details):
    purge(SITE)


@receiver(post_save, sender=Photo)
@receiver(post_delete, sender=Photo)
def photo_changed(instance, **details):
    purge(tag_of(instance))


@receiver(post_save, sender=Dossier)
@receiver(post_delete, sender=Dossier)
def dossier_changed(instance, **details):
    purge(tag_of(instance), *(f"group:{row.group}" for row in both(instance)))


@receiver(post_save, sender=DossierEntry)
@receiver(post_delete, sender=DossierEntry)
def part_changed(instance, **details):
    for row in both(instance):
        purge(f"article:{row.article_id}", f"dossier:{row.dossier_id}")
        purge(
            *(f"group:{group}" for group in Dossier.objects.filter(pk=row.dossier_id).values_list("group", flat=True))
        )
