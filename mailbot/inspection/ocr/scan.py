"""A scan or photograph of a form → grids of cells, each with a confidence and its place.

The steps that mattered (measured): straighten the page on the table's own lines, read without the
red ink, give every text to the cell it stands in, read again what has ink and no text. Every text
is read twice, from two views of the page and two different crops; where the readings differ the
confidence falls below any bound.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from mailbot.inspection.documents.seal import SealPlace, probe_seal
from mailbot.inspection.ocr import colour, lines, pages
from mailbot.inspection.ocr.boxes import Place, ReadScan
from mailbot.inspection.ocr.colour import Grey, Picture
from mailbot.inspection.ocr.lines import Straightened
from mailbot.inspection.ocr.reading import crop, read_page
from mailbot.inspection.ocr.recognise import TextBox, find_text, read_line
from mailbot.model import Cell, Grid

MAX_READ = 4  # pages
_ORIENTATION_SIDE = 1000
_ORIENTATION_LINES = 8
PROSE = "正文"


def read_scan(path: Path, only: Sequence[int] = ()) -> ReadScan:
    """Read an image file, or of a PDF the first page and those with a ruled table.

    `only`: of these pages, numbered from 0. Pages beyond `MAX_READ` are left unread: a form has
    one or two, and what is longer and no form is for a person. ValueError for what cannot be
    opened. Takes seconds a page and up to 1.2 GB: run it through `process.read_scan_apart`.
    """
    draft = _Draft()
    for number, scanned in enumerate(pages.read_pages(path)):
        if only and number not in only:
            continue
        flat = colour.flatten(scanned.picture)
        if draft.sealed and not lines.has_table(flat):
            continue
        seal, found = probe_seal(scanned)
        draft.sealed.append(seal)
        draft.seals += [_place(number, scanned.picture, _box_corners(seal)) for seal in found]
        draft.add_page(number, scanned.picture, _upright(flat))
        if len(draft.sealed) == MAX_READ:
            break
    return draft.finish()


class _Draft:
    """The pages read so far; tables and paragraphs are numbered through the whole file."""

    def __init__(self) -> None:
        self.sealed: list[bool | None] = []
        self.seals: list[Place] = []
        self._tables: list[Grid] = []
        self._prose: list[Cell] = []
        self._places: dict[str, Place] = {}

    def add_page(self, number: int, picture: Picture, page: Straightened) -> None:
        """Reads a straightened page; `picture` is the page as it was, to which places refer."""
        tables, paragraphs = read_page(page)
        for cells in tables:
            grid = Grid(f"表{len(self._tables) + 1}", tuple(cell for cell, _ in cells))
            self._tables.append(grid)
            for cell, box in cells:
                if box is not None:
                    place = _place(number, picture, _corners(page, box))
                    self._places[grid.where(cell)] = place
        for read in paragraphs:
            cell = Cell(read.text, len(self._prose), 0, confidence=read.confidence)
            self._prose.append(cell)
            place = _place(number, picture, _corners(page, read.box))
            self._places[Grid(PROSE, (), is_table=False).where(cell)] = place

    def finish(self) -> ReadScan:
        """Everything read."""
        grids = list(self._tables)
        if self._prose:
            grids.append(Grid(PROSE, tuple(self._prose), is_table=False))
        seal = None if set(self.sealed) <= {None} else True in self.sealed
        return ReadScan(tuple(grids), self._places, seal, tuple(self.seals))


# ---- which side is up ---------------------------------------------------------------------


def _upright(flat: Picture) -> Straightened:
    """The page straightened on its table, as far as it has one, and turned upright."""
    page = lines.straighten(flat) or Straightened(flat, np.eye(3))
    return page.turned(_quarters(colour.without_red(page.picture)))


def _quarters(grey: Grey) -> int:
    """Quarter turns anticlockwise that make the text upright.

    Text that stands upright lies in boxes wider than high; which of the two remaining ways is up
    the recogniser knows: it is sure of upright text and guesses at the rest.
    """
    boxes = find_text(grey, side=_ORIENTATION_SIDE)
    long = [box for box in boxes if box.length >= 1.5 * box.thickness]
    standing = sum(box.length for box in long if box.bottom - box.top > box.right - box.left)
    lying = sum(box.length for box in long) - standing
    ways = (1, 3) if standing > lying else (0, 2)
    sample = sorted(long, key=lambda box: box.length, reverse=True)[:_ORIENTATION_LINES]

    def sureness(quarters: int) -> float:
        crops = (np.rot90(crop(grey, box), quarters) for box in sample)
        reads = [read_line(np.ascontiguousarray(crop)) for crop in crops]
        return sum(score * len(text) for text, score in reads)

    return max(ways, key=sureness)


# ---- places -------------------------------------------------------------------------------


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
