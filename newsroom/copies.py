"""What one process of a page store keeps in memory of the answers that it has met, until they are too much."""

MOST = 64 * 1024 * 1024  # bytes
BESIDE = 2000  # bytes that Python needs for an answer beside its bodies: of the small parts of pages there are many


class Copies(dict):
    """Copies by path; when they are too much, all are forgotten."""

    size = 0

    def make_room(self, answer):
        """Count an answer that is to be kept, with what it takes the place of."""
        self.size += answer.size + BESIDE
        if self.size > MOST:
            self.clear()
            self.size = answer.size + BESIDE

    def clear(self):
        super().clear()
        self.size = 0
