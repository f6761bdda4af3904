"""Lengths of CSS in points (CSS 2.1, 4.3.2)."""

import re

_LENGTH = re.compile(r"([-+]?\d*\.?\d+(?:e[-+]?\d{1,2})?)(pt|px|em|rem|ex|ch|gd|%|cm|mm|in|pc|q|)")


_POINTS = {"pt": 1.0, "px": 0.75, "rem": 12.0, "cm": 28.35, "mm": 2.835, "in": 72.0, "": 0.75}


_POINTS |= {"pc": 12.0, "q": 0.709, "gd": 1.0}


def points(text: str, size: float) -> float | None:
    """A length in points; None where it is none, or one that is not known here."""
    found = _LENGTH.fullmatch(text)
    if not found:
        return None
    number, unit = float(found[1]), found[2]
    if unit in ("em", "ex", "ch"):
        return number * size * (1 if unit == "em" else 0.5)
    if unit == "%":
        return number * 4  # of a page some 400 points wide
    return number * _POINTS[unit]
