"""What is done around photos: adding one, knowing where each is used, removing the files that none uses."""

from datetime import timedelta
from pathlib import PurePath

from django.core.files.storage import default_storage, storages
from django.db import transaction
from django.db.models import Count, F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles import cards, icons, images, uploads
from articles.body import photos_in
from articles.models import Article, Author, Link, Page, Photo
from articles.models.link import FOLDER as OF_LINKS
from articles.models.photo import render_photo
from articles.site_pictures import draw_cards, draw_site
from newsroom.jobs import HEAVY, every, job
from newsroom.models import SiteIdentity

# Where readers meet photos: the model, its relation, and what the place is called.
PLACES = (
    (Article, "photo", _("featured photo")),
    (Author, "portrait", _("portrait")),
    (Article, "pictures", _("in the text")),
    (Page, "pictures", _("in the text")),
)
KEPT = timedelta(days=2)


def add(file, user=None, *, again=False):
    """Return the Photo made of an uploaded file, and whether it is new: of the same file, one is enough unless `again`.

    What the file says of itself is proposed in its fields. Raises ValidationError with a sentence for the author.
    """
    file.picture = picture = uploads.read(file)
    if not again and (known := Photo.objects.filter(digest=picture.digest).first()):
        return known, False
    # Signs that turn the direction of writing would have a name read as another one.
    name = "".join(sign for sign in PurePath(file.name or "").stem if sign.isprintable())
    photo = Photo(original=file, title=name[:120], added_by=user)
    propose(photo, picture.hints)
    photo.save()
    return photo, True


def propose(photo, hints):
    """Fill what is empty with what the file says of itself, but for its description: nobody meant that for readers."""
    photo.credit = photo.credit or hints.get("credit", "")
    photo.taken_on = photo.taken_on or hints.get("taken_on")


def uses(photos):
    """Return {pk: [(place, thing)]}: where readers meet each photo, `thing` being an Article, a Page or an Author.

    Four queries for any number of photos.
    """
    found = {photo.pk: [] for photo in photos}
    for model, relation, place in PLACES:
        things = model.objects.filter(**{f"{relation}__in": found}).annotate(shown=F(relation)).order_by("pk")
        for thing in things if model is Author else things.only("title", "language", "published_at"):
            found[thing.shown].append((place, thing))
    return found


def count_uses(photos):
    """Return {pk: how many places `uses` would name}, without reading them."""
    found = {photo.pk: 0 for photo in photos}
    for model, relation, _place in PLACES:
        things = model.objects.filter(**{f"{relation}__in": found}).order_by().values_list(relation)
        for pk, count in things.annotate(Count("pk")):
            found[pk] += count
    return found


def note_uses():
    """Note which photos stand in which texts, where a text was written past `save`: by bulk, or by an older version."""
    there = set(Photo.objects.values_list("pk", flat=True))
    for model in (Article, Page):
        bodies = model.objects.filter(body__contains='data-photo="').values_list("pk", "body")
        written = {(pk, photo) for pk, body in bodies.iterator() for photo in photos_in(body) & there}
        noted = set(model.pictures.through.objects.values_list(model._meta.model_name, "photo"))
        for pk in {pk for pk, _photo in written ^ noted}:
            with transaction.atomic():
                for thing in model.objects.select_for_update().filter(pk=pk):
                    thing.note_pictures()


def photos_of(body):
    """Return {number as text: Photo} of the pictures that stand in a body."""
    return {str(photo.pk): photo for photo in Photo.objects.filter(pk__in=photos_in(body))}


def remove_unused_files(originals_too=False):
    """Remove the files that no photo and no article names, and return how many there were.

    Originals, which nothing can make again, only when somebody asks for it: a database put back from a backup does not
    know those of the days since.

    Those of the last days stay: a page kept in a cache may still show them, and a photo being saved does not name its
    files yet.
    """
    public, private, of_site = default_storage, storages["originals"], set(SiteIdentity.load().pictures.values())
    kept = {images.FOLDER: set(), icons.FOLDER: of_site, cards.FOLDER: of_site}
    kept[cards.FOLDER] |= set(Article.objects.exclude(card="").values_list("card", flat=True))
    kept[OF_LINKS] = set(Link.objects.values_list("picture", flat=True))
    originals = set()
    for photo in Photo.objects.iterator():
        kept[images.FOLDER] |= images.names(photo.renditions)
        originals.add(photo.original.name)
    unused = [(public, name) for folder, names in kept.items() for name in _files(public, folder) if name not in names]
    if originals_too:
        unused += [(private, name) for name in _files(private, "") if name not in originals]
    old = [(storage, name) for storage, name in unused if storage.get_modified_time(name) < timezone.now() - KEPT]
    for storage, name in old:
        storage.delete(name)
    return len(old)


def forget_lost_files():
    """Have every photo forget the renditions that went from the storage: with a listing, whatever their number."""
    there = set(_files(default_storage, images.FOLDER))
    for photo in Photo.objects.iterator():
        photo.forget_lost(there)


def _files(storage, folder):
    """Yield the name of every file in a folder of a storage, and in the folders inside."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}{name}" for name in files)
    for inside in folders:
        yield from _files(storage, f"{folder}{inside}/")


@every(hours=24)
@job(_("Check the files of the pictures"), once=True, priority=HEAVY, time_limit=600)
def tidy():
    """Catch up with what broke off for good or was lost, and remove what nothing uses."""
    forget_lost_files()
    for photo in Photo.objects.iterator():
        if not photo.is_rendered:
            render_photo.enqueue(photo.pk)
    draw_site.func()
    draw_cards.func()
    note_uses()
    remove_unused_files()
