"""One table as a sheet, row by row: of a hundred thousand mails no more is held than one row.

Text from outside is a string to the spreadsheet whatever it begins with (CWE-1236), and a cell
that begins like a formula carries quotePrefix, so that editing it does not make it one.
"""

import unicodedata
from copy import copy
from dataclasses import dataclass
from datetime import datetime

from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet
from openpyxl.worksheet.worksheet import Worksheet

from mailbot.language import say
from mailbot.report.yearbook.book import LEDGER
from mailbot.report.yearbook.tables import Line, Table, Value
from mailbot.wording.phrases import FORMULA_START, harmless

LONGEST_TEXT = 32_000  # Excel ends a cell's text at 32,767 characters
_FONT = "宋体"
_LINE = Side(style="thin", color="FF808080")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEADING = PatternFill("solid", fgColor="FFD9E2F3")
_TIME, _SHORT_TIME = "yyyy-mm-dd hh:mm", 'm"月"d"日" hh:mm'
_WIDEST = 24  # text wraps beyond, so that a row of the 台账 can be read on A4
_WIDER = {"问题": 44, "说明": 44, "情况": 44, "文件名": 32, "主题": 32, "核对项": 44}
_LINE_HEIGHT, _HIGHEST = 13.5, 400  # points; Excel's highest row has 409
_DIGEST = "SHA-256"  # looked up, not read: cut off on paper


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What stands on every printed page."""

    title: str
    issuer: str
    now: datetime  # aware, in the zone in which times are written


def safe_text(text: str) -> str:
    """What a cell can hold: nothing that is not seen, and not endless."""
    text = harmless(text)
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def fill_sheet(sheet: WriteOnlyWorksheet, table: Table, head: Letterhead) -> None:
    """Headings and rows; the table is gone through twice. Heights are set, since LibreOffice does
    not fit rows it did not write."""
    widths, count = _widths(table)
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    # What stands before the rows in the file is set before the first of them.
    sheet.freeze_panes = "C2" if table.name == LEDGER else "A2"
    last = f"{get_column_letter(len(table.columns))}{max(count, 1) + 1}"
    sheet.auto_filter.ref = f"A1:{last}"
    _set_up_page(sheet, table, head)
    looks = _Looks(sheet, head, _SHORT_TIME if table.name == LEDGER else _TIME)
    _append(sheet, 1, 2 * _LINE_HEIGHT + 4, [looks.heading(say(one)) for one in table.columns])
    for number, row in enumerate(table.rows, 2):
        lines = max(
            1 if heading == _DIGEST else _lines(value, width)
            for value, width, heading in zip(row, widths, table.columns, strict=True)
        )
        cells = [
            looks.cell(value, is_digest=heading == _DIGEST)
            for value, heading in zip(row, table.columns, strict=True)
        ]
        _append(sheet, number, min(lines * _LINE_HEIGHT + 4, _HIGHEST), cells)


def copy_sheet(source: Worksheet, sheet: WriteOnlyWorksheet) -> None:
    """A whole small sheet of another workbook, as it stands."""
    for letter, one in source.column_dimensions.items():
        sheet.column_dimensions[letter].width = one.width
    for name in ("page_setup", "page_margins", "print_options", "sheet_properties"):
        setattr(sheet, name, copy(getattr(source, name)))
    sheet.sheet_view.showGridLines = source.sheet_view.showGridLines
    sheet.merged_cells = source.merged_cells
    if source.print_area:
        sheet.print_area = source.print_area
    looks: dict[object, object] = {}
    for number, row in enumerate(source.iter_rows(), 1):
        cells = [_copy(sheet, cell, looks) for cell in row]
        _append(sheet, number, source.row_dimensions[number].height, cells)


def _copy(sheet: WriteOnlyWorksheet, cell: Cell, looks: dict[object, object]) -> Cell:
    """The cell with its look; each look of the other workbook is made once (`_Looks` says why)."""
    copied = WriteOnlyCell(sheet, cell.value)
    if cell.value is not None:
        copied.data_type = cell.data_type
    theirs = cell._style
    if theirs not in looks:
        for name in ("font", "fill", "border", "alignment", "number_format", "protection"):
            setattr(copied, name, copy(getattr(cell, name)))
        if cell.quotePrefix:
            copied.quotePrefix = True
        looks[theirs] = copied._style
    copied._style = looks[theirs]
    return copied


def _append(
    sheet: WriteOnlyWorksheet, number: int, height: float | None, cells: list[Cell]
) -> None:
    sheet.row_dimensions[number].height = height
    sheet.append(cells)
    del sheet.row_dimensions[number]  # it is written; a hundred thousand of them would be kept


class _Looks:
    """Makes cells; each look is made once, for openpyxl hashes every part of it each time."""

    def __init__(self, sheet: WriteOnlyWorksheet, head: Letterhead, time_format: str) -> None:
        self._sheet, self._head = sheet, head
        text = Alignment(vertical="center", wrap_text=True)
        middle = Alignment(horizontal="center", vertical="center")
        self._heading = self._look(
            Alignment(horizontal="center", vertical="center", wrap_text=True), is_heading=True
        )
        self._text, self._quoted = self._look(text), self._look(text, quoted=True)
        self._number = self._look(Alignment(horizontal="right", vertical="center"))
        self._time, self._nothing = self._look(middle, time_format), self._look(None)
        cut = Alignment(horizontal="fill", vertical="center")
        self._digest, self._digest_quoted = self._look(cut), self._look(cut, quoted=True)

    def _look(
        self,
        alignment: Alignment | None,
        number_format: str = "General",
        *,
        quoted: bool = False,
        is_heading: bool = False,
    ) -> object:
        cell = WriteOnlyCell(self._sheet)
        cell.font, cell.border = Font(name=_FONT, size=10, bold=is_heading), _BOX
        if alignment is not None:
            cell.alignment = alignment
        cell.number_format = number_format
        if is_heading:
            cell.fill = _HEADING
        if quoted:
            cell.quotePrefix = True
        return cell._style

    def heading(self, text: str) -> Cell:
        return self._made(text, self._heading)

    def cell(self, value: Value, *, is_digest: bool) -> Cell:
        """The value as a spreadsheet has it."""
        if isinstance(value, datetime):
            # Excel knows no zones: what is written is the office's local time.
            local = value.astimezone(self._head.now.tzinfo).replace(tzinfo=None, microsecond=0)
            return self._made(local, self._time)
        if isinstance(value, str):
            text = safe_text(value)
            quoted = FORMULA_START.match(text) is not None
            if is_digest:
                look = self._digest_quoted if quoted else self._digest
            else:
                look = self._quoted if quoted else self._text
            cell = self._made(text or None, look)
            if text:
                cell.data_type = "s"  # openpyxl takes a leading "=" for a formula
            return cell
        if value is None:
            return self._made(None, self._digest if is_digest else self._nothing)
        return self._made(value, self._digest if is_digest else self._number)

    def _made(self, value: Value, look: object) -> Cell:
        cell = WriteOnlyCell(self._sheet, value)
        if isinstance(value, datetime):
            cell.number_format = "General"  # openpyxl has set its own
        cell._style = look
        return cell


def _widths(table: Table) -> tuple[list[float], int]:
    """Of each column, as wide as its longest line up to a bound; and how many rows there are."""
    longest, count = [0] * len(table.columns), 0
    bounds = [_WIDER.get(heading, _WIDEST) for heading in table.columns]
    for row in table.rows:
        count += 1
        _widen(longest, row, bounds)
    return [
        _column_width(heading, width) for heading, width in zip(table.columns, longest, strict=True)
    ], count


def _widen(longest: list[int], row: Line, bounds: list[int]) -> None:
    for column, value in enumerate(row):
        if longest[column] < bounds[column]:
            longest[column] = max(longest[column], _shown_width(value))


def _column_width(heading: str, longest: int) -> float:
    """The heading may wrap once."""
    if heading == _DIGEST:
        return 14
    least = (_width(say(heading)) + 1) // 2 + 3  # room for the filter's button
    return max(least, min(longest, _WIDER.get(heading, _WIDEST)))


def _lines(value: Value, width: float) -> int:
    """How many lines a text takes in a column of this width."""
    if not isinstance(value, str):
        return 1
    return sum(max(1, -(-_width(line) // max(1, int(width) - 1))) for line in value.split("\n"))


def _shown_width(value: Value) -> int:
    if value is None:
        return 0
    if isinstance(value, datetime):
        return 16
    return max(map(_width, str(value).split("\n")), default=0) + 1


def _width(text: str) -> int:
    """In Excel's unit, a digit's width: a Chinese character takes two."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(one) in "WFA" else 1 for one in text)


def _set_up_page(sheet: WriteOnlyWorksheet, table: Table, head: Letterhead) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = Worksheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom, margins.header, margins.footer = 0.75, 0.6, 0.3, 0.3
    title = say("{title}\u3000{name}", title=head.title, name=say(table.name)).replace("&", "&&")
    sheet.oddHeader.center.text = (
        say(
            '&14&"{font},加粗"{title}', font=say(_FONT), title=title
        )  # in this order: &14 before a digit would eat it
    )
    sheet.oddFooter.left.text = head.issuer.replace("&", "&&")
    sheet.oddFooter.center.text = say("第 &P 页 共 &N 页")
    sheet.oddFooter.right.text = say("截至 {now:%Y-%m-%d %H:%M}", now=head.now)
