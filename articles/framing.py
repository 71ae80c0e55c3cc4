"""How a picture is framed: turned by quarters, then cut at its edges. Knows no model."""

from dataclasses import dataclass

from PIL import Image

# Pillow counts to the left.
QUARTERS = {1: Image.Transpose.ROTATE_270, 2: Image.Transpose.ROTATE_180, 3: Image.Transpose.ROTATE_90}
MOST_CUT = 90  # hundredths of a side that its two edges may lose together


def is_narrow(width, height):
    """Nobody would see anything in it."""
    return not 0.05 < width / height < 20


@dataclass(frozen=True)
class Framing:
    """Quarters turned to the right; then, in hundredths of the turned picture's sides, what each edge loses."""

    turns: int = 0
    left: float = 0
    top: float = 0
    right: float = 0
    bottom: float = 0

    @property
    def name(self):
        """What tells the files made through it from others of the same picture: nothing, where it changes nothing."""
        if self == Framing():
            return ""
        return f" {self.turns} {self.left:g} {self.top:g} {self.right:g} {self.bottom:g}"

    @property
    def edges(self):
        return self.left, self.top, self.right, self.bottom

    @property
    def cuts(self):
        return any(self.edges)

    @property
    def left_over(self):
        """What is left of the turned picture's width and height, in hundredths."""
        return 100 - self.left - self.right, 100 - self.top - self.bottom

    def uncut_size(self, width, height):
        """Return about the width and height of the turned picture, of which so much is shown."""
        across, down = self.left_over
        return round(width * 100 / across), round(height * 100 / down)

    def turned(self, quarters):
        """Return what frames the same part of the picture, that many quarters further to the right."""
        at = -quarters % 4
        return Framing((self.turns + quarters) % 4, *self.edges[at:], *self.edges[:at])

    def box(self, width, height):
        """Return (left, top, right, bottom) of what is shown, in the turned picture; the size is that of the file."""
        if self.turns % 2:
            width, height = height, width
        left, top = round(width * self.left / 100), round(height * self.top / 100)
        right, bottom = round(width * (100 - self.right) / 100), round(height * (100 - self.bottom) / 100)
        return left, top, max(right, left + 1), max(bottom, top + 1)

    def size(self, width, height):
        """Return the width and height of what is shown of a file of that size."""
        left, top, right, bottom = self.box(width, height)
        return right - left, bottom - top

    def point_shown(self, point):
        """Return where a point of the file, in parts of its sides, is in what is shown, or the nearest there is."""
        x, y = point
        for _quarter in range(self.turns):
            x, y = 1 - y, x
        across, down = self.left_over
        x, y = (x * 100 - self.left) / across, (y * 100 - self.top) / down
        return min(max(x, 0), 1), min(max(y, 0), 1)

    def point_in_file(self, point):
        """Return where in the file a point of what is shown is."""
        x, y = point
        across, down = self.left_over
        x, y = (self.left + x * across) / 100, (self.top + y * down) / 100
        for _quarter in range(-self.turns % 4):
            x, y = 1 - y, x
        return x, y
