"""The ruled table on a page: where it lies in perspective, and its cells once it lies straight."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from mailbot.inspection.ocr.colour import Grey, Picture, red_ink, without_red

Quad = npt.NDArray[np.float32]  # four corners, clockwise from the upper left

_WORK_SIDE = 1600  # lines are looked for at this size
_FEWEST_CELLS = 6  # a frame around a page, a text box and a photo's windows have fewer
_SMALLEST_TABLE = 0.03  # of the page
_STRAIGHT_SIDE = 2000  # the longer side of a straightened table, in pixels at most
_PAPER = 160
_MARGIN = 0.35  # of the table's shorter side: what of the page around it is kept


@dataclass(frozen=True, slots=True)
class CellBox:
    """A cell of a straightened table: its place in the grid and its inside in pixels."""

    row: int
    column: int
    row_span: int
    column_span: int
    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class Straightened:
    """A page on which the table's lines run with the edges; `back` leads to the page as it was."""

    picture: Picture
    back: npt.NDArray[np.float64]  # 3 × 3, from its pixels to those of the page

    def turned(self, quarters: int) -> "Straightened":
        """Turned anticlockwise by quarter turns."""
        height, width = self.picture.shape[:2]
        undo = {
            0: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
            1: [[0, -1, width - 1], [1, 0, 0], [0, 0, 1]],
            2: [[-1, 0, width - 1], [0, -1, height - 1], [0, 0, 1]],
            3: [[0, 1, 0], [-1, 0, height - 1], [0, 0, 1]],
        }[quarters % 4]
        turned = np.ascontiguousarray(np.rot90(self.picture, quarters))
        return Straightened(turned, self.back @ np.array(undo, np.float64))


def has_table(flat: Picture) -> bool:
    """Whether ruled lines on paper make a table; 100 ms, 500 where there is none at first sight.

    Straightened, a table stays one and its cells are blank; a window or a pond does not.
    """
    return any(_has_table(flat, side) for side in (_WORK_SIDE // 2, _WORK_SIDE))


def _has_table(flat: Picture, side: int) -> bool:
    small, _ = _fit(flat, side)
    page = straighten(small, side=side)
    if page is None:
        return False
    table = max(find_tables(page.picture), key=len, default=[])
    inside = [page.picture[cell.top : cell.bottom, cell.left : cell.right] for cell in table]
    blank = [cell for cell in inside if float((cell.min(axis=2) > _PAPER).mean()) > 0.6]
    return len(blank) >= max(_FEWEST_CELLS, len(table) / 2)


def straighten(flat: Picture, *, side: int = _STRAIGHT_SIDE) -> Straightened | None:
    """The page with its largest table straight, enlarged or shrunk to a readable size.

    None where no table is ruled. The table may lie in any perspective; which of its sides is up
    is not known here.
    """
    small, scale = _fit(flat, _WORK_SIDE)
    # First without red ink: a seal half outside the table would push its corners out.
    quad = _find_quad(_ink(without_red(small)))
    if quad is None:
        quad = _find_quad(_ink(small))
    if quad is None:
        return None
    quad = quad / scale
    left, right = np.linalg.norm(quad[3] - quad[0]), np.linalg.norm(quad[2] - quad[1])
    above, below = np.linalg.norm(quad[1] - quad[0]), np.linalg.norm(quad[2] - quad[3])
    width, height = float(max(above, below)), float(max(left, right))
    factor = min(side / max(width, height), 2.0)
    width, height = width * factor, height * factor
    table = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    forward = cv2.getPerspectiveTransform(np.asarray(quad, np.float32), table)
    margin = _MARGIN * min(width, height)
    low, high = _reach(forward, flat.shape[1], flat.shape[0])
    x0, y0 = max(low[0], -margin), max(low[1], -margin)
    x1, y1 = min(high[0], width + margin), min(high[1], height + margin)
    shift = np.array([[1, 0, -x0], [0, 1, -y0], [0, 0, 1]], np.float64)
    matrix = shift @ forward
    picture = cv2.warpPerspective(
        flat,
        matrix,
        (max(1, round(x1 - x0)), max(1, round(y1 - y0))),
        flags=cv2.INTER_CUBIC if factor >= 1 else cv2.INTER_AREA,
        borderValue=(255, 255, 255),
    )
    back = np.asarray(np.linalg.inv(matrix), np.float64)
    return Straightened(np.asarray(picture, np.uint8), back)


def find_tables(flat: Picture) -> list[list[CellBox]]:
    """The cells of every ruled table of a straightened page, tables from top to bottom.

    Strokes of red ink are no lines (the ring of a seal runs straight for a while), unless the
    whole table is ruled in red.
    """
    red = red_ink(flat)
    return _tables(_line_mask(flat, red)) or _tables(_line_mask(flat, np.zeros_like(red)))


def _tables(lines: Grey) -> list[list[CellBox]]:
    contours, tree = cv2.findContours(lines, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if tree is None:
        return []
    side = max(8, round(max(lines.shape) / 180))  # less is the gap of a double line
    holes: dict[int, list[tuple[int, int, int, int]]] = {}
    for contour, (_, _, _, parent) in zip(contours, tree[0], strict=True):
        if parent < 0:
            continue
        x, y, width, height = cv2.boundingRect(contour)
        if min(width, height) >= side and cv2.contourArea(contour) >= 0.6 * width * height:
            holes.setdefault(int(parent), []).append((x, y, x + width, y + height))
    # Of boxes no wider than the gap of a double line none is left: no table, and no error.
    tables = [table for found in holes.values() if len(found) > 1 and (table := _placed(found))]
    return sorted(tables, key=lambda table: min(cell.top for cell in table))


def _fit(picture: Picture, side: int) -> tuple[Picture, float]:
    scale = min(1.0, side / max(picture.shape[:2]))
    if scale == 1:
        return picture, 1.0
    smaller = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(smaller, np.uint8), scale


def _ink(picture: Picture | Grey) -> Grey:
    """Whatever is darker than its surroundings; red counts too: lines run under seals."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) if picture.ndim == 3 else picture
    block = max(15, round(max(grey.shape) / 70)) | 1
    return np.asarray(
        cv2.adaptiveThreshold(
            grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, block, 9
        ),
        np.uint8,
    )


def _find_quad(ink: Grey) -> Quad | None:
    """The corners of the connected lines whose cells make up the largest table.

    The grain of a desk has holes too, but small ones.
    """
    for width in (1, 3, 5):  # faint lines are broken; thick ones make small cells vanish
        thick = cv2.dilate(ink, np.ones((width, width), np.uint8)) if width > 1 else ink
        contours, tree = cv2.findContours(thick, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
        if tree is None:
            return None
        cells: dict[int, list[float]] = {}
        for contour, (_, _, _, parent) in zip(contours, tree[0], strict=True):
            if parent >= 0 and _is_cell(contour, ink.size):
                cells.setdefault(int(parent), []).append(cv2.contourArea(contour))
        tables = {one: sum(areas) for one, areas in cells.items() if len(areas) >= _FEWEST_CELLS}
        best = max(tables, key=lambda one: tables[one], default=-1)
        if best >= 0 and tables[best] >= ink.size * _SMALLEST_TABLE:
            return _corners(contours[best])
    return None


def _is_cell(contour: cv2.typing.MatLike, page: int) -> bool:
    area = cv2.contourArea(contour)
    if not page / 6000 <= area <= page / 2:
        return False
    (_, (width, height), _) = cv2.minAreaRect(contour)
    return bool(min(width, height) >= 8 and area >= 0.7 * width * height)


def _corners(contour: cv2.typing.MatLike) -> Quad:
    """Four corners around a contour, clockwise from the upper left."""
    hull = cv2.convexHull(contour)
    around = cv2.arcLength(hull, True)
    corners = cv2.boxPoints(cv2.minAreaRect(hull))
    for tolerance in np.linspace(0.005, 0.06, 23):
        shape = cv2.approxPolyDP(hull, float(tolerance) * around, True)
        if len(shape) == 4:
            if cv2.contourArea(shape) >= 0.93 * cv2.contourArea(hull):
                corners = shape.reshape(4, 2)
            break
        if len(shape) < 4:
            break
    corners = np.asarray(corners, np.float32)
    middle = corners.mean(axis=0)
    angles = np.arctan2(corners[:, 1] - middle[1], corners[:, 0] - middle[0])
    corners = corners[np.argsort(angles)]
    first = int(np.argmin(corners.sum(axis=1)))
    return np.roll(corners, -first, axis=0)


def _reach(
    forward: cv2.typing.MatLike, width: int, height: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The box the page's own corners come to lie in; no limit where they run beyond infinity."""
    corners = np.array([[0, 0, 1], [width, 0, 1], [width, height, 1], [0, height, 1]], np.float64)
    mapped = corners @ np.asarray(forward, np.float64).T
    if (mapped[:, 2] <= 1e-6).any():
        return np.full(2, -np.inf), np.full(2, np.inf)
    points = mapped[:, :2] / mapped[:, 2:]
    return points.min(axis=0), points.max(axis=0)


def _line_mask(flat: Picture, red: npt.NDArray[np.bool_]) -> Grey:
    """Long horizontal and vertical strokes, small gaps closed, those left out that are red."""
    ink = _ink(flat)
    length = max(20, round(max(ink.shape) / 55))
    masks = []
    for across in (True, False):
        # Lines of a bent page drift by a pixel or two on the way: thickened, they stay whole.
        thick = cv2.dilate(ink, np.ones((3, 1) if across else (1, 3), np.uint8))
        run = np.ones((1, length) if across else (length, 1), np.uint8)
        strokes = cv2.morphologyEx(thick, cv2.MORPH_OPEN, run)
        strokes[_red_strokes(strokes, (ink > 0) & ~red, across=across)] = 0
        masks.append(cv2.morphologyEx(strokes, cv2.MORPH_CLOSE, run))
    return np.asarray(cv2.bitwise_or(*masks), np.uint8)


def _red_strokes(
    strokes: cv2.typing.MatLike, black: npt.NDArray[np.bool_], *, across: bool
) -> npt.NDArray[np.bool_]:
    """The strokes that have black ink along less than half of their length.

    Along the length, not by area: a ruled line may run beside the ring of a seal.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(strokes)
    side = strokes.shape[1 if across else 0]
    steps = np.nonzero(black & (labels > 0))
    seen = np.unique(labels[steps].astype(np.int64) * side + steps[1 if across else 0])
    length = stats[:, cv2.CC_STAT_WIDTH if across else cv2.CC_STAT_HEIGHT]
    is_red = np.bincount(seen // side, minlength=count) < 0.5 * length
    is_red[0] = False
    return np.asarray(is_red[labels], np.bool_)


def _placed(boxes: Sequence[tuple[int, int, int, int]]) -> list[CellBox]:
    """Boxes with rows, columns and spans counted on all their edges."""
    narrow = min(min(x1 - x0, y1 - y0) for x0, y0, x1, y1 in boxes)
    tolerance = max(10.0, 0.5 * narrow)
    columns = list(_edges([x for box in boxes for x in (box[0], box[2])], tolerance))
    rows = list(_edges([y for box in boxes for y in (box[1], box[3])], tolerance))
    cells = []
    for x0, y0, x1, y1 in boxes:
        left, right = _nearest(columns, x0), _nearest(columns, x1)
        top, bottom = _nearest(rows, y0), _nearest(rows, y1)
        if right > left and bottom > top:
            cells.append(CellBox(top, left, bottom - top, right - left, x0, y0, x1, y1))
    return sorted(cells, key=lambda cell: (cell.row, cell.column))


def _edges(values: Sequence[int], tolerance: float) -> Iterator[float]:
    """The middles of groups of values that lie within the tolerance of their neighbours."""
    group: list[int] = []
    for value in sorted(values):
        if group and value - group[-1] > tolerance:
            yield sum(group) / len(group)
            group = []
        group.append(value)
    if group:
        yield sum(group) / len(group)


def _nearest(edges: Sequence[float], value: float) -> int:
    return min(range(len(edges)), key=lambda index: abs(edges[index] - value))
