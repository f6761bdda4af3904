"""What waits to leave, and how it left: claimed, finished, put off or buried.

The rows are those of `replies`; here they are composed, and only their state changes.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from mailbot.ledger.store import Ledger, Row, moment, stamp, tally

_POSTPONED = "postponed"  # the last day whose sends were used up, and how many did not fit


def unsent_notices(ledger: Ledger, purpose: str) -> int:
    """Mails of this purpose that may leave and have not."""
    row = ledger.row(
        "SELECT count(*) AS n FROM replies WHERE state IN ('queued', 'claimed', 'deferred')"
        " AND mode = 'live' AND purpose = ?",
        (purpose,),
    )
    return int(row["n"]) if row else 0


def approve(ledger: Ledger, numbers: Sequence[str]) -> int:
    """Let composed replies go that waited for a person; how many."""
    return sum(
        ledger.execute(
            "UPDATE replies SET mode = 'live' WHERE number = ? AND mode = 'approve'"
            " AND raw IS NOT NULL AND state = 'queued'",
            (number,),
        )
        for number in numbers
    )


def waiting_for_approval(ledger: Ledger, numbers: Sequence[str]) -> list[Row]:
    """Composed mails of these numbers that wait for a person, oldest first."""
    return list(
        ledger.rows(
            "SELECT * FROM replies WHERE number IN (SELECT value FROM json_each(?))"
            " AND mode = 'approve' AND raw IS NOT NULL AND state = 'queued' ORDER BY id",
            (json.dumps(list(numbers)),),
        )
    )


def written_in_shadow(ledger: Ledger) -> list[Row]:
    """Replies that were written in shadow mode and would stay so for ever, oldest first."""
    return list(
        ledger.rows(
            "SELECT id, number, unit, address, raw IS NULL AS open FROM replies"
            " WHERE state = 'queued' AND purpose = 'reply' AND mode = 'shadow' ORDER BY id"
        )
    )


def unapproved(ledger: Ledger) -> list[Row]:
    """Composed replies that wait for a person, oldest first."""
    return list(
        ledger.rows(
            "SELECT id, number, unit, address, kind FROM replies_not_held"
            " WHERE purpose = 'reply' AND state = 'queued'"
            " AND mode = 'approve' AND raw IS NOT NULL ORDER BY id"
        )
    )


def claim_next(ledger: Ledger, now: datetime) -> dict[str, Any] | None:
    """Take the next mail that may leave now, urgent ones first, and count the try."""
    row = ledger.row(
        "SELECT * FROM replies_not_held WHERE state IN ('queued', 'deferred') AND due_at <= ?"
        " AND raw IS NOT NULL AND mode = 'live' ORDER BY priority DESC, due_at, id LIMIT 1",
        (stamp(now),),
    )
    if row is not None:
        ledger.execute(
            "UPDATE replies SET state = 'claimed', attempts = attempts + 1 WHERE id = ?",
            (row["id"],),
        )
    return row


def free_claims(ledger: Ledger, now: datetime) -> int:
    """At start: we hold the writer's lock, so whatever is claimed was claimed by a process that
    died between DATA and its commit. It goes out again with the same Message-ID (G4)."""
    return ledger.execute(
        "UPDATE replies SET state = 'deferred', due_at = ? WHERE state = 'claimed'", (stamp(now),)
    )


def finish(ledger: Ledger, reply: int, now: datetime) -> None:
    """The server took it (250 after DATA)."""
    ledger.execute(
        "UPDATE replies SET state = 'sent', sent_at = ?, error_code = '', error_text = ''"
        " WHERE id = ?",
        (stamp(now), reply),
    )


def defer(ledger: Ledger, reply: int, next_attempt: datetime, code: str, text: str) -> None:
    """Not now; again at `next_attempt`."""
    ledger.execute(
        "UPDATE replies SET state = 'deferred', due_at = ?, error_code = ?, error_text = ?"
        " WHERE id = ?",
        (stamp(next_attempt), code, text[:500], reply),
    )


def postpone(ledger: Ledger, reply: int, next_attempt: datetime, code: str, text: str) -> None:
    """It does not fit the day's sends: to another day, without having been tried."""
    defer(ledger, reply, next_attempt, code, text)
    ledger.execute("UPDATE replies SET attempts = attempts - 1 WHERE id = ?", (reply,))


def postponed_on(ledger: Ledger, day: date) -> int:
    """How many mails did not fit this day's sends; known of the last such day only."""
    last, _, number = (ledger.meta(_POSTPONED) or "").partition(" ")
    return int(number) if last == day.isoformat() else 0


def count_postponed(ledger: Ledger, day: date) -> None:
    """One more mail did not fit this day's sends."""
    ledger.set_meta(_POSTPONED, f"{day} {postponed_on(ledger, day) + 1}")


def bury(ledger: Ledger, reply: int, code: str, text: str) -> str:
    """Never: the server refused for good; the address it was for. Dead rows stand in the
    digest (G4)."""
    ledger.execute(
        "UPDATE replies SET state = 'dead', error_code = ?, error_text = ? WHERE id = ?",
        (code, text[:500], reply),
    )
    row = ledger.row("SELECT address FROM replies WHERE id = ?", (reply,))
    return str(row["address"]) if row else ""


def unsent(ledger: Ledger) -> list[Row]:
    """Mails that have not left, in the order they would."""
    return list(
        ledger.rows(
            "SELECT * FROM replies WHERE state IN ('queued', 'claimed', 'deferred', 'dead')"
            " ORDER BY priority DESC, due_at, id"
        )
    )


def waiting_to_leave(ledger: Ledger, most: int) -> list[Row]:
    """The first so many mails that have not left, in the order they would; of their octets only
    the `head`: in shadow mode every reply there ever was waits."""
    return list(
        ledger.rows(
            "SELECT id, number, unit, address, purpose, kind, state, mode, due_at, error_text,"
            " raw IS NOT NULL AS composed, substr(raw, 1, 8192) AS head FROM replies"
            " WHERE state IN ('queued', 'claimed', 'deferred', 'dead')"
            " ORDER BY priority DESC, due_at, id LIMIT ?",
            (most,),
        )
    )


def dead_rows(ledger: Ledger) -> list[Row]:
    """Mails that will never leave by themselves."""
    return list(ledger.rows("SELECT * FROM replies WHERE state = 'dead' ORDER BY id"))


def oldest_waiting(ledger: Ledger) -> dict[str, datetime]:
    """Since when the oldest reply waits that is to leave by itself, by state."""
    rows = ledger.rows(
        "SELECT state, min(queued_at) AS since FROM replies"
        " WHERE state IN ('queued', 'deferred', 'claimed') AND mode = 'live' GROUP BY state"
    )
    return {row["state"]: moment(row["since"]) for row in rows}


def states(ledger: Ledger) -> dict[str, int]:
    """How many mails are in which state."""
    return tally(ledger, "replies")


def next_due(ledger: Ledger) -> datetime | None:
    """When the next open reply falls due, if any waits."""
    row = ledger.row(
        "SELECT min(due_at) AS due FROM replies WHERE state IN ('queued', 'deferred')"
        " AND mode = 'live'"
    )
    return moment(row["due"]) if row and row["due"] else None
