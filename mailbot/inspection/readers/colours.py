"""Colours of a sheet's text and ground, and which of them nobody can tell apart."""

import re

Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)
_ALIKE = 12  # differences of red, green and blue that no eye tells on a screen


def is_alike(one: Colour | None, other: Colour | None) -> bool:
    """Whether text of one colour cannot be seen on the other."""
    if one is None or other is None:
        return False
    return max(abs(first - second) for first, second in zip(one, other, strict=True)) <= _ALIKE


def parse_colour(text: str) -> Colour | None:
    """FFRRGGBB, RRGGBB or #RRGGBB."""
    found = re.fullmatch(r"#?(?:[0-9A-Fa-f]{2})?([0-9A-Fa-f]{6})", text.strip())
    if found is None:
        return None
    octets = bytes.fromhex(found[1])
    return octets[0], octets[1], octets[2]
