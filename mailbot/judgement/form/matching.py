"""Whether a cell holds a field: the labels of the field's path among those that govern the cell.

The labels are looked for nearest first. A label of another field in between hides what lies
beyond it, unless its own sibling has been met nearer (企业 hides 政府及部门 above it).
"""

from collections.abc import Sequence

from mailbot.campaign.forms import FormField
from mailbot.judgement.form.candidates import Candidate
from mailbot.judgement.form.contents import Place, Sort
from mailbot.judgement.form.labels import Pair, Vocabulary
from mailbot.judgement.form.layout import Board, Step
from mailbot.judgement.form.phones import plain
from mailbot.judgement.form.units import noted_scale, tells_scale
from mailbot.judgement.form.values import parse_value
from mailbot.model import Json


def match_field(
    form_field: FormField,
    place: Place,
    pair: Pair | None,
    steps: Sequence[Step],
    board: Board,
    vocabulary: Vocabulary,
) -> Candidate | None:
    """The claim a cell's labels give it to a field; None where they give it none.

    `pair`: the label and value in the cell, where it holds such; `steps`: what governs the cell.
    """
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
            own = {label for group in step.labels for label in group & path}
            if _is_of_the_line_before(form_field.path, own, step, matched):
                hidden.add(step.axis)
                continue
            for label in own:
                matched.setdefault(label, step)
        elif not vocabulary.are_siblings(step.labels, (frozenset(matched),)):
            hidden.add(step.axis)
            strangers.append(step)
    if len(matched) < len(path):
        _add_headings(form_field.path, matched, board, vocabulary)
    _go_round_texts(form_field.path, matched, board)
    used = [step for step in matched.values() if step is not None]
    unsaid = vocabulary.may_be_unsaid(form_field.key) - matched.keys()
    if not matched or (form_field.place != "table" and len(matched) < len(path)):
        return None
    outermost = matched.get(form_field.path[0])
    if outermost is not None and outermost in steps and len(matched) == len(path):
        # What lies beyond the section's own heading belongs to some other section.
        strangers = [
            step
            for step in strangers
            if step.axis != outermost.axis or step.distance < outermost.distance
        ]
    innermost = matched.get(form_field.path[-1])
    measure = innermost.labels if innermost else ()
    conflicts = sum(
        _conflicts(
            step,
            used,
            pair is not None,
            vocabulary.outside,
            bool(measure) and vocabulary.is_of_one_path((*step.labels, *measure)),
        )
        for step in strangers
    )
    cell = place.cell
    raw = pair.value if pair else cell.text
    heading = _heading(form_field, matched, pair, place, board) or board.unit_note
    if board.unit_note and not tells_scale(plain(heading)):
        heading += noted_scale(form_field.path[-1], board.unit_note)
    value: Json = parse_value(form_field.type, raw, heading, form_field.choices)
    if form_field.type == "date" and value is None and pair is None:
        raw, value = _joined_date(place, board)
    return Candidate(
        field=form_field,
        place=place,
        raw=raw,
        value=value,
        stored=parse_value(form_field.type, cell.stored, heading, form_field.choices)
        if cell.stored
        else None,
        missing=len(path) - len(matched) - len(unsaid),
        unsaid=bool(unsaid),
        beyond=_beyond_section(form_field.path, matched),
        strange=sum(step.over_text for step in used),
        conflicts=conflicts,
        nearest=(0, 0) if pair else _reach(used),
        between=sum(step.between for step in used),
        spread=sum(step.spread for step in used),
        distance=sum(step.distance for step in used),
        labelled_by=frozenset(
            [(step.axis, step.place.at) for step in used] + ([("own", place.at)] if pair else [])
        ),
        innermost=place.at if pair else innermost.place.at if innermost else None,
    )


def _is_of_the_line_before(
    path: tuple[str, ...], own: set[str], step: Step, matched: dict[str, Step | None]
) -> bool:
    """Whether a label at the left has its value before the heading that was met nearer: of
    `直接投入 | 6 | 企业 | 8` the 8 is no 直接投入. (Headings above reach over values: the measures
    at a table's top count for every section below.)"""
    if step.axis != "left":
        return False
    return any(
        nearer is not None
        and nearer.axis == "left"
        and nearer.between < step.between
        and path.index(outer) < min(path.index(label) for label in own)
        for outer, nearer in matched.items()
    )


def _beyond_section(path: tuple[str, ...], matched: dict[str, Step | None]) -> int:
    """How many inner labels stand on the far side of the section's own heading: a measure at the
    table's top counts for every section, but hardly for one with other columns."""
    outermost = matched.get(path[0])
    if outermost is None:
        return 0
    return sum(
        step is not None and step.axis == outermost.axis and step.distance > outermost.distance
        for step in matched.values()
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


def _go_round_texts(path: tuple[str, ...], matched: dict[str, Step | None], board: Board) -> None:
    """An outer label reached over a text that is none (详见附件 where a figure belongs) is reached
    by way of the cell's own label instead, where no text lies on that way: else an empty cell
    beside the figure, which sees its headings from there, would have the better claim."""
    for label, step in list(matched.items()):
        if step is None or not step.over_text:
            continue
        inner = (matched.get(one) for one in path[path.index(label) + 1 :])
        ways = (
            heading
            for near in inner
            if near is not None and not near.over_text
            for heading in board.headings(near)
            if heading.place.at == step.place.at and not heading.over_text
        )
        matched[label] = next(ways, step)


def _conflicts(
    step: Step, used: Sequence[Step], in_pair: bool, outside: frozenset[str], takes_part: bool
) -> bool:
    """Whether a label of another field has as good a claim to the cell as the field's own.

    `takes_part`: it makes another field together with the field's innermost label.
    """
    if in_pair:
        return False  # what stands in the cell itself claims only its own
    if any(group & outside for group in step.labels):
        # So do the lines around the table.
        return (step.between, step.distance) <= _reach(used)
    if any(own.axis == step.axis and own.between < step.between for own in used):
        return False  # it has values of its own before the field's label
    return (step.heads_all and takes_part) or step.between <= max(own.between for own in used)


def _reach(used: Sequence[Step]) -> tuple[int, int]:
    """How near the nearest of the labels is: filled cells between, then distance."""
    return min((step.between, step.distance) for step in used)


def _heading(
    form_field: FormField,
    matched: dict[str, Step | None],
    pair: Pair | None,
    place: Place,
    board: Board,
) -> str:
    """The text that tells the unit of a cell: its innermost label, a unit on the way to it, a
    unit in the next cell."""
    if form_field.type == "text":
        return form_field.path[-1]  # 邮政编码 may be digits alone
    texts = [pair.label_text] if pair else []
    for label in reversed(form_field.path):
        if step := matched.get(label):
            texts += [step.place.cell.text, step.passed]
    if form_field.type in ("percent", "number"):  # 完好率（%）, 用时（分钟）
        return "".join((form_field.path[-1], *texts))
    following = next(board.right_of(place), None)
    if following is not None and following.sort is Sort.BLANK:
        texts.append(following.cell.text)
    # A count's own label says what it counts: 14人 is no number of drills.
    otherwise = form_field.path[-1] if form_field.type == "count" else ""
    return next((text for text in texts if tells_scale(plain(text))), otherwise)


def _joined_date(place: Place, board: Board) -> tuple[str, Json]:
    """A date whose parts stand in cells of their own: 2017 | 年 | 7 | 月 | 3 | 日."""
    parts = [place.cell.text, *(other.cell.text for other in board.right_of(place))]
    joined = "".join(parts).strip()
    value = parse_value("date", joined)
    return (joined, value) if value is not None else (place.cell.text, None)
