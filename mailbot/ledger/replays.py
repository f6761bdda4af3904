"""Judging anew from what is stored: what is judged, and writing the new verdicts."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from mailbot.ledger.arrivals import FileRow, record_file_rows, rows_of_files
from mailbot.ledger.columns import judged_json
from mailbot.ledger.store import Ledger, Row, connect, in_memory
from mailbot.model import Judged


def examined(ledger: Ledger) -> list[Row]:
    """Every arrival that has been judged, oldest first."""
    return list(
        ledger.rows("SELECT * FROM arrivals WHERE judged_json IS NOT NULL ORDER BY arrived_at, id")
    )


def in_turn(ledger: Ledger) -> Iterator[Row]:
    """Every arrival that has been judged, by number, a few of them in memory at a time."""
    after = 0
    while rows := ledger.rows(
        "SELECT * FROM arrivals WHERE id > ? AND judged_json IS NOT NULL ORDER BY id LIMIT 200",
        (after,),
    ):
        yield from rows
        after = int(rows[-1]["id"])


def count_examined(ledger: Ledger) -> int:
    """How many arrivals have been judged."""
    row = ledger.row("SELECT count(*) AS n FROM arrivals WHERE judged_json IS NOT NULL")
    return int(row["n"]) if row else 0


def others_wrote(ledger: Ledger) -> int:
    """Another number as soon as anybody but this connection has written."""
    row = ledger.row("PRAGMA data_version")
    return int(row["data_version"]) if row else 0


def revisions(ledger: Ledger) -> dict[str, int]:
    """By unit, which of all changes of dossiers was its last."""
    return {
        row["unit"]: int(row["revision"])
        for row in ledger.rows("SELECT unit, revision FROM standings")
    }


class Rejudged(NamedTuple):
    """An arrival's files under the new rules, as they are written."""

    judged_json: str
    files: list[FileRow]


def rejudged(arrival: int, judged: Sequence[Judged]) -> Rejudged:
    """As it is written: made beforehand, for who writes keeps others waiting."""
    return Rejudged(
        judged_json.dump_json(tuple(judged)).decode(), list(rows_of_files(arrival, judged))
    )


def record_rejudged(ledger: Ledger, arrival: int, made: Rejudged, rules_version: str) -> None:
    """The arrival's files under the new rules; nothing else of it changes."""
    ledger.execute(
        "UPDATE arrivals SET judged_json = ?, rules_version = ? WHERE id = ?",
        (made.judged_json, rules_version, arrival),
    )
    record_file_rows(ledger, arrival, made.files)


def note_version(ledger: Ledger, same: Sequence[tuple[str, int, str | None]]) -> None:
    """By which rules these were judged too: (version, arrival, when it was examined). What was
    examined again since stays as it is."""
    for one in same:
        ledger.execute(
            "UPDATE arrivals SET rules_version = ? WHERE id = ? AND examined_at IS ?", one
        )


def units_of_arrivals(ledger: Ledger) -> list[str]:
    """Every unit with an arrival that counts."""
    rows = ledger.rows(
        "SELECT DISTINCT unit FROM arrivals WHERE unit IS NOT NULL AND counts = 1 ORDER BY unit"
    )
    return [row["unit"] for row in rows]


def answerable(ledger: Ledger, unit: str) -> list[Row]:
    """The unit's arrivals that had an answer of their own or will have one, oldest first."""
    return list(
        ledger.rows(
            "SELECT id, sender_address, arrived_at FROM arrivals WHERE unit = ? AND counts = 1"
            " AND no_answer_reason IS NULL AND reply IS NOT NULL ORDER BY arrived_at, id",
            (unit,),
        )
    )


@contextmanager
def scratch_copy(ledger: Ledger) -> Iterator[Ledger]:
    """The whole ledger in memory, to try something out on; the one on disk stays as it is."""
    copy = connect(":memory:")
    ledger.database.backup(copy)
    with in_memory(copy) as scratch:
        yield scratch
