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
