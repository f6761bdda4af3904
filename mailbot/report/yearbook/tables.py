"""The exported sheets behind the 台账: materials, findings, mails, sums and their sources.

Every figure leads back to a file: each row names arrival and file, 汇总来源 the cell as well.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TypeAlias

from mailbot.campaign.types import Campaign
from mailbot.judgement.form.field_checks import label_of
from mailbot.language import fact, say
from mailbot.ledger import arrivals, replies, spotchecks
from mailbot.ledger.store import Ledger, Row, moment
from mailbot.model import BODY_NAME, Dossier, DossierFile, Finding, Judged, Kind, Verdict
from mailbot.report.digest.words import no_answer_words
from mailbot.report.yearbook.consolidation import Consolidation, describe
from mailbot.wording.office import (
    ANSWERS,
    ARRIVAL_STATES,
    SEVERITIES,
    VERDICTS,
    as_read,
    kind_label,
    unit_of,
)

Value: TypeAlias = str | int | float | bool | datetime | None
Line: TypeAlias = tuple[Value, ...]

_AT_ONCE = 500  # mails whose answers are asked for together


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet: its name, its headings, and rows of as many values. Times are aware."""

    name: str
    columns: tuple[str, ...]
    rows: Collection[Line]


@dataclass(frozen=True, slots=True)
class Told(Collection[Line]):
    """Rows made anew whenever they are gone through: of a hundred thousand mails none is held."""

    tell: Callable[[], Iterator[Line]]

    def __iter__(self) -> Iterator[Line]:
        return self.tell()

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, row: object) -> bool:
        return any(row == one for one in self)


def paths_of(row: Row) -> Iterator[tuple[str, Judged]]:
    """Every file of an arrival with the names on the way to it: `照片.zip/现场/1.jpg`."""

    def walk(judged: Judged, path: str) -> Iterator[tuple[str, Judged]]:
        yield path, judged
        for member in judged.members:
            inside = member.source if judged.kind is Kind.ARCHIVE else ""
            yield from walk(member, f"{path}/{inside or member.name}")

    for top in arrivals.files_of(row):
        yield from walk(top, top.name)


# ---- one sheet a material -----------------------------------------------------------------

_MATERIAL = (
    *("报送单位", "单位类别", "文件名", "结论", "采用情况", "格式", "大小（字节）"),
    *(
        "宽（像素）",
        "高（像素）",
        "时长（秒）",
        "问题",
        "来信编号",
        "收件时间",
        "发件地址",
        "SHA-256",
    ),
)


def material_table(
    campaign: Campaign, key: str, board: list[Dossier], paths: Mapping[tuple[int, str], str]
) -> Table:
    """Every file and link that came for one material, unit by unit."""
    rows: list[tuple[Value, ...]] = []
    for dossier in board:
        if key not in dossier.slots:
            continue
        slot, group = dossier.slots[key], unit_of(campaign, dossier.unit).group
        for file in slot.files:
            judged = file.judged
            rows.append(
                (
                    dossier.unit,
                    group,
                    paths.get((file.arrival, judged.sha256), judged.name),
                    VERDICTS[judged.verdict],
                    use_of(file),
                    judged.format,
                    judged.size,
                    *(
                        _number(judged.facts.get(fact))
                        for fact in ("width", "height", "duration_s")
                    ),
                    say("；").join(finding.message for finding in judged.findings),
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
                    *(
                        dossier.unit,
                        group,
                        link.name or link.url,
                        say("链接待核验"),
                        "",
                        say("下载链接"),
                    ),
                    *(link.size, None, None, None),
                    f"{link.url} {link.expires or ''}".strip(),
                    *(announced.arrival, announced.arrived_at, "", ""),
                )
            )
    label = next(one.label for one in campaign.materials if one.slot == key)
    return Table(label, _MATERIAL, tuple(rows))


def use_of(file: DossierFile) -> str:
    """Whether the file is the one in force, and if not, why."""
    if file.counts:
        return say("采用（经人工核准）") if file.decided else say("采用")
    if file.decided:
        return say("未采用（经人工核对）")
    if file.superseded:
        return say("已由后件替代")
    if file.shown_only:
        return say("待核对（其他邮箱来件）")
    return "" if file.judged.verdict is Verdict.HELD else say("未采用")


def _number(fact: object) -> int | float | None:
    return fact if isinstance(fact, int | float) and not isinstance(fact, bool) else None


# ---- findings, mails, sums, spot checks ---------------------------------------------------

_FINDINGS = (
    *("报送单位", "材料", "文件名", "规则编号", "分量", "发现", "要求", "位置", "说明"),
    *("采用情况", "来信编号", "收件时间"),
)


def findings_table(campaign: Campaign, rows: Iterable[Row], board: list[Dossier]) -> Table:
    """Every finding on every file that came, in force or not."""
    used = {
        (file.arrival, file.judged.sha256): use_of(file)
        for dossier in board
        for slot in dossier.slots.values()
        for file in slot.files
    }

    def line(row: Row, path: str, judged: Judged, finding: Finding) -> tuple[Value, ...]:
        return (
            *(row["unit"] or "", kind_label(campaign, judged), path, finding.code),
            *(SEVERITIES[finding.severity], finding.actual, finding.expected, fact(finding.where)),
            *(finding.message, used.get((row["id"], judged.sha256), "")),
            *(row["id"], moment(row["arrived_at"])),
        )

    def tell() -> Iterator[Line]:
        return (
            line(row, path, judged, finding)
            for row in rows
            if row["duplicate_of"] is None
            for path, judged in paths_of(row)
            for finding in judged.findings
        )

    return Table(say("问题清单"), _FINDINGS, Told(tell))


_MAILS = (
    *("来信编号", "收到时间", "发件人", "发件地址", "主题", "报送单位", "附件（个）", "处理状态"),
    *("答复", "收件编号", "答复时间", "未答复原因", "SHA-256"),
)


def mails_table(ledger: Ledger, rows: Iterable[Row]) -> Table:
    """Every mail, with what became of it."""

    def tell() -> Iterator[Line]:
        left = iter(rows)
        while some := list(islice(left, _AT_ONCE)):
            asked = {row["reply"] for row in some if row["reply"] is not None}
            answers = replies.by_id(ledger, asked)
            yield from (line(row, answers.get(row["reply"], {})) for row in some)

    def line(row: Row, answer: Mapping[str, Any]) -> Line:
        summary = arrivals.summary_of(row)
        sent = answer.get("sent_at")
        return (
            *(summary.id, summary.arrived_at, summary.sender.name, summary.sender.address),
            *(summary.subject, summary.unit or ""),
            sum(file.name != BODY_NAME and file.kind is not Kind.OTHER for file in summary.files),
            ARRIVAL_STATES[row["state"]],
            ANSWERS.get(answer.get("kind") or "", ""),
            answer.get("number") or "",
            moment(sent) if sent else None,
            no_answer_words(summary.no_answer_reason) if summary.no_answer_reason else "",
            row["sha256"] or "",
        )

    return Table(say("来信"), _MAILS, Told(tell))


_SOURCES = (
    *("栏目", "计量单位", "报送单位", "数值", "原文", "文件名", "位置", "来信编号", "收件时间"),
    "SHA-256",
)


def sources_table(consolidation: Consolidation) -> Table:
    """Every number of every table in force: the consolidated table, taken apart."""
    return Table(
        say("汇总来源"),
        _SOURCES,
        tuple(
            (
                *(label_of(total.field), total.field.unit, one.unit, one.value),
                *(as_read(one.raw, one.corrected), one.file),
                *(fact(one.where), one.arrival, one.arrived_at, one.sha256),
            )
            for total in consolidation.totals
            for one in total.sources
        ),
    )


def contradictions_table(campaign: Campaign, consolidation: Consolidation) -> Table:
    """Every sum that does not hold."""
    return Table(
        say("合计不符"),
        (say("报送单位"), say("核对项"), say("情况"), say("文件名"), say("位置")),
        tuple(
            (
                *(one.unit or say("（全部单位汇总）"), one.check.text, describe(one, campaign)),
                *(one.file, fact(one.where)),
            )
            for one in consolidation.contradictions
        ),
    )


def spot_check_table(ledger: Ledger) -> Table:
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
                    say("指定") if drawn.always else say("随机"),
                    *((last.result, last.note, last.entered_at) if last else ("", "", None)),
                )
            )
    rows += [
        (None, None, "", one.unit, "", say("未经抽取"), one.result, one.note, one.entered_at)
        for one in found
        if one.draw is None
    ]
    columns = (
        say("抽查批次"),
        say("抽取时间"),
        say("种子"),
        say("报送单位"),
        say("单位类别"),
        say("抽取方式"),
        say("抽查结果"),
        say("说明"),
        say("登记时间"),
    )
    return Table(say("抽查"), columns, tuple(rows))
