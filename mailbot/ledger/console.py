"""What the console's pages ask: each page a fixed number of statements, however much there is.

Lists go by key (`before`: the number of the last one shown), so that the thousandth page costs what
the first does. What may be large (a mail's judgement, a reply's octets) is asked for by its number.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from mailbot.ledger.columns import dossier_json
from mailbot.ledger.search import search_for
from mailbot.ledger.store import Ledger, Row
from mailbot.model import Dossier

PAGE = 50  # mails on one page
_LAST = 2**63 - 1

MailFilter = Literal["", "unknown", "held", "unanswered", "automatic", "quarantined", "waiting"]
_FILTERS: dict[MailFilter, str] = {
    "": "1",
    "unknown": "arrivals.unit IS NULL AND arrivals.held_json != '[]'"
    " AND arrivals.duplicate_of IS NULL",
    "held": "arrivals.id IN (SELECT arrival FROM files WHERE verdict = 'held')",
    "unanswered": "arrivals.no_answer_reason IS NOT NULL AND arrivals.counts = 1",
    "automatic": "arrivals.no_answer_reason IS NOT NULL AND arrivals.counts = 0",
    "quarantined": "arrivals.state = 'quarantined'",
    "waiting": "arrivals.state IN ('discovered', 'spooled')",
}
_MAIL_COLUMNS = (
    "arrivals.id, arrivals.arrived_at, arrivals.state, arrivals.subject, arrivals.sender_name,"
    " arrivals.sender_address, arrivals.unit, arrivals.held_json, arrivals.no_answer_reason,"
    " arrivals.duplicate_of, arrivals.counts, arrivals.enquiry, arrivals.reply, arrivals.size,"
    " arrivals.last_error"
)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file as it came with one arrival."""

    arrival: int
    unit: str
    name: str
    sha256: str
    size: int
    kind: str
    format: str
    verdict: str


def mails(
    ledger: Ledger,
    *,
    asked: str = "",
    only: MailFilter = "",
    unit: str = "",
    sender: str = "",
    before: int | None = None,
    most: int = PAGE,
) -> list[Row]:
    """One page of mails, newest first; with `asked`, `place` and `excerpt` say where the first of
    its words stands. An unfit `only` finds what "" does."""
    conditions = [_FILTERS.get(only, "1")]
    given: list[object] = []
    for column, value in (("unit", unit), ("sender_address", sender.lower())):
        if value:
            conditions.append(f"arrivals.{column} = ?")
            given.append(value)
    last = _LAST if before is None else before
    if asked.strip():
        search = search_for(asked)
        if search is None:
            return []
        sql = (
            f"SELECT {_MAIL_COLUMNS}, {search.excerpt} FROM {search.table}"  # noqa: S608 - literals
            f" CROSS JOIN arrivals ON arrivals.id = {search.key}"
            f" CROSS JOIN words ON words.arrival = {search.key}"
            f" WHERE {search.condition} AND {search.key} < ? AND {' AND '.join(conditions)}"
            f" ORDER BY {search.key} DESC LIMIT ?"
        )
        return list(ledger.rows(sql, (*search.spots, *search.parameters, last, *given, most)))
    sql = (
        f"SELECT {_MAIL_COLUMNS}, '' AS place, '' AS excerpt FROM arrivals"  # noqa: S608 - literals
        f" WHERE arrivals.id < ? AND {' AND '.join(conditions)}"
        " ORDER BY arrivals.id DESC LIMIT ?"
    )
    return list(ledger.rows(sql, (last, *given, most)))


def files_of_arrivals(ledger: Ledger, arrivals: Collection[int]) -> dict[int, list[StoredFile]]:
    """The files of these arrivals, by arrival."""
    rows = ledger.rows(
        "SELECT files.arrival, '' AS unit, files.name, files.sha256, files.size, files.kind,"
        " files.format, files.verdict FROM files"
        " WHERE files.arrival IN (SELECT value FROM json_each(?)) ORDER BY files.id",
        (json.dumps(sorted(arrivals)),),
    )
    found: dict[int, list[StoredFile]] = {}
    for row in rows:
        found.setdefault(int(row["arrival"]), []).append(StoredFile(**row))
    return found


def beside(ledger: Ledger, arrival: int) -> tuple[int | None, int | None]:
    """The mails before and after this one, by number."""
    row = ledger.row(
        "SELECT (SELECT max(id) FROM arrivals WHERE id < ?) AS before,"
        " (SELECT min(id) FROM arrivals WHERE id > ?) AS after",
        (arrival, arrival),
    )
    assert row is not None
    return row["before"], row["after"]


def file_of_arrival(ledger: Ledger, arrival: int, sha256: str) -> StoredFile | None:
    """The file of this content that came with this arrival."""
    row = ledger.row(
        "SELECT files.arrival, coalesce(arrivals.unit, '') AS unit, files.name, files.sha256,"
        " files.size, files.kind, files.format, files.verdict"
        " FROM files JOIN arrivals ON arrivals.id = files.arrival"
        " WHERE files.arrival = ? AND files.sha256 = ? LIMIT 1",
        (arrival, sha256),
    )
    return None if row is None else StoredFile(**row)


def same_contents(
    ledger: Ledger, sha256: Collection[str], most: int = 500
) -> dict[str, list[StoredFile]]:
    """Wherever these contents came, oldest first, by content; copies of a mail left out."""
    rows = ledger.rows(
        "SELECT files.arrival, coalesce(arrivals.unit, '') AS unit, files.name, files.sha256,"
        " files.size, files.kind, files.format, files.verdict"
        " FROM files JOIN arrivals ON arrivals.id = files.arrival"
        " WHERE files.sha256 IN (SELECT value FROM json_each(?)) AND arrivals.duplicate_of IS NULL"
        " ORDER BY files.id LIMIT ?",
        (json.dumps(sorted(sha256)), most),
    )
    found: dict[str, list[StoredFile]] = {}
    for row in rows:
        found.setdefault(row["sha256"], []).append(StoredFile(**row))
    return found


def photo_hashes(ledger: Ledger, after: int) -> list[tuple[int, str, str]]:
    """Row, content and perceptual hash of the accepted photos behind this row of `files`."""
    rows = ledger.rows(
        "SELECT id, sha256, phash FROM files WHERE kind = 'photo' AND verdict = 'accepted'"
        " AND id > ? AND phash IS NOT NULL ORDER BY id",
        (after,),
    )
    return [(int(row["id"]), row["sha256"], row["phash"]) for row in rows]


def stored_dossier(ledger: Ledger, unit: str) -> tuple[Dossier | None, int]:
    """One unit's dossier as last judged, and its revision (`ledger.standings`)."""
    row = ledger.row(
        "SELECT dossier_json, revision FROM dossiers JOIN standings USING (unit) WHERE unit = ?",
        (unit,),
    )
    if row is None:
        return None, 0
    return dossier_json.validate_json(row["dossier_json"]), int(row["revision"])


def mails_of_unit(ledger: Ledger, unit: str, most: int = 500) -> list[Row]:
    """The unit's newest mails, oldest first."""
    sql = (
        f"SELECT {_MAIL_COLUMNS}, '' AS place, '' AS excerpt FROM arrivals"  # noqa: S608 - literals
        " WHERE unit = ? ORDER BY arrived_at DESC, id DESC LIMIT ?"
    )
    return list(reversed(ledger.rows(sql, (unit, most))))


def replies_of_unit(ledger: Ledger, unit: str, most: int = 500) -> list[Row]:
    """The newest mails about a unit's dossier, oldest first, without their octets."""
    rows = ledger.rows(
        "SELECT id, number, address, purpose, state, mode, kind, due_at, queued_at, composed_at,"
        " sent_at, error_text, raw IS NOT NULL AS composed FROM replies WHERE unit = ?"
        " ORDER BY id DESC LIMIT ?",
        (unit, most),
    )
    return list(reversed(rows))


def decisions_about(ledger: Ledger, unit: str, arrivals: Sequence[int]) -> list[Row]:
    """What persons decided about a unit, its slots and its mails, oldest first."""
    return list(
        ledger.rows(
            "SELECT * FROM audit WHERE subject = ?"
            " OR subject LIKE ? ESCAPE '\\' OR subject LIKE ? ESCAPE '\\'"
            " OR subject IN (SELECT CAST(value AS TEXT) FROM json_each(?)) ORDER BY id",
            (unit, f"{_like(unit)} %", f"% {_like(unit)}", json.dumps(sorted(arrivals))),
        )
    )


def _like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def inspections_of(ledger: Ledger, unit: str) -> list[Row]:
    """What spot checks of the unit found, oldest first."""
    return list(
        ledger.rows(
            "SELECT draw, result, note, entered_at FROM inspections WHERE unit = ? ORDER BY id",
            (unit,),
        )
    )


def facts_of_contents(ledger: Ledger, sha256: Collection[str]) -> list[Row]:
    """What was measured of these contents: the stored JSON of each, newest readers last."""
    return list(
        ledger.rows(
            "SELECT sha256, inspector AS way, inspected_json FROM facts"
            " WHERE sha256 IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(sha256)),),
        )
    )
