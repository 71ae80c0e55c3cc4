"""Where a reader sees, takes and erases what is hers, and where mails stop. A link in a mail is the key; nobody logs in."""

from django.http import JsonResponse
from django.utils.translation import get_language

from comments import notices, origin, rights
from comments.forms import AddressForm
from comments.keys import email_key
from comments.models import CommentContact, Digest
from comments.pages import draw
from comments.views import forget_pages, private
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
    """Show what an address wrote; on demand, hand it over or erase it, or stop the mails about answers."""
    key = rights.open_own_link(secret)
    if key is None:
        return _no_referrer(draw(request, "comments/link_dead.html", {}, status=404))
    wanted = request.POST.get("do") if request.method == "POST" else None
    if wanted == "export":
        headers = {"Content-Disposition": 'attachment; filename="comments.json"'}
        return _no_referrer(JsonResponse(rights.export(key), headers=headers, json_dumps_params={"indent": 1}))
    one = next((kind for kind in ("comment", "unconfirmed") if kind in request.POST), None)
    erased = 0
    if wanted == "erase":
        erased = rights.erase_one(key, one, request.POST[one]) if one else rights.erase(key)
    if wanted == "quiet":
        rights.tell_no_more(key)
    context = {
        "quiet": wanted == "quiet",
        "follows": any(rows.exists() for rows in rights.hears_of_answers(key)),
        "comments": rights.comments_of(key)[:500],
        "unconfirmed": rights.unconfirmed_of(key),
        "erased": erased,
        "done": wanted == "erase" and ("one" if one else "everything"),
        "kept": rights.is_kept(key),
    }
    response = draw(request, "comments/mine.html", context)
    return _no_referrer(forget_pages(response) if erased else response)


@private
def unsubscribe(request, secret):
    """Stop mails by a POST, which mail programs send with one click (RFC 8058); a GET asks, while there is what to stop."""
    contact = CommentContact.objects.filter(unsubscribe_token=secret).select_related("comment__article").first()
    digest = Digest.objects.filter(token=secret)
    if contact is None and not digest.exists():
        return _no_referrer(draw(request, "comments/link_dead.html", {}, status=404))
    already = not (rights.hears_of_article(contact) if contact else digest.filter(wanted=True)).exists()
    if request.method == "POST" and contact:
        rights.unsubscribe(contact)
    elif request.method == "POST":
        digest.update(wanted=False)
    done = already or request.method == "POST"
    context = {"article": contact and contact.comment.article, "already": already, "done": done}
    return _no_referrer(draw(request, "comments/unsubscribe.html", context))


def _no_referrer(response):
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
