"""What a clock that is set back does to what waits."""

from datetime import timedelta

import pytest
from make.waiting import HOUR, MINUTE, NOW, RESUME_AT, a_reply, due_of

from mailbot.ledger import refusals, sending
from mailbot.ledger.store import Ledger, stamp
from mailbot.workflow.setback import follow_clock


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
