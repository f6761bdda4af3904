"""Tables of a PDF by their lines: cells with spans, over page ends too.

pdfplumber finds the lines; its own tables have no spans and end with the page.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from pdfplumber.utils.text import extract_text

from mailbot.model import Cell

_TOLERANCE = 3.0  # points within which two edges are one line
_NUMBER_SIGNS = frozenset("0123456789０１２３４５６７８９.,．，-－")

Box = tuple[float, float, float, float]  # left, top, right, bottom
Character = dict[str, Any]  # as pdfplumber has it


@dataclass(frozen=True, slots=True)
class Note:
    """Text that is laid over the page: a filled-in field, or the typewriter tool's."""

    text: str
    x: float  # its middle
    y: float
    top: float


@dataclass(slots=True)
class _Filled:
    """A cell's box and what stands in it."""

    box: Box
    characters: list[Character] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)

    def text(self) -> str:
        return "\n".join(filter(None, (_text(self.characters, self.box), *self.typed)))


class Table:
    """A table's cells, page by page."""

    def __init__(self) -> None:
        self._pages: list[list[_Filled]] = []

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written in it."""
        return not any(cell.characters or cell.typed for page in self._pages for cell in page)

    def add(self, boxes: list[Box], characters: list[Character], notes: list[Note]) -> set[int]:
        """Adds a page's part; returns the id of every character and note that lies in a cell."""
        columns = _edges(x for box in boxes for x in (box[0], box[2]))
        rows = _edges(y for box in boxes for y in (box[1], box[3]))
        owner: dict[tuple[int, int], _Filled] = {}
        page = [_Filled(box) for box in boxes]
        for cell in page:
            left, right = _place(columns, cell.box[0]), _place(columns, cell.box[2])
            for row in range(_place(rows, cell.box[1]), _place(rows, cell.box[3])):
                owner.update(((row, column), cell) for column in range(left, right))
        inside: set[int] = set()
        for each in characters:
            x, y = (each["x0"] + each["x1"]) / 2, (each["top"] + each["bottom"]) / 2
            at = owner.get((bisect_right(rows, y) - 1, bisect_right(columns, x) - 1))
            if at is not None:
                at.characters.append(each)
                inside.add(id(each))
        for note in notes:
            at = owner.get((bisect_right(rows, note.y) - 1, bisect_right(columns, note.x) - 1))
            if at is not None:
                at.typed.append(note.text)
                inside.add(id(note))
        self._pages.append(page)
        return inside

    def goes_on_in(self, other: "Table") -> bool:
        """Whether a table at the next page's head has this one's left and right edge."""
        mine, its = self._sides(), other._sides()
        return all(abs(one - two) <= _TOLERANCE for one, two in zip(mine, its, strict=True))

    def extend(self, other: "Table") -> None:
        """Takes the next page's part of the same table."""
        self._pages += other._pages

    def cells(self) -> Iterator[Cell]:
        """All cells, spans counted on the grid of all edges of all pages."""
        columns = _edges(
            x for page in self._pages for cell in page for x in (cell.box[0], cell.box[2])
        )
        above = 0
        for page in self._pages:
            rows = _edges(y for cell in page for y in (cell.box[1], cell.box[3]))
            for cell in page:
                left, right = _place(columns, cell.box[0]), _place(columns, cell.box[2])
                top, bottom = _place(rows, cell.box[1]), _place(rows, cell.box[3])
                yield Cell(
                    cell.text(), above + top, left, max(1, bottom - top), max(1, right - left)
                )
            above += max(1, len(rows) - 1)

    def _sides(self) -> tuple[float, float]:
        boxes = [cell.box for page in self._pages for cell in page]
        return min(box[0] for box in boxes), max(box[2] for box in boxes)


def _text(characters: list[Character], box: Box) -> str:
    """A cell's text by lines. A number broken off at the cell's right edge is joined again:
    Word and LibreOffice break digits where a column is too narrow for them."""
    if not characters:
        return ""
    lines = extract_text(characters).split("\n")
    by_line = _by_line(characters)
    if len(lines) != len(by_line):
        return "\n".join(lines)
    joined = lines[0]
    for (above, below), line in zip(pairwise(by_line), lines[1:], strict=True):
        joined += line if _is_broken_number(above, below, box) else f"\n{line}"
    return joined


def _by_line(characters: list[Character]) -> list[list[Character]]:
    """The characters that are seen, line by line from top to bottom."""
    lines: list[list[Character]] = []
    seen = [each for each in characters if not each["text"].isspace()]
    for each in sorted(seen, key=lambda found: (found["top"] + found["bottom"]) / 2):
        middle = (each["top"] + each["bottom"]) / 2
        if not lines or middle > lines[-1][-1]["bottom"]:
            lines.append([])
        lines[-1].append(each)
    return lines


def _is_broken_number(above: list[Character], below: list[Character], box: Box) -> bool:
    """Whether two lines are all digits and the first has no room for one more."""
    if not all(each["text"] in _NUMBER_SIGNS for each in (*above, *below)):
        return False
    used = max(each["x1"] for each in above) - min(each["x0"] for each in above)
    widest = max(each["x1"] - each["x0"] for each in (*above, *below))
    return bool(used + 2 * widest > box[2] - box[0])


def _edges(values: Iterable[float]) -> list[float]:
    """The distinct lines, those within tolerance made one."""
    edges: list[float] = []
    for value in sorted(values):
        if not edges or value - edges[-1] > _TOLERANCE:
            edges.append(value)
    return edges


def _place(edges: list[float], value: float) -> int:
    """The number of the line that a coordinate lies on."""
    at = bisect_left(edges, value)
    if at == len(edges) or (at > 0 and value - edges[at - 1] <= _TOLERANCE):
        return at - 1
    return at
