"""Reading and renewing what is on record of units and addresses."""

from collections.abc import Iterable
from datetime import datetime
from email import message_from_bytes
from hashlib import sha256

from mailbot.campaign.types import Campaign, Unit
from mailbot.entries import AddressRecord, AddressStatus, Correspondence, UnitOnRecord
from mailbot.judgement.dossier import judge_dossier
from mailbot.judgement.whose.address import (
    contributions_of,
    may_bind,
    speaks_for,
    whose_address,
)
from mailbot.ledger import arrivals, correspondence, decisions, dossiers, replies
from mailbot.ledger.store import Ledger, Row, moment
from mailbot.model import BODY_NAME, Dossier, Kind


def address_record(ledger: Ledger, campaign: Campaign, address: str) -> AddressRecord:
    """Whose address it is, by units.csv and by the ledger."""
    return whose_address(address, campaign.units, dossiers.bound_address(ledger, address))


def not_its_own(ledger: Ledger, campaign: Campaign, unit: str) -> frozenset[int]:
    """The mails for this unit that are not known to be its own word (`speaks_for`)."""
    rows = dossiers.senders_for(ledger, unit)
    records = _records(ledger, campaign, (row["sender_address"] or "" for row in rows))
    return frozenset(
        int(row["id"])
        for row in rows
        if not speaks_for(
            unit,
            records[row["sender_address"] or ""],
            doubt=row["sender_doubt"],
            assigned=row["unit_source"] == "assigned",
        )
    )


def hears_as(ledger: Ledger, campaign: Campaign, unit: str, address: str) -> int:
    """Before whom an address hears of the unit as a whole, the least first: those that units.csv
    or a person gave to it, who speaks for it for the time being, and whoever named it."""
    record = address_record(ledger, campaign, address)
    standing = record.status if record.unit == unit else ""
    return {"listed": 0, "confirmed": 0, "provisional": 1, "": 2}[standing]


def unit_on_record(
    ledger: Ledger, campaign: Campaign, unit: str, address: str = ""
) -> UnitOnRecord:
    """Everything that counts for a unit, and what `address` sent that named none."""
    brought = dossiers.brought_for(ledger, unit)
    unnamed = dossiers.unnamed_arrivals(ledger, address) if address else []
    return UnitOnRecord(
        unit=unit,
        brought=tuple(brought),
        rulings=tuple(decisions.rulings_of(ledger, unit)),
        corrections=tuple(decisions.corrections_of(ledger, unit)),
        addresses=_records(ledger, campaign, (one.address for one in brought)),
        is_bound=bool(dossiers.addresses_bound_to(ledger, unit)),
        unnamed=tuple(dossiers.brought_by(ledger, unnamed)),
        unanswered=frozenset(replies.unanswered(ledger, unnamed)),
    )


def correspondence_of(
    ledger: Ledger, address: str, since: datetime, *, forged: bool
) -> Correspondence:
    """What an address sent before, and what it heard from us since `since`.

    What we enclosed to it counts as seen. A reply is a courtesy where no mail it answers brought
    a file, a link or a text that counts. What answered mails that the server found forged was not
    heard by who did not write them; only a mail that is `forged` too counts it.
    """
    sent = arrivals.sent_by(ledger, address) if address else []
    answered = courtesy = None
    seen = {key for mail in sent if mail.was_answered for _, key in mail.contents}
    for reply in correspondence.replies_since(ledger, address, since) if address else ():
        rows = replies.arrivals_answered_by(ledger, reply["id"])
        if rows and not forged and all(row["sender_doubt"] == "failed" for row in rows):
            continue
        answered = moment(reply["composed_at"])
        seen |= _enclosed_in(reply["raw"])
        if rows and not any(_brought_something(row) for row in rows):
            courtesy = answered
    return Correspondence(
        sent=tuple(sent),
        seen=frozenset(seen),
        answered_at=answered,
        courtesy_at=courtesy,
    )


def _enclosed_in(raw: bytes) -> set[str]:
    """SHA-256 of the files that went out with a reply: sent back as they are, they are no news."""
    parts = message_from_bytes(raw).walk()
    payloads = (part.get_payload(decode=True) for part in parts if part.get_filename())
    return {sha256(one).hexdigest() for one in payloads if isinstance(one, bytes)}


def _brought_something(row: Row) -> bool:
    return bool(arrivals.links_of(row)) or any(
        one.slots or (one.name != BODY_NAME and one.kind is not Kind.OTHER)
        for top in arrivals.files_of(row)
        for one in top.walk()
    )


def _records(
    ledger: Ledger, campaign: Campaign, addresses: Iterable[str]
) -> dict[str, AddressRecord]:
    return {each: address_record(ledger, campaign, each) for each in set(addresses)}


def rejudge(ledger: Ledger, campaign: Campaign, unit: str, now: datetime) -> Dossier:
    """Judge the unit's dossier anew from the ledger and store it."""
    known, listed = unit_on_record(ledger, campaign, unit), campaign.unit_named(unit)
    dossier = judge_dossier(
        unit,
        bool(listed and listed.expected),
        contributions_of(unit, known.brought, known.addresses),
        campaign,
        now,
        known.rulings,
        known.corrections,
    )
    dossiers.store_dossier(ledger, dossier, now)
    return dossier


def bind_provisionally(
    ledger: Ledger, campaign: Campaign, address: str, unit: str, *, arrival: int, now: datetime
) -> bool:
    """Bind `address` to `unit` where nothing speaks against it; whether that happened."""
    bound = dossiers.bound_address(ledger, address)
    is_bound = bool(dossiers.addresses_bound_to(ledger, unit))
    if not may_bind(address, unit, campaign.units, bound, unit_is_bound=is_bound):
        return False
    dossiers.bind(ledger, address, unit, arrival=arrival, now=now)
    return True


def addresses_of(ledger: Ledger, unit: Unit) -> dict[str, AddressStatus]:
    """Every address that speaks for a unit, and how we know."""
    found: dict[str, AddressStatus] = dict.fromkeys(unit.addresses, "listed")
    for address, status in dossiers.addresses_bound_to(ledger, unit.unit).items():
        found.setdefault(address, status)
    return found
