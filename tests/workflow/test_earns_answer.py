"""What earns an answer, what stands before a person instead, and what takes something back."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from make.deciding import Table
from make.office import LONG_TEXT, opened, text_of

from mailbot.campaign.types import Campaign
from mailbot.deciding import mails
from mailbot.deciding.slots import rule_slot
from mailbot.demo.documents import plan
from mailbot.judgement.withdrawal import asks_to_withdraw
from mailbot.model import Message
from mailbot.report.digest.gather import build_digest
from mailbot.report.digest.view import render_digest

PLAN = {"金水区演练方案.docx": plan("金水区")}


@pytest.fixture
def table(tmp_path: Path, campaign: Campaign) -> Iterator[Table]:
    with ExitStack() as stack:
        yield Table(tmp_path, campaign, stack)


def complete(table: Table, **options: Any) -> None:
    """金水区 has sent its text and its plan, and the rest is waived."""
    for slot in ("form", "summary", "video", "photo"):
        rule_slot(table.desk, "waive", "金水区", slot, "会议决定")
    table.receive("金水区材料", LONG_TEXT, files=PLAN, **options)
    assert "回执" in opened(table.sent.messages[-1].raw)["Subject"]


def last_row(table: Table) -> dict[str, Any]:
    (row,) = table.office.ledger.rows("SELECT * FROM arrivals ORDER BY id DESC LIMIT 1")
    return row


def digest_text(table: Table) -> str:
    office = table.office
    view = build_digest(office.ledger, office.campaign, office.settings, table.clock.now())
    return render_digest(view)[1]


NOTHING = [
    ("Re: 回执", "收到，谢谢！"),
    ("Re: 补正", "好的，我们尽快补报材料。"),
    ("咨询", "请问视频太大可以用U盘送过去吗？"),
    ("代开各类发票", "您好，我公司可代开全国各地增值税发票，点数优惠。"),
    ("培训通知", "诚邀贵单位参加本机构举办的财务管理高级研修班，报名费每人三千八百元，名额有限，"
     "欢迎踊跃参加，详情可致电垂询，我们将竭诚为您提供优质服务，期待您的光临。"),
]  # fmt: skip


@pytest.mark.parametrize(("subject", "body"), NOTHING)
@pytest.mark.parametrize("known", [True, False], ids=["complete unit", "unknown"])
def test_what_brings_and_asks_nothing_stands_before_a_person(
    table: Table, subject: str, body: str, known: bool
) -> None:
    if known:
        complete(table)
    before = len(table.sent.messages)
    table.receive(subject, body)
    assert len(table.sent.messages) == before
    row = last_row(table)
    assert row["no_answer_reason"] == "nothing_to_answer"
    assert row["reply"] is None
    text = digest_text(table)
    assert f"第{row['id']}号来信" in text
    assert body[:20] in text
    (receipts,) = table.office.ledger.rows("SELECT count(*) AS n FROM receipts")
    assert receipts["n"] == (1 if known else 0), "no number is spent"


def test_a_person_can_let_the_unit_s_reply_go(table: Table) -> None:
    complete(table)
    table.receive("咨询", "请问视频太大可以用U盘送过去吗？")
    before = len(table.sent.messages)
    trail = len(table.trail())
    assert mails.release(table.desk, "2").replied == "clerk@example.com"
    assert len(table.trail()) == trail + 1
    table.tick()
    assert len(table.sent.messages) == before + 1
    assert opened(table.sent.messages[-1].raw)["In-Reply-To"] == "<2@example.com>"
    assert "第2号来信" not in digest_text(table).partition("【新来件】")[0]


def test_a_mail_that_a_person_lets_be_leaves_the_list(table: Table) -> None:
    table.receive("咨询", "请问视频太大可以用U盘送过去吗？")
    mails.hold(table.desk, "1")
    assert last_row(table)["no_answer_reason"] == "left_unanswered"
    assert [row.action for row in table.trail()] == ["hold"]
    assert "第1号来信" not in digest_text(table).partition("【新来件】")[0]


def test_a_question_stays_until_it_is_settled_and_thanks_leave_by_themselves(table: Table) -> None:
    table.receive("咨询", "请问视频太大可以用U盘送过去吗？")
    table.receive("Re: 回执", "收到，谢谢")
    table.clock.advance(days=8)
    text = digest_text(table)
    assert "第1号来信" in text
    assert "第2号来信" not in text


@pytest.mark.parametrize("body", ["材料见附件，请查收。", "现将我区演练材料报送给你们。", ""])
def test_what_says_that_it_brings_something_and_does_not_is_told_so(
    table: Table, body: str
) -> None:
    table.receive("金水区演练材料", body)
    (answer,) = table.sent.messages
    assert "未见附件" in text_of(answer.raw)


def test_the_same_file_again_within_seven_days_is_no_news(table: Table) -> None:
    table.receive("金水区材料", "见附件", files=PLAN)
    table.receive("金水区材料 再发一次", "见附件", files=PLAN)
    assert len(table.sent.messages) == 1
    assert last_row(table)["no_answer_reason"] == "heard_lately"
    other = {"金水区演练方案（修改）.docx": plan("郑州市金水区")}
    table.receive("金水区材料", "见附件", files=other)
    assert len(table.sent.messages) == 2


@pytest.mark.parametrize(
    ("subject", "body", "withdraws"),
    [
        ("请忽略上一封邮件", "上一封邮件发错了，材料有误。", True),
        ("撤回", "请撤回我区昨天发的材料", True),
        ("说明", "之前发的那封作废", True),
        ("材料", "演练方案有误，请不要采用前面发的方案", True),
        ("上封邮件作废", "", True),
        ("更正", "照片已更正，以此为准", False),
        ("演练信息", "指挥部下令撤回应急队伍，演练结束", False),
        ("Re: 回执", "收到，谢谢", False),
        ("金水区材料", LONG_TEXT, False),
    ],
)
def test_which_words_take_something_back(subject: str, body: str, withdraws: bool) -> None:
    assert asks_to_withdraw(Message(subject=subject, text=body)) is withdraws


def test_a_withdrawal_holds_the_mail_before_and_says_so(table: Table) -> None:
    complete(table)
    table.receive("请忽略上一封", "上一封邮件发错了，材料有误，请忽略上一封，稍后重新报送。")
    assert table.verdict("金水区", "plan") == "held"
    assert table.verdict("金水区", "text") == "held"
    text = text_of(table.sent.messages[-1].raw)
    assert "要求撤回的材料已暂停采用" in text
    assert "未见附件" not in text
    assert "不用再报" not in text
    assert "无需再报" not in text
    assert "要求撤回此前材料" in digest_text(table)
    # A person decides: it counts after all, or a new file comes.
    rule_slot(table.desk, "accept", "金水区", "plan", "电话核实，仍以此为准")
    assert table.verdict("金水区", "plan") == "accepted"


# What QQ's server states of a sender that SPF proves.
PROVEN = {
    "Authentication-Results": "mx.qq.com; spf=pass smtp.mailfrom=clerk@example.com; dkim=none",
    "Received": "from x by newxmmx.qq.com with SMTP id 1; Mon, 3 Jul 2017 10:00:00 +0800",
}


def test_a_new_file_after_a_withdrawal_fills_the_slot_of_a_proven_sender(table: Table) -> None:
    complete(table, headers=PROVEN)
    table.receive("上一封作废", "请忽略上一封邮件", headers=PROVEN)
    new = {"方案.docx": plan("郑州市金水区")}
    table.receive("金水区材料", "见附件", files=new, headers=PROVEN)
    assert table.verdict("金水区", "plan") == "accepted"


def test_without_proof_a_withdrawal_makes_no_room_for_another_file(table: Table) -> None:
    """Whoever writes the unit's address into From could else take back what was accepted and put
    his own in its place: a person decides."""
    complete(table)
    table.receive("上一封作废", "请忽略上一封邮件")
    table.receive("金水区材料", "见附件", files={"方案.docx": plan("郑州市金水区")})
    assert table.verdict("金水区", "plan") == "held"
    files = table.unit("金水区")["slots"]["plan"]["files"]
    assert [file["counts"] for file in files] == [False] * len(files)
    rule_slot(table.desk, "accept", "金水区", "plan", "电话核实，采用新件")
    assert table.verdict("金水区", "plan") == "accepted"


def test_a_file_that_is_named_is_held_alone(table: Table) -> None:
    complete(table)
    table.receive("撤回", "请撤回此前发的“金水区演练方案”，内容有误")
    assert table.verdict("金水区", "plan") == "held"
    assert table.verdict("金水区", "text") == "accepted"


def test_words_of_another_address_take_nothing_back(table: Table) -> None:
    complete(table)
    table.receive("金水区：请忽略上一封", "上一封邮件作废", sender="other@example.net")
    assert table.verdict("金水区", "plan") == "accepted"
    assert "要求撤回此前材料" in digest_text(table)


def test_a_recall_notice_holds_what_it_names_and_gets_no_receipt(table: Table) -> None:
    complete(table)
    before = len(table.sent.messages)
    table.receive("发信方已撤回邮件：金水区材料", "发信方已撤回邮件：金水区材料")
    assert len(table.sent.messages) == before
    assert last_row(table)["no_answer_reason"] == "recall_words"
    assert table.verdict("金水区", "plan") == "held"
    assert "要求撤回此前材料" in digest_text(table)


def test_a_new_file_with_such_words_replaces_as_any_other(table: Table) -> None:
    complete(table)
    new = {"金水区演练方案.docx": plan("郑州市金水区")}
    table.receive("更正", "上一封方案有误，以此为准", files=new)
    assert table.verdict("金水区", "plan") == "accepted"
    assert last_row(table)["held_json"] == "[]"


def test_an_older_acceptance_does_not_outlive_the_withdrawal(table: Table) -> None:
    complete(table)
    rule_slot(table.desk, "accept", "金水区", "plan", "看过")
    table.clock.advance(minutes=1)
    table.receive("上一封作废", "请忽略上一封邮件")
    assert table.verdict("金水区", "plan") == "held"


UNREAD = {
    "broken": {"文件.pdf": b"%PDF-1.4\nxref\n"},
    "other contents than its name says": {"文件.doc": b"404 Not Found\n"},
    "no contents": {"文件.docx": b""},
}


@pytest.mark.parametrize("files", UNREAD.values(), ids=UNREAD)
def test_a_file_nobody_could_read_to_its_end_may_be_material_and_is_answered(
    table: Table, files: dict[str, bytes]
) -> None:
    table.receive("你好", "您好", files=files)
    assert len(table.sent.messages) == 1


@pytest.mark.parametrize(
    ("subject", "body", "files"),
    [
        ("代开各类发票", "点数优惠", UNREAD["broken"]),
        ("Your invoice", "", UNREAD["broken"]),
        ("你好", "您好", {"发票.pdf": UNREAD["broken"]["文件.pdf"]}),
        ("你好", "您好", {"说明.txt": "下周一例行停电检修，特此告知。".encode()}),
    ],
)
def test_what_was_read_and_is_nothing_or_is_for_sale_stands_before_a_person(
    table: Table, subject: str, body: str, files: dict[str, bytes]
) -> None:
    table.receive(subject, body, files=files)
    assert table.sent.messages == []
    assert last_row(table)["no_answer_reason"] == "nothing_to_answer"
    assert body in digest_text(table)
