"""What lies over the cells of an OpenDocument sheet and what may change their look: frames and
shapes (ODF 1.2 part 1, 9.2.8 and 10), notes that stay open, and conditional formats, which
LibreOffice writes in a namespace of its own (calcext)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from mailbot.inspection.readers.content import Unreadable
from mailbot.inspection.readers.ods.styles import POINTS_A_CHARACTER, OpenStyles, length
from mailbot.inspection.readers.sheets.colours import parse_colour
from mailbot.inspection.readers.sheets.columns import column_number
from mailbot.inspection.readers.sheets.sheet import Rectangle, Reformat, Sheet
from mailbot.inspection.readers.xlsx.overlaid import Places, edges, opaque_areas
from mailbot.inspection.readers.xmlparts import attribute, local
from mailbot.inspection.readers.zipguard import Package

_DRAWING = "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
_ROW, _COLUMN = 12.8, 64.0  # points, where a table does not say
_FRAMES = ("rect", "ellipse", "circle", "custom-shape")
_LINES = ("line", "connector", "measure")
_PEN = 5.0
_ADDRESS = re.compile(r"(?:.*\.)?\$?([A-Z]{1,3})\$?(\d{1,7})")
_AREA = re.compile(
    r"\.?\$?([A-Z]{1,3})\$?(\d{1,7})(?::(?:[^\s]*?\.)?\$?([A-Z]{1,3})\$?(\d{1,7}))?(?=\s|\Z)"
)
_QUOTED = re.compile(r"'(?:[^']|'')*'")  # names of sheets
_Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Drawn:
    """An object and the cell it hangs on; None: it lies on the sheet."""

    element: Element
    at: tuple[int, int] | None = None


def is_drawn(element: Element) -> bool:
    """Whether it is an object over the cells: anything drawn, or a note that is shown."""
    tag = element.tag
    if local(element) == "annotation":
        return attribute(element, "display") == "true"
    return isinstance(tag, str) and tag.startswith(f"{{{_DRAWING}}}")


def add_covered(sheet: Sheet, drawn: Sequence[Drawn], styles: OpenStyles, package: Package) -> None:
    """The cells whose middle an object covers; all, where its place cannot be told."""
    if not drawn:
        return
    heights = sheet.heights | dict.fromkeys(sheet.hidden_rows, 0.0)
    widths = {column: width * POINTS_A_CHARACTER for column, width in sheet.widths(2_000)}
    widths |= dict.fromkeys(sheet.hidden_columns, 0.0)
    places = Places(edges(heights, _ROW), edges(widths, _COLUMN))
    for one in drawn:
        if _lets_through(one.element, styles):
            continue
        box = _box(one, places)
        if box is None:
            sheet.doubts = ("pictured_over",)
            continue
        area = places.under(box)
        if area is not None:
            sheet.covered.extend(_hidden(one.element, area, places, box, package))


def add_reformats(sheet: Sheet, table: Element, styles: OpenStyles) -> None:
    """The conditional formats of a table."""
    for element in table.iter():
        if local(element) != "conditional-format":
            continue
        for area in _areas(attribute(element, "target-range-address")):
            sheet.reformatted.extend(_rules(element, area, styles))


def _rules(element: Element, area: Rectangle, styles: OpenStyles) -> Iterator[Reformat]:
    for rule in element:
        match local(rule):
            case "condition":
                yield styles.reformat(attribute(rule, "apply-style-name"), area)
            case "date-is":
                yield styles.reformat(attribute(rule, "style"), area)
            case "color-scale" | "data-bar" | "icon-set":
                colours = [
                    parse_colour(value)
                    for each in rule.iter()
                    for name, value in each.attrib.items()
                    if name.endswith(("}color", "positive-color", "negative-color"))
                ]
                hides = attribute(rule, "show-value") == "false"
                yield Reformat(area, hides, grounds=tuple((one,) for one in colours if one))
            case _:
                yield Reformat(area, changes=True)


def _areas(text: str) -> Iterator[Rectangle]:
    for found in _AREA.finditer(_QUOTED.sub("", text)):
        left, top, right, bottom = found.groups()
        yield (
            int(top) - 1,
            column_number(left) - 1,
            int(bottom or top) - 1,
            column_number(right or left) - 1,
        )


def _lets_through(element: Element, styles: OpenStyles) -> bool:
    """A frame around the text that is neither filled nor written in."""
    if local(element) not in _FRAMES or "".join(element.itertext()).strip():
        return False
    return styles.is_unfilled(attribute(element, "style-name"))


def _box(one: Drawn, places: Places) -> _Box | None:
    """Left, top, right, bottom in points; of an object in a cell from the cell's own corner."""
    element = one.element
    # A note's place is told from the corner of the sheet.
    is_note = local(element) == "annotation"
    x0, y0 = (0.0, 0.0) if is_note else _corner(one.at, places) or (0.0, 0.0)
    if local(element) in _LINES:
        ends = [length(attribute(element, name)) for name in ("x1", "y1", "x2", "y2")]
        if None in ends:
            return None
        x1, y1, x2, y2 = (end for end in ends if end is not None)
        xs, ys = sorted((x1 + x0, x2 + x0)), sorted((y1 + y0, y2 + y0))
        return xs[0], ys[0] - _PEN, xs[1], ys[1] + _PEN
    x, y, wide, high = (length(attribute(element, name)) for name in ("x", "y", "width", "height"))
    left, top = x0 + (x or 0.0), y0 + (y or 0.0)
    end = _ADDRESS.fullmatch(attribute(element, "end-cell-address"))
    if end is not None and one.at is not None:
        corner = _corner((int(end[2]) - 1, column_number(end[1]) - 1), places)
        if corner is not None:
            right = corner[0] + (length(attribute(element, "end-x")) or 0.0)
            return left, top, right, corner[1] + (length(attribute(element, "end-y")) or 0.0)
    if wide is None or high is None or (x is None and one.at is None):
        return None
    return left, top, left + wide, top + high


def _corner(at: tuple[int, int] | None, places: Places) -> tuple[float, float] | None:
    if at is None or at[0] >= len(places.down) or at[1] >= len(places.across):
        return None
    return places.across[at[1]], places.down[at[0]]


def _hidden(
    element: Element, area: Rectangle, places: Places, box: _Box, package: Package
) -> Iterator[Rectangle]:
    """What of the cells under an object it hides: a picture may be clear."""
    images = [each for each in element if local(each) == "image"]
    if local(element) != "frame" or not images:
        yield area
        return
    # Several are the same picture in several formats: the first is the one that is shown.
    try:
        data = package.read(attribute(images[0], "href").removeprefix("./"))
    except (KeyError, Unreadable):
        data = b""
    yield from opaque_areas(data, area, places, box)
