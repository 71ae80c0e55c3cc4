"""A bell that any process of this machine rings, and that all who listen hear: a FIFO for each of them in one folder."""

import os
import select
from contextlib import suppress
from pathlib import Path
from secrets import token_hex


class Bell:
    """`ring` from anywhere; `wait` to hear it, from one thread. It may ring for nothing, and never says why."""

    def __init__(self, folder):
        self.folder, self.place, self.heard = Path(folder), None, None

    def ring(self):
        """Wake all who listen. A folder that takes nothing wakes nobody, which does no harm."""
        with suppress(OSError):
            for name in os.listdir(self.folder):
                if not name.startswith("."):
                    self._ring(self.folder / name)

    @staticmethod
    def _ring(place):
        try:
            listener = os.open(place, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:  # it has ended
            place.unlink(missing_ok=True)
            return
        with suppress(BlockingIOError):  # it has been rung often enough
            os.write(listener, b".")
        os.close(listener)

    def wait(self, seconds):
        """Return once it rings, or after so many seconds. Raises OSError where nobody can listen."""
        if not self.place or not self.place.exists():  # somebody has removed the folder
            self._listen()
        if select.select([self.heard], [], [], seconds)[0]:
            os.read(self.heard, 4096)

    def _listen(self):
        self.close()
        self.folder.mkdir(parents=True, exist_ok=True)
        place = self.folder / f"{os.getpid()}-{token_hex(4)}"
        draft = place.with_name(f".{place.name}")
        os.mkfifo(draft, 0o600)
        self.heard = os.open(draft, os.O_RDWR | os.O_NONBLOCK)  # to write as well: it shall never end
        draft.rename(place)  # whoever finds one that nobody has opened yet takes its owner for dead
        self.place = place

    def close(self):
        if self.heard is not None:
            os.close(self.heard)
            self.place.unlink(missing_ok=True)
            self.place = self.heard = None
