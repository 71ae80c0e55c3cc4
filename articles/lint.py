"""What an editor is told before an article is published: pure, it reads an article and says what it finds."""

from dataclasses import dataclass
from itertools import zip_longest

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from lxml import html

from articles import alt_text
from articles.body import GROUPS, text_of

STOP, ASK, WARN, OK = "stop", "ask", "warn", "ok"
TITLE_ON_RESULTS, DESCRIPTION_ON_RESULTS = 60, 160
LONG = 300_000  # signs of a body, some 40,000 words


@dataclass(frozen=True)
class Finding:
    """`stop` forbids publication, `ask` does until one says that it is meant, `warn` does not, `ok` is what is done.

    `field` is where it is mended; `of_photo` is the field of the featured photo, when that has it and the sheet has not;
    `url` the page of something else where it is.
    """

    level: str
    field: str
    message: str
    url: str = ""
    of_photo: str = ""


def check(article, tags, photos, new_tags=(), original=(), dead=()):
    """Return Findings, the worst first.

    `tags` are names, `new_tags` those that are not in use yet; `photos` maps the ids (as text) of pictures to Photos;
    `original` is what a Revision holds of the text that this one translates; `dead` are links of the body that lead to
    nothing on this site (articles/dead_links.py).
    """
    root = html.fromstring(f"<div>{article.body or ''}</div>")
    found = [
        *_essentials(article, tags),
        *_featured(article),
        *_pictures(article.language, root, photos),
        *_headings(root),
        *_quotations(root),
        *_links(root, dead),
        *_tables(root),
        *_length(article.body or ""),
        *_results(article),
        *(_translation(article, root, original) if original else ()),
        *(Finding(WARN, "tags", _("New tag: “%s”") % name) for name in new_tags),
    ]
    return worst_first(found)


def worst_first(findings):
    return sorted(findings, key=lambda finding: (STOP, ASK, WARN, OK).index(finding.level))


def check_page(page, photos):
    """Return Findings of a Page: what of `check` holds for its text; `photos` as there."""
    found = list(_pictures(page.language, html.fromstring(f"<div>{page.body or ''}</div>"), photos))
    return found if says_something(page.body) else [Finding(STOP, "body", _("There is no text.")), *found]


def says_something(body):
    """Whether a body has words, or a picture."""
    return bool(text_of(body or "").strip()) or "<figure" in (body or "")


def stops(findings):
    return [finding for finding in findings if finding.level == STOP]


def asks(findings):
    return [finding for finding in findings if finding.level == ASK]


def warnings(findings):
    return [finding for finding in findings if finding.level == WARN]


def _essentials(article, tags):
    has = [
        ("title", article.title.strip(), STOP, _("There is no title."), _("Title")),
        ("body", says_something(article.body), STOP, _("There is no text."), _("Text")),
        ("standfirst", article.standfirst.strip(), WARN, _("There is no standfirst."), _("Standfirst")),
        ("key_points", article.key_points, WARN, _("There are no key points."), _("Key points")),
        ("photo", article.photo_id, WARN, _("There is no featured photo."), _("Photo")),
        ("tags", tags, WARN, _("There is no tag."), _("Tags")),
    ]
    yield from (Finding(level, field, missing) for field, there, level, missing, _name in has if not there)
    done = [name for _field, there, _level, _missing, name in has if there]
    if done:
        yield Finding(OK, "title", ", ".join(done))


def _featured(article):
    lead = article.photo if article.photo_id else None
    if lead is None:
        return
    if not lead.may_be_published:
        yield Finding(STOP, "photo", _("The featured photo has no alternative text."))
    elif alt_text.is_missing(lead, article.language):
        yield Finding(WARN, "photo", _("The featured photo has no alternative text in the article’s language."))
    yield from (Finding(WARN, "photo", f"{lead} – {problem}") for problem in alt_text.problems(lead))
    if lead.unconfirmed:
        yield Finding(WARN, "photo", _replaced(lead))
    if not lead.credit:
        yield Finding(WARN, "photo", _("The featured photo has no credit."), of_photo="credit")


def _replaced(photo):
    return _("The file of “%s” was replaced: its words are still those of the other picture.") % photo


def _pictures(language, root, photos):
    for figure in root.iter("figure"):
        photo = photos.get(figure.get("data-photo"))
        if photo is None:
            yield Finding(STOP, "body", _("A picture of the text is not in the library."))
        elif not photo.may_be_published:
            yield Finding(STOP, "body", _("A picture of the text has no alternative text: “%s”") % photo)
        else:
            if photo.unconfirmed:
                yield Finding(WARN, "body", _replaced(photo))
            if alt_text.is_missing(photo, language):
                message = _("A picture of the text has no alternative text in the text’s language: “%s”")
                yield Finding(WARN, "body", message % photo)
            typed = "".join(words.text_content() for words in figure.iter("figcaption"))
            problems = alt_text.problems(photo, {language: typed} if typed.strip() else {})
            yield from (Finding(WARN, "body", f"{photo} – {problem}") for problem in problems)
    yield from _groups(root)


def _groups(root):
    wrong = {
        "gallery": _("A gallery has from two to twelve pictures."),
        "compare": _("Before and after are exactly two pictures."),
    }
    for group in root.iter("div"):
        least, most = GROUPS.get(group.get("data-kind"), (0, len(group)))
        if not least <= len(group) <= most:
            yield Finding(STOP, "body", wrong[group.get("data-kind")])


def _headings(root):
    level = 1
    for heading in root.iter("h2", "h3", "h4"):
        text = heading.text_content().strip()
        if not text:
            yield Finding(STOP, "body", _("The heading of a section is empty."))
        if int(heading.tag[1]) > level + 1:
            yield Finding(WARN, "body", _("A level of heading is missing above “%s”.") % text)
        level = int(heading.tag[1])


def _quotations(root):
    bare = sum(not "".join(c.text_content() for c in q.iter("cite")).strip() for q in root.iter("blockquote"))
    if bare:
        yield Finding(
            WARN,
            "body",
            ngettext("A quotation has no source.", "%(count)s quotations have no source.", bare) % {"count": bare},
        )


def _links(root, dead):
    for link in root.iter("a"):
        text = link.text_content().strip()
        if not link.get("href"):
            yield Finding(WARN, "body", _("A link leads nowhere: “%s”") % text)
        elif not text:
            yield Finding(WARN, "body", _("A link has no words: %s") % link.get("href"))
        elif link.get("href") in dead:
            names = {"text": text, "address": link.get("href")}
            yield Finding(WARN, "body", _("Readers find nothing where a link leads: “%(text)s”, %(address)s") % names)


def _tables(root):
    for table in root.iter("table"):
        if table.find(".//th") is None:
            yield Finding(WARN, "body", _("A table has no header cells."))
        if _has_idle_line(table):
            yield Finding(WARN, "body", _("A table has an empty row or column: readers see it."))


def _has_idle_line(table):
    """Tell a table that has a row or a column without a word or a picture; of one whose cells span others, nothing."""
    if table.xpath(".//*[@colspan > 1 or @rowspan > 1]"):
        return False
    rows = [row.xpath("./th | ./td") for row in table.iter("tr")]
    seen = lambda cell: cell is not None and (cell.text_content().strip() or cell.xpath(".//figure | .//hr"))  # noqa: E731
    return not all(any(map(seen, line)) for line in (*rows, *zip_longest(*rows)))


def _length(body):
    if len(body) > LONG:
        text = _(
            "The text is very long (%(size)s KB): on a bad network readers wait for it, and feeds carry all of it."
        )
        yield Finding(WARN, "body", text % {"size": number_format(len(body) // 1000, force_grouping=True)})


def _results(article):
    if len(article.meta_title) > TITLE_ON_RESULTS and not article.seo_title:
        yield Finding(WARN, "seo_title", _("Search engines will cut the title: give them a shorter one."))
    if len(article.meta_description) > DESCRIPTION_ON_RESULTS and not article.seo_description:
        yield Finding(WARN, "seo_description", _("Search engines will cut the description: give them a shorter one."))


def _translation(article, root, original):
    """Find what is word for word the original's: not translated yet, most likely. A few words may be the same in both."""
    if article.title == original["title"]:
        yield Finding(WARN, "title", _("The title is still the original’s."))
    if article.standfirst and article.standfirst == original.get("standfirst"):
        yield Finding(WARN, "standfirst", _("The standfirst is still the original’s."))
    if set(article.key_points) & set(original.get("key_points") or ()):
        yield Finding(WARN, "key_points", _("A key point is still the original’s."))
    theirs = {_words(block) for block in html.fromstring(f"<div>{original['body']}</div>")}
    same = sum(len(words) > 3 and words in theirs for words in map(_words, root))
    if same:
        message = ngettext(
            "A paragraph is still the original’s.", "%(count)s paragraphs are still the original’s.", same
        )
        yield Finding(ASK, "body", message % {"count": same})


def _words(block):
    return () if block.tag in ("pre", "figure", "div") else tuple(block.text_content().split())
