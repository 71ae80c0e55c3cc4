"""The library as scripts and the drop zone ask for it: a page of photos, and the taking in of files."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from articles import images, photos, uploads
from articles.admin.library import link_to
from articles.framing import Framing
from articles.models import Photo

SEARCHED = ("title__holds", "alt__holds", "caption__holds", "credit__holds")
PICKER_PAGE, MOST_WORDS = 24, 8
UNCUT = 1280  # pixels of its longer side
THERE = gettext_lazy("It is in the library already, as “{photo}”: no second one was made.")
ANIMATED = gettext_lazy("This is an animation: its first picture is shown, since nothing moves on these pages.")

DESCRIBED = gettext_lazy(
    "The file describes itself: “{words}”. Readers do not see this; say it in the caption if they may."
)


def notices(picture):
    """Yield what there is to say of a picture that was added."""
    if picture.animated:
        yield str(ANIMATED)
    if words := picture.hints.get("caption"):
        yield DESCRIBED.format(words=words)


def described(photo):
    """Return what the desk's scripts show of a photo."""
    thumb = photo.jpeg("1x1", 320)
    return {
        "id": photo.pk,
        "title": str(photo),
        "alt": str(photo.alt),
        "alts": photo.alt,
        "alt_url": reverse("admin:articles_photo_alt", args=[photo.pk]),
        "decorative": photo.decorative,
        "caption": str(photo.caption),
        "credit": photo.credit,
        "thumb": thumb["url"] if thumb else "",
        "card": photo.jpeg("3x2", 720),
        "whole": photo.jpeg("whole", 800),
        "url": reverse("admin:articles_photo_change", args=[photo.pk]),
    }


def with_words(photos, text):
    """Return those of the photos, a queryset, that hold all words of a text."""
    for word in text.split()[:MOST_WORDS]:
        photos = Photo.held.narrow(photos, word).filter(Q(*[(name, word) for name in SEARCHED], _connector=Q.OR))
    return photos


@require_safe
def picker(request):
    """Answer one page of the photos that match `q`, or the one of this `id`: {photos: [...], more: bool}, newest first."""
    if not any(request.user.has_perm(f"articles.{verb}_photo") for verb in ("view", "change")):
        raise PermissionDenied
    found = Photo.objects.order_by("-pk")
    if pk := request.GET.get("id", ""):
        found = found.filter(pk=pk) if pk.isdecimal() and len(pk) < 19 else found.none()
    found = with_words(found, request.GET.get("q", "").replace("\0", ""))
    page = Paginator(found, PICKER_PAGE).get_page(request.GET.get("page"))
    return JsonResponse({"photos": [described(photo) for photo in page], "more": page.has_next()})


def uncut_picture(photo):
    """Return {url, width, height} of a photo turned and not cut, or None before anything is ready."""
    whole = photo.jpeg("whole", 800)
    if not photo.framing.cuts:
        return whole
    width, height = photo.framing.uncut_size(photo.width, photo.height)
    return {"url": reverse("admin:articles_photo_uncut", args=[photo.pk]), "width": width, "height": height}


@require_safe
def uncut(request, pk):
    """Answer a photo turned and not cut, as JPEG: what was cut off is for nobody but the desk."""
    if not request.user.has_perm("articles.change_photo"):
        raise PermissionDenied
    photo = get_object_or_404(Photo, pk=pk)
    with photo.original.open("rb") as file:
        image = uploads.read(file, Framing(photo.turns)).image
    image.thumbnail((UNCUT, UNCUT))
    return HttpResponse(images.encode(image, "jpg"), content_type="image/jpeg")


@require_POST
def upload(request):
    """Add the files sent as `file`, those that are there already only when `again` says so.

    Answers JSON of the one for a script, messages and the grid for a form.
    """
    if not request.user.has_perm("articles.add_photo"):
        raise PermissionDenied
    files, again = request.FILES.getlist("file"), "again" in request.POST
    if "_form" in request.POST:
        return _upload_by_form(request, files, again)
    if not files:
        return JsonResponse({"error": _("No file arrived. Choose it again.")}, status=400)
    try:
        photo, new = photos.add(files[0], request.user, again=again)
    except ValidationError as refusal:
        return JsonResponse({"error": " ".join(refusal.messages)}, status=503 if refusal.code == "unkept" else 400)
    notice = " ".join(notices(files[0].picture)) if new else THERE.format(photo=photo)
    return JsonResponse(described(photo) | {"new": new, "notice": notice})


def _upload_by_form(request, files, again):
    added = 0
    for file in files:
        try:
            photo, new = photos.add(file, request.user, again=again)
        except ValidationError as refusal:
            messages.error(request, f"{file.name} – {' '.join(refusal.messages)}")
            continue
        added += new
        for said in notices(file.picture) if new else [format_html(THERE, photo=link_to(photo))]:
            messages.warning(request, format_html("{} – {}", file.name, said))
    text = ngettext("%(count)s photo is in the library.", "%(count)s photos are in the library.", added)
    messages.add_message(request, messages.SUCCESS if added else messages.WARNING, text % {"count": added})
    return redirect("admin:articles_photo_changelist")
