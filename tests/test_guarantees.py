"""G1 to G7, by trying: the program dies at every durable step in turn, and is started again."""

import tracemalloc
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import pytest
from make.fake_mailbox import FakeMailbox
from make.office import OUR_ADDRESS, a_mail, an_office, settings_for
from make.smtp_sink import MemoryTransport

from mailbot.campaign import Campaign
from mailbot.clock import FrozenClock
from mailbot.config import Imap
from mailbot.demo.documents import plan
from mailbot.inspection.tree import Task, inspect_file
from mailbot.inspection.workers import InlinePool
from mailbot.ledger.store import Ledger
from mailbot.model import Inspected


@pytest.fixture
def at(campaign: Campaign) -> datetime:
    return campaign.deadline - timedelta(days=2)


class _Order(FakeMailbox):
    """Notes what the ledger held when a message was marked."""

    def __init__(self) -> None:
        super().__init__("yingji@mail.example.test")
        self.ledger: Ledger | None = None
        self.states: list[str] = []

    def mark_seen(self, listing: Any) -> None:
        assert self.ledger is not None
        (row,) = self.ledger.rows("SELECT state FROM arrivals WHERE uid = ?", (listing.uid,))
        self.states.append(row["state"])
        super().mark_seen(listing)


def test_a_message_is_marked_only_after_its_row_is_committed(
    tmp_path: Path, campaign: Campaign, at: datetime
) -> None:
    """G1, and the mark is made up when the first try failed."""
    box, clock = _Order(), FrozenClock(at + timedelta(hours=1))
    uid = box.deliver(a_mail(), at)
    base = settings_for(tmp_path)
    imap = Imap.model_validate({"host": "x", "username": OUR_ADDRESS, "after_processing": "seen"})
    settings = base.model_copy(update={"imap": imap, "maildir": None})
    with an_office(tmp_path, campaign, box, MemoryTransport(), clock, settings=settings) as office:
        box.ledger = office.ledger
        office.tick()
        assert box.states == ["examined"]
        office.tick()
    assert box.states == ["examined"]
    assert box.is_seen(uid)


def test_a_poison_message_is_quarantined_and_those_behind_it_pass(
    tmp_path: Path, campaign: Campaign, at: datetime
) -> None:
    """G5: three tries, then a person; nothing of it is deleted."""

    def poisoned(task: Task) -> Inspected:
        if task.name == "毒.docx":
            raise OSError(5, "Input/output error")
        return inspect_file(task)

    box, sent, clock = FakeMailbox(), MemoryTransport(), FrozenClock(at + timedelta(hours=1))
    box.deliver(a_mail(files={"毒.docx": plan("金水区")}), at)
    box.deliver(a_mail("二七区", sender="b@x.test", message_id="<2@x.test>"), at)
    with an_office(
        tmp_path, campaign, box, sent, clock, pool=InlinePool(inspect=poisoned)
    ) as office:
        assert office.tick().examined == 1
        counts = [office.tick().quarantined for _ in range(4)]
        (first, second) = office.ledger.rows("SELECT * FROM arrivals ORDER BY id")
    assert sum(counts) == 1
    assert (first["state"], first["no_answer_reason"]) == ("quarantined", "quarantined")
    assert "Input/output error" in first["last_error"]
    assert second["state"] == "answered"
    assert (tmp_path / "var" / first["spool_path"]).is_file()
    assert [mail.rcpt for mail in sent.messages] == ["b@x.test"]


def test_memory_does_not_grow_with_the_size_of_a_message(
    tmp_path: Path, campaign: Campaign, at: datetime
) -> None:
    """G7: thirty megabytes go by, a tenth of that is held."""
    message = EmailMessage()
    message["From"], message["To"] = "clerk@example.com", OUR_ADDRESS
    message["Subject"] = "金水区视频"
    message.set_content("见附件")
    message.add_attachment(bytes(30_000_000), "video", "mp4", filename="a.mp4")
    raw = message.as_bytes(policy=SMTP)
    del message
    box, clock = FakeMailbox(), FrozenClock(at + timedelta(hours=1))
    box.deliver(raw, at)
    with an_office(tmp_path, campaign, box, MemoryTransport(), clock) as office:
        tracemalloc.start()
        try:
            office.tick()
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < len(raw) / 3
