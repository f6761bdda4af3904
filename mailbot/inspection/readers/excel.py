"""Workbooks of the Excel family, by calamine: xlsx, xls, et.

calamine gives typed values, dates in Chinese formats and merged ranges; it reads a formula
without a cached value as empty and reserves memory for the whole rectangle of used cells, so
`sheetparts` (xlsx) and `biff` (xls) look first.
"""

import io
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import python_calamine as calamine

from mailbot.inspection.readers import biff, sheetparts
from mailbot.inspection.readers.compound import Compound
from mailbot.inspection.readers.content import MAX_CELLS, Document, Draft, Limits, Unreadable
from mailbot.inspection.readers.pictures import add_numbered, add_packaged, carve
from mailbot.inspection.readers.properties import add_facts
from mailbot.inspection.readers.summary import parse_summary
from mailbot.inspection.readers.zipguard import Package
from mailbot.model import Cell

# sheet → field → (row, column)
Names = Mapping[str, Mapping[str, tuple[int, int]]]


def read_package(path: Path, limits: Limits) -> Document:
    """xlsx (and xlsm, xltx): hidden sheets are left out and named in the facts."""
    draft = Draft(limits)
    with Package(path) as package:
        add_facts(package, draft)
        scan = sheetparts.scan_sheets(package)
        if scan.far_cells:
            draft.fault("limit", f"cells far away from the others: {', '.join(scan.far_cells)}")
        if scan.uncomputed:
            draft.facts["formulas_without_value"] = list(scan.uncomputed)
        slim = package.slim(scan.replaced)
        _add_workbook(draft, slim, sheetparts.read_names(package))
        add_packaged(package, draft)
    return draft.finish()


def read_compound(path: Path, limits: Limits) -> Document:
    """xls and et: BIFF in an OLE compound file."""
    draft = Draft(limits)
    with Compound(path) as compound:
        draft.facts.update(parse_summary(compound.read("\x05SummaryInformation")))
        stream = compound.read("Workbook") or compound.read("Book")
        book = biff.scan_workbook(stream)
        if book.encrypted:
            raise Unreadable("encrypted", "password-protected workbook")
        if book.impossible:
            raise Unreadable("corrupt", "a sheet claims more cells than the format can hold")
        if book.area > biff.MAX_AREA:
            raise Unreadable("bomb", f"sheets of {book.area} cells")
        _add_workbook(draft, path.read_bytes(), book.names)
        add_numbered(carve(book.drawings), draft)
    return draft.finish()


def _add_workbook(draft: Draft, data: bytes, names: Names) -> None:
    try:
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            visible: list[str] = []
            hidden: list[str] = []
            for sheet in workbook.sheets_metadata:
                if sheet.typ not in (
                    calamine.SheetTypeEnum.WorkSheet,
                    calamine.SheetTypeEnum.DialogSheet,
                ):
                    continue
                shown = sheet.visible == calamine.SheetVisibleEnum.Visible
                (visible if shown else hidden).append(sheet.name)
            draft.facts["sheets"] = list(visible)
            if hidden:
                draft.facts["hidden_sheets"] = list(hidden)
            for name in visible:
                _add_sheet(draft, workbook, name, names.get(name, {}))
    except calamine.PasswordError as error:
        raise Unreadable("encrypted", str(error)) from error
    except calamine.CalamineError as error:
        raise Unreadable("corrupt", str(error)) from error


def _add_sheet(
    draft: Draft,
    workbook: calamine.CalamineWorkbook,
    name: str,
    names: Mapping[str, tuple[int, int]],
) -> None:
    try:
        sheet = workbook.get_sheet_by_name(name)
    except calamine.CalamineError as error:
        draft.fault("corrupt", f"{name}: {error}")
        return
    merged = dict(sheet.merged_cell_ranges or ())
    top, left = sheet.start or (0, 0)
    cells: list[Cell] = []
    for row, values in enumerate(sheet.to_python(), top):
        for column, value in enumerate(values, left):
            if value == "" and (row, column) not in merged:
                continue
            cells.append(spanned(shown(value), row, column, merged.pop((row, column), None)))
        if len(cells) > MAX_CELLS:
            break
    cells.extend(spanned("", *first, last) for first, last in merged.items())
    draft.add_table(cells, name, names)


def spanned(text: str, row: int, column: int, last: tuple[int, int] | None) -> Cell:
    """A cell that reaches to the last cell of its merged range, if it has one."""
    if last is None:
        return Cell(text, row, column)
    return Cell(text, row, column, max(1, last[0] - row + 1), max(1, last[1] - column + 1))


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


def number(value: int | float) -> str:
    """A number without exponent or trailing zeros, in the 15 digits that Excel keeps."""
    if isinstance(value, int) or value != value or value in (float("inf"), float("-inf")):
        return str(value)
    return format(Decimal(format(value, ".15g")), "f")
