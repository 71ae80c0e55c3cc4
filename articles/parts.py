"""What is kept of articles (newsroom/parts.py): their bodies and their cards."""

import json
from dataclasses import asdict
from hashlib import blake2b

from django.template.loader import render_to_string

from articles.models import Article
from articles.rendering import Body, render_body
from newsroom.cache import depends_on, tag_of
from newsroom.parts import kept, kept_all


def body_of(stored, language, base=""):
    """Return what `render_body` does, which takes most of an article's time; the same text is the same part."""
    digest = blake2b("\n".join([language, base, stored]).encode(), digest_size=16).hexdigest()
    return Body(**json.loads(kept(f"body {digest}", lambda: json.dumps(asdict(render_body(stored, language, base))))))


def cards(keys, kind_of=None):
    """Return the cards of the articles `keys` in that order; `kind_of` gives the kind ("lead", "line") of each place."""
    kinds = {key: kind_of(place) if kind_of else "" for place, key in enumerate(keys)}
    drawn = kept_all(
        {key: f"card {kind} {key}" for key, kind in kinds.items()},
        lambda missing: Article.objects.for_cards().in_bulk(missing),
        lambda article: _card(article, kinds[article.pk]),
    )
    return list(drawn.values())


def _card(article, kind):
    depends_on(*(tag_of(row) for row in (article, article.photo, article.kicker) if row))
    return render_to_string("components/_card.html", {"article": article, "kind": kind})
