"""A grid as a person reads it: which labels govern which cell.

A value cell is governed by the labels to its left in the same rows and above it in the same
columns, nearest first, spans counted; by the headings of those labels; and by the label that
stands in the same cell. Nothing here knows a field: it yields `Step`s.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from mailbot.judgement.form.contents import Place, Sort, place_cells
from mailbot.judgement.form.labels import Labels, Vocabulary
from mailbot.judgement.form.phones import plain
from mailbot.judgement.form.units import noted_units
from mailbot.model import Cell, Grid

Axis = Literal["left", "up"]


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
    heads_all: bool = False  # one head among fellows: it governs its whole line or column

    @property
    def labels(self) -> Labels:
        """The labels it stands for; empty for a text that is no label."""
        return self.place.labels


class Board:
    """A grid with every row and column filled in, cells sorted, ready to be walked over."""

    def __init__(self, grid: Grid, vocabulary: Vocabulary, unit_note: str = "") -> None:
        self._vocabulary = vocabulary
        self.unit_note = noted_units(cell.text for cell in grid.cells) or unit_note
        self.places, self._rows, self._columns = place_cells(grid, vocabulary)
        self._merged = any(place.is_merged for place in self.places)
        held: dict[tuple[int, int], Place] = {}
        for place in self.places:
            for row in range(place.top, place.bottom):
                for column in range(place.left, place.right):
                    held[row, column] = place
        for row, number in enumerate(self._rows):
            for column, letter in enumerate(self._columns):
                if (row, column) not in held:
                    empty = Place(
                        Cell("", number, letter), Sort.BLANK, row, column, row + 1, column + 1
                    )
                    held[row, column] = empty
                    self.places.append(empty)
        self._board = [
            [held[row, column] for column in range(len(self._columns))]
            for row in range(len(self._rows))
        ]
        self._headings: dict[tuple[tuple[int, int], Axis], tuple[Step, ...]] = {}
        self._drop_column_numbers()
        self._seen_from = {
            place.at: self._facing(place) for place in self.places if place.sort is Sort.LABEL
        }

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
                    blank = replace(place, cell=replace(place.cell, text=""), sort=Sort.BLANK)
                    self.places[self.places.index(place)] = blank
                    for column in range(place.left, place.right):
                        line[column] = blank

    def steps(self, place: Place) -> list[Step]:
        """Everything to the left of a place and above it that may govern it, nearest first."""
        met = [*self._walk(place, "left"), *self._walk(place, "up")]
        return sorted(met, key=lambda step: (step.between, step.distance))

    def headings(self, step: Step) -> tuple[Step, ...]:
        """What governs a label from the side that its own cell does not see: above a label at
        the left, to the left of a label above; nearest first."""
        across: Axis = "up" if step.axis == "left" else "left"
        asked = (step.place.at, across)
        if asked not in self._headings:  # of every field that asks for this cell
            walked = self._walk(step.place, across)
            self._headings[asked] = tuple(found for found in walked if found.labels)
        return self._headings[asked]

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
            if (self._seen_from.get(source.at) or axis) != axis:
                between += 1
            elif source.sort in (Sort.LABEL, Sort.TEXT):
                spread = source is not place
                heads = source is place and self._seen_from.get(source.at) == axis
                yield Step(source, axis, between, distance, spread, passed, over_text, heads)
            if place.sort in (Sort.NUMBER, Sort.PAIR, Sort.TEXT):
                between += 1
                over_text = over_text or place.sort is Sort.TEXT

    def _facing(self, place: Place) -> Axis | None:
        """The side a label's values look at it from: "up" for a heading, whose fellows stand
        beside it and its values below; "left" for the head of a line. None where both may be.
        """
        row = self._board[place.top]
        column = [line[place.left] for line in self._board]
        after, below = self._next(row[place.right :]), self._next(column[place.bottom :])
        beside = (after, self._next(row[: place.left][::-1]))
        stacked = (below, self._next(column[: place.top][::-1]))
        heading = sum(
            self._are_fellows(place, other)
            for other in beside
            if other and (other.top, other.bottom) == (place.top, place.bottom)
        )
        line_head = sum(
            self._are_fellows(place, other)
            for other in stacked
            if other and (other.left, other.right) == (place.left, place.right)
        )
        heading += below is not None and below.sort is Sort.NUMBER
        line_head += after is not None and after.sort in (Sort.NUMBER, Sort.TEXT)
        if heading == line_head:
            return None
        return "up" if heading > line_head else "left"

    def _next(self, places: list[Place]) -> Place | None:
        """The first place; where no merges are known, the first with something in it."""
        if self._merged:
            return places[0] if places else None
        return next((place for place in places if plain(place.cell.text)), None)

    def _are_fellows(self, place: Place, other: Place) -> bool:
        return other.sort is Sort.LABEL and (
            other.labels == place.labels
            or self._vocabulary.are_siblings(place.labels, other.labels)
        )

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
        filled = [place for place in found if place.sort is not Sort.BLANK]
        if len(filled) > 1:
            return None
        return next(iter(filled or found))

    def _is_below_a_heading(self, place: Place) -> bool:
        """Whether the first thing over an empty cell is a heading of its own column."""
        for row in range(place.top - 1, -1, -1):
            over = self._board[row][place.left]
            if plain(over.cell.text) or self._holds_values(row):
                return over.sort is Sort.LABEL and self._seen_from.get(over.at) != "left"
        return False

    def _spread(self, start: Place, place: Place, upward: bool) -> Place | None:
        """The label an empty cell belongs to where the reader lost the merge (CSV) or the author
        never merged: the nearest thing before it in the heading's own direction.

        A label with its own empty value beside it is none: in its line of labels another one,
        known or not, governs `start`. Nor is an empty cell that was merged by itself.
        """
        if place.is_merged:
            return None
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
        if upward and self._is_below_a_heading(place):
            return None  # a heading that reaches down beside one that reaches across
        row, column = (start.top, source.left) if upward else (source.top, start.left)
        own = self._board[row][column]
        if own.sort is Sort.TEXT or self._vocabulary.are_siblings(source.labels, own.labels):
            return None
        if self._seen_from.get(source.at) == ("left" if upward else "up"):
            return None
        if not upward and any(group & self._vocabulary.outside for group in source.labels):
            return None  # 填表人 heads one line, never several
        return source
