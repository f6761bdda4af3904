"""The audit trail: every decision of a person, append-only and hash-chained.

Each row's hash covers the hash of the row before it, so that a change anywhere breaks the chain
from there on. Triggers refuse UPDATE and DELETE; whoever drops them is found by `verify`. Rows
count from 1 without a gap (SQLite's AUTOINCREMENT remembers the last number given), so that a
row cut off at the end is missed too.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mailbot.ledger.store import Ledger, Row, moment, stamp

_START = "0" * 64  # what the first row follows


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One decision as recorded."""

    id: int
    at: datetime
    by: str
    action: str
    subject: str
    reason: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    hash: str


@dataclass(frozen=True, slots=True)
class Chain:
    """What `verify` found: how many rows hold, and where the chain breaks if it does."""

    rows: int
    head: str  # the last row's hash; noted elsewhere it proves that nothing was written anew
    broken_at: int | None = None
    why: str = ""


def append(
    ledger: Ledger,
    *,
    by: str,
    action: str,
    subject: str,
    reason: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    now: datetime,
) -> int:
    """Write one row; its number. Belongs into the transaction of the decision itself."""
    last = ledger.row("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1")
    number = _last_number(ledger) + 1
    fields = {
        "id": number,
        "at": stamp(now),
        "by": by,
        "action": action,
        "subject": subject,
        "reason": reason,
        "before_json": _canonical(before),
        "after_json": _canonical(after),
        "previous": last["hash"] if last else _START,
    }
    ledger.execute(
        "INSERT INTO audit (id, at, by, action, subject, reason, before_json, after_json,"
        " previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*fields.values(), _hash(fields)),
    )
    return number


def entries_about(ledger: Ledger, subject: str) -> list[AuditRow]:
    """The decisions about a subject, or about one whose first word it is, oldest first."""
    rows = ledger.rows(
        "SELECT * FROM audit WHERE subject = ? OR subject LIKE ? ORDER BY id",
        (subject, f"{subject} %"),
    )
    return [entry_of(row) for row in rows]


def entries(ledger: Ledger) -> list[AuditRow]:
    """Every row, oldest first."""
    return [entry_of(row) for row in ledger.rows("SELECT * FROM audit ORDER BY id")]


def entry(ledger: Ledger, number: int) -> AuditRow | None:
    """One row."""
    row = ledger.row("SELECT * FROM audit WHERE id = ?", (number,))
    return entry_of(row) if row else None


def entries_after(ledger: Ledger, number: int) -> list[AuditRow]:
    """What was decided since this row, oldest first."""
    rows = ledger.rows("SELECT * FROM audit WHERE id > ? ORDER BY id", (number,))
    return [entry_of(row) for row in rows]


def newest(ledger: Ledger, count: int) -> list[AuditRow]:
    """The last so many rows, newest first."""
    rows = ledger.rows("SELECT * FROM audit ORDER BY id DESC LIMIT ?", (count,))
    return [entry_of(row) for row in rows]


def last_number(ledger: Ledger) -> int:
    """The number of the last row; 0 where there is none."""
    return _last_number(ledger)


def entry_of(row: Row) -> AuditRow:
    """A row of the table."""
    return AuditRow(
        id=int(row["id"]),
        at=moment(row["at"]),
        by=row["by"],
        action=row["action"],
        subject=row["subject"],
        reason=row["reason"],
        before=json.loads(row["before_json"]),
        after=json.loads(row["after_json"]),
        hash=row["hash"],
    )


def verify(ledger: Ledger) -> Chain:
    """Follow the chain from its first row.

    Of a row that `mailbot forget` reduced to hashes the words are gone: it counts where a later
    row of the chain, whole itself, says that it was reduced.
    """
    previous, expected = _START, 1
    rows = ledger.rows("SELECT * FROM audit ORDER BY id")
    reduced = {
        (int(number), remaining)
        for row in rows
        if row["action"] == "forget" and row["hash"] == _hash(row)
        for number, remaining in json.loads(row["after_json"])["audit"].items()
        if int(number) < row["id"]
    }
    for row in rows:
        if row["id"] != expected:
            return Chain(expected - 1, previous, expected, "the row is missing")
        if row["previous"] != previous:
            return Chain(expected - 1, previous, expected, "it does not follow the row before it")
        if row["hash"] != _hash(row) and (row["id"], hash_of(row)) not in reduced:
            return Chain(expected - 1, previous, expected, "its contents were changed")
        previous, expected = row["hash"], expected + 1
    if _last_number(ledger) >= expected:
        return Chain(expected - 1, previous, expected, "the row is missing")
    return Chain(expected - 1, previous)


def _last_number(ledger: Ledger) -> int:
    row = ledger.row("SELECT seq FROM sqlite_sequence WHERE name = 'audit'")
    return int(row["seq"]) if row else 0


def _canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def hash_of(row: Row) -> str:
    """A hash over a row as it stands, reduced to hashes or not, and its place in the chain."""
    return hashlib.sha256(f"{row['hash']} {_hash(row)}".encode()).hexdigest()


def _hash(row: Row) -> str:
    covered = ("previous", "id", "at", "by", "action", "subject", "reason")
    values = [row[name] for name in (*covered, "before_json", "after_json")]
    return hashlib.sha256(_canonical(values).encode("utf-8", "surrogatepass")).hexdigest()
