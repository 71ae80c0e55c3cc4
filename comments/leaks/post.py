"""What people send, right and wrong: each answer may hold the sender's own words and address only."""

from comments.leaks.plant import SHOWN
from comments.models import ModerationEvent, ReaderComment

STRANGER = "stranger@elsewhere.invalid"
LIST = "/admin/comments/readercomment/"
RULES = "/admin/comments/blockrule/"
AS_SCRIPT = {"Accept": "application/json"}


def as_visitor(eye):
    """Write, answer and report where one may and where one may not; ask for what is somebody else's."""
    good = {"comment": "words", "name": "Stranger", "email": STRANGER}
    paths = [f"{article.get_absolute_url()}comment/" for article in eye.planted.articles] + eye.planted.paths
    for path in paths:
        eye.post(path, good)
        eye.post(path, good | {"email": "wrong", "reason": "spam"})
    for email in [STRANGER, *eye.planted.addresses[:3]]:
        eye.post("/comments/mine/", {"email": email})


def as_reader(eye):
    """Follow the links that mails hold: see, confirm, stop, take and erase what is one's own."""
    for _owner, path in eye.planted.links:
        eye.get(path)
        eye.post(path, {})
        eye.post(path, {"List-Unsubscribe": "One-Click"})
    for owner, path in eye.planted.mine:
        eye.get(path)
        if owner not in eye.post(path, {"do": "export"}, allowed=[owner]):
            eye.wrong.append(f"{eye.who}: POST {path}: does not hand over the address that is kept")
    _owner, path = eye.planted.mine[0]
    for posted in ({"comment": "nothing"}, {"unconfirmed": "nothing"}, {}):
        eye.post(path, {"do": "erase"} | posted)


def as_moderator(eye):
    """Decide, take back, answer, block, and try what a moderator may not: no answer tells an address."""
    rows = ReaderComment.objects.filter(article=eye.planted.articles[0]).exclude(public_id__in=eye.planted.crowd)
    for row in rows.order_by("pk"):
        _handle(eye, row)
    shown = rows.filter(status="approved").first()
    _handle(eye, shown, AS_SCRIPT)
    eye.post(f"{LIST}{shown.public_id}/answer/", {"answer": f"{SHOWN} by the author"})
    eye.post(f"{LIST}{shown.public_id}/block/", {"network": "on", "why": "x"})
    for words in ("", SHOWN):
        eye.post(f"{LIST}write/", {"article": eye.planted.articles[0].pk, "answer": words})
    eye.post(f"{RULES}add/", {"kind": "word", "value": "xyz", "action": "hold"})
    _look_for_addresses(eye)


def as_colleague(eye):
    """Leave a rule of one's own on the blocklist, with its line in the desk's history."""
    eye.client.post(f"{RULES}add/", {"kind": "word", "value": "kept", "action": "hold"})


def _handle(eye, row, headers=None):
    """Do with one comment all that the desk has buttons for, and end as it was."""
    page, seen, headers = f"{LIST}{row.public_id}/", f"{row.public_id}:{row.status}", headers or {}
    for status in ("spam", "wrong"):
        eye.post(f"{LIST}decide/", {"status": status, "comment": seen, "words": "why"}, **headers)
    mine = ModerationEvent.objects.filter(actor=eye.planted.staff["moderator"])
    eye.post(f"{LIST}decide/", {"status": "approved", "comment": seen}, **headers)
    eye.post(f"{LIST}undo/", {"batch": mine.values_list("batch", flat=True).first() or "wrong"}, **headers)
    eye.post(f"{page}answer/", {"answer": ""}, **headers)
    for name in ("address", "export", "erase"):
        eye.post(f"{page}{name}/", {"sure": "on"}, refused=True, **headers)


def _look_for_addresses(eye):
    """Type in an address that one knows, or what all have in common: no list tells whether it has written here."""
    known = eye.planted.addresses[0]
    for words in ("zq7", "leak-", "@leak", *eye.planted.addresses[:3]):
        if 'id="case-' in eye.get(f"{LIST}?show=all&q={words}", allowed=[words]):
            eye.wrong.append(f"{eye.who}: finds comments by {words}")
    for path in (f"{RULES}?q={known}", f"{RULES}?value={known}", f"{LIST}?user_email={known}"):
        eye.get(path, allowed=[known])
