"""Pictures for readers, from any storage. A name says its content, so what was fetched once is never asked for again."""

from hashlib import blake2b
from pathlib import PurePosixPath

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from newsroom.models import SiteIdentity

# What a browser shows and never runs. Anything else is not served, whoever put it there.
TYPES = {
    ".avif": "image/avif",
    ".webp": "image/webp",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
}
FOR_EVER = "public, max-age=31536000, immutable"


def storage_failed(error):
    """Tell whether this is how a storage says that it cannot be read or written: the disk's way, or a bucket's."""
    libraries = ("botocore.", "boto3.")  # not asked for: without a bucket they are not loaded
    return isinstance(error, OSError) or any(kind.__module__.startswith(libraries) for kind in type(error).__mro__)


@csrf_exempt
@require_safe
def media(request, path):
    """Serve one rendition, for a year."""
    kind = TYPES.get(PurePosixPath(path).suffix.lower())
    if not kind:
        raise Http404
    try:
        file = default_storage.open(path)
    except (OSError, ValueError, SuspiciousFileOperation):
        raise Http404 from None
    except Exception as error:
        if not storage_failed(error):
            raise
        return HttpResponse(status=503, headers={"Retry-After": "60", "Cache-Control": "no-store"})
    tag = f'"{blake2b(path.encode(), digest_size=12).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": FOR_EVER}
    unread = HttpResponse(headers=headers)
    if (reply := get_conditional_response(request, etag=tag, response=unread)) is not unread:
        file.close()  # a bucket has not been asked for its content yet
        return reply
    return FileResponse(file, content_type=kind, headers=headers)


@csrf_exempt
@require_safe
def favicon(request):
    """Send those who ask for the icon at its oldest address to the site's, or to ours until that is drawn."""
    drawn = SiteIdentity.load().pictures.get("icon-48")
    response = HttpResponseRedirect(default_storage.url(drawn) if drawn else static("favicon.ico"))
    patch_cache_control(response, public=True, max_age=24 * 3600)
    return response
