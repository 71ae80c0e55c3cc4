"""Text that an XML document can hold."""

import re
from xml.sax.saxutils import escape

# Everything but the characters of https://www.w3.org/TR/xml/#charsets
UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def printable(text):
    """Return the text without the signs that XML forbids; readers and their programs have no use for them."""
    return UNPRINTABLE.sub("", text)


def xml_text(value):
    """Return `value` for an element or a quoted attribute."""
    return escape(printable(str(value)), {'"': "&quot;"})
