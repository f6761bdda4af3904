"""A clock that was set back: what waits for a time of the wrong clock is moved with it.

A reply queued on a wrong date would else wait for that date, for years perhaps.
"""

from datetime import datetime, timedelta

from mailbot.ledger import refusals, replies
from mailbot.ledger.store import Ledger, moment, stamp

JITTER = timedelta(minutes=1)  # a clock that is set back by less is not worth a word
_CLOCK = "clock"


def follow_clock(ledger: Ledger, now: datetime) -> timedelta:
    """Move what waits back by as much as the clock was since the last pass; how far that was,
    nothing up to a minute. Nothing falls due before `now`."""
    seen = ledger.meta(_CLOCK)
    back = moment(seen) - now if seen else timedelta()
    if back > JITTER:
        for reply, due in replies.waiting_beyond(ledger, now):
            replies.make_due(ledger, reply, max(now, due - back))
        paused = refusals.sending_paused_until(ledger)
        if paused is not None:
            refusals.pause_sending(ledger, max(now, paused - back))
        fault = refusals.mailbox_fault(ledger)
        if fault is not None and moment(fault.since) > now:
            refusals.date_mailbox_fault(ledger, fault, now)
    ledger.set_meta(_CLOCK, stamp(now))
    return back if back > JITTER else timedelta()
