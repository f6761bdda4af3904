"""The office's words for verdicts, states and kinds, as the exported tables use them."""

from mailbot.campaign.types import Campaign, Unit
from mailbot.errors import NotFoundError
from mailbot.language import Words, say
from mailbot.model import (
    DossierState,
    Judged,
    Kind,
    Punctuality,
    Severity,
    Slot,
    SlotVerdict,
    Verdict,
)

PUNCTUALITY = Words(
    {
        Punctuality.ON_TIME: "按时",
        Punctuality.LATE: "迟报",
        Punctuality.SUPPLEMENTED_LATE: "按时报送、逾期补正",
        Punctuality.PARTIAL: "漏报",
        Punctuality.NONE: "未报",
        Punctuality.PENDING: "截止前",
    }
)
DOSSIER_STATES = Words(
    {
        DossierState.COMPLETE: "齐全",
        DossierState.INCOMPLETE: "未齐",
        DossierState.NOTHING: "未报",
    }
)
SLOT_STATUS = Words(
    {
        SlotVerdict.ACCEPTED: "已通过",
        SlotVerdict.REJECTED: "需补正",
        SlotVerdict.MISSING: "未收到",
        SlotVerdict.ANNOUNCED: "链接待核验",
        SlotVerdict.HELD: "待核对",
    }
)
VERDICTS = Words(
    {
        Verdict.ACCEPTED: "合格",
        Verdict.REJECTED: "不合格",
        Verdict.HELD: "待核对",
    }
)
SEVERITIES = Words(
    {
        Severity.ERROR: "须补正",
        Severity.WARNING: "提示",
        Severity.NOTICE: "告知",
    }
)
ANSWERS = Words(
    {
        "receipt": "回执",
        "correction": "补正通知",
        "acknowledgement": "收件告知",
        "reminder": "报送提醒",
    }
)
ARRIVAL_STATES = Words(
    {
        "discovered": "待收取",
        "spooled": "待核验",
        "examined": "已核验",
        "answered": "已答复",
        "quarantined": "已隔离",
        "gone": "已撤回",
    }
)
REPLY_STATES = Words(
    {
        "queued": "待发",
        "claimed": "正在发出",
        "sent": "已发出",
        "deferred": "待重发",
        "dead": "未送达",
        "withdrawn": "不再发出",
    }
)
_KINDS = Words(
    {
        Kind.PHOTO: "照片",
        Kind.VIDEO: "视频",
        Kind.FORM: "统计表",
        Kind.PLAN: "演练方案",
        Kind.SUMMARY: "评估总结",
        Kind.TEXT: "文字信息",
        Kind.DOCUMENT: "其他文档",
        Kind.ARCHIVE: "压缩包",
        Kind.MAIL: "邮件",
        Kind.LINK: "链接",
        Kind.OTHER: "其他",
    }
)


def kind_label(campaign: Campaign, judged: Judged) -> str:
    """What a file is to the campaign, in the campaign's own word where it has one."""
    labels: dict[str, str] = {one.slot: one.label for one in campaign.materials}
    return labels.get(judged.kind.value) or _KINDS[judged.kind]


def slot_status(slot: Slot) -> str:
    """Where a material stands."""
    return say("免报") if slot.waived else SLOT_STATUS[slot.verdict]


def unit_of(campaign: Campaign, name: str) -> Unit:
    """The unit with this name or alias. NotFoundError when units.csv has none."""
    unit = next((one for one in campaign.units if name == one.unit or name in one.aliases), None)
    if unit is None:
        raise NotFoundError(f"no unit named {name} in units.csv")
    return unit


def as_read(raw: str, corrected: str | None) -> str:
    """What stands in a field; of a figure that a person corrected also what was read before."""
    return (
        raw
        if corrected is None
        else say(
            "{raw}（经人工更正，原为“{corrected}”）", raw=raw, corrected=corrected or say("空")
        )
    )
