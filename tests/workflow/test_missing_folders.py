"""A folder of extra_folders that is not there: a word each pass, and a line of the digest."""

import logging
from datetime import timedelta
from pathlib import Path

import pytest
from make.fake_mailbox import FakeMailbox
from make.office import an_office
from make.smtp_sink import MemoryTransport

from mailbot.campaign.types import Campaign
from mailbot.clock import FrozenClock
from mailbot.report.digest.gather import build_digest


def test_it_is_named_until_it_is_there(
    tmp_path: Path, campaign: Campaign, caplog: pytest.LogCaptureFixture
) -> None:
    clock, box = FrozenClock(campaign.deadline - timedelta(days=2)), FakeMailbox()
    box.missing_folders = ("垃圾邮件",)
    with an_office(tmp_path, campaign, box, MemoryTransport(), clock) as office:

        def alerts() -> str:
            view = build_digest(office.ledger, campaign, office.settings, clock.now())
            return "".join(view.health.alerts)

        for passes in (1, 2):
            with caplog.at_level(logging.WARNING):
                office.tick()
            assert caplog.text.count("not on the server, so not read: 垃圾邮件") == passes
        assert "没有名为“垃圾邮件”的文件夹，其中的来信不会读取" in alerts()
        box.missing_folders = ()
        office.tick()
        assert alerts() == ""
