"""Decisions about who is who: `confirm`, `unit add`, `unit alias`, `unit address`."""

import re
from dataclasses import replace

from mailbot.campaign.roster import Addition, owner_of_name
from mailbot.deciding.desk import Desk, Outcome, audited_dossier
from mailbot.dossiers.on_record import address_record
from mailbot.dossiers.roster import campaign_in_force
from mailbot.errors import NotFoundError, SettingsError
from mailbot.judgement.whose.names import UnitNames
from mailbot.ledger import arrivals, dossiers, roster

_ADDRESS = re.compile(r"[^@\s<>,;\x00-\x1f]+@[^@\s<>,;\x00-\x1f]+")


def confirm(desk: Desk, address: str, reason: str = "") -> Outcome:
    """A provisional address speaks for its unit from now on. So does an address that belongs to
    nobody, if all its mails that count name the same unit.

    NotFoundError when the address is neither of these nor confirmed already.
    """
    address = address.strip().lower()
    record = address_record(desk.ledger, desk.campaign, address)
    if record.status in ("listed", "confirmed"):
        return Outcome("confirm", address, changed=False)
    named = [row for row in dossiers.self_named(desk.ledger) if row["sender_address"] == address]
    unit = record.unit or (named[0]["unit"] if len(named) == 1 else None)
    if unit is None:
        raise NotFoundError(f"{address} is bound to no unit (mailbot unit address UNIT {address})")
    with desk.decision("confirm", address, reason) as change:
        before = desk.dossier(unit)
        if record.unit is None:
            dossiers.bind(desk.ledger, address, unit, arrival=int(named[0]["newest"]), now=desk.now)
        dossiers.confirm_address(desk.ledger, address)
        after, change.replied = desk.follow_up(unit, before)
        change.before = {"status": record.status, "unit": record.unit, **audited_dossier(before)}
        change.after = {"status": "confirmed", "unit": unit, **audited_dossier(after)}
    return Outcome("confirm", address, replied=change.replied)


def add_unit(
    desk: Desk, name: str, *, group: str = "", expected: bool = True, reason: str = ""
) -> Outcome:
    """A further unit reports. SettingsError when the name is taken or could mean another."""
    name = name.strip()
    if owner_of_name(desk.campaign.units, name) == name:
        return Outcome("unit add", name, changed=False)
    _refuse_ambiguous(desk, name, None)
    with desk.decision("unit add", name, reason) as change:
        roster.add(desk.ledger, Addition("unit", name, name, group, expected))
        change.before = {"unit": None}
        change.after = {"unit": name, "group": group, "expected": expected}
    return Outcome("unit add", name)


def add_alias(desk: Desk, unit_name: str, alias: str, reason: str = "") -> Outcome:
    """The unit is also written like this. SettingsError when that is, or could mean, another."""
    unit, alias = desk.unit(unit_name).unit, alias.strip()
    subject = f"{unit} {alias}"
    if owner_of_name(desk.campaign.units, alias) == unit:
        return Outcome("unit alias", subject, changed=False)
    _refuse_ambiguous(desk, alias, unit)
    with desk.decision("unit alias", subject, reason) as change:
        roster.add(desk.ledger, Addition("alias", unit, alias))
        change.before, change.after = {"alias": None}, {"unit": unit, "alias": alias}
    return Outcome("unit alias", subject)


def add_address(desk: Desk, unit_name: str, address: str, reason: str = "") -> Outcome:
    """The address speaks for the unit, as if units.csv listed it. SettingsError when it is no
    address, or another unit's. Mails of it that named no unit come to this one."""
    unit, address = desk.unit(unit_name).unit, address.strip().lower()
    if not _ADDRESS.fullmatch(address):
        raise SettingsError(f"{address!r} is no address")
    subject = f"{unit} {address}"
    record = address_record(desk.ledger, desk.campaign, address)
    if record.status == "listed" and record.unit == unit:
        return Outcome("unit address", subject, changed=False)
    if record.status in ("listed", "confirmed") and record.unit != unit:
        raise SettingsError(f"{address} is {record.unit}'s")
    with desk.decision("unit address", subject, reason) as change:
        before = desk.dossier(unit)
        roster.add(desk.ledger, Addition("address", unit, address))
        now_in_force = campaign_in_force(desk.ledger, desk.campaign)
        renewed = replace(desk, campaign=now_in_force)
        taken = dossiers.unnamed_arrivals(desk.ledger, address)
        for arrival in taken:
            arrivals.assign_unit(desk.ledger, arrival, unit, "address_bound_later")
        after, change.replied = renewed.follow_up(unit, before)
        change.before = {"unit": record.unit, "status": record.status, **audited_dossier(before)}
        change.after = {
            "unit": unit,
            "status": "listed",
            "arrivals": taken,
            **audited_dossier(after),
        }
    return Outcome("unit address", subject, replied=change.replied)


def _refuse_ambiguous(desk: Desk, name: str, unit: str | None) -> None:
    """A name must be one unit's, and no more than a part of none."""
    if not name or any(char.isspace() or char in "、;；|,，" for char in name):
        raise SettingsError(f"{name!r} is no name of a unit")
    owner = owner_of_name(desk.campaign.units, name)
    if owner is not None:
        raise SettingsError(f"{name} is a name of {owner}")
    match = UnitNames(desk.campaign).match_name(name)
    if match is not None and not match.sub_unit and match.unit != unit:
        raise SettingsError(f"{name} is already read as {match.unit or 'several units'}")
