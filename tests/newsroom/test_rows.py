"""A row stored in one plain statement is the row that Django would have stored."""

import pytest

from comments.models import PendingComment
from newsroom.models import OutgoingMail
from newsroom.rows import insert
from tests.factories import ArticleFactory

pytestmark = pytest.mark.django_db


def rows():
    mail = {"recipient": "zoe@secret.example", "template": "x", "context": {"title": "L’été « % »"}, "language": "fr"}
    yield OutgoingMail(**mail), OutgoingMail(**mail)
    article, same = ArticleFactory(), {"hold_reasons": [["links", 3]], "follows": True, "name": "Zoé"}
    yield tuple(
        PendingComment(article=article, token_hash=f"token {which}", fingerprint=f"print {which}", **same)
        for which in ("ours", "Django’s")
    )


def test_an_inserted_row_is_the_one_that_saving_stores():
    for ours, djangos in rows():
        insert(ours)
        djangos.save(force_insert=True)

        alike = [field.name for field in ours._meta.concrete_fields if not (field.unique or field.name.endswith("_at"))]
        one, other = type(ours).objects.order_by("created_at").values(*alike)
        assert one == other


def test_a_row_keeps_its_moment():
    [(mail, _), _] = rows()
    insert(mail)

    assert OutgoingMail.objects.get(pk=mail.pk).created_at == mail.created_at
