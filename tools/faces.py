"""Make the site's faces as small as they go: `python tools/faces.py`, after `pip install fonttools brotli`.

It takes what stands in static/fonts: Newsreader in the letters of French and English, as pyftsubset leaves it or as an earlier
run did. The italic is of one weight, since no text is set in bold italics for long: a browser emboldens it. The outlines lie
on a grid of a thousand an em. Newsreader as it is published lists thousands of kerned pairs one by one, two fifths of the
file: here signs that are kerned alike are one class, like classes stand beside each other, every value is rounded to STEP,
and signs that stand in no word, such as spaces, have none. Run again it finds nothing more to lose.
"""

import unicodedata
from collections import defaultdict
from io import BytesIO
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem
from fontTools.ttLib.tables import otTables
from fontTools.ttLib.tables.otBase import ValueRecord
from fontTools.varLib.instancer import instantiateVariableFont
from fontTools.varLib.models import VariationModel
from fontTools.varLib.varStore import OnlineVarStoreBuilder

FONTS = Path(__file__).resolve().parent.parent / "static" / "fonts"
GRID = 1000
STEP = 10  # of GRID: no pair moves by more than five thousandths of the letters' size
IN_WORDS = "L", "N", "P"  # letters, digits, punctuation: the first letters of their categories in Unicode
NONE = 0, 0


def main():
    for file in sorted(FONTS.glob("*.woff2")):
        font = TTFont(file, recalcTimestamp=False)
        before = file.stat().st_size
        if "italic" in file.name and "fvar" in font:
            font = instantiateVariableFont(font, {"wght": 400})
        scale_upem(font, GRID)
        write(font, rounded(pairs(font)))
        data = BytesIO()
        font.save(data)
        file.write_bytes(data.getvalue())
        print(f"{file.name}: {before} to {len(data.getvalue())} bytes")


def pairs(font):
    """Return {(sign, next sign): (kerning of the lightest weight, what the boldest adds)} for the signs that text can have."""
    [lookup] = font["GPOS"].table.LookupList.Lookup
    signs, found = shown(font), {}
    added = font["GDEF"].table.VarStore.VarData[0].Item if "fvar" in font else ()
    for table in (getattr(table, "ExtSubTable", table) for table in lookup.SubTable):
        for pair, value in (listed if table.Format == 1 else classed)(table, signs):
            found.setdefault(pair, measured(value, added))
    return found


def shown(font):
    ligatures = (
        ligature.LigGlyph
        for lookup in font["GSUB"].table.LookupList.Lookup
        for table in lookup.SubTable
        for some in getattr(table, "ExtSubTable", table).ligatures.values()
        for ligature in some
    )
    letters = (name for sign, name in font.getBestCmap().items() if unicodedata.category(chr(sign))[0] in IN_WORDS)
    return sorted({*letters, *ligatures}, key=font.getGlyphID)


def listed(table, signs):
    for first, some in zip(table.Coverage.glyphs, table.PairSet, strict=True):
        for record in some.PairValueRecord:
            if first in signs and record.SecondGlyph in signs:
                yield (first, record.SecondGlyph), record.Value1


def classed(table, signs):
    firsts, seconds = table.ClassDef1.classDefs, table.ClassDef2.classDefs
    for first in filter(set(table.Coverage.glyphs).__contains__, signs):
        row = table.Class1Record[firsts.get(first, 0)].Class2Record
        for second in signs:
            yield (first, second), row[seconds.get(second, 0)].Value1


def measured(value, added):
    device = getattr(value, "XAdvDevice", None)
    varies = device is not None and device.StartSize == 0 and device.EndSize < len(added)
    return getattr(value, "XAdvance", 0), added[device.EndSize][0] if varies else 0


def rounded(found):
    found = {pair: tuple(round(part / STEP) * STEP for part in value) for pair, value in found.items()}
    return {pair: value for pair, value in found.items() if value != NONE}


def write(font, found):
    """Put the pairs into the font as one table of classes."""
    firsts, seconds = (sorted({pair[side] for pair in found}, key=font.getGlyphID) for side in (0, 1))
    rows = ordered({first: tuple(found.get((first, second), NONE) for second in seconds) for first in firsts})
    columns = ordered({second: tuple(found.get((some[0], second), NONE) for some in rows) for second in seconds})
    store = None
    if "fvar" in font:
        store = OnlineVarStoreBuilder([axis.axisTag for axis in font["fvar"].axes])
        store.setModel(VariationModel([{}, {"wght": 1.0}]))

    table = otTables.PairPos()
    table.Format, table.ValueFormat1, table.ValueFormat2 = 2, 0x44 if store else 4, 0
    table.Coverage, table.ClassDef1, table.ClassDef2 = otTables.Coverage(), otTables.ClassDef(), otTables.ClassDef()
    table.Coverage.glyphs = firsts
    table.ClassDef1.classDefs = {first: number for number, some in enumerate(rows) for first in some if number}
    table.ClassDef2.classDefs = {second: number for number, some in enumerate(columns, 1) for second in some}
    table.Class1Count, table.Class2Count = len(rows), len(columns) + 1
    table.Class1Record = [
        record([NONE, *(found.get((row[0], column[0]), NONE) for column in columns)], store) for row in rows
    ]
    [lookup] = font["GPOS"].table.LookupList.Lookup
    lookup.LookupType, lookup.SubTable, lookup.SubTableCount = 2, [table], 1
    if store:
        font["GDEF"].table.VarStore = store.finish()


def ordered(lines):
    """Return the signs of equal lines together, each group beside one whose line differs little: that compresses well."""
    groups = defaultdict(list)
    for sign, line in lines.items():
        groups[line].append(sign)
    line, *others = groups
    path = [groups[line]]
    while others:
        line = min(others, key=lambda other: sum(a != b for a, b in zip(line, other, strict=True)))
        others.remove(line)
        path.append(groups[line])
    return path


def record(values, store):
    row = otTables.Class1Record()
    row.Class2Record = []
    for kerning, added in values:
        cell = otTables.Class2Record()
        cell.Value1, cell.Value2 = ValueRecord(), None
        cell.Value1.XAdvance = kerning
        if added:
            _master, index = store.storeMasters([0, added])
            cell.Value1.XAdvDevice = device = otTables.Device()
            device.DeltaFormat, device.StartSize, device.EndSize = 0x8000, index >> 16, index & 0xFFFF
        row.Class2Record.append(cell)
    return row


if __name__ == "__main__":
    main()
