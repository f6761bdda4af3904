"""What was measured of which content, by which readers: rows, and nothing about their worth.

A row is found by the content's SHA-256 and by how it was read (`way`: the file name's extension,
which breaks ties, and for a volume of an archive the set it belongs to). The column for that is
still called `inspector`, since a ledger from before may be opened to read.
"""

from dataclasses import replace
from typing import NamedTuple

from mailbot.ledger.columns import inspected_json
from mailbot.ledger.store import Ledger
from mailbot.model import Inspected

# The way in which mail bodies are kept: by the hash of the text as first read, by which decisions
# name it. What later readers read of arrival 17 is `body@17`: mails that bore one text for those
# need not bear one for them.
BODY = "body"


class StoredFacts(NamedTuple):
    """What is on record of one content; which readers measured it, and in which way."""

    inspected: Inspected
    readers: str
    way: str


def known(ledger: Ledger, sha256: str, way: str, readers: str) -> Inspected | None:
    """What these very readers measured of this content before."""
    row = ledger.row(
        "SELECT inspected_json FROM facts WHERE sha256 = ? AND inspector = ? AND readers = ?",
        (sha256, way, readers),
    )
    return None if row is None else inspected_json.validate_json(row["inspected_json"])


def record(ledger: Ledger, inspected: Inspected, way: str, readers: str) -> None:
    """Remember what was measured, in place of what other readers had. What the same readers
    measure again is the same, so the first stays."""
    ledger.execute(
        "INSERT INTO facts (sha256, inspector, inspected_json, readers) VALUES (?, ?, ?, ?)"
        " ON CONFLICT DO UPDATE SET inspected_json = excluded.inspected_json,"
        " readers = excluded.readers WHERE readers != excluded.readers",
        (inspected.sha256, way, inspected_json.dump_json(inspected).decode(), readers),
    )


def stored(ledger: Ledger, sha256: str, way: str, ending: str, readers: str) -> StoredFacts | None:
    """What is on record of a content: by these readers rather than by others, read in this way
    rather than in another of the same extension."""
    rows = [
        row
        for row in ledger.rows(
            "SELECT inspector AS way, readers, inspected_json FROM facts WHERE sha256 = ?",
            (sha256,),
        )
        if row["way"].endswith(ending) and not row["way"].startswith(BODY)
    ]
    if not rows:
        return None
    best = max(rows, key=lambda row: (row["readers"] == readers, row["way"] == way, row["way"]))
    return StoredFacts(
        inspected_json.validate_json(best["inspected_json"]), best["readers"], best["way"]
    )


def forget(ledger: Ledger, sha256: str, way: str) -> None:
    """These facts are superseded by others of the same content."""
    ledger.execute("DELETE FROM facts WHERE sha256 = ? AND inspector = ?", (sha256, way))


def stale(ledger: Ledger, readers: str) -> int:
    """How many contents were measured by other readers than these, bodies of mails apart."""
    row = ledger.row(
        "SELECT count(*) AS n FROM facts WHERE inspector NOT LIKE ? AND readers != ?",
        (f"{BODY}%", readers),
    )
    return int(row["n"]) if row else 0


def body(ledger: Ledger, sha256: str, arrival: int) -> StoredFacts | None:
    """The body of this arrival, by the hash of its text as first read, where it is kept."""
    row = ledger.row(
        "SELECT inspector AS way, readers, inspected_json FROM facts"
        " WHERE sha256 = ? AND inspector IN (?, ?) ORDER BY inspector DESC",
        (sha256, BODY, f"{BODY}@{arrival}"),
    )
    if row is None:
        return None
    return StoredFacts(
        inspected_json.validate_json(row["inspected_json"]), row["readers"], row["way"]
    )


def record_body(ledger: Ledger, sha256: str, arrival: int, read: Inspected, readers: str) -> None:
    """What these readers read as the body of an arrival that others have read before."""
    record(ledger, replace(read, sha256=sha256), f"{BODY}@{arrival}", readers)


def body_text(ledger: Ledger, sha256: str) -> str | None:
    """The text of a mail body as first read, by its hash, where it is kept."""
    row = ledger.row(
        "SELECT inspected_json FROM facts WHERE sha256 = ? AND inspector = ?", (sha256, BODY)
    )
    return None if row is None else inspected_json.validate_json(row["inspected_json"]).text
