"""Which of a file's grids are the form, and which of them speaks for a field."""

from dataclasses import replace
from typing import Any

import pytest
from make.forms import shipped_spec
from make.small_grids import grid_of_lines

from mailbot.campaign.forms import FormField, FormRows, FormSpec, RowField
from mailbot.judgement.form.fields import _captioned, extract_fields, recognise_form
from mailbot.judgement.form.labels import Vocabulary
from mailbot.model import Cell, FieldValue, Grid

SPEC = shipped_spec("zhengzhou-2017")  # 18 fields in the table, 4 around it
TITLE = "2017年安全生产应急演练统计表"
OTHER_NAME = "附件.xlsx"
FIVE = (
    "总体情况*1,5",
    "举办次数|参演人数|直接投入|观摩人数|多部门联动综合演练次数",
    "12|300|4.5|40|1",
)
THREE = ("总体情况*1,3", "举办次数|参演人数|直接投入", "12|300|4.5")
TWO = ("总体情况*1,2", "举办次数|参演人数", "12|300")
PHONE = "联系电话|0371-67182119"

SIGN_IN = FormSpec(
    title="签到表",
    recognised_by=(),
    labels={},
    fields=(FormField(key="unit", path=("填报单位",), type="unit", place="header"),),
    rows=FormRows(
        key="people",
        heading=("姓名", "人数"),
        minimum=1,
        fields=(
            RowField(key="name", path=("姓名",), type="person"),
            RowField(key="count", path=("人数",), type="count"),
        ),
    ),
)


def lines(*texts: str, title: str = "正文") -> Grid:
    """Paragraphs around the tables."""
    cells = tuple(Cell(text, row, 0) for row, text in enumerate(texts))
    return Grid(title, cells, is_table=False)


def read(*grids: Grid, spec: FormSpec = SPEC) -> dict[str, Any]:
    """What is stated, by key; None where it was left open."""
    found = extract_fields(grids, spec)
    return {key: field.value for key, field in found.items() if field.raw.strip()}


def small(*keys: str) -> FormSpec:
    kept = tuple(one for one in SPEC.fields if one.key in keys)
    return SPEC.model_copy(update={"fields": kept})


# ---- is it the form at all ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("grid", "recognised"),
    [
        ((*FIVE, "按演练形式分类*1,5", "现场|6"), True),  # six fields: a third of the table
        (FIVE, False),
        ((*THREE, PHONE), True),  # three of them, and a line of the footer
        (THREE, False),
        ((*TWO, PHONE), False),
        ((PHONE, "填报单位|金水区"), False),
    ],
)
def test_a_table_is_the_form_by_how_many_of_its_fields_have_a_place(
    grid: tuple[str, ...], recognised: bool
) -> None:
    assert recognise_form([grid_of_lines(*grid)], "", OTHER_NAME, SPEC) is recognised


@pytest.mark.parametrize(
    ("keys", "grid", "recognised"),
    [
        (("overall.drills", "overall.participants", "overall.spend_wan"), THREE, True),
        (("overall.drills", "overall.participants", "overall.spend_wan"), TWO, False),
        (("overall.drills", "overall.participants", "phone"), (*TWO, PHONE), True),
        (("overall.drills", "overall.participants", "phone"), TWO, False),
    ],
)
def test_a_short_form_is_recognised_by_all_of_it(
    keys: tuple[str, ...], grid: tuple[str, ...], recognised: bool
) -> None:
    assert recognise_form([grid_of_lines(*grid)], "", OTHER_NAME, small(*keys)) is recognised


def test_the_fields_of_the_fullest_table_are_counted_and_those_around_it_of_all() -> None:
    footer = grid_of_lines(PHONE)
    three, two = grid_of_lines(*THREE), grid_of_lines(*TWO)
    assert recognise_form([two, three, footer], "", OTHER_NAME, SPEC)
    assert not recognise_form([two, two, footer], "", OTHER_NAME, SPEC)


def test_our_own_form_is_known_by_its_hidden_names_alone() -> None:
    named = replace(grid_of_lines("一|二"), names={"mb.overall.drills": (0, 1)})
    foreign = replace(grid_of_lines("一|二"), names={"Print_Area": (0, 1)})
    assert recognise_form([foreign, named], "", OTHER_NAME, SPEC)
    assert not recognise_form([foreign], "", OTHER_NAME, SPEC)


def test_a_form_of_records_is_known_by_their_heading() -> None:
    listed, other = grid_of_lines("姓名|人数", "张某|3"), grid_of_lines("时间|科目", "9:00|疏散")
    assert recognise_form([other, listed], "", OTHER_NAME, SIGN_IN)
    assert not recognise_form([other], "", OTHER_NAME, SIGN_IN)
    bare = SIGN_IN.model_copy(update={"rows": None})
    assert not recognise_form([listed], "", OTHER_NAME, bare)


FOOTER, MEASURE = lines("联系电话：0371-67182119"), grid_of_lines("总体情况", "举办次数", "12")


@pytest.mark.parametrize(
    ("text", "grids", "recognised"),
    [
        (TITLE, [FOOTER], True),
        (TITLE, [MEASURE], True),
        (TITLE, [], False),
        ("", [FOOTER], False),
        ("", [MEASURE], False),
        ("\n" * 20 + "第一行\n" * 11 + TITLE, [FOOTER], True),  # the twelfth line with words
        ("第一行\n" * 12 + TITLE, [FOOTER], False),
        (f"{'略' * 15}{TITLE}", [FOOTER], True),
        (f"{'略' * 16}{TITLE}", [FOOTER], False),  # a sentence that mentions it
        ("", [grid_of_lines(f"||{TITLE}"), FOOTER], True),
        ("", [grid_of_lines(f"一|二|{TITLE}"), FOOTER], True),
        ("", [grid_of_lines(f"一|二|三|{TITLE}"), FOOTER], False),
        ("", [lines(TITLE), FOOTER], False),  # the text has it, or nobody
    ],
)
def test_a_title_at_the_head_tells_the_form_where_any_field_has_a_place(
    text: str, grids: list[Grid], recognised: bool
) -> None:
    assert recognise_form(grids, text, OTHER_NAME, SPEC) is recognised


@pytest.mark.parametrize(
    ("name", "text", "grids", "recognised"),
    [
        ("金水区演练统计表.doc", "", [], True),
        ("金水区演练 统计表.doc", "略" * 299, [], True),
        ("金水区演练统计表.doc", "略" * 300, [], False),
        ("金水区演练统计表.doc", "略" * 300, [MEASURE], True),
        ("金水区演练统计表.doc", "略" * 300, [FOOTER], True),
        ("金水区演练总结.doc", "", [MEASURE], False),
        ("金水区演练总结.doc", "", [FOOTER], False),
        ("江海市应急演练情况汇总表.doc", "", [], False),
    ],
)
def test_a_name_tells_the_form_where_nothing_speaks_against_it(
    name: str, text: str, grids: list[Grid], recognised: bool
) -> None:
    assert recognise_form(grids, text, name, SPEC) is recognised


def test_the_forms_full_title_is_a_name_of_it_too() -> None:
    spec = SPEC.model_copy(update={"recognised_by": ("别的表",), "title": "演练月报"})
    assert recognise_form([], "", "金水区演练月报.doc", spec)
    assert recognise_form([], "", "别的表.doc", spec)
    assert not recognise_form([], "", "演练统计表.doc", spec)


# ---- our own form, by its hidden names ------------------------------------------------------


NAMES = {"mb.overall.drills": (0, 0), "mb.overall.participants": (0, 1)}


def named(*entries: str, title: str = "表1", **cell: Any) -> Grid:
    cells = tuple(Cell(text, 0, column, **cell) for column, text in enumerate(entries))
    return Grid(title, cells, names=NAMES)


@pytest.mark.parametrize(
    ("grids", "drills"),
    [
        ([named("12", "300", title="一"), named("", "", title="二")], "一 A1"),
        ([named("", "", title="一"), named("12", "300", title="二")], "二 A1"),
        ([named("12", "", title="一"), named("13", "300", title="二")], "二 A1"),
        ([named("12", "300", title="一"), named("13", "301", title="二")], "一 A1"),  # the first
        ([named("", "", title="一")], "一 A1"),
        ([grid_of_lines("填表说明"), named("", "", title="二")], "二 A1"),
    ],
)
def test_of_several_sheets_of_our_form_the_fullest_speaks(grids: list[Grid], drills: str) -> None:
    assert extract_fields(grids, SPEC)["overall.drills"].where == drills


@pytest.mark.parametrize(
    ("confidence", "value"), [(1.0, 12), (SPEC.confidence_bound, 12), (0.5, None)]
)
def test_a_named_cell_counts_as_far_as_it_was_read(confidence: float, value: int | None) -> None:
    field = extract_fields([named("12", "300", confidence=confidence)], SPEC)["overall.drills"]
    assert (field.value, field.raw, field.confidence) == (value, "12", confidence)


def test_a_named_cell_that_shows_another_number_than_it_keeps_is_in_doubt() -> None:
    for stored, doubts in (("12", ()), ("18", ("stored_differs",)), ("", ("stored_differs",))):
        shown = named("12", "300", stored=stored, doubts=("stored_differs",))
        field = extract_fields([shown], SPEC)["overall.drills"]
        assert (field.value, field.doubts) == (12, doubts)


def test_a_name_within_a_merged_cell_is_of_that_cell() -> None:
    cells = (Cell("7", 0, 0), Cell("12", 1, 1, 2, 3), Cell("8", 3, 4))
    for at, raw in (
        *(((row, column), "12") for row in (1, 2) for column in (1, 2, 3)),
        *((place, "") for place in ((0, 1), (3, 1), (1, 0), (1, 4))),
    ):
        field = extract_fields([Grid("表1", cells, names={"overall.drills": at})], SPEC)
        assert field["overall.drills"].raw == raw, at
        assert field["overall.drills"].where.startswith("表1 ")


@pytest.mark.parametrize(
    ("kind", "label", "text", "value"),
    [
        ("number", "用时（分钟）", "4分30秒", 4.5),
        ("percent", "完好率（%）", "95", 95),
        ("count", "参演人数（万人次）", "1.2", 12_000),
        ("count", "举办次数", "14人", None),
        ("money_wan", "直接投入（元）", "4.5", 4.5),  # our own form asks for 万元
    ],
)
def test_the_labels_unit_is_that_of_a_named_cell(
    kind: Any, label: str, text: str, value: float | None
) -> None:
    field = SPEC.fields[2].model_copy(update={"type": kind, "path": ("总体情况", label)})
    spec = SPEC.model_copy(update={"fields": (field,)})
    grid = Grid("表1", (Cell(text, 0, 0),), names={field.key: (0, 0)})
    assert extract_fields([grid], spec)[field.key].value == value


def test_what_has_no_hidden_name_is_read_by_its_labels() -> None:
    grid = replace(grid_of_lines(*TWO), names={"mb.overall.drills": (2, 1)})
    assert read(grid) == {"overall.drills": 300, "overall.participants": 300}


# ---- headings over the table, notes around it ------------------------------------------------


@pytest.mark.parametrize(
    ("caption", "field", "value"),
    [
        (("三、按演练形式分类（现场）",), "by_form.live", 12),
        (("（以下由各单位填写）", "现场"), "by_form.live", 12),
        (("现场", "填报单位"), "by_form.live", 12),  # no heading of a table
        (("填报单位",), "overall.drills", 12),
        ((), "overall.drills", 12),
    ],
)
def test_a_heading_over_a_table_is_its_section(
    caption: tuple[str, ...], field: str, value: int
) -> None:
    grid = replace(grid_of_lines("举办次数", "12"), caption=caption)
    stated = {key: one for key, one in extract_fields([grid], SPEC).items() if one.raw}
    assert stated == {field: FieldValue(value, "12", "表1 A2")}


def test_headings_over_a_table_span_it_outside_its_own_addresses() -> None:
    grid = replace(grid_of_lines("||单位|举办次数", "||金水区|12"), caption=("演练形式", "现场"))
    made = _captioned(grid, Vocabulary(SPEC))
    assert made.cells[:2] == (Cell("演练形式", -2, 2, 1, 2), Cell("现场", -1, 2, 1, 2))
    assert made.cells[2:] == grid.cells
    assert extract_fields([grid], SPEC)["by_form.live"] == FieldValue(12, "12", "表1 D2")


def test_of_two_headings_over_a_table_the_upper_is_the_outer() -> None:
    grid = grid_of_lines("||举办次数|参演人数", "||12|300")
    caption = ("二、按组织单位分类", "企业")
    found = read(replace(grid, caption=caption))
    assert found == {
        "by_organiser.enterprise.drills": 12,
        "by_organiser.enterprise.participants": 300,
    }
    assert read(replace(Grid("表1", ()), caption=caption)) == {}


@pytest.mark.parametrize(
    ("note", "wan"), [("单位：元", 4.5), ("单位：万元", 45_000.0), ("", 45_000.0)]
)
def test_a_note_of_units_between_the_paragraphs_is_of_the_table(note: str, wan: float) -> None:
    table = grid_of_lines("总体情况*1,2", "举办次数|直接投入", "12|45000")
    assert read(lines("统计表", note), table)["overall.spend_wan"] == pytest.approx(wan)


def test_a_note_in_another_table_is_of_that_table() -> None:
    table = grid_of_lines("总体情况*1,2", "举办次数|直接投入", "12|45000")
    assert read(grid_of_lines("单位：元|说明"), table)["overall.spend_wan"] == 45_000.0


@pytest.mark.parametrize(
    ("texts", "phone"),
    [
        (("联系电话：0371-67182119",), "0371-67182119"),
        (("联系电话：0371-67182119" + "略" * 282,), None),  # 300 characters are no line
        (("略" * 300, "联系电话：0371-67182119"), "0371-67182119"),
        # The form's own line has its fellows.
        (("联系电话：0371-60000000", "填表人：张三  联系电话：0371-67182119"), "0371-67182119"),
        (("填表人：张三  联系电话：0371-67182119", "联系电话：0371-60000000"), "0371-67182119"),
        # Two of equal rank contradict each other.
        (("联系电话：0371-60000000", "联系电话：0371-67182119"), None),
    ],
)
def test_the_footer_in_paragraphs_is_the_line_with_most_of_its_labels(
    texts: tuple[str, ...], phone: str | None
) -> None:
    assert extract_fields([lines(*texts)], SPEC)["phone"].value == phone


def test_a_line_with_one_label_of_its_own_stays_beside_a_fuller_one() -> None:
    """填报单位 stands in no other line, whatever else stands in its own."""
    texts = (
        "填报单位：金水区  填表人：李四",
        "填表人：张三  联系电话：0371-67182119  报出时间：2017.7.3",
    )
    found = extract_fields([lines(*texts)], SPEC)
    assert found["unit"].value == "金水区"
    assert found["phone"].value == "0371-67182119"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (
            ("总体情况", "举办次数：12", "某文字", "参演人数：300"),
            {"overall.drills": 12, "overall.participants": 300},
        ),
        (("现报送如下", "举办次数：12"), {"overall.drills": 12}),  # a sentence is no heading
        (("现场", "举办次数：5"), {"by_form.live": 5}),
    ],
)
def test_figures_in_sentences_stand_under_the_labels_before_them(
    texts: tuple[str, ...], expected: dict[str, int]
) -> None:
    assert read(lines(*texts)) == expected


# ---- samples, copies, pieces ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("grid", "is_sample"),
    [
        (grid_of_lines(*FIVE, title="填表说明"), True),
        (grid_of_lines("样表*1,5", *FIVE), True),
        (grid_of_lines("一|二|填写示例", *FIVE), True),
        (grid_of_lines("一|二|三|填写示例", *FIVE), False),
        (grid_of_lines(f"{'略' * 58}示例*1,5", *FIVE), True),  # within 60 characters
        (grid_of_lines(f"{'略' * 59}示例*1,5", *FIVE), False),
        (grid_of_lines(*FIVE, title="示范区"), False),
    ],
)
def test_a_sheet_of_samples_is_told_by_its_name_or_its_head(grid: Grid, is_sample: bool) -> None:
    own = grid_of_lines(*(line.replace("12|300", "13|301") for line in FIVE), title="表2")
    drills = extract_fields([grid, own], SPEC)["overall.drills"]
    assert (drills.value == 13) is is_sample
    assert (drills.value is None) is not is_sample  # two tables that differ


def test_the_head_of_paragraphs_makes_no_sample_of_the_footer() -> None:
    """A line of instructions may stand over it."""
    fuller = lines("填表说明：请如实填写", "填表人：张三  联系电话：0371-67182119")
    other = lines("联系电话：0371-60000000", title="页脚")
    for grids in ([other, fuller], [fuller, other]):
        assert extract_fields(grids, SPEC)["phone"].value == "0371-67182119"


@pytest.mark.parametrize(
    ("second", "drills"),
    [
        (("总体情况*1,3", "举办次数|参演人数|直接投入", "13|301|5"), None),  # three of five
        (("总体情况*1,2", "举办次数|参演人数", "13|301"), None),  # under all of its headings
        (("举办次数|参演人数", "13|301"), 12),
        (("举办次数|参演人数|直接投入", "13|301|5"), None),  # three, whatever stands over them
        (("总体情况*1,2", "举办次数|参演人数", "12|301"), 12),
        (("总体情况*1,2", "举办次数|参演人数", "|301"), 12),
        (("举办次数|参演人数|直接投入", "13||"), 12),  # one of three is stated
        (("填报单位|二七区", "填表人|李四", "举办次数|参演人数", "13|301"), 12),
    ],
)
def test_a_second_table_contradicts_only_what_it_states_of_the_same_field(
    second: tuple[str, ...], drills: int | None
) -> None:
    first = grid_of_lines("填报单位|金水区", *FIVE, "填表人|张三")
    found = extract_fields([first, grid_of_lines(*second, title="表2")], SPEC)
    assert found["overall.drills"].value == drills
    if "总体情况*1,2" in second:
        assert found["overall.participants"].value is None


def test_a_copy_of_less_than_half_of_the_table_is_none() -> None:
    six = grid_of_lines(*FIVE, "按演练形式分类*1,5", "现场|6")
    two, three = grid_of_lines(*TWO), ("举办次数|参演人数|直接投入", "13|301|5")
    for first, second in ((six, three), (two, ("举办次数|参演人数", "13|301"))):
        found = extract_fields([first, grid_of_lines(*second, title="表2")], SPEC)
        assert found["overall.drills"].value == 12


def test_a_third_table_that_says_what_the_first_does_is_not_told_again() -> None:
    grids = [grid_of_lines(*FIVE, title=title) for title in ("甲", "丙")]
    grids.insert(1, grid_of_lines(*FIVE[:2], "13|300|4.5|40|1", title="乙"))
    assert extract_fields(grids, SPEC)["overall.drills"].raw == "12 / 13"


def test_another_tables_unit_does_not_contradict_the_forms_own() -> None:
    first = grid_of_lines("填报单位|金水区", *FIVE)
    other = grid_of_lines("填报单位|丰产路街道", *TWO, title="表2")
    assert extract_fields([first, other], SPEC)["unit"].value == "金水区"


def test_figures_of_another_section_without_their_headings_are_not_filled_in() -> None:
    other = grid_of_lines("现场|6", "桌面|7", "综合|8", title="表2")
    assert read(grid_of_lines(*FIVE), other).keys() == read(grid_of_lines(*FIVE)).keys()
    part = grid_of_lines("乡镇|参演人数", "某镇|300", title="表2")
    assert "overall.participants" not in read(grid_of_lines(*TWO[:2], "12|"), part)


def test_the_table_with_figures_speaks_though_a_note_says_more() -> None:
    note = grid_of_lines("填报单位|金水区", "填表人|张三", PHONE, title="备注")
    table = grid_of_lines("举办次数|参演人数", "12|300")
    assert read(note, table)["overall.drills"] == 12


def test_a_section_in_a_table_of_its_own_fills_in_what_the_first_leaves_open() -> None:
    first = grid_of_lines("总体情况*1,2", "举办次数|参演人数", "12|")
    second = grid_of_lines(
        "总体情况*1,2", "参演人数|观摩人数", "300|40", "备注|无", "说明|无", title="表2"
    )
    assert read(first, second) == {
        "overall.drills": 12,
        "overall.participants": 300,
        "overall.observers": 40,
    }


@pytest.mark.parametrize(
    ("note", "phone"),
    [
        (("联系电话|0371-67182119",), "0371-67182119"),
        (("备注|无", "说明|无", "联系电话|0371-67182119"), "0371-67182119"),  # the third row
        (("备注|无", "说明|无", "附注|无", "联系电话|0371-67182119"), None),
        (
            ("备注|无", "说明|无", "附注|无", "填表人|张三", "联系电话|0371-67182119"),
            "0371-67182119",
        ),
    ],
)
def test_a_note_beside_the_table_gives_the_footer_where_it_is_one(
    note: tuple[str, ...], phone: str | None
) -> None:
    grids = [grid_of_lines(*FIVE), grid_of_lines(*note, title="备注")]
    assert extract_fields(grids, SPEC)["phone"].value == phone


def test_an_empty_line_leaves_the_footer_to_a_note() -> None:
    grids = [grid_of_lines(*FIVE), lines("联系电话："), grid_of_lines(PHONE, title="备注")]
    assert extract_fields(grids, SPEC)["phone"].value == "0371-67182119"


def test_a_long_list_of_townships_gives_the_form_no_telephone() -> None:
    townships = [f"某镇|{number}|0371-6000000{number}" for number in range(1, 6)]
    listed = grid_of_lines("乡镇|举办次数|联系电话", *townships, title="乡镇")
    assert extract_fields([grid_of_lines(*FIVE), listed], SPEC)["phone"].where == ""


def test_the_head_of_a_list_of_records_is_of_the_form() -> None:
    """A sign-in sheet: its unit stands over the list, and no other list's does."""
    people = [f"张某|{number}" for number in range(1, 6)]
    listed = grid_of_lines("填报单位|金水区", "姓名|人数", *people)
    other = grid_of_lines("填报单位|二七区", *["时间|科目"] * 5, title="日程")
    for grids in ([listed], [other, listed], [listed, other]):
        assert extract_fields(grids, SIGN_IN)["unit"].value == "金水区"


def test_the_tables_own_footer_goes_before_a_line_around_it() -> None:
    table = grid_of_lines(*FIVE, PHONE)
    around = lines("联系电话：0371-60000000")
    assert extract_fields([around, table], SPEC)["phone"].value == "0371-67182119"
    empty = grid_of_lines(*FIVE, "联系电话||")
    assert extract_fields([around, empty], SPEC)["phone"].where == "表1 B4"


def test_how_sure_a_field_is_is_how_sure_its_worst_cell_is() -> None:
    def with_confidence(confidence: float, *texts: str) -> Grid:
        made = grid_of_lines(*texts)
        cells = (replace(one, confidence=confidence) for one in made.cells)
        return replace(made, cells=tuple(cells))

    found = extract_fields([with_confidence(SPEC.confidence_bound, *TWO)], SPEC)
    assert found["overall.drills"] == FieldValue(12, "12", "表1 A3", SPEC.confidence_bound)
    assert found["overall.participants"].raw == "300"
    twice = [
        with_confidence(0.95, *TWO),
        with_confidence(0.97, *TWO[:2], "13|301"),
    ]
    assert extract_fields(twice, SPEC)["overall.drills"].confidence == 0.95


# ---- which cells of one grid may hold a field -----------------------------------------------


@pytest.mark.parametrize(
    ("grid", "expected"),
    [
        # 50 are people, and the only measure of 现场 is 举办次数.
        (("按演练形式分类*1,2", "|参演人数", "现场|50"), {}),
        (("按演练形式分类*1,2", "|举办次数", "现场|5"), {"by_form.live": 5}),
        (("按演练形式分类*1,2", "现场|5"), {"by_form.live": 5}),
        # A heading nobody knows stands where 总体情况 would.
        (("某项工作：", "举办次数：12"), {}),
        (("某项工作", "举办次数", "12"), {}),
        (("举办次数", "12"), {"overall.drills": 12}),
        # Last year's figures are none of this form's.
        (("总体情况*1,2", "举办次数|去年同期", "12|9"), {"overall.drills": 12}),
        # The footer's own line, though a list of people has telephones too.
        (
            (
                *("姓名|联系电话", "某甲|0371-60000000"),
                "填表人：张三|联系电话：0371-67182119",
            ),
            {"filled_by": "张三", "phone": "0371-67182119"},
        ),
        (
            (
                *("姓名|联系电话||", "某甲|0371-60000000||"),
                "填表人|张三|联系电话|0371-67182119",
            ),
            {"filled_by": "张三", "phone": "0371-67182119"},
        ),
        (  # by the line of its labels, wherever the values stand
            ("序号|联系电话", "1|0371-60000000", "填表人|联系电话", "张三|0371-67182119"),
            {"filled_by": "张三", "phone": "0371-67182119"},
        ),
        # The name of who filled it in is no heading of what stands below.
        (("填表人|张三", "|举办次数", "|12"), {"filled_by": "张三", "overall.drills": 12}),
        # Nor is a text behind another figure.
        (("某文字", "9", "举办次数", "12"), {"overall.drills": 12}),
    ],
)
def test_a_figure_under_a_strange_heading_is_left_where_it_is(
    grid: tuple[str, ...], expected: dict[str, Any]
) -> None:
    assert read(grid_of_lines(*grid)) == expected
