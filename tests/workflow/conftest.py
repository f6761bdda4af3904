"""A mailbox, what leaves, and the hour: two days before the deadline."""

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from make.fake_mailbox import FakeMailbox
from make.office import OpenOffice, an_office
from make.smtp_sink import MemoryTransport

from mailbot.campaign.types import Campaign
from mailbot.clock import FrozenClock


@pytest.fixture
def at(campaign: Campaign) -> datetime:
    """When mails arrive: two days before the deadline, unless a module says otherwise."""
    return campaign.deadline - timedelta(days=2)


@pytest.fixture
def clock(at: datetime) -> FrozenClock:
    """An hour later."""
    return FrozenClock(at + timedelta(hours=1))


@pytest.fixture
def box() -> FakeMailbox:
    """An empty mailbox."""
    return FakeMailbox()


@pytest.fixture
def sent() -> MemoryTransport:
    """What left."""
    return MemoryTransport()


@pytest.fixture
def open_office(
    tmp_path: Path,
    campaign: Campaign,
    box: FakeMailbox,
    sent: MemoryTransport,
    clock: FrozenClock,
) -> OpenOffice:
    """The office of this mailbox, folder and hour; opening it again is a restart."""
    return partial(an_office, tmp_path, campaign, box, sent, clock)
