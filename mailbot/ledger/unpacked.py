"""What was unpacked of each arrival: by it a day's quota of an address is counted."""

from datetime import datetime

from mailbot.ledger.store import Ledger, stamp


def record_unpacked(
    ledger: Ledger,
    arrival: int,
    address: str,
    octets: int,
    files: int,
    now: datetime,
    *,
    proven: bool,
) -> None:
    """One try of one arrival stored so much beside its attachments. `proven`: its sender is who
    he says; what others send under his name is counted apart."""
    ledger.execute(
        "INSERT INTO unpacked (arrival, address, proven, octets, files, at)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (arrival, address, proven, octets, files, stamp(now)),
    )


def unpacked_since(
    ledger: Ledger, address: str, since: datetime, *, proven: bool
) -> tuple[int, int]:
    """Octets and files that were unpacked of an address's mails since then."""
    (row,) = ledger.rows(
        "SELECT coalesce(sum(octets), 0) AS octets, coalesce(sum(files), 0) AS files"
        " FROM unpacked WHERE address = ? AND proven = ? AND at >= ?",
        (address, proven, stamp(since)),
    )
    return int(row["octets"]), int(row["files"])
