"""The year's ledger (台账), one row a unit, and everything that is exported with it.

The headings are those of facts of the form, "The ledger (台账), one row a unit".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from mailbot.campaign.forms import FormField
from mailbot.campaign.types import Campaign
from mailbot.dossiers.on_record import addresses_of, not_its_own
from mailbot.language import in_its_language, say
from mailbot.ledger import enquiries, replies, spotchecks
from mailbot.ledger.store import Ledger, Row, moment
from mailbot.model import Dossier, Slot, SlotVerdict
from mailbot.report.board import read_board
from mailbot.report.yearbook.consolidation import NUMBER_TYPES, Consolidation, consolidate
from mailbot.report.yearbook.records import record_tables
from mailbot.report.yearbook.tables import (
    Table,
    Value,
    contradictions_table,
    findings_table,
    mails_table,
    material_table,
    paths_of,
    sources_table,
    spot_check_table,
)
from mailbot.wording.office import PUNCTUALITY, SLOT_STATUS, slot_status, unit_of

LEDGER, TOTALS, SOURCES = "台账", "汇总", "汇总来源"


@dataclass(frozen=True, slots=True)
class Book:
    """Everything an export holds; its mails are read as they are written down."""

    campaign: Campaign
    now: datetime
    tables: tuple[Table, ...]  # 台账 first
    consolidation: Consolidation

    def table(self, name: str) -> Table:
        """The table of that name."""
        return next(table for table in self.tables if table.name == name)


@in_its_language
def read_book(
    ledger: Ledger, campaign: Campaign, now: datetime, *, newest: int | None = None
) -> Book:
    """Read everything the export tells, as of `now`.

    `newest`: tell of so many mails only, the last that came, and of those the board stands on.
    """
    board = read_board(ledger, campaign, now)
    consolidation = consolidate(campaign, board)
    rows: Iterable[Row] = (
        enquiries.AllArrivals(ledger)
        if newest is None
        else enquiries.newest_and(ledger, newest, _arrivals_of(board))
    )
    paths = _paths(ledger, board)
    # Sheets that do not tell of every mail say so in their names.
    part = (
        say("（最近{newest}封）", newest=newest)
        if newest and newest < enquiries.how_many(ledger)
        else ""
    )
    of_sums = (
        (sources_table(consolidation), contradictions_table(campaign, consolidation))
        if "form" in campaign.form_slots
        else ()
    )
    tables = (
        _ledger_table(ledger, campaign, board, consolidation),
        *(material_table(campaign, slot.slot, board, paths) for slot in campaign.materials),
        *(
            replace(table, name=table.name + part)
            for table in (findings_table(campaign, rows, board), mails_table(ledger, rows))
        ),
        *record_tables(campaign, board),
        *of_sums,
        spot_check_table(ledger),
    )
    return Book(campaign, now, tables, consolidation)


def _paths(ledger: Ledger, board: list[Dossier]) -> dict[tuple[int, str], str]:
    """On which way each file of the board lay in its mail, by arrival and hash."""
    wanted = {
        (file.arrival, file.judged.sha256)
        for dossier in board
        for slot in dossier.slots.values()
        for file in slot.files
    }
    return {
        (row["id"], one.sha256): path
        for row in enquiries.arrivals_in(ledger, sorted({arrival for arrival, _ in wanted}))
        for path, one in paths_of(row)
        if (row["id"], one.sha256) in wanted
    }


def _arrivals_of(board: list[Dossier]) -> set[int]:
    """Those that brought what stands on the board."""
    return {
        file.arrival
        for dossier in board
        for slot in dossier.slots.values()
        for file in slot.files
        if file.counts
    }


def _ledger_table(
    ledger: Ledger, campaign: Campaign, board: list[Dossier], consolidation: Consolidation
) -> Table:
    figures = [field for field in campaign.form.fields if _is_main_figure(field)]
    contacts = [field for field in campaign.form.fields if field.type in ("person", "phone")]
    labels = {"summary": say("评估总结"), "photo": say("照片（张）")}
    columns = (
        *(say("序号"), say("报送单位"), say("单位类别"), say("首次收件时间"), say("是否按时")),
        *(labels.get(one.slot, one.label) for one in campaign.materials),
        *(say("缺项"), say("补正通知时间"), say("补正完成时间")),
        *(_heading(field) for field in figures),
        *(say("联系人") if field.type == "person" else say("联系电话") for field in contacts),
        *(say("抽查结果"), say("备注")),
    )
    forms = {form.unit: form for form in consolidation.forms}
    inspected = {one.unit: one for one in spotchecks.inspections(ledger)}
    rows: list[tuple[Value, ...]] = []
    for number, dossier in enumerate(board, 1):
        form, found = forms.get(dossier.unit), inspected.get(dossier.unit)
        notified = _first_correction(ledger, dossier.unit)
        mended = dossier.completed_at if notified is not None else None
        reads = [form.read(field.key) if form else None for field in contacts]
        rows.append(
            (
                number,
                dossier.unit,
                unit_of(campaign, dossier.unit).group,
                dossier.first_arrival,
                PUNCTUALITY[dossier.punctuality],
                *(_slot_cell(dossier.slots.get(one.slot)) for one in campaign.materials),
                lacking(dossier.slots),
                notified,
                mended if mended and notified and mended >= notified else None,
                *(form.number(field.key) if form else None for field in figures),
                *(str(read.value or read.raw) if read else "" for read in reads),
                _inspected(found),
                _remarks(ledger, campaign, dossier),
            )
        )
    return Table(LEDGER, columns, tuple(rows))


def _is_main_figure(field: FormField) -> bool:
    """The numbers that every table must state: 举办次数, 参演人数, 直接投入."""
    return field.required and field.type in (*NUMBER_TYPES, "number", "percent")


def _heading(field: FormField) -> str:
    unit = {"money_wan": field.unit, "number": field.unit, "percent": "%"}.get(field.type, "")
    return field.path[-1] + (say("（{unit}）", unit=unit) if unit else "")


def _slot_cell(slot: Slot | None) -> Value:
    """How many photos are accepted; of every other material where it stands."""
    if slot is None:
        return say("不要求")
    if not slot.required and slot.verdict is SlotVerdict.MISSING:
        return ""
    return slot.accepted_count if slot.slot == "photo" else slot_status(slot)


def lacking(slots: Mapping[str, Slot]) -> str:
    """`未收到：视频、照片；需补正：统计表`."""
    lacking: dict[str, list[str]] = {}
    for slot in slots.values():
        if slot.required and slot.verdict is not SlotVerdict.ACCEPTED:
            lacking.setdefault(SLOT_STATUS[slot.verdict], []).append(slot.label)
    return say("；").join(
        say("{status}：{names}", status=status, names=say("、").join(labels))
        for status, labels in lacking.items()
    )


def _first_correction(ledger: Ledger, unit: str) -> datetime | None:
    """When the unit was first told what to mend."""
    sent = [
        row["sent_at"]
        for row in replies.of_unit(ledger, unit)
        if row["kind"] == "correction" and row["sent_at"]
    ]
    return moment(min(sent)) if sent else None


def _inspected(found: spotchecks.Inspection | None) -> str:
    if found is None:
        return ""
    return (
        say("{result}（{note}）", result=found.result, note=found.note)
        if found.note
        else found.result
    )


def _remarks(ledger: Ledger, campaign: Campaign, dossier: Dossier) -> str:
    """What a reader of the row has to know besides, in a few words each."""
    said = [] if dossier.expected else [say("不在应报单位之列")]
    for slot in dossier.slots.values():
        if slot.links and slot.verdict is not SlotVerdict.ACCEPTED:
            said.append(say("{label}为下载链接，尚未核验", label=slot.label))
        if slot.waived:
            said.append(say("{label}经核准免报", label=slot.label))
        if any(file.shown_only for file in slot.files):
            said.append(say("{label}另有其他邮箱来件，待核对", label=slot.label))
    addresses = addresses_of(ledger, unit_of(campaign, dossier.unit))
    strange = not_its_own(ledger, campaign, dossier.unit) if addresses else ()
    said += [
        say("{label}由其他邮箱报送", label=slot.label)
        for slot in dossier.slots.values()
        if any(
            one.counts
            and not one.decided
            and one.arrival in strange
            and one.decided_by_address not in addresses
            for one in slot.files
        )
    ]
    if "provisional" in addresses.values():
        said.append(say("发件邮箱待确认"))
    return say("；").join(said)
