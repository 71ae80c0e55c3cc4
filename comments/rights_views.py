"""Where a reader sees, takes and erases what is hers, and where mails stop. A link in a mail is the key; nobody logs in."""

from django.http import JsonResponse
from django.utils.translation import get_language

from comments import notices, origin, rights
from comments.forms import AddressForm
from comments.keys import email_key
from comments.models import CommentContact
from comments.pages import draw
from comments.views import private
from newsroom.limits import allow_all, client_network

ASKED_BY_NETWORK = (10, 3600)
SENT_TO_ADDRESS = (3, 86400)


@private
def ask(request):
    """Send, to an address that has written here, the link to all it wrote; answer every address alike."""
    form = AddressForm(request.POST or None)
    if request.method != "POST":
        return draw(request, "comments/ask.html", {"form": form})
    if origin.is_foreign(request) or not form.is_valid():
        return draw(request, "comments/ask.html", {"form": form, "problem": True}, status=422)
    email = form.cleaned_data["email"]
    key = email_key(email)
    if allow_all(("own-link", client_network(request), *ASKED_BY_NETWORK), ("own-link-to", key, *SENT_TO_ADDRESS)):
        secret = rights.make_own_link(key)
        if secret:
            notices.send_own_link(email, secret, get_language())
    return draw(request, "comments/ask.html", {"done": True})


@private
def mine(request, secret):
    """Show what an address wrote; on demand, hand it over or erase it."""
    key = rights.open_own_link(secret)
    if key is None:
        return _no_referrer(draw(request, "comments/link_dead.html", {}, status=404))
    wanted = request.POST.get("do") if request.method == "POST" else None
    if wanted == "export":
        headers = {"Content-Disposition": 'attachment; filename="comments.json"'}
        return _no_referrer(JsonResponse(rights.export(key), headers=headers, json_dumps_params={"indent": 1}))
    erased = _erase(key, request.POST) if wanted == "erase" else 0
    done = wanted == "erase" and ("one" if "comment" in request.POST else "everything")
    context = {"comments": rights.comments_of(key)[:500], "erased": erased, "done": done}
    return _no_referrer(draw(request, "comments/mine.html", context))


def _erase(key, posted):
    """Erase the one comment that the form names, or all of the address; return how many went."""
    if "comment" not in posted:
        return rights.erase(key)
    found = rights.comments_of(key).filter(public_id=posted["comment"]).values_list("pk", flat=True)
    return rights.erase_some(list(found))


@private
def unsubscribe(request, secret):
    """Stop mails by a POST, which mail programs send with one click (RFC 8058); a GET only asks."""
    known = CommentContact.objects.filter(unsubscribe_token=secret).select_related("comment__article").first()
    if known is None:
        return _no_referrer(draw(request, "comments/link_dead.html", {}, status=404))
    done = request.method == "POST" and rights.unsubscribe(secret)
    return _no_referrer(draw(request, "comments/unsubscribe.html", {"article": known.comment.article, "done": done}))


def _no_referrer(response):
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
