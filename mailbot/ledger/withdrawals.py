"""What senders took back: rows by the mail that brought it and the mail that withdrew it."""

import json
from collections.abc import Collection
from datetime import datetime

from mailbot.ledger.store import Ledger, moment, stamp


def record_withdrawn(
    ledger: Ledger, arrival: int, by_arrival: int, keys: Collection[str], now: datetime
) -> None:
    """`by_arrival` takes back these things (SHA-256 or URL) that `arrival` brought."""
    for key in keys:
        ledger.execute(
            "INSERT INTO withdrawals (arrival, by_arrival, key, since) VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO NOTHING",
            (arrival, by_arrival, key, stamp(now)),
        )


def withdrawn_of(ledger: Ledger, arrival: int) -> dict[str, datetime]:
    """What of this arrival was taken back, and since when."""
    rows = ledger.rows(
        "SELECT key, min(since) AS since FROM withdrawals WHERE arrival = ? GROUP BY key",
        (arrival,),
    )
    return {row["key"]: moment(row["since"]) for row in rows}


def withdrawals_by(ledger: Ledger, by_arrival: int) -> dict[int, int]:
    """How many things of which arrivals this mail took back."""
    rows = ledger.rows(
        "SELECT arrival, count(*) AS number FROM withdrawals WHERE by_arrival = ?"
        " GROUP BY arrival ORDER BY arrival",
        (by_arrival,),
    )
    return {int(row["arrival"]): int(row["number"]) for row in rows}


def withdrawing(ledger: Ledger, arrivals: Collection[int]) -> dict[tuple[int, str], int]:
    """By which mail each thing (arrival and key) of these arrivals was taken back first."""
    rows = ledger.rows(
        "SELECT arrival, key, min(by_arrival) AS number FROM withdrawals"
        " WHERE arrival IN (SELECT value FROM json_each(?)) GROUP BY arrival, key",
        (json.dumps(list(arrivals)),),
    )
    return {(int(row["arrival"]), row["key"]): int(row["number"]) for row in rows}
