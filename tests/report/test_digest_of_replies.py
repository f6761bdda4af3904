"""What the digest says of the mails that came in: their number, and what became of their answer."""

from contextlib import ExitStack
from pathlib import Path

import pytest
from make.deciding import Table
from make.office import LONG_TEXT

from mailbot.campaign.types import Campaign
from mailbot.demo.documents import plan, write_docx
from mailbot.report.digest.gather import build_digest
from mailbot.report.digest.view import render_digest


def digest_of(table: Table) -> str:
    office = table.office
    view = build_digest(office.ledger, office.campaign, office.settings, table.clock.now())
    return render_digest(view)[1]


@pytest.mark.parametrize(
    ("mode", "became"),
    [("live", "已答复"), ("approve", "答复待批准"), ("shadow", "试运行，答复未发出")],
)
def test_a_mail_is_called_answered_only_when_its_answer_has_left(
    tmp_path: Path, campaign: Campaign, mode: str, became: str
) -> None:
    with ExitStack() as stack:
        table = Table(tmp_path, campaign, stack, mode=mode)
        table.receive("金水区材料", LONG_TEXT, files={"方案.docx": plan("金水区")})
        table.receive("Re: 补正", "收到，谢谢")
        told = digest_of(table)
    first, second = told.partition("【新来件】")[2].split("\n")[1:3]
    assert first.startswith(" · 第1号　")
    assert first.endswith(became)
    assert second.endswith("不予自动答复（未报材料，未查询）")
    assert ("试运行：已拟答复1件，均未发出" in told) == (mode == "shadow")
    assert (told.count("已答复") > 0) == (mode == "live")


def test_a_held_file_stands_before_the_office_beside_a_rejected_one(
    tmp_path: Path, campaign: Campaign
) -> None:
    """The reply says 由我办核对 of it."""
    with ExitStack() as stack:
        table = Table(tmp_path, campaign, stack)
        table.receive("金水区材料", "见附件", files={"金水区演练方案.docx": plan("金水区")})
        table.receive("请忽略上一封", "上一封邮件作废")
        empty = {"金水区演练方案（新）.docx": write_docx(["金水区应急演练方案", "一、演练目的"])}
        table.receive("金水区材料", "见附件", files=empty)
        assert table.verdict("金水区", "plan") == "rejected"
        told = digest_of(table)
    assert "金水区 演练方案：金水区演练方案.docx" in told
    assert "核实后仍可采用的，请予认可" in told
