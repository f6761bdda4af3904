"""What fonts and formats of an xls ([MS-XLS] 2.4.122, 2.4.353) take out of a cell."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass

from mailbot.inspection.readers.sheets.colours import BLACK, INDEXED, WHITE, Colour, blend
from mailbot.inspection.readers.sheets.fonts import is_pictorial
from mailbot.inspection.readers.sheets.formatcode import GENERAL
from mailbot.inspection.readers.sheets.sheet import CROSSED, SIGNS, UNKNOWN_LOOK, Style
from mailbot.inspection.readers.shown import SMALLEST

_FILL_AGAIN = 4  # horizontal alignment: the text as often as there is room
_OLD_BLACK, _OLD_WHITE = 0x7FFF, 0x41
# How much of its ground a pattern covers (2.5.142), by its number.
_SHARES = {2: 0.5, 3: 0.75, 4: 0.25, 17: 0.125, 18: 0.06}
_SHARES |= dict.fromkeys((11, 12, 13, 14), 0.25) | dict.fromkeys((15, 16), 0.35)
_DENSE = 0.5


@dataclass(frozen=True, slots=True)
class Font:
    """Of a font what decides on what is seen; `colour` by its number."""

    struck: bool = False
    raised: bool = False
    colour: int = _OLD_BLACK
    tiny: bool = False
    points: float = 11.0
    doubts: tuple[str, ...] = ()


class Palette:
    """The colours of a workbook by their numbers."""

    def __init__(self) -> None:
        self._own: dict[int, Colour] = {}

    def read(self, data: bytes) -> None:
        """A PALETTE record (2.4.188)."""
        count = struct.unpack_from("<H", data)[0]
        for index in range(min(count, 56)):
            red, green, blue = data[2 + 4 * index : 5 + 4 * index]
            self._own[8 + index] = (red, green, blue)

    def colour(self, index: int) -> Colour | None:
        """The window and its text are white and black; None for a number nobody knows."""
        if index in (_OLD_BLACK, 0x40):
            return BLACK
        if index == _OLD_WHITE:
            return WHITE
        return self._own.get(index, INDEXED.get(index))


def read_font(data: bytes, name: str) -> Font:
    """A FONT record."""
    twips, flags, colour, _weight, raised = struct.unpack_from("<5H", data)
    strange = is_pictorial(name) or is_pictorial(str(data[12]), is_charset=True)
    return Font(
        bool(flags & 8),
        raised in (1, 2),
        colour,
        twips < 20 * SMALLEST,
        twips / 20,
        (SIGNS,) if strange else (),
    )


def read_style(
    data: bytes, font: Font, formats: Mapping[int, str], palette: Palette, *, biff8: bool
) -> Style:
    """An XF record: font, format, alignment, and what lies behind the text."""
    format_at = struct.unpack_from("<H", data, 2)[0]
    across = data[6] & 7
    shrinks, indent, crossed = False, 0, False
    if biff8:
        pattern = struct.unpack_from("<I", data, 14)[0] >> 26
        colours = struct.unpack_from("<H", data, 18)[0]
        over, under = colours & 0x7F, colours >> 7 & 0x7F
        shrinks, indent = bool(data[8] & 0x10), data[8] & 0x0F
        lines, more = struct.unpack_from("<II", data, 10)
        crossed = bool(lines >> 30 and more >> 21 & 0x0F)
    else:
        fill = struct.unpack_from("<I", data, 8)[0]
        pattern, over, under = fill >> 16 & 0x3F, fill & 0x7F, fill >> 7 & 0x7F
    doubts = font.doubts + ((UNKNOWN_LOOK,) if across == _FILL_AGAIN else ())
    doubts += (CROSSED,) if crossed else ()
    return Style(
        formats.get(format_at, GENERAL),
        struck=font.struck,
        raised=font.raised,
        invisible=font.tiny,
        tiny=font.tiny,
        ink=palette.colour(font.colour),
        grounds=grounds_of(pattern, palette.colour(over), palette.colour(under)),
        points=font.points,
        shrinks=shrinks,
        indent=float(indent),
        doubts=doubts,
    ).settled()


def grounds_of(
    pattern: int, over: Colour | None, under: Colour | None
) -> tuple[Colour | None, ...]:
    """The colours behind a text by the number of the pattern."""
    if pattern == 0:
        return (WHITE,)
    if pattern == 1:
        return (over,)
    share = _SHARES.get(pattern, _DENSE)
    mixed = blend(over, under, share)
    return (mixed,) if share < _DENSE else (mixed, over, under)
