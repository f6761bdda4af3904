"""An archive whose volumes come in several mails, through the whole of the main job."""

from pathlib import Path

import pytest
from make.office import text_of
from make.submitted import Submitted, an_empty_office, zipped

from mailbot.campaign.types import Campaign
from mailbot.demo.documents import plan
from mailbot.ledger.store import open_ledger
from mailbot.report.board import status_json

FIRST, SECOND, THIRD = "方案.zip.001", "方案.zip.002", "方案.zip.003"
CLERK = "clerk@example.com"


@pytest.fixture
def volumes() -> dict[str, bytes]:
    """A zip of a plan, cut in three."""
    whole = zipped({"金水区演练方案.docx": plan("金水区")})
    third = len(whole) // 3
    return {FIRST: whole[:third], SECOND: whole[third : 2 * third], THIRD: whole[2 * third :]}


@pytest.fixture
def office(tmp_path: Path, campaign: Campaign) -> Submitted:
    return an_empty_office(tmp_path, campaign)


def plan_slot(office: Submitted) -> str:
    office.work()
    with open_ledger(office.data) as ledger:
        units = status_json(ledger, office.campaign, office.clock.now())["units"]
    (unit,) = (unit for unit in units if unit["unit"] == "金水区")
    return str(unit["slots"]["plan"]["verdict"])


@pytest.mark.parametrize("one_pass", [True, False])
def test_the_mail_that_completes_the_set_brings_what_is_in_it(
    office: Submitted, volumes: dict[str, bytes], one_pass: bool
) -> None:
    for name in (FIRST, THIRD, SECOND):
        assert one_pass or plan_slot(office) == "missing"
        office.receive(f"金水区材料 {name}", {name: volumes[name]}, sender=CLERK)
    assert plan_slot(office) == "accepted"


def test_the_missing_volume_is_asked_for_by_its_name(
    office: Submitted, volumes: dict[str, bytes]
) -> None:
    del volumes[SECOND]
    office.receive("金水区材料", volumes, sender=CLERK)
    office.clock.advance(hours=1)
    office.work()
    (reply,) = office.sent.messages
    assert SECOND in text_of(reply.raw)


def test_a_volume_sent_again_with_the_others_is_read_again(
    office: Submitted, volumes: dict[str, bytes]
) -> None:
    """Facts are kept per content, but what comes out of a volume depends on the others."""
    office.receive("金水区材料", {FIRST: volumes[FIRST]}, sender=CLERK)
    office.work()
    office.receive("金水区材料 重发", volumes, sender=CLERK)
    assert plan_slot(office) == "accepted"


def test_nobody_completes_what_another_sent(office: Submitted, volumes: dict[str, bytes]) -> None:
    for name, sender in ((FIRST, CLERK), (SECOND, CLERK), (THIRD, "b@x.cn")):
        office.receive(f"金水区材料 {name}", {name: volumes[name]}, sender=sender)
    assert plan_slot(office) == "missing"
