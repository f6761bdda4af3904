"""The sample mails of the demo: what units, strangers and robots send, as real MIME messages.

The senders write from addresses of example domains; the units are those of units.csv.
"""

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from importlib.resources import files

from mailbot.campaign.types import Campaign
from mailbot.demo.documents import plan, summary, write_docx, write_form
from mailbot.demo.photos import make_photo, make_psd

_TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "psd": "image/vnd.adobe.photoshop",
    "mp4": "video/mp4",
    "mpg": "video/mpeg",
    "avi": "video/x-msvideo",
    "mts": "video/mp2t",
    "zip": "application/zip",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Submission:
    """One mail of the demo: when it arrives, why it is in it, and its octets."""

    arrived_at: datetime
    about: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail to be written: why it is in the demo, its sender and what it says."""

    about: str
    sender: str
    subject: str
    body: str
    attachments: Mapping[str, bytes] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    html: str = ""


def sample_submissions(campaign: Campaign) -> list[Submission]:
    """Fourteen mails of the two days before the deadline, a quarter of an hour apart."""
    return as_submissions(campaign, tuple(_drafts(campaign)))


def as_submissions(campaign: Campaign, drafts: Sequence[Draft]) -> list[Submission]:
    """The mails as they arrive in the two days before the first deadline of any unit or material,
    so that nobody is late."""
    start = first_deadline(campaign) - timedelta(days=2, hours=14)
    return [
        Submission(moment, draft.about, _message(draft, campaign, moment, number))
        for number, draft in enumerate(drafts, 1)
        for moment in [start + timedelta(minutes=15 * number)]
    ]


def first_deadline(campaign: Campaign) -> datetime:
    """The earliest deadline of what any unit is asked; not before the third day of the campaign."""
    every = [
        campaign.deadline_of(unit.unit, material)
        for unit in campaign.units
        for material in campaign.materials_of(unit.unit)
    ]
    opened = datetime.combine(campaign.opening, time(), campaign.zone) + timedelta(days=4)
    return max(min(every, default=campaign.deadline), min(opened, campaign.deadline))


def _media(name: str) -> bytes:
    return (files("mailbot.demo") / "media" / name).read_bytes()


def _form_values(unit: str, day: str, **changed: str | int | float) -> dict[str, str | int | float]:
    values: dict[str, str | int | float] = {
        "unit": unit,
        "reported_on": day,
        "filled_by": "应急办",
        "phone": "0371-60000000",
        "overall.drills": 12,
        "overall.participants": 860,
        "overall.spend_wan": 9.5,
        "overall.observers": 240,
        "overall.joint_drills": 1,
        "by_organiser.government.drills": 3,
        "by_organiser.government.participants": 260,
        "by_organiser.government.spend_wan": 4.5,
        "by_organiser.enterprise.drills": 8,
        "by_organiser.enterprise.participants": 560,
        "by_organiser.enterprise.spend_wan": 4.5,
        "by_organiser.other.drills": 1,
        "by_organiser.other.participants": 40,
        "by_organiser.other.spend_wan": 0.5,
    }
    return values | {key.replace("__", "."): value for key, value in changed.items()}


def _report(unit: str) -> str:
    return (
        f"现将{unit}2017年安全生产月应急演练材料报上，请查收。今年安全生产月期间，我单位"
        "组织开展了多部门联动的危险化学品泄漏事故综合应急演练，邀请媒体全程采访报道，"
        "演练检验了预案，锻炼了队伍，提高了基层应急处置能力。"
    )


def _drafts(campaign: Campaign) -> Iterator[Draft]:
    form = campaign.form
    yield Draft(
        "complete: everything in one mail",
        "jinshui@example.com",
        "金水区报送2017年安全生产应急演练材料",
        _report("金水区"),
        {
            "金水区应急演练统计表.xlsx": write_form(form, _form_values("金水区", "2017-07-03")),
            "金水区应急演练方案.docx": plan("金水区"),
            "金水区应急演练评估总结.docx": summary("金水区"),
            "演练视频.mp4": _media("video_1080.mp4"),
            "演练照片1.jpg": make_photo(2560, 1440, 1),
            "演练照片2.jpg": make_photo(1080, 1920, 2),
        },
    )
    yield Draft(
        "the first of three mails of one unit",
        "erqi@example.com",
        "二七区应急演练材料（一）",
        "二七区材料共三封，本封为方案和统计表。",
        {
            "二七区演练实施方案.docx": plan("二七区"),
            "统计表.docx": write_docx(
                [
                    "填报单位（盖章）：二七区    报出时间：2017年7月3日",
                    "填表人：应急办    联系电话：0371-60000001",
                ],
                [
                    ["总体情况", "举办次数（场）", "５"],
                    ["", "参演人数（人次）", "３２０人次"],
                    ["", "直接投入（万元）", "３．２万元"],
                    ["", "多部门联动综合演练次数（场）", "1次"],
                ],
            ),
        },
    )
    yield Draft(
        "the second: only a video, and the unit is not named",
        "erqi@example.com",
        "应急演练视频",
        "视频见附件。",
        {"VID_20170622.mpg": _media("video_1080.mpg")},
    )
    yield Draft(
        "the third: photos as PNG and PSD, summary, a report in words",
        "erqi@example.com",
        "二七区应急演练材料（三）",
        _report("二七区"),
        {
            "评估报告.docx": summary("二七区"),
            "照片.png": make_photo(1920, 1080, 3, "PNG"),
            "展板.psd": make_psd(2000, 1200),
        },
    )
    yield Draft(
        "a video of 1280×720 and a small photo",
        "zhongyuan@example.com",
        "中原区应急演练材料",
        _report("中原区"),
        {
            "中原区演练方案.docx": plan("中原区"),
            "中原区演练总结.docx": summary("中原区"),
            "中原区统计表.xlsx": write_form(form, _form_values("中原区", "2017-07-02")),
            "演练.mp4": _media("video_720.mp4"),
            "微信图片_20170703101530.jpg": make_photo(1280, 960, 4),
        },
    )
    yield Draft(
        "a broken table",
        "huiji@example.com",
        "惠济区应急演练统计表及材料",
        _report("惠济区"),
        {
            "惠济区应急演练统计表.xlsx": write_form(
                form,
                _form_values(
                    "惠济区",
                    "2017-07-03",
                    overall__drills="十几次",
                    overall__spend_wan="",
                    overall__joint_drills=0,
                    phone="",
                ),
            ),
            "惠济区演练方案.docx": plan("惠济区"),
            "惠济区评估总结.docx": summary("惠济区"),
            "演练.avi": _media("video_1080.avi"),
            "照片.jpg": make_photo(1920, 1080, 5),
        },
    )
    yield Draft(
        "everything in one zip whose names are GBK, the video as a link",
        "dengfeng@example.com",
        "登封市演练材料",
        _report("登封市"),
        {
            "登封市演练材料.zip": gbk_zip(
                {
                    "登封市演练方案.docx": plan("登封市"),
                    "登封市演练评估总结.docx": summary("登封市"),
                    "登封市统计表.xlsx": write_form(form, _form_values("登封市", "2017-07-03")),
                    "照片/现场1.jpg": make_photo(2000, 1500, 6),
                    "照片/现场2.jpg": make_photo(2000, 1500, 7)[:30000],
                }
            )
        },
        html=(
            "<p>{body}</p><div id='QQMailBigAttach'><div class='bigatt_bt' title='演练视频.mp4'>"
            "演练视频.mp4</div><a href='https://mail.qq.com/cgi-bin/ftnExs_download?k=4d9f"
            "&amp;code=7a1c&amp;t=exs_ftn_download'>下载</a>"
            "<span class='qqmailbgattach' expiretime='1501603200'>"
            "(380.96M, 2017年8月2日 0:00 到期)</span></div>"
        ),
    )
    yield Draft(
        "a JPEG named .png, and a photo that was cut off on the way",
        "xinmi@example.com",
        "新密市演练照片",
        "新密市演练照片两张。",
        {
            "照片1.png": make_photo(2400, 1600, 8),
            "照片2.jpg": make_photo(2400, 1600, 9)[:20000],
            "演练视频.mts": _media("video_1080.mts"),
        },
    )
    yield Draft(
        "an unknown sender",
        "info@supplier.example",
        "应急演练材料",
        "您好，演练方案请查收。",
        {"演练方案.docx": plan("我公司")},
    )
    yield Draft(
        "a vacation auto-reply, as QQ sends it: no Auto-Submitted",
        "zhongyuan@example.com",
        "自动回复: 关于报送应急演练材料",
        "这是来自QQ邮箱的假期自动回复邮件。您好，我最近正在休假中，无法亲自回复您的邮件。",
        headers={"X-QQ-AUTO-REPLY": "1"},
    )
    yield Draft(
        "a bounce",
        "Postmaster@163.com",
        "系统退信/Systems bounce",
        "抱歉，您的邮件被退回来了。收件人 nobody@example.com 不存在（550 User not found）。",
        headers={"X-Mailer": "Coremail MTA server", "X-CM-Original-Message-ID": "<1@example.com>"},
    )


def gbk_zip(members: Mapping[str, bytes]) -> bytes:
    """A zip as Chinese Windows writes it: names in GBK, without the UTF-8 flag."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            # cp437 is what zipfile writes for a name without the flag; byte for byte it is GBK.
            info = _GbkInfo(name.encode("gbk").decode("cp437"))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return packed.getvalue()


class _GbkInfo(zipfile.ZipInfo):
    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - overrides zipfile's
        return self.filename.encode("cp437"), self.flag_bits & ~0x800


def _message(draft: Draft, campaign: Campaign, moment: datetime, number: int) -> bytes:
    message = EmailMessage()
    local, _, domain = draft.sender.partition("@")
    message["From"] = Address("", local, domain)
    message["To"] = campaign.mailbox
    message["Subject"] = draft.subject
    message["Date"] = moment
    message["Message-ID"] = f"<{number}.{moment:%Y%m%d%H%M}@{domain}>"
    for name, value in draft.headers.items():
        message[name] = value
    message.set_content(draft.body, cte="base64")
    if draft.html:
        html = draft.html.replace("{body}", draft.body)
        message.add_alternative(f"<html><body>{html}</body></html>", "html", cte="base64")
    for name, content in draft.attachments.items():
        main, _, sub = _TYPES[name.rpartition(".")[2]].partition("/")
        message.add_attachment(content, main, sub, filename=name)
    return message.as_bytes()
