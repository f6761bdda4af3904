"""Judging anew from what is stored: what is judged, and writing the new verdicts."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from mailbot.ledger.arrivals import record_files
from mailbot.ledger.store import Ledger, Row, connect, in_memory, judged_json
from mailbot.model import Judged


def examined(ledger: Ledger) -> list[Row]:
    """Every arrival that has been judged, oldest first."""
    return list(
        ledger.rows("SELECT * FROM arrivals WHERE judged_json IS NOT NULL ORDER BY arrived_at, id")
    )


def record_rejudged(
    ledger: Ledger, arrival: int, judged: Sequence[Judged], rules_version: str
) -> None:
    """The arrival's files under the new rules; nothing else of it changes."""
    ledger.execute(
        "UPDATE arrivals SET judged_json = ?, rules_version = ? WHERE id = ?",
        (judged_json.dump_json(tuple(judged)).decode(), rules_version, arrival),
    )
    record_files(ledger, arrival, judged)


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
