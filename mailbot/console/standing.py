"""The board in memory: where every unit stands, brought up to date by what changed since.

A campaign of thousands of units is read once; after that a page costs one statement and what it
shows. The figures are those of `status`: the same dossiers, the same judgement of punctuality.
"""

import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from mailbot.campaign.types import Campaign, Unit
from mailbot.judgement.dossier import judge_punctuality
from mailbot.ledger.standings import Counts, Forms, Standing, standings_since
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
T = TypeVar("T")
PAGE = 100
_NOTHING = Counts(0, 0)
_RESTORED_S = 20.0


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
    names: str = ""  # all it is called, folded
    filters: frozenset[str] = frozenset()  # of FILTERS, those that it passes
    kept: dict[str, Any] = field(default_factory=dict, compare=False)  # how it is written

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


class Board:
    """Kept by one console for one ledger. Safe to be asked by several threads.

    A row is judged when its unit's standing changes, and all of them when a deadline passes: that
    is when punctuality changes by itself.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._revision = 0
        self._standings: dict[str, Standing] = {}
        self._forms: dict[str, Forms] = {}
        self._campaign: Campaign | None = None
        self._from = self._until = datetime.min.replace(tzinfo=UTC)
        self._seen = Seen((), {}, {}, {})
        self._missed = 0.0

    def now(self, ledger: Ledger, campaign: Campaign, now: datetime) -> "Seen":
        """Every expected unit and every unit with a dossier; one statement."""
        with self._lock:
            changed, revision = standings_since(ledger, self._revision)
            if self._is_another(revision):
                self._standings, self._forms, self._campaign = {}, {}, None
                changed, revision = standings_since(ledger)
            for unit, found in changed.items():
                self._standings.pop(unit, None)
                self._forms.pop(unit, None)
                if found is not None:
                    self._standings[unit], self._forms[unit] = found
            self._revision = max(self._revision, revision)
            if campaign is not self._campaign or not self._from <= now < self._until:
                self._campaign, self._from, self._until = campaign, now, next_change(campaign, now)
                self._seen = self._look(self._standings, {}, now)
            elif changed:
                self._seen = self._look(changed, self._seen.by_unit, now)
            return self._seen

    def _is_another(self, revision: int) -> bool:
        """Whether an older ledger was put in this one's place (a restore). A request whose snapshot
        is older than the last one's looks alike, but not for long."""
        if revision >= self._revision:
            self._missed = 0.0
            return False
        self._missed = self._missed or time.monotonic()
        if time.monotonic() - self._missed < _RESTORED_S:
            return False
        self._revision, self._missed = 0, 0.0
        return True

    def _look(
        self, changed: Collection[str], known: Mapping[str, BoardRow], now: datetime
    ) -> "Seen":
        assert self._campaign is not None
        rows = {
            unit.unit: known[unit.unit]
            if unit.unit in known and unit.unit not in changed
            else _row(self._campaign, unit, self._standings.get(unit.unit), now)
            for unit in self._campaign.units
            if unit.expected or unit.unit in self._standings
        }
        return Seen(tuple(rows.values()), rows, dict(self._standings), dict(self._forms))


@dataclass(frozen=True, slots=True)
class Seen:
    """The board as it was at one look. `kept` is for what is made of it, once."""

    rows: tuple[BoardRow, ...]
    by_unit: Mapping[str, BoardRow]
    standings: Mapping[str, Standing]
    forms: Mapping[str, Forms]
    kept: dict[str, Any] = field(default_factory=dict)

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What `make` gives, made at the first call of this look."""
        if name not in self.kept:
            self.kept[name] = make()
        kept: T = self.kept[name]
        return kept


def next_change(campaign: Campaign, now: datetime) -> datetime:
    """When the next deadline passes, days of grace among them: `Campaign.is_late`."""
    deadlines = {
        campaign.deadline,
        *(one.deadline for one in campaign.groups.values() if one.deadline),
        *(one.deadline for one in campaign.units if one.deadline),
        *(one.deadline for one in campaign.materials if one.deadline),
    }
    passed = [one + timedelta(days=campaign.grace_days, seconds=1) for one in deadlines]
    return min((one for one in passed if one > now), default=datetime.max.replace(tzinfo=UTC))


def _row(campaign: Campaign, unit: Unit, standing: Standing | None, now: datetime) -> BoardRow:
    slots = standing.dossier.slots if standing else {}
    first = standing.dossier.first_arrival if standing else None
    row = BoardRow(
        unit=unit,
        state=standing.dossier.state if standing else DossierState.NOTHING,
        punctuality=judge_punctuality(campaign, unit.unit, slots, first, now),
        cells=tuple(_cells(campaign, unit, standing)),
        first_arrival=first,
        last_arrival=standing.dossier.last_arrival if standing else None,
    )
    names = "\n".join((unit.unit, unit.group, unit.code, *unit.aliases)).casefold()
    return replace(row, names=names, filters=frozenset(key for key in FILTERS if _passes(row, key)))


def _cells(campaign: Campaign, unit: Unit, standing: Standing | None) -> Iterable[Cell | None]:
    for material in campaign.materials:
        if not material.is_asked_of(unit.groups):
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
    return only in row.filters or only not in FILTERS


def _passes(row: BoardRow, only: str) -> bool:
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
    return asked.casefold() in row.names


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
