"""What readers said, what moderators decided, and what is kept about either."""

from comments.models.comment import CommentContact, ReaderComment
from comments.models.intake import BlockRule, LearnedWord, OwnLink, PendingComment
from comments.models.record import Digest, ModerationEvent, Report

__all__ = [
    "BlockRule",
    "CommentContact",
    "Digest",
    "LearnedWord",
    "ModerationEvent",
    "OwnLink",
    "PendingComment",
    "ReaderComment",
    "Report",
]
