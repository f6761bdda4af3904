"""The board in memory: where every unit stands, brought up to date by what changed since.

A campaign of thousands of units is read once; after that a page costs one statement and what it
shows. The figures are those of `status`: the same dossiers, the same judgement of punctuality.
"""

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailbot.campaign.types import Campaign, Unit
from mailbot.judgement.dossier import judge_punctuality
from mailbot.ledger.standings import Counts, Standing, standings_since
from mailbot.ledger.store import Ledger
from mailbot.model import DossierState, Punctuality, SlotVerdict

LATE = (
    Punctuality.LATE,
    Punctuality.SUPPLEMENTED_LATE,
    Punctuality.PARTIAL,
    Punctuality.NONE,
)
# The filters of the board, and their words.
FILTERS: Mapping[str, str] = {
    "": "全部",
    "missing": "缺",
    "rejected": "待补",
    "held": "待核",
    "late": "迟",
    "complete": "已齐",
}
SORTS: Mapping[str, str] = {
    "": "名册顺序",
    "open": "欠缺最多",
    "last": "最近来件",
    "name": "名称",
}
PAGE = 100
_NOTHING = Counts(0, 0)


@dataclass(frozen=True, slots=True)
class Cell:
    """One unit's material on the board."""

    label: str
    verdict: SlotVerdict
    waived: bool
    counting: int
    required: bool


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One unit on the board; a cell is None where the material is not asked of it."""

    unit: Unit
    state: DossierState
    punctuality: Punctuality
    cells: tuple[Cell | None, ...]
    first_arrival: datetime | None
    last_arrival: datetime | None

    @property
    def open(self) -> int:
        """How many required materials are not accepted."""
        return sum(
            cell is not None and cell.required and cell.verdict is not SlotVerdict.ACCEPTED
            for cell in self.cells
        )

    def has(self, *verdicts: SlotVerdict) -> bool:
        """Whether a required material stands like this."""
        return any(
            cell is not None and cell.required and cell.verdict in verdicts for cell in self.cells
        )


class Standings:
    """Kept by one console for one ledger. Safe to be asked by several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, Standing] = {}
        self._revision = 0

    def now(self, ledger: Ledger) -> Mapping[str, Standing]:
        """Where every unit stands that has a dossier; one statement."""
        with self._lock:
            changed, revision = standings_since(ledger, self._revision)
            if changed:  # who holds the former goes on with what he has
                self._known = self._known | changed
                self._revision = revision
            return self._known


def board_rows(
    campaign: Campaign, standings: Mapping[str, Standing], now: datetime
) -> list[BoardRow]:
    """Every expected unit and every unit with a dossier, in the order of units.csv."""
    return [
        _row(campaign, unit, standings.get(unit.unit), now)
        for unit in campaign.units
        if unit.expected or unit.unit in standings
    ]


def _row(campaign: Campaign, unit: Unit, standing: Standing | None, now: datetime) -> BoardRow:
    slots = standing.dossier.slots if standing else {}
    first = standing.dossier.first_arrival if standing else None
    return BoardRow(
        unit=unit,
        state=standing.dossier.state if standing else DossierState.NOTHING,
        punctuality=judge_punctuality(campaign, unit.unit, slots, first, now),
        cells=tuple(_cells(campaign, unit, standing)),
        first_arrival=first,
        last_arrival=standing.dossier.last_arrival if standing else None,
    )


def _cells(campaign: Campaign, unit: Unit, standing: Standing | None) -> Iterable[Cell | None]:
    for material in campaign.materials:
        if not material.is_asked_of(unit.group):
            yield None
            continue
        slot = standing.dossier.slots.get(material.slot) if standing else None
        counts = (standing.counts.get(material.slot) if standing else None) or _NOTHING
        yield Cell(
            material.label,
            slot.verdict if slot else SlotVerdict.MISSING,
            bool(slot and slot.waived),
            counts.counting,
            material.required,
        )


def passes(row: BoardRow, only: str) -> bool:
    """Whether a row belongs under one of `FILTERS`; an unknown one lets everything pass."""
    match only:
        case "missing":
            return row.has(SlotVerdict.MISSING, SlotVerdict.ANNOUNCED)
        case "rejected":
            return row.has(SlotVerdict.REJECTED)
        case "held":
            return row.has(SlotVerdict.HELD)
        case "late":
            return row.punctuality in LATE
        case "complete":
            return row.state is DossierState.COMPLETE
        case _:
            return True


def is_named(row: BoardRow, asked: str) -> bool:
    """Whether a unit's name, alias, code or group holds what was asked for."""
    wanted = asked.casefold()
    return not wanted or any(
        wanted in name.casefold()
        for name in (row.unit.unit, row.unit.group, row.unit.code, *row.unit.aliases)
    )


def in_order(rows: Sequence[BoardRow], by: str) -> list[BoardRow]:
    """Sorted by one of `SORTS`; what is equal keeps the order of units.csv."""
    match by:
        case "open":
            return sorted(rows, key=lambda row: -row.open)
        case "last":
            return sorted(
                rows,
                key=lambda row: row.last_arrival.timestamp() if row.last_arrival else 0,
                reverse=True,
            )
        case "name":
            return sorted(rows, key=lambda row: row.unit.unit)
        case _:
            return list(rows)
