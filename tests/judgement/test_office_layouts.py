"""Layouts as offices draw them that no generator thinks of; expected values typed here."""

from collections.abc import Sequence

from make.forms import shipped_spec

from mailbot.judgement.form.fields import extract_fields
from mailbot.model import Cell, Grid

ZHENGZHOU = shipped_spec("zhengzhou-2017")
JIANGHAI = shipped_spec("jianghai-2017")


def table(rows: Sequence[Sequence[str]], *, caption: tuple[str, ...] = ()) -> Grid:
    """Unmerged rows of texts."""
    cells = (
        Cell(text, row, column)
        for row, line in enumerate(rows)
        for column, text in enumerate(line)
        if text
    )
    return Grid("表1", tuple(cells), caption=caption)


def lines(*texts: str) -> Grid:
    return Grid("正文", tuple(Cell(text, row, 0) for row, text in enumerate(texts)), False)


def read(*grids: Grid, spec=ZHENGZHOU) -> dict[str, object]:  # type: ignore[no-untyped-def]  # a FormSpec
    fields = extract_fields(grids, spec)
    return {key: one.value for key, one in fields.items() if one.value is not None}


def test_a_sections_heading_may_stand_as_a_paragraph_over_its_table() -> None:
    whole = table([["演练场次", "参演人数"], ["405", "7715"]], caption=("一、总体情况",))
    parts = table(
        [["类别", "演练场次", "参演人数"], ["市级部门", "53", "1091"], ["县区政府", "67", "1317"]],
        caption=("二、按组织单位分类",),
    )
    assert read(whole, parts, spec=JIANGHAI) == {
        "overall.drills": 405,
        "overall.participants": 7715,
        "by_organiser.municipal.drills": 53,
        "by_organiser.municipal.participants": 1091,
        "by_organiser.county.drills": 67,
        "by_organiser.county.participants": 1317,
    }


def test_a_note_over_the_table_gives_the_unit_of_all_its_money() -> None:
    rows = [["总体情况"], ["举办次数", "直接投入"], ["12", "592500"]]
    assert read(table([["单位：场、元"], *rows]))["overall.spend_wan"] == 59.25
    assert read(table(rows), lines("单位：元"))["overall.spend_wan"] == 59.25
    assert read(table(rows))["overall.spend_wan"] == 592500


def test_a_column_or_line_of_units_holds_no_labels() -> None:
    column = table(
        [
            ["总体情况"],
            ["举办次数", "场", "12"],
            ["参演人数", "人次", "300"],
            ["直接投入", "万元", "6"],
            ["观摩人数", "人次", "40"],
        ]
    )
    line = table(
        [
            ["总体情况", "", "", ""],
            ["举办次数", "参演人数", "直接投入", "观摩人数"],
            ["场", "人次", "万元", "人次"],
            ["12", "300", "6", "40"],
        ]
    )
    expected = {
        "overall.drills": 12,
        "overall.participants": 300,
        "overall.spend_wan": 6,
        "overall.observers": 40,
    }
    assert read(column) == expected
    assert read(line) == expected


def test_last_years_figures_are_not_this_years() -> None:
    rows = [
        ["项目", "", "本年", "上年同期"],
        ["总体情况", "举办次数", "12", "9"],
        ["总体情况", "参演人数", "300", "250"],
    ]
    assert read(table(rows)) == {"overall.drills": 12, "overall.participants": 300}


def test_two_sections_side_by_side_keep_their_own_figures() -> None:
    rows = [
        ["总体情况", "", "按组织单位分类", "", "", ""],
        ["指标", "数值", "单位类别", "举办次数", "参演人数", "直接投入"],
        ["举办次数", "222", "政府及部门", "53", "1091", "15.25"],
        ["参演人数", "4290", "企业", "74", "1430", "19.75"],
        ["直接投入", "59.25", "其他", "95", "1769", "24.25"],
    ]
    assert read(table(rows)) == {
        "overall.drills": 222,
        "overall.participants": 4290,
        "overall.spend_wan": 59.25,
        "by_organiser.government.drills": 53,
        "by_organiser.government.participants": 1091,
        "by_organiser.government.spend_wan": 15.25,
        "by_organiser.enterprise.drills": 74,
        "by_organiser.enterprise.participants": 1430,
        "by_organiser.enterprise.spend_wan": 19.75,
        "by_organiser.other.drills": 95,
        "by_organiser.other.participants": 1769,
        "by_organiser.other.spend_wan": 24.25,
    }


def test_a_form_written_as_lines_is_read_group_by_group() -> None:
    grid = lines(
        "一、总体情况",
        "演练场次：405场",
        "二、按组织单位分类",
        "市级部门：演练场次53场，参演人数1,091人次",
        "县区政府：演练场次67场，参演人数1317人次",
    )
    assert read(grid, spec=JIANGHAI) == {
        "overall.drills": 405,
        "by_organiser.municipal.drills": 53,
        "by_organiser.municipal.participants": 1091,
        "by_organiser.county.drills": 67,
        "by_organiser.county.participants": 1317,
    }


def test_the_offices_own_number_in_a_note_is_not_the_units() -> None:
    grid = table(
        [
            ["总体情况"],
            ["举办次数", "12"],
            ["填表人：甲乙", "联系电话：0371-67182119"],
            ["注：本表报市安委办，联系人：范某，联系电话：0371-60000000。"],
        ]
    )
    assert read(grid)["phone"] == "0371-67182119"
