"""The campaign's units as they are in force: units.csv, and what was added by command.

The folder goes before the ledger: what units.csv came to say later about a name or an address
makes the addition void.
"""

from collections.abc import Iterable
from typing import Literal

from mailbot.campaign.types import Campaign, Unit
from mailbot.ledger.store import Ledger

OverlayKind = Literal["unit", "alias", "address"]


def campaign_in_force(ledger: Ledger, campaign: Campaign) -> Campaign:
    """The campaign with the additions of the ledger; the same object where there are none.

    Merging twice changes nothing.
    """
    if not ledger.row("SELECT 1 FROM sqlite_master WHERE name = 'unit_overlay'"):
        return campaign  # opened to read, and older than this table
    units = {unit.unit: unit for unit in campaign.units}
    changed = False
    for row in ledger.rows("SELECT * FROM unit_overlay ORDER BY id"):
        name, value = row["unit"], row["value"]
        if row["kind"] == "unit":
            if owner_of_name(units.values(), name) is None:
                units[name] = Unit(
                    unit=name, group=row["unit_group"], expected=bool(row["expected"])
                )
                changed = True
            continue
        unit = units.get(name)
        if unit is None:
            continue
        if row["kind"] == "alias" and owner_of_name(units.values(), value) is None:
            units[name] = unit.model_copy(update={"aliases": (*unit.aliases, value)})
            changed = True
        if row["kind"] == "address" and owner_of_address(units.values(), value) is None:
            units[name] = unit.model_copy(update={"addresses": (*unit.addresses, value)})
            changed = True
    return campaign.model_copy(update={"units": tuple(units.values())}) if changed else campaign


def add_overlay(
    ledger: Ledger,
    kind: OverlayKind,
    unit: str,
    value: str,
    *,
    group: str = "",
    expected: bool = True,
) -> None:
    """Add a unit, another name of one, or an address; what is there already stays."""
    ledger.execute(
        "INSERT INTO unit_overlay (kind, unit, value, unit_group, expected)"
        " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET unit = excluded.unit",
        (kind, unit, value, group, expected),
    )


def owner_of_name(units: Iterable[Unit], name: str) -> str | None:
    """The unit that is written like this."""
    return next((one.unit for one in units if name == one.unit or name in one.aliases), None)


def owner_of_address(units: Iterable[Unit], address: str) -> str | None:
    """The unit that lists this address."""
    return next((one.unit for one in units if address in one.addresses), None)
