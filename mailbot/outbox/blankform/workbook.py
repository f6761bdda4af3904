"""The statistics table to fill in, as .xlsx, made from a FormSpec alone.

Every value cell carries a hidden workbook name, "mb." and the field's key, and so does every
heading of its repeating rows: a form returned on it is read without guessing. A total adds up
its parts by a formula until the unit writes over it, as it must where a drill counts in two
parts. On a pre-filled form a cell to be filled is empty.
"""

import io
import re
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import groupby

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from mailbot.campaign.forms import FormField, FormRows, FormSpec, RowField
from mailbot.judgement.form.fields import NAME_PREFIX
from mailbot.judgement.form.rows import Record, column_name
from mailbot.language import say
from mailbot.model import FieldValue, Finding, Severity
from mailbot.outbox.blankform.entries import Entries
from mailbot.outbox.blankform.layout import (
    Block,
    blocks_of,
    columns_of,
    concerns,
    edges_of,
    harmless,
    label_in_pair,
    reason_of,
    row_columns,
    rows_to_draw,
    sums_of,
)
from mailbot.wording.phrases import FORMULA_START

SHEET = "统计表"
_NOTE = "说明：数字栏只填阿拉伯数字，没有的填0。"
_NOTE_MARKED = "说明：数字栏只填阿拉伯数字，没有的填0；标红、标黄的栏请按批注核对修改。"
_NOTE_ROWS = "说明：一行填一人（项），中间不留空行；行数不够的，请在表内插入行。"
_NOTE_ROWS_MARKED = (
    "说明：一行填一人（项），中间不留空行；行数不够的，请在表内插入行。"
    "标红、标黄的栏请按批注核对修改。"
)
_WIDTH = 126  # characters of a landscape A4 page within the margins
_FONT = "宋体"
_LINE = Side(style="thin", color="FF000000")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEADING = PatternFill("solid", fgColor="FFF2F2F2")
_MARKS = {
    Severity.ERROR: PatternFill("solid", fgColor="FFFFC7CE"),
    Severity.WARNING: PatternFill("solid", fgColor="FFFFEB9C"),
}
_CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)


def write_blank_form(
    spec: FormSpec,
    *,
    fields: Mapping[str, FieldValue] | None = None,
    findings: Sequence[Finding] = (),
    records: Sequence[Record] = (),
    units: Sequence[str] = (),
    formulas: bool = True,
    sheet_name: str = "",
) -> bytes:
    """The form as an .xlsx file, empty or pre-filled.

    `fields`: what was read; an unreadable value stands in its cell as the unit wrote it.
    `records`: what was read of the repeating rows; empty rows are drawn below them.
    `findings`: each colours its cell (red for an error, yellow for a warning) and gives the
    reason as the cell's comment. Text from outside is never written as a formula.
    `units`: the names offered for 填报单位; another may be typed. `formulas`: the totals of an
    empty form add up. Of a pre-filled one they do not: a sum of ours in a cell that is to be
    filled would pass for the unit's own figure.
    """
    page = _drawn(spec, fields, findings, records, sheet_name)
    if formulas and not fields:
        page.add_formulas()
    if units:
        page.offer_units(units)
    page.add_validations()
    packed = io.BytesIO()
    page.workbook.save(packed)
    return packed.getvalue()


def draw_filled_form(spec: FormSpec, fields: Mapping[str, FieldValue]) -> Worksheet:
    """The sheet of a pre-filled form, to be copied into another workbook: nothing is offered in
    its cells and nothing checked."""
    return _drawn(spec, fields).sheet


def _drawn(
    spec: FormSpec,
    fields: Mapping[str, FieldValue] | None,
    findings: Sequence[Finding] = (),
    records: Sequence[Record] = (),
    sheet_name: str = "",
) -> "_Page":
    workbook = Workbook()
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    sheet.title = _sheet_title(sheet_name or say(SHEET))
    page = _Page(workbook, sheet, spec, fields or {}, findings, records)
    page.draw()
    return page


class _Page:
    """The sheet being drawn, from top to bottom."""

    def __init__(
        self,
        workbook: Workbook,
        sheet: Worksheet,
        spec: FormSpec,
        fields: Mapping[str, FieldValue],
        findings: Sequence[Finding],
        records: Sequence[Record],
    ) -> None:
        self.workbook = workbook
        self.sheet = sheet
        self._spec = spec
        self._fields = fields
        self._findings = findings
        self._blocks = tuple(blocks_of(spec))
        self._records = records
        self._columns = columns_of(spec, self._blocks)
        self._row = 0
        self._cells: dict[str, Cell] = {}
        self._sums = sums_of(spec)
        self._entries = Entries(workbook, self._sums)

    def draw(self) -> None:
        """Everything: title, header, sections, footer, note, page setup."""
        title = self._merge(self._next_row(36), 0, self._columns)
        title.value = self._spec.title
        title.font = Font(name=_FONT, size=18, bold=True)
        title.alignment = _CENTRE
        self._draw_line([one for one in self._spec.fields if one.place == "header"])
        for block in self._blocks:
            self._draw_block(block)
        if self._spec.rows is not None:
            self._draw_rows(self._spec.rows)
        self._draw_line([one for one in self._spec.fields if one.place == "footer"])
        note = self._merge(self._next_row(20), 0, self._columns)
        if self._blocks or self._spec.rows is None:
            note.value = say(_NOTE_MARKED if self._findings else _NOTE)
        else:
            note.value = say(_NOTE_ROWS_MARKED if self._findings else _NOTE_ROWS)
        note.font = Font(name=_FONT, size=10)
        note.alignment = _LEFT
        self._set_up_page()

    def _draw_line(self, line: Sequence[FormField]) -> None:
        """Labels and values side by side, two pairs a row."""
        for start in range(0, len(line), 2):
            pairs = line[start : start + 2]
            row = self._next_row(28)
            edges = edges_of(self._columns, [2, 4] * len(pairs))
            for index, one in enumerate(pairs):
                label = self._merge(row, edges[2 * index], edges[2 * index + 1], box=True)
                label.value = label_in_pair(self._spec, one)
                label.fill = _HEADING
                self._fill(one, self._merge(row, edges[2 * index + 1], edges[2 * index + 2], True))

    def _draw_block(self, block: Block) -> None:
        if block.in_pairs:
            self._draw_line(block.leaves)
            return
        if block.section:
            section = self._merge(self._next_row(24), 0, self._columns, box=True)
            section.value = block.section
            section.font = Font(name=_FONT, size=12, bold=True)
            section.fill = _HEADING
        edges = edges_of(self._columns, [1] * len(block.leaves))
        rows = [self._next_row(30) for _ in range(block.depth)]
        self._draw_headings(block, edges, rows)
        row = self._next_row(32)
        for index, one in enumerate(block.leaves):
            self._fill(one, self._merge(row, edges[index], edges[index + 1], box=True))

    def _draw_headings(self, block: Block, edges: Sequence[int], rows: Sequence[int]) -> None:
        for level, row in enumerate(rows):
            start = 0
            for prefix, same in groupby(
                block.leaves, key=lambda one: block.headings(one)[: level + 1]
            ):
                leaves = list(same)
                end = start + len(leaves)
                if len(prefix) == level + 1:
                    last = len(block.headings(leaves[0])) == level + 1
                    bottom = rows[-1] if last else row
                    cell = self._merge(row, edges[start], edges[end], box=True, bottom=bottom)
                    unit = leaves[0].unit if last else ""
                    cell.value = prefix[-1] + (say("（{unit}）", unit=unit) if unit else "")
                    cell.fill = _HEADING
                start = end

    def _draw_rows(self, rows: FormRows) -> None:
        """The heading of the repeating rows, what was read of them, and empty ones below."""
        columns = row_columns(rows)
        edges = edges_of(self._columns, [1] * len(columns))
        top = self._next_row(30)
        for index, (word, one) in enumerate(columns):
            heading = self._merge(top, edges[index], edges[index + 1], box=True)
            heading.value, heading.fill = word, _HEADING
            if one is not None:
                self._name(column_name(rows, one), heading)
        of_all = [one for one in self._findings if one.where == "、".join(rows.heading)]
        self._mark(self.sheet.cell(top, 1), of_all)
        for number in range(1, rows_to_draw(rows, len(self._records)) + 1):
            row = self._next_row(24)
            record = self._records[number - 1] if number <= len(self._records) else {}
            for index, (_, one) in enumerate(columns):
                cell = self._merge(row, edges[index], edges[index + 1], box=True)
                if one is not None:
                    self._fill_row_cell(one, cell, record.get(one.key))
                elif index == 0:
                    cell.value = number
        self.sheet.print_title_rows = f"{top}:{top}"

    def _fill_row_cell(self, one: RowField, cell: Cell, read: FieldValue | None) -> None:
        self._entries.prepare(one, cell)
        if read is None:
            return
        _write(cell, one, read)
        self._mark(cell, [found for found in self._findings if found.where == read.where != ""])

    def _name(self, key: str, cell: Cell) -> None:
        name, sheet = NAME_PREFIX + key, self.sheet.title
        self.workbook.defined_names[name] = DefinedName(
            name, attr_text=f"'{sheet}'!${cell.column_letter}${cell.row}", hidden=True
        )

    def _fill(self, one: FormField, cell: Cell) -> None:
        """The value cell of a field: name, value, validation, mark and reason."""
        self._name(one.key, cell)
        read = self._fields.get(one.key)
        self._cells[one.key] = cell
        self._entries.prepare(one, cell)
        if read is not None:
            _write(cell, one, read)
        self._mark(cell, [found for found in self._findings if concerns(found, one, read)])

    def _mark(self, cell: Cell, findings: Sequence[Finding]) -> None:
        """The colour of the gravest finding, and the reasons as a comment."""
        for severity in (Severity.ERROR, Severity.WARNING):
            if any(finding.severity is severity for finding in findings):
                cell.fill = _MARKS[severity]
                break
        else:
            return
        reasons = [reason_of(found) for found in findings if found.severity in _MARKS]
        cell.comment = Comment(harmless("\n".join(reasons)), say("审核意见"), height=120, width=320)

    def add_formulas(self) -> None:
        """Every total that is still empty adds up its parts."""
        for total, parts in self._sums.items():
            cell = self._cells.get(total)
            if cell is not None and cell.value is None and self._cells.keys() >= set(parts):
                places = ",".join(self._cells[part].coordinate for part in parts)
                cell.value = f'=IF(COUNT({places})=0,"",SUM({places}))'
        self.workbook.calculation.fullCalcOnLoad = True

    def offer_units(self, units: Sequence[str]) -> None:
        """The names offered where the unit is asked for."""
        cells = [self._cells[one.key] for one in self._spec.fields if one.type == "unit"]
        self._entries.offer_units(units, cells)

    def add_validations(self) -> None:
        """What may be typed, once every cell is drawn."""
        for rule in self._entries.all():
            self.sheet.add_data_validation(rule)

    def _next_row(self, height: float) -> int:
        self._row += 1
        self.sheet.row_dimensions[self._row].height = height
        return self._row

    def _merge(
        self, row: int, left: int, right: int, box: bool = False, bottom: int | None = None
    ) -> Cell:
        """One cell over columns left to right (from 0, right exclusive)."""
        bottom = bottom or row
        if right - left > 1 or bottom > row:
            self.sheet.merge_cells(
                start_row=row, end_row=bottom, start_column=left + 1, end_column=right
            )
        for line in range(row, bottom + 1):
            for column in range(left + 1, right + 1):
                inside = self.sheet.cell(line, column)
                if box:
                    inside.border = _BOX
        cell = self.sheet.cell(row, left + 1)
        cell.font = Font(name=_FONT, size=11)
        cell.alignment = _CENTRE
        return cell

    def _set_up_page(self) -> None:
        sheet = self.sheet
        for column in range(1, self._columns + 1):
            sheet.column_dimensions[get_column_letter(column)].width = _WIDTH / self._columns
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
        sheet.page_setup.fitToWidth = 1
        # A list goes on over as many pages as it needs; a table is one page.
        sheet.page_setup.fitToHeight = 1 if self._spec.rows is None else 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.print_options.horizontalCentered = True
        sheet.page_margins.left = sheet.page_margins.right = 0.5
        sheet.page_margins.top = sheet.page_margins.bottom = 0.6
        sheet.print_area = f"A1:{get_column_letter(self._columns)}{self._row}"
        sheet.sheet_view.showGridLines = False


def _sheet_title(name: str) -> str:
    """What a worksheet may be called (ISO/IEC 29500-1, 18.2.19)."""
    return re.sub(r"[\[\]:*?/\\']", "", harmless(name))[:31] or say(SHEET)


def _write(cell: Cell, one: FormField | RowField, read: FieldValue) -> None:
    """What was read; where it could not be read, the words as they stood."""
    if one.type == "percent" and read.value is not None:
        cell.value, cell.data_type = f"{read.value}%", "s"  # the cell is text
        return
    if isinstance(read.value, int | float):
        cell.value = read.value
        return
    if one.type == "date" and isinstance(read.value, str):
        cell.value = date.fromisoformat(read.value)
        return
    text = harmless(str(read.value) if read.value is not None else read.raw.strip())
    if not text:
        return
    cell.value = text
    cell.data_type = "s"  # openpyxl takes a leading "=" for a formula
    if FORMULA_START.match(text):
        cell.quotePrefix = True
