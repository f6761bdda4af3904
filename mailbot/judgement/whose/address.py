"""Whose address is it, and what may what comes from it do? CONTRACT, Decisions, Address."""

from collections.abc import Iterable, Mapping, Sequence

from mailbot.campaign.types import Unit
from mailbot.entries import AddressRecord, Brought
from mailbot.judgement.slots import Contribution, Standing


def whose_address(address: str, units: Sequence[Unit], bound: AddressRecord) -> AddressRecord:
    """What units.csv and the ledger say of an address; units.csv goes first.

    `bound`: what the ledger alone has on record.
    """
    if not address:
        return AddressRecord()
    owner = next((one.unit for one in units if address in one.addresses), None)
    return bound if owner is None else AddressRecord("listed", owner)


def may_bind(
    address: str, unit: str, units: Sequence[Unit], bound: AddressRecord, *, unit_is_bound: bool
) -> bool:
    """Whether `address` is bound provisionally to `unit`, which its mail names.

    "bound provisionally to the unit it names when no other address is". An address that units.csv
    lists is its unit's, also where one of its mails was assigned to another: bound, it would be
    nobody's to confirm and keep that unit's own out. `unit_is_bound`: the ledger has an address
    of the unit.
    """
    if not address or unit_is_bound or whose_address(address, units, bound).unit is not None:
        return False
    return not any(one.unit == unit and one.addresses for one in units)


def contributions_of(
    unit: str, brought: Iterable[Brought], addresses: Mapping[str, AddressRecord]
) -> list[Contribution]:
    """What each arrival may do to the dossier of `unit`, by the address it came from.

    Anyone can write a unit's address into From: without a check that he passed he fills what is
    empty like a stranger, and replaces nothing (mail facts, Whose mail is it).
    """
    return [
        Contribution(
            arrival=one.arrival,
            arrived_at=one.arrived_at,
            address=one.address,
            standing=_standing(one, unit, addresses.get(one.address, AddressRecord())),
            files=one.files,
            links=one.links,
            withdrawn=one.withdrawn,
        )
        for one in brought
    ]


def speaks_for(unit: str, record: AddressRecord, *, doubt: str, assigned: bool) -> bool:
    """Whether a mail under this address may be taken as the unit's own word.

    Its address is listed or confirmed for the unit and our server did not find it forged, or a
    person gave this mail to the unit (`assigned`). Who speaks for it for the time being may be
    anyone. A server that states nothing (`doubt` "missing") does so for every mail of many units:
    their words are their own.
    """
    if assigned:
        return True
    is_own = record.unit == unit and record.status in ("listed", "confirmed")
    return is_own and doubt != "failed"


def _standing(brought: Brought, unit: str, record: AddressRecord) -> Standing:
    if record.unit != unit or brought.sender_doubt:
        return Standing.OTHER
    return Standing.PROVISIONAL if record.status == "provisional" else Standing.OWN
