"""Put the demo site into the database. What is there already is left as it is."""

import re
from datetime import UTC, datetime
from io import BytesIO

from django.conf import settings
from django.core.files.base import ContentFile

from articles import revisions
from articles.models import Article, Author, AuthorLink, Dossier, DossierEntry, Page, Photo, Tag, Work
from demo.content import HERE, group, table, texts
from demo.draw import draw
from newsroom.models import SiteIdentity


def load_site():
    """Make the identity, the author, tags, pages, photos, articles and dossiers; return how many articles are new."""
    load_identity()
    photos = load_photos()
    author = load_author()
    tags = load_tags()
    load_pages()
    made = load_articles(author, tags, photos)
    follow_originals(made)
    load_dossiers()
    return len(made)


def load_identity():
    if not SiteIdentity.objects.exists():
        SiteIdentity.objects.create(**table("site")["identity"])


def load_author():
    """Return the demo's author, or the one that the site has already."""
    described = table("site")["author"]
    links, works = described.pop("links"), described.pop("works")
    known = Author.objects.filter(is_site_author=True).first() or Author.objects.filter(slug=described["slug"]).first()
    if known:
        return known
    author = Author.objects.create(is_site_author=True, **described)
    for position, link in enumerate(links):
        AuthorLink.objects.create(author=author, position=position, **link)
    for position, work in enumerate(works):
        Work.objects.create(author=author, position=position, **work)
    return author


def load_tags():
    """Return the tags by (language, French name)."""
    tags = {}
    for entry in table("tags")["tags"]:
        for language in editions_of(entry):
            tag, _ = Tag.objects.get_or_create(
                group=group(entry["group"]),
                language=language,
                defaults=entry[language] | {"nav_position": entry.get("nav")},
            )
            tags[language, entry["fr"]["name"]] = tags[language, entry[language]["name"]] = tag
    return tags


def editions_of(entry):
    return [language for language in settings.EDITIONS if language in entry]


def load_photos():
    """Return the photos by key. A photo is known by its title, which is its key."""
    photos = {}
    for entry in table("photos")["photos"]:
        key = entry.pop("key")
        photos[key] = Photo.objects.filter(title=key).first() or make_photo(key, entry)
    return photos


def make_photo(key, entry):
    drawn, file = entry.pop("drawn", None), entry.pop("file", None)
    if drawn:
        out = BytesIO()
        draw(drawn).save(out, "PNG")
        data, file = out.getvalue(), f"{drawn}.png"
    else:
        data = (HERE / "photos" / file).read_bytes()
    focal_x, focal_y = entry.pop("focal", (0.5, 0.5))
    return Photo.objects.create(title=key, original=ContentFile(data, file), focal_x=focal_x, focal_y=focal_y, **entry)


def load_pages():
    for language, slug, front, html in texts("pages"):
        if language in settings.EDITIONS:
            front = front | {"slug": front.get("slug", slug), "group": group(front["group"])}
            Page.objects.get_or_create(
                language=language,
                group=front.pop("group"),
                defaults=front | {"body": html, "published_at": datetime(2026, 4, 1, 8, tzinfo=UTC)},
            )


def load_articles(author, tags, photos):
    """Make the articles that are not there yet, and return them."""
    made = []
    for language, slug, front, html in texts("articles"):
        if (
            language not in settings.EDITIONS
            or Article.objects.filter(group=group(front["group"]), language=language).exists()
        ):
            continue
        article = Article.objects.create(
            group=group(front["group"]),
            language=language,
            slug=slug,
            title=front["title"],
            standfirst=front["standfirst"],
            key_points=front.get("key_points", []),
            body=with_photo_ids(html, photos),
            photo=photos.get(front.get("photo")),
            author=author,
            published_at=front["published"],
            revised_at=front.get("revised"),
            support_call=front.get("support_call", True),
            comments=front.get("comments", "open"),
        )
        article.tags.set([tags[language, name] for name in front["tags"]], clear=True)
        revisions.newest(Article.objects.get(pk=article.pk))  # what the desk compares the first change with
        made.append(article)
    return made


def follow_originals(articles):
    """Have those that are translations follow their originals: the demo was written in French."""
    for article in articles:
        original = article.language != "fr" and article.siblings().filter(language="fr").first()
        if original:
            article.translated_from = revisions.newest(original)
            article.save(update_fields=["translated_from"])


def load_dossiers():
    for entry in table("dossiers")["dossiers"]:
        parts = [group(name) for name in entry["parts"]]
        for language in editions_of(entry):
            dossier, made = Dossier.objects.get_or_create(
                group=group(entry["group"]), language=language, defaults=entry[language]
            )
            found = {one.group: one for one in Article.objects.filter(language=language, group__in=parts)}
            free = [found[part] for part in parts if part in found and not hasattr(found[part], "dossier_entry")]
            for position, article in enumerate(free if made else [], start=1):
                DossierEntry.objects.create(dossier=dossier, article=article, position=position)


def with_photo_ids(html, photos):
    """Name photos by their number in this database, not by their key."""
    return re.sub(r'data-photo="([^"]+)"', lambda found: f'data-photo="{photos[found[1]].pk}"', html)
