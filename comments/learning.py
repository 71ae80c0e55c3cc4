"""What moderators called spam, learned: how often a word stands in spam and in what was approved (naive Bayes).

Learned anew from the decisions as they stand, so that a decision taken back, and a comment erased, are forgotten too.
Words are kept as keyed hashes: what readers wrote cannot be read from here.
"""

import math
import re
from collections import Counter

from django.db import transaction

from comments.keys import keyed
from comments.models import LearnedWord, ReaderComment
from newsroom.cache import purge
from newsroom.parts import kept_values

NEWEST = 5000
ENOUGH = 15  # comments of each kind, below which nothing is said
SURE = 0.95
TELLING = 20  # words of a comment that count: the most telling ones
ALL = ""  # stands for the comments themselves


def words_of(text):
    """Return the keys of the words in `text`, sites that it links to among them, each once."""
    words = re.findall(r"https?://[^\s/]+|\w{3,40}", text.casefold())
    return {keyed("word", word)[:16] for word in words}


def learn():
    """Write down what the newest decisions teach."""
    Status = ReaderComment.Status  # noqa: N806, a class
    counts = {kind: Counter() for kind in (Status.SPAM, Status.APPROVED)}
    for kind, count in counts.items():
        rows = ReaderComment.objects.by_readers().filter(status=kind).exclude(comment="").order_by("-status_at")
        for name, text in rows.values_list("user_name", "comment")[:NEWEST].iterator():
            count.update({ALL, *words_of(f"{name} {text}")})
    spam, good = counts.values()
    # A word that was met once teaches nothing yet.
    learned = [LearnedWord(key=key, spam=spam[key], good=good[key]) for key in spam | good if spam[key] + good[key] > 1]
    with transaction.atomic():
        LearnedWord.objects.all().delete()
        LearnedWord.objects.bulk_create(learned, batch_size=1000)
        purge("learned")


def _of_each_kind():
    """Return how many comments called spam, and how many approved, were learned from; the page store keeps it."""

    def read(_keys):
        return {"": LearnedWord.objects.filter(key=ALL).values_list("spam", "good").first() or (0, 0)}

    return kept_values({"": "learned from"}, read)[""]


def resembles_spam(name, text):
    """Tell whether a comment reads as what moderators called spam; never before they have called enough."""
    all_spam, all_good = _of_each_kind()
    if min(all_spam, all_good) < ENOUGH:
        return False
    known = LearnedWord.objects.filter(key__in=words_of(f"{name} {text}")).values_list("spam", "good")
    evidence = [math.log((spam + 1) / (all_spam + 2)) - math.log((good + 1) / (all_good + 2)) for spam, good in known]
    # Spam and good are taken to be as likely before the first word: a busy day of either is no argument.
    telling = sorted(evidence, key=abs, reverse=True)[:TELLING]
    return sum(telling) > math.log(SURE / (1 - SURE))
