"""Spot checks (抽查): a stratified draw that anyone can repeat from its seed, and its folders.

Within a group the units are put in the order of SHA-256(seed, newline, unit) and the first are
taken. That needs no random generator of any language or version: a pencil and sha256sum do.
"""

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from mailbot.campaign.types import Campaign
from mailbot.errors import NotFoundError
from mailbot.language import in_its_language, say
from mailbot.ledger import spotchecks
from mailbot.ledger.spotchecks import DrawnUnit
from mailbot.ledger.store import Ledger
from mailbot.report.board import read_board
from mailbot.report.spotcheck.check_sheet import SHEET_NAME, check_sheet
from mailbot.report.spotcheck.unit_archive import (
    Entry,
    collect,
    safe_folder,
    write_folder,
    write_zip,
)
from mailbot.wording.office import unit_of

_OTHER_GROUP = "其他"  # units without a group in units.csv


@dataclass(frozen=True, slots=True)
class Drawn:
    """One recorded draw."""

    number: int
    seed: str
    units: tuple[DrawnUnit, ...]
    again: bool = False  # it stood on record already, and nothing was drawn


def draw_units(
    population: Mapping[str, Sequence[str]], size: int, always: Sequence[str], seed: str
) -> tuple[DrawnUnit, ...]:
    """`size` units, those of `always` first and counted; fewer only where there are fewer. Pure.

    The places left go to the groups in proportion to the units left in them (largest
    remainder; of equal ones the larger, then the earlier group), and each group gets one as
    long as there are places.
    """
    groups = {unit: group for group, units in population.items() for unit in units}
    fixed = [DrawnUnit(unit, groups[unit], always=True) for unit in dict.fromkeys(always)]
    rest = {
        group: [unit for unit in units if unit not in always] for group, units in population.items()
    }
    places = _share_out({group: len(units) for group, units in rest.items()}, size - len(fixed))
    lots = [
        DrawnUnit(unit, group, always=False)
        for group, units in rest.items()
        for unit in sorted(units, key=lambda unit: lot(seed, unit))[: places[group]]
    ]
    return (*fixed, *lots)


def lot(seed: str, unit: str) -> str:
    """The unit's lot: the lowest of a group are drawn."""
    return hashlib.sha256(f"{seed}\n{unit}".encode()).hexdigest()


def _share_out(sizes: Mapping[str, int], places: int) -> dict[str, int]:
    """Places a group, never more than it has units.

    In proportion; where there are as many places as groups, none is left without one.
    """
    whole = sum(sizes.values())
    places = max(0, min(places, whole))
    order = sorted(sizes, key=lambda group: -sizes[group])
    exact = {group: places * size / whole if whole else 0 for group, size in sizes.items()}
    shares = {group: int(exact[group]) for group in sizes}
    for group in order:  # one place for a group that proportion would leave out
        if sizes[group] and not shares[group] and sum(shares.values()) < places:
            shares[group] = 1
    left_out = [group for group in order if sizes[group] and not shares[group]]
    if places >= sum(size > 0 for size in sizes.values()):
        for group in left_out:  # proportion has given every place away: the largest gives one up
            giver = max(
                (one for one in order if shares[one] > 1),
                key=lambda one: shares[one] - exact[one],
            )
            shares[giver] -= 1
            shares[group] = 1
    while sum(shares.values()) < places:
        open_groups = [group for group in order if shares[group] < sizes[group]]
        shares[max(open_groups, key=lambda group: exact[group] - shares[group])] += 1
    return shares


@in_its_language
def draw(
    ledger: Ledger,
    campaign: Campaign,
    now: datetime,
    *,
    size: int,
    groups: Sequence[str] = (),
    always: Sequence[str] = (),
    seed: str = "",
) -> Drawn:
    """Draw and record in one transaction, among the expected units and those that sent anything.

    `groups`: only these. Without a `seed` a fresh one is made; with one that was used before,
    for as many units of the same groups, the draw is the one on record: whoever repeats it to
    show that it was fair makes no second one. NotFoundError for an unknown group or unit.
    """
    given = seed
    seed = seed or secrets.token_hex(8)
    included = tuple(dict.fromkeys(unit_of(campaign, name).unit for name in always))
    population = _population(ledger, campaign, groups, included, now)
    if given:
        for earlier in spotchecks.draws(ledger):
            if (earlier.seed, earlier.size, earlier.always) == (seed, size, included) and set(
                earlier.population
            ) == set(population):
                return Drawn(earlier.id, seed, earlier.units, again=True)
    units = draw_units(population, max(size, len(included)), included, seed)
    with ledger.transaction():
        number = spotchecks.record_draw(
            ledger,
            seed=seed,
            size=size,
            always=included,
            population=population,
            units=units,
            now=now,
        )
    return Drawn(number, seed, units)


def _population(
    ledger: Ledger,
    campaign: Campaign,
    groups: Sequence[str],
    always: Iterable[str],
    now: datetime,
) -> dict[str, list[str]]:
    known = {unit.group or say(_OTHER_GROUP) for unit in campaign.units}
    for group in groups:
        if group not in known:
            raise NotFoundError(f"no group {group}; there are: {', '.join(sorted(known))}")
    population: dict[str, list[str]] = {}
    asked = {dossier.unit for dossier in read_board(ledger, campaign, now)}
    for unit in campaign.units:
        group = unit.group or say(_OTHER_GROUP)
        wanted = unit.unit in asked and (not groups or group in groups)
        if wanted or unit.unit in always:
            population.setdefault(group, []).append(unit.unit)
    return population


@in_its_language
def write_draw(
    ledger: Ledger,
    campaign: Campaign,
    data: Path,
    drawn: Drawn,
    folder: Path,
    now: datetime,
    *,
    zipped: bool = False,
) -> list[Path]:
    """A folder (or zip) for every drawn unit under `folder`, with its check sheet; what was
    written. SettingsError where it cannot be."""
    local, written = now.astimezone(campaign.zone), []
    for place, unit in enumerate(drawn.units, 1):
        archive = collect(ledger, campaign, data, unit.unit, now)
        sheet = check_sheet(campaign, archive.dossier, unit, drawn.number, drawn.seed, local)
        entries = [Entry(say(SHEET_NAME), sheet), *archive.entries]
        path = folder / safe_folder(f"{place:02d} {unit.unit}")
        if zipped:
            folder.mkdir(parents=True, exist_ok=True)
            path = path.with_name(f"{path.name}.zip")
            inside = safe_folder(unit.unit)
            write_zip((replace(one, path=f"{inside}/{one.path}") for one in entries), path, local)
        else:
            write_folder(entries, path)
        written.append(path)
    return written
