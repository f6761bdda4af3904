"""What governs a cell of a grid: every label to its left and above it."""

import pytest
from make.forms import shipped_spec
from make.small_grids import grid_of_lines, small_grids

from mailbot.judgement.form.contents import Place, Sort
from mailbot.judgement.form.labels import Vocabulary
from mailbot.judgement.form.layout import Board, Step

SPEC = shipped_spec("zhengzhou-2017")


def board(*lines: str) -> Board:
    return Board(grid_of_lines(*lines), Vocabulary(SPEC))


def place_of(made: Board, text: str) -> Place:
    return next(place for place in made.places if place.cell.text == text)


def told(step: Step) -> str:
    """`side label between/distance`, then what else is known of the way."""
    side = "左" if step.axis == "left" else "上"
    more = [" 空"] * step.spread + [" 隔字"] * step.over_text + [" 全"] * step.heads_all
    more += [f" {step.passed}"] if step.passed else []
    return f"{side}{step.place.cell.text} {step.between}/{step.distance}{''.join(more)}"


def governing(made: Board) -> dict[str, str]:
    """By cell (A1) everything that governs it, for figures and empty cells."""
    found = {}
    for place in made.places:
        if place.sort is Sort.NUMBER or (place.sort is Sort.BLANK and not place.cell.text):
            steps = made.steps(place)
            found[f"{'ABCD'[place.left]}{place.top + 1}"] = "; ".join(
                " <- ".join(map(told, (step, *(made.headings(step) if step.labels else ()))))
                for step in steps
            )
    return {cell: line for cell, line in found.items() if line}


@pytest.mark.parametrize(("lines", "expected"), small_grids("governing_labels.txt"), ids=" / ".join)
def test_each_cell_of_a_small_grid_is_governed_as_written_down(
    lines: tuple[str, ...], expected: dict[str, str]
) -> None:
    assert governing(board(*lines)) == expected


@pytest.mark.parametrize(
    ("lines", "left"),
    [
        (("举办次数|参演人数|直接投入", "1|2|3", "7|8|9"), "789"),
        (("举办次数|参演人数|直接投入||", "1|2|3||", "7|8|9|5|6"), "78956"),  # blanks beside them
        (("举办次数|参演人数|直接投入|", "1*1,2|2|3", "7|8|9|5"), "7895"),  # merged
        (("举办次数|参演人数|直接投入|", "1|2|3|某文字", "7|8|9|"), "789"),
        (("举办次数|参演人数|直接投入", "1|2|3", "7||"), "7"),  # one figure below is enough
        (("举办次数|参演人数", "1|2", "7|8"), "1278"),  # two are figures as any
        (("举办次数|参演人数|直接投入", "2|3|4", "7|8|9"), "234789"),
        (("举办次数|参演人数|直接投入", "1|3|2", "7|8|9"), "132789"),
        (("举办次数|参演人数|直接投入", "1|2|3"), "123"),  # the last line
        (("举办次数|参演人数|直接投入", "1|2|3", "|某文字|"), "123"),  # nothing to head
        (("|举办次数|参演人数|直接投入", "企业|1|2|3", "政府及部门|7|8|9"), "123789"),
    ],
)
def test_the_line_of_column_numbers_holds_no_values(lines: tuple[str, ...], left: str) -> None:
    made = board(*lines)
    assert "".join(one.cell.text for one in made.places if one.sort is Sort.NUMBER) == left


def test_a_column_number_is_empty_on_the_way_up() -> None:
    made = board("举办次数|参演人数|直接投入|", "1*1,2|2|3", "7|8|9|5")
    assert [told(step) for step in made.steps(place_of(made, "7"))] == ["上举办次数 0/2 全"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("举办次数|8|某文字|9|参演人数|7", ["8", "某文字", "9"]),
        ("举办次数|8*1,2||举办次数：6|7", ["8", ""]),
        ("举办次数|参演人数|7", []),
        ("7|举办次数", []),
    ],
)
def test_what_follows_a_cell_ends_at_the_next_label(line: str, expected: list[str]) -> None:
    made = board(line)
    assert [one.cell.text for one in made.right_of(place_of(made, "举办次数"))] == expected


@pytest.mark.parametrize(
    ("note", "outside", "unit"),
    [("单位：元", "万元", "元"), ("某文字", "万元", "万元"), ("单位：元", "", "元"), ("", "", "")],
)
def test_a_unit_of_money_noted_in_the_grid_goes_before_one_outside(
    note: str, outside: str, unit: str
) -> None:
    grid = grid_of_lines(note, "举办次数|8")
    assert Board(grid, Vocabulary(SPEC), outside).unit_note == unit
