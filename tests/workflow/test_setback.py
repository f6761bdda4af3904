"""What a clock that is set back does to what waits."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailbot.ledger import refusals, replies, sending
from mailbot.ledger.store import Ledger, moment, open_ledger, stamp
from mailbot.workflow.setback import follow_clock

NOW = datetime(2017, 7, 3, 1, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
RESUME_AT = "delivery_resume_at"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path) as opened, opened.transaction():
        yield opened


def a_reply(ledger: Ledger, due: datetime, address: str = "a@example.com") -> int:
    return replies.open_reply(
        ledger,
        number="YL2017-0001",
        unit="",
        address=address,
        domain="example.com",
        mode="live",
        now=due,
    )


def due_of(ledger: Ledger, reply: int) -> datetime:
    row = replies.reply_row(ledger, reply)
    assert row is not None
    return moment(row["due_at"])


def test_the_first_pass_and_a_clock_that_goes_on_move_nothing(ledger: Ledger) -> None:
    reply = a_reply(ledger, NOW + HOUR)
    assert follow_clock(ledger, NOW) == timedelta()
    assert follow_clock(ledger, NOW + MINUTE) == timedelta()
    assert due_of(ledger, reply) == NOW + HOUR


@pytest.mark.parametrize(("back", "moved"), [(MINUTE, False), (MINUTE * 1.1, True)])
def test_a_clock_set_back_by_up_to_a_minute_is_no_matter(
    ledger: Ledger, back: timedelta, moved: bool
) -> None:
    reply = a_reply(ledger, NOW + HOUR)
    follow_clock(ledger, NOW)
    assert follow_clock(ledger, NOW - back) == (back if moved else timedelta())
    assert (due_of(ledger, reply) == NOW + HOUR) is not moved


def test_what_waits_is_moved_with_the_clock(ledger: Ledger) -> None:
    """A day ahead by mistake: what was queued in that day must not wait for it."""
    ahead = NOW + timedelta(days=1)
    follow_clock(ledger, ahead)
    soon = a_reply(ledger, ahead + 5 * MINUTE, "soon@example.com")
    passed = a_reply(ledger, ahead - HOUR, "passed@example.com")
    deferred = a_reply(ledger, ahead, "deferred@example.com")
    sending.defer(ledger, deferred, ahead + HOUR, "451", "busy")
    sent = a_reply(ledger, ahead, "sent@example.com")
    sending.finish(ledger, sent, ahead)
    ledger.set_meta(RESUME_AT, stamp(ahead + 2 * HOUR))
    refusals.note_mailbox(ledger, "no route", ahead)
    assert follow_clock(ledger, NOW) == timedelta(days=1)
    assert due_of(ledger, soon) == NOW + 5 * MINUTE
    assert due_of(ledger, passed) == NOW  # never before now
    assert due_of(ledger, deferred) == NOW + HOUR
    assert due_of(ledger, sent) == ahead
    assert ledger.meta(RESUME_AT) == stamp(NOW + 2 * HOUR)
    assert refusals.mailbox_fault(ledger) == refusals.Trouble("no route", stamp(NOW))
    assert follow_clock(ledger, NOW) == timedelta()


def test_a_pause_that_ended_before_the_jump_ends_now_and_an_old_fault_keeps_its_time(
    ledger: Ledger,
) -> None:
    refusals.note_mailbox(ledger, "no route", NOW - HOUR)
    follow_clock(ledger, NOW + timedelta(days=1))
    ledger.set_meta(RESUME_AT, stamp(NOW + HOUR))
    follow_clock(ledger, NOW)
    assert ledger.meta(RESUME_AT) == stamp(NOW)
    assert refusals.mailbox_fault(ledger) == refusals.Trouble("no route", stamp(NOW - HOUR))
