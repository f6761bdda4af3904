"""Workbooks of the Excel family, by calamine: xlsx, xls, et.

calamine gives typed values, dates in Chinese formats and merged ranges; it reads a formula
without a cached value as empty and reserves memory for the whole rectangle of used cells, so
`xlsx.parts` and `xls.records` look first.
"""

import io
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path

import python_calamine as calamine

from mailbot.inspection.readers.compound import Compound
from mailbot.inspection.readers.content import MAX_CELLS, Document, Draft, Limits, Unreadable
from mailbot.inspection.readers.pictures import add_numbered, add_packaged, carve
from mailbot.inspection.readers.properties import add_facts
from mailbot.inspection.readers.sheets.numberformat import is_date
from mailbot.inspection.readers.sheets.seen import add_sheet
from mailbot.inspection.readers.sheets.sheet import Sheet, Stored
from mailbot.inspection.readers.sheets.underformat import number
from mailbot.inspection.readers.summary import parse_summary
from mailbot.inspection.readers.xls import cells as xls_cells
from mailbot.inspection.readers.xls import records
from mailbot.inspection.readers.xls.overlaid import stored_pictures
from mailbot.inspection.readers.xls.workbook import read_globals
from mailbot.inspection.readers.xlsx import cells as xlsx_cells
from mailbot.inspection.readers.xlsx.overlaid import covered_areas, targets_of
from mailbot.inspection.readers.xlsx.parts import read_names, scan_sheets
from mailbot.inspection.readers.xlsx.reformatting import table_reformats
from mailbot.inspection.readers.xlsx.styles import Styles
from mailbot.inspection.readers.xlsx.texts import SharedStrings
from mailbot.inspection.readers.xlsx.workbook import BookPart, read_workbook
from mailbot.inspection.readers.zipguard import Package

# sheet → field → (row, column)
Names = Mapping[str, Mapping[str, tuple[int, int]]]


def read_package(path: Path, limits: Limits) -> Document:
    """xlsx (and xlsm, xltx): hidden sheets are left out and named in the facts.

    Read twice, by our own reader of its parts and by calamine: where they differ the cell says so.
    """
    draft = Draft(limits)
    with Package(path) as package:
        add_facts(package, draft)
        scan = scan_sheets(package)
        if scan.far_cells:
            draft.fault("limit", f"cells far away from the others: {', '.join(scan.far_cells)}")
        slim = package.slim(scan.replaced)
        parts, settings = read_workbook(package)
        styles = Styles(package)
        texts = SharedStrings(package, styles)

        def sheet_of(part: BookPart) -> Sheet:
            data = scan.replaced.get(part.part, package.xml.get(part.part, b""))
            sheet = xlsx_cells.read_sheet(part, data, styles, texts, settings)
            sheet.covered.extend(covered_areas(package, part.part, sheet))
            tables = map(package.tree, targets_of(package, part.part, "/table"))
            sheet.reformatted.extend(table_reformats(tables, styles))
            return sheet

        sheets = [part for part in parts if part.is_sheet]
        shown = {part.title: sheet_of(part) for part in sheets if part.is_shown}
        needs_all = any(sheet.needs_other_sheets() for sheet in shown.values())
        book = {**shown, **{part.title: sheet_of(part) for part in sheets if needs_all}}
        _doubt_where_calamine_differs(slim, shown)
        hidden = [part.title for part in sheets if not part.is_shown]
        _add_sheets(draft, hidden, shown, book, read_names(package))
        add_packaged(package, draft)
    return draft.finish()


def _add_sheets(
    draft: Draft,
    hidden: list[str],
    shown: Mapping[str, Sheet],
    book: Mapping[str, Sheet],
    names: Names,
) -> None:
    draft.facts["sheets"] = list(shown)
    if hidden:
        draft.facts["hidden_sheets"] = list(hidden)
    for title, sheet in shown.items():
        add_sheet(draft, sheet, names.get(title, {}), book)


def _doubt_where_calamine_differs(data: bytes, sheets: Mapping[str, Sheet]) -> None:
    """Marks the cells of which the second reader has another value, or none.

    Raises `Unreadable` where it reads nothing of the workbook.
    """
    try:
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            seen = {
                each.name
                for each in workbook.sheets_metadata
                if each.visible == calamine.SheetVisibleEnum.Visible
                and each.typ == calamine.SheetTypeEnum.WorkSheet
            }
            if seen - sheets.keys():
                raise Unreadable("corrupt", "a sheet that only one of two readers finds")
            for title, sheet in sheets.items():
                _compare(sheet, workbook.get_sheet_by_name(title))
    except calamine.PasswordError as error:
        raise Unreadable("encrypted", str(error)) from error
    except calamine.CalamineError as error:
        raise Unreadable("corrupt", str(error)) from error


def _compare(sheet: Sheet, other: calamine.CalamineSheet) -> None:
    top, left = other.start or (0, 0)
    rows = other.to_python()
    for (row, column), stored in sheet.cells.items():
        down, right = row - top, column - left
        inside = 0 <= down < len(rows) and 0 <= right < len(rows[down])
        second = rows[down][right] if inside else ""
        if not _agrees(stored, second):
            stored.doubts += ("readers_differ",)
    for down, values in enumerate(rows):
        for right, second in enumerate(values):
            place = (top + down, left + right)
            if second != "" and place not in sheet.cells and len(sheet.cells) <= MAX_CELLS:
                sheet.cells[place] = Stored(shown(second), doubts=("readers_differ",))


def _agrees(stored: Stored, second: object) -> bool:
    """Whether two readers have the same of a cell; dates and errors calamine has its own way."""
    value = stored.value
    if value is None or value == "":
        return second == "" or (stored.formula != "" and not stored.calculated)
    if isinstance(value, bool) or isinstance(second, bool):
        return value is second
    if isinstance(value, str):
        if value.startswith("#") or stored.is_date:
            return True
        return isinstance(second, str) and _bare(value) == _bare(second)
    if isinstance(second, date | datetime | time | timedelta):
        return is_date(stored.style.code)
    return isinstance(second, int | float) and abs(value - second) <= 1e-9 * max(1, abs(value))


def _bare(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def read_compound(path: Path, limits: Limits) -> Document:
    """xls and et: BIFF in an OLE compound file."""
    draft = Draft(limits)
    with Compound(path) as compound:
        draft.facts.update(parse_summary(compound.read("\x05SummaryInformation")))
        stream = compound.read("Workbook") or compound.read("Book")
        book = records.scan_workbook(stream)
        if book.encrypted:
            raise Unreadable("encrypted", "password-protected workbook")
        if book.impossible:
            raise Unreadable("corrupt", "a sheet claims more cells than the format can hold")
        if book.area > records.MAX_AREA:
            raise Unreadable("bomb", f"sheets of {book.area} cells")
        looks = read_globals(stream)
        pictures = stored_pictures(book.drawings)

        def sheet_of(title: str, start: int) -> Sheet:
            sheet = xls_cells.read_sheet(looks, stream, title, start, book.externs, pictures)
            sheet.print_areas = book.print_areas.get(title, [])
            return sheet

        shown = {title: sheet_of(title, start) for title, start, seen in looks.sheets if seen}
        hidden = {title: sheet_of(title, start) for title, start, seen in looks.sheets if not seen}
        xls_cells.doubt_bare_formulas([*shown.values(), *hidden.values()])
        _doubt_where_calamine_differs(path.read_bytes(), shown)
        _add_sheets(draft, list(hidden), shown, {**shown, **hidden}, book.names)
        add_numbered(carve(book.drawings), draft)
    return draft.finish()


def shown(value: object) -> str:
    """A typed value as a person would type it: 12, 128.5, 2017-07-03, 2017-07-03 08:30, TRUE."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds" if value.second else "minutes")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)
