"""The workbook over many offices: who has what, what it comes to, and where each figure is from.

Sums are made notice by notice, since two notices may ask for the same words in another sense.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from mailbot.campaign.types import Campaign
from mailbot.judgement.form.field_checks import label_of
from mailbot.language import say, speaking
from mailbot.model import Dossier, DossierState, Punctuality
from mailbot.report.board import read_board
from mailbot.report.fleet.board import Languages, OfficeOnRecord
from mailbot.report.yearbook.book import lacking
from mailbot.report.yearbook.consolidation import Consolidation, add, consolidate
from mailbot.report.yearbook.sheet import Letterhead
from mailbot.report.yearbook.tables import Table, Value
from mailbot.report.yearbook.workbook import write_tables
from mailbot.wording.office import DOSSIER_STATES, PUNCTUALITY, unit_of

TITLE = "各办汇总台账"


@dataclass(slots=True)
class _Rows:
    offices: list[tuple[Value, ...]] = field(default_factory=list)
    units: list[tuple[Value, ...]] = field(default_factory=list)
    by_office: list[tuple[Value, ...]] = field(default_factory=list)
    sources: list[tuple[Value, ...]] = field(default_factory=list)


def fleet_tables(offices: Iterable[OfficeOnRecord], now: datetime) -> tuple[Table, ...]:
    """Every sheet of the workbook, the offices in their order. A ledger is read while its office
    is the current one, so that two hundred need not be open together. The sheets speak the language
    of all campaigns, each office's words its own."""
    languages = Languages()
    rows = _Rows()
    parts: dict[tuple[str, str, str], list[tuple[str, int | float, int]]] = defaultdict(list)
    for office in languages.of(offices):
        if office.ledger is None or office.campaign is None:
            rows.offices.append((office.name, "", *(None,) * 7, office.fault))
            continue
        campaign = office.campaign
        with speaking(campaign.language):
            board = read_board(office.ledger, campaign, now)
            rows.offices.append(_office_row(office, campaign, board))
            rows.units += [_unit_row(office.name, campaign, dossier) for dossier in board]
            _add_figures(office.name, campaign, consolidate(campaign, board), rows, parts)
    with speaking(languages.common):
        return (
            _table("各办情况", _OFFICES, rows.offices),
            _table("汇总", _TOTALS, [_total_row(key, parts[key]) for key in parts]),
            _table("分办汇总", _BY_OFFICE, rows.by_office),
            _table("各单位", _UNITS, rows.units),
            _table("汇总来源", _SOURCES, rows.sources),
        )


def _table(name: str, heading: Sequence[str], rows: Sequence[tuple[Value, ...]]) -> Table:
    return Table(say(name), tuple(map(say, heading)), tuple(rows))


def write_fleet_book(tables: Iterable[Table], now: datetime) -> bytes:
    """The tables as an .xlsx workbook; `now` in the zone in which times are written."""
    return write_tables(tables, Letterhead(say(TITLE), "", now))


_OFFICES = (
    *("办公室", "通知", "应报单位", "材料齐全", "尚缺材料", "未报送"),
    *("按时报送", "迟报", "不在应报之列", "故障"),
)
_TOTALS = ("通知", "栏目", "计量单位", "合计", "办公室数", "统计表份数")
_BY_OFFICE = ("通知", "栏目", "计量单位", "办公室", "合计", "统计表份数")
_UNITS = ("办公室", "报送单位", "单位类别", "首次收件时间", "是否按时", "材料情况", "缺项")
_SOURCES = (
    *("办公室", "栏目", "计量单位", "报送单位", "数值", "原文", "文件名", "位置"),
    *("来信编号", "收件时间", "SHA-256"),
)


def _office_row(
    office: OfficeOnRecord, campaign: Campaign, board: list[Dossier]
) -> tuple[Value, ...]:
    expected = [dossier for dossier in board if dossier.expected]
    states = [dossier.state for dossier in expected]
    return (
        office.name,
        campaign.title,
        len(expected),
        *(states.count(state) for state in DossierState),
        sum(one.punctuality is Punctuality.ON_TIME for one in expected),
        sum(one.punctuality is Punctuality.LATE for one in expected),
        len(board) - len(expected),
        office.fault,
    )


def _unit_row(office: str, campaign: Campaign, dossier: Dossier) -> tuple[Value, ...]:
    return (
        office,
        dossier.unit,
        unit_of(campaign, dossier.unit).group,
        dossier.first_arrival,
        PUNCTUALITY[dossier.punctuality],
        DOSSIER_STATES[dossier.state],
        lacking(dossier.slots),
    )


def _add_figures(
    office: str,
    campaign: Campaign,
    consolidation: Consolidation,
    rows: _Rows,
    parts: dict[tuple[str, str, str], list[tuple[str, int | float, int]]],
) -> None:
    for total in consolidation.totals:
        if total.total is None:
            continue
        label, unit = label_of(total.field), total.field.unit
        rows.by_office.append(
            (campaign.title, label, unit, office, total.total, len(total.sources))
        )
        parts[campaign.title, label, unit].append((office, total.total, len(total.sources)))
        rows.sources += [
            (
                *(office, label, unit, one.unit, one.value, one.raw, one.file, one.where),
                *(one.arrival, one.arrived_at, one.sha256),
            )
            for one in total.sources
        ]


def _total_row(
    key: tuple[str, str, str], parts: list[tuple[str, int | float, int]]
) -> tuple[Value, ...]:
    return (
        *key,
        add(number for _, number, _ in parts),
        len(parts),
        sum(tables for _, _, tables in parts),
    )
