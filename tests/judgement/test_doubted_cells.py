"""What a doubt of a cell makes of its field: never a number that nobody has seen."""

import pytest
from make.facts import document

from mailbot.campaign.types import Campaign
from mailbot.judgement.files import judge_file
from mailbot.judgement.form.doubted_cells import DOUBTS
from mailbot.model import Cell, Grid, Judged, Severity, Verdict

HEADINGS = ("举办次数", "参演人数", "直接投入（万元）")


def table(*values: Cell, clerk: str = "李明") -> Grid:
    """The section 总体情况 alone, its three values as given (column 0, 1, 2 of row 4)."""
    cells = [
        Cell("2017年安全生产应急演练统计表", 0, 0, 1, 3),
        Cell("填报单位：中原区", 1, 0),
        Cell("报出时间：2017年7月3日", 1, 1, 1, 2),
        Cell("总体情况", 2, 0, 1, 3),
        *(Cell(text, 3, column) for column, text in enumerate(HEADINGS)),
        *values,
        Cell("联系电话：0371-69822000", 5, 1, 1, 2),
    ]
    if clerk:
        cells.append(Cell(f"填表人：{clerk}", 5, 0))
    return Grid("统计表", tuple(cells))


def judged(campaign: Campaign, *values: Cell, named: bool = False) -> Judged:
    grid = table(*values)
    if named:
        keys = ("overall.drills", "overall.participants", "overall.spend_wan")
        names = {key: (4, column) for column, key in enumerate(keys)}
        grid = Grid(grid.title, grid.cells, names=names)
    text = "\n".join(cell.text for cell in grid.cells)
    return judge_file(document(text, "统计表.xlsx", grids=(grid,)), campaign)


def told_of(one: Judged, where: str) -> list[tuple[str, Severity]]:
    return [(each.code, each.severity) for each in one.findings if each.where == where]


@pytest.mark.parametrize("named", [False, True], ids=["found", "named"])
def test_a_formula_nobody_calculated_is_told_as_such_and_never_as_unfilled(
    campaign: Campaign, named: bool
) -> None:
    bare = Cell("", 4, 0, stored="=VLOOKUP(A1,B:C,2)", doubts=("formula_without_value",))
    one = judged(campaign, bare, Cell("1360", 4, 1), Cell("12.5", 4, 2), named=named)
    said = [each for each in one.findings if each.where == "统计表 A5"]
    assert [(each.code, each.severity) for each in said] == [
        ("FORM_FIELD_NOT_CALCULATED", Severity.ERROR)
    ]
    wanted = "该单元格是公式，文件中没有保存计算结果，请用Excel或WPS打开、保存后重新报送"
    assert said[0].message.endswith(wanted)
    assert "未填写" not in said[0].message
    assert one.fields["overall.drills"].value is None
    assert one.fields["overall.drills"].raw == "=VLOOKUP(A1,B:C,2)"
    assert one.fields["overall.participants"].value == 1360


def test_a_table_of_bare_formulas_is_not_called_empty(campaign: Campaign) -> None:
    bare = [
        Cell("", 4, column, stored="=Sheet2!A1", doubts=("formula_without_value",))
        for column in range(3)
    ]
    one = judged(campaign, *bare)
    assert "FORM_UNFILLED" not in {each.code for each in one.findings}
    assert [each.where for each in one.findings if each.code == "FORM_FIELD_NOT_CALCULATED"] == [
        "统计表 A5",
        "统计表 B5",
        "统计表 C5",
    ]


@pytest.mark.parametrize("named", [False, True], ids=["found", "named"])
def test_what_is_shown_stays_the_value_and_a_person_compares_it_with_what_is_stored(
    campaign: Campaign, named: bool
) -> None:
    shown = Cell("12.5", 4, 2, stored="125000", doubts=("stored_differs",))
    one = judged(campaign, Cell("14", 4, 0), Cell("1360", 4, 1), shown, named=named)
    spend = one.fields["overall.spend_wan"]
    assert (spend.value, spend.raw, spend.stored) == (12.5, "12.5", "125000")
    assert spend.confidence <= campaign.form.confidence_bound
    assert told_of(one, "统计表 C5") == [("FORM_FIELD_UNSURE", Severity.WARNING)]
    said = next(each.message for each in one.findings if each.where == "统计表 C5")
    assert "显示为“12.5”" in said
    assert "保存的是“125000”" in said
    assert one.verdict is Verdict.HELD
    facts = one.facts["fields"]
    assert isinstance(facts, dict)
    told = facts["overall.spend_wan"]
    assert isinstance(told, dict)
    assert (told["raw"], told["stored"]) == ("12.5", "125000")


def test_a_unit_that_the_format_adds_is_no_difference_where_the_column_is_in_that_unit(
    campaign: Campaign,
) -> None:
    spend = Cell("5万", 4, 2, stored="5", doubts=("stored_differs",))
    people = Cell("5万", 4, 1, stored="5", doubts=("stored_differs",))
    one = judged(campaign, Cell("14", 4, 0), people, spend)
    assert told_of(one, "统计表 C5") == []
    assert one.fields["overall.spend_wan"].value == 5
    assert told_of(one, "统计表 B5") == [("FORM_FIELD_UNSURE", Severity.WARNING)]


@pytest.mark.parametrize(
    "code", [code for code, doubt in DOUBTS.items() if not doubt.keeps_value] + ["of_later_readers"]
)
def test_a_doubt_of_what_is_seen_leaves_the_field_open_and_names_the_cell(
    campaign: Campaign, code: str
) -> None:
    one = judged(
        campaign, Cell("1214", 4, 0, doubts=(code,)), Cell("1360", 4, 1), Cell("12.5", 4, 2)
    )
    assert one.fields["overall.drills"].value is None
    assert one.fields["overall.drills"].confidence < campaign.form.confidence_bound
    assert len(told_of(one, "统计表 A5")) == 1
    assert one.verdict is not Verdict.ACCEPTED


def test_a_collapsed_group_is_read_and_told(campaign: Campaign) -> None:
    one = judged(
        campaign,
        Cell("14", 4, 0, doubts=("collapsed_source",)),
        Cell("1360", 4, 1),
        Cell("12.5", 4, 2),
    )
    assert one.fields["overall.drills"].value == 14
    assert one.fields["overall.drills"].confidence == 1
    assert told_of(one, "统计表 A5") == [("FORM_FIELD_COLLAPSED", Severity.NOTICE)]


def test_a_doubt_of_a_paragraph_reaches_its_fields(campaign: Campaign) -> None:
    lines = Grid("正文", (Cell("填表人：李明", 0, 0, doubts=("struck_possible",)),), is_table=False)
    values = (Cell("14", 4, 0), Cell("1360", 4, 1), Cell("12.5", 4, 2))
    inspected = document("2017年安全生产应急演练统计表", grids=(table(*values, clerk=""), lines))
    one = judge_file(inspected, campaign)
    assert one.fields["filled_by"].value is None
    assert told_of(one, "正文 第1段") == [("FORM_FIELD_UNSURE", Severity.WARNING)]


def outside(text: str, row: int, column: int) -> Cell:
    return Cell(text, row, column, doubts=("outside_print_area",))


def test_a_figure_that_is_only_outside_the_print_area_is_read_and_confirmed_by_a_person(
    campaign: Campaign,
) -> None:
    one = judged(campaign, Cell("14", 4, 0), Cell("1360", 4, 1), outside("12.5", 4, 2))
    assert one.fields["overall.spend_wan"].value == 12.5
    assert told_of(one, "统计表 C5") == [("FORM_FIELD_UNSURE", Severity.WARNING)]
    assert one.verdict is Verdict.HELD


@pytest.mark.parametrize(("other", "value"), [("99", None), ("14", 14)])
def test_two_figures_on_the_screen_one_of_them_not_printed_are_open_where_they_differ(
    campaign: Campaign, other: str, value: int | None
) -> None:
    draft = (outside("总体情况", 2, 5), outside("举办次数", 3, 5), outside(other, 4, 5))
    printed = (Cell("14", 4, 0), Cell("1360", 4, 1), Cell("12.5", 4, 2))
    one = judged(campaign, *printed, *draft)
    assert one.fields["overall.drills"].value == value
    assert told_of(one, "统计表 A5") == ([] if value else [("FORM_FIELD_UNSURE", Severity.WARNING)])


def test_what_is_folded_away_contradicts_nothing_that_is_seen(campaign: Campaign) -> None:
    folded = [
        Cell(text, row, 5, doubts=("collapsed_source",))
        for row, text in enumerate(("总体情况", "举办次数", "99"), 2)
    ]
    one = judged(campaign, Cell("14", 4, 0), Cell("1360", 4, 1), Cell("12.5", 4, 2), *folded)
    assert one.fields["overall.drills"].value == 14
    assert told_of(one, "统计表 A5") == []
