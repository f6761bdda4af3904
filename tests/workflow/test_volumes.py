"""An archive whose volumes come in several mails, through the whole of the main job."""

import io
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from make.fake_mailbox import FakeMailbox
from make.office import a_mail, an_office, text_of
from make.smtp_sink import MemoryTransport

from mailbot.campaign.types import Campaign
from mailbot.clock import FrozenClock
from mailbot.demo.documents import plan
from mailbot.report.board import status_json

FIRST, SECOND, THIRD = "方案.zip.001", "方案.zip.002", "方案.zip.003"


@pytest.fixture
def volumes() -> dict[str, bytes]:
    """A zip of a plan, cut in three."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        archive.writestr("金水区演练方案.docx", plan("金水区"))
    whole = output.getvalue()
    third = len(whole) // 3
    return {FIRST: whole[:third], SECOND: whole[third : 2 * third], THIRD: whole[2 * third :]}


def _plan_slot(office: Any, clock: FrozenClock) -> str:
    units = status_json(office.ledger, office.campaign, clock.now())["units"]
    (unit,) = (unit for unit in units if unit["unit"] == "金水区")
    return str(unit["slots"]["plan"]["verdict"])


@pytest.mark.parametrize("one_pass", [True, False])
def test_the_mail_that_completes_the_set_brings_what_is_in_it(
    tmp_path: Path,
    campaign: Campaign,
    box: FakeMailbox,
    sent: MemoryTransport,
    at: datetime,
    volumes: dict[str, bytes],
    one_pass: bool,
) -> None:
    clock = FrozenClock(at + timedelta(hours=1))
    with an_office(tmp_path, campaign, box, sent, clock) as office:
        for name in (FIRST, THIRD, SECOND):
            assert _plan_slot(office, clock) == "missing"
            box.deliver(a_mail(subject=f"金水区材料 {name}", files={name: volumes[name]}), at)
            if not one_pass:
                office.tick()
        office.tick()
        assert _plan_slot(office, clock) == "accepted"


def test_the_missing_volume_is_asked_for_by_its_name(
    tmp_path: Path,
    campaign: Campaign,
    box: FakeMailbox,
    sent: MemoryTransport,
    at: datetime,
    volumes: dict[str, bytes],
) -> None:
    clock = FrozenClock(at + timedelta(hours=1))
    box.deliver(
        a_mail(subject="金水区材料", files={name: volumes[name] for name in (FIRST, THIRD)}), at
    )
    with an_office(tmp_path, campaign, box, sent, clock) as office:
        office.tick()
    (reply,) = sent.messages
    assert SECOND in text_of(reply.raw)


def test_a_volume_sent_again_with_the_others_is_read_again(
    tmp_path: Path,
    campaign: Campaign,
    box: FakeMailbox,
    sent: MemoryTransport,
    at: datetime,
    volumes: dict[str, bytes],
) -> None:
    """Facts are kept per content, but what comes out of a volume depends on the others."""
    clock = FrozenClock(at + timedelta(hours=1))
    with an_office(tmp_path, campaign, box, sent, clock) as office:
        box.deliver(a_mail(subject="金水区材料", files={FIRST: volumes[FIRST]}), at)
        office.tick()
        box.deliver(a_mail(subject="金水区材料 重发", files=volumes), at)
        office.tick()
        assert _plan_slot(office, clock) == "accepted"


def test_nobody_completes_what_another_sent(
    tmp_path: Path,
    campaign: Campaign,
    box: FakeMailbox,
    sent: MemoryTransport,
    at: datetime,
    volumes: dict[str, bytes],
) -> None:
    clock = FrozenClock(at + timedelta(hours=1))
    with an_office(tmp_path, campaign, box, sent, clock) as office:
        for name, sender in (
            (FIRST, "a@example.com"),
            (SECOND, "a@example.com"),
            (THIRD, "b@x.cn"),
        ):
            mail = a_mail(subject="金水区材料", sender=sender, files={name: volumes[name]})
            box.deliver(mail, at)
        office.tick()
        assert _plan_slot(office, clock) == "missing"
