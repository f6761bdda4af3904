"""What every reader hands back, and the draft it is written in."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Protocol

from mailbot.inspection.readers.shown import split_doubts
from mailbot.model import Cell, Fault, Grid, Json

# A form has a few hundred cells, a long annex some thousands; beyond this nobody reads it.
MAX_CELLS = 200_000

PROSE = "正文"

_CAPTION_LINES = 4

# Of a text that only one of two readers found; below every bound a rule would set.
DISPUTED = 0.5
_DIFFER = ("readers_differ",)

# C0 controls other than tab and newline, and lone surrogates: SQLite and XML take neither.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Unreadable(Exception):
    """Nothing of the file can be read; `fault` says why."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}")
        self.fault = Fault(code, detail)


@dataclass(frozen=True, slots=True)
class EmbeddedPicture:
    """A picture inside a document; `source` says where it lay, in the document's own terms."""

    source: str  # "word/media/image1.jpeg", "第3页 图1"
    data: bytes


@dataclass(frozen=True, slots=True)
class Document:
    """What one document holds.

    `text` has paragraphs and tables in reading order, a table's row as one line, cells parted by
    tabs. `grids` has the tables in order, then the paragraphs outside them as one grid 正文 (one
    column, a row a paragraph, `is_table` False). A cell's text is what a person would type to get
    what the file shows: line breaks as newlines, `12` not `12.0`, dates as ISO. Positions are the
    file's own; an empty cell may be absent (always in spreadsheets, unless it is merged).
    """

    text: str = ""
    grids: tuple[Grid, ...] = ()
    pictures: tuple[EmbeddedPicture, ...] = ()
    facts: Mapping[str, Json] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a document is kept: characters of text, number and octets of pictures."""

    max_text: int = 200_000
    max_pictures: int = 200
    max_picture_bytes: int = 512 * 1024 * 1024


def printable(text: str) -> str:
    """The text without control characters; every kind of line break becomes a newline."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n")
    text = text.replace("\u2028", "\n").replace("\u2029", "\n")
    return _UNPRINTABLE.sub("", text)


def _between(used: list[int], places: Collection[int]) -> tuple[int, ...]:
    """Of the places those between the first and the last that is used."""
    if not used or not places:
        return ()
    first, last = min(used), max(used)
    return tuple(sorted(place for place in places if first <= place <= last))


class Opinion(Protocol):
    """How far another reader of the same file confirms what was read: 1 wholly."""

    def confidence_in_cell(self, text: str) -> float:
        """Of a table's cell; asked once a cell, in order."""
        ...

    def confidence_in_line(self, text: str) -> float:
        """Of a paragraph."""
        ...


class Draft:
    """A document being read: paragraphs and tables are added in reading order."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.second_opinion: Opinion | None = None  # of another reader on the same file
        self.doubts: tuple[str, ...] = ()  # of every cell and line from here on; as in `Cell`
        self.facts: dict[str, Json] = {}
        self.faults: list[Fault] = []
        self.pictures: list[EmbeddedPicture] = []
        self._lines: list[str] = []
        self._length = 0
        self._paragraphs: list[tuple[str, float, tuple[str, ...]]] = []
        self._since_table: list[str] = []
        self._grids: list[Grid] = []
        self._cells = 0
        self._picture_bytes = 0
        self._doubts_of_all: tuple[str, ...] = ()
        self._digests: set[bytes] = set()  # the same picture is often stored or shown twice

    def fault(self, code: str, detail: str = "") -> None:
        """Notes something wrong, once."""
        if Fault(code, detail) not in self.faults:
            self.faults.append(Fault(code, detail))

    def add_paragraph(self, text: str, doubts: tuple[str, ...] = ()) -> None:
        """A paragraph outside tables; an empty one is left out. `doubts` as in `Cell`."""
        text, marked = split_doubts(printable(text))
        if not text.strip():
            return
        if self._length < self.limits.max_text:
            sure = self.second_opinion.confidence_in_line(text) if self.second_opinion else 1.0
            doubts = (*doubts, *self.doubts, *marked, *_DIFFER[: sure < 1])
            self._paragraphs.append((text, sure, doubts))
            self._since_table.append(text)
        self._add_line(text)

    def add_table(
        self,
        cells: Iterable[Cell],
        title: str = "",
        names: Mapping[str, tuple[int, int]] | None = None,
        *,
        unseen_rows: Collection[int] = (),
        unseen_columns: Collection[int] = (),
    ) -> None:
        """A table; without a title it is numbered 表1, 表2 … in order.

        `unseen_rows`, `unseen_columns`: those that are hidden, of which no cell is given.
        """
        kept: list[Cell] = []
        for cell in cells:
            if self._cells >= MAX_CELLS:
                self.fault("limit", f"more than {MAX_CELLS} cells")
                break
            self._cells += 1
            text, marked = split_doubts(printable(cell.text))
            sure = self.second_opinion.confidence_in_cell(text) if self.second_opinion else 1.0
            doubts = (*cell.doubts, *self.doubts, *marked, *_DIFFER[: sure < 1])
            sure = min(cell.confidence, sure)
            kept.append(replace(cell, text=text, confidence=sure, doubts=doubts))
        kept.sort(key=lambda cell: (cell.row, cell.column))
        if title and not kept:
            return  # an empty sheet
        title = printable(title) or f"表{len(self._grids) + 1}"
        caption = tuple(self._since_table[-_CAPTION_LINES:])
        self._since_table.clear()
        self._grids.append(
            Grid(
                title,
                tuple(kept),
                names=dict(names or {}),
                caption=caption,
                unseen_rows=_between([cell.row for cell in kept], unseen_rows),
                unseen_columns=_between([cell.column for cell in kept], unseen_columns),
            )
        )
        row = -1
        line: list[str] = []
        for cell in kept:
            if cell.row != row and line:
                self._add_line("\t".join(line))
                line = []
            row = cell.row
            if cell.text.strip():
                line.append(cell.text.replace("\n", " "))
        if line:
            self._add_line("\t".join(line))

    def add_picture(self, source: str, data: bytes) -> bool:
        """A picture, unless it is there already; False (and a fault) when there are too many."""
        digest = sha256(data).digest()
        if digest in self._digests:
            return True
        if len(self.pictures) >= self.limits.max_pictures:
            self.fault("limit", f"more than {self.limits.max_pictures} pictures")
            return False
        if self._picture_bytes + len(data) > self.limits.max_picture_bytes:
            self.fault("limit", f"pictures of more than {self.limits.max_picture_bytes} bytes")
            return False
        self._digests.add(digest)
        self._picture_bytes += len(data)
        self.pictures.append(EmbeddedPicture(source, data))
        return True

    def doubt_all(self, doubt: str) -> None:
        """Doubts every cell and line, also those that are there already; as in `Cell`."""
        if doubt not in self._doubts_of_all:
            self._doubts_of_all = (*self._doubts_of_all, doubt)

    def finish(self) -> Document:
        """The document as read so far."""
        text = "\n".join(self._lines)
        if len(text) > self.limits.max_text:
            text = text[: self.limits.max_text]
            self.fault("limit", f"more than {self.limits.max_text} characters of text")
        grids = list(self._grids)
        if self._paragraphs:
            cells = (
                Cell(text, row, 0, confidence=sure, doubts=doubts)
                for row, (text, sure, doubts) in enumerate(self._paragraphs)
            )
            grids.append(Grid(PROSE, tuple(cells), is_table=False))
        if of_all := self._doubts_of_all:
            grids = [
                replace(
                    grid,
                    cells=tuple(
                        replace(each, doubts=(*each.doubts, *of_all)) for each in grid.cells
                    ),
                )
                for grid in grids
            ]
        return Document(
            text, tuple(grids), tuple(self.pictures), dict(self.facts), tuple(self.faults)
        )

    def _add_line(self, line: str) -> None:
        # One line past the limit is kept, so that finish() sees that there was more.
        if self._length <= self.limits.max_text:
            self._lines.append(line)
            self._length += len(line) + 1
