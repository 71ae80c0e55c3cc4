"""The proof of the promise: plant addresses, look at everything that anybody but their owners can get, and search.

For `manage.py leakcheck`, which runs it on a scratch database, and for the tests.
"""

import base64
import hashlib
import html
import re
from dataclasses import dataclass, field
from urllib.parse import quote, unquote, urljoin, urlsplit

from django.conf import settings
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from articles.models import Article, Author
from comments import decisions, intake, notices, rights
from comments.forms import ReportForm
from comments.keys import email_key
from comments.models import CommentContact, PendingComment, ReaderComment, Report
from newsroom.mail import compose
from newsroom.models import OutgoingMail, User

MAX_PAGES = 400
HELD = "planted-and-held"
SHOWN = "planted-and-shown"
LINK = re.compile(r"""(?:href|src|action)="([^"#]+)|<(?:loc|link)>([^<]+)<""")


@dataclass
class Planted:
    """What was planted: every reader's address, and where to look beyond what a crawl finds."""

    articles: list = field(default_factory=list)
    addresses: list = field(default_factory=list)
    moderator: User = None
    paths: list = field(default_factory=list)

    def address(self, of):
        found = f"zq7.{of}.marker{len(self.addresses)}@leak-{of}.example"
        self.addresses.append(found)
        return found


def plant():
    """Fill the current database with comments in every state, each with an address of its own."""
    planted = Planted()
    author = Author.objects.create(name="Planted Author", slug="planted-author")
    for language in settings.EDITIONS:
        article = Article.objects.create(
            language=language,
            title="Planted",
            slug="planted",
            author=author,
            published_at=timezone.now(),
            body="<p>x</p>",
        )
        planted.articles.append(article)
        _plant_thread(planted, article)
    planted.moderator = User.objects.create(username="planted-moderator", email="desk@newsroom.invalid", is_staff=True)
    planted.moderator.groups.add(Group.objects.get(name="Moderators"))
    User.objects.create(username=planted.address("user"), is_staff=True)
    notices.send_digests()
    return planted


def _plant_thread(planted, article):
    typed = planted.address("typed")
    root = _plant_comment(planted, article, "root", f"{SHOWN} write to {typed}", follows=True)
    decisions.decide([root.pk], "approved", None)
    for status in ReaderComment.Status.values:
        words = SHOWN if status == "approved" else HELD
        reply = _plant_comment(planted, article, status, words, parent=root, follows=True)
        decisions.decide([reply.pk], "approved", None)
        decisions.decide([reply.pk], status, None)
        notices.published.call(reply.pk)
        planted.paths += _paths_of(article, reply)
    form = ReportForm({"reason": "other", "note": f"ask {typed}"})
    form.is_valid()
    Report.objects.create(comment=root, network_key="planted", reason="other", note=form.cleaned_data["note"])
    planted.paths += _paths_of(article, root)
    words = {"name": "Unconfirmed", "email": planted.address("unconfirmed"), "comment": HELD, "follows": True}
    intake.submit(article, root, words, "planted")
    for contact in CommentContact.objects.filter(comment__article=article):
        rights.make_own_link(contact.email_key)


def _plant_comment(planted, article, of, words, parent=None, follows=False):
    """Take one comment the way a reader's goes: form, message, confirmation."""
    cleaned = {
        "name": f"N {planted.address('name')}",
        "email": planted.address(of),
        "comment": words,
        "follows": follows,
    }
    intake.submit(article, parent, cleaned | {"comment": f"{words} {of}"}, "planted")
    secret = "planted" + cleaned["email"]
    pending = PendingComment.objects.filter(email_key=email_key(cleaned["email"]))
    pending.update(token_hash=intake.token_hash(secret))
    return intake.confirm(secret).comment


def _paths_of(article, comment):
    with article.in_language():
        base = article.get_absolute_url()
    return [f"{base}{name}/{comment.public_id}/" for name in ("reply", "report", "comment")]


def spellings(address):
    """Return the forms of an address that are searched: plain, percent, entities, base64, hashes; all lower case."""
    local = address.partition("@")[0]
    plain = {address, address.lower(), local, quote(address, safe=""), email_key(address)}
    plain |= {address.replace("@", entity) for entity in ("&#64;", "&#x40;", "&commat;", "＠", "(at)", "%2540")}
    for text in {address, address.lower(), address.upper()}:
        raw = text.encode()
        for name in ("md5", "sha1", "sha256"):
            digest = hashlib.new(name, raw, usedforsecurity=False)
            plain |= {digest.hexdigest(), base64.b64encode(digest.digest()).decode().rstrip("=")}
        for shift in range(3):
            coded = base64.b64encode(b"\0" * shift + raw).decode().rstrip("=")
            plain.add(coded[4 if shift else 0 : len(coded) - 4])
    return {form.lower() for form in plain} | {form.lower().translate(str.maketrans("+/", "-_")) for form in plain}


class Searcher:
    """Looks for planted addresses in what the site answers."""

    def __init__(self, addresses):
        self.spellings = {address: spellings(address) for address in addresses}

    def search(self, text, allowed=()):
        """Return the addresses that `text` gives away in any spelling, save those allowed."""
        texts = {text.lower(), html.unescape(text).lower(), unquote(text).lower(), unquote(html.unescape(text)).lower()}
        return [
            address
            for address, forms in self.spellings.items()
            if address not in allowed and any(form in seen for form in forms for seen in texts)
        ]


def find_leaks(planted):
    """Return what is wrong, as sentences; an empty list when nothing is."""
    searcher = Searcher(planted.addresses)
    host = urlsplit(settings.SITE_URL)
    options = {"SERVER_NAME": host.hostname} | ({"wsgi.url_scheme": "https"} if host.scheme == "https" else {})
    visitor = Client(raise_request_exception=False, **options)
    moderator = Client(raise_request_exception=False, **options)
    moderator.force_login(planted.moderator)
    found = _crawl(
        "visitor", visitor, [*_public_starts(planted), *planted.paths], searcher, forbidden=HELD, expected=SHOWN
    )
    found += _posts(visitor, planted, searcher)
    found += _crawl("moderator", moderator, ["/admin/"], searcher)
    return found + _mails(searcher)


def _public_starts(planted):
    starts = [
        "/sitemap.xml",
        "/robots.txt",
        "/healthz",
        "/no-such-page/",
        "/comments/mine/",
        "/comments/confirm/wrong/",
    ]
    for article in planted.articles:
        with article.in_language():
            base = article.get_absolute_url()
        home = base.removesuffix(f"{article.slug}/")
        starts += [home, base, f"{base}feed/", f"{base}comment/", f"{home}feed/", f"{home}comments/feed/"]
    return starts


def _crawl(who, client, starts, searcher, forbidden=None, expected=None):
    """Visit `starts` and what they link to; return what is wrong with what came back."""
    waiting, seen, wrong, met = list(starts), set(starts), [], False
    while waiting and len(seen) <= MAX_PAGES:
        path = waiting.pop(0)
        response = client.get(path)
        text = _text(response)
        wrong += _judge(f"{who}: GET {path}", response, text, searcher, forbidden)
        met = met or expected is None or expected in text
        for link in _links(path, text, inside="/admin/" if who == "moderator" else "/"):
            if link not in seen:
                seen.add(link)
                waiting.append(link)
    if waiting:
        wrong.append(f"{who}: more than {MAX_PAGES} pages; not all were seen")
    return wrong if met else [*wrong, f"{who}: met no planted comment at all, so that nothing is proved"]


def _text(response):
    body = b"".join(response.streaming_content) if response.streaming else response.content
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    cookies = response.cookies.output()
    return f"{headers}\n{cookies}\n{body.decode('utf-8', 'replace')}"


def _judge(where, response, text, searcher, forbidden=None, allowed=()):
    wrong = [f"{where}: shows {address}" for address in searcher.search(text, allowed)]
    if response.status_code >= 500:
        wrong.append(f"{where}: answers {response.status_code}")
    if forbidden and forbidden in text:
        wrong.append(f"{where}: shows a comment that nobody approved")
    return wrong


def _links(path, text, inside):
    for match in LINK.finditer(text):
        url = urlsplit(urljoin(settings.SITE_URL + path, html.unescape(match[1] or match[2])))
        target = url.path + (f"?{url.query}" if url.query else "")
        ours = f"{url.scheme}://{url.netloc}" == settings.SITE_URL
        if ours and target.startswith(inside) and not target.startswith(("/static/", "/media/", "/admin/logout")):
            if inside == "/" and target.startswith("/admin/"):
                continue
            yield target


def _posts(client, planted, searcher):
    """Send what a stranger may send, right and wrong; each answer may hold the stranger's own words only."""
    own = "stranger@elsewhere.invalid"
    good = {"comment": "words", "name": "Stranger", "email": own}
    wrong = []
    for path in [f"{article.get_absolute_url()}comment/" for article in planted.articles] + planted.paths:
        for data in (good, {}, {"reason": "spam"}, good | {"email": "wrong"}):
            response = client.post(path, data, headers={"Origin": settings.SITE_URL})
            wrong += _judge(f"visitor: POST {path}", response, _text(response), searcher, HELD)
    for email in [own, *planted.addresses[:2]]:
        response = client.post("/comments/mine/", {"email": email}, headers={"Origin": settings.SITE_URL})
        wrong += _judge("visitor: POST /comments/mine/", response, _text(response), searcher)
    return wrong


def _mails(searcher):
    """Every message that waits may show its own recipient's address and nobody else's."""
    wrong = []
    for mail in OutgoingMail.objects.exclude(recipient=""):
        message = compose(mail)
        text = f"{message.message().as_string()}\n{message.subject}\n{message.body}"
        wrong += [f"mail {mail.template}: shows {found}" for found in searcher.search(text, allowed=[mail.recipient])]
        if len(message.recipients()) != 1:
            wrong.append(f"mail {mail.template}: goes to {len(message.recipients())} people at once")
    return wrong
