"""Repeating rows of a form: one record a filled row below a heading (签到表, 名册).

The heading is the row in which all of its words stand, each in a cell of its own. A record ends
with its row; the first row in which nothing asked for is filled, or a line of the footer, ends
the rows.
"""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from mailbot.campaign.forms import FormRows, FormSpec, RowField
from mailbot.judgement.form.phones import plain
from mailbot.judgement.form.values import is_blank, parse_value
from mailbot.language import say
from mailbot.model import Cell, FieldValue, Finding, Grid, Judged, Severity

Record: TypeAlias = Mapping[str, FieldValue]

_MOST = 5000  # records; a sheet may claim a million rows


def column_name(rows: FormRows, one: RowField) -> str:
    """The hidden name, without its prefix, that our own blank form gives a column's heading."""
    return f"rows.{rows.key}.{one.key}"


def extract_rows(grids: Sequence[Grid], spec: FormSpec) -> tuple[Record, ...] | None:
    """The records of the grid that holds most of them; None where no grid has the heading."""
    found = [
        records for grid in grids if (records := _records(grid, spec)) is not None and grid.is_table
    ]
    return max(found, key=len, default=None)


def has_rows(grid: Grid, spec: FormSpec) -> bool:
    """Whether the heading of the repeating rows stands in a grid."""
    return grid.is_table and _heading(grid, spec) is not None


def records_of(judged: Judged, spec: FormSpec) -> tuple[Record, ...]:
    """What was read of a form's repeating rows, out of its facts."""
    stored = judged.facts.get("rows")
    records = stored.get(spec.rows.key) if spec.rows and isinstance(stored, dict) else None
    return tuple(
        {
            key: FieldValue(one["value"], str(one["raw"]), str(one["where"]))
            for key, one in record.items()
            if isinstance(one, dict)
        }
        for record in (records if isinstance(records, list) else ())
        if isinstance(record, dict)
    )


def _heading(grid: Grid, spec: FormSpec) -> tuple[int, dict[str, int]] | None:
    """The heading's last row, and the column of each of its words; on our own blank form by the
    hidden names of its headings, whatever has been written over them."""
    assert spec.rows is not None
    if named := _named_heading(grid, spec.rows):
        return named
    ways = {
        word: {plain(way).lower() for way in (word, *spec.labels.get(word, ()))}
        for word in spec.rows.heading
    }
    by_row: dict[int, list[Cell]] = {}
    for cell in grid.cells:
        by_row.setdefault(cell.row, []).append(cell)
    for row, cells in sorted(by_row.items()):
        columns = {
            word: cell.column
            for word, written in ways.items()
            for cell in cells
            if plain(cell.text).replace("\n", "").lower() in written
        }
        if len(columns) == len(ways):
            ends = [cell.row + cell.row_span - 1 for cell in cells if plain(cell.text)]
            return max(ends, default=row), columns
    return None


def _named_heading(grid: Grid, rows: FormRows) -> tuple[int, dict[str, int]] | None:
    places = {one.path[0]: grid.names.get(column_name(rows, one)) for one in rows.fields}
    found = {word: place for word, place in places.items() if place is not None}
    lines = {row for row, _ in found.values()}
    if len(found) < len(places) or len(lines) != 1:
        return None
    return lines.pop(), {word: column for word, (_, column) in found.items()}


def _records(grid: Grid, spec: FormSpec) -> tuple[Record, ...] | None:
    heading = _heading(grid, spec)
    if heading is None or spec.rows is None:
        return None
    last, columns = heading
    cells: dict[tuple[int, int], Cell] = {}
    for cell in grid.cells:
        for row in range(cell.row, cell.row + cell.row_span):
            cells.setdefault((row, cell.column), cell)
    footer = {
        plain(way).rstrip(":")
        for one in spec.fields
        if one.place == "footer"
        for label in one.path
        for way in (label, *spec.labels.get(label, ()))
    }
    ends = {
        row
        for (row, _), cell in cells.items()
        if footer and plain(cell.text).partition(":")[0] in footer
    }
    records: list[Record] = []
    for row in range(last + 1, last + 1 + _MOST):
        if row in ends:
            break
        record = {
            one.key: _value(one, cells.get((row, columns[one.path[0]])), grid, row, spec)
            for one in spec.rows.fields
        }
        if all(is_blank(value.raw) for value in record.values()):
            break
        records.append(record)
    return tuple(records)


def _value(one: RowField, cell: Cell | None, grid: Grid, row: int, spec: FormSpec) -> FieldValue:
    if cell is None:
        return FieldValue(None, "", say("{title} 第{number}行", title=grid.title, number=row + 1))
    value = parse_value(one.type, cell.text, one.path[0], one.choices)
    sure = cell.confidence >= spec.confidence_bound and not cell.doubts
    return FieldValue(
        value if sure else None,
        cell.text,
        grid.where(cell),
        cell.confidence if not cell.doubts else min(cell.confidence, 0.5),
    )


def judge_rows(records: Sequence[Record] | None, rows: FormRows) -> list[Finding]:
    """What is wrong with the rows: none found, too few, a cell that is empty or unreadable."""
    if records is None or len(records) < rows.minimum:
        met = say("未见该表") if records is None else say("{count}行", count=len(records))
        heading = "、".join(rows.heading)
        if records is not None or rows.minimum:
            return [
                Finding(
                    "FORM_ROWS_TOO_FEW",
                    Severity.ERROR,
                    met,
                    say("不少于{minimum}行", minimum=rows.minimum),
                    heading,
                    say(
                        "“{heading}”各栏下应填写不少于{minimum}行，收到的为{met}。请补充填写后重新报送",
                        heading=heading,
                        minimum=rows.minimum,
                        met=met,
                    ),
                )
            ]
    return [
        finding
        for record in records or ()
        for one in rows.fields
        if (finding := _judge_cell(one, record[one.key])) is not None
    ]


def _judge_cell(one: RowField, read: FieldValue) -> Finding | None:
    label, raw = one.path[0], " ".join(read.raw.split())[:60]
    if is_blank(read.raw):
        if not one.required:
            return None
        code, wrong, fix = (
            "FORM_FIELD_EMPTY",
            say("“{label}”未填写", label=label),
            say("请填写{label}", label=label),
        )
    elif read.value is None and read.confidence < 1:
        code, wrong = (
            "FORM_FIELD_UNSURE",
            say("“{label}”读为“{raw}”，把握不足", label=label, raw=raw),
        )
        fix = say("已转请人工核对")
    elif read.value is None:
        code, wrong = (
            "FORM_FIELD_UNREADABLE",
            say("“{label}”填写为“{raw}”，不符合填写要求", label=label, raw=raw),
        )
        fix = say("请核对{label}后重新报送", label=label)
        if one.choices:
            fix = say("请填写以下之一：{names}", names=say("、").join(one.choices))
    else:
        return None
    severity = Severity.WARNING if code == "FORM_FIELD_UNSURE" else one.severity
    return Finding(
        code,
        severity,
        raw or say("未填写"),
        label,
        read.where,
        say("{where}：{wrong}。{fix}", where=read.where, wrong=wrong, fix=fix),
    )
