"""What lies over the cells of an xlsx and is no part of them: pictures, charts, text boxes and
other shapes, notes that stay open (ECMA-376 part 1, 20.5; VML, part 4).

The cells are in doubt whose middle an object covers, unless the object lets them through: a frame
without filling or text, a picture that is clear there, or red as a seal is. What cannot be looked
into (a metafile, a chart, a group) covers what lies under it.
"""

import io
import posixpath
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from xml.etree.ElementTree import Element

from mailbot.inspection.readers.content import Unreadable
from mailbot.inspection.readers.sheets.sheet import Rectangle, Sheet
from mailbot.inspection.readers.xmlparts import attribute, local
from mailbot.inspection.readers.zipguard import Package

_EMU_A_PIXEL, _EMU_A_POINT = 9525, 12700
_DEFAULT_WIDTH, _DEFAULT_HEIGHT = 9.14, 15.0  # characters with their padding; points
_MOST = 2_000  # rows and columns that are measured
_EVERYWHERE: Rectangle = (0, 0, 1_048_575, 16_383)  # where an object's place is not told
_MOST_CELLS = 400  # looked at under one picture
_MOST_PIXELS, _LONG_SIDE = 20_000_000, 400
_PEN = 5 * _EMU_A_POINT  # how near a line comes to what it strikes out
_LEAVES = ("pic", "sp", "cxnSp", "graphicFrame", "contentPart")
_FRAMES = ("rect", "roundRect", "ellipse", "flowChartProcess", "donut", "frame")
_Box = tuple[float, float, float, float]  # left, top, right, bottom


class Places:
    """Where rows and columns lie, in units that the caller chooses."""

    def __init__(self, down: Sequence[float], across: Sequence[float]) -> None:
        self.down = down
        self.across = across

    def under(self, box: _Box) -> Rectangle | None:
        """The cells whose middle a box covers."""
        top, bottom = _middles(self.down, box[1], box[3])
        left, right = _middles(self.across, box[0], box[2])
        return (top, left, bottom, right) if top <= bottom and left <= right else None

    def shares(self, row: int, column: int, box: _Box) -> _Box:
        """The part of the box that lies over a cell, as shares of its sides."""
        wide, high = max(1.0, box[2] - box[0]), max(1.0, box[3] - box[1])
        return (
            max(0.0, (self.across[column] - box[0]) / wide),
            max(0.0, (self.down[row] - box[1]) / high),
            min(1.0, (self.across[column + 1] - box[0]) / wide),
            min(1.0, (self.down[row + 1] - box[1]) / high),
        )


def places_of(sheet: Sheet) -> Places:
    """Rows and columns of an xlsx, in EMU."""
    heights = {row: height * _EMU_A_POINT for row, height in sheet.heights.items()}
    heights |= dict.fromkeys(sheet.hidden_rows, 0.0)
    widths = {column: _pixels(width) for column, width in sheet.widths(_MOST)}
    widths |= dict.fromkeys(sheet.hidden_columns, 0.0)
    return Places(
        edges(heights, _DEFAULT_HEIGHT * _EMU_A_POINT), edges(widths, _pixels(_DEFAULT_WIDTH))
    )


def covered_areas(package: Package, part: str, sheet: Sheet) -> Iterator[Rectangle]:
    """The cells, as areas, whose middle an object covers that hides them."""
    drawings = list(targets_of(package, part, "/drawing"))
    notes = list(targets_of(package, part, "/vmlDrawing"))
    if not drawings and not notes:
        return
    places = places_of(sheet)
    for drawing in drawings:
        pictures = dict(_related(package, drawing))
        root = package.tree(drawing)
        if root is None:
            yield _EVERYWHERE
        for anchor in root.iter() if root is not None else ():
            if not local(anchor).endswith("Anchor"):
                continue
            leaves = [one for one in anchor.iter() if local(one) in _LEAVES]
            leaves = [one for one in leaves if not _lets_through(one)]
            if not leaves:
                continue
            box = _box(anchor, places.across, places.down)
            if box is None:
                yield _EVERYWHERE
                continue
            if all(local(one) == "cxnSp" for one in leaves):
                box = box[0], box[1] - _PEN, box[2], box[3] + _PEN
            area = places.under(box)
            if area is None:
                continue
            if len(leaves) == 1 and local(leaves[0]) == "pic":
                blips = [each for each in leaves[0].iter() if local(each) == "blip"]
                media = [pictures.get(attribute(each, "embed"), ("", ""))[0] for each in blips]
                if len(media) == 1:
                    data = _octets(package, media[0])
                    yield from opaque_areas(data, area, places, box)
                    continue
            yield area
    for name in notes:
        yield from _notes(package.tree(name), places)


def opaque_areas(data: bytes, area: Rectangle, places: Places, box: _Box) -> Iterator[Rectangle]:
    """Of the cells under a picture those that it hides."""
    from PIL import Image

    top, left, bottom, right = area
    few = (bottom - top + 1) * (right - left + 1) <= _MOST_CELLS
    try:
        with Image.open(io.BytesIO(data)) as picture:
            clear = "A" in picture.getbands() or "transparency" in picture.info
            if not clear or picture.width * picture.height > _MOST_PIXELS or not few:
                yield area
                return
            layer = picture.convert("RGBA")
            layer.thumbnail((_LONG_SIDE, _LONG_SIDE))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        yield area
        return
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            share = places.shares(row, column, box)
            sides = layer.width, layer.height, layer.width, layer.height
            x0, y0, x1, y1 = (round(one * side) for one, side in zip(share, sides, strict=True))
            piece = layer.crop((x0, y0, max(x1, x0 + 1), max(y1, y0 + 1)))
            if _hides(piece.tobytes()):
                yield row, column, row, column


def _hides(pixels: bytes) -> bool:
    """Whether some of an RGBA picture is neither clear nor as red as a seal."""
    red, green, blue, alpha = (pixels[band::4] for band in range(4))
    dense = sum(
        a > 100 and r - max(g, b) <= 60 for r, g, b, a in zip(red, green, blue, alpha, strict=True)
    )
    return dense * 50 > len(alpha)


def _lets_through(leaf: Element) -> bool:
    """Whether an object is hidden, or a frame around the text with nothing in it."""
    if any(
        local(each) == "cNvPr" and attribute(each, "hidden") in ("1", "true")
        for each in leaf.iter()
    ):
        return True
    if local(leaf) != "sp":
        return False
    written = any(local(each) == "t" and (each.text or "").strip() for each in leaf.iter())
    looks = [each for each in leaf if local(each) == "spPr"]
    kinds = [attribute(each, "prst") for look in looks for each in look]
    clear = any(local(each) == "noFill" for look in looks for each in look)
    return clear and not written and any(kind in _FRAMES for kind in kinds)


def _notes(root: Element | None, places: Places) -> Iterator[Rectangle]:
    """Boxes of VML: notes that are shown all the time, controls and objects."""
    for shape in root.iter() if root is not None else ():
        for data in shape:
            if local(data) != "ClientData":
                continue
            said = {local(each): (each.text or "").strip() for each in data}
            is_note = attribute(data, "ObjectType") == "Note"
            is_shown = "Visible" in said and said["Visible"].lower() not in ("f", "false")
            box = _vml_box(said.get("Anchor", ""), places)
            area = places.under(box) if box is not None else None
            if area is not None and (is_shown or not is_note):
                yield area


def _vml_box(anchor: str, places: Places) -> _Box | None:
    """Left column and its offset, top row, right column, bottom row; offsets in pixels."""
    parts = [part.strip() for part in anchor.split(",")]
    if len(parts) != 8 or not all(part.lstrip("-").isdecimal() for part in parts):
        return None
    left, dx, top, dy, right, ex, bottom, ey = (int(part) for part in parts)
    if not all(0 <= one < _MOST for one in (left, top, right, bottom)):
        return None
    return (
        places.across[left] + dx * _EMU_A_PIXEL,
        places.down[top] + dy * _EMU_A_PIXEL,
        places.across[right] + ex * _EMU_A_PIXEL,
        places.down[bottom] + ey * _EMU_A_PIXEL,
    )


def _pixels(width: float) -> float:
    return round(width * 7) * _EMU_A_PIXEL


def edges(sizes: Mapping[int, float], default: float) -> list[float]:
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
    if column < 0 or row < 0:
        return None
    column, row = min(column, _MOST), min(row, _MOST)
    return across[column] + offsets[0], down[row] + offsets[1]


def _number(element: Element, name: str) -> float:
    value = attribute(element, name)
    return float(value) if value.lstrip("-").isdecimal() else 0.0


def _middles(edges: Sequence[float], first: float, last: float) -> tuple[int, int]:
    """The first and the last whose middle lies between."""
    middles = [(here + there) / 2 for here, there in pairwise(edges)]
    return bisect_right(middles, first), bisect_right(middles, last) - 1


def targets_of(package: Package, part: str, kind: str) -> Iterator[str]:
    """The parts that a part is related to in this way."""
    return (target for _, (target, type_) in _related(package, part) if type_.endswith(kind))


def _related(package: Package, part: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """Id → part and type, of a part's relationships."""
    folder, name = posixpath.split(part)
    root = package.tree(f"{folder}/_rels/{name}.rels")
    for each in root if root is not None else ():
        target = each.get("Target", "")
        path = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"
        yield each.get("Id", ""), (posixpath.normpath(path), each.get("Type", ""))


def _octets(package: Package, name: str) -> bytes:
    """A picture; b"" where there is none, or none that can be read."""
    try:
        return package.read(name) if name in package.names(".*") else b""
    except Unreadable:
        return b""
