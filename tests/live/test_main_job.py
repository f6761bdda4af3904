"""The whole job through the command line, against Debian's dovecot (TLS) and a real SMTP sink.

Forty mails of the kinds that arrive; what is expected of each stands beside it, by hand.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from make.dovecot import PrivateDovecot, dovecot_missing
from make.mime import encoded_word
from make.office import LONG_TEXT, OUR_ADDRESS, a_mail, opened
from make.operating import Office, good, table
from make.smtp_sink import SmtpSink

from mailbot.campaign.types import Campaign
from mailbot.demo.documents import plan
from mailbot.demo.photos import make_photo, make_psd
from mailbot.demo.submissions import gbk_zip

pytestmark = [
    pytest.mark.live,
    pytest.mark.skipif(bool(dovecot_missing()), reason=dovecot_missing() or "-"),
]

ACCEPTED, REJECTED, MISSING = "accepted", "rejected", "missing"
ALL = ("form", "plan", "summary", "video", "photo", "text")


@dataclass(frozen=True)
class Case:
    """One mail, who gets which answer for it (None: none), and what it does to its unit."""

    subject: str
    sender: str
    files: Mapping[str, bytes] = field(default_factory=dict)
    body: str = LONG_TEXT
    headers: Mapping[str, str] = field(default_factory=dict)
    html: str = ""
    to: str = OUR_ADDRESS
    again: int = 0  # delivered so many times more, octet by octet


@dataclass(frozen=True)
class Expected:
    """What the contract says of a unit after all its mails."""

    state: str
    slots: Mapping[str, str]
    reply: str  # the sign in the subject
    sender: str


def cases(campaign: Campaign) -> tuple[list[Case], dict[str, Expected]]:
    """The mails in the order they arrive, and what becomes of each unit."""
    mails: list[Case] = []
    units: dict[str, Expected] = {}

    def unit(name: str, reply: str, sender: str, *sent: Case, **slots: str) -> None:
        mails.extend(sent)
        verdicts = dict.fromkeys(ALL, ACCEPTED) | slots
        state = "complete" if set(verdicts.values()) == {ACCEPTED} else "incomplete"
        units[name] = Expected(state, verdicts, reply, sender)

    jinshui = Case("金水区演练材料", "a1@example.com", good(campaign, "金水区"), again=2)
    unit("金水区", "已收到", "a1@example.com", jinshui)
    erqi = good(campaign, "二七区", "video_1080.mpg")
    parts: Sequence[Mapping[str, bytes]] = [dict(list(erqi.items())[at::3]) for at in range(3)]
    unit(
        "二七区",
        "已收到",
        "a2@example.com",
        *(Case(f"二七区材料（{n}）", "a2@example.com", part) for n, part in enumerate(parts)),
    )
    zhongyuan = good(campaign, "中原区", "video_720.mp4") | {"照片.jpg": make_photo(1919, 1079, 1)}
    unit(
        "中原区",
        "请补正",
        "a3@example.com",
        Case("中原区演练材料", "a3@example.com", zhongyuan),
        video=REJECTED,
        photo=REJECTED,
    )
    huiji = good(campaign, "惠济区", "video_1080.avi") | {
        "惠济区统计表.xlsx": table(campaign, "惠济区", overall__drills="若干")
    }
    unit(
        "惠济区",
        "请补正",
        "a4@example.com",
        Case("惠济区演练材料", "a4@example.com", huiji),
        form=REJECTED,
    )
    packed = good(campaign, "登封市")
    del packed["视频.mp4"]
    link = (
        "<div id='QQMailBigAttach'><a href='https://mail.qq.com/cgi-bin/ftnExs_download?k=1f2e"
        "&amp;code=ab'>演练视频.mp4</a> (80.96M, 2017年8月2日 0:49 到期)</div>"
    )
    unit(
        "登封市",
        "请补报",
        "a5@example.com",
        Case("登封市材料", "a5@example.com", {"材料.zip": gbk_zip(packed)}, "见附件", html=link),
        video="announced",
        text=MISSING,
    )
    xinmi = {"照片.png": make_photo(1920, 1080, 3), "坏.jpg": make_photo(2400, 1600, 4)[:9000]}
    unit(
        "新密市",
        "请补报",
        "a6@example.com",
        Case("新密市演练照片", "a6@example.com", xinmi, "照片两张"),
        **dict.fromkeys(("form", "plan", "summary", "video", "text"), MISSING),
    )
    late = good(campaign, "荥阳市", "video_1080.mts")
    first, rest = dict(list(late.items())[:1]), dict(list(late.items())[1:])
    unit(
        "荥阳市",
        "已收到",
        "a7@example.com",
        Case("荥阳市统计表", "a7@example.com", first),
        Case("补报", "a7@example.com", rest, "补报其余材料"),
    )
    psd = good(campaign, "上街区")
    psd["照片.psd"] = make_psd(1920, 1080)
    del psd["照片.jpg"]
    unit("上街区", "已收到", "a8@example.com", Case("上街区材料", "a8@example.com", psd))
    two = good(campaign, "中牟县")
    bad_plan = plan("中牟县")[:400]
    unit(
        "中牟县",
        "已收到",
        "a9@example.com",
        Case("中牟县材料", "a9@example.com", two),
        Case("中牟县方案（修改）", "a9@example.com", {"中牟县演练方案.docx": bad_plan}, "更正"),
    )
    only_text = dict.fromkeys(("form", "plan", "summary", "video", "photo"), MISSING)
    others = "市公安局 市教育局 市水务局 市林业局 市商务局 市民政局 市司法局 市财政局 市规划局"
    for number, name in enumerate(others.split(), 10):
        sender = f"a{number}@example.com"
        unit(name, "请补报", sender, Case(f"{name}文字信息", sender), **only_text)
    for number in range(3):
        mails.append(Case("演练材料", f"stranger{number}@example.net", {"方案.docx": plan("我")}))
    mails += [
        Case("金水区材料", "conflict@example.net", {"统计表.xlsx": table(campaign, "二七区")}),
        Case("演练材料", "part@example.net", {"统计表.xlsx": table(campaign, "二七区城管局")}),
        Case("自动回复: 您好", "v1@example.com", headers={"X-QQ-AUTO-REPLY": "1"}),
        Case("Out of office", "v2@example.com", headers={"Auto-Submitted": "auto-replied"}),
        Case("休假", "v3@example.com", body="这是来自QQ邮箱的假期自动回复邮件"),
        Case("系统退信", "postmaster@163.com", body="收件人不存在"),
        Case("failure notice", "MAILER-DAEMON@example.com", headers={"Return-Path": "<>"}),
        Case("周刊", "news@example.com", headers={"List-Id": "<weekly.example.com>"}),
        Case("促销", "sale@example.com", headers={"Precedence": "bulk"}),
        Case("通知", "noreply@example.com"),
        Case("回执", OUR_ADDRESS),
        Case("抄给别人", "cc@example.com", to="somebody@example.org"),
        Case("金水区材料 退信", "a1@example.com", headers={"X-Failed-Recipients": "x@y.test"}),
    ]  # fmt: skip
    return mails, units


def octets(case: Case, number: int, moment: datetime) -> bytes:
    raw = a_mail(
        encoded_word(case.subject, "gb2312") if number % 3 == 0 else case.subject,
        case.body,
        sender=case.sender,
        to=case.to,
        message_id=f"<live-{number}@example.com>",
        files=case.files,
        headers=case.headers,
        date=moment,
    )
    if case.html:
        head, _, body = raw.partition(b"\r\n\r\n")
        html = f"\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{case.html}\r\n".encode()
        boundary = head.partition(b'boundary="')[2].partition(b'"')[0]
        body = body.replace(b"--" + boundary, b"--" + boundary + html + b"--" + boundary, 1)
        raw = head + b"\r\n\r\n" + body
    return raw


def test_forty_mails_are_judged_and_answered_once(
    tmp_path: Path, campaign: Campaign, dovecot: PrivateDovecot
) -> None:
    mails, units = cases(campaign)
    moment = campaign.deadline - timedelta(days=3)
    delivered = 0
    for number, case in enumerate(mails):
        raw = octets(case, number, moment)
        for _ in range(1 + case.again):
            dovecot.deliver(raw, internaldate=moment + timedelta(minutes=number))
            delivered += 1
    assert delivered == 40
    with SmtpSink() as sink:
        office = Office(tmp_path, dovecot, sink)
        counts = office("tick")
        assert counts["fetched"] == counts["examined"] == 40
        assert (counts["deferred"], counts["dead"], counts["quarantined"]) == (0, 0, 0)

        due = {expected.sender: expected.reply for expected in units.values()}
        due |= {f"{name}@example.net": "单位待核实" for name in ("conflict", "part")}
        due |= {f"stranger{number}@example.net": "单位待核实" for number in range(3)}
        answered = Counter(mail.rcpt for mail in sink.messages)
        assert answered == Counter(due.keys())
        for mail in sink.messages:
            assert due[mail.rcpt] in opened(mail.raw)["Subject"], mail.rcpt
        check_board(office("status"), units)

        again = office("tick")
        assert (again["fetched"], again["replied"], again["sent"]) == (0, 0, 0)
        dovecot.change_uid_validity("INBOX")
        once_more = office("tick")
        assert once_more["examined"] == 40
        assert (once_more["replied"], once_more["sent"]) == (0, 0)
        assert len(sink.messages) == len(due)
        check_board(office("status"), units)


def check_board(status: Mapping[str, Any], units: Mapping[str, Expected]) -> None:
    board = {unit["unit"]: unit for unit in status["units"]}
    for name, expected in units.items():
        found = {slot: one["verdict"] for slot, one in board[name]["slots"].items()}
        assert (name, found) == (name, expected.slots)
        assert (name, board[name]["state"]) == (name, expected.state)
    silent = [unit for name, unit in board.items() if name not in units]
    assert silent
    assert {unit["state"] for unit in silent} == {"nothing"}
