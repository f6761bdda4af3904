"""Units, addresses and dossiers: the rows that say who speaks for whom, and what came of it."""

from collections.abc import Collection, Mapping
from datetime import datetime

from mailbot.entries import AddressRecord, AddressStatus, Brought
from mailbot.ledger.arrivals import files_of, links_of
from mailbot.ledger.columns import dossier_json
from mailbot.ledger.standings import forget_standing, record_standing
from mailbot.ledger.store import Ledger, Row, moment, stamp
from mailbot.ledger.withdrawals import withdrawn_of
from mailbot.model import Dossier, Verdict


def bound_address(ledger: Ledger, address: str) -> AddressRecord:
    """What is on record of an address, whatever units.csv says."""
    row = ledger.row("SELECT unit, status FROM addresses WHERE address = ?", (address,))
    return AddressRecord() if row is None else AddressRecord(row["status"], row["unit"])


def addresses_bound_to(ledger: Ledger, unit: str) -> dict[str, AddressStatus]:
    """The addresses on record for a unit, oldest first."""
    rows = ledger.rows(
        "SELECT address, status FROM addresses WHERE unit = ? ORDER BY since", (unit,)
    )
    return {row["address"]: row["status"] for row in rows}


def bind(ledger: Ledger, address: str, unit: str, *, arrival: int, now: datetime) -> None:
    """The address speaks for the unit for the time being, by the word of this arrival."""
    ledger.execute(
        "INSERT INTO addresses VALUES (?, ?, 'provisional', ?, ?)",
        (address, unit, stamp(now), arrival),
    )


def unnamed_arrivals(ledger: Ledger, address: str) -> list[int]:
    """Earlier mails of this address that named no unit at all (not those that contradict)."""
    rows = ledger.rows(
        "SELECT id FROM arrivals WHERE unit IS NULL AND sender_address = ?"
        " AND held_json = '[\"unknown_unit\"]' AND duplicate_of IS NULL AND counts = 0"
        " AND (no_answer_reason IS NULL OR reply IS NOT NULL"
        " OR no_answer_reason IN ('nothing_to_answer', 'heard_lately')) ORDER BY id",
        (address,),
    )
    return [int(row["id"]) for row in rows]


def brought_for(ledger: Ledger, unit: str) -> list[Brought]:
    """Everything that counts for this unit's dossier, oldest first."""
    rows = ledger.rows(
        "SELECT id, arrived_at, sender_address, sender_doubt, judged_json, links_json"
        " FROM arrivals"
        " WHERE unit = ? AND counts = 1 AND duplicate_of IS NULL ORDER BY arrived_at, id",
        (unit,),
    )
    return [_brought(ledger, row) for row in rows]


def brought_by(ledger: Ledger, arrivals: Collection[int]) -> list[Brought]:
    """What these arrivals brought, whosesoever they are."""
    rows = (
        ledger.row(
            "SELECT id, arrived_at, sender_address, sender_doubt, judged_json, links_json"
            " FROM arrivals WHERE id = ?",
            (arrival,),
        )
        for arrival in arrivals
    )
    return [_brought(ledger, row) for row in rows if row is not None]


def _brought(ledger: Ledger, row: Row) -> Brought:
    return Brought(
        arrival=int(row["id"]),
        arrived_at=moment(row["arrived_at"]),
        address=row["sender_address"] or "",
        sender_doubt=row["sender_doubt"] or "",
        files=files_of(row),
        links=links_of(row),
        withdrawn=withdrawn_of(ledger, int(row["id"])),
    )


def forget(ledger: Ledger, unit: str) -> None:
    """Nothing came for this unit: it has no dossier."""
    ledger.execute("DELETE FROM dossiers WHERE unit = ?", (unit,))
    forget_standing(ledger, unit)


def store_dossier(ledger: Ledger, dossier: Dossier, now: datetime) -> None:
    """The unit's dossier as judged now, in place of the one there was."""
    ledger.execute(
        "INSERT INTO dossiers (unit, state, dossier_json, updated_at, doubtful)"
        " VALUES (?, ?, ?, ?, ?) ON CONFLICT(unit) DO UPDATE SET"
        " state = excluded.state, dossier_json = excluded.dossier_json,"
        " updated_at = excluded.updated_at, doubtful = excluded.doubtful",
        (
            dossier.unit,
            dossier.state,
            dossier_json.dump_json(dossier).decode(),
            stamp(now),
            any(
                file.shown_only or file.judged.verdict is Verdict.HELD
                for slot in dossier.slots.values()
                for file in slot.files
            ),
        ),
    )
    record_standing(ledger, dossier)


def stored_dossiers(ledger: Ledger) -> dict[str, Dossier]:
    """Every dossier as last judged, by unit."""
    return {
        row["unit"]: dossier_json.validate_json(row["dossier_json"])
        for row in ledger.rows("SELECT unit, dossier_json FROM dossiers ORDER BY unit")
    }


def stored_dossier(ledger: Ledger, unit: str) -> Dossier | None:
    """The unit's dossier as last judged; None where it was never."""
    row = ledger.row("SELECT dossier_json FROM dossiers WHERE unit = ?", (unit,))
    return dossier_json.validate_json(row["dossier_json"]) if row else None


def with_doubts(ledger: Ledger) -> dict[str, Dossier]:
    """The dossiers in which a file waits for a person, by unit, and of every unit that sent a file
    which only a person can judge (whether it was settled stands there) or for which a mail came
    that the server found forged."""
    return {
        row["unit"]: dossier_json.validate_json(row["dossier_json"])
        for row in ledger.rows(
            "SELECT unit, dossier_json FROM dossiers WHERE doubtful = 1 OR unit IN"
            " (SELECT unit FROM arrivals WHERE id IN"
            " (SELECT arrival FROM files WHERE verdict = 'held')) OR unit IN"
            " (SELECT unit FROM arrivals WHERE sender_doubt = 'failed') ORDER BY unit"
        )
    }


def mark_bounced(ledger: Ledger, address: str, *, arrival: int | None, evidence: str) -> None:
    """Our reply to this address came back for good: stop writing to it."""
    ledger.execute(
        "INSERT INTO bounced VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        (address.lower(), arrival, evidence[:500]),
    )


def is_bounced(ledger: Ledger, address: str) -> bool:
    """Whether this address refused our reply for good."""
    return ledger.row("SELECT 1 FROM bounced WHERE address = ?", (address,)) is not None


def provisional_addresses(ledger: Ledger) -> Mapping[str, str]:
    """Addresses bound by what they said of themselves, for a person to confirm."""
    rows = ledger.rows(
        "SELECT address, unit FROM addresses WHERE status = 'provisional' ORDER BY since"
    )
    return {row["address"]: row["unit"] for row in rows}


def self_named(ledger: Ledger) -> list[Row]:
    """Each address (`sender_address`) whose mails count for a `unit` by their own word alone: it
    is not bound to it, and no person gave the mail to it; the `mails` (JSON), and the `newest`."""
    return list(
        ledger.rows(
            "SELECT unit, sender_address, max(id) AS newest, json_group_array(id) AS mails"
            " FROM arrivals"
            " WHERE counts = 1 AND duplicate_of IS NULL AND sender_doubt != 'failed'"
            " AND unit_source != 'assigned' AND NOT EXISTS (SELECT 1 FROM addresses"
            " WHERE address = sender_address AND addresses.unit = arrivals.unit)"
            " GROUP BY unit, sender_address ORDER BY min(id)"
        )
    )


def senders_for(ledger: Ledger, unit: str) -> list[Row]:
    """Who sent each mail that names this unit (`id`, `sender_address`), what our server says
    against him (`sender_doubt`) and whether a person gave it to the unit (`unit_source`)."""
    return list(
        ledger.rows(
            "SELECT id, sender_address, sender_doubt, unit_source FROM arrivals WHERE unit = ?",
            (unit,),
        )
    )


def confirm_address(ledger: Ledger, address: str) -> str | None:
    """A provisional address speaks for its unit from now on; that unit, None where it is none."""
    row = ledger.row(
        "SELECT unit FROM addresses WHERE address = ? AND status = 'provisional'", (address,)
    )
    if row is None:
        return None
    ledger.execute("UPDATE addresses SET status = 'confirmed' WHERE address = ?", (address,))
    return str(row["unit"])


def forget_bounce(ledger: Ledger, address: str) -> None:
    """A person wants to write to this address again."""
    ledger.execute("DELETE FROM bounced WHERE address = ?", (address.lower(),))
