"""Who heard what from us and when, and which Message-IDs are ours: questions to `replies`."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from mailbot.ledger.store import Ledger, Row, moment, stamp


def answers_today(ledger: Ledger, address: str, since: datetime, *, forged: bool = False) -> int:
    """Replies composed for this address since `since` (local midnight): those to mails of which
    one at least may be its own, or those to mails that the server found `forged`.

    What differs in a tag alone (name+tag@host, RFC 5233) is one person's.
    """
    local, _, domain = address.rpartition("@")
    name = local.partition("+")[0]
    row = ledger.row(
        "SELECT count(*) AS n FROM replies WHERE composed_at >= ?"
        # "," is the character after "+": a range, which the index serves.
        " AND (address = ? OR (address > ? AND address < ? AND substr(address, ?) = ?))"
        " AND purpose = 'reply' AND state != 'withdrawn' AND ? = ("
        "EXISTS (SELECT 1 FROM arrivals WHERE reply = replies.id AND sender_doubt = 'failed')"
        " AND NOT EXISTS"
        " (SELECT 1 FROM arrivals WHERE reply = replies.id AND sender_doubt != 'failed'))",
        (
            stamp(since),
            f"{name}@{domain}",
            f"{name}+",
            f"{name},",
            -len(domain) - 1,
            f"@{domain}",
            forged,
        ),
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


def sent_since(ledger: Ledger, since: datetime) -> int:
    """Mails that left since `since`, to anyone."""
    # Not beyond a day: what was sent while the clock stood in the future must not count for ever.
    row = ledger.row(
        "SELECT count(*) AS n FROM replies WHERE sent_at >= ? AND sent_at < ?",
        (stamp(since), stamp(since + timedelta(days=1))),
    )
    return int(row["n"]) if row else 0


def answered_after(ledger: Ledger, unit: str, address: str, reply: int) -> bool:
    """Whether this unit's sender has had, or is to have, a later reply that is not shadow."""
    row = ledger.row(
        "SELECT 1 FROM replies WHERE unit = ? AND address = ? AND id > ? AND purpose = 'reply'"
        " AND mode != 'shadow' AND state != 'withdrawn'",
        (unit, address, reply),
    )
    return row is not None


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
