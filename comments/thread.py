"""Which comments of an article readers see, and in what order: one rule, for the page, the count and the feed.

A comment shows when it is approved and everything above it is approved or removed. A removed comment shows as an empty
place when something below it shows. One below anything else is hidden with it, and comes back with it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest

from django.conf import settings

from comments import text
from comments.models import ReaderComment
from newsroom.cache import depends_on

Status = ReaderComment.Status
MAX_LEVEL = 2
MAX_DEPTH = settings.COMMENTS_XTD_MAX_THREAD_LEVEL
ROOTS_PER_PAGE = 50
RELATION = ("pk", "parent_id", "status")
STANDING = (Status.APPROVED, Status.REMOVED)
# What a node that is not empty shows, and the column it stands in.
WORDS_OF = {
    "public_id": "public_id",
    "name": "user_name",
    "comment": "comment",
    "date": "submit_date",
    "is_author": "is_author",
    "is_team": "is_team",
    "language": "article__language",
}


@dataclass(slots=True)
class Node:
    """One place in the thread; an empty one (`removed`) keeps neither name nor words."""

    pk: int
    above: int
    status: str
    children: list = field(default_factory=list)
    level: int = 0
    answers: "Node | None" = None
    opens: bool = False
    closes: str = ""
    public_id: str = ""
    name: str = ""
    comment: str = ""
    date: datetime | None = None
    is_author: bool = False
    is_team: bool = False
    language: str = ""

    @property
    def removed(self):
        return self.status == Status.REMOVED

    @property
    def initials(self):
        return text.initials(self.name)

    @property
    def html(self):
        return text.as_html(self.comment, self.language)


@dataclass
class Page:
    """One page of a thread: its comments in reading order, and which page of how many it is."""

    nodes: list
    number: int
    pages: int

    @property
    def previous(self):
        return self.number - 1

    @property
    def next(self):
        return self.number + 1 if self.number < self.pages else 0


def arrange(nodes):
    """Return the roots among `nodes`, oldest first, with what shows below them; time and space linear.

    `nodes` come in the order in which siblings stand, `above` being a node's own pk at the top of a thread.
    """
    standing = {node.pk: node for node in nodes if node.status in STANDING}
    roots = []
    for node in standing.values():
        if node.above == node.pk:
            roots.append(node)
        elif node.above in standing:
            standing[node.above].children.append(node)
    return [root for root in roots if _prune(root)]


def _prune(node):
    """Drop empty places with nothing below; tell whether this one shows."""
    node.children = [child for child in node.children if _prune(child)]
    return not node.removed or bool(node.children)


def walk(nodes, level=0, parent=None):
    """Yield nodes in reading order with their level; what is deeper than a page shows stands at its last level."""
    for node in nodes:
        node.level = min(level, MAX_LEVEL)
        node.answers = parent if level > MAX_LEVEL else None
        yield node
        yield from walk(node.children, level + 1, node)


def roots_of(article_pk):
    """Return the roots of an article's thread, with nothing but their order. One query."""
    depends_on(f"thread:{article_pk}")
    rows = ReaderComment.objects.filter(article_id=article_pk, status__in=STANDING).order_by("submit_date", "pk")
    return arrange([Node(*row) for row in rows.values_list(*RELATION)])


def load(article_pk, number=1):
    """Return a page of an article's thread with all that it draws, None when there is no such page. Two queries."""
    roots = roots_of(article_pk)
    pages = max(1, -(-len(roots) // ROOTS_PER_PAGE))
    if not 1 <= number <= pages:
        return None
    roots = roots[(number - 1) * ROOTS_PER_PAGE : number * ROOTS_PER_PAGE]
    nodes = list(walk(roots))
    _fill(nodes, ReaderComment.objects.shown().filter(article_id=article_pk, thread_id__in=[root.pk for root in roots]))
    # Where a deeper level begins before a comment, and how many end after it: the page is drawn in one pass.
    for node, after in zip_longest(nodes, nodes[1:]):
        below = after.level if after else 0
        node.closes = "x" * max(0, node.level - below)
        if after:
            after.opens = below > node.level
    return Page(nodes, number, pages)


def _fill(nodes, comments):
    """Give the nodes that are not empty their words."""
    if not nodes:
        return
    words = {pk: values for pk, *values in comments.values_list("pk", *WORDS_OF.values())}
    for node in nodes:
        if node.pk in words and not node.removed:
            for name, value in zip(WORDS_OF, words[node.pk], strict=True):
                setattr(node, name, value)


def page_of(comment):
    """Return the number of the page that shows a comment, or 0 when none does."""
    for place, root in enumerate(roots_of(comment.article_id)):
        if any(node.pk == comment.pk and not node.removed for node in walk([root])):
            return place // ROOTS_PER_PAGE + 1
    return 0


def count_shown(rows):
    """Return how many comments show among `rows` of (pk, parent_id, status): empty places are not counted."""
    return sum(not node.removed for node in walk(arrange([Node(*row) for row in rows])))


def stands(pk, relations):
    """Tell whether an answer to the comment `pk` may show. `relations`: pk to (parent_id, status), as far as its root."""
    while pk in relations:
        above, status = relations[pk]
        if status not in STANDING:
            return False
        if above == pk:
            return True
        pk = above
    return False


def find_shown(article, public_id):
    """Return the comment of `article` that readers see under `public_id` and may answer, or None."""
    found = ReaderComment.objects.shown().filter(article=article, public_id=public_id).first()
    if found is None:
        return None
    return found if stands(found.pk, relations_above([found])) else None


def relations_above(comments):
    """Return pk to (parent_id, status) of these comments and of all above them. A query for each level above."""
    relations, rows = {}, comments
    while rows:
        relations |= {row.pk: (row.parent_id, row.status) for row in rows}
        above = {row.parent_id for row in rows} - relations.keys()
        rows = above and ReaderComment.objects.filter(pk__in=above).order_by().values_list(*RELATION, named=True)
    return relations


def relations_of(article_pks):
    """Return, for each article, pk to (parent_id, status) of all its comments. One query."""
    relations = {pk: {} for pk in article_pks}
    rows = ReaderComment.objects.filter(article__in=article_pks).order_by("pk")
    for article, pk, above, status in rows.values_list("article", "pk", "parent_id", "status"):
        relations[article][pk] = (above, status)
    return relations
