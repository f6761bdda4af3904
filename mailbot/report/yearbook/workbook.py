"""The tables as an .xlsx workbook that an office prints and files, written as it is made."""

import io
import re
from collections.abc import Iterable
from datetime import UTC

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from mailbot.campaign.types import Campaign
from mailbot.language import in_its_language, say
from mailbot.model import FieldValue
from mailbot.outbox.blankform.workbook import draw_filled_form
from mailbot.report.yearbook.book import SOURCES, TOTALS, Book
from mailbot.report.yearbook.sheet import Letterhead, copy_sheet, fill_sheet
from mailbot.report.yearbook.tables import Table
from mailbot.wording.phrases import format_date, name_of_register


@in_its_language
def write_workbook(book: Book) -> bytes:
    """The whole book: 台账, the materials, findings, mails, the consolidated table, spot checks."""
    campaign = book.campaign
    head = Letterhead(title_of(campaign), campaign.issuer, book.now.astimezone(campaign.zone))
    workbook = Workbook(write_only=True)
    has_sums = "form" in campaign.form_slots
    for table in book.tables:
        if has_sums and table.name == say(SOURCES):  # the sums stand before what they are made of
            copy_sheet(_totals(book), workbook.create_sheet(say(TOTALS)))
        _add(workbook, table, head)
    return _packed(workbook, head)


def write_tables(tables: Iterable[Table], head: Letterhead) -> bytes:
    """A workbook of these tables alone."""
    workbook = Workbook(write_only=True)
    for table in tables:
        _add(workbook, table, head)
    return _packed(workbook, head)


def _add(workbook: Workbook, table: Table, head: Letterhead) -> None:
    sheet = workbook.create_sheet(_sheet_name(say(table.name), workbook.sheetnames))
    sheet.sheet_view.tabSelected = len(workbook.sheetnames) == 1
    fill_sheet(sheet, table, head)


def _packed(workbook: Workbook, head: Letterhead) -> bytes:
    properties = workbook.properties
    properties.creator, properties.title = head.issuer, head.title
    properties.created = properties.modified = head.now.astimezone(UTC).replace(tzinfo=None)
    packed = io.BytesIO()
    workbook.save(packed)
    return packed.getvalue()


def title_of(campaign: Campaign) -> str:
    """`2017年安全生产应急演练台账`."""
    return say("{name}台账", name=name_of_register(campaign))


def _totals(book: Book) -> Worksheet:
    """A sheet that is the statistics table itself, filled with the sums."""
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
    sheet = draw_filled_form(spec, fields)
    sheet["A1"].value = say("{title}（汇总）", title=campaign.form.title)
    # The blank form's last row tells the unit how to fill it in.
    sheet.cell(sheet.max_row, 1).value = say(
        "说明：由{count}个单位已通过的统计表相加，截至{date}；"
        "每个数的来源（单位、文件、单元格）见“汇总来源”，合计不符的见“合计不符”。{corrections}",
        count=len(consolidation.forms),
        date=format_date(day),
        corrections=_corrections(book),
    )
    return sheet


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
