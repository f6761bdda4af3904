"""A unit asks where it stands: who is told what, and who is told nothing."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from make.deciding import Table
from make.office import LONG_TEXT, opened, text_of

from mailbot.campaign.types import Campaign
from mailbot.deciding import register
from mailbot.deciding.slots import rule_slot
from mailbot.demo.documents import plan
from mailbot.judgement.enquiry import is_enquiry
from mailbot.model import Attachment, Blob, CloudLink, Message

PLAN = {"金水区演练方案.docx": plan("金水区")}


@pytest.fixture
def table(tmp_path: Path, campaign: Campaign) -> Iterator[Table]:
    with ExitStack() as stack:
        yield Table(tmp_path, campaign, stack)


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("查询", ""),
        ("Re: 查询", "麻烦看一下"),
        ("材料报送情况查询", ""),
        ("金水区材料", "请问我们的材料是否收到？"),
        ("请问收到了吗", ""),
    ],
)
def test_a_bound_address_is_told_where_its_unit_stands(
    table: Table, subject: str, body: str
) -> None:
    table.receive("金水区材料", "见附件", files=PLAN)
    table.receive(subject, body)
    assert len(table.sent.messages) == 2
    answer = table.sent.messages[1]
    assert answer.rcpt == "clerk@example.com"
    assert opened(answer.raw)["In-Reply-To"] == "<2@example.com>"
    text = text_of(answer.raw)
    assert "来信查询收悉" in text
    assert "演练方案：已通过" in text
    assert "未见附件" not in text
    assert table.verdict("金水区", "text") == "missing"


def test_a_complete_unit_is_told_so(table: Table) -> None:
    table.receive("金水区材料", files=PLAN)
    for slot in ("form", "summary", "video", "photo"):
        rule_slot(table.desk, "waive", "金水区", slot, "会议决定")
    table.tick()
    table.receive("查询", "")
    answer = table.sent.messages[-1].raw
    assert "回执" in opened(answer)["Subject"]
    assert "来信查询收悉" in text_of(answer)


def test_a_listed_address_that_has_sent_nothing_is_told_what_is_owed(table: Table) -> None:
    register.add_address(table.desk, "金水区", "clerk@example.com")
    table.receive("查询", "")
    text = text_of(table.sent.messages[-1].raw)
    assert "6项材料未收到" in text
    assert "材料已收到" not in text


def test_an_enquiry_however_long_fills_no_slot(table: Table) -> None:
    register.add_address(table.desk, "金水区", "clerk@example.com")
    table.receive("查询", LONG_TEXT)
    assert table.unit("金水区")["state"] == "nothing"


def test_a_mail_with_material_that_also_asks_is_a_submission(table: Table) -> None:
    table.receive("金水区材料是否收到", LONG_TEXT, files=PLAN)
    assert table.verdict("金水区", "text") == "accepted"
    assert "来信查询收悉" not in text_of(table.sent.messages[0].raw)


@pytest.mark.parametrize("named", ["", "我们是金水区"])
def test_anybody_else_learns_nothing_and_is_bound_to_nothing(table: Table, named: str) -> None:
    table.receive("金水区材料", "见附件", files=PLAN)
    table.receive("金水区查询", named, sender="stranger@example.org")
    answer = table.sent.messages[-1]
    assert answer.rcpt == "stranger@example.org"
    assert "收件告知" in opened(answer.raw)["Subject"]
    text = text_of(answer.raw)
    assert "演练方案" not in text
    assert "已通过" not in text
    rows = table.office.ledger.rows("SELECT address FROM addresses")
    assert [row["address"] for row in rows] == ["clerk@example.com"]


def test_a_stranger_cannot_take_a_free_unit_by_asking(table: Table) -> None:
    table.receive("二七区查询", "请问二七区的材料是否收到", sender="stranger@example.org")
    assert table.office.ledger.rows("SELECT * FROM addresses") == []
    assert "二七区" not in text_of(table.sent.messages[0].raw).replace("二七区查询", "")


def test_a_unit_does_not_learn_of_another_unit(table: Table) -> None:
    table.receive("金水区材料", "见附件", files=PLAN)
    table.receive("二七区材料", sender="erqi@example.com", files={"方案.docx": plan("二七区")})
    table.receive("二七区查询", "")
    answer = table.sent.messages[-1]
    assert answer.rcpt == "clerk@example.com"
    assert "收件告知" in opened(answer.raw)["Subject"]
    assert "已通过" not in text_of(answer.raw)


def test_enquiries_are_answered_once_in_seven_days(table: Table) -> None:
    table.receive("金水区材料", "见附件", files=PLAN)
    for _ in range(3):
        table.receive("查询", "")
    assert len(table.sent.messages) == 2
    (last,) = table.office.ledger.rows("SELECT * FROM arrivals ORDER BY id DESC LIMIT 1")
    assert last["no_answer_reason"] == "heard_lately"
    table.clock.advance(days=7, minutes=1)
    table.receive("查询", "")
    assert len(table.sent.messages) == 3


@pytest.mark.parametrize(
    ("subject", "body", "asks"),
    [
        ("查询", "", True),
        ("报送进度查询", "", True),
        ("回复：查询", "", True),
        ("材料", "收到没有？", True),
        ("材料", "贵办是否已收到我区材料", True),
        ("材料", "有没有收到", True),
        ("金水区材料", "材料已发，收到请回复", False),
        ("金水区材料", "请查收", False),
        ("金水区材料", "我区于7月1日收到没有通过的通知，现补报", False),
        ("金水区材料", LONG_TEXT + "是否收到请告知。", False),
        ("查询报送进度", "", True),
        ("关于查询系统应急演练方案的报送", "", False),
    ],
)
def test_which_mails_ask(campaign: Campaign, subject: str, body: str, asks: bool) -> None:
    assert is_enquiry(Message(subject=subject, text=body), campaign.text) is asks


def test_files_and_links_make_it_a_submission(campaign: Campaign, tmp_path: Path) -> None:
    blob = Blob("0" * 64, 1, tmp_path)
    logo = Attachment("logo.png", blob, "1.2", "image/png", referenced=True)
    file = Attachment("方案.docx", blob, "1.3", "application/msword")
    link = CloudLink("qq", "https://mail.qq.com/x")
    rule = campaign.text
    assert is_enquiry(Message(subject="查询", attachments=(logo,)), rule)
    assert not is_enquiry(Message(subject="查询", attachments=(logo, file)), rule)
    assert not is_enquiry(Message(subject="查询", links=(link,)), rule)
