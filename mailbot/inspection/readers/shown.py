"""What a person sees of a text, whatever the format: the questions every reader asks of a run.

A figure that was struck out, hidden, deleted with changes tracked, printed white on white or
raised behind a number as the mark of a note is no part of the number. Readers take such text out
before cells are made; where the file does not say enough they leave it and write a mark of doubt
into it, which becomes a doubt of the cell (`Draft.add_table`).
"""

import re

# Noncharacters of Unicode (23.7): no text holds them, and XML, RTF and anydoc let them through.
MAYBE_HIDDEN, MAYBE_NOTE, MAYBE_STRUCK = "\ufdd0", "\ufdd1", "\ufdd2"
MAYBE_MORE, MAYBE_SIGN = "\ufdd5", "\ufdd6"  # another table in the cell; a sign of some other font
RAISED, LEVEL = "\ufdd3", "\ufdd4"  # around raised text, where a reader writes line by line
_DOUBTS = {
    MAYBE_HIDDEN: "hidden_possible",
    MAYBE_NOTE: "note_mark_possible",
    MAYBE_STRUCK: "struck_possible",
    MAYBE_MORE: "table_inside",
    MAYBE_SIGN: "sign_unknown",
}
_MARKS = re.compile(f"[{''.join(_DOUBTS)}]")

# Contrast (WCAG 2.1, relative luminance) below which ink is not told from its paper, and below
# which one person sees it and another does not; yellow on white, the palest in use, has 1.07.
_UNSEEN, _PALE = 1.05, 1.3
# Points: smaller letters are a dot on paper.
SMALLEST = 2.5

_NOTE_MARK = re.compile(
    r"\s*(?:[\[(（【〔]\s*(?:注?\d{0,2}|[a-z*])\s*[\])）】〕]|注?[0-9０-９]?|[a-z]|[*＊※#†‡§①-⑳⑴-⒇]{1,3}"
    r"|\d(?:[,，、]\d){1,3})\s*"
)
_EXPONENT = re.compile(r"[A-Za-z]\Z")
# Letters behind a figure that have no powers: in 3w¹ and 5kg² the figure may be a note's.
_UNIT = re.compile(r"[0-9０-９]\s*(?![cdkm]?m\Z)[A-Za-z]{1,3}\Z")
_FIGURE = re.compile(r"[\s0-9０-９.,，．万亿元场次人]{1,20}")
# Fonts of pictures: 4 in one of them is no 4.
PICTORIAL = re.compile(r"wingdings|webdings|dingbats|marlett|mt extra|emoji", re.IGNORECASE)
_LONE_SIGN = re.compile(f"(?<![0-9０-９.]){MAYBE_SIGN}+(?![0-9０-９.])")
_NUMBER = re.compile(r"[0-9０-９一二三四五六七八九十百千万亿]")


def split_doubts(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without its reader's marks of doubt, and the doubts they stand for."""
    marks = dict.fromkeys(_MARKS.findall(text))
    return (_MARKS.sub("", text) if marks else text), tuple(_DOUBTS[mark] for mark in marks)


def beside_table(text: str, inside: str) -> str:
    """A cell's own text where a table with a text of its own stands in the cell, too: of two
    figures in one place neither is believed."""
    if _FIGURE.fullmatch(text.strip()) and re.search(r"[0-9０-９]", inside):
        return text + MAYBE_MORE
    return text


def is_figure(text: str) -> bool:
    """Whether a text is a number and nothing beside it but a unit."""
    return bool(_FIGURE.fullmatch(text.strip()) and re.search(r"[0-9０-９]", text))


def settle_signs(text: str) -> str:
    """Of signs that are not known (`MAYBE_SIGN`) those that stand by a digit: a telephone or a
    leaf before a word takes nothing from it."""
    return _LONE_SIGN.sub("", text) if MAYBE_SIGN in text else text


def contrast(ink: str, paper: str) -> float:
    """How far two colours `RRGGBB` differ in brightness, from 1 (not at all) to 21."""
    light, dark = sorted((_luminance(ink), _luminance(paper)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def is_tiny(points: str) -> bool:
    """Whether letters of this size (`9.5`, `9.5pt`) are a dot on paper; what is no size is none."""
    try:
        return float(points.removesuffix("pt")) < SMALLEST
    except ValueError:
        return False


def is_unseen(ink: str, paper: str) -> bool:
    """Whether ink of this colour (`RRGGBB`) is not seen on paper of that."""
    return contrast(ink, paper) < _UNSEEN and _distance(ink, paper) < 40


def is_pale(ink: str, paper: str) -> bool:
    """Whether one person would see it and another would not."""
    return contrast(ink, paper) < _PALE and _distance(ink, paper) < 110


def _channels(colour: str) -> tuple[int, int, int]:
    value = int(colour, 16)
    return value >> 16, value >> 8 & 255, value & 255


def _distance(one: str, other: str) -> int:
    return sum(abs(a - b) for a, b in zip(_channels(one), _channels(other), strict=True))


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in _channels(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def settle_raised(text: str) -> str:
    """A line in which raised text stands between `RAISED` and `LEVEL`, with what stays of it."""
    if RAISED not in text:
        return text.replace(LEVEL, "")
    pieces = [(piece.partition(LEVEL)) for piece in text.split(RAISED)]
    level = [pieces[0][0], *(after for _, _, after in pieces[1:])]
    shown = before = level[0]
    for index, (raised, _, after) in enumerate(pieces[1:], 1):
        left = raised_text(raised, before[-20:], "".join(level[index : index + 20])[:20])
        shown += left + after
        before = before[-20:] + after
    return shown


def raised_text(text: str, before: str, after: str = "") -> str:
    """What stays of a raised (or lowered) text between the level text of its paragraph.

    Behind a number or a Chinese word a raised figure, letter or asterisk is the mark of a note and
    goes; behind a Latin letter it is part of the word and stays (`m²`, the tone in `sok⁸`), though
    doubtful where letters are a figure's unit. Other words stay. What may be a part of the number
    beside it (12 and a raised 50: yuan and cents) is doubtful.
    """
    if not before.strip() and not after.strip():
        return text
    if not text.strip():
        return text
    if _EXPONENT.search(before.rstrip()):
        of_a_figure = _UNIT.search(before.rstrip()) and _NUMBER.search(text)
        return text + MAYBE_NOTE if of_a_figure else text
    if before.rstrip().endswith("10") and text.strip().isdecimal():
        return text + MAYBE_NOTE  # a note to ten, or a power of it
    if _NOTE_MARK.fullmatch(text):
        return ""
    beside = _NUMBER.search(before.rstrip()[-1:] + after.lstrip()[:1])
    return text + MAYBE_NOTE if beside and _NUMBER.search(text) else text
