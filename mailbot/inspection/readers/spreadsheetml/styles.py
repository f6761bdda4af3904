"""How the cells of SpreadsheetML 2003 look: styles, and conditional formats over them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from mailbot.inspection.readers.sheets.colours import BLACK, WHITE, Colour, blend, parse_colour
from mailbot.inspection.readers.sheets.fonts import is_pictorial
from mailbot.inspection.readers.sheets.formatcode import GENERAL
from mailbot.inspection.readers.sheets.sheet import (
    CROSSED,
    PLAIN,
    SIGNS,
    UNKNOWN_LOOK,
    Reformat,
    Style,
)
from mailbot.inspection.readers.shown import is_tiny
from mailbot.inspection.readers.xmlparts import attribute, children, local

_STYLED = frozenset("Alignment Borders Font Interior NumberFormat Protection".split())


_FONT = frozenset(
    "FontName CharSet Family Size Color Bold Italic Underline StrikeThrough VerticalAlign Outline "
    "Shadow".split()
)


_ALIGNMENT = frozenset(
    "Horizontal Vertical WrapText Rotate Indent ShrinkToFit ReadingOrder VerticalText".split()
)


_ALIGNED = frozenset(
    "Automatic General Left Center Right Justify CenterAcrossSelection Distributed "
    "JustifyDistributed".split()
) | {""}


# How much of its ground a pattern covers.
_SHARES = {"Gray0625": 0.06, "Gray125": 0.125, "Gray25": 0.25, "Gray50": 0.5, "Gray75": 0.75}


_SHARES |= dict.fromkeys(
    ("ThinHorzStripe", "ThinVertStripe", "ThinReverseDiagStripe", "ThinDiagStripe"), 0.25
)


_DENSE = 0.5


_RANGE = re.compile(r"R(\d{1,7})C(\d{1,5})(?::R(\d{1,7})C(\d{1,5}))?")


_CSS = re.compile(r"([\w-]+)\s*:\s*([^;]*)")


_CSS_COLOURS = {"black": BLACK, "windowtext": BLACK, "white": WHITE, "window": WHITE}


_CSS_COLOURS |= {"red": (255, 0, 0), "blue": (0, 0, 255), "yellow": (255, 255, 0)}


_CSS_COLOURS |= {"green": (0, 128, 0), "lime": (0, 255, 0), "silver": (192, 192, 192)}


_HARMLESS_CSS = re.compile(r"border.*|font-weight|font-style|text-underline-style|mso-pattern")


# Names that stand for a format (Excel 2003 XML reference, ss:NumberFormat).
_NAMED_FORMATS = {
    "General": GENERAL,
    "Fixed": "0.00",
    "Standard": "#,##0.00",
    "Percent": "0.00%",
    "Scientific": "0.00E+00",
    "Currency": '"¥"#,##0.00',
    "General Number": GENERAL,
    **dict.fromkeys(("General Date", "Short Date", "Medium Date", "Long Date"), "yyyy-mm-dd"),
    **dict.fromkeys(("Short Time", "Medium Time", "Long Time"), "h:mm:ss"),
}


@dataclass(frozen=True, slots=True)
class Look:
    """A style as it is declared, with what it inherits."""

    style: Style = PLAIN
    ink: Colour | None = BLACK
    tiny: bool = False


def looks_of(root: Element) -> dict[str, Look]:
    """The styles of a workbook by ID, each with what it inherits."""
    looks: dict[str, Look] = {}
    for styles in children(root, "Styles"):
        for element in children(styles, "Style"):
            above = looks.get(attribute(element, "Parent") or "Default", Look())
            looks[attribute(element, "ID")] = _declared(element, above)
    return looks


def _declared(element: Element, look: Look) -> Look:
    style, ink, tiny = look.style, look.ink, look.tiny
    for part in element:
        strange = local(part) not in _STYLED
        match local(part):
            case "NumberFormat":
                code = attribute(part, "Format") or GENERAL
                style = replace(style, code=_NAMED_FORMATS.get(code, code))
            case "Font":
                tiny = is_tiny(attribute(part, "Size"))
                style = replace(
                    style,
                    struck=attribute(part, "StrikeThrough") == "1",
                    raised=attribute(part, "VerticalAlign") in ("Superscript", "Subscript"),
                    points=points(part, "Size") or style.points,
                    doubts=tuple(one for one in style.doubts if one != SIGNS),
                )
                ink = _colour(part, BLACK)
                strange = not _names(part) <= _FONT
                charset = attribute(part, "CharSet")
                if is_pictorial(attribute(part, "FontName")) or is_pictorial(charset, True):
                    style = replace(style, doubts=(*style.doubts, SIGNS))
            case "Borders":
                crossed = any(
                    attribute(each, "Position").startswith("Diagonal")
                    and attribute(each, "LineStyle") not in ("", "None")
                    for each in part
                )
                doubts = tuple(one for one in style.doubts if one != CROSSED)
                style = replace(style, doubts=(*doubts, CROSSED) if crossed else doubts)
            case "Interior":
                style = replace(style, grounds=_grounds(part))
            case "Alignment":
                style = replace(
                    style,
                    shrinks=attribute(part, "ShrinkToFit") == "1",
                    indent=points(part, "Indent") or 0.0,
                )
                strange = attribute(part, "Horizontal") not in _ALIGNED
                strange |= not _names(part) <= _ALIGNMENT
        if strange and UNKNOWN_LOOK not in style.doubts:
            style = replace(style, doubts=(*style.doubts, UNKNOWN_LOOK))
    doubts = tuple(one for one in style.doubts if one != "hidden_possible")
    bare = replace(style, invisible=tiny, tiny=tiny, ink=ink, doubts=doubts)
    return Look(bare.settled(), ink, tiny)


def _names(element: Element) -> set[str]:
    return {name.rpartition("}")[2] for name in element.attrib}


def _colour(element: Element, otherwise: Colour | None, name: str = "Color") -> Colour | None:
    """A colour; `otherwise` where none or the automatic one is named, None for a strange one."""
    text = attribute(element, name)
    return otherwise if text in ("", "Automatic") else parse_colour(text)


def _grounds(part: Element) -> tuple[Colour | None, ...]:
    pattern = attribute(part, "Pattern")
    if pattern in ("", "None"):
        return (WHITE,)
    under, over = _colour(part, WHITE), _colour(part, BLACK, "PatternColor")
    if pattern == "Solid":
        return (under,)
    share = _SHARES.get(pattern, _DENSE)
    mixed = blend(over, under, share)
    return (mixed,) if share < _DENSE else (mixed, over, under)


def reformats(element: Element) -> Iterator[Reformat]:
    """A conditional format: its areas, and what its conditions' style sheets do."""
    text = "".join("".join(each.itertext()) for each in children(element, "Range"))
    areas = [
        (int(top) - 1, int(left) - 1, int(bottom or top) - 1, int(right or left) - 1)
        for top, left, bottom, right in _RANGE.findall(text)
    ]
    for condition in children(element, "Condition"):
        for each in children(condition, "Format"):
            changes, inks, grounds = False, [], []
            for name, value in _CSS.findall(attribute(each, "Style")):
                colour = _CSS_COLOURS.get(value.strip().lower(), parse_colour(value.strip()))
                if name == "color":
                    inks.append(colour)
                elif name in ("background", "background-color"):
                    grounds.append((colour,))
                elif not _HARMLESS_CSS.fullmatch(name):
                    changes = True
            for area in areas:
                yield Reformat(area, changes, tuple(inks), tuple(grounds))


def points(element: Element, name: str) -> float | None:
    """A measure in points; None where the element has none."""
    try:
        return float(attribute(element, name))
    except ValueError:
        return None
