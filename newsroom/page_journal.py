"""Which tags were purged since a moment: what was drawn before a change was committed must not be kept after it."""

import os
from pathlib import Path
from secrets import token_hex

from newsroom.disk import opened, write

NAME = 32  # signs of a journal's name
SITE = "site"  # the tag of every page


class Journal:
    """A file at `path` of the tags that were purged, one a line, below a name of its own: a new one begins anew."""

    def __init__(self, path):
        self.path = Path(path)

    def mark(self):
        """Return where it ends: a pair that `since` takes. Raises OSError."""
        with opened(self.path, os.O_RDWR) as journal:
            if size := os.fstat(journal).st_size:
                return os.pread(journal, NAME, 0), size
        self.begin()
        return self.mark()

    def begin(self):
        """Put a new journal in the place of the old: what was marked in another one counts as changed."""
        draft = self.path.with_name(f"{self.path.name}-{token_hex(4)}")
        draft.write_text(f"{token_hex(NAME // 2)}\n")
        os.replace(draft, self.path)

    def note(self, tags):
        try:
            if SITE in tags:
                self.begin()
            else:
                self.mark()  # begins one where there is none
                with opened(self.path, os.O_WRONLY | os.O_APPEND) as journal:
                    write(journal, "".join(f"\n{tag}\n" for tag in sorted(tags)).encode())
        except OSError:
            # A full disk takes no line, but gives up a file: then everything counts as changed.
            self.path.unlink(missing_ok=True)

    def since(self, mark):
        """Return the tags noted since the mark; the whole site when that cannot be told."""
        begun, end = mark
        try:
            with self.path.open("rb", buffering=0) as journal:
                if journal.read(NAME) != begun:
                    return {SITE}
                journal.seek(end)
                return set(journal.read().decode().split("\n"))
        except FileNotFoundError:
            return {SITE}
