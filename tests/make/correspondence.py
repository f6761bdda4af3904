"""Mails of a season around the submissions: machines, thanks, questions, adverts, real material.

Paraphrased from what people and products write in public; `expected` is set by hand:
`silent` (a machine: no answer, nothing for a person), `office` (no answer, before the office with
its text), `answered` (a real submission, an enquiry, or a file that was announced and forgotten).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from mailbot.demo.documents import plan
from make.office import LONG_TEXT

Expected = Literal["silent", "office", "answered"]
Standing = Literal["complete", "incomplete", "unknown"]


@dataclass(frozen=True)
class Letter:
    """One mail: who sends it, what it says, what is owed for it."""

    subject: str
    body: str
    expected: Expected
    sender: str
    headers: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)


MACHINES: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    ("Automatic reply: 材料回执", "我正在休假，10日返回，急事请联系值班室。", {}),
    ("自动答复: 材料回执", "您好，我不在办公室。", {}),
    ("自動回覆: 材料回执", "我目前不在辦公室，週一回來。", {}),
    ("Abwesenheitsnotiz: 材料回执", "Ich bin bis Montag nicht im Büro.", {}),
    ("外出: 材料回执", "本周外出培训。", {}),
    ("休假: 材料回执", "", {}),
    ("假期回复", "假期期间来信请耐心等待。", {}),
    ("Out of Office", "I will be back on Monday.", {}),
    ("AutoReply: 材料", "Thanks.", {}),
    ("Auto: 材料", "", {}),
    ("Re: 回执", "您好，我最近正在休假中，无法亲自回复您的邮件。我将在假期结束后尽快回复。", {}),
    ("Re: 回执", "这是一封自动回复邮件，您的来信已收到。", {}),
    ("Re: 回执", "本人因公出差，12日返回单位，紧急事项请致电13900000000。", {}),
    ("回执", "谢谢", {"X-QQ-AUTO-REPLY": "1"}),
    ("回执", "谢谢", {"X-Apple-Action": "VACATION/1"}),
    ("回执", "ok", {"Auto-Submitted": "auto-replied"}),
    ("投递失败通知：材料回执", "很抱歉您发送的邮件被退回\n收件人 nobody@gone.example", {}),
    ("未送达: 材料回执", "无法传递到这些收件人或组: nobody@gone.example", {}),
    ("Undelivered Mail Returned to Sender", "could not be delivered: 550 5.1.1 unknown user", {}),
    ("系统退信", "收件人不存在", {}),
    ("Read: 材料回执", "", {}),
    ("已读: 材料回执", "您的邮件已于今日被阅读。", {}),
    ("未读: 材料回执", "", {}),
    ("[Ticket#2017070377] 材料", "Your request has been received.", {}),
    ("工单通知", "您的工单已创建，客服将尽快处理。", {}),
)
CHAT: tuple[tuple[str, str], ...] = (
    ("Re: 回执", "收到，谢谢！"),
    ("Re: 补正", "好的，我们尽快补报。"),
    ("Re: 补正", "明白了，辛苦。"),
    ("咨询", "请问视频太大可以用U盘送过去吗？"),
    ("咨询", "附件打不开怎么办？"),
    ("请教", "领导出差，晚两天报送行不行？"),
    ("代开发票", "本公司可代开各类发票，点数优惠。"),
    ("高级研修班", "诚邀参加财务管理研修班，报名费优惠，名额有限。"),
    ("您好", "在吗"),
)


def real(standing: Standing, number: int) -> Iterator[tuple[str, str, Mapping[str, bytes]]]:
    """Submissions, announcements and enquiries; every file is another."""
    unit = {"complete": "金水区", "incomplete": "二七区", "unknown": "某某"}[standing]
    if standing == "unknown":
        for turn in range(5):
            yield "演练材料", "见附件", {f"演练方案{turn}.docx": plan(f"我单位{turn}")}
        yield "自动回复: 演练材料", "重发", {"演练方案.docx": plan("我单位再次")}
        yield "材料", f"{LONG_TEXT}（{number}）", {}
        yield "查询", "", {}
        return
    yield f"{unit}材料", "见附件", {"演练方案（修改）.docx": plan(f"{unit}甲")}
    yield "自动回复: 补报材料", "见附件", {"演练方案（再改）.docx": plan(f"{unit}乙")}
    yield "Re: 补正", "更正后的方案，以此为准", {"演练方案（终稿）.docx": plan(f"{unit}丙")}
    yield f"{unit}文字信息", f"{LONG_TEXT}又补充一段。", {}
    yield "外出拉练演练材料", "见附件", {"演练方案（外出）.docx": plan(f"{unit}丁")}
    yield "查询", "", {}
    yield f"{unit}演练材料", "材料见附件，请查收", {}


SENDERS: Mapping[Standing, str] = {
    "complete": "jinshui@example.com",
    "incomplete": "erqi@example.com",
    "unknown": "",
}


def season(standings: tuple[Standing, ...] = ("complete", "incomplete", "unknown")) -> list[Letter]:
    """About forty mails for each standing; strangers have an address each."""
    letters: list[Letter] = []

    def sender(standing: Standing) -> str:
        return SENDERS[standing] or f"stranger{len(letters)}@example.net"

    for standing in standings:
        for subject, body, headers in MACHINES:
            letters.append(Letter(subject, body, "silent", sender(standing), headers))
        for subject, body in CHAT:
            letters.append(Letter(subject, body, "office", sender(standing)))
        for subject, text, files in real(standing, len(letters)):
            letters.append(Letter(subject, text, "answered", sender(standing), files=files))
    return letters
