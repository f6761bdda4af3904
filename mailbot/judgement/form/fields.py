"""The typed fields of the statistics table, out of all grids of one file.

The grid that holds most of the form speaks; other tables and the paragraphs around it fill in
what it leaves open (header and footer lines, a section in a table of its own). Two grids that
both hold the form and say different things are told as such, never chosen between.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice

from mailbot.campaign.forms import FormField, FormSpec
from mailbot.judgement.form.candidates import Candidate
from mailbot.judgement.form.doubted_cells import weigh_doubts
from mailbot.judgement.form.labels import Vocabulary
from mailbot.judgement.form.locate import Located, locate_fields
from mailbot.judgement.form.phones import plain
from mailbot.judgement.form.rows import has_rows
from mailbot.judgement.form.sole_sources import with_sole_sources
from mailbot.judgement.form.units import noted_units
from mailbot.judgement.form.values import is_blank, parse_value
from mailbot.model import Cell, FieldValue, Grid

# Prefix of the hidden names of our own blank form: "mb.overall.drills".
NAME_PREFIX = "mb."

_SAMPLE_SHEET = re.compile(r"样表|样例|示例|范例|填[表写报]说明|填[表写报]要求|模板")
_HEAD_LINES = 12
_LONG_TEXT = 300


def extract_fields(grids: Sequence[Grid], spec: FormSpec) -> dict[str, FieldValue]:
    """Every field of the spec. `value` is None when empty, unreadable, contradictory or read
    with less confidence than the spec's bound; `raw` and `where` are "" when the form has no
    place for it. Fields of our own returned form come from its hidden names, without guessing.
    What stands in a collapsed group or outside the print area counts where it is all there is.
    """
    return with_sole_sources(grids, lambda seen: _extract(seen, spec), spec.confidence_bound)


def _extract(grids: Sequence[Grid], spec: FormSpec) -> dict[str, FieldValue]:
    named = _named_fields(grids, spec)
    if len(named) < len(spec.fields):
        chosen = _choose(grids, spec)
        for form_field in spec.fields:
            if form_field.key not in named:
                found = chosen.get(form_field.key, ())
                named[form_field.key] = _field_value(found, spec)
    return {form_field.key: named[form_field.key] for form_field in spec.fields}


def recognise_form(grids: Sequence[Grid], text: str, name: str, spec: FormSpec) -> bool:
    """Whether a file is the statistics table, filled or not: by its content, then by its name.

    `text` is the file's text in reading order. A document that only mentions the table (the
    notice, a plan with a list of annexes) is none.
    """
    keys = {form_field.key for form_field in spec.fields}
    if any(keys & _names(grid).keys() for grid in grids):
        return True
    if spec.rows is not None and any(has_rows(grid, spec) for grid in grids):
        return True
    vocabulary = Vocabulary(spec)
    located = _locate(grids, spec, vocabulary)
    of_table = max((one.table_fields for one in located), default=0)
    outside = sum(len(one.found) - one.table_fields for one in located)
    whole = sum(field.place == "table" for field in spec.fields)
    if of_table >= max(3, whole // 3) or (of_table >= min(3, whole) and outside):
        return True
    if _titled(grids, text, vocabulary, spec) and (outside or of_table):
        return True
    of_this_name = any(plain(title) in plain(name) for title in (spec.title, *spec.recognised_by))
    return of_this_name and (of_table > 0 or outside > 0 or len(plain(text)) < _LONG_TEXT)


def _titled(grids: Sequence[Grid], text: str, vocabulary: Vocabulary, spec: FormSpec) -> bool:
    """Whether the title stands at the head of the text or of a table, as a line of its own."""
    heads: list[Iterable[str]] = [islice(filter(str.strip, text.splitlines()), _HEAD_LINES)]
    heads += [[cell.text for cell in grid.cells[:3]] for grid in grids if grid.is_table]
    longest = len(plain(spec.title)) + 15
    return any(
        vocabulary.is_title(line) and len(plain(line)) <= longest for head in heads for line in head
    )


def _named_fields(grids: Sequence[Grid], spec: FormSpec) -> dict[str, FieldValue]:
    """The fields whose cells our own blank form named; of several such sheets the fullest."""
    sheets = [_named_in(grid, spec) for grid in grids if grid.names]
    return max(
        sheets,
        key=lambda read: sum(not is_blank(value.raw) for value in read.values()),
        default={},
    )


def _named_in(grid: Grid, spec: FormSpec) -> dict[str, FieldValue]:
    read: dict[str, FieldValue] = {}
    names = _names(grid)
    for form_field in spec.fields:
        position = names.get(form_field.key)
        if position is not None:
            cell = _cell_at(grid, *position)
            value = parse_value(
                form_field.type, cell.text, _heading_of(form_field), form_field.choices
            )
            value = value if cell.confidence >= spec.confidence_bound else None
            stored = parse_value(form_field.type, cell.stored)
            read[form_field.key] = weigh_doubts(
                FieldValue(value, cell.text, grid.where(cell), cell.confidence),
                [(cell, value, stored)],
                spec.confidence_bound,
            )
    return read


def _heading_of(one: FormField) -> str:
    """What stands over a percentage or a number: 95 under 完好率（%） is 95%, 4分30秒 under
    用时（分钟） is 4.5. Amounts on our own form are in 万元, as its heading says."""
    return one.path[-1] if one.type in ("percent", "number", "count") else ""


def _names(grid: Grid) -> dict[str, tuple[int, int]]:
    """The grid's hidden names by field key, whether or not the reader left the prefix on."""
    return {name.removeprefix(NAME_PREFIX): at for name, at in grid.names.items()}


def _cell_at(grid: Grid, row: int, column: int) -> Cell:
    for cell in grid.cells:
        if (
            cell.row <= row < cell.row + cell.row_span
            and cell.column <= column < cell.column + cell.column_span
        ):
            return cell
    return Cell("", row, column)


def _locate(grids: Sequence[Grid], spec: FormSpec, vocabulary: Vocabulary) -> list[Located]:
    """What each grid holds, the fullest first; sheets of samples and instructions come last."""
    lines = [cell.text for grid in grids if not grid.is_table for cell in grid.cells]
    unit_note = noted_units(lines)
    located = [
        locate_fields(
            _captioned(grid, vocabulary) if grid.is_table else _labelled_lines(grid, vocabulary),
            spec,
            vocabulary,
            unit_note,
        )
        for grid in grids
    ]
    return sorted(
        (one for one in located if one.found),
        key=lambda one: (_is_sample(one.grid), -one.stated, -len(one.found)),
    )


def _captioned(grid: Grid, vocabulary: Vocabulary) -> Grid:
    """The table with the headings that stand over it as paragraphs (一、总体情况) as its first
    rows, outside the addresses of its own cells."""
    labels = [
        line
        for line in grid.caption
        if (found := vocabulary.match(line))
        and not any(group & vocabulary.outside for group in found)
    ]
    if not labels or not grid.cells:
        return grid
    left = min(cell.column for cell in grid.cells)
    width = max(cell.column + cell.column_span for cell in grid.cells) - left
    top = min(cell.row for cell in grid.cells) - len(labels)
    headings = (Cell(line, top + row, left, 1, width) for row, line in enumerate(labels))
    return replace(grid, cells=(*headings, *grid.cells))


def _is_sample(grid: Grid) -> bool:
    first = [cell.text for cell in grid.cells[:3]] if grid.is_table else []
    return any(_SAMPLE_SHEET.search(text[:60]) for text in (grid.title, *first))


def _labelled_lines(grid: Grid, vocabulary: Vocabulary) -> Grid:
    """Of the paragraphs around the tables those with labels. Where a label of header or footer
    stands in several (联系电话 in a plan's text too), the line with most is the form's own."""
    lines: list[tuple[Cell, frozenset[str]]] = []
    most: dict[str, int] = {}
    for cell in grid.cells:
        if len(cell.text) >= _LONG_TEXT:
            continue
        pairs = vocabulary.pairs(cell.text)
        labels = frozenset(name for pair in pairs for group in pair.labels for name in group)
        if pairs or vocabulary.match(cell.text):
            lines.append((cell, labels & vocabulary.outside))
        for label in labels & vocabulary.outside:
            most[label] = max(most.get(label, 0), len(labels & vocabulary.outside))
    kept = [
        cell
        for cell, labels in lines
        if not labels or any(len(labels) == most[label] for label in labels)
    ]
    return Grid(grid.title, tuple(kept), is_table=False)


def _choose(grids: Sequence[Grid], spec: FormSpec) -> dict[str, tuple[tuple[Grid, Candidate], ...]]:
    """Per field the cell that holds it, or the cells that contradict each other."""
    located = _locate(grids, spec, Vocabulary(spec))
    tables = [one for one in located if one.table_fields and not _is_sample(one.grid)]
    if not tables:
        tables = [one for one in located if one.table_fields]
    chosen: dict[str, tuple[tuple[Grid, Candidate], ...]] = {}
    listed = (one for one in located if spec.rows is not None and has_rows(one.grid, spec))
    main = tables[0] if tables else next(listed, None)
    lines = [one for one in located if not one.grid.is_table]
    for form_field in spec.fields:
        if form_field.place == "table":
            sources = tables
        else:
            sources = [one for one in (main, *lines) if one is not None]
            sources += [one for one in located if one.grid.is_table and _is_margin(one)]
        for source in sorted(sources, key=lambda one: _missing(one, form_field.key)):
            found = source.found.get(form_field.key)
            if found is None or (source is not main and found.missing):
                continue
            rivals = source.rivals.get(form_field.key, (found,))
            chosen[form_field.key] = tuple((source.grid, rival) for rival in rivals)
            if source is main or not is_blank(found.raw):
                break
    for other in tables[1:]:
        _set_against(chosen, other, of_copy=_is_copy(other, tables[0]))
    return chosen


def _missing(located: Located, key: str) -> int:
    """How many headings of the field are missing here; many where it is not found at all."""
    return located.found[key].missing if key in located.found else 99


def _is_margin(located: Located) -> bool:
    """Whether a table holds header or footer lines, not a list that has one such column."""
    outside = len(located.found) - located.table_fields
    return outside >= 2 or max(cell.row for cell in located.grid.cells) < 3


def _is_copy(other: Located, main: Located) -> bool:
    """Whether another grid holds the form a second time (several units' tables in one file)."""
    stated, of_main = _stated_figures(other), _stated_figures(main)
    shared = [key for key in stated if key in main.found]
    return len(shared) >= 3 and len(shared) * 2 > len(of_main)


def _stated_figures(located: Located) -> list[str]:
    return [
        key
        for key, found in located.found.items()
        if found.field.place == "table" and found.value is not None
    ]


def _set_against(
    chosen: dict[str, tuple[tuple[Grid, Candidate], ...]], other: Located, *, of_copy: bool
) -> None:
    """Sets what another table says against what was chosen. One that is no second copy of the
    form (a list of each township's drills) counts only where all of a field's headings are."""
    for key, found in other.found.items():
        held = chosen.get(key, ())
        if found.value is None or any(one.value == found.value for _, one in held):
            continue
        if of_copy or (found.field.place == "table" and not found.missing):
            chosen[key] = (*held, (other.grid, found))


def _field_value(found: Sequence[tuple[Grid, Candidate]], spec: FormSpec) -> FieldValue:
    if not found:
        return FieldValue(None, "", "")
    raw = " / ".join(candidate.raw.strip() for _, candidate in found)
    where = "；".join(grid.where(candidate.place.cell) for grid, candidate in found)
    confidence = min(candidate.place.cell.confidence for _, candidate in found)
    certain = len(found) == 1 and confidence >= spec.confidence_bound
    return weigh_doubts(
        FieldValue(found[0][1].value if certain else None, raw, where, confidence),
        [(one.place.cell, one.value, one.stored) for _, one in found],
        spec.confidence_bound,
    )
