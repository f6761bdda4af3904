"""Telephone numbers as people write them, several in a cell, with words around them."""

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

_DASHES = str.maketrans({"−": "-", "–": "-", "—": "-", "―": "-", "－": "-", "‐": "-", "‑": "-"})


_MARKS = "⁰¹²³⁴-⁹₀-₉①-⑳⑴-⒇⒈-⒛❶-❿"
_NOTE_MARK = re.compile(
    rf"(?<=[0-9０-９])\s*[{_MARKS}]+(?!\s*[0-9０-９])|[{_MARKS}]+(?=\s*[0-9０-９])"
)


def without_note_marks(text: str) -> str:
    """The text without the marks of notes behind its numbers.

    NFKC makes 14¹ and 14① one number, 141. Before a number such a sign may be anything, and behind
    ten a power: a `^` stands for it, which no number has.
    """

    def left(found: re.Match[str]) -> str:
        before = text[max(0, found.start() - 2) : found.start()]
        after = text[found.end() : found.end() + 8].lstrip()
        return "^" if after[:1].isdecimal() or before.endswith(("10", "１０")) else ""

    return _NOTE_MARK.sub(left, text)


def plain(text: str) -> str:
    """The text with full-width forms folded, dashes unified and all white space removed."""
    return _folded_once(text) if len(text) <= _SHORT else _folded(text)


def _folded(text: str) -> str:
    folded = unicodedata.normalize("NFKC", without_note_marks(text)).translate(_DASHES)
    return re.sub(r"[\s\u200b-\u200f\ufeff]+", "", folded)


# A form asks for the same short cells some hundred times, once a field.
_SHORT = 60
_folded_once = lru_cache(4096)(_folded)


_MOBILE = re.compile(r"(?:\+?0{0,2}86-?)?(1[3-9]\d)-?(\d{4})-?(\d{4})(?!\d)")
_LANDLINE = re.compile(
    r"(?:\+?0{0,2}86-?(?=\(?0))?(?:\(?(0(?:10|2\d|[3-9]\d{2}))\)?-?)?([2-9]\d{2,3}-?\d{4})(?!\d)"
    r"(?:[-转x*]+(\d{1,6}))?"
)
_ABROAD = re.compile(r"\+?0{0,2}86-?\(?(10|2\d|[3-9]\d{2})\)?-?([2-9]\d{2,3}-?\d{4})(?!\d)")
_SERVICE = re.compile(r"([48]00)-?(\d{3})-?(\d{4})(?!\d)")
# Whose number it is: 办公电话：, （张三）, 手机; not 转 and 分机, which belong to a number.
_OWNER = re.compile(r"\((?=[^()\d]*\))[^()]*\)|(?:(?![转和及或])[\u4e00-\u9fff]){1,6}[::]?")
_MOST_PARTS = 12


def parse_phone(text: str) -> str | None:
    """Telephone numbers in one way of writing, several joined by `、`.

    Landlines as `0371-67182119` (area code where given, extension as `-801`), mobiles as
    eleven digits; words that say whose number it is are left out. None when anything else is
    left, or a number is too long or too short.
    """
    if numbers := _phones(_phone_signs(text)):
        return numbers
    # Numbers parted by spaces alone, which may stand within a number, too.
    parts = [signs for part in re.split(r"\s+", text) if (signs := _phone_signs(part))]
    if not 2 <= len(parts) <= _MOST_PARTS:
        return None
    found: list[str] = []
    while parts:
        for end in range(1, len(parts) + 1):
            if number := _phones("".join(parts[:end])):
                found.append(number)
                del parts[:end]
                break
        else:
            return None
    return "、".join(dict.fromkeys("、".join(found).split("、")))


def _phone_signs(text: str) -> str:
    bare = plain(text)
    if re.fullmatch(r"\d\.\d+[eE]\+?1\d", bare):  # a spreadsheet's idea of a mobile number
        bare = str(int(Decimal(bare)))
    bare = re.sub(r"\.0+$", "", bare)
    return _OWNER.sub("、", re.sub(r"分机号?", "转", bare))


def _phones(signs: str) -> str | None:
    numbers: list[str] = []
    position = 0
    while position < len(signs):
        if signs[position] in "、,;:/|和及或":
            position += 1
            continue
        if match := _MOBILE.match(signs, position):
            numbers.append("".join(match.groups()))
        elif match := _SERVICE.match(signs, position):
            numbers.append("-".join(match.groups()))
        elif match := _LANDLINE.match(signs, position):
            area, local, extension = match.groups()
            parts = (area, local.replace("-", ""), extension)
            numbers.append("-".join(part for part in parts if part))
        elif match := _ABROAD.match(signs, position):
            numbers.append(f"0{match[1]}-{match[2].replace('-', '')}")
        else:
            return None
        position = match.end()
    return "、".join(dict.fromkeys(numbers)) or None
