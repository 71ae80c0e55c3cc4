"""Thousands of articles, for trying and measuring a large site: grammatical, meaningless, and the same every time."""

import random
import uuid
from datetime import UTC, datetime, timedelta

from articles import search
from articles.models import Article, Tag, TaggedArticle
from articles.slugs import slug_from
from newsroom.cache import purge
from newsroom.page_store import SITE

BATCH = 500
SUBJECTS = "le réseau,la machine,une fonderie,le serveur,la mairie,un atelier,le câble,la batterie,un moteur,le satellite,la puce,l’archive".split(
    ","
)
VERBS = "déplace,mesure,remplace,surveille,alimente,ralentit,documente,répare,achète,finance,transforme,observe".split(
    ","
)
OBJECTS = "la consommation,les données,le calendrier,une frontière,la maintenance,les prix,un monopole,l’énergie,la licence,les usages,un silence,la norme".split(
    ","
)
ENDS = "depuis dix ans,sans le dire,à la demande,pour l’hiver,contre toute attente,en province,par habitude,à moitié prix,sous contrat,la nuit,en attendant mieux,faute de pièces".split(
    ","
)


def sentence(chance):
    words = " ".join(chance.choice(part) for part in (SUBJECTS, VERBS, OBJECTS, ENDS))
    return words[0].upper() + words[1:] + "."


def body(chance):
    """Return about 300 words in four sections."""
    parts = []
    for section in range(4):
        if section:
            parts.append(f"<h2>{sentence(chance)[:-1]}</h2>")
        parts += [f"<p>{' '.join(sentence(chance) for _ in range(5))}</p>" for _ in range(2)]
    return "".join(parts)


def article(number, author, photos):
    """Return the unsaved article of that number."""
    chance = random.Random(number)  # noqa: S311, the same articles every time
    title = sentence(chance)[:-1]
    published = datetime(2026, 11, 1, tzinfo=UTC) - timedelta(hours=3 * number)
    return Article(
        group=uuid.UUID(int=number + 1),
        language="fr",
        title=title,
        slug=f"{slug_from(title, 70)}-{number}",
        standfirst=sentence(chance),
        key_points=[sentence(chance) for _ in range(number % 4)],
        body=body(chance),
        author=author,
        photo=chance.choice(photos),
        word_count=290,
        published_at=published,
        first_published_at=published,
    )


def make_articles(total, author, photos):
    """Make articles until the site has `total` of these; yield how many there are after each batch."""
    tags = list(Tag.objects.filter(language="fr"))
    start = Article.objects.filter(group__lt=uuid.UUID(int=2**40)).count()
    for first in range(start, total, BATCH):
        numbers = range(first, min(first + BATCH, total))
        made = Article.objects.bulk_create([article(number, author, photos) for number in numbers])
        TaggedArticle.objects.bulk_create(
            TaggedArticle(content_object=one, tag=tag)
            for number, one in zip(numbers, made, strict=True)
            for tag in random.Random(-number - 1).sample(tags, min(3, len(tags)))  # noqa: S311
        )
        search.index(*made)  # bulk_create does not save one by one
        purge(SITE)
        yield numbers.stop
