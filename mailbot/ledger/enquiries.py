"""What status and digest ask about arrivals, by name."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mailbot.ledger.store import Ledger, Row, stamp, tally

_AT_ONCE = 500


def of_unit(ledger: Ledger, unit: str) -> list[dict[str, Any]]:
    """Every arrival attributed to a unit, oldest first."""
    return ledger.rows("SELECT * FROM arrivals WHERE unit = ? ORDER BY arrived_at, id", (unit,))


def examined_between(ledger: Ledger, since: datetime, until: datetime) -> list[Row]:
    """What was examined in this span, in order of arrival, without what came twice."""
    return list(
        ledger.rows(
            "SELECT * FROM arrivals WHERE examined_at > ? AND examined_at <= ?"
            " AND duplicate_of IS NULL ORDER BY arrived_at, id",
            (stamp(since), stamp(until)),
        )
    )


def newest_and(ledger: Ledger, newest: int, others: Collection[int]) -> list[dict[str, Any]]:
    """The last so many arrivals, and these others, oldest first."""
    rows = ledger.rows(
        "SELECT * FROM arrivals WHERE id IN (SELECT value FROM json_each(?))"
        " OR id > (SELECT max(id) FROM arrivals) - ?",
        (json.dumps(sorted(others)), newest),
    )
    return sorted(rows, key=lambda row: (row["arrived_at"], row["id"]))


def arrivals_in(ledger: Ledger, ids: Sequence[int]) -> Iterator[Row]:
    """These arrivals in this order, some at a time: a season's are more than memory should hold."""
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        rows = ledger.rows(
            "SELECT * FROM arrivals WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(some),),
        )
        found = {row["id"]: row for row in rows}
        yield from (found[one] for one in some if one in found)


@dataclass(frozen=True, slots=True)
class AllArrivals(Iterable[Row]):
    """Every arrival, oldest first, read anew whenever it is gone through."""

    ledger: Ledger

    def __iter__(self) -> Iterator[Row]:
        ids = self.ledger.rows("SELECT id FROM arrivals ORDER BY arrived_at, id")
        return arrivals_in(self.ledger, [int(row["id"]) for row in ids])


def unattributed(ledger: Ledger) -> list[Row]:
    """Mails with material whose unit only a person can tell."""
    return list(
        ledger.rows(
            "SELECT * FROM arrivals WHERE unit IS NULL AND held_json != '[]'"
            " AND duplicate_of IS NULL AND (no_answer_reason IS NULL OR no_answer_reason"
            " NOT IN ('nothing_to_answer', 'heard_lately', 'left_unanswered')) ORDER BY id"
        )
    )


def open_questions(ledger: Ledger) -> list[Row]:
    """Mails that brought nothing and asked nothing we know, or came soon after our last reply."""
    return list(
        ledger.rows(
            "SELECT * FROM arrivals WHERE no_answer_reason IN ('nothing_to_answer',"
            " 'heard_lately') AND duplicate_of IS NULL ORDER BY id"
        )
    )


def withdrawing(ledger: Ledger) -> list[Row]:
    """Mails by which a sender took something back, or wanted to."""
    return list(
        ledger.rows(
            "SELECT * FROM arrivals WHERE held_json LIKE '%\"withdrawal\"%'"
            " AND duplicate_of IS NULL AND coalesce(no_answer_reason, '') != 'left_unanswered'"
            " ORDER BY id"
        )
    )


def quarantined(ledger: Ledger) -> list[Row]:
    """Mails set aside after repeated failures."""
    return list(ledger.rows("SELECT * FROM arrivals WHERE state = 'quarantined' ORDER BY id"))


def gone(ledger: Ledger) -> list[Row]:
    """Mails that the server had and has no more, before they could be fetched."""
    return list(ledger.rows("SELECT * FROM arrivals WHERE state = 'gone' ORDER BY id"))


def not_addressed_to_us(ledger: Ledger) -> list[Row]:
    """Mails taken in without an answer because our address stands in none of their headers."""
    return list(
        ledger.rows(
            "SELECT * FROM arrivals WHERE no_answer_reason = 'not_addressed_to_us' ORDER BY id"
        )
    )


def with_held_files(ledger: Ledger) -> list[Row]:
    """Mails of units, in order of time, with a file that only a person can judge."""
    return list(
        ledger.rows(
            "SELECT * FROM arrivals WHERE id IN (SELECT arrival FROM files WHERE verdict = 'held')"
            " AND unit IS NOT NULL AND counts = 1 AND duplicate_of IS NULL ORDER BY arrived_at, id"
        )
    )


def accepted_photos(ledger: Ledger) -> list[Row]:
    """Every accepted photo of every dossier, oldest first, with unit and time of arrival.

    Rejected ones are left out: a unit that is asked for a larger picture sends the same again.
    """
    return list(
        ledger.rows(
            "SELECT arrivals.unit, arrivals.arrived_at, files.name, files.sha256, files.arrival,"
            " files.phash, files.taken_at FROM files JOIN arrivals ON arrivals.id = files.arrival"
            " WHERE files.kind = 'photo' AND files.verdict = 'accepted' AND arrivals.counts = 1"
            " ORDER BY files.id"
        )
    )


def answerable(ledger: Ledger, unit: str) -> list[Row]:
    """The unit's arrivals that may be answered, newest first."""
    return list(
        ledger.rows(
            "SELECT * FROM arrivals WHERE unit = ? AND counts = 1 AND duplicate_of IS NULL"
            " AND no_answer_reason IS NULL AND sender_address != ''"
            " ORDER BY arrived_at DESC, id DESC",
            (unit,),
        )
    )


def states(ledger: Ledger) -> dict[str, int]:
    """How many arrivals are in which state."""
    return tally(ledger, "arrivals")


def how_many(ledger: Ledger) -> int:
    """All arrivals there ever were."""
    return sum(states(ledger).values())
