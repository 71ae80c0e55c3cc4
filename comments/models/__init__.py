"""What readers said, what moderators decided, and what is kept about either."""

from comments.models.comment import CommentContact, ReaderComment
from comments.models.intake import BlockRule, LearnedWord, OwnLink, PendingComment
from comments.models.record import ModerationEvent, Report

__all__ = [
    "BlockRule",
    "CommentContact",
    "LearnedWord",
    "ModerationEvent",
    "OwnLink",
    "PendingComment",
    "ReaderComment",
    "Report",
]
