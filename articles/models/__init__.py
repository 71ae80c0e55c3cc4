"""What the newsroom works with."""

from articles.models.address import FormerAddress, LinksNowhere, MissedAddress
from articles.models.article import Article
from articles.models.author import Author, AuthorLink, Work
from articles.models.dossier import Dossier, DossierEntry
from articles.models.kept import KeptCopy
from articles.models.link import Link
from articles.models.page import Page
from articles.models.photo import Photo
from articles.models.tag import Tag, TaggedArticle
from articles.models.version import PageRevision, Revision

__all__ = [
    "Article",
    "Author",
    "AuthorLink",
    "Dossier",
    "DossierEntry",
    "FormerAddress",
    "KeptCopy",
    "Link",
    "LinksNowhere",
    "MissedAddress",
    "Page",
    "PageRevision",
    "Photo",
    "Revision",
    "Tag",
    "TaggedArticle",
    "Work",
]
