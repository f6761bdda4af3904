"""Where each field of the table stands in one grid, by the labels that govern every cell.

A cell belongs to the field it fits best, a field takes the cell that fits it best; where two are
as good as each other, nothing is taken. An outer heading may be
missing (a form without the line 总体情况), but then no strange heading may govern the cell.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from mailbot.campaign.forms import FormSpec
from mailbot.judgement.form.candidates import Candidate, choose_candidate, find_rival
from mailbot.judgement.form.contents import Sort
from mailbot.judgement.form.labels import Labels, Vocabulary
from mailbot.judgement.form.layout import Board, Step
from mailbot.judgement.form.matching import match_field
from mailbot.judgement.form.values import is_blank
from mailbot.model import Grid

_OTHER_TIME = re.compile(r"上\s*年|去\s*年|同\s*期|同比|环比|增减|增幅|增长率|变化率")


@dataclass(frozen=True, slots=True)
class Located:
    """What one grid holds of the form; `rivals` are fields met twice with different values."""

    grid: Grid
    found: dict[str, Candidate] = field(default_factory=dict)
    rivals: dict[str, tuple[Candidate, Candidate]] = field(default_factory=dict)

    @property
    def table_fields(self) -> int:
        """How many fields of the table proper (not header or footer) have their place here."""
        return sum(found.field.place == "table" for found in self.found.values())

    @property
    def stated(self) -> int:
        """How many fields have something written in them."""
        return sum(not is_blank(found.raw) for found in self.found.values())


def locate_fields(
    grid: Grid, spec: FormSpec, vocabulary: Vocabulary, unit_note: str = ""
) -> Located:
    """Find every field of the spec in one grid, as far as its labels tell with certainty.

    `unit_note`: 元 or 万元 where a line outside the grid says so; one in the grid goes before it.
    """
    board = Board(grid, vocabulary, unit_note)
    governed = [
        (place, pair, board.steps(place))
        for place in board.places
        if place.sort not in (Sort.LABEL, Sort.TITLE)
        for pair in place.pairs or (None,)
    ]
    named = {place.at for place, _, steps in governed if _is_value_of(steps, vocabulary.outside)}
    by_key: dict[str, list[Candidate]] = {}
    for place, pair, steps in governed:
        if (not steps and pair is None) or _is_of_another_time(steps):
            continue
        met = _words([*(step.labels for step in steps), pair.labels if pair else ()])
        fits = [
            candidate
            for form_field in spec.fields
            if not met.isdisjoint(form_field.path)  # a hundred cells times twenty fields
            and (candidate := match_field(form_field, place, pair, steps, board, vocabulary))
        ]
        best = min(fits, key=lambda candidate: candidate.fit, default=None)
        if best is None or sum(candidate.fit == best.fit for candidate in fits) > 1:
            continue
        if (best.missing or best.unsaid) and (
            best.conflicts or best.strange or _strange_heading(best, steps, named)
        ):
            continue
        by_key.setdefault(best.field.key, []).append(best)
    located = Located(grid)
    for key, candidates in by_key.items():
        if candidates[0].field.place != "table":
            candidates = _of_the_forms_own_line(candidates, board, vocabulary)
        candidates.sort(key=lambda candidate: candidate.rank)
        first = choose_candidate(candidates)
        located.found[key] = first
        if rival := find_rival(first, candidates):
            located.rivals[key] = (first, rival)
    return located


def _words(labels: Iterable[Labels]) -> set[str]:
    return {name for each in labels for group in each for name in group}


def _is_of_another_time(steps: Sequence[Step]) -> bool:
    """Whether a cell stands in a column of last year's figures, or of what has changed since."""
    return any(
        step.axis == "up" and not step.labels and _OTHER_TIME.search(step.place.cell.text)
        for step in steps
    )


def _is_value_of(steps: Sequence[Step], labels: frozenset[str]) -> bool:
    """Whether the nearest thing that governs a cell is one of these labels."""
    return bool(steps) and any(group & labels for group in steps[0].labels)


def _strange_heading(
    candidate: Candidate, steps: Sequence[Step], named: set[tuple[int, int]]
) -> bool:
    """Whether a text that is no known label stands where the missing heading would stand."""
    for axis in ("left", "up"):
        reach = [step.between for step in steps if (axis, step.place.at) in candidate.labelled_by]
        for step in steps:
            if step.axis != axis or step.labels or step.place.at in named:
                continue
            if not reach or step.between <= max(reach):
                return True
    return False


def _of_the_forms_own_line(
    candidates: list[Candidate], board: Board, vocabulary: Vocabulary
) -> list[Candidate]:
    """Of the places of a header or footer field those whose line has most of its fellows: a list
    of other people has a column 联系电话 too, but 填表人 stands in the form's own footer alone."""
    fellows: dict[int, set[str]] = {}
    for place in board.places:
        found = _words([place.labels, *(pair.labels for pair in place.pairs)])
        fellows.setdefault(place.top, set()).update(found & vocabulary.outside)

    def company(candidate: Candidate) -> int:
        at = candidate.innermost or candidate.place.at
        return len(fellows.get(at[0], ()))

    most = max(map(company, candidates))
    return [candidate for candidate in candidates if company(candidate) == most]
