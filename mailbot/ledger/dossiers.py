"""Units, addresses and dossiers: who may speak for whom, and what each unit has sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mailbot.campaign.types import Campaign, Unit
from mailbot.judgement.dossier import Contribution, Standing, judge_dossier
from mailbot.ledger.arrivals import files_of, links_of
from mailbot.ledger.decisions import rulings_of
from mailbot.ledger.store import Ledger, Row, dossier_json, moment, stamp
from mailbot.model import Dossier

AddressStatus = Literal["listed", "confirmed", "provisional", ""]


@dataclass(frozen=True, slots=True)
class AddressRecord:
    """Whose address it is, and how we know."""

    status: AddressStatus = ""
    unit: str | None = None


def address_record(ledger: Ledger, campaign: Campaign, address: str) -> AddressRecord:
    """What units.csv and the ledger say of an address; units.csv goes first."""
    if not address:
        return AddressRecord()
    for unit in campaign.units:
        if address in unit.addresses:
            return AddressRecord("listed", unit.unit)
    row = ledger.row("SELECT unit, status FROM addresses WHERE address = ?", (address,))
    return AddressRecord() if row is None else AddressRecord(row["status"], row["unit"])


def bind_provisionally(
    ledger: Ledger, campaign: Campaign, address: str, unit: str, *, arrival: int, now: datetime
) -> bool:
    """Bind `address` to `unit` when the unit has no address yet; whether that happened.

    CONTRACT, Decisions, Address: "bound provisionally to the unit it names when no other
    address is". An address that units.csv lists is its unit's, also where one of its mails was
    assigned to another: bound, it would be nobody's to confirm and keep that unit's own out.
    """
    listed = campaign.unit_named(unit)
    if not address or (listed and listed.addresses):
        return False
    if any(address in one.addresses for one in campaign.units):
        return False
    if ledger.row("SELECT 1 FROM addresses WHERE unit = ? OR address = ?", (unit, address)):
        return False
    ledger.execute(
        "INSERT INTO addresses VALUES (?, ?, 'provisional', ?, ?)",
        (address, unit, stamp(now), arrival),
    )
    return True


def unnamed_arrivals(ledger: Ledger, address: str) -> list[int]:
    """Earlier mails of this address that named no unit at all (not those that contradict)."""
    rows = ledger.rows(
        "SELECT id FROM arrivals WHERE unit IS NULL AND sender_address = ?"
        " AND held_json = '[\"unknown_unit\"]' AND duplicate_of IS NULL AND counts = 0"
        " AND (no_answer_reason IS NULL OR reply IS NOT NULL) ORDER BY id",
        (address,),
    )
    return [int(row["id"]) for row in rows]


def contributions_of(ledger: Ledger, campaign: Campaign, unit: str) -> list[Contribution]:
    """Everything that counts for this unit's dossier."""
    rows = ledger.rows(
        "SELECT id, arrived_at, sender_address, sender_doubt, judged_json, links_json"
        " FROM arrivals"
        " WHERE unit = ? AND counts = 1 AND duplicate_of IS NULL ORDER BY arrived_at, id",
        (unit,),
    )
    return [_contribution(ledger, campaign, unit, row) for row in rows]


def _contribution(ledger: Ledger, campaign: Campaign, unit: str, row: Row) -> Contribution:
    record = address_record(ledger, campaign, row["sender_address"] or "")
    standing = Standing.OTHER
    # Anyone can write a unit's address into From: without a check that he passed he fills what
    # is empty like a stranger, and replaces nothing (mail facts, Whose mail is it).
    if record.unit == unit and not row["sender_doubt"]:
        standing = Standing.PROVISIONAL if record.status == "provisional" else Standing.OWN
    return Contribution(
        arrival=int(row["id"]),
        arrived_at=moment(row["arrived_at"]),
        address=row["sender_address"] or "",
        standing=standing,
        files=files_of(row),
        links=links_of(row),
    )


def rejudge(ledger: Ledger, campaign: Campaign, unit: str, now: datetime) -> Dossier:
    """Judge the unit's dossier anew from the ledger and store it."""
    listed = campaign.unit_named(unit)
    dossier = judge_dossier(
        unit,
        bool(listed and listed.expected),
        contributions_of(ledger, campaign, unit),
        campaign,
        now,
        rulings_of(ledger, unit),
    )
    ledger.execute(
        "INSERT INTO dossiers VALUES (?, ?, ?, ?) ON CONFLICT(unit) DO UPDATE SET"
        " state = excluded.state, dossier_json = excluded.dossier_json,"
        " updated_at = excluded.updated_at",
        (unit, dossier.state, dossier_json.dump_json(dossier).decode(), stamp(now)),
    )
    return dossier


def stored_dossiers(ledger: Ledger) -> dict[str, Dossier]:
    """Every dossier as last judged, by unit."""
    return {
        row["unit"]: dossier_json.validate_json(row["dossier_json"])
        for row in ledger.rows("SELECT unit, dossier_json FROM dossiers ORDER BY unit")
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


def addresses_of(ledger: Ledger, unit: Unit) -> dict[str, AddressStatus]:
    """Every address that speaks for a unit, and how we know."""
    found: dict[str, AddressStatus] = dict.fromkeys(unit.addresses, "listed")
    for row in ledger.rows(
        "SELECT address, status FROM addresses WHERE unit = ? ORDER BY since", (unit.unit,)
    ):
        found.setdefault(row["address"], row["status"])
    return found


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
