"""A decision of the audit trail in the office's words: who did what, and to what."""

import re
from collections.abc import Iterator

from mailbot.campaign.types import Campaign
from mailbot.console.words import said
from mailbot.judgement.form.field_checks import label_of
from mailbot.language import say, spoken
from mailbot.ledger.audit import AuditRow

_DONE = {
    "assign": "归入单位",
    "accept": "认可",
    "reject": "退回",
    "waive": "免报",
    "correct": "更正",
    "confirm": "确认地址",
    "hold": "搁置",
    "release": "放行",
    "retry": "重新处理",
    "approve": "批准发出",
    "withdraw": "撤下",
    "resend": "重发",
    "adopt": "发出试运行期间的答复",
    "undo": "撤销",
    "unit add": "增加单位",
    "unit alias": "增加单位别名",
    "unit address": "登记单位地址",
    "user add": "增加用户",
    "user role": "变更用户权限",
    "user password": "修改密码",
    "user remove": "停用用户",
    "user link": "发给设密码的地址",
    "draw": "抽取单位",
    "inspection": "登记抽查结果",
    "rules": "启用规则",
}


def done_words(entry: AuditRow, campaign: Campaign) -> str:
    """`认可 金水区 统计表`; who and when stand in the row itself."""
    done = said(_done(entry))
    sign = "：" if spoken() == "zh" else ": "
    return f"{done}{sign}{subject_words(entry, campaign)}"


def _done(entry: AuditRow) -> str:
    """As the button said it that was pressed."""
    if entry.action == "hold" and entry.after.get("no_answer_reason"):
        return "不复"
    if entry.action == "release" and "no_answer_reason" in entry.after:
        return "答复"
    if entry.action == "withdraw" and entry.before.get("undelivered"):
        return "不再重发"
    return _DONE.get(entry.action, entry.action)


def subject_words(entry: AuditRow, campaign: Campaign) -> str:
    """What was decided about."""
    subject, after = entry.subject, entry.after
    labels: dict[str, str] = {one.slot: one.label for one in campaign.materials}
    match entry.action:
        case "assign":
            number, _, unit = subject.partition(" ")
            return f"{_mail(number)} → {unit}"
        case "accept" | "reject" | "waive":
            unit, _, slot = subject.rpartition(" ")
            name = f"（{after['name']}）" if after.get("name") else ""
            return f"{unit} {labels.get(slot, slot)}{name}"
        case "correct":
            unit, slot, field = subject.rsplit(" ", 2)
            form = campaign.of_form(slot).form if slot == "form" or slot in campaign.forms else None
            label = next(
                (label_of(one) for one in (form.fields if form else ()) if one.key == field), field
            )
            return f"{unit} {label}，由“{entry.before.get('raw')}”改为“{after.get('raw')}”"
        case "hold" | "release" | "retry":
            return _mail(subject) if subject.isdecimal() else subject
        case "undo":
            former = str(entry.before.get("action", ""))
            return f"第{subject}项决定（{_DONE.get(former, former)} {entry.before.get('subject')}）"
        case _:
            return subject


def _mail(number: str) -> str:
    return say("第{number}号来信", number=number)


def concerned(entry: AuditRow) -> Iterator[str]:
    """What a decision settled, by the names under which an open item is known: `mail 17`,
    `file UNIT SLOT SHA`, `slot UNIT SLOT`, `address …`, `number …`, `unit …`."""
    subject = entry.subject
    match entry.action:
        case "assign":
            yield f"mail {subject.partition(' ')[0]}"
        case "hold" | "release" | "retry":
            yield f"mail {subject}" if subject.isdecimal() else f"unit {subject}"
        case "accept" | "reject" | "waive" | "correct":
            unit, slot = re.split(r" (?=[a-z][a-z0-9_]*(?: |$))", subject, maxsplit=1)
            slot = slot.partition(" ")[0]
            yield f"slot {unit} {slot}"
            if sha256 := entry.after.get("file"):
                yield f"file {unit} {slot} {sha256}"
        case "confirm":
            yield f"address {subject}"
        case "approve" | "withdraw" | "resend" | "adopt":
            for number in subject.split():
                yield f"number {number}"
