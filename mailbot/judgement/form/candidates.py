"""Cells that may hold a field, how well their labels say so, and which of them is taken."""

from collections.abc import Sequence
from dataclasses import dataclass

from mailbot.campaign.forms import FormField
from mailbot.judgement.form.contents import Place
from mailbot.judgement.form.units import is_unit
from mailbot.judgement.form.values import is_blank, is_inexact
from mailbot.model import Json


@dataclass(frozen=True, slots=True)
class Candidate:
    """A cell that may hold a field, and how well its labels say so (lower is better)."""

    field: FormField
    place: Place
    raw: str
    value: Json
    stored: Json  # the value that is kept behind the text, read the same way; None without one
    missing: int  # labels of the path that were not found
    unsaid: bool  # the measure was not found, and needs no word: 现场 has but one
    beyond: int  # labels found, but on the far side of the section's own heading
    strange: int  # labels reached past a text that is no label
    conflicts: int  # labels of other fields as near as its own
    nearest: tuple[int, int]  # filled cells between it and its nearest label, and distance
    between: int  # the same, summed over its labels
    spread: int  # labels reached over empty cells
    distance: int
    labelled_by: frozenset[tuple[str, tuple[int, int]]]  # on which axis, at which place
    innermost: tuple[int, int] | None  # where the last label of the path stands

    @property
    def is_unit_alone(self) -> bool:
        """Whether there is but a unit in it, as in a column between labels and values."""
        return is_unit(self.raw)

    @property
    def unread(self) -> int:
        """0 when it is a value, exact or vague (约500人), 1 when there is none, 2 when it makes no
        sense here."""
        if self.value is not None or is_inexact(self.field.type, self.raw):
            return 0
        return 1 if is_blank(self.raw) else 2

    @property
    def fit(self) -> tuple[int, ...]:
        """Decides which field a cell belongs to."""
        return (
            self.missing,
            self.conflicts + self.strange,
            self.unread,
            *self.nearest,
            self.spread,
            self.between,
            -len(self.field.path),
            self.distance,
        )

    @property
    def rank(self) -> tuple[int, ...]:
        """Decides which cell a field takes: the labels first, then whether it can be read."""
        return (
            self.missing + self.beyond,
            self.strange,
            self.nearest[0],
            self.conflicts,
            self.unread,
            self.between,
            self.spread,
            self.distance,
        )


def choose_candidate(candidates: Sequence[Candidate]) -> Candidate:
    """The best candidate, unless an empty cell has the better claim: one right under the same
    headings (the other lies under a heading without words beside it), or one whose innermost
    label stands nearer to the same outer heading (the other's own heading is gone)."""
    first = candidates[0]
    for other in candidates[1:]:
        beside = (
            other.labelled_by == first.labelled_by
            and other.spread < first.spread
            and other.between <= first.between
        )
        if (beside or _is_before(other, first)) and not other.is_unit_alone:
            first = other
    return first


def _is_before(other: Candidate, first: Candidate) -> bool:
    """Whether `other` stands in line with `first` and nearer to the outer heading both claim,
    each with an innermost label of its own."""
    aligned = other.place.left == first.place.left or other.place.top == first.place.top
    return (
        aligned
        and None not in (first.innermost, other.innermost)
        and other.innermost != first.innermost
        and bool(_outer(other) & _outer(first))
        and (other.missing + other.beyond, other.strange, other.conflicts, *other.nearest)
        <= (first.missing + first.beyond, first.strange, first.conflicts, *first.nearest)
        and other.between < first.between
    )


def _outer(candidate: Candidate) -> set[tuple[int, int]]:
    return {at for _, at in candidate.labelled_by} - {candidate.innermost, candidate.place.at}


def find_rival(first: Candidate, candidates: Sequence[Candidate]) -> Candidate | None:
    """Another cell that has as good a claim to the field and says something else: labels as near,
    or the same headings a second time, wherever they stand."""
    for other in candidates:
        if other.value is None or first.value is None or other.value == first.value:
            continue
        if (other.missing, other.strange, other.conflicts) != (
            first.missing,
            first.strange,
            first.conflicts,
        ):
            continue
        same_labels = other.labelled_by == first.labelled_by
        if not same_labels:
            return other  # the same headings stand there a second time, somewhere else
        equal = (other.nearest[0], other.between, other.spread) == (
            first.nearest[0],
            first.between,
            first.spread,
        )
        if equal or first.field.type in ("count", "money_wan"):
            return other
    return None
