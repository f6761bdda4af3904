"""The campaign's units as they are in force: units.csv, and what was added to it by command.

The folder goes before the additions: what units.csv came to say later about a name or an address
makes the addition void. Pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from mailbot.campaign.types import Campaign, Unit

AdditionKind = Literal["unit", "alias", "address"]


@dataclass(frozen=True, slots=True)
class Addition:
    """A further unit, another name of one, or an address that speaks for one."""

    kind: AdditionKind
    unit: str
    value: str
    group: str = ""
    expected: bool = True


def with_additions(campaign: Campaign, additions: Iterable[Addition]) -> Campaign:
    """The campaign with these, in the order they were made; the same object where none holds.

    Merging twice changes nothing.
    """
    units = {unit.unit: unit for unit in campaign.units}
    changed = False
    for one in additions:
        if one.kind == "unit":
            if owner_of_name(units.values(), one.unit) is None:
                units[one.unit] = Unit(unit=one.unit, group=one.group, expected=one.expected)
                changed = True
            continue
        unit = units.get(one.unit)
        if unit is None:
            continue
        if one.kind == "alias" and owner_of_name(units.values(), one.value) is None:
            units[one.unit] = unit.model_copy(update={"aliases": (*unit.aliases, one.value)})
            changed = True
        if one.kind == "address" and owner_of_address(units.values(), one.value) is None:
            units[one.unit] = unit.model_copy(update={"addresses": (*unit.addresses, one.value)})
            changed = True
    return campaign.model_copy(update={"units": tuple(units.values())}) if changed else campaign


def owner_of_name(units: Iterable[Unit], name: str) -> str | None:
    """The unit that is written like this."""
    return next((one.unit for one in units if name == one.unit or name in one.aliases), None)


def owner_of_address(units: Iterable[Unit], address: str) -> str | None:
    """The unit that lists this address."""
    return next((one.unit for one in units if address in one.addresses), None)
