"""What each cell of a grid holds, as far as its own text tells."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from mailbot.judgement.form.dates import parse_date
from mailbot.judgement.form.labels import Labels, Pair, Vocabulary
from mailbot.judgement.form.numerals import is_vague
from mailbot.judgement.form.phones import plain
from mailbot.judgement.form.units import is_unit, is_unit_note
from mailbot.judgement.form.values import is_blank, parse_count, parse_money_wan
from mailbot.model import Cell, Grid

# No form is larger; a workbook with more is data, and only its labelled corner is looked at.
_MOST_ROWS = 200
_MOST_COLUMNS = 80
_BELOW_LABELS = 40
_RIGHT_OF_LABELS = 20
_FIGURES = re.compile(r"\d{1,6}(?:\.\d+)?%|\d{1,3}[-/]\d{1,3}")  # no number, yet no words either


class Sort(Enum):
    """What a cell holds, as far as its own text tells."""

    BLANK = "blank"  # also a unit alone: （万元）
    LABEL = "label"
    PAIR = "pair"  # label：value in one cell
    NUMBER = "number"
    TITLE = "title"
    TEXT = "text"


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A cell on the board; rows and columns are the board's own, without gaps. Each is itself
    alone: a board compares them a hundred thousand times."""

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

    @property
    def is_merged(self) -> bool:
        """Whether it covers more than one row or column."""
        return self.cell.row_span > 1 or self.cell.column_span > 1


def place_cells(grid: Grid, vocabulary: Vocabulary) -> tuple[list[Place], list[int], list[int]]:
    """The cells around the grid's labels, and the grid's rows and columns that are in use.

    The places count rows and columns by their position in those two lists.
    """
    cells = _labelled_part(grid.cells, vocabulary)
    rows = _axis([(cell.row, cell.row_span) for cell in cells], grid.unseen_rows)
    columns = _axis([(cell.column, cell.column_span) for cell in cells], grid.unseen_columns)
    row_at = {row: index for index, row in enumerate(rows)}
    column_at = {column: index for index, column in enumerate(columns)}
    places = [
        _sorted_place(
            cell,
            _covered(row_at, cell.row, cell.row_span),
            _covered(column_at, cell.column, cell.column_span),
            vocabulary,
            grid.is_table,
        )
        for cell in cells
    ]
    return _with_unfilled_pairs(_without_units(places), vocabulary), rows, columns


def _with_unfilled_pairs(places: list[Place], vocabulary: Vocabulary) -> list[Place]:
    """Where labels and values share their cells (参演人数：90), `参演人数：` is a pair nobody
    filled in and no heading of what lies below it."""

    def is_of_table(labels: Labels) -> bool:
        return not any(group & vocabulary.outside for group in labels)

    if not any(is_of_table(pair.labels) for place in places for pair in place.pairs):
        return places
    values = (Sort.NUMBER, Sort.TEXT)
    taken = {place.at for place in places if place.sort in values}

    def is_one(place: Place) -> bool:
        return (
            place.sort is Sort.LABEL
            and is_of_table(place.labels)
            and plain(place.cell.text).endswith(":")
            and (place.top, place.right) not in taken
            and (place.bottom, place.left) not in taken
        )

    return [
        replace(place, sort=Sort.PAIR, labels=(), pairs=(Pair(place.labels, place.cell.text, ""),))
        if is_one(place)
        else place
        for place in places
    ]


def _without_units(places: list[Place]) -> list[Place]:
    """In a column of units beside labels, or a line of them below, 人次 is no 参演人数."""
    labels = {(place.top, place.bottom, place.right) for place in places if place.labels}
    headings = {(place.bottom, place.left, place.right) for place in places if place.labels}
    units = [place for place in places if place.sort is Sort.BLANK and is_unit(place.cell.text)]
    columns = Counter(place.left for place in units)
    lines = Counter(place.top for place in units)

    def is_one(place: Place) -> bool:
        beside = (place.top, place.bottom, place.left) in labels and columns[place.left] >= 2
        below = (place.top, place.left, place.right) in headings and lines[place.top] >= 2
        return place.sort is Sort.LABEL and is_unit(place.cell.text) and (beside or below)

    return [
        replace(place, sort=Sort.BLANK, labels=()) if is_one(place) else place for place in places
    ]


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


def _axis(ranges: list[tuple[int, int]], unseen: Sequence[int] = ()) -> list[int]:
    """The rows (or columns) in use: all between first and last, without far-off gaps and
    without those that are hidden."""
    used: set[int] = set()
    for start, span in ranges:
        used.update(range(start, start + min(max(span, 1), _MOST_ROWS)))
    hidden = set(unseen)
    filled: list[int] = []
    last = 0
    for index in sorted(used):
        gap = range(last + 1, index) if filled and index - last <= 4 else ()
        filled.extend(each for each in (*gap, index) if each not in hidden)
        last = index
    return filled


def _covered(at: dict[int, int], start: int, span: int) -> range:
    reach = range(start, start + min(max(span, 1), _MOST_ROWS))
    seen = [at[place] for place in reach if place in at]
    return range(seen[0], seen[-1] + 1)


def _sorted_place(
    cell: Cell, rows: range, columns: range, vocabulary: Vocabulary, in_table: bool
) -> Place:
    edges = (rows.start, columns.start, rows.stop, columns.stop)
    text = cell.text
    if labels := vocabulary.match(text):
        if not in_table and all(group & vocabulary.outside for group in labels):
            # 填报单位（盖章）： on a line of its own has no other place for its value.
            return Place(cell, Sort.PAIR, *edges, pairs=(Pair(labels, text, ""),))
        return Place(cell, Sort.LABEL, *edges, labels=labels)
    if is_blank(text) or is_unit_note(text):
        return Place(cell, Sort.BLANK, *edges)
    if is_number(text):
        return Place(cell, Sort.NUMBER, *edges)
    if pairs := vocabulary.pairs(text) if len(text) < 500 else ():
        return Place(cell, Sort.PAIR, *edges, pairs=pairs)
    if vocabulary.is_title(text):
        return Place(cell, Sort.TITLE, *edges)
    return Place(cell, Sort.TEXT, *edges)


def is_number(text: str) -> bool:
    """Whether the text is a value by itself: a number, if only about one, an amount or a date."""
    return (
        parse_count(text) is not None
        or parse_money_wan(text) is not None
        or parse_date(text) is not None
        or is_vague(plain(text))
        or _FIGURES.fullmatch(plain(text)) is not None
    )
