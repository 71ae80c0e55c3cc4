"""A text whole as one Markdown file with a head of facts; and all of them, with their pictures, in one archive."""

import json
import shutil
import zipfile
from pathlib import PurePosixPath

from django.utils.translation import gettext_lazy as _

from articles.body import photos_in
from articles.markdown import Shown, escape, to_markdown
from articles.models import Article, Page, Photo
from articles.models.photo import originals
from articles.structured_data import absolute, moment, without_empty
from newsroom import backup, safekeeping
from newsroom.jobs import HEAVY, job
from newsroom.media import storage_failed
from newsroom.models import SiteIdentity
from newsroom.typography import typeset, typeset_html

AT_ONCE = 50


def whole(article, picture, publisher, **more):
    """Return an article as Markdown: a head of facts and of `more`, its title, standfirst, key points, text and corrections.

    `picture(id)` gives a markdown.Shown, or None.
    """

    def shown(text):
        return typeset(text, article.language)

    facts = {
        "title": shown(article.title),
        "url": absolute(article.get_absolute_url()),
        "language": article.language,
        "author": article.author.name,
        "published": article.published_at and moment(article.published_at),
        "revised": article.revised_at and moment(article.revised_at),
        "tags": [shown(tag.name) for tag in article.ordered_tags],
        "publisher": typeset(publisher, article.language),
    }
    parts = [
        _head(facts | more),
        f"# {escape(shown(article.title))}",
        f"**{escape(shown(article.standfirst))}**" if article.standfirst else "",
        "\n".join(f"- {escape(shown(point))}" for point in article.key_points),
        to_markdown(typeset_html(article.body, article.language), picture),
        "\n".join(f"- {moment(one['at'])[:10]}: {escape(shown(one['text']))}" for one in article.told_corrections),
    ]
    return "\n\n".join(filter(None, parts))


def whole_page(page, picture, publisher, **more):
    """Return a page, such as the legal notice, as `whole` returns an article."""
    title = typeset(page.title, page.language)
    facts = {
        "title": title,
        "url": absolute(page.get_absolute_url()),
        "language": page.language,
        "published": page.published_at and moment(page.published_at),
        "publisher": publisher,
    }
    text = to_markdown(typeset_html(page.body, page.language), picture)
    return "\n\n".join(filter(None, [_head(facts | more), f"# {escape(title)}", text]))


def _head(facts):
    # A string of JSON is one of YAML, which is what such a head is made of.
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in without_empty(facts).items()]
    return "\n".join(["---", *lines, "---"])


def write(target):
    """Write every article out of the bin and every page, drafts too, and the originals of all pictures into a zip at `target`.

    One picture and some articles are in memory at a time.
    """
    draft = target.with_name(f".{target.name}.new")
    try:
        with backup.private(draft) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            names = _write_pictures(archive)
            _write_texts(archive, names)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _write_pictures(archive):
    """Put in the originals; return {id of a photo: its name in the archive}."""
    names = {}
    for photo in Photo.objects.order_by("pk").iterator(AT_ONCE):
        name = f"photos/{photo.pk}{PurePosixPath(photo.original.name).suffix}"
        try:
            with originals().open(photo.original.name) as source, archive.open(name, "w", force_zip64=True) as file:
                shutil.copyfileobj(source, file)
        except Exception as error:
            if not storage_failed(error):
                raise
            continue  # lost in the storage: the words are not
        names[photo.pk] = name
    return names


def _write_texts(archive, names):
    publisher = SiteIdentity.load().name
    articles = Article.objects.out_of_bin().select_related("author").with_tags().order_by("pk")
    for article in articles.iterator(AT_ONCE):
        with article.in_language():
            photo = names.get(article.photo_id)
            more = {"state": str(article.state), "photo": photo and f"../{photo}"}
            text = whole(article, _pictures(article.body, names, "../").get, publisher, **more)
        archive.writestr(f"{article.language}/{article.slug}.md", text, zipfile.ZIP_DEFLATED)
    for page in Page.objects.order_by("pk").iterator(AT_ONCE):
        with page.in_language():
            pictures = _pictures(page.body, names, "../../")
            text = whole_page(page, pictures.get, publisher, state=str(page.state))
        archive.writestr(f"{page.language}/pages/{page.slug}.md", text, zipfile.ZIP_DEFLATED)


def _pictures(body, names, up):
    """Return {id: Shown} of the pictures in a text whose file stands `up` from the folder of them."""
    photos = Photo.objects.in_bulk(photos_in(body))
    return {
        str(pk): Shown(str(photo.alt), f"{up}{names[pk]}", str(photo.caption), photo.credit, photo.licence)
        for pk, photo in photos.items()
        if pk in names
    }


@job(_("Make a copy of all articles"), once=True, priority=HEAVY, tries=1, time_limit=3600)
def make_export():
    """Put all articles and pages on the shelf of copies."""
    backup.keep("articles", "zip", write)


safekeeping.offer(
    safekeeping.Kind(
        "articles",
        _("All articles and pages, to take elsewhere"),
        _("Copy all articles"),
        _("Each as a Markdown file, drafts too, with the original of every picture, in one archive."),
        make_export,
    )
)
