"""What the doubts of its cells leave of one field, and of those that not everybody sees."""

from collections.abc import Sequence
from typing import Any

import pytest
from make.forms import shipped_spec
from make.small_grids import grid_of_lines

from mailbot.judgement.form.doubted_cells import DOUBTS, heaviest_doubt, weigh_doubts
from mailbot.judgement.form.fields import extract_fields
from mailbot.judgement.form.sole_sources import with_sole_sources
from mailbot.model import Cell, FieldValue, Grid, Severity

SPEC = shipped_spec("zhengzhou-2017")
BOUND = 0.9


def weighed(*doubts: str, confidence: float = 1.0, bound: float = BOUND) -> FieldValue:
    cell = Cell("12", 0, 0, doubts=doubts)
    return weigh_doubts(FieldValue(12, "12", "表1 A1", confidence), [(cell, 12, None)], bound)


# A person confirms the value of these; of all others he has to find it.
KEPT = {
    *("column_too_narrow", "format_conditional", "pictured_over", "outside_print_area"),
    *("stored_differs", "collapsed_source"),
}


@pytest.mark.parametrize("code", [*DOUBTS, "of_later_readers"])
def test_a_doubt_leaves_the_value_or_none(code: str) -> None:
    read = weighed(code)
    assert read.doubts == (code,)
    if code == "collapsed_source":  # it is folded away, and plain to see
        assert (read.value, read.confidence) == (12, 1.0)
    elif code in KEPT:
        assert (read.value, read.confidence) == (12, BOUND)
    else:
        assert (read.value, read.confidence) == (None, 0.45)


@pytest.mark.parametrize(
    ("doubts", "confidence", "bound", "value", "becomes"),
    [
        ((), 0.95, 0.9, 12, 0.95),
        (("pictured_over",), 0.8, 0.9, 12, 0.8),  # no surer than it was
        (("cell_twice",), 0.3, 0.9, None, 0.3),
        (("cell_twice",), 1.0, 1.2, None, 0.5),
        (("collapsed_source", "pictured_over"), 1.0, 0.9, 12, 0.9),
        (("pictured_over", "cell_twice"), 1.0, 0.9, None, 0.45),
    ],
)
def test_the_confidence_falls_to_the_bound_or_below_it(
    doubts: tuple[str, ...], confidence: float, bound: float, value: int | None, becomes: float
) -> None:
    read = weighed(*doubts, confidence=confidence, bound=bound)
    assert read.value == value
    assert read.confidence == pytest.approx(becomes)


@pytest.mark.parametrize(
    ("value", "stored", "doubted"),
    [
        (12, 12, False),  # 12 and 12.0, or 5万 and 5 in a column of 万元
        (12, 18, True),
        (None, None, True),  # neither says anything here
        (12, None, True),
    ],
)
def test_what_is_stored_is_in_doubt_where_it_says_something_else(
    value: int | None, stored: int | None, doubted: bool
) -> None:
    cell = Cell("12", 0, 0, stored="x", doubts=("stored_differs",))
    read = weigh_doubts(FieldValue(value, "12", "表1 A1"), [(cell, value, stored)], BOUND)
    assert bool(read.doubts) is doubted
    assert read.stored == ("x" if doubted else "")
    other = Cell("12", 0, 0, stored="x", doubts=("cell_twice",))
    read = weigh_doubts(FieldValue(value, "12", "表1 A1"), [(other, value, value)], BOUND)
    assert read.doubts == ("cell_twice",)


def test_of_several_cells_each_stored_text_is_told_once() -> None:
    cells = [
        (Cell("12", row, 0, stored=text, doubts=("stored_differs",)), 12, None)
        for row, text in enumerate(("18", "", "18", "20"))
    ]
    read = weigh_doubts(FieldValue(None, "12", "表1 A1；表1 A2"), cells, BOUND)
    assert (read.stored, read.raw) == ("18 / 20", "12")


@pytest.mark.parametrize(("raw", "becomes"), [("", "=A1+B1"), (" \n", "=A1+B1"), ("12", "12")])
def test_a_cell_that_shows_nothing_is_no_empty_field(raw: str, becomes: str) -> None:
    cell = Cell(raw, 0, 0, stored="=A1+B1", doubts=("formula_without_value",))
    read = weigh_doubts(FieldValue(None, raw, "表1 A1"), [(cell, None, None)], BOUND)
    assert read.raw == becomes


@pytest.mark.parametrize(
    ("doubts", "code"),
    [
        ((), None),
        (("collapsed_source",), "FORM_FIELD_COLLAPSED"),
        (("collapsed_source", "formula_without_value"), "FORM_FIELD_NOT_CALCULATED"),
        (("collapsed_source", "struck_possible"), "FORM_FIELD_UNSURE"),
        (("collapsed_source", "of_later_readers"), "FORM_FIELD_UNSURE"),
    ],
)
def test_of_several_doubts_the_heaviest_is_told(doubts: tuple[str, ...], code: str | None) -> None:
    found = heaviest_doubt(FieldValue(12, "12", "表1 A1", doubts=doubts))
    assert (found and found.code) == code
    if "of_later_readers" in doubts:
        assert found is not None
        assert found.words.endswith("不能确定与打开文件时所见一致")


@pytest.mark.parametrize(
    ("code", "raw", "stored", "words"),
    [
        ("stored_differs", "12", "18", "举办次数显示为“12”，单元格中保存的是“18”"),
        ("stored_differs", "18", "18", "举办次数显示为空，单元格中保存的是“18”"),
        ("cell_twice", "18", "18", "举办次数读为“18”，文件中该单元格另有不同的内容"),
        ("all_struck", "", "12  \n次", "举办次数的内容“12 次”已全部划去"),
        ("all_struck", "", "字" * 61, f"举办次数的内容“{'字' * 60}”已全部划去"),
    ],
)
def test_what_is_shown_and_what_is_stored_are_told(
    code: str, raw: str, stored: str, words: str
) -> None:
    read = FieldValue(None, raw, "表1 A1", stored=stored, doubts=(code,))
    assert DOUBTS[code].told("举办次数", read) == words


def test_a_doubt_is_a_warning_unless_it_is_of_the_fields_own_weight() -> None:
    assert DOUBTS["formula_without_value"].severity is None
    assert DOUBTS["collapsed_source"].severity is Severity.NOTICE
    assert DOUBTS["cell_twice"].severity is Severity.WARNING


# ---- what not everybody sees ------------------------------------------------------------------

COLLAPSED, OUTSIDE = "collapsed_source", "outside_print_area"


def read(grid: Grid) -> FieldValue:
    return extract_fields([grid], SPEC)["overall.drills"]


def sheet(*columns: tuple[str, str]) -> Grid:
    """Beside each other so many columns 举办次数 with (figure, doubt of the whole column)."""
    cells = [Cell("总体情况", 0, 0, 1, len(columns))]
    for column, (figure, doubt) in enumerate(columns):
        doubts = (doubt,) if doubt else ()
        cells += [
            Cell("举办次数", 1, column, doubts=doubts),
            Cell(figure, 2, column, doubts=doubts),
        ]
    return Grid("表1", tuple(cells))


@pytest.mark.parametrize(
    ("columns", "value", "doubts"),
    [
        ([("12", "")], 12, ()),
        ([("12", COLLAPSED)], 12, (COLLAPSED,)),
        ([("12", OUTSIDE)], 12, (OUTSIDE,)),
        ([("12", ""), ("99", COLLAPSED)], 12, ()),  # nobody sees it
        ([("12", ""), ("12", OUTSIDE)], 12, ()),
        ([("12", ""), ("99", OUTSIDE)], None, ("contradicted_outside_print_area",)),
        ([("", ""), ("99", OUTSIDE)], 99, (OUTSIDE,)),
    ],
)
def test_a_figure_counts_by_who_sees_it(
    columns: Sequence[tuple[str, str]], value: int | None, doubts: tuple[str, ...]
) -> None:
    found = read(sheet(*columns))
    assert (found.value, found.doubts) == (value, doubts)


def test_what_is_contradicted_outside_is_below_the_bound() -> None:
    found = read(sheet(("12", ""), ("99", OUTSIDE)))
    assert found.confidence == pytest.approx(SPEC.confidence_bound / 2)
    assert (found.raw, found.where) == ("12", "表1 A3")


def test_grids_without_such_cells_are_read_as_they_are() -> None:
    """And but once."""
    asked: list[Any] = []

    def extract(grids: Sequence[Grid]) -> dict[str, FieldValue]:
        asked.append(grids)
        return {}

    grids = [grid_of_lines("举办次数", "12")]
    assert with_sole_sources(grids, extract, BOUND) == {}
    assert asked == [grids]
    assert asked[0] is grids


@pytest.mark.parametrize(
    ("hidden", "rows", "columns"),
    [
        ([(1, 0)], (), ()),  # in its row and its column others are seen
        ([(1, 0), (1, 1)], (1,), ()),
        ([(0, 1), (1, 1), (2, 1)], (), (1,)),
    ],
)
def test_a_row_or_column_that_nobody_sees_lies_between_no_cells(
    hidden: list[tuple[int, int]], rows: tuple[int, ...], columns: tuple[int, ...]
) -> None:
    cells = tuple(
        Cell("12", row, column, doubts=(COLLAPSED,) if (row, column) in hidden else ())
        for row in range(3)
        for column in range(2)
    )
    seen: list[Grid] = []

    def extract(grids: Sequence[Grid]) -> dict[str, FieldValue]:
        seen.extend(grids)
        return {}

    with_sole_sources([Grid("表1", cells, unseen_rows=(7,))], extract, BOUND)
    assert (seen[0].unseen_rows, seen[0].unseen_columns) == ((*rows, 7), columns)
    assert len(seen[0].cells) == 6 - len(hidden)
