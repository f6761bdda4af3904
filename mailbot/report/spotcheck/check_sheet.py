"""The sheet a person fills in by hand at a spot check (抽查核对表)."""

from collections.abc import Iterator
from datetime import datetime

from mailbot.campaign.types import Campaign
from mailbot.judgement.form.field_checks import label_of
from mailbot.judgement.form.rows import records_of
from mailbot.language import fact, in_its_language, say
from mailbot.ledger.spotchecks import DrawnUnit
from mailbot.model import Dossier, Slot
from mailbot.report.spotcheck.docx import Paragraph, Table, write_docx
from mailbot.report.yearbook.consolidation import forms_in_force
from mailbot.wording.office import PUNCTUALITY, slot_status
from mailbot.wording.phrases import format_date, format_moment, name_of_register

SHEET_NAME = "抽查核对表.docx"
_BOXES = "□相符　□不符"
_MOST_NAMES = 4


@in_its_language
def check_sheet(
    campaign: Campaign, dossier: Dossier, unit: DrawnUnit, number: int, seed: str, now: datetime
) -> bytes:
    """The .docx: what is on record on the left, room for what is found on the right. `now` is
    local."""
    title = say("{name}抽查核对表", name=name_of_register(campaign))
    drawn = say("指定") if unit.always else say("随机抽取")
    first = dossier.first_arrival
    when = format_moment(first, campaign.zone) if first else say("未收到来件")
    return write_docx(
        [
            Paragraph(title, size=18, bold=True, centred=True),
            Paragraph(
                say(
                    "（{document_number}\u3000第{number}批抽查）",
                    document_number=campaign.document_number,
                    number=number,
                ),
                size=10.5,
                centred=True,
            ),
            Table(
                [
                    [say("被查单位"), dossier.unit, say("单位类别"), unit.group],
                    [
                        say("抽取方式"),
                        say("{drawn}（种子 {seed}）", drawn=drawn, seed=seed),
                        say("抽取日期"),
                        format_date(now),
                    ],
                    [say("首次收件"), when, say("报送情况"), PUNCTUALITY[dossier.punctuality]],
                ],
                widths=(2, 4, 2, 3),
                headed=False,
            ),
            Paragraph(say("一、报送材料"), bold=True),
            Table(
                [
                    [say("材料"), say("台账记录"), say("核对结果"), say("说明")],
                    *(
                        [slot.label, _on_record(slot), say(_BOXES), ""]
                        for slot in dossier.slots.values()
                    ),
                ],
                widths=(2, 5, 2.2, 3),
            ),
            Paragraph(say("二、填报数据"), bold=True),
            *_figures(campaign, dossier),
            Paragraph(say("三、现场核对"), bold=True),
            Table(
                [
                    [say("核对内容"), say("核对结果"), say("说明")],
                    *([text, say(_BOXES), ""] for text in _on_site(campaign)),
                ],
                widths=(5, 2.2, 4),
            ),
            Paragraph(say("四、核对意见"), bold=True),
            Table([["\n\n\n"]], headed=False),
            Paragraph(
                say(
                    "核对人（签字）：\u3000\u3000\u3000\u3000\u3000\u3000\u3000被查单位负责人（签字）：\u3000\u3000\u3000\u3000\u3000\u3000\u3000"
                )
            ),
            Paragraph(say("核对日期：\u3000\u3000\u3000\u3000年\u3000\u3000月\u3000\u3000日")),
        ]
    )


def _on_record(slot: Slot) -> str:
    names = [file.judged.name for file in slot.files if file.counts]
    more = say("等{count}个文件", count=len(names)) if len(names) > _MOST_NAMES else ""
    listed = say("、").join(names[:_MOST_NAMES]) + more
    return slot_status(slot) + (say("：{listed}", listed=listed) if listed else "")


def _figures(campaign: Campaign, dossier: Dossier) -> Iterator[Paragraph | Table]:
    if not campaign.form_slots:
        yield Paragraph(say("本次不要求填报表格。"))
    for slot in campaign.form_slots:
        label = say("统计表") if slot == "form" else campaign.label_of(slot)
        form = next(forms_in_force([dossier], slot), None)
        if form is None:
            yield Paragraph(say("没有已通过的{label}。", label=label))
            continue
        spec = campaign.of_form(slot).form
        rows = [[say("栏目"), say("填报数"), say("位置"), say("核对数"), say("核对结果")]]
        for field in spec.fields:
            read, number = form.read(field.key), form.number(field.key)
            if number is not None and read is not None:
                stated = f"{number}{'%' if field.type == 'percent' else field.unit}"
                rows.append([label_of(field), stated, fact(read.where), "", say(_BOXES)])
        if spec.rows is not None:
            stated = say("{count}行", count=len(records_of(form.file.judged, spec)))
            rows.append([say("、").join(spec.rows.heading), stated, "", "", say(_BOXES)])
        yield Paragraph(say("{label}：{name}", label=label, name=form.file.judged.name))
        if rows[1:]:
            yield Table(rows, widths=(4, 2, 2, 1.6, 2.4))


def _on_site(campaign: Campaign) -> list[str]:
    """What no file proves: that the records are there, and that the drill took place."""
    labels = [material.label for material in campaign.materials]
    return [
        say("台账材料（{names}等）原件齐全", names=say("、").join(labels)),
        say("演练时间、地点、参演人员与方案、总结、影像一致"),
        say("总结中所列问题已整改"),
    ]
