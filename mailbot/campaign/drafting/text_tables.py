"""Tables that a plain text draws with tabs or bars."""

import re
from collections.abc import Sequence

from mailbot.model import Cell, Grid

_RULE = re.compile(r"^[\s|｜│+\-—=:┌┐└┘├┤┬┴┼─]*$")


def grids_of_text(text: str) -> Sequence[Grid]:
    """Rows of two cells and more that follow each other, with the lines that stand above."""
    found: list[Grid] = []
    rows: list[list[str]] = []
    above: list[str] = []
    for line in [*text.split("\n"), ""]:
        cells = _cells(line)
        if rows and cells and not any(cells):
            cells = [""] * len(rows[0])  # nothing is in it that would tell whether it has edges
        if len(cells) > 2:
            rows.append(cells)
            continue
        if rows and _RULE.match(line) and line.strip():
            continue
        if len(rows) > 1:
            written = tuple(
                Cell(cell, row, column)
                for row, cells_of in enumerate(rows)
                for column, cell in enumerate(cells_of)
            )
            found.append(Grid(f"表{len(found) + 1}", written, caption=tuple(above[-5:])))
        if rows:
            rows, above = [], []
        if line.strip():
            above.append(line.strip())
    return found


def _cells(line: str) -> list[str]:
    """The cells of a row; none where the line is no row of a table."""
    for mark in "|｜│":
        if line.count(mark) > 1:
            return (
                [] if _RULE.match(line.replace(mark, "")) and "-" in line else _parted(line, mark)
            )
    return _parted(line, "\t") if line.count("\t") > 1 and not re.search("[:：]", line) else []


def _parted(line: str, mark: str) -> list[str]:
    cells = [cell.strip() for cell in line.split(mark)]
    return cells[1:-1] if mark != "\t" and not cells[0] and not cells[-1] else cells
