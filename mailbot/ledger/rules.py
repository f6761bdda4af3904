"""Rules folders that were uploaded: tried, and put in force by a person.

What was put in force stands for the folder that `campaign.rules` names, as long as that folder is
the one it was put in the place of: who edits the folder afterwards has the last word.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from mailbot.ledger.store import Ledger, Row, moment, stamp


@dataclass(frozen=True, slots=True)
class Uploaded:
    """One upload. `base`: the version of the folder in `campaign.rules` when it came."""

    id: int
    name: str
    version: str
    base: str
    files: Mapping[str, str]
    by: str
    at: datetime
    in_force_at: datetime | None


def record(
    ledger: Ledger,
    *,
    name: str,
    version: str,
    base: str,
    files: Mapping[str, str],
    by: str,
    now: datetime,
) -> int:
    """Keep an upload for its trial; its number. Of those never put in force the newest ten stay."""
    ledger.execute(
        "INSERT INTO uploaded_rules (name, version, base, files_json, by, at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (name, version, base, json.dumps(dict(files), ensure_ascii=False), by, stamp(now)),
    )
    row = ledger.row("SELECT max(id) AS id FROM uploaded_rules")
    assert row is not None
    ledger.execute(
        "DELETE FROM uploaded_rules WHERE in_force_at IS NULL AND id <= ?", (int(row["id"]) - 10,)
    )
    return int(row["id"])


def put_in_force(ledger: Ledger, number: int, now: datetime) -> None:
    """It stands from now on for the folder it was tried against."""
    ledger.execute("UPDATE uploaded_rules SET in_force_at = ? WHERE id = ?", (stamp(now), number))


def uploaded(ledger: Ledger, number: int) -> Uploaded | None:
    """One upload."""
    row = ledger.row("SELECT * FROM uploaded_rules WHERE id = ?", (number,))
    return _uploaded(row) if row else None


def in_force(ledger: Ledger) -> Uploaded | None:
    """What was put in force last."""
    row = ledger.row(
        "SELECT * FROM uploaded_rules WHERE in_force_at IS NOT NULL"
        " ORDER BY in_force_at DESC, id DESC LIMIT 1"
    )
    return _uploaded(row) if row else None


def newest(ledger: Ledger) -> tuple[str, str] | None:
    """Version and base of what was put in force last: asked with every mail, so without files."""
    row = ledger.row(
        "SELECT version, base FROM uploaded_rules WHERE in_force_at IS NOT NULL"
        " ORDER BY in_force_at DESC, id DESC LIMIT 1"
    )
    return (str(row["version"]), str(row["base"])) if row else None


def versions_over(ledger: Ledger, base: str) -> set[str]:
    """The versions that were ever put in the place of this folder."""
    rows = ledger.rows(
        "SELECT version FROM uploaded_rules WHERE base = ? AND in_force_at IS NOT NULL", (base,)
    )
    return {str(row["version"]) for row in rows}


def _uploaded(row: Row) -> Uploaded:
    return Uploaded(
        id=int(row["id"]),
        name=row["name"],
        version=row["version"],
        base=row["base"],
        files=json.loads(row["files_json"]),
        by=row["by"],
        at=moment(row["at"]),
        in_force_at=moment(row["in_force_at"]) if row["in_force_at"] else None,
    )
