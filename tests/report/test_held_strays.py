"""A file nobody could read and that fills no slot stands before the office all the same."""

from collections.abc import Iterator
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from make.deciding import Table
from make.office import text_of

from mailbot.campaign.types import Campaign
from mailbot.deciding import mails
from mailbot.demo.documents import plan
from mailbot.report.digest.gather import build_digest
from mailbot.report.digest.view import PersonItem

UNREADABLE = b"\x01\x02 no format of ours \xfe" * 99


@pytest.fixture
def table(tmp_path: Path, campaign: Campaign) -> Iterator[Table]:
    with ExitStack() as stack:
        yield Table(tmp_path, campaign, stack)


def items(table: Table) -> list[PersonItem]:
    """What stands in the digest as to be looked at."""
    office = table.office
    view = build_digest(office.ledger, office.campaign, office.settings, table.clock.now())
    return [one for one in view.needs_person if one.kind == "held"]


def test_a_held_file_of_no_slot_is_an_item_until_it_is_set_aside(table: Table) -> None:
    files = {"方案.docx": plan("金水区"), "材料.wps": UNREADABLE}
    table.receive("金水区材料", "见附件", files=files)
    assert "材料.wps" in text_of(table.sent.messages[-1].raw)  # the unit hears that a person looks
    (item,) = items(table)
    assert item.title == "金水区 第1号来信：材料.wps，未能认定属于哪项材料"
    assert "暂不能读取" in item.detail or "未能完成" in item.detail
    assert item.command == "mailbot hold 1"
    mails.hold(table.desk, "1")
    assert items(table) == []


def test_the_same_file_sent_again_is_one_item(table: Table) -> None:
    for _ in range(2):
        table.receive("金水区材料", "见附件", files={"材料.wps": UNREADABLE})
    assert [one.title[:10] for one in items(table)] == ["金水区 第1号来信："]


def test_of_an_archive_the_member_that_is_held_is_the_item(table: Table) -> None:
    with BytesIO() as buffer:
        with ZipFile(buffer, "w") as archive:
            archive.writestr("a.wps", UNREADABLE)
        table.receive("金水区材料", "见附件", files={"材料.zip": buffer.getvalue()})
    (item,) = items(table)
    assert "a.wps" in item.title


def test_a_held_file_of_a_slot_is_one_item_and_keeps_its_decision(table: Table) -> None:
    table.receive("金水区材料", "见附件", files={"演练方案.wps": UNREADABLE})
    (item,) = items(table)
    assert item.command.startswith("mailbot accept 金水区 plan")
