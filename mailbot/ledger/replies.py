"""The outbox in the ledger: opened with the verdict, composed once, sent until it is final.

A row is opened in the transaction that records the verdict (G2) with number and Message-ID
fixed (G3). It gathers the arrivals of one (unit, sender) until it falls due, is then composed
once, and its octets never change after that.
"""

import json
import uuid
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from mailbot.ledger.store import Ledger, Row, moment, stamp, tally

_POSTPONED = "postponed"  # the last day whose sends were used up, and how many did not fit


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


def set_due(ledger: Ledger, unit: str | None, address: str, due: datetime) -> None:
    """When the open replies of this unit (of this address while no unit is known) fall due."""
    condition = ("unit = ?", unit) if unit else ("unit = '' AND address = ?", address)
    ledger.execute(
        f"UPDATE replies SET due_at = ? WHERE {condition[0]}"  # noqa: S608 - one of two literals
        " AND raw IS NULL AND state = 'queued'",
        (stamp(due), condition[1]),
    )


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


def answers_today(ledger: Ledger, address: str, since: datetime, *, forged: bool = False) -> int:
    """Replies composed for this address since `since` (local midnight): those to mails of which
    one at least may be its own, or those to mails that the server found `forged`."""
    row = ledger.row(
        "SELECT count(*) AS n FROM replies WHERE address = ? AND composed_at >= ?"
        " AND purpose = 'reply' AND state != 'withdrawn' AND ? = ("
        "EXISTS (SELECT 1 FROM arrivals WHERE reply = replies.id AND sender_doubt = 'failed')"
        " AND NOT EXISTS"
        " (SELECT 1 FROM arrivals WHERE reply = replies.id AND sender_doubt != 'failed'))",
        (address, stamp(since), forged),
    )
    return int(row["n"]) if row else 0


def replies_since(ledger: Ledger, address: str, since: datetime) -> list[Row]:
    """The replies composed for this address since `since`, oldest first."""
    return list(
        ledger.rows(
            "SELECT id, composed_at, raw FROM replies WHERE address = ? AND composed_at >= ?"
            " AND purpose = 'reply' AND state != 'withdrawn' ORDER BY composed_at, id",
            (address, stamp(since)),
        )
    )


def notices_today(ledger: Ledger, address: str, purpose: str, since: datetime) -> int:
    """Mails of this purpose queued for this address since `since` (local midnight)."""
    row = ledger.row(
        "SELECT count(*) AS n FROM replies WHERE address = ? AND composed_at >= ? AND purpose = ?",
        (address, stamp(since), purpose),
    )
    return int(row["n"]) if row else 0


def purpose_of(ledger: Ledger, message_id: str) -> str | None:
    """What a mail of ours was for (reply, digest …); None when it is not ours."""
    row = ledger.row("SELECT purpose FROM replies WHERE message_id = ?", (message_id,))
    return str(row["purpose"]) if row else None


def unsent_notices(ledger: Ledger, purpose: str) -> int:
    """Mails of this purpose that may leave and have not."""
    row = ledger.row(
        "SELECT count(*) AS n FROM replies WHERE state IN ('queued', 'claimed', 'deferred')"
        " AND mode = 'live' AND purpose = ?",
        (purpose,),
    )
    return int(row["n"]) if row else 0


def sent_since(ledger: Ledger, since: datetime) -> int:
    """Mails that left since `since`, to anyone."""
    # Not beyond a day: what was sent while the clock stood in the future must not count for ever.
    row = ledger.row(
        "SELECT count(*) AS n FROM replies WHERE sent_at >= ? AND sent_at < ?",
        (stamp(since), stamp(since + timedelta(days=1))),
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


def answered_after(ledger: Ledger, unit: str, address: str, reply: int) -> bool:
    """Whether this unit's sender has had, or is to have, a later reply that is not shadow."""
    row = ledger.row(
        "SELECT 1 FROM replies WHERE unit = ? AND address = ? AND id > ? AND purpose = 'reply'"
        " AND mode != 'shadow' AND state != 'withdrawn'",
        (unit, address, reply),
    )
    return row is not None


def unapproved(ledger: Ledger) -> list[Row]:
    """Composed replies that wait for a person, oldest first."""
    return list(
        ledger.rows(
            "SELECT id, number, unit, address, kind FROM replies_not_held"
            " WHERE purpose = 'reply' AND state = 'queued'"
            " AND mode = 'approve' AND raw IS NOT NULL ORDER BY id"
        )
    )


def is_own_message_id(ledger: Ledger, message_id: str) -> bool:
    """Whether we wrote the message with this Message-ID."""
    return ledger.row("SELECT 1 FROM replies WHERE message_id = ?", (message_id,)) is not None


def when_sent(ledger: Ledger, message_id: str) -> datetime | None:
    """When our mail with this Message-ID left; None where it did not, or is not ours."""
    row = ledger.row("SELECT sent_at FROM replies WHERE message_id = ?", (message_id,))
    return moment(row["sent_at"]) if row and row["sent_at"] else None


def was_sent_as(ledger: Ledger, address: str, message_ids: Sequence[str]) -> bool:
    """Whether a mail of ours under one of these Message-IDs left for this address."""
    return (
        ledger.row(
            "SELECT 1 FROM replies WHERE address = ? AND state IN ('sent', 'claimed')"
            " AND message_id IN (SELECT value FROM json_each(?))",
            (address.lower(), json.dumps(list(message_ids))),
        )
        is not None
    )


def was_written_to(ledger: Ledger, address: str) -> bool:
    """Whether a mail of ours left for this address."""
    return (
        ledger.row(
            "SELECT 1 FROM replies WHERE address = ? AND state IN ('sent', 'claimed')",
            (address.lower(),),
        )
        is not None
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


def sent_among(ledger: Ledger, message_ids: Sequence[str]) -> set[str]:
    """Those of these Message-IDs whose mail has left."""
    rows = ledger.rows(
        "SELECT message_id FROM replies WHERE state = 'sent'"
        " AND message_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(message_ids)),),
    )
    return {str(row["message_id"]) for row in rows}


def bounced_rows(ledger: Ledger) -> list[Row]:
    """The newest mail to each address that a bounce proved dead."""
    return list(
        ledger.rows(
            "SELECT replies.* FROM bounced JOIN replies ON replies.id = (SELECT max(id) FROM"
            " replies WHERE address = bounced.address AND raw IS NOT NULL)"
            " WHERE bounced.arrival IS NOT NULL AND replies.state != 'dead' ORDER BY replies.id"
        )
    )


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
