"""Which unit was reminded of which day, so that nobody is reminded twice."""

from datetime import datetime

from mailbot.ledger.store import Ledger, stamp


def reminded(ledger: Ledger) -> set[tuple[str, int]]:
    """Every (unit, day) that has had its reminder."""
    rows = ledger.rows("SELECT unit, day FROM reminders")
    return {(row["unit"], int(row["day"])) for row in rows}


def record_reminder(
    ledger: Ledger, unit: str, day: int, address: str, message_id: str, now: datetime
) -> None:
    """The unit's reminder of that day is in the outbox."""
    ledger.execute(
        "INSERT INTO reminders VALUES (?, ?, ?, ?, ?)",
        (unit, day, address, message_id, stamp(now)),
    )


def withdraw_unapproved(ledger: Ledger, before: datetime) -> int:
    """Take back reminders queued before this moment that nobody approved; how many.

    The record that the unit had its reminder stays: a day that has passed is not made up again.
    """
    return ledger.execute(
        "UPDATE replies SET state = 'withdrawn' WHERE purpose = 'reminder' AND state = 'queued'"
        " AND mode = 'approve' AND queued_at < ?",
        (stamp(before),),
    )


def waiting_to_be_sent(ledger: Ledger) -> int:
    """Mails ready to leave, and reminders that may be approved: all take from the day's sends."""
    row = ledger.row(
        "SELECT count(*) AS n FROM replies WHERE state IN ('queued', 'deferred')"
        " AND (mode = 'live' OR (mode = 'approve' AND purpose = 'reminder'))"
    )
    return int(row["n"]) if row else 0


def unapproved(ledger: Ledger) -> dict[str, list[str]]:
    """The units whose reminder waits for a person, by the number that lets them go."""
    waiting: dict[str, list[str]] = {}
    for row in ledger.rows(
        "SELECT number, unit FROM replies WHERE purpose = 'reminder' AND state = 'queued'"
        " AND mode = 'approve' ORDER BY id"
    ):
        waiting.setdefault(row["number"], []).append(row["unit"])
    return waiting
