"""The octets of the story's letters."""

from email import policy
from email.message import EmailMessage
from functools import cache
from importlib.resources import files

from mailbot.campaign.forms import FormSpec
from mailbot.demo.documents import plan, summary, write_docx, write_form
from mailbot.demo.photos import make_photo
from make.media import photo
from make.office import LONG_TEXT, OUR_ADDRESS
from make.season.cast import Letter, Piece

LINK_EXPIRES = "2017年7月8日"
_LINK = (
    "<div>视频见超大附件。</div><div id='QQMailBigAttach'><div class='bigatt_bt' title='{name}'>"
    "{name}</div><a href='https://mail.qq.com/cgi-bin/ftnExs_download?k={serial}&amp;code=7a1c"
    "&amp;t=exs_ftn_download'>下载</a><span class='qqmailbgattach'>"
    "(380.96M, {expires} 0:00 到期)</span></div>"
)
_BOUNCE = (
    "抱歉，您的邮件被退回来了……\n      原邮件信息：\n            主  题 收件编号\n"
    "            收件人 {address}\n\n      退信原因：\n"
    "            收件人地址不存在，或者帐号已停用。\n"
    "            英文说明:SMTP error, RCPT TO: 550 Invalid User\n"
)


def octets_of(letter: Letter, spec: FormSpec) -> bytes:
    """The letter as the server stores it."""
    message = EmailMessage()
    message["From"] = "Postmaster@163.com" if letter.sort == "bounce" else letter.sender
    message["To"] = "all@units.example" if letter.sort == "bcc" else OUR_ADDRESS
    message["Subject"] = letter.subject
    message["Message-ID"] = message_id(letter.tag)
    message["Date"] = letter.at
    if letter.sort == "automatic":
        message["X-QQ-AUTO-REPLY"] = "1"
    if letter.sort == "bounce":
        message["X-Mailer"] = "Coremail MTA server"
        message.set_content(_BOUNCE.format(address=letter.of), cte="base64")
        return message.as_bytes(policy=policy.SMTP)
    body = letter.body or (LONG_TEXT if letter.reports else "见附件。")
    message.set_content(body, cte="base64")
    for piece in sorted(letter.pieces, key=lambda one: one.slot != "link"):
        if piece.slot == "link":
            link = _LINK.format(name=piece.name, serial=piece.serial, expires=LINK_EXPIRES)
            page = f"<html><body><p>{body}</p>{link}</body></html>"
            message.add_alternative(page, "html", cte="base64")
        else:
            content = content_of(piece, spec)
            message.add_attachment(content, "application", "octet-stream", filename=piece.name)
    return message.as_bytes(policy=policy.SMTP)


def message_id(tag: str) -> str:
    """The Message-ID a letter has."""
    return f"<{tag}@units.example>"


@cache
def _media(name: str) -> bytes:
    return (files("mailbot.demo") / "media" / name).read_bytes()


_MADE: dict[Piece, bytes] = {}


def content_of(piece: Piece, spec: FormSpec) -> bytes:
    """The octets of one piece, other ones for every serial; made once (a workbook has a clock)."""
    if piece not in _MADE:
        _MADE[piece] = _make(piece, spec)
    return _MADE[piece]


def _make(piece: Piece, spec: FormSpec) -> bytes:
    good = piece.grade == "good"
    match piece.slot:
        case "form":
            return _form(piece, spec)
        case "plan":
            return plan(f"{piece.unit}（第{piece.serial}稿）")
        case "summary":
            return summary(f"{piece.unit}（第{piece.serial}稿）") if good else _poor_summary(piece)
        case "photo" if piece.odd == "season":
            return photo(1920, 1080, taken_at="2016:06:10 09:00:00", seed=piece.serial)
        case "photo":
            painted = make_photo(*((1920, 1080) if good else (1280, 720)), piece.serial)
            return painted.replace(b"2017:06:", b"2017:05:")  # EXIF: taken before it was sent
        case "video":
            ending = piece.name.rpartition(".")[2]
            video = _media(f"video_{1080 if good else 720}.{ending}")
            # A free box (ISO/IEC 14496-12 8.1.2) makes it another file and the same video.
            own = str(piece.serial).encode().rjust(16)
            return video + (b"\0\0\0\x18free" + own if ending == "mp4" else b"")
        case _:
            return write_docx([f"{piece.unit}危险化学品事故应急预案", "一、总则", "二、组织体系"])


def _poor_summary(piece: Piece) -> bytes:
    return write_docx(
        [
            f"{piece.unit}应急演练评估总结（第{piece.serial}稿）",
            "一、基本情况：2017年6月22日在产业集聚区开展多部门联动综合应急演练一次。",
            "二、时间地点及参演单位：9个部门、2家企业，参演人数126人。",
            "三、演练过程：按方案实施了接警、响应、处置、救治和恢复五个阶段。",
            "四、演练效果评估：指挥顺畅、协同有序，达到了预期目的。",
        ]
    )


def _form(piece: Piece, spec: FormSpec) -> bytes:
    drills, people, money = piece.figures
    if piece.name.endswith(".docx"):
        return write_docx(
            [
                f"填报单位（盖章）：{piece.unit}    报出时间：2017年6月1日",
                "填表人：应急办    联系电话：0371-60000001",
            ],
            [
                ["总体情况", "举办次数（场）", f"{drills}次"],
                ["", "参演人数（人次）", f"{people:,}"],
                ["", "直接投入（万元）", f"{money}万元"],
                ["", "多部门联动综合演练次数（场）", "1次"],
            ],
        )
    values: dict[str, str | int | float] = {
        "unit": piece.unit,
        "reported_on": "2017-06-01",
        "filled_by": f"填表人{piece.serial}",
        "phone": "0371-60000000",
        "overall.drills": drills if piece.grade != "bad" else "十几次",
        "overall.participants": people,
        "overall.spend_wan": money,
        "overall.joint_drills": 1,
    }
    if piece.odd == "sums":
        for who, count in (("government", drills), ("enterprise", 1), ("other", 0)):
            values[f"by_organiser.{who}.drills"] = count
    return write_form(spec, values)
