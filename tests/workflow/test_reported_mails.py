"""The mails made after public trouble reports, one after another through one office."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from make.deciding import Table
from make.office import LONG_TEXT, text_of

from mailbot.campaign.types import Campaign
from mailbot.deciding.slots import rule_slot
from mailbot.demo.documents import plan
from mailbot.report.digest.gather import build_digest
from mailbot.report.digest.view import render_digest

COMPLETE, WITHDRAWING = "js@js.gov.test", "xm@xm.gov.test"


@pytest.fixture
def table(tmp_path: Path, campaign: Campaign) -> Iterator[Table]:
    with ExitStack() as stack:
        yield Table(tmp_path, campaign, stack)


def complete(table: Table) -> None:
    """金水区 is complete and has its receipt; 新密市 has sent its plan."""
    for slot in ("form", "summary", "video", "photo"):
        rule_slot(table.desk, "waive", "金水区", slot, "会议决定")
    for unit, sender in (("金水区", COMPLETE), ("新密市", WITHDRAWING)):
        table.receive(
            f"{unit}材料", LONG_TEXT, sender=sender, files={f"{unit}演练方案.docx": plan(unit)}
        )
    assert table.unit("金水区")["state"] == "complete"


def run(table: Table, reports: Path) -> dict[str, dict[str, Any]]:
    """Every mail in the order of EXPECTED.json: its row, and to whom something went by it."""
    expected = json.loads((reports / "EXPECTED.json").read_text(encoding="utf-8"))
    seen: dict[str, dict[str, Any]] = {}
    for name in (one for one in expected if one.endswith(".eml")):
        before = len(table.sent.messages)
        table.box.deliver((reports / name).read_bytes(), table.clock.now())
        table.tick()
        table.tick()
        (row,) = table.office.ledger.rows("SELECT * FROM arrivals ORDER BY id DESC LIMIT 1")
        seen[name] = row | {"sent": table.sent.messages[before:]}
    return seen


REASONS = {
    "auto_0.eml": "auto_reply_words",
    "auto_2.eml": "auto_reply_words",
    "auto_body_qq.eml": "auto_reply_words",
    "cid_photos_too_small.eml": None,
    "ndr_aliyun.eml": "bounce_words",
    "recall_0.eml": "recall_words",
    "spam.eml": "nothing_to_answer",
    "thanks.eml": "nothing_to_answer",
    "withdraw.eml": None,
}


def test_the_reported_mails_are_answered_once_and_only_where_there_is_something(
    table: Table, samples: Path
) -> None:
    complete(table)
    seen = run(table, samples / "reports")
    assert {name: row["no_answer_reason"] for name, row in seen.items()} == REASONS
    answered = {name: [one.rcpt for one in row["sent"]] for name, row in seen.items()}
    assert {name: to for name, to in answered.items() if to} == {
        "cid_photos_too_small.eml": ["js@qq.com"],
        "withdraw.eml": [WITHDRAWING],
    }
    told = text_of(seen["withdraw.eml"]["sent"][0].raw)
    assert "已暂停采用的文件：" in told
    assert table.verdict("新密市", "plan") == table.verdict("新密市", "text") == "held"
    assert table.verdict("金水区", "plan") == "held"  # the recall's
    office = table.office
    view = build_digest(office.ledger, office.campaign, office.settings, table.clock.now())
    digest = render_digest(view)[1].partition("【新来件】")[0]
    for name, words in (
        ("spam.eml", "正文 您好，我公司可代开全国各地增值税发票"),
        ("thanks.eml", "正文 收到，谢谢"),
        ("withdraw.eml", "已暂停采用第2号来信的2个文件"),
        ("recall_0.eml", "已暂停采用第1号来信的2个文件"),
    ):
        (item,) = (
            one for one in view.needs_person if one.title.startswith(f"第{seen[name]['id']}号来信")
        )
        assert words in item.detail
        assert words in digest


def test_of_photos_too_small_in_the_text_the_unit_is_told_the_size(
    table: Table, samples: Path
) -> None:
    table.box.deliver(
        (samples / "reports" / "cid_photos_too_small.eml").read_bytes(), table.clock.now()
    )
    table.tick()
    (mail,) = table.sent.messages
    assert mail.rcpt == "js@qq.com"
    assert "1280" in text_of(mail.raw)
    assert table.verdict("金水区", "photo") == "rejected"
