"""One step of the queue: claim a row that is due, send it, then finish, defer or bury it.

The queue itself is the ledger's. A step ends every row it claims in one of three ways, so no
reply is lost silently (G4): a crash between send and finish sends the same octets again.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Literal, Protocol
from zoneinfo import ZoneInfo

from mailbot.events import tell
from mailbot.outbox.delivery.refusals import DeliveryFault

if TYPE_CHECKING:
    from mailbot.outbox.delivery.transport import Transport

log = logging.getLogger(__name__)

Outcome = Literal["sent", "deferred", "dead"]

# Waits after the first, second … temporary fault; the last one repeats. With MAX_ATTEMPTS this
# keeps a row alive for about five days, the time RFC 5321 4.5.4.1 asks for.
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30, 60, 120, 240, 360))
MAX_ATTEMPTS = 28
DAILY_BUDGET = "DAILY_BUDGET"
FOR_REPLIES = 4  # one in so many of the day's sends is not for reminders


@dataclass(frozen=True, slots=True)
class Queued:
    """A row of the outbox, as claimed."""

    id: int
    number: str  # YL2017-0012; "" for a digest
    message_id: str
    recipient: str
    raw: bytes
    attempts: int  # earlier claims that ended deferred
    kind: str  # a ReplyKind, or digest, reminder, alert
    priority: int = 0


class Outbox(Protocol):
    """The queue as the ledger keeps it; every call commits before it returns."""

    def claim_due(self, now: datetime) -> Queued | None:
        """The most urgent row whose time has come, now marked claimed; None when none is due.

        A claim that was never ended (a crash) comes due again.
        """
        ...

    def finish(self, id: int, now: datetime) -> None:
        """The row is sent."""
        ...

    def defer(self, id: int, next_attempt: datetime, error_code: str, error_text: str) -> None:
        """The row waits until `next_attempt`."""
        ...

    def bury(self, id: int, error_code: str, error_text: str) -> None:
        """The row is dead; `refusals.INVALID_USER` also marks its address dead."""
        ...

    def sent_today(self, now: datetime) -> int:
        """How many rows were sent since local midnight."""
        ...


@dataclass(frozen=True, slots=True)
class Budget:
    """The day's sends, by priority: receipts and corrections first, then reminders.

    `reserve` of them are kept for kind `digest`, which always has its place (0 once today's
    digest is sent, or where there is none). Reminders leave while a quarter of the day is left
    after them: what arrives later in the day is answered the same day. So do answers to senders
    whom our own server found forged, and to addresses of no unit (`outbox.answering`).
    """

    daily_limit: int
    reserve: int
    zone: ZoneInfo  # midnight here begins a new day

    def allows(self, kind: str, sent: int, *, last: bool = False) -> bool:
        """Whether one more of this kind fits today; `last`: it comes after all others."""
        kept = 0 if kind == "digest" else max(0, min(self.reserve, self.daily_limit - 1))
        if kind == "reminder" or last:
            kept += self.daily_limit // FOR_REPLIES
        return sent < self.daily_limit - kept

    def next_day(self, now: datetime, spread: float) -> datetime:
        """Shortly after the next local midnight; `spread` (0 to 1) over ten minutes, so that
        what was put off does not go out in one burst."""
        tomorrow = now.astimezone(self.zone).date() + timedelta(days=1)
        midnight = datetime.combine(tomorrow, time(), self.zone)
        return midnight + timedelta(seconds=5 + 600 * spread)


@dataclass(slots=True)
class DeliveryCounts:
    """What a batch did; `halted` is the fault that ended it early.

    `resume_at`, set with `halted`: no batch before then. Each try in vain lengthens NetEase's
    lock after failed logins and its hold on an address, so the caller keeps this moment.
    """

    sent: int = 0
    deferred: int = 0
    dead: int = 0
    halted: DeliveryFault | None = None
    resume_at: datetime | None = None


def deliver_one(
    outbox: Outbox,
    transport: Transport,
    now: datetime,
    *,
    sender: str,
    daily_limit: int,
    zone: ZoneInfo,
    reserve: int = 0,
) -> Outcome | None:
    """Claim and settle one row; None when none is due.

    Raises DeliveryFault with `stop` after deferring the row: nothing can be sent until a person
    acts. Every other fault, whatever its class, ends in the outcome (unknown is temporary).
    """
    outcome, fault = _step(outbox, transport, now, sender, Budget(daily_limit, reserve, zone))
    if fault is not None and fault.stop:
        raise fault
    return outcome


def deliver_due(
    outbox: Outbox,
    transport: Transport,
    now: datetime,
    *,
    sender: str,
    daily_limit: int,
    zone: ZoneInfo,
    reserve: int = 0,
) -> DeliveryCounts:
    """Settle every row that is due at `now` over one connection.

    Ends early, with the fault in `halted`, when the server cannot be reached or takes no mail
    from us: each further row would only wait for the same timeout. Those rows stay queued.
    """
    counts = DeliveryCounts()
    budget = Budget(daily_limit, reserve, zone)
    try:
        while counts.halted is None:
            outcome, fault = _step(outbox, transport, now, sender, budget)
            if outcome is None:
                break
            setattr(counts, outcome, getattr(counts, outcome) + 1)
            if fault is not None and fault.unreachable:
                counts.halted = fault
                counts.resume_at = _resume_at(fault, now, budget)
    finally:
        transport.close()
    return counts


def _step(
    outbox: Outbox, transport: Transport, now: datetime, sender: str, budget: Budget
) -> tuple[Outcome | None, DeliveryFault | None]:
    row = outbox.claim_due(now)
    if row is None:
        return None, None
    spread = _spread(row)
    if not budget.allows(row.kind, outbox.sent_today(now), last=row.priority < 0):
        text = f"{budget.daily_limit} sends a day are used up"
        outbox.defer(row.id, budget.next_day(now, spread), DAILY_BUDGET, text)
        return "deferred", None
    try:
        transport.send(row.raw, sender, row.recipient)
    except DeliveryFault as error:
        fault = error
    except Exception as error:  # noqa: BLE001  a fault that does not say counts as temporary
        fault = DeliveryFault(type(error).__name__, str(error))
    else:
        outbox.finish(row.id, now)
        tell(log, "sent", reply=row.id, number=row.number, kind=row.kind)
        return "sent", None
    if not fault.temporary or (row.attempts + 1 >= MAX_ATTEMPTS and not fault.stop):
        outbox.bury(row.id, fault.code, fault.text)
        ids = {"reply": row.id, "number": row.number, "kind": row.kind, "fault": fault.code}
        tell(log, "dead", level=logging.WARNING, **ids)
        return "dead", fault
    again = _next_attempt(row, fault, now, budget, spread)
    outbox.defer(row.id, again, fault.code, fault.text)
    until = again.astimezone(budget.zone).isoformat(" ", "seconds")
    tell(log, "deferred", reply=row.id, number=row.number, fault=fault.code, until=until)
    return "deferred", fault


def _resume_at(fault: DeliveryFault, now: datetime, budget: Budget) -> datetime:
    if fault.next_day:
        return budget.next_day(now, 0)
    return now + (fault.retry_after or BACKOFF[0])


def _next_attempt(
    row: Queued, fault: DeliveryFault, now: datetime, budget: Budget, spread: float
) -> datetime:
    if fault.next_day:
        return budget.next_day(now, spread)
    wait = BACKOFF[min(row.attempts, len(BACKOFF) - 1)]
    if fault.retry_after is not None:
        wait = max(wait, fault.retry_after)
    return now + wait * (1 + spread / 4)


def _spread(row: Queued) -> float:
    """Jitter in [0, 1), fixed by the row and its attempt, so that a step can be repeated."""
    seed = f"{row.message_id} {row.attempts}".encode()
    return int.from_bytes(hashlib.sha256(seed).digest()[:4], "big") / 2**32
