"""What keeps a text that a cell holds from being seen, or shows another one: objects that lie over
it, conditional formats, columns too narrow and rows too low for it, formulas shown for results."""

from collections.abc import Sequence
from itertools import product

from mailbot.inspection.readers.sheets.colours import is_faint
from mailbot.inspection.readers.sheets.formatcode import GENERAL
from mailbot.inspection.readers.sheets.numberformat import is_date
from mailbot.inspection.readers.sheets.sheet import (
    LEAST_HEIGHT,
    Rectangle,
    Reformat,
    Sheet,
    Stored,
    Style,
)

# A column's width counts digits and five pixels of padding (ECMA-376 part 1, 18.3.1.13).
_PADDING, _SLACK, _THIN = 5 / 7, 0.5, 0.5
# Of the height of its letters what a row must have, and the room of an indent, in characters.
_MOST_AREAS = 2_000
_LEAST_SHARE, _INDENT, _USUAL = 0.5, 1.3, 9.14


class Coverings:
    """What lies over the cells of one sheet; asked cell by cell, row after row."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._general = sheet.doubts
        self._reformatted = sheet.reformatted
        self._covered = sheet.covered
        # Of more areas than a person makes no cell is asked for each: all of them are in doubt.
        if len(sheet.reformatted) > _MOST_AREAS:
            self._reformatted, self._general = [], (*self._general, "format_conditional")
        if len(sheet.covered) > _MOST_AREAS:
            self._covered, self._general = [], (*self._general, "pictured_over")
        self._row = self._middle = -1
        self._of_row: list[Reformat] = []
        self._of_middle: list[Rectangle] = []

    def doubts(
        self, stored: Stored, text: str, at: tuple[int, int], last: tuple[int, int]
    ) -> tuple[str, ...]:
        """What keeps a text that the cell shows from being seen, or shows another one."""
        sheet, doubts = self._sheet, self._general
        middle = (at[0] + last[0]) // 2, (at[1] + last[1]) // 2
        if at[0] != self._row:
            self._row = at[0]
            self._of_row = [one for one in self._reformatted if one.area[0] <= at[0] <= one.area[2]]
        if middle[0] != self._middle:
            self._middle = middle[0]
            self._of_middle = [one for one in self._covered if one[0] <= middle[0] <= one[2]]
        if self._of_row and _is_reformatted(self._of_row, stored.style, at):
            doubts += ("format_conditional",)
        if any(_holds(one, middle) for one in self._of_middle):
            doubts += ("pictured_over",)
        if sheet.shows_formulas and (stored.formula or stored.style.code != GENERAL):
            doubts += ("formulas_shown",)
        if _is_too_low(sheet, stored.style, at[0], last[0]):
            doubts += ("hidden_possible",)
        if _is_too_narrow(sheet, stored, text, at[1], last[1]):
            doubts += ("column_too_narrow",)
        return doubts


def _is_reformatted(areas: Sequence[Reformat], style: Style, at: tuple[int, int]) -> bool:
    """Whether conditional formats, together or each for itself, may make the text another, or
    one that is not seen: ink of one may be as the ground of another."""
    held = [one for one in areas if _holds(one.area, at)]
    if any(one.changes for one in held):
        return True
    for one in held:
        others = [other for other in held if other is not one]
        inks = one.inks or (style.ink, *(ink for other in others for ink in other.inks))
        grounds = one.grounds or (
            style.grounds,
            *(ground for other in others for ground in other.grounds),
        )
        crossed = [
            *product(inks, grounds),
            *((ink, ground) for ink in one.inks for other in others for ground in other.grounds),
        ]
        if any(
            is_faint(ink, ground)
            for ink, ground in crossed
            if (ink, ground) != (style.ink, style.grounds)
        ):
            return True
    return False


def _is_too_low(sheet: Sheet, style: Style, first: int, last: int) -> bool:
    """Whether rows of a stated height show no more than slices of the letters."""
    rows = range(first, min(last, first + 50) + 1)
    heights = [sheet.heights.get(row, sheet.default_height) for row in rows]
    known = [height for height in heights if height is not None]
    if len(known) < len(heights):
        return False
    return sum(known) < max(LEAST_HEIGHT, style.points * _LEAST_SHARE)


def _holds(area: Rectangle, at: tuple[int, int]) -> bool:
    return area[0] <= at[0] <= area[2] and area[1] <= at[1] <= area[3]


def _is_too_narrow(sheet: Sheet, stored: Stored, text: str, first: int, last: int) -> bool:
    """Whether a number stands as #### in columns whose width the file states; dates, which every
    program of the trade leaves so until someone widens the column, are no figures."""
    value = stored.value
    indent = stored.style.indent * _INDENT
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if stored.style.shrinks or not (is_number or indent):
        return False
    if is_date(stored.style.code) and not indent:
        return False
    usual = _USUAL if indent else None
    widths = [sheet.width(column) or usual for column in range(first, min(last, first + 50) + 1)]
    if None in widths:
        return False
    if is_number and stored.style.code == GENERAL:
        text = text.partition(".")[0]  # decimals give way
    room = sum(width for width in widths if width is not None) - _PADDING - indent
    if not is_number:
        return room < 1  # a text that is pushed out of its cell
    return sum(_THIN if sign in ".,:- " else 1 for sign in text) > room + _SLACK
