"""A scan or photograph of a form → grids of cells, each with a confidence and its place.

The steps that mattered (measured): straighten the page on the table's own lines, read without the
red ink, give every text to the cell it stands in, read again what has ink and no text. Every text
is read twice, from two views of the page and two different crops; where the readings differ the
confidence falls below any bound.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import cv2
import numpy as np

from mailbot.inspection.ocr import colour, lines, pages
from mailbot.inspection.ocr.colour import Grey, Picture
from mailbot.inspection.ocr.ink import Ink
from mailbot.inspection.ocr.lines import CellBox, Straightened
from mailbot.inspection.ocr.recognise import TextBox, find_text, read_line
from mailbot.inspection.seal import SealPlace, find_seals
from mailbot.model import Cell, Grid

ILLEGIBLE = "□"  # stands for ink that nothing could be read from: never taken for empty
_DISAGREED = 0.5
_ORIENTATION_SIDE = 1000
_ORIENTATION_LINES = 8
PROSE = "正文"

# In the page's own pixels, clockwise from the upper left of the text: page number from 0, then
# x and y of four corners, as shares of the page's width and height.
Place = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Scan:
    """What the pages of one file hold. `places` leads from `Grid.where(cell)` to the ink."""

    grids: tuple[Grid, ...] = ()
    places: dict[str, Place] = field(default_factory=dict)
    seal: bool | None = None  # None: nothing on the pages has any colour
    seal_places: tuple[Place, ...] = ()

    @property
    def text(self) -> str:
        """The text in reading order, a table's row a line."""
        rows: dict[tuple[int, int], list[str]] = {}
        for number, grid in enumerate(sorted(self.grids, key=lambda grid: grid.is_table)):
            for cell in grid.cells:
                if cell.text:
                    rows.setdefault((number, cell.row), []).append(cell.text.replace("\n", " "))
        return "\n".join("\t".join(row) for row in rows.values())


@dataclass(frozen=True, slots=True)
class _Read:
    text: str
    confidence: float
    box: TextBox


def read_scan(path: Path) -> Scan:
    """Read every page (at most `pages.MAX_PAGES`) of an image file or PDF.

    ValueError for what cannot be opened as a picture. Takes seconds a page and up to 1.2 GB: run
    it through `process.read_scan_apart`.
    """
    tables: list[Grid] = []
    prose: list[Cell] = []
    places: dict[str, Place] = {}
    seals: list[Place] = []
    coloured = False
    for number, picture in enumerate(pages.read_pages(path)):
        coloured = coloured or colour.shows_colour(picture)
        found = find_seals(picture)
        seals += [_place(number, picture, _box_corners(seal)) for seal in found]
        page = _upright(picture)
        grids, paragraphs = _read_page(page)
        for cells in grids:
            grid = Grid(f"表{len(tables) + 1}", tuple(cell for cell, _ in cells))
            tables.append(grid)
            for cell, box in cells:
                if box is not None:
                    places[grid.where(cell)] = _place(number, picture, _corners(page, box))
        for read in paragraphs:
            cell = Cell(read.text, len(prose), 0, confidence=read.confidence)
            prose.append(cell)
            places[Grid(PROSE, (), is_table=False).where(cell)] = _place(
                number, picture, _corners(page, read.box)
            )
    if prose:
        tables.append(Grid(PROSE, tuple(prose), is_table=False))
    seal = bool(seals) if coloured else None
    return Scan(tuple(tables), places, seal, tuple(seals))


# ---- which side is up ---------------------------------------------------------------------


def _upright(picture: Picture) -> Straightened:
    """The page straightened (on its table, else on its lines of text) and turned upright."""
    flat = colour.flatten(picture)
    page = lines.straighten(flat) or Straightened(flat, np.eye(3))
    return page.turned(_quarters(colour.without_red(page.picture)))


def _quarters(grey: Grey) -> int:
    """Quarter turns anticlockwise that make the text upright.

    Text that stands upright lies in boxes wider than high; which of the two remaining ways is up
    the recogniser knows: it is sure of upright text and guesses at the rest.
    """
    boxes = find_text(grey, side=_ORIENTATION_SIDE)
    long = [box for box in boxes if _length(box) >= 1.5 * _thickness(box)]
    standing = sum(_length(box) for box in long if box.bottom - box.top > box.right - box.left)
    lying = sum(_length(box) for box in long) - standing
    ways = (1, 3) if standing > lying else (0, 2)
    sample = sorted(long, key=_length, reverse=True)[:_ORIENTATION_LINES]

    def sureness(quarters: int) -> float:
        crops = (np.rot90(_crop(grey, box), quarters) for box in sample)
        reads = [read_line(np.ascontiguousarray(crop)) for crop in crops]
        return sum(score * len(text) for text, score in reads)

    return max(ways, key=sureness)


def _length(box: TextBox) -> int:
    return max(box.right - box.left, box.bottom - box.top)


def _thickness(box: TextBox) -> int:
    return min(box.right - box.left, box.bottom - box.top)


# ---- one page -----------------------------------------------------------------------------


def _read_page(
    page: Straightened,
) -> tuple[list[list[tuple[Cell, TextBox | None]]], list[_Read]]:
    """The tables' cells with the place of their ink, and the lines of text around them."""
    grey = colour.without_red(page.picture)
    second = colour.red_channel(page.picture)
    boxes = find_text(grey)
    if not boxes:
        return [], []
    height = median(_thickness(box) for box in boxes) * 0.75  # detection leaves room around text
    # The ring of a seal looks like a ruled line where it runs straight; lines may be red too.
    full = np.asarray(cv2.cvtColor(page.picture, cv2.COLOR_BGR2GRAY), np.uint8)
    tables = lines.find_tables(grey) or lines.find_tables(full)
    ink = Ink.of(grey)
    grids = []
    taken: set[TextBox] = set()
    for table in tables:
        held, split = _held(table, boxes)
        taken |= split | {box for found in held.values() for box in found}
        grids.append(
            [_read_cell(cell, held.get(cell, []), ink, height, grey, second) for cell in table]
        )
    around = [box for box in boxes if box not in taken]
    return grids, _paragraphs(around, grey, second)


def _held(
    table: Sequence[CellBox], boxes: Iterable[TextBox]
) -> tuple[dict[CellBox, list[TextBox]], set[TextBox]]:
    """The text boxes of each cell, and those that run over several: nobody's, read again."""
    held: dict[CellBox, list[TextBox]] = {}
    split: set[TextBox] = set()
    for box in boxes:
        area = max(1, (box.right - box.left) * (box.bottom - box.top))
        shares = {cell: share for cell in table if (share := _overlap(cell, box) / area) > 0.15}
        if len(shares) > 1:
            split.add(box)
        elif any(share > 0.4 for share in shares.values()):
            held.setdefault(next(iter(shares)), []).append(box)
    return held, split


def _overlap(cell: CellBox, box: TextBox) -> int:
    across = min(cell.right, box.right) - max(cell.left, box.left)
    down = min(cell.bottom, box.bottom) - max(cell.top, box.top)
    return max(0, across) * max(0, down)


def _read_cell(
    cell: CellBox,
    boxes: Sequence[TextBox],
    ink: Ink,
    text_height: float,
    grey: Grey,
    second: Grey,
) -> tuple[Cell, TextBox | None]:
    rows = ink.lines(cell, text_height)

    def made(text: str, confidence: float, box: TextBox | None) -> tuple[Cell, TextBox | None]:
        return (
            Cell(
                text,
                cell.row,
                cell.column,
                cell.row_span,
                cell.column_span,
                round(confidence, 3),
            ),
            box,
        )

    if not boxes and not rows:
        return made("", 1.0, None)
    around = _around([*boxes, *rows])
    by_box = _read_lines(_in_lines(boxes), grey)
    by_ink = _read_lines([[row] for row in rows], second, room=0.2)
    text, confidence = _agreed(by_box, by_ink)
    if not text:
        return made(ILLEGIBLE if rows else "", 0.0 if rows else 1.0, around)
    return made(text, confidence, around)


def _in_lines(boxes: Sequence[TextBox]) -> list[list[TextBox]]:
    """Text boxes side by side made lines, from top to bottom and left to right."""
    rows: list[list[TextBox]] = []
    for box in sorted(boxes, key=lambda each: each.top + each.bottom):
        middle = (box.top + box.bottom) / 2
        if rows and middle < max(each.bottom for each in rows[-1]) - 0.25 * (box.bottom - box.top):
            rows[-1].append(box)
        else:
            rows.append([box])
    return [sorted(row, key=lambda each: each.left) for row in rows]


def _read_lines(
    rows: Sequence[Sequence[TextBox]], grey: Grey, room: float = 0.0
) -> list[tuple[str, float]]:
    """Each line's text and score; pieces of one line are parted by two spaces."""
    read = []
    for row in rows:
        pieces = [read_line(_crop(grey, box, room)) for box in row]
        pieces = [piece for piece in pieces if piece[0]]
        if pieces:
            read.append(
                ("  ".join(text for text, _ in pieces), min(score for _, score in pieces))
            )
    return read


def _agreed(
    first: Sequence[tuple[str, float]], second: Sequence[tuple[str, float]]
) -> tuple[str, float]:
    """The text of two readings and the confidence in it."""
    texts = ["\n".join(text for text, _ in reading) for reading in (first, second)]
    scores = [min((score for _, score in reading), default=0.0) for reading in (first, second)]
    better = 0 if scores[0] >= scores[1] else 1
    if not texts[0] or not texts[1]:
        # One reading alone: ink nobody else saw, or text the other did not find.
        return texts[better], min(scores[better], _DISAGREED)
    if _bare(texts[0]) == _bare(texts[1]):
        return texts[0], min(scores)
    return texts[better], min(*scores, _DISAGREED)


def _bare(text: str) -> str:
    """What two readings must share: white space and the width of punctuation do not count."""
    table = str.maketrans("（）：，；．。、－—一", "():,;...---")
    return "".join(text.split()).translate(table)


def _paragraphs(boxes: Sequence[TextBox], grey: Grey, second: Grey) -> list[_Read]:
    """The lines of text outside the tables."""
    found = []
    for row in _in_lines(boxes):
        texts, confidences = [], []
        for box in row:
            text, confidence = _agreed(
                [read_line(_crop(grey, box))], [read_line(_crop(second, box, 0.12))]
            )
            if text:
                texts.append(text)
                confidences.append(confidence)
        if texts:
            found.append(_Read("    ".join(texts), round(min(confidences), 3), _around(row)))
    return found


# ---- places -------------------------------------------------------------------------------


def _crop(grey: Grey, box: TextBox, room: float = 0.0) -> Grey:
    space = round((box.bottom - box.top) * room)
    return grey[
        max(0, box.top - space) : box.bottom + space, max(0, box.left - space) : box.right + space
    ]


def _around(boxes: Sequence[TextBox]) -> TextBox:
    return TextBox(
        min(box.left for box in boxes),
        min(box.top for box in boxes),
        max(box.right for box in boxes),
        max(box.bottom for box in boxes),
    )


def _corners(page: Straightened, box: TextBox) -> list[tuple[float, float]]:
    """A box of the straightened page in the pixels of the page as it was."""
    corners = [(box.left, box.top), (box.right, box.top), (box.right, box.bottom)]
    corners.append((box.left, box.bottom))
    mapped = page.back @ np.array([(x, y, 1) for x, y in corners], np.float64).T
    return [(float(x / w), float(y / w)) for x, y, w in mapped.T]


def _box_corners(seal: SealPlace) -> list[tuple[float, float]]:
    left, top, right, bottom = seal.box
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def _place(number: int, picture: Picture, corners: Iterable[tuple[float, float]]) -> Place:
    height, width = picture.shape[:2]
    shares = (value for x, y in corners for value in (x / width, y / height))
    return (number, *(round(share, 4) for share in shares))
