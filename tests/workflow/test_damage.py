"""Spool files that rot, and clocks that jump: nothing is lost, and nobody has to lend a hand."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from make.fake_mailbox import FakeMailbox
from make.office import a_mail, an_office
from make.smtp_sink import MemoryTransport

from mailbot.campaign.types import Campaign
from mailbot.clock import FrozenClock
from mailbot.demo.documents import plan
from mailbot.errors import TemporaryFault
from mailbot.files import BlobStore
from mailbot.outbox.delivery.transport import classify_smtp


@pytest.fixture
def at(campaign: Campaign) -> datetime:
    return campaign.deadline - timedelta(days=2)


@pytest.fixture
def clock(at: datetime) -> FrozenClock:
    return FrozenClock(at + timedelta(hours=1))


# -- the spool


def spooled_then_ended(
    folder: Path, campaign: Campaign, box: FakeMailbox, clock: FrozenClock
) -> Path:
    """A message is in the spool, and the program ended before it was examined; its file."""
    with an_office(folder, campaign, box, MemoryTransport(), clock) as office:
        office.discover()
        (row,) = office.ledger.rows("SELECT * FROM arrivals")
        office._pipeline.begin(row)
        (row,) = office.ledger.rows("SELECT * FROM arrivals")
        assert row["state"] == "spooled"
    return folder / "var" / str(row["spool_path"])


def flip(path: Path) -> None:
    octets = bytearray(path.read_bytes())
    octets[len(octets) // 2] ^= 1
    path.write_bytes(octets)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


@pytest.mark.parametrize("damage", [flip, cut, Path.unlink])
def test_a_damaged_spool_file_is_set_aside_and_fetched_again(
    tmp_path: Path, campaign: Campaign, at: datetime, clock: FrozenClock, damage: object
) -> None:
    box, sent = FakeMailbox(), MemoryTransport()
    raw = a_mail(files={"方案.docx": plan("金水区")})
    box.deliver(raw, at)
    path = spooled_then_ended(tmp_path, campaign, box, clock)
    damage(path)  # type: ignore[operator]  # one of the three above
    left = path.read_bytes() if path.exists() else None
    with an_office(tmp_path, campaign, box, sent, clock) as office:
        assert office.tick().examined == 1
        (row,) = office.ledger.rows("SELECT * FROM arrivals")
    assert (row["state"], row["attempts"]) == ("answered", 0)
    assert (tmp_path / "var" / row["spool_path"]).read_bytes() == raw
    aside = [one.read_bytes() for one in path.parent.glob("*.damaged-*")]
    assert aside == ([left] if left is not None else [])
    assert len(sent.messages) == 1


def test_a_damaged_spool_file_waits_for_a_mailbox_that_is_away(
    tmp_path: Path, campaign: Campaign, at: datetime, clock: FrozenClock
) -> None:
    box = FakeMailbox()
    box.deliver(a_mail(), at)
    flip(spooled_then_ended(tmp_path, campaign, box, clock))
    box.unreachable = True
    for _ in range(4):
        with (
            an_office(tmp_path, campaign, box, MemoryTransport(), clock) as office,
            pytest.raises(TemporaryFault),
        ):
            office.tick()
    box.unreachable = False
    with an_office(tmp_path, campaign, box, MemoryTransport(), clock) as office:
        assert office.tick().examined == 1


def test_damaged_here_and_gone_there_it_is_quarantined_and_never_called_recalled(
    tmp_path: Path, campaign: Campaign, at: datetime, clock: FrozenClock
) -> None:
    box = FakeMailbox()
    uid = box.deliver(a_mail(), at)
    flip(spooled_then_ended(tmp_path, campaign, box, clock))
    box.vanish(uid)
    with an_office(tmp_path, campaign, box, MemoryTransport(), clock) as office:
        for _ in range(3):
            office.tick()
        (row,) = office.ledger.rows("SELECT * FROM arrivals")
    assert row["state"] == "quarantined"
    assert "damaged in the spool" in row["last_error"]


def test_a_rotten_blob_is_replaced_when_the_same_content_comes_again(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    path = Path(store.put(b"abc").path)
    path.write_bytes(b"abd")
    assert Path(store.put(b"abc").path).read_bytes() == b"abc"


# -- the clock


def replies_sent(folder: Path, campaign: Campaign, box: FakeMailbox, clock: FrozenClock) -> int:
    sent = MemoryTransport()
    with an_office(folder, campaign, box, sent, clock) as office:
        office.tick()
    return len(sent.messages)


@pytest.mark.parametrize("wrong", [timedelta(days=400), timedelta(hours=5)])
def test_what_was_put_off_on_a_wrong_date_does_not_wait_for_that_date(
    tmp_path: Path, campaign: Campaign, at: datetime, wrong: timedelta
) -> None:
    box, sent = FakeMailbox(), MemoryTransport(classify_smtp(554, "HL:IPB 163"))
    box.deliver(a_mail(), at)
    right = at + timedelta(hours=1)
    with an_office(tmp_path, campaign, box, sent, FrozenClock(right + wrong)) as office:
        assert office.tick().deferred == 1
    # Set right again: two hours are still two hours, and no year.
    clock = FrozenClock(right + timedelta(minutes=1))
    assert replies_sent(tmp_path, campaign, box, clock) == 0
    clock.advance(minutes=130, hours=1)
    assert replies_sent(tmp_path, campaign, box, clock) == 1


def test_a_clock_that_jumps_ahead_and_back_costs_no_mail_and_repeats_none(
    tmp_path: Path, campaign: Campaign, at: datetime
) -> None:
    box = FakeMailbox()
    total = 0
    for number, days in enumerate((0, 400, 0, -400, 0)):
        id = f"<{number}@x.test>"
        box.deliver(a_mail(f"金水区{number}", sender=f"{number}@x.test", message_id=id), at)
        clock = FrozenClock(at + timedelta(hours=number + 1, days=days))
        total += replies_sent(tmp_path, campaign, box, clock)
    assert total + replies_sent(tmp_path, campaign, box, FrozenClock(at + timedelta(days=1))) == 5
    with an_office(tmp_path, campaign, box, MemoryTransport(), FrozenClock(at)) as office:
        rows = office.ledger.rows("SELECT state FROM arrivals")
    assert [row["state"] for row in rows] == ["answered"] * 5


def test_what_was_sent_on_a_wrong_date_uses_up_one_days_budget_at_most(
    tmp_path: Path, campaign: Campaign, at: datetime
) -> None:
    box = FakeMailbox()
    box.deliver(a_mail(), at)
    assert replies_sent(tmp_path, campaign, box, FrozenClock(at + timedelta(days=400))) == 1
    with an_office(tmp_path, campaign, box, MemoryTransport(), FrozenClock(at)) as office:
        smtp = office.settings.smtp
        assert smtp
        office.settings = office.settings.model_copy(
            update={"smtp": smtp.model_copy(update={"daily_limit": 1})}
        )
        box.deliver(a_mail("二七区", sender="b@x.test", message_id="<2@x.test>"), at)
        assert office.tick().sent == 1
