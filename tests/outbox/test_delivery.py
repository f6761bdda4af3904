"""One step of the queue: what becomes of a row, when it is tried again, and the day's budget."""

import itertools
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from make.smtp_sink import MemoryTransport, SmtpSink

from mailbot.outbox.delivery.step import MAX_ATTEMPTS, Queued, deliver_due, deliver_one
from mailbot.outbox.delivery.transport import DeliveryFault, SmtpTransport

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2017, 7, 3, 2, 0, tzinfo=UTC)  # 10:00 in Zhengzhou
SENDER = "office@example.test"


class MemoryOutbox:
    """The queue in a list: the protocol and nothing more."""

    def __init__(self, *rows: Queued, sent: int = 0) -> None:
        self.waiting = [(NOW, row) for row in rows]
        self.sent = sent
        self.finished: list[int] = []
        self.deferred: dict[int, tuple[datetime, str, str]] = {}
        self.buried: dict[int, tuple[str, str]] = {}

    def claim_due(self, now: datetime) -> Queued | None:
        due = [pair for pair in self.waiting if pair[0] <= now]
        if not due:
            return None
        self.waiting.remove(due[0])
        self.claimed = due[0][1]
        return self.claimed

    def finish(self, id: int, now: datetime) -> None:
        self.finished.append(id)
        self.sent += 1

    def defer(self, id: int, next_attempt: datetime, error_code: str, error_text: str) -> None:
        self.deferred[id] = (next_attempt, error_code, error_text)
        self.waiting.append((next_attempt, self.claimed))

    def bury(self, id: int, error_code: str, error_text: str) -> None:
        self.buried[id] = (error_code, error_text)

    def sent_today(self, now: datetime) -> int:
        return self.sent


def row(id: int = 1, *, attempts: int = 0, kind: str = "receipt") -> Queued:
    return Queued(
        id=id,
        number=f"YL2017-{id:04d}",
        message_id=f"<{id}@example.test>",
        recipient=f"unit{id}@example.test",
        raw=f"Message-ID: <{id}@example.test>\r\n\r\nx\r\n".encode(),
        attempts=attempts,
        kind=kind,
    )


def step(outbox: MemoryOutbox, transport: Any, **options: Any) -> str | None:
    settings: dict[str, Any] = {"sender": SENDER, "daily_limit": 200, "zone": ZONE, **options}
    return deliver_one(outbox, transport, NOW, **settings)


def batch(outbox: MemoryOutbox, transport: Any, **options: Any) -> Any:
    settings: dict[str, Any] = {"sender": SENDER, "daily_limit": 200, "zone": ZONE, **options}
    return deliver_due(outbox, transport, NOW, **settings)


def wait_of(outbox: MemoryOutbox, id: int = 1) -> timedelta:
    return outbox.deferred[id][0] - NOW


def test_an_empty_queue_does_nothing() -> None:
    transport = MemoryTransport()
    assert step(MemoryOutbox(), transport) is None
    assert not transport.messages


def test_a_row_is_sent_and_finished() -> None:
    outbox, transport = MemoryOutbox(row()), MemoryTransport()
    assert step(outbox, transport) == "sent"
    assert outbox.finished == [1]
    message = transport.messages[0]
    assert (message.mail_from, message.rcpt) == (SENDER, "unit1@example.test")


def test_a_permanent_refusal_buries_the_row_with_its_reason() -> None:
    outbox = MemoryOutbox(row())
    assert step(outbox, MemoryTransport((550, "Invalid User"))) == "dead"
    assert outbox.buried == {1: ("INVALID_USER", "550 Invalid User")}
    assert not outbox.deferred


def test_a_temporary_refusal_defers_and_the_row_comes_back() -> None:
    outbox = MemoryOutbox(row())
    assert step(outbox, MemoryTransport((451, "busy"))) == "deferred"
    assert timedelta(minutes=1) <= wait_of(outbox) <= timedelta(minutes=2)
    assert outbox.deferred[1][1:] == ("451", "451 busy")
    assert outbox.claim_due(outbox.deferred[1][0]) is not None


def test_each_further_fault_waits_longer_up_to_some_hours() -> None:
    waits = []
    for attempts in range(12):
        outbox = MemoryOutbox(row(attempts=attempts))
        step(outbox, MemoryTransport((451, "busy")))
        waits.append(wait_of(outbox))
    # The jitter of at most a quarter keeps the order while the wait at least doubles.
    assert waits[:4] == sorted(waits[:4])
    assert waits[0] < timedelta(minutes=2) < timedelta(hours=5) < waits[11] <= timedelta(hours=7.5)


def test_a_row_is_tried_soon_and_lives_for_the_days_that_rfc_5321_asks_for() -> None:
    """4.5.4.1: two tries in the first hour at least, and no giving up before four to five days."""
    waits = []
    for attempts in range(MAX_ATTEMPTS - 1):
        outbox = MemoryOutbox(row(attempts=attempts))
        assert step(outbox, MemoryTransport((451, "busy"))) == "deferred"
        waits.append(wait_of(outbox))
    assert sum(waits[:5], timedelta()) <= timedelta(minutes=53 * 1.25)
    assert timedelta(days=4) <= sum(waits, timedelta()) <= timedelta(days=6.5)
    # Without the jitter of a quarter each wait is 1.5 to 3 times the one before, until six hours.
    for before, after in itertools.pairwise(waits[:9]):
        assert 1.5 / 1.25 <= after / before <= 3 * 1.25
    assert all(timedelta(hours=6) <= wait <= timedelta(hours=7.5) for wait in waits[8:])
    outbox = MemoryOutbox(row(attempts=MAX_ATTEMPTS - 1))
    assert step(outbox, MemoryTransport((451, "busy"))) == "dead"


@pytest.mark.parametrize(
    ("attempts", "refusal", "least"),
    [
        (0, (450, "HL:REP 163"), timedelta(minutes=5)),
        (8, (450, "HL:REP 163"), timedelta(hours=6)),
        (100, (451, "busy"), timedelta(hours=6)),
    ],
)
def test_the_longer_of_our_wait_and_the_servers_counts(
    attempts: int, refusal: tuple[int, str], least: timedelta
) -> None:
    if attempts >= MAX_ATTEMPTS:
        refusal = (535, "Error: authentication failed")  # never buried, so it may come to this
    outbox = MemoryOutbox(row(attempts=attempts))
    with suppress(DeliveryFault):
        step(outbox, MemoryTransport(refusal))
    assert least <= wait_of(outbox) <= least * 1.25


def test_rows_that_fail_together_do_not_come_back_together() -> None:
    outbox = MemoryOutbox(*(row(id) for id in range(1, 21)))
    transport = MemoryTransport(*[(451, "busy")] * 20)
    for _ in range(20):
        step(outbox, transport)
    assert len({moment for moment, _, _ in outbox.deferred.values()}) > 15


def test_temporary_spam_waits_two_minutes_at_least() -> None:
    outbox = MemoryOutbox(row())
    step(outbox, MemoryTransport((451, "DT:SPM ,please try again")))
    assert timedelta(minutes=2) <= wait_of(outbox) <= timedelta(minutes=3)


def test_a_daily_quota_waits_for_local_midnight() -> None:
    outbox = MemoryOutbox(row())
    assert step(outbox, MemoryTransport((554, "MI:STC 163 smtp1"))) == "deferred"
    midnight = datetime(2017, 7, 3, 16, 0, tzinfo=UTC)  # 2017-07-04 00:00 in Zhengzhou
    assert midnight <= outbox.deferred[1][0] <= midnight + timedelta(minutes=15)


def test_after_the_last_attempt_the_row_is_dead_not_forgotten() -> None:
    outbox = MemoryOutbox(row(attempts=MAX_ATTEMPTS - 1))
    assert step(outbox, MemoryTransport((451, "busy"))) == "dead"
    assert outbox.buried[1] == ("451", "451 busy")


def test_attempts_last_for_four_days_at_least() -> None:
    total = timedelta()
    for attempts in range(MAX_ATTEMPTS - 1):
        outbox = MemoryOutbox(row(attempts=attempts))
        step(outbox, MemoryTransport((451, "busy")))
        total += wait_of(outbox)
    assert timedelta(days=4) < total < timedelta(days=8)


def test_a_stop_is_raised_after_the_row_is_safely_deferred() -> None:
    outbox = MemoryOutbox(row(attempts=MAX_ATTEMPTS))
    with pytest.raises(DeliveryFault) as caught:
        step(outbox, MemoryTransport((535, "Error: authentication failed")))
    assert caught.value.stop
    assert outbox.deferred[1][1] == "535"
    assert not outbox.buried


def test_a_fault_that_does_not_say_counts_as_temporary() -> None:
    class Broken(MemoryTransport):
        def send(self, raw: bytes, sender: str, recipient: str) -> None:
            raise RuntimeError("something new")

    outbox = MemoryOutbox(row())
    assert step(outbox, Broken()) == "deferred"
    assert outbox.deferred[1][1:] == ("RuntimeError", "something new")


def test_what_does_not_fit_the_day_waits_for_the_next_without_being_tried() -> None:
    outbox, transport = MemoryOutbox(row(), sent=200), MemoryTransport()
    assert step(outbox, transport) == "deferred"
    assert not transport.messages
    assert outbox.deferred[1][0] >= datetime(2017, 7, 3, 16, 0, tzinfo=UTC)
    assert outbox.deferred[1][1] == "DAILY_BUDGET"


@pytest.mark.parametrize(
    ("kind", "sent", "expected"),
    [
        ("receipt", 198, "sent"),
        ("receipt", 199, "deferred"),
        ("reminder", 199, "deferred"),
        ("digest", 199, "sent"),
        ("digest", 200, "deferred"),
    ],
)
def test_the_reserve_is_the_digests(kind: str, sent: int, expected: str) -> None:
    outbox = MemoryOutbox(row(kind=kind), sent=sent)
    assert step(outbox, MemoryTransport(), reserve=1) == expected


def test_a_reserve_as_large_as_the_limit_still_lets_one_reply_through() -> None:
    outbox = MemoryOutbox(row(1), row(2))
    counts = batch(outbox, MemoryTransport(), daily_limit=1, reserve=3)
    assert (counts.sent, counts.deferred) == (1, 1)


def test_a_limit_of_zero_sends_nothing() -> None:
    counts = batch(MemoryOutbox(row()), MemoryTransport(), daily_limit=0, reserve=1)
    assert (counts.sent, counts.deferred) == (0, 1)


def test_a_batch_settles_every_due_row_and_ends_the_connection() -> None:
    outbox = MemoryOutbox(row(1), row(2), row(3), row(4))
    transport = MemoryTransport((550, "Invalid User"), (451, "busy"))
    counts = batch(outbox, transport)
    assert (counts.sent, counts.deferred, counts.dead, counts.halted) == (2, 1, 1, None)
    assert transport.closed == 1


def test_a_batch_of_five_with_a_budget_of_three_sends_three() -> None:
    outbox, transport = MemoryOutbox(*(row(id) for id in range(1, 6))), MemoryTransport()
    counts = batch(outbox, transport, daily_limit=3)
    assert (counts.sent, counts.deferred, len(transport.messages)) == (3, 2, 3)


@pytest.mark.parametrize(
    ("fault", "resume"),
    [
        ((535, "Error: authentication failed"), NOW + timedelta(hours=2)),
        ((554, "HL:IPB 163"), NOW + timedelta(hours=2)),
        # The first moments of the next day in Zhengzhou: the batch waits for no jitter.
        ((550, "MI:STC 163"), datetime(2017, 7, 3, 16, 0, 5, tzinfo=UTC)),
        # Of unknown length: as after a first fault, a minute.
        ((421, "closing"), NOW + timedelta(minutes=1)),
    ],
)
def test_a_batch_halts_when_nothing_can_be_sent_and_says_until_when(
    fault: tuple[int, str], resume: datetime
) -> None:
    outbox = MemoryOutbox(row(1), row(2), row(3))
    counts = batch(outbox, MemoryTransport(fault))
    assert counts.halted is not None
    assert (counts.sent, counts.deferred, len(outbox.waiting)) == (0, 1, 3)
    assert counts.resume_at == resume


def test_a_server_that_is_away_is_asked_once_in_a_batch() -> None:
    with SmtpSink() as sink:
        port = sink.port
    outbox = MemoryOutbox(*(row(id) for id in range(1, 6)))
    counts = batch(outbox, SmtpTransport("127.0.0.1", port, "none", timeout=5))
    assert (counts.deferred, len(outbox.waiting)) == (1, 5)
    assert counts.halted is not None
    assert counts.resume_at == NOW + timedelta(minutes=1)


def test_an_answer_lost_after_data_leads_to_the_same_octets_twice() -> None:
    """G4: at worst twice, never silently not at all."""
    with SmtpSink() as sink:
        transport = SmtpTransport(sink.host, sink.port, "none", timeout=10)
        outbox = MemoryOutbox(row())
        sink.script("data", drop=True)
        assert step(outbox, transport) == "deferred"
        outbox.waiting = [(NOW, outbox.claimed)]
        assert step(outbox, transport) == "sent"
        transport.close()
        assert [message.raw for message in sink.messages] == [row().raw] * 2
