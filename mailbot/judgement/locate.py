"""Where each field of the table stands in one grid, by the labels that govern every cell.

For each cell and field the labels of the field's path are looked for, nearest first. A label of
another field in between hides what lies beyond it, unless its own sibling has been met nearer
(企业 hides 政府及部门 above it). A cell belongs to the field it fits best, a field takes the cell
that fits it best; where two are as good as each other, nothing is taken. An outer heading may be
missing (a form without the line 总体情况), but then no strange heading may govern the cell.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from mailbot.campaign import FormField, FormSpec
from mailbot.judgement.candidates import Candidate, choose_candidate, find_rival
from mailbot.judgement.labels import Pair, Vocabulary
from mailbot.judgement.layout import Board, Step
from mailbot.judgement.places import Place, Sort
from mailbot.judgement.values import is_blank, parse_value
from mailbot.model import Grid, Json


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


def locate_fields(grid: Grid, spec: FormSpec, vocabulary: Vocabulary) -> Located:
    """Find every field of the spec in one grid, as far as its labels tell with certainty."""
    board = Board(grid, vocabulary)
    governed = [
        (place, pair, board.steps(place))
        for place in board.places
        if place.sort not in (Sort.LABEL, Sort.TITLE)
        for pair in place.pairs or (None,)
    ]
    named = {place.at for place, _, steps in governed if _is_value_of(steps, vocabulary.outside)}
    by_key: dict[str, list[Candidate]] = {}
    for place, pair, steps in governed:
        if not steps and pair is None:
            continue
        fits = [
            candidate
            for form_field in spec.fields
            if (candidate := _match(form_field, place, pair, steps, board, vocabulary))
        ]
        best = min(fits, key=lambda candidate: candidate.fit, default=None)
        if best is None or sum(candidate.fit == best.fit for candidate in fits) > 1:
            continue
        if best.missing and (
            best.conflicts or best.strange or _strange_heading(best, steps, named)
        ):
            continue
        by_key.setdefault(best.field.key, []).append(best)
    located = Located(grid)
    for key, candidates in by_key.items():
        candidates.sort(key=lambda candidate: candidate.rank)
        first = choose_candidate(candidates)
        located.found[key] = first
        if rival := find_rival(first, candidates):
            located.rivals[key] = (first, rival)
    return located


def _is_value_of(steps: Sequence[Step], labels: frozenset[str]) -> bool:
    """Whether the nearest thing that governs a cell is one of these labels."""
    return bool(steps) and any(group & labels for group in steps[0].labels)


def _match(
    form_field: FormField,
    place: Place,
    pair: Pair | None,
    steps: Sequence[Step],
    board: Board,
    vocabulary: Vocabulary,
) -> Candidate | None:
    path = set(form_field.path)
    matched: dict[str, Step | None] = {}
    if pair:
        if not all(group & path for group in pair.labels):
            return None
        matched = {label: None for group in pair.labels for label in group & path}
    hidden: set[str] = set()  # axes on which another field's label was met
    strangers: list[Step] = []
    for step in steps:
        if step.axis in hidden or not step.labels:
            continue
        if all(group & path for group in step.labels):
            for label in {label for group in step.labels for label in group & path}:
                matched.setdefault(label, step)
        elif not vocabulary.are_siblings(step.labels, (frozenset(matched),)):
            hidden.add(step.axis)
            strangers.append(step)
    if len(matched) < len(path):
        _add_headings(form_field.path, matched, board, vocabulary)
    used = [step for step in matched.values() if step is not None]
    if not matched or (form_field.place != "table" and len(matched) < len(path)):
        return None
    outermost = matched.get(form_field.path[0])
    if outermost is not None and len(matched) == len(path):
        # What lies beyond the section's own heading belongs to some other section.
        strangers = [
            step
            for step in strangers
            if step.axis != outermost.axis or step.distance < outermost.distance
        ]
    conflicts = sum(
        _conflicts(step, used, pair is not None, vocabulary.outside) for step in strangers
    )
    innermost = matched.get(form_field.path[-1])
    raw = pair.value if pair else place.cell.text
    heading = _heading(form_field, matched, pair, place, board)
    value: Json = parse_value(form_field.type, raw, heading)
    if form_field.type == "date" and value is None and pair is None:
        raw, value = _joined_date(place, board)
    return Candidate(
        field=form_field,
        place=place,
        raw=raw,
        value=value,
        missing=len(path) - len(matched),
        strange=sum(step.over_text for step in used),
        conflicts=conflicts,
        nearest=min(_reach(used), (0, 0)) if pair else _reach(used),
        between=sum(step.between for step in used),
        spread=sum(step.spread for step in used),
        distance=sum(step.distance for step in used),
        labelled_by=frozenset(
            [(step.axis, step.place.at) for step in used] + ([("own", place.at)] if pair else [])
        ),
        innermost=place.at if pair else innermost.place.at if innermost else None,
    )


def _add_headings(
    path: tuple[str, ...], matched: dict[str, Step | None], board: Board, vocabulary: Vocabulary
) -> None:
    """Outer labels that stand over a matched label but not over the cell itself."""
    for label, step in list(matched.items()):
        if step is None:
            continue
        outer = set(path[: path.index(label)])
        for heading in board.headings(step):
            if all(group & set(path) for group in heading.labels):
                for found in {name for group in heading.labels for name in group & outer}:
                    matched.setdefault(found, heading)
            elif not vocabulary.are_siblings(heading.labels, (frozenset(matched),)):
                break


def _conflicts(step: Step, used: Sequence[Step], in_pair: bool, outside: frozenset[str]) -> bool:
    """Whether a label of another field has as good a claim to the cell as the field's own."""
    if in_pair or any(group & outside for group in step.labels):
        # What stands in the cell itself, and the lines around the table, claim only their own.
        return not in_pair and (step.between, step.distance) <= _reach(used)
    return step.between <= max((own.between for own in used), default=0)


def _reach(used: Sequence[Step]) -> tuple[int, int]:
    """How near the nearest of the labels is: filled cells between, then distance."""
    return min(((step.between, step.distance) for step in used), default=(0, 0))


def _heading(
    form_field: FormField,
    matched: dict[str, Step | None],
    pair: Pair | None,
    place: Place,
    board: Board,
) -> str:
    """The text that tells the unit of a cell: its innermost label, a unit on the way to it, a
    unit in the next cell."""
    texts = [pair.label_text] if pair else []
    for label in reversed(form_field.path):
        if step := matched.get(label):
            texts += [step.place.cell.text, step.passed]
    following = next(board.right_of(place), None)
    if following is not None and following.sort is Sort.BLANK:
        texts.append(following.cell.text)
    return next((text for text in texts if "元" in text or "万" in text), "")


def _joined_date(place: Place, board: Board) -> tuple[str, Json]:
    """A date whose parts stand in cells of their own: 2017 | 年 | 7 | 月 | 3 | 日."""
    parts = [place.cell.text, *(other.cell.text for other in board.right_of(place))]
    joined = "".join(parts).strip()
    value = parse_value("date", joined)
    return (joined, value) if value is not None else (place.cell.text, None)


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
