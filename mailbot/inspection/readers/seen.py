"""What a person sees of a sheet: its cells as the screen shows them, without what is hidden.

Every reader of sheets fills a `Sheet` with what the file says (values, formats, runs, which rows
and columns are hidden) and `add_sheet` makes cells of it. Text that is struck out, raised as a
note's mark or white on white is not there; a hidden row, column or sheet is not there either. A
collapsed group and what lies outside the print area are marked, since they may be all there is.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from mailbot.inspection.readers.arithmetic import Area, Unknown, evaluate
from mailbot.inspection.readers.colours import WHITE, Colour, is_alike
from mailbot.inspection.readers.columns import column_letters
from mailbot.inspection.readers.content import MAX_CELLS, Draft
from mailbot.inspection.readers.numberformat import GENERAL, is_date, render_text
from mailbot.inspection.readers.shown import raised_text
from mailbot.inspection.readers.underformat import number, seen_number
from mailbot.model import Cell

Value = float | str | bool | None
Rectangle = tuple[int, int, int, int]  # top, left, bottom, right; all inclusive

# Below these nothing can be read: heights in points, widths in characters.
LEAST_HEIGHT, LEAST_WIDTH = 3.0, 0.5
# A column's width counts digits and five pixels of padding (ECMA-376 part 1, 18.3.1.13).
_PADDING, _SLACK, _THIN = 5 / 7, 0.5, 0.5

# How far formulas are followed: one after another, and over all their areas together.
_DEEPEST, _MOST_LOOKED_AT = 40, 300_000


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a cell's text with what its own formatting does to it."""

    text: str
    struck: bool = False
    raised: bool = False  # superscript
    invisible: bool = False  # hidden, or in the colour of what lies behind
    ink: Colour | None = None  # its own colour, where it has one
    own: bool = False  # it has a font of its own, which goes before the cell's

    def before(self, ground: Colour | None) -> "Run":
        """The run before what lies behind its cell."""
        return replace(self, invisible=self.invisible or is_alike(self.ink, ground))


@dataclass(frozen=True, slots=True)
class Style:
    """What of a cell's style decides on what is seen."""

    code: str = GENERAL  # of its number format
    struck: bool = False
    raised: bool = False
    invisible: bool = False
    ground: Colour | None = WHITE  # the colour behind the text; None where it is not known
    shrinks: bool = False  # the text is made small enough to fit


PLAIN = Style()


@dataclass(slots=True)
class Stored:
    """A cell as the file has it. `formula` without a leading =; "" where there is none."""

    value: Value
    style: Style = PLAIN
    runs: tuple[Run, ...] = ()  # of a text whose pieces are formatted apart
    formula: str = ""
    calculated: bool = True  # the result of the formula was saved
    is_date: bool = False  # a text that is a date already, in ISO form
    doubts: tuple[str, ...] = ()


@dataclass(slots=True)
class Sheet:
    """A sheet as the file has it; rows and columns count from 0."""

    title: str
    cells: dict[tuple[int, int], Stored] = field(default_factory=dict)
    merged: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)  # first: last
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    collapsed_rows: set[int] = field(default_factory=set)
    collapsed_columns: set[int] = field(default_factory=set)
    print_areas: list[Rectangle] = field(default_factory=list)
    heights: dict[int, float] = field(default_factory=dict)  # points, where the file says
    column_widths: list[tuple[int, int, float]] = field(default_factory=list)  # first, last
    reformatted: list[Rectangle] = field(default_factory=list)  # a conditional format may hide
    pictured: list[Rectangle] = field(default_factory=list)  # under an opaque picture
    date1904: bool = False
    recalculates: bool = False  # the program that opens it works out every formula anew
    hides_zeros: bool = False

    def widths(self, most: int) -> Iterator[tuple[int, float]]:
        """Column and width in characters, as far as the file says, of the first so many."""
        for first, last, width in self.column_widths:
            yield from ((column, width) for column in range(first, min(last + 1, most)))

    def needs_other_sheets(self) -> bool:
        """Whether a formula must be worked out that speaks of another sheet."""
        return any(
            "!" in each.formula and (self.recalculates or not each.calculated)
            for each in self.cells.values()
        )


def add_sheet(
    draft: Draft,
    sheet: Sheet,
    names: Mapping[str, tuple[int, int]],
    book: Mapping[str, Sheet],
) -> None:
    """Adds a sheet's cells as they are seen, in the file's own places.

    `book`: the sheets by title, hidden ones too, for formulas whose results were not saved.
    """
    kept: list[Cell] = []
    covered = _covered(sheet)
    numbers = _Book(book, sheet)
    bare: list[str] = []
    for at in dict.fromkeys((*sorted(sheet.cells), *sheet.merged)):
        if at in covered:
            continue
        last = sheet.merged.get(at, at)
        if _is_unseen(sheet, at, last):
            continue
        stored = sheet.cells.get(at)
        text, kept_behind, doubts = _seen(stored, at, sheet, numbers) if stored else ("", "", ())
        if not text and not doubts and at not in sheet.merged:
            continue
        if "formula_without_value" in doubts:
            bare.append(f"{sheet.title} {column_letters(at[1] + 1)}{at[0] + 1}")
        doubts += _of_place(sheet, at, last)
        if stored is not None and text:
            doubts += _laid_over(sheet, stored, text, at, last)
        kept.append(
            Cell(
                text,
                *at,
                max(1, last[0] - at[0] + 1),
                max(1, last[1] - at[1] + 1),
                stored=kept_behind,
                doubts=doubts if text or kept_behind else (),
            )
        )
        if len(kept) > MAX_CELLS:
            break
    if bare:
        told = draft.facts.setdefault("formulas_without_value", [])
        if isinstance(told, list):
            told.extend(bare[:100])
    draft.add_table(
        kept,
        sheet.title,
        names,
        unseen_rows=sheet.hidden_rows - sheet.collapsed_rows,
        unseen_columns=sheet.hidden_columns - sheet.collapsed_columns,
    )


def _covered(sheet: Sheet) -> set[tuple[int, int]]:
    """Cells under a merged one: what they hold is never shown."""
    covered: set[tuple[int, int]] = set()
    for (top, left), (bottom, right) in sheet.merged.items():
        if (bottom - top + 1) * (right - left + 1) > MAX_CELLS:
            covered |= {
                at for at in sheet.cells if top <= at[0] <= bottom and left <= at[1] <= right
            }
        else:
            covered |= {
                (row, column) for row in range(top, bottom + 1) for column in range(left, right + 1)
            }
        covered.discard((top, left))
    return covered


def _is_unseen(sheet: Sheet, at: tuple[int, int], last: tuple[int, int]) -> bool:
    """Whether every row or every column of a cell is hidden (a collapsed group is not)."""
    return _within(at[0], last[0], sheet.hidden_rows - sheet.collapsed_rows) or _within(
        at[1], last[1], sheet.hidden_columns - sheet.collapsed_columns
    )


def _within(first: int, last: int, places: set[int]) -> bool:
    return first in places and all(place in places for place in range(first, last + 1))


def _of_place(sheet: Sheet, at: tuple[int, int], last: tuple[int, int]) -> tuple[str, ...]:
    doubts: tuple[str, ...] = ()
    if _within(at[0], last[0], sheet.hidden_rows) or _within(at[1], last[1], sheet.hidden_columns):
        doubts += ("collapsed_source",)
    if sheet.print_areas and not any(
        top <= last[0] and at[0] <= bottom and left <= last[1] and at[1] <= right
        for top, left, bottom, right in sheet.print_areas
    ):
        doubts += ("outside_print_area",)
    return doubts


def _laid_over(
    sheet: Sheet,
    stored: Stored,
    text: str,
    at: tuple[int, int],
    last: tuple[int, int],
) -> tuple[str, ...]:
    """What keeps a text that the cell shows from being seen, or shows another one."""
    doubts: tuple[str, ...] = ()
    middle = (at[0] + last[0]) // 2, (at[1] + last[1]) // 2
    if any(_holds(one, at) for one in sheet.reformatted):
        doubts += ("format_conditional",)
    if any(_holds(one, middle) for one in sheet.pictured):
        doubts += ("pictured_over",)
    if _is_too_narrow(sheet, stored, text, at[1], last[1]):
        doubts += ("column_too_narrow",)
    return doubts


def _holds(area: Rectangle, at: tuple[int, int]) -> bool:
    return area[0] <= at[0] <= area[2] and area[1] <= at[1] <= area[3]


def _is_too_narrow(sheet: Sheet, stored: Stored, text: str, first: int, last: int) -> bool:
    """Whether a number stands as #### in columns whose width the file states; dates, which every
    program of the trade leaves so until someone widens the column, are no figures."""
    value = stored.value
    if not sheet.column_widths or stored.style.shrinks or isinstance(value, bool):
        return False
    if not isinstance(value, int | float) or is_date(stored.style.code):
        return False
    widths = [
        next((width for start, end, width in sheet.column_widths if start <= column <= end), None)
        for column in range(first, min(last, first + 50) + 1)
    ]
    if None in widths:
        return False
    if stored.style.code == GENERAL:
        text = text.partition(".")[0]  # decimals give way
    room = sum(width for width in widths if width is not None) - _PADDING
    return sum(_THIN if sign in ".,:- " else 1 for sign in text) > room + _SLACK


def _seen(
    stored: Stored, at: tuple[int, int], sheet: Sheet, book: "_Book"
) -> tuple[str, str, tuple[str, ...]]:
    """Text, what is kept behind it, doubts."""
    style, doubts = stored.style, stored.doubts
    value = stored.value
    is_lost = (style.struck or style.invisible) and not any(run.own for run in stored.runs)
    if is_lost and value not in (None, ""):
        kept_behind = number(value) if isinstance(value, float) else str(value)
        return "", kept_behind[:200], ("all_struck" if style.struck else "all_invisible",)
    if stored.formula and (not stored.calculated or sheet.recalculates):
        try:
            value = book.value(sheet.title, *at)
        except Unknown:
            # What a writer leaves that calculates nothing is 0 (XlsxWriter), or an old result.
            if not stored.calculated or value == 0:
                return "", f"={stored.formula}"[:200], (*doubts, "formula_without_value")
            doubts += ("result_may_be_old",)
    if value is None:
        return "", "", doubts
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE", "", doubts
    if isinstance(value, str):
        if stored.is_date:
            return value, "", doubts
        runs = tuple(
            run
            if run.own
            else replace(
                run,
                struck=run.struck or style.struck,
                invisible=run.invisible or style.invisible,
            )
            for run in stored.runs
        )
        text = seen_runs(runs) if runs else value
        if value.strip() and not text.strip():
            struck = any(run.struck for run in runs)
            return "", value[:200], (*doubts, "all_struck" if struck else "all_invisible")
        return render_text(style.code, text), "", doubts
    if value == 0 and sheet.hides_zeros:
        return "", "0", (*doubts, "stored_differs")
    text, behind, more = seen_number(value, style.code, date1904=sheet.date1904)
    return text, behind, (*doubts, *more)


def seen_runs(runs: tuple[Run, ...]) -> str:
    """The text that is left to read: nothing struck out or invisible, and of raised runs what
    `raised_text` leaves, with its mark of doubt: a sheet is read by the rule of a Word table."""
    visible = [run for run in runs if not (run.struck or run.invisible)]
    level = [run.text for run in visible if not run.raised]
    kept, before = "", 0
    for run in visible:
        if run.raised:
            kept += raised_text(
                run.text, "".join(level[:before])[-20:], "".join(level[before:])[:20]
            )
        else:
            kept, before = kept + run.text, before + 1
    return kept


class _Book:
    """The cells that formulas speak of, worked out where they are formulas themselves."""

    def __init__(self, book: Mapping[str, Sheet], sheet: Sheet) -> None:
        self._book = book
        self._own = sheet
        self._known: dict[tuple[str, int, int], Value | Unknown] = {}
        self._open: set[tuple[str, int, int]] = set()
        self._left = _MOST_LOOKED_AT

    def value(self, title: str, row: int, column: int) -> Value:
        """A cell's value; raises `Unknown` where it is a formula that cannot be worked out."""
        sheet = self._sheet(title)
        stored = sheet.cells.get((row, column))
        if stored is None:
            return None
        if not stored.formula or (stored.calculated and not sheet.recalculates):
            return stored.value
        key = (sheet.title, row, column)
        if key not in self._known:
            if key in self._open or len(self._open) > _DEEPEST:
                raise Unknown("a formula that leads back to itself, or very far")
            self._open.add(key)
            try:
                self._known[key] = evaluate(stored.formula, sheet.title, self)
            except Unknown as error:
                self._known[key] = error
            finally:
                self._open.discard(key)
        found = self._known[key]
        if isinstance(found, Unknown):
            raise found
        return found

    def values(self, area: Area) -> list[Value]:
        """The filled cells of an area."""
        sheet = self._sheet(area.title)
        self._left -= min(len(sheet.cells), (area.bottom - area.top + 1) * (area.right + 1))
        if self._left < 0:
            raise Unknown("sums over too many cells")
        size = (area.bottom - area.top + 1) * (area.right - area.left + 1)
        if size <= len(sheet.cells):
            places = (
                (row, column)
                for row in range(area.top, area.bottom + 1)
                for column in range(area.left, area.right + 1)
                if (row, column) in sheet.cells
            )
        else:
            places = (
                (row, column)
                for row, column in sheet.cells
                if area.top <= row <= area.bottom and area.left <= column <= area.right
            )
        return [self.value(area.title, *place) for place in places]

    def _sheet(self, title: str) -> Sheet:
        if title == self._own.title:
            return self._own
        if title not in self._book:
            raise Unknown(f"no sheet {title}")
        return self._book[title]
