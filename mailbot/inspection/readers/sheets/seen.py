"""What a person sees of a sheet: its cells as the screen shows them, without what is hidden.

Every reader of sheets fills a `Sheet` with what the file says (values, formats, runs, which rows
and columns are hidden) and `add_sheet` makes cells of it. Text that is struck out, raised as a
note's mark or white on white is not there; a hidden row, column or sheet is not there either. A
collapsed group and what lies outside the print area are marked, since they may be all there is.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from mailbot.inspection.readers.content import MAX_CELLS, Draft
from mailbot.inspection.readers.sheets.arithmetic import Area, Unknown, evaluate
from mailbot.inspection.readers.sheets.colours import is_faint, is_lost
from mailbot.inspection.readers.sheets.columns import column_letters
from mailbot.inspection.readers.sheets.covering import Coverings
from mailbot.inspection.readers.sheets.numberformat import number_ink, render_text
from mailbot.inspection.readers.sheets.sheet import Run, Sheet, Stored, Style, Value
from mailbot.inspection.readers.sheets.underformat import number, seen_number
from mailbot.inspection.readers.shown import raised_text
from mailbot.model import Cell

_DIGITS = re.compile(r"\d")

# How far formulas are followed: one after another, and over all their areas together.
_DEEPEST, _MOST_LOOKED_AT = 40, 300_000


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
    covered, coverings = _covered(sheet), Coverings(sheet)
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
            doubts += coverings.doubts(stored, text, at, last)
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


def _seen(
    stored: Stored, at: tuple[int, int], sheet: Sheet, book: "_Book"
) -> tuple[str, str, tuple[str, ...]]:
    """Text, what is kept behind it, doubts."""
    style = _coloured(stored, sheet)
    doubts = (*stored.doubts, *style.doubts)
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
        return _under_text_format(style.code, text, doubts)
    if value == 0 and sheet.hides_zeros:
        return "", "0", (*doubts, "stored_differs")
    text, behind, more = seen_number(value, style.code, date1904=sheet.date1904)
    return text, behind, (*doubts, *more)


def _coloured(stored: Stored, sheet: Sheet) -> Style:
    """The cell's style, for a number under a format that has a colour of its own with that."""
    style, value = stored.style, stored.value
    if not isinstance(value, float) or "[" not in style.code or sheet.shows_formulas:
        return style
    has_own, ink = number_ink(style.code, value)
    if not has_own:
        return style
    faint = is_faint(ink, style.grounds)
    doubts = tuple(one for one in style.doubts if one != "hidden_possible")
    return replace(
        style,
        invisible=style.tiny or (faint and is_lost(ink, style.grounds)),
        doubts=(*doubts, "hidden_possible") if faint else doubts,
    )


def _under_text_format(
    code: str, text: str, doubts: tuple[str, ...]
) -> tuple[str, str, tuple[str, ...]]:
    """A text under a format for texts, which may show more, less or something else."""
    shown = render_text(code, text)
    if text.strip() and not shown.strip():
        return "", text[:200], (*doubts, "all_invisible")
    if _DIGITS.findall(shown) != _DIGITS.findall(text):
        doubts = (*doubts, "stored_differs")
        return shown, text[:200], doubts
    return shown, "", doubts


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
