"""What a page says to search engines, in schema.org's words: dicts, no request needed, printed as one data block."""

import json
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.safestring import SafeString

from articles import icons
from newsroom.emphasis import plain
from newsroom.typography import typeset

RATIOS = ("16x9", "4x3", "1x1")
ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def name_for_ever(kind, key, moment):
    """Return the name of a thing for feeds, the same whatever address it has later (a tag URI, RFC 4151).

    `moment` is one of its own that never changes.
    """
    return f"tag:{urlsplit(settings.SITE_URL).hostname},{moment:%Y-%m-%d}:{kind}/{key}"


def absolute(path):
    """Return a path of this site as an address of the world; leave an address as it is."""
    return f"{settings.SITE_URL}{path}" if path.startswith("/") else path


def data_block(*things):
    """Return a script element that no browser runs and no policy forbids, whatever the texts in it hold.

    One thing, or several as a graph. `<` is escaped, so that a title cannot end the element.
    """
    data = {"@context": "https://schema.org"} | (things[0] if len(things) == 1 else {"@graph": list(things)})
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(ESCAPES)
    return SafeString(f'<script type="application/ld+json">{text}</script>')


def news_article(article, identity, siblings=()):
    """Return the NewsArticle. `siblings` are the published articles of its group in other languages."""
    with article.in_language():
        url = absolute(article.get_absolute_url())
        data = {
            "@type": "NewsArticle",
            "@id": f"{url}#article",
            "mainEntityOfPage": url,
            "url": url,
            "headline": typeset(article.title, article.language),
            "description": typeset(article.meta_description, article.language),
            "image": pictures(article.photo) or _card(article),
            "datePublished": moment(article.published_at),
            "dateModified": moment(article.revised_at or article.published_at),
            "correction": [
                {
                    "@type": "CorrectionComment",
                    "datePublished": moment(one["at"]),
                    "text": typeset(one["text"], article.language),
                }
                for one in article.told_corrections
            ],
            "author": person(article.author),
            "publisher": publisher(identity),
            "inLanguage": article.language,
            "isAccessibleForFree": True,
            "wordCount": article.word_count,
            "keywords": [typeset(tag.name, tag.language) for tag in article.ordered_tags],
            "articleSection": article.kicker and typeset(article.kicker.name, article.language),
            "commentCount": article.comment_count,
        }
    return without_empty(data | _translations(article, siblings) | _series(article))


def _series(article):
    entry = getattr(article, "dossier_entry", None)
    if not entry:
        return {}
    url = absolute(entry.dossier.get_absolute_url())
    return {
        "isPartOf": {
            "@type": "CreativeWorkSeries",
            "@id": f"{url}#dossier",
            "name": typeset(entry.dossier.title, article.language),
            "url": url,
        }
    }


def _translations(article, siblings):
    works = [
        {
            "@type": "NewsArticle",
            "@id": f"{absolute(one.get_absolute_url())}#article",
            "url": absolute(one.get_absolute_url()),
            "headline": typeset(one.title, one.language),
            "inLanguage": one.language,
        }
        for one in siblings
    ]
    original = _original(article, siblings)
    if original is article:
        return {"workTranslation": works}
    return {"translationOfWork": works[list(siblings).index(original)]}


def _original(article, siblings):
    """Return the one of a group that the article was translated from; itself, when it is that of the others.

    Where no translation was made from a version of its original, the one that was published first is taken for it.
    """
    source = article.translated_from
    for one in siblings:
        if source and one.pk == source.article_id:
            return one
    if any(one.translated_from and one.translated_from.article_id == article.pk for one in siblings):
        return article
    # Rows that were made in bulk never passed the save that notes the first publication.
    return min([article, *siblings], key=lambda one: (one.first_published_at or one.published_at, one.pk))


def breadcrumbs(*steps):
    """Return the BreadcrumbList of (name, path) pairs in the current language, the page itself last."""
    language = translation.get_language() or ""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": typeset(name, language), "item": absolute(path)}
            for position, (name, path) in enumerate(steps, start=1)
        ],
    }


def profile_page(author, identity):
    """Return the ProfilePage of an author in the current language."""
    return without_empty(
        {
            "@type": "ProfilePage",
            "url": absolute(author.get_absolute_url()),
            "inLanguage": translation.get_language(),
            "mainEntity": person(author)
            | without_empty({"description": typeset(plain(author.biography.own), translation.get_language())}),
            "isPartOf": {"@id": f"{absolute(reverse('front_page'))}#site"},
            "publisher": publisher(identity),
        }
    )


def website(identity):
    """Return the WebSite in the current language, with its search."""
    home = absolute(reverse("front_page"))
    return without_empty(
        {
            "@type": "WebSite",
            "@id": f"{home}#site",
            "url": home,
            "name": typeset(identity.name, translation.get_language()),
            "description": typeset(identity.tagline.own, translation.get_language()),
            "inLanguage": translation.get_language(),
            "publisher": publisher(identity),
            "potentialAction": {
                "@type": "SearchAction",
                "target": {"@type": "EntryPoint", "urlTemplate": f"{home}search/?q={{search_term_string}}"},
                "query-input": "required name=search_term_string",
            },
        }
    )


def person(author):
    """Return the Person, known elsewhere under the https addresses that readers may follow."""
    portrait = picture(author.portrait, "1x1")
    return without_empty(
        {
            "@type": "Person",
            "@id": f"{settings.SITE_URL}/#author-{author.slug}",
            "name": author.name,
            "url": absolute(author.get_absolute_url()),
            "jobTitle": author.role.own,
            "image": portrait and portrait["url"],
            "sameAs": [link.url for link in author.follow_links if link.url.startswith("https://")],
        }
    )


def publisher(identity):
    """Return the NewsMediaOrganization."""
    return without_empty(
        {
            "@type": "NewsMediaOrganization",
            "@id": f"{settings.SITE_URL}/#publisher",
            "name": typeset(identity.name, translation.get_language()),
            "url": f"{settings.SITE_URL}/",
            "logo": _logo(identity),
        }
    )


def _logo(identity):
    """Return the logo that was uploaded, else the largest icon that was drawn; None before that."""
    if identity.logo:
        return {"@type": "ImageObject", "url": absolute(identity.logo.url)}
    size = max(icons.SIZES)
    name = identity.pictures.get(f"icon-{size}")
    return name and {"@type": "ImageObject", "url": absolute(default_storage.url(name)), "width": size, "height": size}


def _card(article):
    """Return what an article without a photo is shown by elsewhere, in a list."""
    card = None if article.photo_id else article.sharing_picture
    return card and [
        {"@type": "ImageObject", "url": absolute(card["url"]), "width": card["width"], "height": card["height"]}
    ]


def pictures(photo):
    """Return an ImageObject of each of the three ratios; while they are being made, of what there is."""
    found = [picture(photo, ratio) for ratio in RATIOS]
    return list({one["url"]: one for one in found if one}.values())


def picture(photo, crop):
    """Return the JPEG of that crop as an ImageObject, at least 1200 pixels wide if it is; None without one."""
    file = photo and photo.jpeg(crop, 1200)
    return file and without_empty(
        {
            "@type": "ImageObject",
            "url": absolute(file["url"]),
            "width": file["width"],
            "height": file["height"],
            "caption": str(photo.alt),
            "creditText": photo.credit,
            "license": photo.licence_url,
        }
    )


def moment(value):
    """Return a moment with the zone of the newsroom, to the second: 2026-11-20T18:00:00+01:00."""
    return timezone.localtime(value).isoformat(timespec="seconds")


def without_empty(data):
    """Say nothing where there is nothing to say; 0 and False are something."""
    return {key: value for key, value in data.items() if value not in (None, "", [], {})}
