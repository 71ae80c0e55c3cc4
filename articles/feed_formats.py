"""RSS 2.0, Atom and JSON Feed, whole texts in each, and what somebody sees who opens the first two in a browser.

A feed is drawn at once, or as a frame and items, texts that can be kept (newsroom/parts.py).
"""

import json
from io import StringIO

from django.templatetags.static import static
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, Stylesheet
from django.utils.html import escape
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.xmlutils import SimplerXMLGenerator

from articles.templatetags.articles import date_in_words
from newsroom.parts import HOLE
from newsroom.xml import printable

XHTML = "http://www.w3.org/1999/xhtml"


class Readable:
    """A feed that a browser shows as a page: with a style sheet, and a little XHTML that programs pass over.

    CSS rather than XSLT, which browsers are giving up; XHTML, since nothing else in XML can be a heading or a link; and
    called XML, since of RSS and Atom browsers show the bare source.
    """

    content_type = "application/xml; charset=utf-8"
    between = ""  # items
    updated, hole = None, ""

    def __init__(self, title, link, description, hub="", **facts):
        sheet = Stylesheet(static("css/feed.css"), mimetype="text/css")
        words = printable(description)
        super().__init__(printable(title), link, words, subtitle=words, hub=hub, stylesheets=[sheet], **facts)

    def frame(self, updated):
        """Return the feed with a HOLE for its items, the newest of which is of the moment `updated`."""
        self.updated, self.hole = updated, HOLE
        return self.writeString("utf-8")

    @classmethod
    def item(cls, **item):
        """Return an item alone."""
        feed, out = cls("", "", "", feed_url="", language=""), StringIO()
        feed.add_item(**item)
        feed.write_items(SimplerXMLGenerator(out, "utf-8", short_empty_elements=True))
        return out.getvalue()

    def write_items(self, handler):
        handler.ignorableWhitespace(self.hole)
        super().write_items(handler)

    def latest_post_date(self):
        return self.updated or super().latest_post_date()

    def add_item(self, **item):
        item = {key: printable(value) if isinstance(value, str) else value for key, value in item.items()}
        item["categories"] = [printable(name) for name in item["categories"]]
        # Summaries are HTML in both formats, and ours are plain text.
        super().add_item(**item | {"description": escape(item["description"]), "plain": item["description"]})

    def add_root_elements(self, handler):
        super().add_root_elements(handler)
        feed, show = self.feed, handler.addQuickElement
        if feed["hub"]:
            show(self.link_element, None, {"rel": "hub", "href": feed["hub"]})
        show("html:title", feed["title"])
        show("html:meta", None, {"name": "viewport", "content": "width=device-width, initial-scale=1"})
        show("html:h1", feed["title"])
        if feed["subtitle"] != feed["title"]:
            show("html:p", feed["subtitle"])
        handler.startElement("html:div", {})
        show("html:p", _("This is a feed: copy its address into a feed reader to follow the site."))
        show("html:code", feed["feed_url"])
        show("html:a", _("Read the site itself"), {"href": feed["link"]})
        handler.endElement("html:div")

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        handler.startElement("html:h2", {})
        handler.addQuickElement("html:a", item["title"], {"href": item["link"]})
        handler.endElement("html:h2")
        handler.addQuickElement("html:small", date_in_words(localtime(item["pubdate"])))
        handler.addQuickElement("html:p", item["plain"])

    def more_attributes(self):
        return {"xml:lang": self.feed["language"], "xmlns:html": XHTML}


class Rss(Readable, Rss201rev2Feed):
    """RSS with the whole text beside the summary, as WordPress gives it."""

    link_element = "atom:link"

    def rss_attributes(self):
        return (
            super().rss_attributes()
            | {"xmlns:content": "http://purl.org/rss/1.0/modules/content/"}
            | self.more_attributes()
        )

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        handler.addQuickElement("content:encoded", item["content"])


class Atom(Readable, Atom1Feed):
    link_element = "link"

    def root_attributes(self):
        return super().root_attributes() | self.more_attributes()

    def write(self, outfile, encoding):
        handler = SimplerXMLGenerator(outfile, encoding, short_empty_elements=True)
        handler.startDocument()
        for stylesheet in self.feed["stylesheets"]:  # Django gives them to RSS only
            handler.processingInstruction("xml-stylesheet", stylesheet)
        handler.startElement("feed", self.root_attributes())
        self.add_root_elements(handler)
        self.write_items(handler)
        handler.endElement("feed")

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["content"], {"type": "html"})


class Json:
    """JSON Feed 1.1 (jsonfeed.org)."""

    content_type = "application/feed+json; charset=utf-8"
    between = ","

    def __init__(self, title, link, description, language, feed_url, hub=""):
        self.feed = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": title,
            "home_page_url": link,
            "feed_url": feed_url,
            "description": description,
            "language": language,
            **({"hubs": [{"type": "WebSub", "url": hub}]} if hub else {}),
            "items": [],
        }

    def add_item(self, **item):
        self.feed["items"].append(item["as_json"])

    def frame(self, updated):
        # The items stand at its end; a title with a hole in it makes none.
        text = self.writeString("utf-8").replace("<", "\\u003c")
        return text.removesuffix("]}") + HOLE + "]}"

    @staticmethod
    def item(as_json, **item):
        return compact(as_json)

    def writeString(self, encoding):  # noqa: N802, as Django's feeds
        return compact(self.feed)


def compact(data):
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


FORMATS = {"rss": Rss, "atom": Atom, "json": Json}
