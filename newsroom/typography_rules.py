"""What French and English want of spaces, quotes and dashes: for each language, rules from text to text.

French follows the « Lexique des règles typographiques en usage à l’Imprimerie nationale », with the narrow no-break
space where it says « espace fine insécable ».

A rule reads plain text, or text in which a mark stands for each thing that is not text (newsroom/typography.py). Each
pattern begins with the rare sign it looks for: that is what makes ten thousand words cheap.
"""

import re

THIN, FIXED = "\u202f", "\u00a0"
SPACE = "[ \t\r\n\u00a0\u2000-\u200a\u202f]"

# Marks: controls that no text contains. The two last ones count as spaces. A rule may not change their order.
INLINE, WORD, ADDRESS, SUP, SUP_END, BLOCK, BREAK = "\x01\x02\x03\x04\x05\x1c\x1d"


def _before(text, at):
    """Return the sign before `at`, inline tags aside; a space at the start."""
    while at and text[at - 1] == INLINE:
        at -= 1
    return text[at - 1] if at else " "


def _after(text, at):
    """Return the sign at `at` or after it, inline tags aside; a space at the end."""
    while at < len(text) and text[at] == INLINE:
        at += 1
    return text[at] if at < len(text) else " "


OPENERS = frozenset("([{«“‘’'—–-/\"" + THIN)
CLOSERS = frozenset(")]}»”’'.,;:!?…—–-/\"" + THIN)


def _quotes(outer, inner):
    """Return the rule that makes straight and curly quotes `outer` at the first level and `inner` within."""

    doubles = re.compile(f'["“”{outer}]')

    def rule(text):
        return BLOCK.join(map(block, text.split(BLOCK))) if doubles.search(text) else text

    def block(text):
        depth = 0

        def quote(found):
            nonlocal depth
            sign = found[0]
            if sign == '"':
                before, after = _before(text, found.start()), _after(text, found.end())
                opens = before.isspace() or before in OPENERS
                closes = after.isspace() or after in CLOSERS
                if opens == closes and not (opens or depth):
                    return sign
                sign = ("”" if depth else "“") if opens == closes else "“" if opens else "”"
            if sign in "«“":
                depth += 1
                return sign if sign == "«" else (outer if depth == 1 else inner)[0]
            if not depth:  # inches, or a quote whose beginning is elsewhere
                return found[0]
            depth -= 1
            return sign if sign == "»" else (inner if depth else outer)[1]

        return doubles.sub(quote, text)

    return rule


BETWEEN_LETTERS = re.compile(r"'(?<=[^\W\d_]')(?=[^\W\d_])")
SINGLE = re.compile("'")
ELIDED = re.compile(r"'(?:\d\d|n'|(?:tis|twas|twere|em|til|cause|bout|round|cos|tain)\b)", re.IGNORECASE)
CLOSED_LATER = re.compile(r"'[^\s\x01\x02][^\x1c]{0,300}?'(?!\w)|'\x01*[\x02\w][^\x1c]{0,300}?'(?!\w)")


def _apostrophes(text):
    if "'" not in text:
        return text
    text = BETWEEN_LETTERS.sub("’", text)

    def apostrophe(found):
        at = found.start()
        before, after = _before(text, at), _after(text, at + 1)
        if before.isdigit() and not after.isalpha():  # minutes and feet
            return "'"
        opens = (before.isspace() or before in OPENERS) and not after.isspace()
        return "‘" if opens and not ELIDED.match(text, at) and CLOSED_LATER.match(text, at) else "’"

    return SINGLE.sub(apostrophe, text)


DOTS = re.compile(r"\.\.\.(?<![.…]\.\.\.)(?![.…])")
YEARS = re.compile(r"([12])(?=\d\d\d-)(?<![\w/+–-][12])(?<!\d[.,][12])(\d{3})-([12]\d{3})(?!\d|[/–.,-]\d)")
SPACED_HYPHEN = re.compile(r" -(?<=[^\s–—-] -)(-?)(?= \x01*[^\s–—-])")
GLUED_HYPHENS = re.compile(r"--(?<=[^\W_]--)(?=[^\W_])")


def _ellipses(text):
    return DOTS.sub("…", text) if "..." in text else text


def _ranges(group, unit):
    """Return the rule that puts a dash from a number to a larger one: with groups of digits, or before a unit."""
    number = f"\\d{{0,11}}(?:{group}\\d{{3}})*"
    start = f"(?<![\\w+/:#=&.,–-][1-9])(?<!\\d{SPACE}[1-9])"
    pattern = re.compile(f"([1-9]{start}{number})-([1-9]{number})(?![\\w/–-]|[.:,]\\d|{SPACE}\\d)(?P<unit>{unit})?")
    digits, hyphen = re.compile("\\D"), re.compile("-(?<=\\d-)(?=[1-9])")

    def dash(found):
        one, other = (int(digits.sub("", number)) for number in found.groups()[:2])
        grouped = not (found[1] + found[2]).isdecimal()
        return found[0].replace("-", "–") if one < other and (grouped or found["unit"] is not None) else found[0]

    return lambda text: pattern.sub(dash, text) if hyphen.search(text) else text


def _dashes(text):
    if "-" not in text:
        return text
    text = SPACED_HYPHEN.sub(lambda found: " —" if found[1] else " –", text)
    text = GLUED_HYPHENS.sub("—", text)
    return YEARS.sub(lambda y: y[0].replace("-", "–") if y[1] + y[2] < y[3] <= "2199" else y[0], text)


# What French adds

PAIR = re.compile(
    f"([—–]){SPACE}+(?=[^—–.!?…\x1c]++[—–])([^\\s—–.!?…][^—–.!?…\x1c]{{0,300}}?){SPACE}+([—–])(?=[\\s\x01,.;:!?…)»])"
)
LONE = re.compile(f"([—–])(?:(?<![^ \\s][—–])(?<![{FIXED}{THIN}][—–])|(?<=[\x1c\x1d]\x01[—–])){SPACE}+(?=[^\\s;:!?»])")


def _incises(text):
    """Keep the dashes of an aside with the words inside it."""
    if "—" not in text and "–" not in text:
        return text
    return LONE.sub(rf"\1{FIXED}", PAIR.sub(rf"\1{FIXED}\2{FIXED}\3", text))


TYPED_GROUPS = re.compile(
    f"[1-9](?=\\d{{0,2}}{SPACE}\\d\\d\\d)(?<![\\w+/:-][1-9])(?<!\\d[.,][1-9])(?<!\\d{SPACE}[1-9])\\d{{0,2}}(?:{SPACE}\\d{{3}})+(?![\\w/-]|[.:]\\d|{SPACE}\\d)"
)
GROUPS = re.compile(
    f"[1-9](?=\\d\\d\\d\\d)(?<![\\w+#/:=&-][1-9])(?<!\\d[.,][1-9])(?<!\\d{SPACE}[1-9])\\d{{4,11}}(?![\\w/-]|[.:]\\d|{SPACE}\\d)"
)
CODE_BEFORE = re.compile(
    r"(?:\b(?:n[°ºo]|num[ée]ros?|code|postal|article|art\.|réf\.|ref|id|cp|bp|cs|port|issue|bug|cve|rfc|iso|siren|siret)|[§#°])\s*$",
    re.I,
)
PLACE_AFTER = re.compile(f"{SPACE}+[^\\W\\d_a-zà-öø-ÿœ]")
GLUED_UNITS = r"[%‰€£$¥]|[kM]€|Md€|°[CF]|[kcm]m[²³]?|km/h|[km]g|[KMGT]o|[kMGTP]B|[kMGT]Wh?|[kMG]?Hz"
SPACED_UNITS = (
    r"m[²³]?|m/s|g|t|h|min|s|ms|l|[cmdh][lL]|ha|W|V|A|Wh|px|bits?|octets?|°|ppm|millions?|milliards?|euros?|dollars?|"
    "ans?|jours?|mois|heures?|minutes?|secondes?|tonnes?|degrés?|points?|"
    "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
)
UNITS = f"(?:{GLUED_UNITS}|{SPACED_UNITS})(?![\\w'’²])"
MEASURED = re.compile(
    f"\\d(?!\\d)(?:{SPACE}+h{SPACE}+(?=[0-5]\\d(?!\\w))|{SPACE}*(?:{GLUED_UNITS})(?![\\w'’²])"
    f"|(?:\x01?er\x01?)?{SPACE}+(?:{SPACED_UNITS})(?![\\w'’²]))"
)
SPACES = re.compile(f"{SPACE}+")


_french_ranges = _ranges(SPACE, f"(?={SPACE}*{UNITS})")


def _numbers(text):
    def measure(found):
        spaced, times = SPACES.subn(FIXED, found[0])
        return spaced if times else f"{spaced[0]}{FIXED}{spaced[1:]}"

    def group(found):
        number, at, end = found[0], found.start(), found.end()
        place = len(number) == 5 and (PLACE_AFTER.match(text, end) or text[at - 1 : at] + text[end : end + 1] == "()")
        if place or CODE_BEFORE.search(text[max(0, at - 12) : at]):
            return number
        return f"{int(number):,}".replace(",", THIN)

    text = MEASURED.sub(measure, text)
    text = GROUPS.sub(group, text)
    return TYPED_GROUPS.sub(lambda found: re.sub(SPACE, THIN, found[0]), text)


PEOPLE = re.compile(f"(M\\.|MM\\.|Mmes?|Mlles?|Dr|Pr|Me){SPACE}+(?=\x01*[^\\W\\d_a-zà-öø-ÿœ])")
REFERENCE = re.compile(f"([.°º§]){SPACE}*(?=[\\dIVXLC])")
REFERENCE_WORD = re.compile(r"(?:\b(?:pp?|art|chap|fig|vol|al|t)\.|\bn[°º]|§)$")
CENTURY = re.compile(f"([IVXLC\\d]\x01?(?:è?m)?e\x01?){SPACE}+(?=si[èe]cles?\\b)")


def _abbreviations(text):
    def person(found):
        return found[1] + FIXED if not _before(text, found.start()).isalnum() else found[0]

    def reference(found):
        if REFERENCE_WORD.search(text[max(0, found.start() - 6) : found.start() + 1]):
            return found[1] + FIXED
        return found[0]

    text = PEOPLE.sub(person, text)
    text = REFERENCE.sub(reference, text)
    return CENTURY.sub(rf"\1{FIXED}", text) if "siècle" in text else text


# A sign of punctuation is one when nothing is glued to it: `a?b`, `::`, `:-)` and `;)` are something else.
PUNCTUATION = re.compile(
    "[;!?»:](?:(?<=»)|(?<=;)(?=[\\s\x01»”]|\\Z)|(?<=[!?])[!?]*(?=[\\s\x01\x05)\\]}»”’…,.;:—–]|\\Z)"
    "|(?<=:)(?=[\\s\x01«“]|\\Z)(?!\x01*[\\d/:]))"
)
OPENING = [
    (re.compile(f"«{SPACE}*(\x01*){SPACE}*"), rf"«{THIN}\1"),
    (re.compile("«(?<=[:;,]«)"), " «"),
    (re.compile("\x01(?<=[:;,]\x01)(\x01*«)"), " \x01\\1"),
]
SPACE_SIGNS = frozenset(" \t\r\n\u00a0\u202f").union(map(chr, range(0x2000, 0x200B)))
NONE_AFTER = frozenset("([{«“;:!?¿¡/")


def _punctuation(text):
    """Put before each sign the space that it wants: in the place of those that are there, or where there is none."""
    pieces, at = [], 0
    for found in PUNCTUATION.finditer(text):
        sign = before = found.start()
        while before and text[before - 1] == INLINE:
            before -= 1
        space, word = FIXED if text[sign] == ":" else THIN, before
        while word and text[word - 1] in SPACE_SIGNS:
            word -= 1
        if not word or text[word - 1].isspace():
            continue
        if word < before:
            pieces += text[at:word], space
            at = before
        elif text[word - 1] not in NONE_AFTER:
            pieces += text[at:sign], space
            at = sign
    text = "".join(pieces) + text[at:]
    if "«" in text:
        for pattern, replacement in OPENING:
            text = pattern.sub(replacement, text)
    return text


ORDINAL = re.compile(r"([1-9IVX](?<![\w.,'’/+-][1-9IVX])[\dIVX]{0,4})(ers?|res?|de?s?|nde?s?|es?)(?![\w'’-])")


def _ordinals(text):
    """Raise the end of 1er, 2e and XXe; nothing else that looks like them (Ve is an ordinal, Ie is none)."""

    def ordinal(found):
        number, end = found[1], found[2]
        first, whole = number in ("1", "I"), number.isdigit() or number in "VX" or (number.isalpha() and number[1:])
        if end[0] == "e" and not end.startswith("er"):
            right = whole and not first
        else:
            right = first if end[0] in "er" else number == "2"
        return f"{number}{SUP}{end}{SUP_END}" if right else found[0]

    return ORDINAL.sub(ordinal, text)


ENGLISH = (_ellipses, _dashes, _ranges(",", "(?!)"), _quotes("“”", "‘’"), _apostrophes)
FRENCH = (
    _ellipses, _dashes, _french_ranges, _quotes("«»", "“”"), _apostrophes, _numbers, _abbreviations, _punctuation,
    _incises,
)  # fmt: skip
RULES = {"fr": FRENCH, "en": ENGLISH}
HTML_RULES = RULES | {"fr": (*FRENCH, _ordinals)}
