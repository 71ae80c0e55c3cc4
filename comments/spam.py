"""Why a comment is worth a second look, found without asking anybody else; each reason can be said in words."""

import re
import unicodedata
from collections import namedtuple
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, cached_property
from ipaddress import IPv4Address, IPv6Address, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from comments import learning, text
from comments.keys import email_key, in_plain_letters, text_key
from comments.models import BlockRule
from newsroom.parts import kept_values

MANY_LINKS = 2
FAST = timedelta(minutes=10)
FAST_COUNT = 3
Kind = BlockRule.Kind
Rule = namedtuple("Rule", "pk kind value action")
# Every post asks this. Of a network in a great hurry not all is counted.
SEEN = """
SELECT
    EXISTS (SELECT 1 FROM comments_readercomment WHERE text_key = %s)
        OR EXISTS (SELECT 1 FROM comments_pendingcomment WHERE text_key = %s),
    (SELECT COUNT(*) FROM (
        SELECT 1 FROM comments_pendingcomment WHERE network_key = %s AND created_at > %s LIMIT 100) AS lately)
"""

WORDS = {
    "links": _("%(what)s links"),
    "word": _("contains “%(what)s”"),
    "link": _("links to %(what)s"),
    "domain": _("writes from a domain on your list"),
    "person": _("comes from a commenter on your list"),
    "network": _("comes from a network on your list"),
    "repeated": _("says what another comment said"),
    "disposable": _("writes from a throw-away address"),
    "scripts": _("mixes alphabets within a word"),
    "capitals": _("is written in capitals"),
    "speed": _("%(what)s comments from one network within ten minutes"),
    "silent": _("was sent by a program, or by a browser that hides where it comes from"),
    "learned": _("resembles what you called spam"),
}


@dataclass
class Submission:
    """What there is to look at."""

    name: str
    email: str
    email_key: str
    text: str
    text_key: str
    network_key: str
    silent: bool = False
    address: IPv4Address | IPv6Address | None = None

    @classmethod
    def of(cls, words, **where):
        """Return what a cleaned CommentForm holds, with the keys of its address and of what it says."""
        email, said = words["email"].strip(), words["comment"]
        keys = {"email_key": email_key(email), "text_key": text_key(text.without_addresses(said))}
        return cls(name=words["name"], email=email, text=said, **keys, **where)

    @cached_property
    def seen(self):
        """Whether another comment said the same, and how many came from its network of late."""
        since = connection.ops.adapt_datetimefield_value(timezone.now() - FAST)
        same = self.text_key or None  # what has no words says what no other does
        with connection.cursor() as cursor:
            cursor.execute(SEEN, [same, same, self.network_key, since])
            return cursor.fetchone()


def in_words(reasons):
    """Return the reasons a row keeps, pairs of a code and what it is about, as sentences in the current language."""
    return [str(WORDS[code]) % {"what": what} for code, what in reasons if code in WORDS]


def look(submission):
    """Return (reasons, dropping): pairs of a code and what it is about; the keys of the rules that drop it untold."""
    broken = [rule for rule in _rules() if _breaks(submission, rule)]
    reasons = [[rule.kind, "" if rule.kind in BlockRule.TELLING else rule.value] for rule in broken]
    reasons += [[code, what] for code, find in FINDERS.items() if (what := find(submission))]
    return reasons, [rule.pk for rule in broken if rule.action == BlockRule.Action.REFUSE]


def _rules():
    """Return all rules, which the page store keeps until one of them changes."""

    def read(_keys):
        return {"": list(BlockRule.objects.values_list("pk", "kind", "value", "action"))}

    return [Rule(*rule) for rule in kept_values({"": "rules"}, read)[""]]


def _breaks(submission, rule):
    match rule.kind:
        case Kind.WORD:
            return _says(f"{submission.name}\n{submission.text}".casefold(), rule.value)
        case Kind.LINK:
            links = text.links(f"{submission.name}\n{submission.text}")
            return any(_within(_host(link), rule.value) for link in links)
        case Kind.DOMAIN:
            return _within(submission.email.rpartition("@")[2].casefold(), rule.value)
        case Kind.PERSON:
            return submission.email_key == rule.value
        case Kind.NETWORK:
            return submission.network_key == rule.value or _from(submission.address, rule.value)
    return False


def _from(address, network):
    """Tell whether an IP address lies within a range such as 192.0.2.0/24; a rule on one household is none."""
    return address is not None and "/" in network and address in ip_network(network)


def _says(words, phrase):
    """Tell whether `words` has the phrase as words of its own, spaced anyhow: « ass » is not in « passage »."""
    phrase = r"\s+".join(map(re.escape, phrase.split()))
    return re.search(rf"(?<!\w){phrase}(?!\w)", words) is not None


def _within(host, domain):
    """Tell whether a host is a domain or below it, in whichever letters either is written: é, or xn--."""
    host, domain = in_plain_letters(host), in_plain_letters(domain.removeprefix("@").removeprefix("."))
    return host == domain or host.endswith(f".{domain}")


def _host(link):
    try:
        return (urlsplit(link).hostname or "").casefold()
    except ValueError:
        return ""


def _links(submission):
    count = len(text.links(submission.text))
    return count if count >= MANY_LINKS else None


def _repeated(submission):
    return submission.seen[0]


def _disposable(submission):
    labels = submission.email.rpartition("@")[2].casefold().split(".")
    return any(".".join(labels[first:]) in disposable_domains() for first in range(len(labels)))


@cache
def disposable_domains():
    """Return the domains of throw-away addresses in comments/disposable.txt."""
    lines = (Path(__file__).parent / "disposable.txt").read_text().splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def _scripts(submission):
    words = re.findall(r"[^\W\d_]{3,}", f"{submission.name} {submission.text}")
    return any(len({_script(letter) for letter in word} & {"LATIN", "CYRILLIC", "GREEK"}) > 1 for word in words)


def _script(letter):
    return unicodedata.name(letter, "").partition(" ")[0]


def _capitals(submission):
    letters = [sign for sign in submission.text if sign.isalpha()]
    return len(letters) > 20 and sum(sign.isupper() for sign in letters) > 0.7 * len(letters)


def _speed(submission):
    recent = submission.seen[1]
    return recent + 1 if recent >= FAST_COUNT else None


FINDERS = {
    "links": _links,
    "repeated": _repeated,
    "disposable": _disposable,
    "scripts": _scripts,
    "capitals": _capitals,
    "speed": _speed,
    "silent": lambda submission: submission.silent,
    "learned": lambda submission: learning.resembles_spam(submission.name, submission.text),
}
