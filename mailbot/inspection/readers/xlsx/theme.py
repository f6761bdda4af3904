"""Colours of an xlsx: its theme (ECMA-376 part 1, 20.1.6.2), tints, a palette of its own."""

from collections.abc import Mapping
from xml.etree.ElementTree import Element

from mailbot.inspection.readers.sheets.colours import BLACK, WHITE, Colour, parse_colour
from mailbot.inspection.readers.xmlparts import attribute, local
from mailbot.inspection.readers.zipguard import Package

THEME = (
    *("lt1", "dk1", "lt2", "dk2"),
    *(f"accent{number}" for number in range(1, 7)),
    *("hlink", "folHlink"),
)


# What a program takes where a workbook has no theme (Office 2007).
_OFFICE = {
    "lt1": WHITE,
    "dk1": BLACK,
    "lt2": (238, 236, 225),
    "dk2": (31, 73, 125),
    "accent1": (79, 129, 189),
    "accent2": (192, 80, 77),
    "accent3": (155, 187, 89),
    "accent4": (128, 100, 162),
    "accent5": (75, 172, 198),
    "accent6": (247, 150, 70),
    "hlink": (0, 0, 255),
    "folHlink": (128, 0, 128),
}


def own_palette(root: Element | None) -> dict[int, Colour]:
    """A workbook's own colours by index (18.8.27)."""
    for element in root.iter() if root is not None else ():
        if local(element) == "indexedColors":
            read = [parse_colour(attribute(each, "rgb")) for each in element]
            return {number: one for number, one in enumerate(read) if one is not None}
    return {}


def tinted(colour: Colour, tint: str) -> Colour:
    """18.8.19: a negative tint darkens, a positive one lightens."""
    try:
        amount = max(-1.0, min(1.0, float(tint or 0)))
    except ValueError:
        return colour

    def shade(part: int) -> int:
        return round(part * (1 + amount) if amount < 0 else part + (255 - part) * amount)

    return shade(colour[0]), shade(colour[1]), shade(colour[2])


def theme_of(package: Package) -> Mapping[str, Colour]:
    """The colours of the workbook's theme by name; Office's own where it has none."""
    colours: dict[str, Colour] = dict(_OFFICE)
    for name in package.names(r"xl/theme/theme\d*\.xml")[:1]:
        root = package.tree(name)
        for scheme in root.iter() if root is not None else ():
            if local(scheme) != "clrScheme":
                continue
            for each in scheme:
                for value in each:
                    found = parse_colour(attribute(value, "lastClr") or attribute(value, "val"))
                    if found is not None:
                        colours[local(each)] = found
    return colours
