"""Rows about octets that may be removed, and the record of those that were."""

from collections.abc import Iterable
from datetime import datetime

from mailbot.entries import AtRest
from mailbot.ledger.arrivals import files_of
from mailbot.ledger.store import Ledger, moment, stamp


def at_rest(ledger: Ledger) -> list[AtRest]:
    """Every arrival, oldest first."""
    rows = ledger.rows(
        "SELECT arrivals.*, replies.id IS NOT NULL AND (replies.raw IS NULL"
        " OR replies.state IN ('queued', 'claimed', 'deferred')) AS reply_waits"
        " FROM arrivals LEFT JOIN replies ON replies.id = arrivals.reply ORDER BY arrivals.id"
    )
    return [
        AtRest(
            arrival=int(row["id"]),
            arrived_at=moment(row["arrived_at"]),
            state=row["state"],
            settled=bool(row["settled"]),
            reply_waits=bool(row["reply_waits"]),
            duplicate_of=row["duplicate_of"],
            held=row["held_json"] not in (None, "[]"),
            files=files_of(row),
            spool_path=row["spool_path"] or "",
            sha256=row["sha256"] or "",
        )
        for row in rows
    ]


def record_pruned(
    ledger: Ledger, files: Iterable[tuple[str, str, int]], before: datetime, now: datetime
) -> None:
    """These files (path, SHA-256, size) are removed, as of older than `before`."""
    for path, sha256, size in files:
        ledger.execute(
            "INSERT INTO pruned (path, sha256, size, before, pruned_at) VALUES (?, ?, ?, ?, ?)",
            (path, sha256, size, stamp(before), stamp(now)),
        )
