"""Number formats as they are written (ECMA-376 part 1, 18.8.31): sections, and what stands in each.

Two things are not in the standard: `!` escapes the next character as `\\` does (East Asian Excel
and WPS write `0!.0,` for 万元), and `G/通用格式` is what a Chinese Excel calls General.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from mailbot.inspection.readers.sheets.colours import INDEXED, Colour, parse_colour

GENERAL = "General"


# ISO/IEC 29500-1, 18.8.30, with the meaning of 27 to 36 and 50 to 58 in a Chinese Excel (dates).
BUILT_IN = {
    0: GENERAL,
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    5: '"¥"#,##0;"¥"-#,##0',
    6: '"¥"#,##0;"¥"-#,##0',
    7: '"¥"#,##0.00;"¥"-#,##0.00',
    8: '"¥"#,##0.00;"¥"-#,##0.00',
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    37: "#,##0;-#,##0",
    38: "#,##0;-#,##0",
    39: "#,##0.00;-#,##0.00",
    40: "#,##0.00;-#,##0.00",
    41: '_ * #,##0_ ;_ * -#,##0_ ;_ * "-"_ ;_ @_ ',
    42: '_ "¥"* #,##0_ ;_ "¥"* -#,##0_ ;_ "¥"* "-"_ ;_ @_ ',
    43: '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ',
    44: '_ "¥"* #,##0.00_ ;_ "¥"* -#,##0.00_ ;_ "¥"* "-"??_ ;_ @_ ',
    48: "##0.0E+0",
    49: "@",
    **dict.fromkeys((*range(14, 18), 22, *range(27, 32), 36, *range(50, 59)), "yyyy-mm-dd"),
    **dict.fromkeys((*range(18, 22), *range(32, 36)), "h:mm"),
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
}


_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.)|_(?P<space>.)|\*(?P<fill>.)'
    r"|\[(?P<bracket>[^\]]*)\]|(?P<general>General|G/通用格式)|(?P<exponent>E[+-])"
    r"|(?P<digit>[0#?])|(?P<mark>[.,%/@;])|(?P<clock>AM/PM|A/P|上午/下午)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)


_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*(-?\d+(?:\.\d+)?)")


_DATE_LETTERS = frozenset("ymdhsegYMDHSEGaA")


# Colours by name in English and Chinese programs; [Color 7], [颜色7] number the palette from 1.
_INKS = {
    **dict.fromkeys(("black", "黑色"), "000000"),
    **dict.fromkeys(("white", "白色"), "FFFFFF"),
    **dict.fromkeys(("red", "红色"), "FF0000"),
    **dict.fromkeys(("green", "绿色"), "00FF00"),
    **dict.fromkeys(("blue", "蓝色"), "0000FF"),
    **dict.fromkeys(("yellow", "黄色"), "FFFF00"),
    **dict.fromkeys(("magenta", "洋红", "洋红色", "品红"), "FF00FF"),
    **dict.fromkeys(("cyan", "青色", "蓝绿色"), "00FFFF"),
}


_NUMBERED_INK = re.compile(r"(?:color|颜色)\s*(\d{1,2})")


_OWN_INK = re.compile(r"#[0-9a-f]{6}")  # of OpenDocument (`ods.styles`)


# Of numerals and calendars: the same number, or a date, in other signs.
_NUMERALS = re.compile(r"dbnum[0-4]|natnum\d{1,2}.*|~.*|eng|hijri")


@dataclass(slots=True)
class Section:
    """One of the up to four formats between semicolons."""

    tokens: list[tuple[str, str]] = field(default_factory=list)  # kind, text
    condition: tuple[str, Decimal] | None = None
    is_date: bool = False
    elapsed: bool = False
    has_ink: bool = False
    ink: Colour | None = None
    is_unknown: bool = False  # something stands in it of which it is not known what it shows

    def has(self, kind: str, text: str = "") -> bool:
        return any(each == kind and (not text or word == text) for each, word in self.tokens)

    @property
    def is_plain_text(self) -> bool:
        """Literals and nothing a number would be put in."""
        return not (self.has("digit") or self.has("general") or self.has("mark", "@"))


@lru_cache(maxsize=512)
def sections_of(code: str) -> tuple[Section, ...]:
    """A format code as its sections, in the order in which they stand."""
    sections = [Section()]
    for match in _TOKEN.finditer(code):
        kind, text = match.lastgroup or "other", match.group(match.lastgroup or 0)
        last = sections[-1]
        if kind == "mark" and text == ";":
            sections.append(Section())
        elif kind == "bracket":
            _read_bracket(last, text)
        elif kind in ("quoted", "escaped"):
            last.tokens.append(("literal", text))
        elif kind == "space":
            last.tokens.append(("literal", " "))
        elif kind == "clock" or (kind == "other" and text in _DATE_LETTERS):
            last.is_date = True
        elif kind == "other":
            last.tokens.append(("literal", text))
        elif kind == "fill":
            # Written as often as there is room: dots and blanks are harmless, digits are not.
            last.is_unknown |= text.isalnum()
        else:
            last.tokens.append((kind, text))
    return tuple(sections)


def _read_bracket(section: Section, text: str) -> None:
    if condition := _CONDITION.fullmatch(text):
        section.condition = condition[1], Decimal(condition[2])
    elif text.startswith("$"):
        currency = text[1:].partition("-")[0]
        if currency:
            section.tokens.append(("literal", currency))
    elif (text and not text.lower().strip("h")) or text.lower() in ("m", "mm", "s", "ss"):
        section.is_date = section.elapsed = True
    elif _OWN_INK.fullmatch(name := text.lower().strip()):
        section.has_ink, section.ink = True, parse_colour(name)
    elif name in _INKS or _NUMBERED_INK.fullmatch(name):
        number = _NUMBERED_INK.fullmatch(name)
        section.has_ink = True
        section.ink = INDEXED.get(int(number[1]) + 7) if number else parse_colour(_INKS[name])
    elif not _NUMERALS.fullmatch(name):
        section.is_unknown = True
