"""What the desk offers of the newsroom's work, one file a noun."""

from articles.admin import accounts, addresses, article, author, dossier, page, photo, tag  # noqa: F401, they register themselves
