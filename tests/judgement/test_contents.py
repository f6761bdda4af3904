"""What each cell of a grid holds by its own text, and which cells are looked at; by hand."""

import pytest
from make.small_grids import grid_of_lines

from mailbot.campaign.forms import FormField, FormSpec
from mailbot.judgement.form.contents import (
    Place,
    Sort,
    is_number,
    place_cells,
)
from mailbot.judgement.form.labels import Vocabulary
from mailbot.model import Cell, Grid

SPEC = FormSpec(
    title="演练情况统计表",
    recognised_by=("演练情况统计表",),
    labels={"举办次数": ("场次",), "参演人数": ("人次",), "填报单位": ()},
    fields=(
        FormField(key="unit", path=("填报单位",), type="unit", place="header"),
        FormField(key="a", path=("举办次数",), type="count"),
        FormField(key="b", path=("参演人数",), type="count"),
    ),
)
LETTERS = {
    Sort.BLANK: "-",
    Sort.LABEL: "L",
    Sort.PAIR: "P",
    Sort.NUMBER: "N",
    Sort.TITLE: "H",
    Sort.TEXT: "T",
}


def placed(grid: Grid) -> list[Place]:
    return place_cells(grid, Vocabulary(SPEC))[0]


def sorts(*lines: str) -> str:
    """The sorts of the cells, a word for each row."""
    places = placed(grid_of_lines(*lines))
    rows = sorted({place.top for place in places})
    return " ".join("".join(LETTERS[one.sort] for one in places if one.top == row) for row in rows)


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (("举办次数|12",), "LN"),
        (("演练情况统计表", "举办次数|12"), "H LN"),
        (("举办次数|/|（万元）|单位：万元",), "L---"),
        (("举办次数|见附件|约12|3.5万元|2017.7.3|95%|12/14",), "LTNNNNN"),
        (("举办次数：12|参演人数：90",), "PP"),
        (("举办次数：12|参演人数：", "甲|乙"), "PL TT"),  # its value stands below
        (("举办次数：12|参演人数：|90",), "PLN"),
        (("举办次数：12|参演人数：|填报单位",), "PPL"),  # nobody filled it in
        (("举办次数：12|参演人数|填报单位",), "PLL"),
        (("参演人数：|填报单位",), "LL"),
        (("填报单位：甲|参演人数：",), "PL"),  # a pair of the head says nothing of the table
        # A column of units beside labels, or a line of them below: no labels.
        (("举办次数|次|12", "填报单位|次|3", "参演人数|人次|90"), "L-N L-N L-N"),
        (("举办次数|次|12", "参演人数|人次|90"), "L-N LLN"),  # one unit makes no column of them
        (("甲|次|12", "乙|次|3", "丙|人次|90"), "T-N T-N TLN"),  # beside no label
        (("举办次数|次|12", "填报单位|次|3", "参演人数|填报单位|90"), "L-N L-N LLN"),
        (("举办次数|参演人数|填报单位", "场|次|人次", "12|90|甲"), "LLL --- NNT"),
        (("举办次数|参演人数", "次|人次", "12|90"), "LL -L NN"),
        (("12|90|甲", "场|次|人次", "12|90|甲"), "NNT --L NNT"),
        (("举办次数|人次|12",), "LLN"),
        (("人次|12", "场次|90"), "LN LN"),
    ],
)
def test_a_cells_sort_is_told_by_its_text_and_its_neighbours(
    lines: tuple[str, ...], found: str
) -> None:
    assert sorts(*lines) == found


def test_a_label_of_the_head_on_a_line_of_its_own_is_a_pair_nobody_filled() -> None:
    lines = Grid("", (Cell("填报单位（盖章）：", 0, 0), Cell("举办次数", 1, 0)), is_table=False)
    assert [one.sort for one in placed(lines)] == [Sort.PAIR, Sort.LABEL]
    (pair,) = placed(lines)[0].pairs
    assert pair.value == ""


def around(*others: tuple[int, int]) -> list[tuple[int, int]]:
    """Which cells are kept beside a label in row 10, column 10."""
    cells = [Cell("举办次数", 10, 10), *(Cell("甲", row, column) for row, column in others)]
    grid = Grid("", tuple(cells))
    return [(one.cell.row, one.cell.column) for one in placed(grid)][1:]


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ((7, 10), True),
        ((6, 10), False),
        ((50, 10), True),  # forty rows below
        ((51, 10), False),
        ((10, 7), True),
        ((10, 6), False),
        ((10, 30), True),  # twenty columns to the right
        ((10, 31), False),
    ],
)
def test_the_cells_around_the_labels_are_looked_at(cell: tuple[int, int], kept: bool) -> None:
    assert around(cell) == ([cell] if kept else [])


def test_no_form_is_larger_than_two_hundred_rows_and_eighty_columns() -> None:
    def kept(*labels: tuple[int, int]) -> set[tuple[int, int]]:
        cells = [Cell("举办次数", row, column) for row, column in labels]
        return {(one.cell.row, one.cell.column) for one in placed(Grid("", tuple(cells)))}

    assert kept((0, 0), (200, 0), (201, 0)) == {(0, 0), (200, 0)}
    assert kept((0, 0), (0, 80), (0, 81)) == {(0, 0), (0, 80)}


def test_a_sheet_without_labels_is_not_walked_over() -> None:
    assert placed(grid_of_lines("甲|12", "乙|14")) == []


def test_a_long_text_is_not_searched_for_labels() -> None:
    def kept(length: int) -> int:
        text = "举办次数：12" + "。" * (length - 7)
        return len(placed(Grid("", (Cell(text, 0, 0),))))

    assert (kept(499), kept(500)) == (1, 0)


@pytest.mark.parametrize(
    ("used", "unseen", "rows"),
    [
        ((0, 1, 2), (), [0, 1, 2]),
        ((0, 4), (), [0, 1, 2, 3, 4]),  # what lies between, though empty
        ((0, 5), (), [0, 5]),  # but no far-off gap
        ((3, 4), (), [3, 4]),
        ((0, 1, 2), (1,), [0, 2]),
        ((0, 4), (2, 4), [0, 1, 3]),
    ],
)
def test_the_rows_in_use_are_those_between_without_gaps_and_hidden_ones(
    used: tuple[int, ...], unseen: tuple[int, ...], rows: list[int]
) -> None:
    cells = tuple(Cell("举办次数", row, 0) for row in used if row not in unseen)
    whole = Cell("举办次数", used[0], 1, used[-1] - used[0] + 1, 1)
    spanning = (whole,) if set(used) & set(unseen) else ()
    grid = Grid("", (*cells, *spanning), unseen_rows=unseen)
    assert place_cells(grid, Vocabulary(SPEC))[1] == rows


def test_a_merged_cell_covers_what_of_it_is_seen() -> None:
    cells = (Cell("举办次数", 0, 0, 3, 2), Cell("12", 0, 2), Cell("90", 2, 2))
    place = placed(Grid("", cells, unseen_rows=(1,)))[0]
    assert (place.top, place.bottom, place.left, place.right) == (0, 2, 0, 2)
    assert (place.at, place.is_merged) == ((0, 0), True)
    assert not placed(Grid("", (Cell("举办次数", 0, 0),)))[0].is_merged
    assert placed(Grid("", (Cell("举办次数", 0, 0, 1, 2),)))[0].is_merged
    assert placed(Grid("", (Cell("举办次数", 0, 0, 2, 1),)))[0].is_merged


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", True),
        ("3.5万元", True),  # an amount
        ("2017年7月3日", True),  # a date
        ("约12", True),
        ("95%", True),
        ("12/14", True),
        ("甲", False),
        ("见附件", False),
    ],
)
def test_a_value_by_itself(text: str, number: bool) -> None:
    assert is_number(text) is number
