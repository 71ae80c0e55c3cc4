"""Illustrations that the demo draws itself: the same name gives the same picture."""

import math
import random

from PIL import Image, ImageDraw, ImageFilter

SIZE = (2400, 1600)


def _sky(top, bottom, size=SIZE):
    """Return a vertical gradient between two colours."""
    column = Image.new("RGB", (1, size[1]))
    for y in range(size[1]):
        part = y / size[1]
        column.putpixel((0, y), tuple(round(a + (b - a) * part) for a, b in zip(top, bottom, strict=True)))
    return column.resize(size)


def skyline(chance):
    """A town at night, windows lit."""
    picture = _sky((14, 20, 44), (196, 92, 54))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((1500, 640, 1900, 1040), fill=(246, 206, 160))
    for depth, shade in enumerate(((58, 34, 48), (38, 24, 40), (22, 16, 32))):
        x = -40
        while x < SIZE[0]:
            width, top = chance.randint(90, 240), chance.randint(620 + depth * 190, 980 + depth * 190)
            draw.rectangle((x, top, x + width, SIZE[1]), fill=shade)
            for wy in range(top + 24, SIZE[1], 44):
                for wx in range(x + 16, x + width - 18, 34):
                    if chance.random() < 0.16:
                        draw.rectangle((wx, wy, wx + 12, wy + 18), fill=(250, 204, 128))
            x += width + chance.randint(-20, 26)
    return picture


def circuit(chance):
    """Traces of a printed circuit, running to their pads."""
    picture = Image.new("RGB", SIZE, (10, 46, 44))
    draw = ImageDraw.Draw(picture)
    for _ in range(190):
        x, y = (chance.randrange(0, side, 40) for side in SIZE)
        points = [(x, y)]
        for _ in range(chance.randint(3, 7)):
            dx, dy = chance.choice([(1, 0), (0, 1), (1, 1), (1, -1), (-1, 1)])
            reach = chance.randrange(80, 361, 40)
            points.append((points[-1][0] + dx * reach, points[-1][1] + dy * reach))
        draw.line(
            points, fill=chance.choice([(202, 154, 74), (62, 128, 112), (38, 92, 84)]), width=chance.choice([6, 9])
        )
        for px, py in (points[0], points[-1]):
            draw.ellipse((px - 18, py - 18, px + 18, py + 18), fill=(222, 178, 96), outline=(10, 46, 44), width=8)
    draw.rounded_rectangle((880, 520, 1520, 1080), 24, fill=(18, 22, 26), outline=(202, 154, 74), width=6)
    for pin in range(12):
        for x in (840, 1520):
            draw.rectangle((x, 552 + pin * 42, x + 40, 568 + pin * 42), fill=(214, 190, 140))
    return picture


def waves(chance):
    """Layers of waves, from light to deep."""
    picture = _sky((238, 222, 196), (214, 178, 146))
    for layer in range(9):
        base, shade = 420 + layer * 130, 1 - layer / 11
        phase, length, height = chance.random() * 7, chance.uniform(260, 520), chance.uniform(34, 92)
        line = [
            (x, base + height * math.sin(x / length + phase) + 26 * math.sin(x / 97 + phase * 2))
            for x in range(0, 2401, 8)
        ]
        colour = (round(26 + 96 * shade), round(70 + 98 * shade), round(104 + 76 * shade))
        ImageDraw.Draw(picture).polygon([(0, 1600), *line, (2400, 1600)], fill=colour)
    return picture


def grid(chance):
    """A punched card, much enlarged."""
    picture = Image.new("RGB", SIZE, (232, 214, 170))
    draw = ImageDraw.Draw(picture)
    for column in range(38):
        x = 90 + column * 59
        draw.line((x - 14, 0, x - 14, SIZE[1]), fill=(222, 202, 154), width=2)
        for row in range(12):
            y = 130 + row * 116
            if chance.random() < 0.3:
                draw.rounded_rectangle((x, y, x + 28, y + 72), 4, fill=(58, 44, 40))
            else:
                draw.rounded_rectangle((x, y, x + 28, y + 72), 4, outline=(206, 182, 134), width=3)
    draw.polygon([(0, 0), (210, 0), (0, 150)], fill=(58, 44, 40))
    return picture


def rings(chance):
    """Rings around one centre, some of them broken."""
    picture = Image.new("RGB", SIZE, (30, 28, 52))
    draw = ImageDraw.Draw(picture)
    for number in range(26, 0, -1):
        radius = 42 + number * 46
        colour = [(232, 120, 86), (240, 176, 108), (150, 88, 120), (92, 76, 132)][number % 4]
        start = chance.randint(0, 359)
        box = (1300 - radius, 820 - radius, 1300 + radius, 820 + radius)
        draw.arc(box, start, start + chance.randint(140, 340), fill=colour, width=chance.choice([10, 18, 26]))
    draw.ellipse((1264, 784, 1336, 856), fill=(252, 230, 190))
    return picture


def pylons(chance):
    """Pylons in a row at dusk, with their lines."""
    picture = _sky((62, 60, 104), (244, 158, 104))
    draw = ImageDraw.Draw(picture)
    hills = [(x, 1330 + 44 * math.sin(x / 310) + chance.random() * 5) for x in range(0, 2401, 12)]
    draw.polygon([(0, 1600), *hills, (2400, 1600)], fill=(38, 28, 46))
    feet = [(180 + i * 520 - i * i * 14, 1350, 1 - i * 0.15) for i in range(5)]
    arms = []
    for x, y, scale in feet:
        top = y - 820 * scale
        for side in (-1, 1):
            draw.line(
                (x + side * 120 * scale, y, x + side * 18 * scale, top),
                fill=(24, 18, 32),
                width=max(3, int(10 * scale)),
            )
        for level in range(9):
            low, high = y - level * 90 * scale, y - (level + 1) * 90 * scale
            spread = (120 - level * 11) * scale
            for side in (-1, 1):
                draw.line((x - side * spread, low, x + side * spread * 0.9, high), fill=(24, 18, 32), width=3)
        for reach, height in ((210, 0.86), (160, 0.97)):
            ay = y - 820 * scale * height
            draw.line((x - reach * scale, ay, x + reach * scale, ay), fill=(24, 18, 32), width=max(3, int(9 * scale)))
            arms.append([(x - reach * scale, ay + 20 * scale), (x + reach * scale, ay + 20 * scale)])
    for one, two in zip(arms, arms[2:], strict=False):
        for (x1, y1), (x2, y2) in zip(one, two, strict=True):
            sag = [
                (x1 + (x2 - x1) * t / 20, y1 + (y2 - y1) * t / 20 + 110 * math.sin(math.pi * t / 20)) for t in range(21)
            ]
            draw.line(sag, fill=(24, 18, 32), width=3)
    return picture


DRAWINGS = {draw.__name__: draw for draw in (skyline, circuit, waves, grid, rings, pylons)}


def draw(name):
    """Return the drawing called `name`, 2400 x 1600 pixels."""
    picture = DRAWINGS[name](random.Random(name))  # noqa: S311, the same picture every time
    return picture.filter(ImageFilter.SMOOTH)
