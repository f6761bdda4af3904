"""Cells that not everybody sees: in a collapsed group, or outside the print area.

The form is what is printed and sealed, with its groups as they were left. What lies beyond is read
only where it is all there is of a field: out of a collapsed group it counts and is told; from
outside the print area it is on the screen, so it counts and a person confirms it. What stands in
both places and differs has no value: on the screen both are seen. A collapsed contradiction is
not: nobody sees it.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from mailbot.judgement.form.doubted_cells import COLLAPSED, CONTRADICTED_OUTSIDE, OUTSIDE
from mailbot.judgement.form.values import is_blank
from mailbot.model import Cell, FieldValue, Grid

_Fields = dict[str, FieldValue]


def with_sole_sources(
    grids: Sequence[Grid], extract: Callable[[Sequence[Grid]], _Fields], bound: float
) -> _Fields:
    """The fields of what everybody sees, what is lacking taken from the rest."""
    printed = _without(grids, {COLLAPSED, OUTSIDE})
    if printed is grids:
        return extract(grids)
    fields = extract(printed)
    on_screen = _without(grids, {COLLAPSED})
    if on_screen is not grids:
        _fill(fields, extract(grids), COLLAPSED)
    for key, wider in _fill(fields, extract(on_screen), OUTSIDE):
        read = fields[key]
        if wider.value != read.value and OUTSIDE in wider.doubts:
            fields[key] = replace(
                read,
                value=None,
                confidence=min(read.confidence, bound / 2),
                doubts=(*read.doubts, CONTRADICTED_OUTSIDE),
            )
    return fields


def _fill(fields: _Fields, wider: _Fields, doubt: str) -> list[tuple[str, FieldValue]]:
    """Takes what `fields` lacks where it bears this doubt; what both have is handed back."""
    both = []
    for key, found in wider.items():
        if not is_blank(fields[key].raw):
            both.append((key, found))
        elif doubt in found.doubts and not is_blank(found.raw):
            fields[key] = found
    return both


def _without(grids: Sequence[Grid], doubts: set[str]) -> Sequence[Grid]:
    """The grids without the cells that bear one of these doubts; the very same where none do."""
    kept = [tuple(cell for cell in grid.cells if doubts.isdisjoint(cell.doubts)) for grid in grids]
    if all(len(cells) == len(grid.cells) for cells, grid in zip(kept, grids, strict=True)):
        return grids
    return [
        replace(
            grid,
            cells=cells,
            unseen_rows=_left_empty(grid.unseen_rows, grid.cells, cells, rows=True),
            unseen_columns=_left_empty(grid.unseen_columns, grid.cells, cells, rows=False),
        )
        for cells, grid in zip(kept, grids, strict=True)
    ]


def _left_empty(
    before: tuple[int, ...], cells: Sequence[Cell], kept: Sequence[Cell], *, rows: bool
) -> tuple[int, ...]:
    """The rows or columns nobody sees once only `kept` is left of the cells."""

    def places(of: Sequence[Cell]) -> set[int]:
        return {cell.row if rows else cell.column for cell in of}

    return tuple(sorted({*before, *(places(cells) - places(kept))}))
