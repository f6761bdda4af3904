"""Spot checks (抽查): the draws, and what the inspection of a unit found."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailbot.ledger.store import Ledger, moment, stamp


@dataclass(frozen=True, slots=True)
class DrawnUnit:
    """One unit of a draw. `always`: it was included by name, not by lot."""

    unit: str
    group: str
    always: bool


@dataclass(frozen=True, slots=True)
class Draw:
    """One draw as recorded: seed and population repeat it."""

    id: int
    drawn_at: datetime
    seed: str
    size: int
    always: tuple[str, ...]
    population: Mapping[str, tuple[str, ...]]  # group → its units, in the order they were asked
    units: tuple[DrawnUnit, ...]


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a person found at a unit."""

    unit: str
    draw: int | None
    result: str
    note: str
    entered_at: datetime
    by: str = ""
    photo: str = ""  # the SHA-256 of a picture taken there


def record_draw(
    ledger: Ledger,
    *,
    seed: str,
    size: int,
    always: Sequence[str],
    population: Mapping[str, Sequence[str]],
    units: Sequence[DrawnUnit],
    now: datetime,
) -> int:
    """Put a draw on record; its number."""
    ledger.execute(
        "INSERT INTO draws (drawn_at, seed, size, always_json, population_json)"
        " VALUES (?, ?, ?, ?, ?)",
        (
            stamp(now),
            seed,
            size,
            json.dumps(list(always), ensure_ascii=False),
            json.dumps(dict(population), ensure_ascii=False, default=list),
        ),
    )
    row = ledger.row("SELECT max(id) AS id FROM draws")
    assert row is not None
    draw = int(row["id"])
    for place, drawn in enumerate(units, 1):
        ledger.execute(
            "INSERT INTO drawn_units VALUES (?, ?, ?, ?, ?)",
            (draw, place, drawn.unit, drawn.group, drawn.always),
        )
    return draw


def draws(ledger: Ledger) -> list[Draw]:
    """Every draw, oldest first, its units in the order they were drawn."""
    return [
        Draw(
            id=int(row["id"]),
            drawn_at=moment(row["drawn_at"]),
            seed=row["seed"],
            size=int(row["size"]),
            always=tuple(json.loads(row["always_json"])),
            population={
                group: tuple(names) for group, names in json.loads(row["population_json"]).items()
            },
            units=tuple(
                DrawnUnit(drawn["unit"], drawn["unit_group"], bool(drawn["always"]))
                for drawn in ledger.rows(
                    "SELECT * FROM drawn_units WHERE draw = ? ORDER BY place", (row["id"],)
                )
            ),
        )
        for row in ledger.rows("SELECT * FROM draws ORDER BY id")
    ]


def record_inspection(
    ledger: Ledger,
    unit: str,
    result: str,
    note: str,
    now: datetime,
    *,
    by: str = "",
    photo: str = "",
) -> int | None:
    """Enter what was found; the draw it belongs to: the newest that drew the unit, or None."""
    row = ledger.row("SELECT max(draw) AS draw FROM drawn_units WHERE unit = ?", (unit,))
    draw = row["draw"] if row else None
    ledger.execute(
        "INSERT INTO inspections (unit, draw, result, note, entered_at, by, photo)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (unit, draw, result, note, stamp(now), by, photo),
    )
    return draw


def inspections(ledger: Ledger) -> list[Inspection]:
    """Everything entered, oldest first: the last one of a unit stands."""
    return [
        Inspection(
            unit=row["unit"],
            draw=row["draw"],
            result=row["result"],
            note=row["note"],
            entered_at=moment(row["entered_at"]),
            by=row["by"],
            photo=row["photo"],
        )
        for row in ledger.rows("SELECT * FROM inspections ORDER BY id")
    ]
