"""A grid as a person reads it: which labels govern which cell.

A value cell is governed by the labels to its left in the same rows and above it in the same
columns, nearest first, spans counted; by the headings of those labels (the corner); and by the
label that stands in the same cell. Nothing here knows a field: it yields `Step`s.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from mailbot.judgement.labels import Labels, Pair, Vocabulary
from mailbot.judgement.values import is_blank, parse_count, parse_date, parse_money_wan, plain
from mailbot.model import Cell, Grid

Axis = Literal["left", "up"]

# No form is larger; a workbook with more is data, and only its labelled corner is looked at.
_MOST_ROWS = 200
_MOST_COLUMNS = 80
_BELOW_LABELS = 40
_RIGHT_OF_LABELS = 20
_UNIT_NOTE = re.compile(
    r"\(?(?:金额|计量|货币|经费)?单位:(?:亿元|万元|千元|元|人次|人|场|次|[、,/])+\)?"
)


class Sort(Enum):
    """What a cell holds, as far as its own text tells."""

    BLANK = "blank"  # also a unit alone: （万元）
    LABEL = "label"
    PAIR = "pair"  # label：value in one cell
    NUMBER = "number"
    TITLE = "title"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Place:
    """A cell on the board; rows and columns are the board's own, without gaps."""

    cell: Cell
    sort: Sort
    top: int
    left: int
    bottom: int  # exclusive
    right: int  # exclusive
    labels: Labels = ()
    pairs: tuple[Pair, ...] = ()

    @property
    def at(self) -> tuple[int, int]:
        """Its upper left corner on the board."""
        return self.top, self.left


@dataclass(frozen=True, slots=True)
class Step:
    """A label, or a text that is none, met on the way from a cell to the table's edge."""

    place: Place
    axis: Axis
    between: int  # cells with something in them passed on the way
    distance: int
    spread: bool = False  # the cell itself is empty: the label before it was never merged
    passed: str = ""  # units standing alone on the way: （万元）
    over_text: bool = False  # a text that is no label lies on the way

    @property
    def labels(self) -> Labels:
        """The labels it stands for; empty for a text that is no label."""
        return self.place.labels


class Board:
    """A grid with every row and column filled in, cells sorted, ready to be walked over."""

    def __init__(self, grid: Grid, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        cells = _labelled_part(grid.cells, vocabulary)
        self._rows = _axis([(cell.row, cell.row_span) for cell in cells])
        self._columns = _axis([(cell.column, cell.column_span) for cell in cells])
        width = len(self._columns)
        board: list[list[Place | None]] = [[None] * width for _ in self._rows]
        row_at = {row: index for index, row in enumerate(self._rows)}
        column_at = {column: index for index, column in enumerate(self._columns)}
        self.places: list[Place] = []
        for cell in cells:
            rows = _covered(row_at, cell.row, cell.row_span)
            columns = _covered(column_at, cell.column, cell.column_span)
            place = _sorted_place(cell, rows, columns, vocabulary)
            self.places.append(place)
            for row in range(place.top, place.bottom):
                for column in range(place.left, place.right):
                    board[row][column] = place
        for row, line in enumerate(board):
            for column, held in enumerate(line):
                if held is None:
                    empty = Cell("", self._rows[row], self._columns[column])
                    line[column] = Place(empty, Sort.BLANK, row, column, row + 1, column + 1)
                    self.places.append(line[column])  # type: ignore[arg-type]  # just set
        self._board: list[list[Place]] = board  # type: ignore[assignment]  # no None is left
        self._drop_column_numbers()

    def _drop_column_numbers(self) -> None:
        """The row 1 2 3 4 … some forms print under their headings (栏次) holds no values."""
        for row, line in enumerate(self._board[:-1]):
            places = list(dict.fromkeys(line))
            numbers = [plain(place.cell.text) for place in places if place.sort is Sort.NUMBER]
            others = {place.sort for place in places} - {Sort.NUMBER, Sort.BLANK, Sort.TEXT}
            counted = [str(number + 1) for number in range(len(numbers))]
            below = any(place.sort is Sort.NUMBER for place in self._board[row + 1])
            if len(numbers) >= 3 and numbers == counted and not others and below:
                for place in places:
                    blank = Place(
                        place.cell, Sort.BLANK, place.top, place.left, place.bottom, place.right
                    )
                    self.places[self.places.index(place)] = blank
                    for column in range(place.left, place.right):
                        line[column] = blank

    def steps(self, place: Place) -> list[Step]:
        """Everything to the left of a place and above it that may govern it, nearest first."""
        met = [*self._walk(place, "left"), *self._walk(place, "up")]
        return sorted(met, key=lambda step: (step.between, step.distance))

    def headings(self, step: Step) -> Iterator[Step]:
        """What governs a label from the side that its own cell does not see: above a label at
        the left, to the left of a label above; nearest first."""
        across: Axis = "up" if step.axis == "left" else "left"
        return (found for found in self._walk(step.place, across) if found.labels)

    def right_of(self, place: Place) -> Iterator[Place]:
        """The cells that follow in the same row, up to the next label."""
        for following in dict.fromkeys(self._board[place.top][place.right :]):
            if following.sort in (Sort.LABEL, Sort.PAIR):
                return
            yield following

    def _walk(self, start: Place, axis: Axis) -> Iterator[Step]:
        upward = axis == "up"
        first = (start.top if upward else start.left) - 1
        between, over_text, passed = 0, False, ""
        met: Place | None = None
        for index in range(first, -1, -1):
            place = self._across(start, index, upward)
            if place is None or (upward and place.sort is Sort.TITLE):
                return  # several headings over one cell: nothing can be told beyond them
            if place is met:
                continue
            met = place
            distance = first - index + 1
            source = place
            if place.sort is Sort.BLANK:
                text = plain(place.cell.text)
                passed += text
                if text or (heading := self._spread(start, place, upward)) is None:
                    between += upward and self._holds_values(place.top)
                    continue
                source = heading
            if source.sort in (Sort.LABEL, Sort.TEXT):
                spread = source is not place
                yield Step(source, axis, between, distance, spread, passed, over_text)
            if place.sort in (Sort.NUMBER, Sort.PAIR, Sort.TEXT):
                between += 1
                over_text = over_text or place.sort is Sort.TEXT

    def _holds_values(self, row: int) -> bool:
        return any(place.sort is Sort.NUMBER for place in self._board[row])

    def _across(self, start: Place, index: int, upward: bool) -> Place | None:
        """The one cell that lies over (or beside) the whole of `start`; None if there are more.

        Empty cells do not count where something else lies there too.
        """
        if upward:
            found = dict.fromkeys(self._board[index][start.left : start.right])
        else:
            found = dict.fromkeys(self._board[row][index] for row in range(start.top, start.bottom))
        if len(found) > 1:
            filled = [place for place in found if place.sort is not Sort.BLANK]
            if len(filled) > 1:
                return None
            return filled[0] if filled else next(iter(found))
        return next(iter(found))

    def _spread(self, start: Place, place: Place, upward: bool) -> Place | None:
        """The label an empty cell belongs to where the reader lost the merge (CSV) or the author
        never merged: the nearest thing before it in the heading's own direction.

        A label with its own empty value beside it is none: it has a sibling in the same line
        of labels that governs `start`.
        """
        if upward:
            line = self._board[place.top]
            before = line[place.left - 1 :: -1] if place.left else []
        else:
            line = [row[place.left] for row in self._board]
            before = line[place.top - 1 :: -1] if place.top else []
        source = next((other for other in before if plain(other.cell.text)), None)
        if source is None or source.sort is not Sort.LABEL:
            return None
        if any(other.sort is Sort.NUMBER for other in line):
            return None  # a line of values, not of headings
        row, column = (start.top, source.left) if upward else (source.top, start.left)
        if self._vocabulary.are_siblings(source.labels, self._board[row][column].labels):
            return None
        return source


def _labelled_part(cells: Sequence[Cell], vocabulary: Vocabulary) -> list[Cell]:
    """The cells around the labels; a sheet of ten thousand rows is not walked over."""
    labelled = [
        cell
        for cell in cells
        if vocabulary.match(cell.text) or (len(cell.text) < 500 and vocabulary.pairs(cell.text))
    ]
    if not labelled:
        return []
    top = min(cell.row for cell in labelled)
    left = min(cell.column for cell in labelled)
    bottom = min(max(cell.row for cell in labelled) + _BELOW_LABELS, top + _MOST_ROWS)
    right = min(max(cell.column for cell in labelled) + _RIGHT_OF_LABELS, left + _MOST_COLUMNS)
    return [
        cell
        for cell in cells
        if cell.row + cell.row_span > top - 3
        and cell.row <= bottom
        and cell.column + cell.column_span > left - 3
        and cell.column <= right
    ]


def _axis(ranges: list[tuple[int, int]]) -> list[int]:
    """The rows (or columns) in use: all between first and last, without far-off gaps."""
    used: set[int] = set()
    for start, span in ranges:
        used.update(range(start, start + min(max(span, 1), _MOST_ROWS)))
    ordered = sorted(used)
    filled: list[int] = []
    for index in ordered:
        if filled and index - filled[-1] <= 4:
            filled.extend(range(filled[-1] + 1, index))
        filled.append(index)
    return filled


def _covered(at: dict[int, int], start: int, span: int) -> range:
    last = start + min(max(span, 1), _MOST_ROWS) - 1
    return range(at[start], at[last] + 1)


def _sorted_place(cell: Cell, rows: range, columns: range, vocabulary: Vocabulary) -> Place:
    edges = (rows.start, columns.start, rows.stop, columns.stop)
    text = cell.text
    if labels := vocabulary.match(text):
        return Place(cell, Sort.LABEL, *edges, labels=labels)
    if is_blank(text) or _UNIT_NOTE.fullmatch(plain(text)):
        return Place(cell, Sort.BLANK, *edges)
    if is_number(text):
        return Place(cell, Sort.NUMBER, *edges)
    if pairs := vocabulary.pairs(text) if len(text) < 500 else ():
        return Place(cell, Sort.PAIR, *edges, pairs=pairs)
    if vocabulary.is_title(text):
        return Place(cell, Sort.TITLE, *edges)
    return Place(cell, Sort.TEXT, *edges)


def is_number(text: str) -> bool:
    """Whether the text is a value by itself: a number, an amount or a date."""
    return (
        parse_count(text) is not None
        or parse_money_wan(text) is not None
        or parse_date(text) is not None
    )
