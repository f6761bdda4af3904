"""The statistics tables in force added up, each figure with the unit, file and cell it is from.

Only numbers that a table in force states are added; what a unit left empty counts as nothing
and shows in how many tables state the figure.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from mailbot.campaign.forms import FormField, SumCheck
from mailbot.campaign.types import Campaign
from mailbot.judgement.form.field_checks import label_of
from mailbot.language import say
from mailbot.model import Dossier, DossierFile, FieldValue

NUMBER_TYPES = ("count", "money_wan")
_TOLERANCE = Decimal("0.005")  # as in judgement.form: a rounded yuan is no contradiction


@dataclass(frozen=True, slots=True)
class FormInForce:
    """The table that speaks for a unit."""

    unit: str
    file: DossierFile

    def read(self, key: str) -> FieldValue | None:
        """What was read for a field, if the table has it."""
        return self.file.judged.fields.get(key)

    def number(self, key: str) -> int | float | None:
        """The number a field states."""
        return number_of(self.read(key))


@dataclass(frozen=True, slots=True)
class Source:
    """One figure of one table."""

    field: FormField
    unit: str
    value: int | float
    raw: str
    file: str  # its name as sent
    sha256: str
    where: str  # 表1 C5
    arrival: int
    arrived_at: datetime
    corrected: str | None = None  # what was read before a person corrected it


@dataclass(frozen=True, slots=True)
class Total:
    """One field over all tables; `total` is None where no table states it."""

    field: FormField
    total: int | float | None
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Parts that do not add up to their whole, in one table or (unit "") in the sums."""

    unit: str
    check: SumCheck
    total: int | float
    parts: tuple[int | float, ...]
    file: str = ""
    where: str = ""

    @property
    def added(self) -> int | float:
        """What the parts add up to."""
        return add(self.parts)


@dataclass(frozen=True, slots=True)
class Consolidation:
    """The consolidated table: `totals` has every number field, in the form's order."""

    forms: tuple[FormInForce, ...]
    totals: tuple[Total, ...]
    contradictions: tuple[Contradiction, ...]


def consolidate(campaign: Campaign, board: Iterable[Dossier]) -> Consolidation:
    """Add up the tables in force of these dossiers, in their order."""
    forms = tuple(forms_in_force(board))
    totals = tuple(
        _total(field, forms) for field in campaign.form.fields if field.type in NUMBER_TYPES
    )
    return Consolidation(forms, totals, tuple(_contradictions(campaign, forms, totals)))


def forms_in_force(board: Iterable[Dossier], of_slot: str = "form") -> Iterator[FormInForce]:
    """The accepted table of every dossier that has one."""
    for dossier in board:
        slot = dossier.slots.get(of_slot)
        for file in slot.files if slot else ():
            if file.counts:
                yield FormInForce(dossier.unit, file)


def number_of(field: FieldValue | None) -> int | float | None:
    """The number read, None where none was."""
    value = field.value if field is not None else None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def add(values: Iterable[int | float]) -> int | float:
    """The sum as a person would write it: 0.1 and 0.2 are 0.3."""
    numbers = list(values)
    if all(isinstance(number, int) for number in numbers):
        return sum(numbers)
    return float(sum((Decimal(str(number)) for number in numbers), Decimal()))


def _total(field: FormField, forms: tuple[FormInForce, ...]) -> Total:
    sources = []
    for form in forms:
        read, value = form.read(field.key), form.number(field.key)
        if read is not None and value is not None:
            file = form.file
            sources.append(
                Source(
                    field=field,
                    unit=form.unit,
                    value=value,
                    raw=read.raw,
                    file=file.judged.name,
                    sha256=file.judged.sha256,
                    where=read.where,
                    arrival=file.arrival,
                    arrived_at=file.arrived_at,
                    corrected=read.corrected,
                )
            )
    total = add(source.value for source in sources) if sources else None
    return Total(field, total, tuple(sources))


def _contradictions(
    campaign: Campaign, forms: tuple[FormInForce, ...], totals: tuple[Total, ...]
) -> Iterator[Contradiction]:
    """Every sum that does not hold, unit by unit, then in the sums of all."""
    checks = [check for check in campaign.form.checks if isinstance(check, SumCheck)]
    for form in forms:
        for check in checks:
            whole = form.number(check.total)
            parts = [form.number(key) for key in check.parts]
            stated = tuple(part for part in parts if part is not None)
            if whole is None or len(stated) < len(parts) or _agree(whole, stated):
                continue
            keys = (check.total, *check.parts)
            places = [read.where for key in keys if (read := form.read(key)) and read.where]
            yield Contradiction(
                form.unit,
                check,
                whole,
                stated,
                form.file.judged.name,
                say("、").join(dict.fromkeys(places)),
            )
    sums = {total.field.key: total.total for total in totals}
    for check in checks:
        whole = sums.get(check.total)
        stated = tuple(part for key in check.parts if (part := sums.get(key)) is not None)
        if whole is not None and stated and not _agree(whole, stated):
            yield Contradiction("", check, whole, stated)


def _agree(whole: int | float, parts: tuple[int | float, ...]) -> bool:
    return abs(Decimal(str(whole)) - Decimal(str(add(parts)))) <= _TOLERANCE


def describe(contradiction: Contradiction, campaign: Campaign) -> str:
    """`总体情况·举办次数12，各项之和13（3＋8＋2）`."""
    field = next(one for one in campaign.form.fields if one.key == contradiction.check.total)
    parts = say("＋").join(f"{part:.10g}" for part in contradiction.parts)
    whole, added = f"{contradiction.total:.10g}", f"{contradiction.added:.10g}"
    return say(
        "{label_of}{whole}，各项之和{added}（{parts}）",
        label_of=label_of(field),
        whole=whole,
        added=added,
        parts=parts,
    )
