"""Reading and renewing what is on record of units and addresses."""

from collections.abc import Iterable
from datetime import datetime

from mailbot.campaign.types import Campaign, Unit
from mailbot.entries import AddressRecord, AddressStatus, UnitOnRecord
from mailbot.judgement.dossier import judge_dossier
from mailbot.judgement.whose.address import contributions_of, may_bind, whose_address
from mailbot.ledger import decisions, dossiers, replies
from mailbot.ledger.store import Ledger
from mailbot.model import Dossier


def address_record(ledger: Ledger, campaign: Campaign, address: str) -> AddressRecord:
    """Whose address it is, by units.csv and by the ledger."""
    return whose_address(address, campaign.units, dossiers.bound_address(ledger, address))


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
        addresses=_records(ledger, campaign, (one.address for one in brought)),
        is_bound=bool(dossiers.addresses_bound_to(ledger, unit)),
        unnamed=tuple(dossiers.brought_by(ledger, unnamed)),
        unanswered=frozenset(replies.unanswered(ledger, unnamed)),
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
