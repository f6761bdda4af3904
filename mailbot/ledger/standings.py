"""Where each unit stands: its dossier without what makes it large, for a board of thousands.

Written with the dossier, in the same transaction. `revision` counts up with every change, so that
whoever keeps the board in memory asks for what changed alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from mailbot.ledger.columns import Stored, dossier_json
from mailbot.ledger.console_schema import standing_json
from mailbot.ledger.store import Ledger
from mailbot.model import Dossier, DossierFile


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one slot: the files that fill it, and all that came for it."""

    counting: int
    came: int


@dataclass(frozen=True, slots=True)
class Standing:
    """One unit's dossier as last judged; `dossier.slots` have neither files nor links."""

    dossier: Dossier
    counts: Mapping[str, Counts]


Forms: TypeAlias = Mapping[str, tuple[DossierFile, ...]]


@dataclass(frozen=True, slots=True)
class _Stored:
    slots: Mapping[str, Counts]


_counts_json = Stored[_Stored](_Stored)
_forms_json = Stored[Forms](Forms)


def record_standing(ledger: Ledger, dossier: Dossier) -> None:
    """Where the unit stands now, in place of where it stood."""
    kept = standing_json(dossier_json.dump_python(dossier, mode="json"))
    ledger.execute(
        "INSERT INTO standings SELECT ?, coalesce(max(revision), 0) + 1, ?, ? FROM standings"
        " WHERE true ON CONFLICT(unit) DO UPDATE SET revision = excluded.revision,"
        " standing_json = excluded.standing_json, forms_json = excluded.forms_json",
        (dossier.unit, *kept),
    )


def forget_standing(ledger: Ledger, unit: str) -> None:
    """The unit has no dossier any more: an empty row says so to whoever keeps the board."""
    ledger.execute(
        "UPDATE standings SET standing_json = '', forms_json = NULL,"
        " revision = (SELECT max(revision) + 1 FROM standings) WHERE unit = ?",
        (unit,),
    )


def standings_since(
    ledger: Ledger, revision: int = 0
) -> tuple[dict[str, tuple[Standing, Forms] | None], int]:
    """What changed after this revision, by unit: where it stands, and the tables that speak for
    it, by slot (None where it has no dossier any more); and the newest revision, which is lower
    than `revision` in another ledger."""
    rows = ledger.rows(
        "SELECT unit, revision, standing_json, forms_json FROM standings WHERE revision >= ?"
        " ORDER BY revision",
        (revision,),
    )
    found: dict[str, tuple[Standing, Forms] | None] = {
        row["unit"]: None
        if not row["standing_json"]
        else (
            Standing(
                dossier_json.validate_json(row["standing_json"]),
                _counts_json.validate_json(row["standing_json"]).slots,
            ),
            _forms_json.validate_json(row["forms_json"] or "{}"),
        )
        for row in rows
        if row["revision"] > revision
    }
    return found, int(rows[-1]["revision"]) if rows else 0
