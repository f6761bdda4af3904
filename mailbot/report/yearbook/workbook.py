"""The tables as an .xlsx workbook that an office prints and files.

Text from outside is a string to the spreadsheet whatever it begins with (CWE-1236), and a cell
that begins like a formula carries quotePrefix, so that editing it does not make it one.
"""

import io
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from mailbot.campaign.types import Campaign
from mailbot.language import in_its_language, say
from mailbot.model import FieldValue
from mailbot.outbox.blankform.workbook import write_blank_form
from mailbot.report.yearbook.book import LEDGER, SOURCES, TOTALS, Book
from mailbot.report.yearbook.tables import Table, Value
from mailbot.wording.phrases import FORMULA_START, format_date, harmless, name_of_register

# openpyxl's own pattern lets two pass that XML 1.0 does not.
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


@in_its_language
def write_workbook(book: Book) -> bytes:
    """The whole book: 台账, the materials, findings, mails, the consolidated table, spot checks."""
    campaign = book.campaign
    head = Letterhead(title_of(campaign), campaign.issuer, book.now.astimezone(campaign.zone))
    workbook = _with_totals(book) if "form" in campaign.form_slots else Workbook()
    totals = workbook.worksheets[0]
    if "form" not in campaign.form_slots:
        workbook.remove(totals)
    for table in book.tables:
        if table.name == SOURCES:  # the sums stand before what they are made of
            workbook.move_sheet(totals, len(workbook.sheetnames) - 1)
        _add(workbook, table, head)
    return _packed(workbook, head)


def write_tables(tables: Iterable[Table], head: Letterhead) -> bytes:
    """A workbook of these tables alone."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for table in tables:
        _add(workbook, table, head)
    return _packed(workbook, head)


def _add(workbook: Workbook, table: Table, head: Letterhead) -> None:
    _fill(workbook.create_sheet(_sheet_name(say(table.name), workbook.sheetnames)), table, head)


def _packed(workbook: Workbook, head: Letterhead) -> bytes:
    workbook.active = 0
    for place, sheet in enumerate(workbook.worksheets):
        sheet.sheet_view.tabSelected = place == 0
    properties = workbook.properties
    properties.creator, properties.title = head.issuer, head.title
    properties.created = properties.modified = head.now.astimezone(UTC).replace(tzinfo=None)
    packed = io.BytesIO()
    workbook.save(packed)
    return packed.getvalue()


def title_of(campaign: Campaign) -> str:
    """`2017年安全生产应急演练台账`."""
    return say("{name}台账", name=name_of_register(campaign))


def safe_text(text: str) -> str:
    """What a cell can hold: nothing that is not seen, and not endless."""
    text = harmless(text)
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def _with_totals(book: Book) -> Workbook:
    """A workbook whose one sheet is the statistics table itself, filled with the sums."""
    campaign, consolidation = book.campaign, book.consolidation
    fields: dict[str, FieldValue] = {
        total.field.key: FieldValue(total.total, "", "")
        for total in consolidation.totals
        if total.total is not None
    }
    day = book.now.astimezone(campaign.zone).date()
    for field in campaign.form.fields:
        if field.type == "unit":
            fields[field.key] = FieldValue(campaign.issuer, campaign.issuer, "")
        elif field.type == "date" and field.place == "header":
            fields[field.key] = FieldValue(day.isoformat(), "", "")
    spec = campaign.form.model_copy(update={"rows": None})  # they have a sheet of their own
    workbook = load_workbook(io.BytesIO(write_blank_form(spec, fields=fields, formulas=False)))
    workbook.defined_names.clear()  # they mark a form to be read; sums are none
    sheet = workbook.worksheets[0]
    sheet.title = say(TOTALS)
    sheet.data_validations.dataValidation = []
    sheet["A1"].value = say("{title}（汇总）", title=campaign.form.title)
    # The blank form's last row tells the unit how to fill it in.
    sheet.cell(sheet.max_row, 1).value = say(
        "说明：由{count}个单位已通过的统计表相加，截至{date}；"
        "每个数的来源（单位、文件、单元格）见“汇总来源”，合计不符的见“合计不符”。{corrections}",
        count=len(consolidation.forms),
        date=format_date(day),
        corrections=_corrections(book),
    )
    return workbook


def _corrections(book: Book) -> str:
    sources = (one for total in book.consolidation.totals for one in total.sources)
    count = sum(one.corrected is not None for one in sources)
    return say("其中{count}个数经人工更正，“汇总来源”中已注明。", count=count) if count else ""


def _sheet_name(wanted: str, taken: Iterable[str]) -> str:
    """A name Excel takes: at most 31 characters, none of []:*?/\\, not there yet."""
    name = re.sub(r"[\[\]:*?/\\']", "_", wanted)[:31] or say("表")
    place = 2
    while name in taken:
        name = say("{name}（{place}）", name=name[:27], place=place)
        place += 1
    return name


def _fill(sheet: Worksheet, table: Table, head: Letterhead) -> None:
    """Headings and rows. Heights are set, since LibreOffice does not fit rows it did not write."""
    time_format = _SHORT_TIME if table.name == LEDGER else _TIME
    widths = [
        _column_width(heading, [row[column] for row in table.rows])
        for column, heading in enumerate(table.columns)
    ]
    for column, (heading, width) in enumerate(zip(table.columns, widths, strict=True), 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
        cell = sheet.cell(1, column, say(heading))
        cell.font = Font(name=_FONT, size=10, bold=True)
        cell.fill, cell.border = _HEADING, _BOX
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    sheet.row_dimensions[1].height = 2 * _LINE_HEIGHT + 4
    for line, row in enumerate(table.rows, 2):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(line, column)
            _write(cell, value, head, time_format)
            if table.columns[column - 1] == _DIGEST:
                cell.alignment = Alignment(horizontal="fill", vertical="center")
        lines = max(
            1 if heading == _DIGEST else _lines(value, width)
            for value, width, heading in zip(row, widths, table.columns, strict=True)
        )
        sheet.row_dimensions[line].height = min(lines * _LINE_HEIGHT + 4, _HIGHEST)
    sheet.freeze_panes = "C2" if table.name == LEDGER else "A2"
    last = f"{get_column_letter(len(table.columns))}{max(len(table.rows), 1) + 1}"
    sheet.auto_filter.ref = f"A1:{last}"
    _set_up_page(sheet, table, head)


def _lines(value: Value, width: float) -> int:
    """How many lines a text takes in a column of this width."""
    if not isinstance(value, str):
        return 1
    return sum(max(1, -(-_width(line) // max(1, int(width) - 1))) for line in value.split("\n"))


def _column_width(heading: str, values: list[Value]) -> float:
    """As wide as its longest line up to a bound; the heading may wrap once."""
    if heading == _DIGEST:
        return 14
    least = (_width(say(heading)) + 1) // 2 + 3  # room for the filter's button
    longest = max(map(_shown_width, values), default=0)
    return max(least, min(longest, _WIDER.get(heading, _WIDEST)))


def _write(cell: Cell, value: Value, head: Letterhead, time_format: str) -> None:
    cell.font, cell.border = Font(name=_FONT, size=10), _BOX
    if isinstance(value, datetime):
        # Excel knows no zones: what is written is the office's local time.
        cell.value = value.astimezone(head.now.tzinfo).replace(tzinfo=None, microsecond=0)
        cell.number_format = time_format
        cell.alignment = Alignment(horizontal="center", vertical="center")
    elif isinstance(value, str):
        text = safe_text(value)
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        if not text:
            return
        cell.value = text
        cell.data_type = "s"  # openpyxl takes a leading "=" for a formula
        if FORMULA_START.match(text):
            cell.quotePrefix = True
    elif value is not None:
        cell.value = value
        cell.alignment = Alignment(horizontal="right", vertical="center")


def _set_up_page(sheet: Worksheet, table: Table, head: Letterhead) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
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


def _shown_width(value: Value) -> int:
    if value is None:
        return 0
    if isinstance(value, datetime):
        return 16
    return max(map(_width, str(value).split("\n")), default=0) + 1


def _width(text: str) -> int:
    """In Excel's unit, a digit's width: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(one) in "WFA" else 1 for one in text)
