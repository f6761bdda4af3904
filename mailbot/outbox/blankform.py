"""The statistics table to fill in, as .xlsx, made from a FormSpec alone.

Every value cell carries a hidden workbook name, "mb." and the field's key, so a form returned
on it is read without guessing. Sums are left to the unit: a drill may count in two parts, so a
formula would write a wrong total over a right one.
"""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from mailbot.campaign import FormField, FormSpec, SealCheck
from mailbot.judgement.fields import NAME_PREFIX
from mailbot.judgement.form import label_of
from mailbot.model import FieldValue, Finding, Severity
from mailbot.outbox.wording import FORMULA_START

SHEET = "统计表"
_NOTE = "说明：数字栏只填阿拉伯数字，没有的填0。"
_NOTE_MARKED = "说明：数字栏只填阿拉伯数字，没有的填0；标红、标黄的栏请按批注核对修改。"
_WIDTH = 126  # characters of a landscape A4 page within the margins
_MOST_LEAVES = 12  # columns of values side by side; a section with more continues below
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
_LONGEST_TEXT = 1000


def write_blank_form(
    spec: FormSpec,
    *,
    fields: Mapping[str, FieldValue] | None = None,
    findings: Sequence[Finding] = (),
) -> bytes:
    """The form as an .xlsx file, empty or pre-filled.

    `fields`: what was read; an unreadable value stands in its cell as the unit wrote it.
    `findings`: each colours its cell (red for an error, yellow for a warning) and gives the
    reason as the cell's comment. Text from outside is never written as a formula.
    """
    workbook = Workbook()
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    sheet.title = SHEET
    page = _Page(workbook, sheet, spec, fields or {}, findings)
    page.draw()
    packed = io.BytesIO()
    workbook.save(packed)
    return packed.getvalue()


@dataclass(frozen=True, slots=True)
class _Block:
    """Fields of one section that stand side by side."""

    section: str
    leaves: tuple[FormField, ...]

    def headings(self, one: FormField) -> tuple[str, ...]:
        """The labels over a field, below its section."""
        return one.path[1:] or one.path

    @property
    def depth(self) -> int:
        return max(len(self.headings(one)) for one in self.leaves)


class _Page:
    """The sheet being drawn, from top to bottom."""

    def __init__(
        self,
        workbook: Workbook,
        sheet: Worksheet,
        spec: FormSpec,
        fields: Mapping[str, FieldValue],
        findings: Sequence[Finding],
    ) -> None:
        self._workbook = workbook
        self._sheet = sheet
        self._spec = spec
        self._fields = fields
        self._findings = findings
        self._blocks = tuple(_blocks(spec))
        self._columns = _column_count([len(block.leaves) for block in self._blocks])
        self._row = 0
        self._whole = DataValidation(
            type="whole", operator="greaterThanOrEqual", formula1="0", allow_blank=True
        )
        self._amount = DataValidation(
            type="decimal", operator="greaterThanOrEqual", formula1="0", allow_blank=True
        )

    def draw(self) -> None:
        """Everything: title, header, sections, footer, note, page setup."""
        title = self._merge(self._next_row(36), 0, self._columns)
        title.value = self._spec.title
        title.font = Font(name=_FONT, size=18, bold=True)
        title.alignment = _CENTRE
        self._draw_line([one for one in self._spec.fields if one.place == "header"])
        for block in self._blocks:
            self._draw_block(block)
        self._draw_line([one for one in self._spec.fields if one.place == "footer"])
        note = self._merge(self._next_row(20), 0, self._columns)
        note.value = _NOTE_MARKED if self._findings else _NOTE
        note.font = Font(name=_FONT, size=10)
        note.alignment = _LEFT
        self._set_up_page()

    def _draw_line(self, line: Sequence[FormField]) -> None:
        """Labels and values of header or footer, side by side, two pairs a row."""
        for start in range(0, len(line), 2):
            pairs = line[start : start + 2]
            row = self._next_row(28)
            edges = _edges(self._columns, [2, 4] * len(pairs))
            for index, one in enumerate(pairs):
                label = self._merge(row, edges[2 * index], edges[2 * index + 1], box=True)
                label.value = one.path[-1] + self._seal_mark(one)
                label.fill = _HEADING
                self._fill(one, self._merge(row, edges[2 * index + 1], edges[2 * index + 2], True))

    def _seal_mark(self, one: FormField) -> str:
        sealed = any(isinstance(check, SealCheck) for check in self._spec.checks)
        return "（盖章）" if sealed and one.type == "unit" else ""

    def _draw_block(self, block: _Block) -> None:
        if block.section:
            section = self._merge(self._next_row(24), 0, self._columns, box=True)
            section.value = block.section
            section.font = Font(name=_FONT, size=12, bold=True)
            section.fill = _HEADING
        edges = _edges(self._columns, [1] * len(block.leaves))
        rows = [self._next_row(30) for _ in range(block.depth)]
        self._draw_headings(block, edges, rows)
        row = self._next_row(32)
        for index, one in enumerate(block.leaves):
            self._fill(one, self._merge(row, edges[index], edges[index + 1], box=True))

    def _draw_headings(self, block: _Block, edges: Sequence[int], rows: Sequence[int]) -> None:
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
                    cell.value = prefix[-1] + (f"（{unit}）" if unit else "")
                    cell.fill = _HEADING
                start = end

    def _fill(self, one: FormField, cell: Cell) -> None:
        """The value cell of a field: name, value, validation, mark and reason."""
        name = NAME_PREFIX + one.key
        self._workbook.defined_names[name] = DefinedName(
            name, attr_text=f"'{SHEET}'!${cell.column_letter}${cell.row}", hidden=True
        )
        read = self._fields.get(one.key)
        if one.type == "count":
            self._whole.add(cell)
        elif one.type == "money_wan":
            self._amount.add(cell)
        elif one.type == "date":
            cell.number_format = 'yyyy"年"m"月"d"日"'
        else:
            cell.number_format = "@"
        if read is not None:
            _write(cell, one, read)
        findings = [finding for finding in self._findings if _concerns(finding, one, read)]
        for severity in (Severity.ERROR, Severity.WARNING):
            if any(finding.severity is severity for finding in findings):
                cell.fill = _MARKS[severity]
                break
        else:
            return
        reasons = [_reason(found) for found in findings if found.severity in _MARKS]
        cell.comment = Comment(_harmless("\n".join(reasons)), "审核意见", height=120, width=320)

    def _next_row(self, height: float) -> int:
        self._row += 1
        self._sheet.row_dimensions[self._row].height = height
        return self._row

    def _merge(
        self, row: int, left: int, right: int, box: bool = False, bottom: int | None = None
    ) -> Cell:
        """One cell over columns left to right (from 0, right exclusive)."""
        bottom = bottom or row
        if right - left > 1 or bottom > row:
            self._sheet.merge_cells(
                start_row=row, end_row=bottom, start_column=left + 1, end_column=right
            )
        for line in range(row, bottom + 1):
            for column in range(left + 1, right + 1):
                inside = self._sheet.cell(line, column)
                if box:
                    inside.border = _BOX
        cell = self._sheet.cell(row, left + 1)
        cell.font = Font(name=_FONT, size=11)
        cell.alignment = _CENTRE
        return cell

    def _set_up_page(self) -> None:
        sheet = self._sheet
        for column in range(1, self._columns + 1):
            sheet.column_dimensions[get_column_letter(column)].width = _WIDTH / self._columns
        for validation, words in (
            (self._whole, "请填写不小于0的整数"),
            (self._amount, "请填写不小于0的数字，单位为万元"),
        ):
            validation.showErrorMessage = True
            validation.errorTitle, validation.error = "填写有误", words
            validation.showInputMessage = True
            validation.promptTitle, validation.prompt = "填写说明", words
            if validation.sqref:
                sheet.add_data_validation(validation)
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
        sheet.page_setup.fitToWidth = 1
        sheet.page_setup.fitToHeight = 1
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.print_options.horizontalCentered = True
        sheet.page_margins.left = sheet.page_margins.right = 0.5
        sheet.page_margins.top = sheet.page_margins.bottom = 0.6
        sheet.print_area = f"A1:{get_column_letter(self._columns)}{self._row}"
        sheet.sheet_view.showGridLines = False


def _blocks(spec: FormSpec) -> Iterator[_Block]:
    """The table's fields by section, in parts that fit side by side, groups kept whole."""
    table = [one for one in spec.fields if one.place == "table"]
    for section, of_section in groupby(table, key=lambda one: one.path[0] if one.path[1:] else ""):
        part: list[FormField] = []
        for _, group in groupby(of_section, key=lambda one: one.path[1:2] or one.path):
            leaves = list(group)
            if part and len(part) + len(leaves) > _MOST_LEAVES:
                yield _Block(section, tuple(part))
                part = []
            part += leaves
        yield _Block(section, tuple(part))


def _column_count(leaves: Sequence[int]) -> int:
    """So many columns that every section divides them about evenly."""
    most = max([*leaves, 6])
    for times in (1, 2, 3):
        spans = [_spans(_edges(most * times, [1] * count)) for count in leaves]
        if all(max(one) - min(one) <= max(one) / 3 for one in spans):
            return most * times
    return most * 3


def _edges(columns: int, weights: Sequence[int]) -> list[int]:
    """Where the parts begin and end when columns are shared out by weight."""
    whole = sum(weights)
    return [round(sum(weights[:index]) * columns / whole) for index in range(len(weights) + 1)]


def _spans(edges: Sequence[int]) -> list[int]:
    return [end - start for start, end in pairwise(edges)]


def _write(cell: Cell, one: FormField, read: FieldValue) -> None:
    """What was read; where it could not be read, the words as they stood."""
    if isinstance(read.value, int | float):
        cell.value = read.value
        return
    if one.type == "date" and isinstance(read.value, str):
        cell.value = date.fromisoformat(read.value)
        return
    text = _harmless(str(read.value) if read.value is not None else read.raw.strip())
    if not text:
        return
    cell.value = text
    cell.data_type = "s"  # openpyxl takes a leading "=" for a formula
    if FORMULA_START.match(text):
        cell.quotePrefix = True


def _harmless(text: str) -> str:
    return re.sub(ILLEGAL_CHARACTERS_RE, "", text)[:_LONGEST_TEXT]


def _concerns(finding: Finding, one: FormField, read: FieldValue | None) -> bool:
    """Whether a finding is about this field: it names its cell first, or its labels."""
    first, *_ = finding.where.split("、")
    return (read is not None and bool(first) and first == read.where) or (
        f"“{label_of(one)}”" in finding.message
    )


def _reason(finding: Finding) -> str:
    """A finding's message without the cell's address, which is that of the file sent in."""
    return finding.message.removeprefix(f"{finding.where}：")
