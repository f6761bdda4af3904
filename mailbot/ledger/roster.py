"""What was added by command to the units of the campaign: rows."""

from mailbot.campaign.roster import Addition
from mailbot.ledger.store import Ledger


def additions(ledger: Ledger) -> list[Addition]:
    """All that was added, in the order it was."""
    if not ledger.row("SELECT 1 FROM sqlite_master WHERE name = 'unit_overlay'"):
        return []  # opened to read, and older than this table
    return [
        Addition(
            kind=row["kind"],
            unit=row["unit"],
            value=row["value"],
            group=row["unit_group"],
            expected=bool(row["expected"]),
        )
        for row in ledger.rows("SELECT * FROM unit_overlay ORDER BY id")
    ]


def add(ledger: Ledger, addition: Addition) -> None:
    """One more; what is there already stays."""
    ledger.execute(
        "INSERT INTO unit_overlay (kind, unit, value, unit_group, expected)"
        " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET unit = excluded.unit",
        (addition.kind, addition.unit, addition.value, addition.group, addition.expected),
    )
