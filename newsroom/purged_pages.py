"""What was purged a moment ago, and when exactly: an empty file in the place of each page, for all processes to see.

It notes when the page was kept (the time of its last access) and when purged (that of its last change), so that it
speaks of one copy only. While it is fresh, a process that has this copy may show it once more, if the page is being
drawn anew meanwhile (newsroom/ahead.py).
"""

import os
import shutil
import time
from contextlib import suppress

GRACE = 0.08  # seconds; what has changed is gone everywhere within 0.1
OLD = 60  # seconds after which nobody needs to know any more


class PurgedPages:
    """Marks in a folder, each named as the file of its page."""

    def __init__(self, folder):
        self.folder = str(folder)

    def _mark(self, file):
        return f"{self.folder}/{os.path.basename(file)}"

    def take(self, file):
        """Put a mark in the place of a page's file; return False, and the file may be there still, if that cannot be."""
        mark = self._mark(file)
        with suppress(OSError):
            with suppress(FileExistsError):
                os.mkdir(self.folder, 0o700)
            os.replace(file, mark)
            kept = os.stat(mark).st_mtime_ns
            os.truncate(mark, 0)
            os.utime(mark, ns=(kept, time.time_ns()))
            return True
        return False

    def lately(self, file, kept, now):
        """Tell whether a page, kept in `file` since the nanosecond `kept`, was purged less than GRACE before `now`."""
        with suppress(OSError):
            mark = os.stat(self._mark(file))
            return mark.st_atime_ns == kept and 0 <= now - mark.st_mtime < GRACE
        return False

    def forget(self):
        """Let nothing count as purged a moment ago."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def sweep(self):
        with suppress(OSError), os.scandir(self.folder) as marks:
            for mark in marks:
                if mark.stat().st_mtime < time.time() - OLD:
                    os.unlink(mark.path)
