"""What must not be written down: readers' addresses in an error's text."""

import logging
import re

WORD = re.compile(r"[^\s<>\"'(),;:]+")


def without_addresses(text):
    """Return the text with every word that holds an @ (plain or in a URL's %40) replaced."""

    def hide(match):
        word = match[0]
        return "[address]" if "@" in word[1:] or "%40" in word else word

    return WORD.sub(hide, text)


class Formatter(logging.Formatter):
    """What the log says, tracebacks included: a database's own words name the row that it refuses."""

    def format(self, record):
        return without_addresses(super().format(record))
