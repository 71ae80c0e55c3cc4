"""What moderators called spam is recognised, and forgotten when they change their mind."""

import pytest

from comments import decisions, learning, spam
from comments.models import LearnedWord, ReaderComment
from tests.comments.test_spam import look
from tests.factories import ArticleFactory, CommentFactory

pytestmark = pytest.mark.django_db
SPAM = "Earn money fast with crypto casino number {} at https://win{}.example"
GOOD = "The third paragraph forgets the energy bill of the data centres, point {}."


def teach(count):
    article = ArticleFactory()
    for number in range(count):
        for status, words in (("spam", SPAM), ("approved", GOOD)):
            comment = CommentFactory(article=article, comment=words.format(number, number), user_name="Ann")
            decisions.decide([comment.pk], status, None)
    learning.learn()


def test_what_resembles_spam_is_flagged_and_what_does_not_is_not():
    teach(learning.ENOUGH)

    assert look("Fast money: the crypto casino, earn today")[0] == [["learned", True]]
    assert look("And who pays the energy bill of those centres?")[0] == []
    assert look("Something else altogether")[0] == []
    assert spam.in_words([["learned", True]])


def test_nothing_is_said_before_enough_was_decided():
    teach(learning.ENOUGH - 1)

    assert look("Fast money: the crypto casino, earn today")[0] == []


def test_a_decision_taken_back_is_forgotten():
    teach(learning.ENOUGH)
    pks = list(ReaderComment.objects.filter(status="spam").values_list("pk", flat=True))
    decisions.decide(pks, "approved", None)
    learning.learn()

    assert look("Fast money: the crypto casino, earn today")[0] == []


def test_what_was_learned_cannot_be_read():
    teach(3)

    assert LearnedWord.objects.count() > 10
    assert not LearnedWord.objects.filter(key__contains="casino").exists()


def test_looking_at_a_comment_costs_the_same_however_long_it_is(django_assert_num_queries):
    teach(2)
    for words in ("short", "word " * 900):
        with django_assert_num_queries(3):  # rules, what was seen before, what was learned
            look(words)
