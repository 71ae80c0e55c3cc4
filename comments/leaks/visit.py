"""Everything that somebody can get from the site, looked at for what nobody may see."""

import html
import re
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.test import Client

from comments.leaks import post
from comments.leaks.plant import HELD, SHOWN
from comments.leaks.search import Searcher
from comments.models import BlockRule
from newsroom.mail import compose
from newsroom.models import OutgoingMail

MAX_PAGES = 400
FEEDS = ("feed/", "feed/atom/", "feed.json")
# Pages of the desk that show the rows of another page again: sorted, counted, remembering a filter or by two at once.
AGAIN = re.compile(r"/admin/.*(?:[?&](?:o|_facets|_changelist_filters)=|&)")
LINK = re.compile(r"""(?:href|src|action)="([^"#]+)|<(?:loc|link)>([^<]+)<""")


class Eye:
    """One who looks at the site: a client, and what it has seen that should not be there, as sentences."""

    def __init__(self, who, planted, searcher):
        host = urlsplit(settings.SITE_URL)
        secure = {"wsgi.url_scheme": "https"} if host.scheme == "https" else {}
        self.client = Client(raise_request_exception=False, SERVER_NAME=host.hostname, **secure)
        if who in planted.staff:
            self.client.force_login(planted.staff[who])
        self.who, self.planted, self.searcher, self.forbidden, self.wrong = who, planted, searcher, "", []

    def get(self, path, allowed=()):
        """Visit a page; return what came, headers and all, as text."""
        return self._judge(f"GET {path}", self.client.get(path), allowed)

    def post(self, path, data, allowed=(), refused=False, **headers):
        """Send a form as the site's own pages do; return what came. With `refused`, anything but a 403 is wrong."""
        response = self.client.post(path, data, headers={"Origin": settings.SITE_URL} | headers)
        if refused and response.status_code != 403:
            self.wrong.append(f"{self.who}: POST {path}: answers {response.status_code}, and should refuse")
        return self._judge(f"POST {path}", response, allowed)

    def _judge(self, what, response, allowed):
        body = b"".join(response.streaming_content) if response.streaming else response.content
        headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
        text = f"{headers}\n{response.cookies.output()}\n{body.decode('utf-8', 'replace')}"
        where = f"{self.who}: {what}"
        self.wrong += [f"{where}: shows {address}" for address in self.searcher.search(text, allowed)]
        if response.status_code >= 500:
            self.wrong.append(f"{where}: answers {response.status_code}")
        if self.forbidden and self.forbidden in text:
            self.wrong.append(f"{where}: shows a comment that nobody approved")
        return text

    def crawl(self, starts, inside="/", expected=SHOWN):
        """Visit `starts` and all that they link to below `inside`; `expected` must have been met on the way."""
        waiting, seen, met = list(starts), set(starts), False
        while waiting and len(seen) <= MAX_PAGES:
            path = waiting.pop(0)
            text = self.get(path)
            met = met or expected in text
            links = dict.fromkeys(_links(path, text, inside))
            found = [link for link in links if not (link in seen or any(one in link for one in self.planted.crowd))]
            seen.update(found)
            waiting += found
        if waiting:
            self.wrong.append(f"{self.who}: more than {MAX_PAGES} pages; not all were seen")
        if not met:
            self.wrong.append(f"{self.who}: met no planted comment at all, so that nothing is proved")


def as_visitor(eye):
    eye.forbidden = HELD
    eye.crawl([*_public_starts(eye.planted), *eye.planted.paths])
    post.as_visitor(eye)


def as_moderator(eye):
    post.as_moderator(eye)
    histories = [f"{post.RULES}{pk}/history/" for pk in BlockRule.objects.values_list("pk", flat=True)]
    eye.crawl(["/admin/", *histories], inside="/admin/")


def as_editor(eye):
    eye.crawl(["/admin/"], inside="/admin/", expected="Planted Author")


LOOKS = {
    "visitor": as_visitor,
    "reader": post.as_reader,
    "colleague": post.as_colleague,
    "moderator": as_moderator,
    "editor": as_editor,
}


def find_leaks(planted, who=tuple(LOOKS)):
    """Return what is wrong, as sentences; an empty list when nothing is. `who` looks, in this order."""
    searcher, wrong = Searcher(planted.addresses), []
    for name in who:
        eye = Eye(name, planted, searcher)
        LOOKS[name](eye)
        wrong += eye.wrong
    return wrong + _mails(searcher)


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
        starts += [home, base, f"{base}comment/", f"{base}comment-page-2/"]
        starts += [f"{place}{kind}" for place in (home, base, f"{home}comments/") for kind in FEEDS]
    return starts


def _links(path, text, inside):
    for match in LINK.finditer(text):
        url = urlsplit(urljoin(settings.SITE_URL + path, html.unescape(match[1] or match[2])))
        target = url.path + (f"?{url.query}" if url.query else "")
        ours = f"{url.scheme}://{url.netloc}" == settings.SITE_URL and target.startswith(inside)
        elsewhere = ("/static/", "/media/", "/admin/" if inside == "/" else "/admin/logout")
        if ours and not target.startswith(elsewhere) and not AGAIN.match(target):
            yield target


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
