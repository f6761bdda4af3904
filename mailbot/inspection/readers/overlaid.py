"""What lies over the cells of an xlsx and is no part of them: opaque pictures, and conditional
formats that show another number or none (ECMA-376 part 1, 18.3.1.18 and 20.5).

A rule's condition is not worked out: a cell that a format may change is in doubt. Of pictures the
cells are in doubt whose middle they cover. Formats of Excel 2010's extension (x14), pictures with
an alpha channel, shapes and text boxes are not looked at.
"""

import posixpath
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from xml.etree.ElementTree import Element

from mailbot.inspection.readers.columns import column_number
from mailbot.inspection.readers.seen import Rectangle, Sheet
from mailbot.inspection.readers.xmlparts import attribute, local
from mailbot.inspection.readers.zipguard import Package

_EMU_A_PIXEL, _EMU_A_POINT = 9525, 12700
_DEFAULT_WIDTH, _DEFAULT_HEIGHT = 9.14, 15.0  # characters with their padding; points
_MOST = 2_000  # rows and columns that are measured
_PNG = b"\x89PNG\r\n\x1a\n"


def areas_of(reference: str) -> Iterator[Rectangle]:
    """`B2:C9 E5` as areas, rows and columns from 0, both ends among them."""
    for part in reference.split():
        first, _, last = part.partition(":")
        places = [_place(one) for one in (first, last or first)]
        if None not in places:
            (top, left), (bottom, right) = (one for one in places if one is not None)
            yield min(top, bottom), min(left, right), max(top, bottom), max(left, right)


def hides_value(element: Element, changing: Sequence[bool]) -> bool:
    """Whether a conditionalFormatting may show its cells otherwise than their own formats do;
    `changing` says it of each differential format of the workbook."""
    for rule in element:
        index = attribute(rule, "dxfId")
        if index.isdecimal() and int(index) < len(changing) and changing[int(index)]:
            return True
        if any(attribute(one, "showValue") in ("0", "false") for one in rule):
            return True
    return False


def picture_areas(package: Package, part: str, sheet: Sheet) -> Iterator[Rectangle]:
    """The cells, as areas, whose middle an opaque picture covers."""
    drawings = list(_targets(package, part, "/drawing"))
    if not drawings:
        return
    heights = {row: height * _EMU_A_POINT for row, height in sheet.heights.items()}
    widths = {column: _pixels(width) for column, width in sheet.widths(_MOST)}
    down = _edges(heights, _DEFAULT_HEIGHT * _EMU_A_POINT)
    across = _edges(widths, _pixels(_DEFAULT_WIDTH))
    for drawing in drawings:
        pictures = dict(_related(package, drawing))
        root = package.tree(drawing)
        for anchor in root if root is not None else ():
            blips = [attribute(one, "embed") for one in anchor.iter() if local(one) == "blip"]
            media = [pictures.get(one, ("", ""))[0] for one in blips]
            if not media or not all(_is_opaque(package, one) for one in media):
                continue
            box = _box(anchor, across, down)
            if box is not None:
                top, bottom = _middles(down, box[1], box[3])
                left, right = _middles(across, box[0], box[2])
                if top <= bottom and left <= right:
                    yield top, left, bottom, right


def _place(reference: str) -> tuple[int, int] | None:
    bare = reference.replace("$", "")
    letters = bare.rstrip("0123456789")
    digits = bare[len(letters) :]
    if not (letters.isascii() and letters.isalpha() and len(letters) <= 3 and 0 < len(digits) < 8):
        return None
    return int(digits) - 1, column_number(letters) - 1


def _pixels(width: float) -> float:
    return round(width * 7) * _EMU_A_PIXEL


def _edges(sizes: Mapping[int, float], default: float) -> list[float]:
    """Where each of the first rows or columns begins, in EMU, and where the last ends."""
    edges = [0.0]
    for place in range(_MOST):
        edges.append(edges[-1] + sizes.get(place, default))
    return edges


def _box(
    anchor: Element, across: Sequence[float], down: Sequence[float]
) -> tuple[float, float, float, float] | None:
    """Left, top, right and bottom of an anchor in EMU; None for one that cannot be placed."""
    start = end = size = None
    for child in anchor:
        match local(child):
            case "from":
                start = _corner(child, across, down)
            case "to":
                end = _corner(child, across, down)
            case "ext":
                size = _number(child, "cx"), _number(child, "cy")
            case "pos":
                start = _number(child, "x"), _number(child, "y")
    if start is not None and end is None and size is not None:
        end = start[0] + size[0], start[1] + size[1]
    return None if start is None or end is None else (*start, *end)


def _corner(
    element: Element, across: Sequence[float], down: Sequence[float]
) -> tuple[float, float] | None:
    parts = {local(one): (one.text or "").strip() for one in element}
    try:
        column, row = int(parts.get("col", "")), int(parts.get("row", ""))
        offsets = float(parts.get("colOff") or 0), float(parts.get("rowOff") or 0)
    except ValueError:
        return None
    if not (0 <= column < _MOST and 0 <= row < _MOST):
        return None
    return across[column] + offsets[0], down[row] + offsets[1]


def _number(element: Element, name: str) -> float:
    value = attribute(element, name)
    return float(value) if value.lstrip("-").isdecimal() else 0.0


def _middles(edges: Sequence[float], first: float, last: float) -> tuple[int, int]:
    """The first and the last whose middle lies between."""
    middles = [(here + there) / 2 for here, there in pairwise(edges)]
    return bisect_right(middles, first), bisect_right(middles, last) - 1


def _targets(package: Package, part: str, kind: str) -> Iterator[str]:
    return (target for _, (target, type_) in _related(package, part) if type_.endswith(kind))


def _related(package: Package, part: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """Id → part and type, of a part's relationships."""
    folder, name = posixpath.split(part)
    root = package.tree(f"{folder}/_rels/{name}.rels")
    for each in root if root is not None else ():
        target = each.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"
        yield each.get("Id", ""), (posixpath.normpath(path), each.get("Type", ""))


def _is_opaque(package: Package, name: str) -> bool:
    head = package.head(name)
    if head.startswith(_PNG):
        return head[25:26] in (b"\x00", b"\x02", b"\x03") and b"tRNS" not in head
    return head.startswith((b"\xff\xd8\xff", b"BM"))
