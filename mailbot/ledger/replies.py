"""The outbox in the ledger: a reply is opened with the verdict, gathers, and is composed once.

A row is opened in the transaction that records the verdict (G2) with number and Message-ID
fixed (G3). It gathers the arrivals of one (unit, sender) until it falls due, is then composed
once, and its octets never change after that. `sending` takes it from there; `correspondence`
asks what was written to whom.
"""

import json
import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from mailbot.ledger.store import Ledger, Row, moment, stamp


def receipt_number(ledger: Ledger, prefix: str, year: int, holder: str) -> str:
    """The holder's 收件编号, e.g. YL2017-0012: given once, the same ever after."""
    ledger.execute("INSERT INTO receipts (holder) VALUES (?) ON CONFLICT DO NOTHING", (holder,))
    row = ledger.row("SELECT number FROM receipts WHERE holder = ?", (holder,))
    assert row is not None
    return f"{prefix}{year}-{row['number']:04d}"


def open_reply(
    ledger: Ledger,
    *,
    number: str,
    unit: str | None,
    address: str,
    domain: str,
    mode: str,
    now: datetime,
) -> int:
    """The open reply of this (unit, sender), made when there is none; its row id."""
    row = ledger.row(
        "SELECT id FROM replies WHERE unit = ? AND address = ? AND raw IS NULL"
        " AND state = 'queued'",
        (unit or "", address),
    )
    if row is not None:
        return int(row["id"])
    message_id = f"<{uuid.uuid4()}@{domain}>"
    ledger.execute(
        "INSERT INTO replies (number, message_id, unit, address, state, mode, due_at, queued_at)"
        " VALUES (?, ?, ?, ?, 'queued', ?, ?, ?)",
        (number, message_id, unit or "", address, mode, stamp(now), stamp(now)),
    )
    row = ledger.row("SELECT id FROM replies WHERE message_id = ?", (message_id,))
    assert row is not None
    return int(row["id"])


def attach_arrival(ledger: Ledger, reply: int, arrival: int) -> None:
    """This reply answers this arrival too."""
    ledger.execute("UPDATE arrivals SET reply = ?, settled = 1 WHERE id = ?", (reply, arrival))


def set_due(
    ledger: Ledger,
    unit: str | None,
    address: str,
    due: datetime,
    *,
    longest: timedelta | None = None,
) -> None:
    """When the open replies of this unit (of this address while no unit is known) fall due: none
    later than `longest` after it was opened."""
    condition = ("unit = ?", unit) if unit else ("unit = '' AND address = ?", address)
    rows = ledger.rows(
        f"SELECT id, queued_at FROM replies WHERE {condition[0]}"  # noqa: S608 - one of two literals
        " AND raw IS NULL AND state = 'queued'",
        (condition[1],),
    )
    for row in rows:
        latest = due if longest is None else moment(row["queued_at"]) + longest
        make_due(ledger, int(row["id"]), min(due, latest))


def waiting_beyond(ledger: Ledger, after: datetime) -> list[tuple[int, datetime]]:
    """Replies that wait for a time after this one, and for which."""
    rows = ledger.rows(
        "SELECT id, due_at FROM replies WHERE state IN ('queued', 'deferred') AND due_at > ?",
        (stamp(after),),
    )
    return [(int(row["id"]), moment(row["due_at"])) for row in rows]


def make_due(ledger: Ledger, reply: int, due: datetime) -> None:
    """Another time for one reply that waits."""
    ledger.execute("UPDATE replies SET due_at = ? WHERE id = ?", (stamp(due), reply))


def due_to_compose(ledger: Ledger, now: datetime) -> list[Row]:
    """Open replies whose unit has been silent long enough."""
    return list(
        ledger.rows(
            "SELECT * FROM replies_not_held WHERE state = 'queued' AND raw IS NULL"
            " AND due_at <= ? ORDER BY due_at, id",
            (stamp(now),),
        )
    )


def arrivals_answered_by(ledger: Ledger, reply: int) -> list[Row]:
    """The arrivals a reply answers, oldest first."""
    return list(
        ledger.rows("SELECT * FROM arrivals WHERE reply = ? ORDER BY arrived_at, id", (reply,))
    )


def record_composed(
    ledger: Ledger, reply: int, *, kind: str, raw: bytes, now: datetime, priority: int = 0
) -> None:
    """From here on the reply's octets are fixed."""
    ledger.execute(
        "UPDATE replies SET kind = ?, raw = ?, composed_at = ?, due_at = ?, priority = ?"
        " WHERE id = ?",
        (kind, raw, stamp(now), stamp(now), priority, reply),
    )
    ledger.execute("UPDATE arrivals SET state = 'answered' WHERE reply = ?", (reply,))


def withdraw(ledger: Ledger, reply: int) -> None:
    """An open reply that must not be sent after all."""
    ledger.execute("UPDATE replies SET state = 'withdrawn' WHERE id = ?", (reply,))


def enqueue_notice(
    ledger: Ledger,
    *,
    number: str,
    message_id: str,
    address: str,
    purpose: str,
    raw: bytes,
    mode: str,
    now: datetime,
    unit: str = "",
    priority: int = 10,
) -> None:
    """A ready mail that answers none (digest, reminder); the same Message-ID is queued once.

    `priority`: replies have 0; a digest goes before them, a reminder after them.
    """
    ledger.execute(
        "INSERT INTO replies (number, message_id, unit, address, purpose, state, mode, kind, raw,"
        " priority, due_at, queued_at, composed_at)"
        " VALUES (?, ?, ?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (number, message_id, unit, address, purpose, mode, purpose, raw, priority)
        + (stamp(now),) * 3,
    )


def unanswered(ledger: Ledger, arrivals: Sequence[int]) -> list[int]:
    """Those of the arrivals whose reply has not been composed yet; it will answer elsewhere."""
    return [
        arrival
        for arrival in arrivals
        if ledger.row(
            "SELECT 1 FROM arrivals LEFT JOIN replies ON replies.id = arrivals.reply"
            " WHERE arrivals.id = ? AND arrivals.no_answer_reason IS NULL"
            " AND replies.raw IS NULL",
            (arrival,),
        )
    ]


def reply_row(ledger: Ledger, reply: int) -> dict[str, Any] | None:
    """Everything on record of one reply."""
    return ledger.row("SELECT * FROM replies WHERE id = ?", (reply,))


def by_id(ledger: Ledger, wanted: Collection[int]) -> dict[int, Row]:
    """These replies by row id, without their octets."""
    rows = ledger.rows(
        "SELECT id, number, address, kind, state, mode, composed_at, sent_at FROM replies"
        " WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(wanted)),),
    )
    return {int(row["id"]): row for row in rows}


def of_unit(ledger: Ledger, unit: str) -> list[Row]:
    """Every reply about a unit's dossier, oldest first."""
    return list(ledger.rows("SELECT * FROM replies WHERE unit = ? ORDER BY id", (unit,)))
