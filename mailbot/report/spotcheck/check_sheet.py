"""The sheet a person fills in by hand at a spot check (抽查核对表)."""

from collections.abc import Iterator
from datetime import datetime

from mailbot.campaign.types import Campaign
from mailbot.judgement.form.checks import label_of
from mailbot.judgement.form.rows import records_of
from mailbot.ledger.spotchecks import DrawnUnit
from mailbot.model import Dossier, Slot
from mailbot.report.spotcheck.docx import Paragraph, Table, write_docx
from mailbot.report.yearbook.consolidation import forms_in_force
from mailbot.wording.office import PUNCTUALITY, slot_status
from mailbot.wording.phrases import format_date, format_moment, name_of_register

SHEET_NAME = "抽查核对表.docx"
_BOXES = "□相符　□不符"
_MOST_NAMES = 4


def check_sheet(
    campaign: Campaign, dossier: Dossier, unit: DrawnUnit, number: int, seed: str, now: datetime
) -> bytes:
    """The .docx: what is on record on the left, room for what is found on the right. `now` is
    local."""
    title = name_of_register(campaign) + "抽查核对表"
    drawn = "指定" if unit.always else "随机抽取"
    first = dossier.first_arrival
    when = format_moment(first, campaign.zone) if first else "未收到来件"
    return write_docx(
        [
            Paragraph(title, size=18, bold=True, centred=True),
            Paragraph(f"（{campaign.document_number}　第{number}批抽查）", size=10.5, centred=True),
            Table(
                [
                    ["被查单位", dossier.unit, "单位类别", unit.group],
                    ["抽取方式", f"{drawn}（种子 {seed}）", "抽取日期", format_date(now)],
                    ["首次收件", when, "报送情况", PUNCTUALITY[dossier.punctuality]],
                ],
                widths=(2, 4, 2, 3),
                headed=False,
            ),
            Paragraph("一、报送材料", bold=True),
            Table(
                [
                    ["材料", "台账记录", "核对结果", "说明"],
                    *(
                        [slot.label, _on_record(slot), _BOXES, ""]
                        for slot in dossier.slots.values()
                    ),
                ],
                widths=(2, 5, 2.2, 3),
            ),
            Paragraph("二、填报数据", bold=True),
            *_figures(campaign, dossier),
            Paragraph("三、现场核对", bold=True),
            Table(
                [
                    ["核对内容", "核对结果", "说明"],
                    *([text, _BOXES, ""] for text in _on_site(campaign)),
                ],
                widths=(5, 2.2, 4),
            ),
            Paragraph("四、核对意见", bold=True),
            Table([["\n\n\n"]], headed=False),
            Paragraph("核对人（签字）：　　　　　　　被查单位负责人（签字）：　　　　　　　"),
            Paragraph("核对日期：　　　　年　　月　　日"),
        ]
    )


def _on_record(slot: Slot) -> str:
    names = [file.judged.name for file in slot.files if file.counts]
    more = f"等{len(names)}个文件" if len(names) > _MOST_NAMES else ""
    listed = "、".join(names[:_MOST_NAMES]) + more
    return slot_status(slot) + (f"：{listed}" if listed else "")


def _figures(campaign: Campaign, dossier: Dossier) -> Iterator[Paragraph | Table]:
    if not campaign.form_slots:
        yield Paragraph("本次不要求填报表格。")
    for slot in campaign.form_slots:
        label = "统计表" if slot == "form" else campaign.label_of(slot)
        form = next(forms_in_force([dossier], slot), None)
        if form is None:
            yield Paragraph(f"没有已通过的{label}。")
            continue
        spec = campaign.of_form(slot).form
        rows = [["栏目", "填报数", "位置", "核对数", "核对结果"]]
        for field in spec.fields:
            read, number = form.read(field.key), form.number(field.key)
            if number is not None and read is not None:
                stated = f"{number}{'%' if field.type == 'percent' else field.unit}"
                rows.append([label_of(field), stated, read.where, "", _BOXES])
        if spec.rows is not None:
            stated = f"{len(records_of(form.file.judged, spec))}行"
            rows.append(["、".join(spec.rows.heading), stated, "", "", _BOXES])
        yield Paragraph(f"{label}：{form.file.judged.name}")
        if rows[1:]:
            yield Table(rows, widths=(4, 2, 2, 1.6, 2.4))


def _on_site(campaign: Campaign) -> list[str]:
    """What no file proves: that the records are there, and that the drill took place."""
    labels = [material.label for material in campaign.materials]
    return [
        f"台账材料（{'、'.join(labels)}等）原件齐全",
        "演练时间、地点、参演人员与方案、总结、影像一致",
        "总结中所列问题已整改",
    ]
