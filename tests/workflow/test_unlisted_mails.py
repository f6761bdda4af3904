"""Mails that are in no list: no machine is answered, no submission is silenced, and what we wrote
ourselves is nobody's words, however it comes back."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml
from make import media
from make.deciding import Table
from make.office import LONG_TEXT, opened, text_of

from mailbot.campaign.types import Campaign
from mailbot.deciding.slots import rule_slot
from mailbot.demo.documents import plan, write_docx
from mailbot.judgement.documents import judge_body
from mailbot.judgement.writing import own_subject, own_words

CLERK = "clerk@example.com"
DATA = Path(__file__).resolve().parents[1] / "data" / "answers" / "unlisted.yaml"
LETTERS: list[dict[str, str]] = yaml.safe_load(DATA.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory, campaign: Campaign) -> Iterator[Table]:
    """金水区 is complete and has its receipt."""
    with ExitStack() as stack:
        table = Table(tmp_path_factory.mktemp("office"), campaign, stack)
        for slot in ("form", "summary", "video", "photo"):
            rule_slot(table.desk, "waive", "金水区", slot, "会议决定")
        files = {"金水区演练方案.docx": plan("金水区")}
        table.receive("金水区材料", LONG_TEXT, files=files)
        assert "回执" in opened(table.sent.messages[-1].raw)["Subject"]
        yield table


def files_for(kind: str, number: int) -> dict[str, bytes]:
    match kind:
        case "plan":
            return {f"演练方案{number}.docx": plan(f"我单位{number}")}
        case "photo":
            return {f"IMG_{number}.jpg": media.photo(2000, 1200, seed=number)}
        case "logo":
            return {"image.png": media.photo(420, 160, "PNG", seed=number)}
        case "document":
            return {"附件.docx": write_docx([f"第{number}号", "书名 定价 数量", "联系人"])}
    return {}


def take(table: Table, letter: dict[str, str], sender: str, number: int) -> dict[str, Any]:
    """The row of a mail, and whether something went out for it."""
    receipt = table.sent.messages[0].raw
    filled = {"subject": str(opened(receipt)["Subject"]), "quote": f"\n\n{text_of(receipt)}"}
    before = len(table.sent.messages)
    table.clock.advance(days=8)  # nobody is quiet because he heard lately
    table.receive(
        letter["subject"].format_map(filled),
        letter["body"].format_map(filled),
        sender=sender,
        files=files_for(letter.get("file", ""), number),
    )
    (row,) = table.office.ledger.rows("SELECT * FROM arrivals ORDER BY id DESC LIMIT 1")
    return row | {"answered": len(table.sent.messages) > before}


@pytest.mark.parametrize("known", [True, False], ids=["complete unit", "stranger"])
def test_no_machine_is_answered_and_no_submission_silenced(table: Table, known: bool) -> None:
    wrong = []
    for number, letter in enumerate(LETTERS if known else LETTERS[::2]):
        sender = CLERK if known else f"stranger{number}@example.net"
        row = take(table, letter, sender, number + 100 * known)
        # Of a unit's own address any file is a submission, be it an advert.
        expected = letter["expected"] == "answered" or (known and letter.get("file") == "document")
        if row["answered"] is not expected:
            wrong.append((letter["subject"], letter["body"][:40], row["no_answer_reason"]))
    assert not wrong
    assert len(LETTERS) > 50


def test_what_we_wrote_is_cut_from_body_and_subject(table: Table) -> None:
    for message in table.sent.messages[:1]:
        reply = opened(message.raw)
        assert own_words("好的，谢谢。\n\n" + text_of(message.raw)) == "好的，谢谢。"
        assert own_subject(f"Re: {reply['Subject']}") == "Re: "
    kept = "金水区补报，收件编号：YL2017-0001。6月22日上午开展演练。"
    assert own_words(kept) == kept


def test_our_own_mail_and_register_are_nobody_s_material(table: Table) -> None:
    """A stranger (a bounce in prose, a colleague) brings back what went out."""
    sent = table.sent.messages[0].raw
    (register,) = opened(sent).iter_attachments()
    before = len(table.sent.messages)
    came_back = {"来件登记.txt": register.get_content(), "回执.eml": sent}
    table.receive("您好", "", sender="daemon@gone.example", files=came_back)
    assert len(table.sent.messages) == before


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        (LONG_TEXT, True),
        ("演" * 50, True),
        ("我区高度重视，已安排专人对照清单逐项整改，演练照片正在导出原图，统计表正在核对盖章，"
         "预计明天下午下班前一并补报到位，请放心。", False),
        ("请贵办派一名同志参加我区七月十日上午九时在区政府三楼会议室召开的安全生产例会，会议重要，"
         "请准时参加，并将参会人员名单报我区。", False),
        ("六月二十二日上午，我区在集聚区举行危险化学品泄漏事故综合应急演练，九个部门参加，"
         "请贵办审阅。演练检验了预案，锻炼了队伍，达到预期目的。", True),
    ],
)  # fmt: skip
def test_what_is_said_to_somebody_fills_the_text_only_where_it_is_about_the_drill(
    campaign: Campaign, text: str, counts: bool
) -> None:
    assert bool(judge_body(text, campaign).slots) is counts
