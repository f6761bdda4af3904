"""Rows about octets that may be removed, and the record of those that were."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mailbot.entries import AtRest
from mailbot.files import blob_path
from mailbot.ledger.arrivals import files_of
from mailbot.ledger.store import Ledger, moment, stamp
from mailbot.model import BODY_NAME


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a stored file is: the arrival that brought it, under which name."""

    arrival: int
    unit: str  # "" where nobody knows
    sender: str
    name: str  # "" for the mail itself


def owners(ledger: Ledger) -> dict[str, list[Owner]]:
    """Every file that must be stored, by its path below the data folder, and whose it is.

    A mail's own text stands among its files and is not stored apart from it.
    """
    found: dict[str, list[Owner]] = {}
    for row in ledger.rows(
        "SELECT id, unit, sender_address, spool_path, judged_json FROM arrivals ORDER BY id"
    ):

        def note(path: str, name: str, row: dict[str, object] = row) -> None:
            unit, sender = str(row["unit"] or ""), str(row["sender_address"] or "")
            owner = Owner(int(str(row["id"])), unit, sender, name)
            if owner not in found.setdefault(path, []):
                found[path].append(owner)

        if row["spool_path"]:
            note(Path(row["spool_path"]).as_posix(), "")
        for top in files_of(row):
            if top.name != BODY_NAME:
                note(blob_path(Path("files"), top.sha256).as_posix(), top.name)
    return found


def pruned_hashes(ledger: Ledger) -> frozenset[str]:
    """The SHA-256 of everything that pruning took away."""
    return frozenset(row["sha256"] for row in ledger.rows("SELECT sha256 FROM pruned"))


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
