"""Colours of a sheet's text and ground, and which of them nobody can tell apart."""

import re
from collections.abc import Iterable

from mailbot.inspection.readers.shown import is_pale

Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)
_ALIKE = 12  # differences of red, green and blue that no eye tells on a screen

# Numbers 8 to 63 of the old palette (ECMA-376 part 1, 18.8.27; [MS-XLS] 2.5.161); 0 to 7 are 8
# to 15.
_EIGHT = "000000 FFFFFF FF0000 00FF00 0000FF FFFF00 FF00FF 00FFFF"
_PALETTE = (
    f"{_EIGHT} {_EIGHT} 800000 008000 000080 808000 800080 008080 C0C0C0 808080 9999FF 993366 "
    "FFFFCC CCFFFF 660066 FF8080 0066CC CCCCFF 000080 FF00FF FFFF00 00FFFF 800080 800000 008080 "
    "0000FF 00CCFF CCFFFF CCFFCC FFFF99 99CCFF FF99CC CC99FF FFCC99 3366FF 33CCCC 99CC00 FFCC00 "
    "FF9900 FF6600 666699 969696 003366 339966 003300 333300 993300 993366 333399 333333"
)
# 64 and 65 are what the system writes with and on.
INDEXED: dict[int, Colour] = {
    number: (int(one[:2], 16), int(one[2:4], 16), int(one[4:], 16))
    for number, one in enumerate(_PALETTE.split())
} | {64: BLACK, 65: WHITE}


def is_alike(one: Colour | None, other: Colour | None) -> bool:
    """Whether text of one colour cannot be seen on the other."""
    if one is None or other is None:
        return False
    return max(abs(first - second) for first, second in zip(one, other, strict=True)) <= _ALIKE


def is_lost(ink: Colour | None, grounds: Iterable[Colour | None]) -> bool:
    """Whether text of a colour is seen on none of the colours that lie behind it."""
    return all(is_alike(ink, ground) for ground in grounds)


def is_faint(ink: Colour | None, grounds: Iterable[Colour | None]) -> bool:
    """Whether somebody may not see it: hardly another colour, or one that is not known."""
    return any(
        ink is None or ground is None or is_alike(ink, ground) or is_pale(_hex(ink), _hex(ground))
        for ground in grounds
    )


def blend(over: Colour | None, under: Colour | None, share: float) -> Colour | None:
    """What the eye makes of a pattern that covers this share of its ground."""
    if over is None or under is None:
        return None
    red, green, blue = (
        round(first * share + second * (1 - share))
        for first, second in zip(over, under, strict=True)
    )
    return red, green, blue


def parse_colour(text: str) -> Colour | None:
    """FFRRGGBB, RRGGBB or #RRGGBB."""
    found = re.fullmatch(r"#?(?:[0-9A-Fa-f]{2})?([0-9A-Fa-f]{6})", text.strip())
    if found is None:
        return None
    octets = bytes.fromhex(found[1])
    return octets[0], octets[1], octets[2]


def _hex(colour: Colour) -> str:
    return "{:02X}{:02X}{:02X}".format(*colour)
