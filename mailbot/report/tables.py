"""The year's ledger (台账) as plain tables; export writes them as .xlsx, .csv or .json.

Headings of the ledger sheet: facts of the form, "The ledger (台账), one row a unit". Every
figure leads back to a file: the material sheets name file and arrival, 汇总来源 the cell.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from mailbot.campaign import Campaign, FormField
from mailbot.judgement.form import label_of
from mailbot.ledger import arrivals, dossiers, enquiries, replies, spotchecks
from mailbot.ledger.store import Ledger, Row, moment
from mailbot.model import Dossier, DossierFile, Finding, Judged, Kind, Slot, SlotVerdict, Verdict
from mailbot.report.board import read_board
from mailbot.report.consolidation import NUMBER_TYPES, Consolidation, consolidate, describe
from mailbot.report.words import (
    ANSWERS,
    PUNCTUALITY,
    SEVERITIES,
    SLOT_STATUS,
    VERDICTS,
    kind_label,
    unit_of,
    unsolved,
)

Value: TypeAlias = str | int | float | bool | datetime | None

LEDGER = "台账"
TOTALS = "汇总"


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet: its name, its headings, and rows of as many values. Times are aware."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True, slots=True)
class Book:
    """Everything an export holds, from one reading of the ledger."""

    campaign: Campaign
    now: datetime
    tables: tuple[Table, ...]  # 台账 first
    consolidation: Consolidation

    def table(self, name: str) -> Table:
        """The table of that name."""
        return next(table for table in self.tables if table.name == name)


def read_book(ledger: Ledger, campaign: Campaign, now: datetime) -> Book:
    """Read everything the export tells, as of `now`."""
    board = read_board(ledger, campaign, now)
    consolidation = consolidate(campaign, board)
    rows = ledger.rows("SELECT * FROM arrivals ORDER BY arrived_at, id")
    paths = {(row["id"], one.sha256): path for row in rows for path, one in paths_of(row)}
    tables = (
        _ledger_table(ledger, campaign, board, consolidation),
        *(_material_table(campaign, slot.slot, board, paths) for slot in campaign.materials),
        _findings_table(campaign, rows, board),
        _mails_table(ledger, rows),
        _sources_table(consolidation),
        _contradictions_table(campaign, consolidation),
        _spot_check_table(ledger),
    )
    return Book(campaign, now, tables, consolidation)


def paths_of(row: Row) -> Iterator[tuple[str, Judged]]:
    """Every file of an arrival with the names on the way to it: `照片.zip/现场/1.jpg`."""

    def walk(judged: Judged, path: str) -> Iterator[tuple[str, Judged]]:
        yield path, judged
        for member in judged.members:
            inside = member.source if judged.kind is Kind.ARCHIVE else ""
            yield from walk(member, f"{path}/{inside or member.name}")

    for top in arrivals.files_of(row):
        yield from walk(top, top.name)


# ---- 台账 ---------------------------------------------------------------------------------


def _ledger_table(
    ledger: Ledger, campaign: Campaign, board: list[Dossier], consolidation: Consolidation
) -> Table:
    figures = [field for field in campaign.form.fields if _is_main_figure(field)]
    contacts = [field for field in campaign.form.fields if field.type in ("person", "phone")]
    labels = {"summary": "评估总结", "photo": "照片（张）"}
    columns = (
        *("序号", "报送单位", "单位类别", "首次收件时间", "是否按时"),
        *(labels.get(one.slot, one.label) for one in campaign.materials),
        *("缺项", "补正通知时间", "补正完成时间"),
        *(_heading(field) for field in figures),
        *("联系人" if field.type == "person" else "联系电话" for field in contacts),
        *("抽查结果", "备注"),
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
                *(_slot_cell(dossier.slots[one.slot]) for one in campaign.materials),
                "、".join(unsolved(slot) for slot in dossier.slots.values() if unsolved(slot)),
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
    return field.required and field.type in NUMBER_TYPES


def _heading(field: FormField) -> str:
    return field.path[-1] + (f"（{field.unit}）" if field.type == "money_wan" else "")


def _slot_cell(slot: Slot) -> Value:
    """How many photos are accepted; of every other material where it stands."""
    return slot.accepted_count if slot.slot == "photo" else SLOT_STATUS[slot.verdict]


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
    return f"{found.result}（{found.note}）" if found.note else found.result


def _remarks(ledger: Ledger, campaign: Campaign, dossier: Dossier) -> str:
    """What a reader of the row has to know besides, in a few words each."""
    said = [] if dossier.expected else ["不在应报单位之列"]
    for slot in dossier.slots.values():
        if slot.links and slot.verdict is not SlotVerdict.ACCEPTED:
            said.append(f"{slot.label}为下载链接，尚未核验")
        if any(file.shown_only for file in slot.files):
            said.append(f"{slot.label}另有其他邮箱来件，待核对")
    addresses = dossiers.addresses_of(ledger, unit_of(campaign, dossier.unit))
    if "provisional" in addresses.values():
        said.append("发件邮箱待确认")
    return "；".join(said)


# ---- one sheet a material -----------------------------------------------------------------

_MATERIAL = (
    *("报送单位", "单位类别", "文件名", "结论", "采用情况", "格式", "大小（字节）"),
    *("宽（像素）", "高（像素）", "时长（秒）", "问题", "来信编号", "收件时间", "发件地址", "SHA-256"),
)


def _material_table(
    campaign: Campaign, key: str, board: list[Dossier], paths: Mapping[tuple[int, str], str]
) -> Table:
    rows: list[tuple[Value, ...]] = []
    for dossier in board:
        slot, group = dossier.slots[key], unit_of(campaign, dossier.unit).group
        for file in slot.files:
            judged = file.judged
            rows.append(
                (
                    dossier.unit,
                    group,
                    paths.get((file.arrival, judged.sha256), judged.name),
                    VERDICTS[judged.verdict],
                    _use(file),
                    judged.format,
                    judged.size,
                    *(_number(judged.facts.get(fact)) for fact in ("width", "height", "duration_s")),
                    "；".join(finding.message for finding in judged.findings),
                    file.arrival,
                    file.arrived_at,
                    file.decided_by_address,
                    judged.sha256,
                )
            )
        for announced in slot.links:
            link = announced.link
            rows.append(
                (
                    *(dossier.unit, group, link.name or link.url, "链接待核验", "", "下载链接"),
                    *(link.size, None, None, None),
                    f"{link.url} {link.expires or ''}".strip(),
                    *(announced.arrival, announced.arrived_at, "", ""),
                )
            )
    label = next(one.label for one in campaign.materials if one.slot == key)
    return Table(label, _MATERIAL, tuple(rows))


def _use(file: DossierFile) -> str:
    if file.counts:
        return "采用"
    if file.superseded:
        return "已由后件替代"
    if file.shown_only:
        return "待核对（其他邮箱来件）"
    return "" if file.judged.verdict is Verdict.HELD else "未采用"


def _number(fact: object) -> int | float | None:
    return fact if isinstance(fact, int | float) and not isinstance(fact, bool) else None


# ---- findings, mails, sums, spot checks ---------------------------------------------------

_FINDINGS = (
    *("报送单位", "材料", "文件名", "规则编号", "分量", "发现", "要求", "位置", "说明"),
    *("采用情况", "来信编号", "收件时间"),
)


def _findings_table(campaign: Campaign, rows: list[dict[str, Any]], board: list[Dossier]) -> Table:
    """Every finding on every file that came, in force or not."""
    used = {
        (file.arrival, file.judged.sha256): _use(file)
        for dossier in board
        for slot in dossier.slots.values()
        for file in slot.files
    }

    def line(row: Row, path: str, judged: Judged, finding: Finding) -> tuple[Value, ...]:
        return (
            *(row["unit"] or "", kind_label(campaign, judged), path, finding.code),
            *(SEVERITIES[finding.severity], finding.actual, finding.expected, finding.where),
            *(finding.message, used.get((row["id"], judged.sha256), "")),
            *(row["id"], moment(row["arrived_at"])),
        )

    found = tuple(
        line(row, path, judged, finding)
        for row in rows
        if row["duplicate_of"] is None
        for path, judged in paths_of(row)
        for finding in judged.findings
    )
    return Table("问题清单", _FINDINGS, found)


_MAILS = (
    *("来信编号", "收到时间", "发件人", "发件地址", "主题", "报送单位", "附件（个）", "处理状态"),
    *("答复", "收件编号", "答复时间", "未答复原因", "SHA-256"),
)


def _mails_table(ledger: Ledger, rows: list[dict[str, Any]]) -> Table:
    answers = {row["id"]: row for row in ledger.rows("SELECT * FROM replies")}

    def line(row: Row) -> tuple[Value, ...]:
        summary, answer = arrivals.summary_of(row), answers.get(row["reply"], {})
        sent = answer.get("sent_at")
        return (
            *(summary.id, summary.arrived_at, summary.sender.name, summary.sender.address),
            *(summary.subject, summary.unit or ""),
            sum(file.name != "正文" and file.kind is not Kind.OTHER for file in summary.files),
            row["state"],
            ANSWERS.get(answer.get("kind") or "", ""),
            answer.get("number") or "",
            moment(sent) if sent else None,
            summary.no_answer_reason or "",
            row["sha256"] or "",
        )

    return Table("来信", _MAILS, tuple(line(row) for row in rows))


_SOURCES = (
    *("栏目", "计量单位", "报送单位", "数值", "原文", "文件名", "位置", "来信编号", "收件时间"),
    "SHA-256",
)


def _sources_table(consolidation: Consolidation) -> Table:
    return Table(
        "汇总来源",
        _SOURCES,
        tuple(
            (
                *(label_of(total.field), total.field.unit, one.unit, one.value, one.raw, one.file),
                *(one.where, one.arrival, one.arrived_at, one.sha256),
            )
            for total in consolidation.totals
            for one in total.sources
        ),
    )


def _contradictions_table(campaign: Campaign, consolidation: Consolidation) -> Table:
    return Table(
        "合计不符",
        ("报送单位", "核对项", "情况", "文件名", "位置"),
        tuple(
            (
                *(one.unit or "（全部单位汇总）", one.check.text, describe(one, campaign)),
                *(one.file, one.where),
            )
            for one in consolidation.contradictions
        ),
    )


def _spot_check_table(ledger: Ledger) -> Table:
    """Every drawn unit with its newest result, then results of units that no draw has."""
    found = spotchecks.inspections(ledger)
    rows: list[tuple[Value, ...]] = []
    for draw in spotchecks.draws(ledger):
        for drawn in draw.units:
            results = [one for one in found if (one.draw, one.unit) == (draw.id, drawn.unit)]
            last = results[-1] if results else None
            rows.append(
                (
                    *(draw.id, draw.drawn_at, draw.seed, drawn.unit, drawn.group),
                    "指定" if drawn.always else "随机",
                    *((last.result, last.note, last.entered_at) if last else ("", "", None)),
                )
            )
    rows += [
        (None, None, "", one.unit, "", "未经抽取", one.result, one.note, one.entered_at)
        for one in found
        if one.draw is None
    ]
    columns = ("抽查批次", "抽取时间", "种子", "报送单位", "单位类别", "抽取方式", "抽查结果", "说明", "登记时间")
    return Table("抽查", columns, tuple(rows))
