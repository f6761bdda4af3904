"""The fields of the table out of grids in many layouts; expected values known by construction."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from make.examples import examples
from make.form_layouts import LAYOUTS, UNMERGED, Seeded
from make.forms import (
    Filled,
    Readings,
    fill_form,
    filled_forms,
    shipped_spec,
    write_docx,
    write_xlsx,
)
from make.small_grids import grid_of_lines, small_grids

from mailbot.campaign.forms import FormField, FormSpec
from mailbot.inspection.documents.probe import read_document
from mailbot.judgement.form.fields import extract_fields, recognise_form
from mailbot.judgement.form.labels import Vocabulary
from mailbot.model import Cell, FieldValue, Grid

ZHENGZHOU = shipped_spec("zhengzhou-2017")
JIANGHAI = shipped_spec("jianghai-2017")

# Words no label is made of, so that a spec of them resembles none that was thought of.
_SYLLABLES = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
_generated = settings(
    max_examples=examples(12),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def grid(*rows: Sequence[str | tuple[str, int, int]], title: str = "表1") -> Grid:
    """Rows of texts; a tuple is (text, rows, columns); a None-like "" keeps its place."""
    cells = []
    for row, line in enumerate(rows):
        column = 0
        for entry in line:
            text, height, width = (entry, 1, 1) if isinstance(entry, str) else entry
            if text:
                cells.append(Cell(text, row, column, height, width))
            column += width
    return Grid(title, tuple(cells))


def values(fields: Mapping[str, FieldValue]) -> dict[str, object]:
    return {key: field.value for key, field in fields.items() if field.value is not None}


# ---- any layout ---------------------------------------------------------------------------


@pytest.mark.parametrize("spec", [ZHENGZHOU, JIANGHAI], ids=["zhengzhou", "jianghai"])
@pytest.mark.parametrize("merged", [True, False], ids=["merged", "unmerged"])
def test_every_layout_is_read_back(spec: FormSpec, merged: bool) -> None:
    readings = Readings()

    @_generated
    @given(filled_forms(spec, tuple(LAYOUTS) if merged else UNMERGED, merged))
    def round_trip(filled: Filled) -> None:
        readings.add(extract_fields(filled.grids, spec), filled)

    round_trip()
    readings.close()


@st.composite
def unheard_of_specs(draw: st.DrawFn) -> FormSpec:
    """A form nobody designed: random sections, groups and measures."""
    words = draw(
        st.lists(
            st.text(_SYLLABLES, min_size=2, max_size=5), min_size=16, max_size=16, unique=True
        ).filter(lambda names: not any(a != b and a in b for a in names for b in names))
    )
    fresh = iter(words)
    unit, day, person, phone = (next(fresh) for _ in range(4))
    fields = [
        FormField(key="unit", path=(unit,), type="unit", place="header", required=True),
        FormField(key="day", path=(day,), type="date", place="header", required=True),
    ]
    measures = [next(fresh) for _ in range(draw(st.integers(2, 3)))]
    names = iter("abcdefgh")
    flat, grouped = next(fresh), next(fresh)
    for measure, key in zip(measures, names, strict=False):
        fields.append(FormField(key=f"whole.{key}", path=(flat, measure), type="count"))
    for group_key in "xyz"[: draw(st.integers(2, 3))]:
        group = next(fresh)
        for measure, key in zip(measures, "abc", strict=False):
            path = (grouped, group, measure)
            fields.append(FormField(key=f"{group_key}.{key}", path=path, type="count"))
    fields += [
        FormField(key="person", path=(person,), type="person", place="footer", required=True),
        FormField(key="phone", path=(phone,), type="phone", place="footer", required=True),
    ]
    labels: dict[str, tuple[str, ...]] = {label: () for one in fields for label in one.path}
    return FormSpec(
        title="某表", recognised_by=("某表",), labels=labels, fields=tuple(fields), checks=()
    )


def test_a_form_nobody_designed_is_read_by_its_spec_alone() -> None:
    readings = Readings()

    @_generated
    @given(st.data())
    def round_trip(data: st.DataObject) -> None:
        filled = data.draw(filled_forms(data.draw(unheard_of_specs())))
        readings.add(extract_fields(filled.grids, filled.spec), filled)

    round_trip()
    readings.close()


@pytest.mark.parametrize(("write", "suffix"), [(write_xlsx, "xlsx"), (write_docx, "docx")])
def test_every_layout_is_read_back_from_a_file(write, suffix: str, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]  # one of two writers
    readings = Readings()

    @settings(_generated, max_examples=6)
    @given(filled_forms(ZHENGZHOU))
    def round_trip(filled: Filled) -> None:
        path = tmp_path / f"form.{suffix}"
        path.write_bytes(write(filled))
        document = read_document(path, suffix)
        readings.add(extract_fields(document.grids, ZHENGZHOU), filled)
        assert recognise_form(document.grids, document.text, "附件.dat", ZHENGZHOU)

    round_trip()
    readings.close()


@pytest.mark.parametrize("text", ["其它栏目", ""], ids=["strange", "gone"])
def test_with_a_heading_lost_a_field_is_left_open_rather_than_guessed(text: str) -> None:
    vocabulary = Vocabulary(ZHENGZHOU)

    @_generated
    @given(st.data())
    def no_wrong_value(data: st.DataObject) -> None:
        filled = data.draw(filled_forms(ZHENGZHOU))
        labelled = [
            (sheet, at)
            for sheet in filled.sheets
            for at, box in sheet.boxes.items()
            if vocabulary.match(box.text)
        ]
        if labelled:
            sheet, at = data.draw(st.sampled_from(labelled))
            sheet.boxes[at] = replace(sheet.boxes[at], text=text)
        for key, field in extract_fields(filled.grids, ZHENGZHOU).items():
            assert field.value is None or field.value == pytest.approx(filled.expected[key])

    no_wrong_value()


@pytest.mark.samples
def test_another_citys_form_is_read_from_every_digital_format(samples: Path) -> None:
    expected = json.loads((samples / "tables" / "EXPECTED.json").read_text("utf-8"))
    wrong: dict[tuple[str, str], FieldValue] = {}
    for name, truth in expected.items():
        suffix = name.rsplit(".", 1)[1]
        if suffix in ("png", "jpg") or "scan" in name:
            continue  # pictures: the reader for scans has its own tests
        fields = extract_fields(read_document(samples / "tables" / name, suffix).grids, JIANGHAI)
        wrong |= {
            (name, key): fields[key]
            for key, value in truth["fields"].items()
            if fields[key].value != value
        }
    assert not wrong


# ---- single traps -------------------------------------------------------------------------


def test_raw_text_and_cell_stay_beside_the_value() -> None:
    fields = extract_fields(
        [grid([("总体情况", 1, 2)], ["举办次数", "参演人数"], ["１２次", "1.2万"])], ZHENGZHOU
    )
    assert fields["overall.drills"] == FieldValue(12, "１２次", "表1 A3")
    assert fields["overall.participants"] == FieldValue(12000, "1.2万", "表1 B3")
    assert fields["overall.spend_wan"] == FieldValue(None, "", "")
    assert list(fields) == [one.key for one in ZHENGZHOU.fields]


def test_a_label_that_begins_like_another_is_not_taken_for_it() -> None:
    fields = extract_fields(
        [
            grid(
                [("总体情况", 1, 3)],
                ["参演人数累计完成率", "参演人数", "举办次数"],
                ["95", "300", "12"],
            )
        ],
        ZHENGZHOU,
    )
    assert values(fields) == {"overall.participants": 300, "overall.drills": 12}


def test_lines_around_the_table_are_read_several_on_one_line() -> None:
    lines = (
        "填报单位（盖章）：测试区安监局                 报出时间：2017 年 7 月 3 日",
        "填表人：填表人甲   审核人：乙   联系电话：0371-67182119",
    )
    around = Grid(
        "正文", tuple(Cell(line, row, 0) for row, line in enumerate(lines)), is_table=False
    )
    fields = extract_fields([around], ZHENGZHOU)
    assert values(fields) == {
        "unit": "测试区安监局",
        "reported_on": "2017-07-03",
        "filled_by": "填表人甲",
        "phone": "0371-67182119",
    }
    assert fields["phone"].where == "正文 第2段"


def test_of_several_lines_with_a_telephone_the_forms_own_line_counts() -> None:
    lines = (
        "演练总指挥联系电话：0371-11111111",
        "联系电话：0371-22222222",
        "填表人：甲乙  联系电话：0371-67182119",
    )
    around = Grid(
        "正文", tuple(Cell(line, row, 0) for row, line in enumerate(lines)), is_table=False
    )
    assert extract_fields([around], ZHENGZHOU)["phone"].value == "0371-67182119"


def test_a_date_in_cells_of_its_own_is_joined() -> None:
    fields = extract_fields([grid(["报出时间", "2017", "年", "7", "月", "3", "日"])], ZHENGZHOU)
    assert fields["reported_on"].value == "2017-07-03"


def test_a_row_of_column_numbers_holds_no_values() -> None:
    fields = extract_fields(
        [
            grid(
                [("总体情况", 1, 3)],
                ["举办次数", "参演人数", "直接投入"],
                ["1", "2", "3"],
                ["12", "300", "4.5"],
            )
        ],
        ZHENGZHOU,
    )
    assert values(fields) == {
        "overall.drills": 12,
        "overall.participants": 300,
        "overall.spend_wan": 4.5,
    }


def test_a_note_of_the_unit_beside_or_above_the_amounts_counts() -> None:
    heads = ["举办次数", "直接投入"]
    for table in (
        grid([("总体情况", 1, 2)], ["举办次数", "直接投入（元）"], ["12", "45000"]),
        grid([("总体情况", 1, 2)], heads, ["（场）", "（元）"], ["12", "45000"]),
        grid([("总体情况", 1, 3)], ["直接投入", "45000", "元"]),
    ):
        assert extract_fields([table], ZHENGZHOU)["overall.spend_wan"].value == 4.5


def test_rows_without_a_known_head_are_not_taken_for_the_whole() -> None:
    fields = extract_fields(
        [grid(["", "举办次数", "参演人数"], ["个体工商户", "3", "20"], ["学校", "5", "40"])],
        ZHENGZHOU,
    )
    assert values(fields) == {}


def test_two_figures_for_one_field_are_told_and_none_is_chosen() -> None:
    fields = extract_fields([grid([("总体情况", 1, 1)], ["举办次数"], ["12"], ["15"])], ZHENGZHOU)
    assert fields["overall.drills"] == FieldValue(None, "12 / 15", "表1 A3；表1 A4")


def _whole(drills: str, title: str, unit: str = "测试区安监局") -> Grid:
    return grid(
        ["填报单位", unit, ""],
        [("总体情况", 1, 3)],
        ["举办次数", "参演人数", "直接投入"],
        [drills, "300", "4.5"],
        title=title,
    )


def test_two_units_tables_in_one_file_are_told_and_none_is_chosen() -> None:
    fields = extract_fields([_whole("12", "甲"), _whole("15", "乙", "另一区安监局")], ZHENGZHOU)
    assert fields["overall.drills"].value is None
    assert fields["unit"].raw == "测试区安监局 / 另一区安监局"
    assert fields["overall.participants"].value == 300


def test_a_sample_sheet_and_an_empty_copy_are_passed_over() -> None:
    empty = grid(["填报单位", "", ""], [("总体情况", 1, 3)], ["举办次数", "参演人数", "直接投入"])
    grids = [_whole("99", "填写示例"), empty, _whole("12", "Sheet3")]
    fields = extract_fields(grids, ZHENGZHOU)
    assert fields["overall.drills"] == FieldValue(12, "12", "Sheet3 A4")


def test_a_table_pasted_into_a_plan_is_found_among_other_tables() -> None:
    contacts = grid(
        ["序号", "单位", "联系电话"],
        ["1", "消防大队", "0371-1111111"],
        ["2", "医院", "0371-2222222"],
    )
    schedule = grid(["时间", "科目", "参演人数"], ["9:00", "疏散", "120"], ["9:30", "灭火", "30"])
    fields = extract_fields([contacts, schedule, _whole("12", "表3")], ZHENGZHOU)
    assert values(fields) == {
        "unit": "测试区安监局",
        "overall.drills": 12,
        "overall.participants": 300,
        "overall.spend_wan": 4.5,
    }


def test_a_value_below_the_confidence_bound_is_not_accepted() -> None:
    sure = grid([("总体情况", 1, 2)], ["举办次数", "参演人数"], ["12", "300"])
    unsure = replace(
        sure, cells=tuple(replace(c, confidence=0.6) if c.text == "300" else c for c in sure.cells)
    )
    fields = extract_fields([unsure], ZHENGZHOU)
    assert fields["overall.drills"] == FieldValue(12, "12", "表1 A3")
    assert fields["overall.participants"] == FieldValue(None, "300", "表1 B3", 0.6)


def test_hidden_names_go_before_any_label() -> None:
    table = replace(
        grid(["举办次数", "参演人数"], ["12", "300"]),
        names={"mb.overall.drills": (1, 1), "overall.participants": (1, 0)},
    )
    fields = extract_fields([table], ZHENGZHOU)
    assert fields["overall.drills"] == FieldValue(300, "300", "表1 B2")
    assert fields["overall.participants"] == FieldValue(12, "12", "表1 A2")


def test_a_sheet_of_ten_thousand_rows_is_looked_at_in_its_labelled_part_only() -> None:
    rows: list[list[str | tuple[str, int, int]]] = [[("总体情况", 1, 2)], ["举办次数", "参演人数"]]
    rows += [["12", "300"]]
    rows += [[] for _ in range(60)]
    rows += [[f"人员{number}", f"{number}"] for number in range(10_000)]
    assert values(extract_fields([grid(*rows)], ZHENGZHOU)) == {
        "overall.drills": 12,
        "overall.participants": 300,
    }


@given(
    st.lists(
        st.builds(
            Cell,
            st.sampled_from(
                ["举办次数", "企业", "总体情况", "12", "", "填表人：甲", "其他人数", "文字"]
            ),
            st.integers(0, 6),
            st.integers(0, 6),
            st.integers(0, 4),
            st.integers(0, 4),
        ),
        max_size=20,
    )
)
def test_no_grid_however_broken_makes_the_reader_raise(cells: list[Cell]) -> None:
    fields = extract_fields([Grid("表1", tuple(cells))], ZHENGZHOU)
    assert set(fields) == {one.key for one in ZHENGZHOU.fields}


# ---- is it the form at all ----------------------------------------------------------------


def test_the_form_is_recognised_by_its_content_whatever_the_name() -> None:
    assert recognise_form(
        [_whole("12", "Sheet1")], "", "新建 Microsoft Excel 工作表.xlsx", ZHENGZHOU
    )


def test_the_name_counts_where_there_is_no_content_to_judge_by() -> None:
    assert recognise_form([], "", "XX区应急演练统计表.doc", ZHENGZHOU)
    assert not recognise_form([], "", "附件.doc", ZHENGZHOU)


def test_a_text_named_like_the_form_is_none() -> None:
    prose = "我区于6月22日组织开展了危险化学品泄漏事故应急演练活动。" * 30
    assert not recognise_form([], prose, "演练统计表.doc", ZHENGZHOU)


def test_a_document_that_only_mentions_the_table_is_none() -> None:
    lines = [
        "关于开展应急演练活动的通知",
        *["各单位要高度重视。"] * 20,
        "附件：2017年安全生产应急演练统计表",
    ]
    around = Grid(
        "正文", tuple(Cell(line, row, 0) for row, line in enumerate(lines)), is_table=False
    )
    assert not recognise_form([around], "\n".join(lines), "通知.doc", ZHENGZHOU)


def test_a_plans_own_tables_are_not_the_form() -> None:
    contacts = grid(["单位", "联系电话", "参演人数"], ["消防大队", "0371-1111111", "30"])
    assert not recognise_form([contacts], "应急演练方案", "演练方案.docx", ZHENGZHOU)


@pytest.mark.parametrize(
    "people", [("", "", "0"), ("5", "", "7"), ("", "6", "7"), ("5", "6", "7")], ids=str
)
def test_a_blank_pair_gives_its_organiser_no_figure_of_another(people: tuple[str, ...]) -> None:
    """Merges lost, label and value in one cell: found wrong by generated forms."""
    rows: list[Sequence[str | tuple[str, int, int]]] = [["按组织单位分类"]]
    for name, number in zip(("政府及部门", "企业", "其他"), people, strict=True):
        rows += [[name], ["举办次数：", f"参演人数：{number}", "直接投入（元）：0"], []]
    fields = extract_fields([grid(*rows)], ZHENGZHOU)
    got = [
        fields[f"by_organiser.{organiser}.participants"].value
        for organiser in ("government", "enterprise", "other")
    ]
    assert got == [int(number) if number else None for number in people]


def test_a_value_beside_its_label_is_not_lost_to_an_empty_cell_further_off() -> None:
    header = ["填报单位", "测试区安监局", "", "报出时间", "2017年7月3日"]
    whole = [["总体情况"], ["举办次数", "5"], ["参演人数", "6"], ["直接投入", "7"]]
    parts = [["按组织单位分类"], ["政府及部门"], ["举办次数", "1", "参演人数", "2"]]
    form = grid(header, *whole, *parts)
    fields = extract_fields([form], ZHENGZHOU)
    overall = [fields[f"overall.{key}"].value for key in ("drills", "participants", "spend_wan")]
    assert overall == [5, 6, 7.0]


def whole_form(drills: str = "12", people: str = "300", title: str = "表1") -> Grid:
    return grid(
        [("总体情况", 1, 3)],
        ["举办次数", "参演人数", "直接投入（万元）"],
        [drills, people, "6"],
        title=title,
    )


def test_the_fullest_of_several_tables_tells_the_form() -> None:
    """A list of units beside the table does not make it less of one."""
    other = grid(["序号", "单位", "参演人数"], ["1", "街道", "20"], title="名单")
    full = grid(
        ["填报单位", ("金水区", 1, 5)],
        [("总体情况", 1, 5), ""],
        ["举办次数", "参演人数", "直接投入（万元）", "观摩人数", "综合联动演练次数", ""],
        ["12", "300", "6", "40", "1", ""],
    )
    assert recognise_form([full, other], "", "附件.xlsx", ZHENGZHOU)
    assert recognise_form([other, full], "", "附件.xlsx", ZHENGZHOU)
    assert not recognise_form([other], "", "附件.xlsx", ZHENGZHOU)


def test_a_sample_sheet_counts_only_where_there_is_no_other() -> None:
    sample, own = whole_form("99", "999", "填写示例"), whole_form(title="填报表")
    for grids in ([sample, own], [own, sample]):
        assert values(extract_fields(grids, ZHENGZHOU))["overall.drills"] == 12
    assert values(extract_fields([sample], ZHENGZHOU))["overall.drills"] == 99


def test_what_stands_in_a_note_beside_the_table_counts_where_the_table_is_silent() -> None:
    note = grid(["填报单位：金水区", "联系电话：0371-60000000"], title="备注")
    fields = extract_fields([whole_form(), note], ZHENGZHOU)
    assert fields["phone"].value == "0371-60000000"
    assert fields["unit"].value == "金水区"


def test_a_long_list_with_a_column_of_telephones_gives_the_form_none() -> None:
    people = [["序号", "姓名", "联系电话"]]
    people += [[str(n), "某", f"0371-6000000{n}"] for n in range(1, 6)]
    fields = extract_fields([whole_form(), grid(*people, title="人员")], ZHENGZHOU)
    assert fields["phone"].value is None


MEASURES = ["举办次数", "参演人数", "直接投入（万元）", "观摩人数"]


def overall(*figures: str, title: str = "表1") -> Grid:
    labels = MEASURES[: len(figures)]
    return grid([("总体情况", 1, len(labels))], labels, figures, title=title)


@pytest.mark.parametrize(
    ("second", "contradicts"),
    [
        (("13", "301", "7", "41"), True),
        (("13", "301", "7"), True),  # three of the four figures
        (("13", "301"), True),  # two, under the whole heading of both
        (("12", "300", "6"), False),  # the same figures once more
        (("", "", "", ""), False),
    ],
)
def test_a_second_copy_with_other_figures_contradicts_the_first(
    second: tuple[str, ...], contradicts: bool
) -> None:
    fields = extract_fields([overall("12", "300", "6", "40"), overall(*second, title="表2")],
                            ZHENGZHOU)  # fmt: skip
    drills = fields["overall.drills"]
    assert (drills.value, "；" in drills.where) == ((None, True) if contradicts else (12, False))


def test_a_piece_that_lacks_a_heading_contradicts_nothing() -> None:
    """A list of the townships' own figures, under the measures alone."""
    piece = grid(["乡镇", "举办次数", "参演人数"], ["某镇", "3", "80"], title="表2")
    fields = extract_fields([overall("12", "300", "6", "40"), piece], ZHENGZHOU)
    assert fields["overall.drills"].value == 12
    assert fields["overall.participants"].value == 300


@pytest.mark.parametrize(("rows", "found"), [(2, True), (3, False), (9, False)])
def test_a_line_of_its_own_names_the_telephone_and_a_list_does_not(rows: int, found: bool) -> None:
    line = grid(*[["联系电话", "0371-60000000"], *[["备注", "无"]] * (rows - 1), ["说明", "无"]],
                title="备注")  # fmt: skip
    fields = extract_fields([overall("12", "300", "6", "40"), line], ZHENGZHOU)
    assert (fields["phone"].value is not None) is found


def test_a_pair_that_is_broken_where_its_cell_is_narrow_is_one_pair() -> None:
    broken = grid(
        ["总体情况", "合计", "举办次数：\n14场", "参演人数：\n1360人次"],
        ["总体情况", "多部门联动综合\n演练次数：2场", "", ""],
    )
    read = values(extract_fields([broken], ZHENGZHOU))
    assert read == {
        "overall.drills": 14,
        "overall.participants": 1360,
        "overall.joint_drills": 2,
    }


@pytest.mark.parametrize("between", [0, 30, 120])
def test_the_last_line_of_a_table_is_read_however_far_from_the_first(between: int) -> None:
    """Instructions may stand between the parts of a form."""
    filler = [["填表说明", "请如实填写"]] * between
    table = grid(
        [("总体情况", 1, 2)],
        ["举办次数", "参演人数"],
        ["12", "300"],
        *filler,
        ["联系电话", "0371-60000000"],
    )
    fields = extract_fields([table], ZHENGZHOU)
    assert (fields["overall.drills"].value, fields["phone"].value) == (12, "0371-60000000")


_SMALL = {
    *("unit", "phone", "overall.drills", "overall.participants", "overall.spend_wan"),
    *("by_organiser.government.drills", "by_organiser.government.participants"),
    *("by_organiser.enterprise.drills", "by_organiser.enterprise.participants"),
    *("by_form.live", "by_form.tabletop"),
}
SMALL = ZHENGZHOU.model_copy(
    update={"fields": tuple(one for one in ZHENGZHOU.fields if one.key in _SMALL)}
)


@pytest.mark.parametrize("seed", [0, 7, 9, 14, 16, 21, 23, 44, 49, 59, 108, 141])
def test_a_form_that_a_seed_fills_in_comes_back_whole(seed: int) -> None:
    """Of 150 seeds those in which some change of the code is seen: quicker than drawn forms."""
    filled = fill_form(
        Seeded(seed), SMALL, *((tuple(LAYOUTS), True) if seed % 2 else (UNMERGED, False))
    )
    fields = extract_fields(filled.grids, SMALL)
    assert {key: field.value for key, field in fields.items()} == pytest.approx(filled.expected)


@pytest.mark.parametrize(
    ("lines", "expected"), small_grids("fields_of_small_grids.txt"), ids=" / ".join
)
def test_of_a_small_grid_is_read_what_is_written_down(
    lines: tuple[str, ...], expected: dict[str, str]
) -> None:
    found = {}
    for key, field in extract_fields([grid_of_lines(*lines)], SMALL).items():
        if field.where:
            cells = field.where.replace("表1 ", "").replace("；", " ")
            found[key] = f"{field.value} {cells}"
    assert found == expected


def test_a_code_of_digits_alone_is_read_from_its_cell_and_from_a_pair() -> None:
    spec = FormSpec(
        title="参赛表",
        recognised_by=(),
        labels={"作品题目": (), "邮政编码": (), "残疾证号": ()},
        fields=(
            FormField(key="title", path=("作品题目",), type="text"),
            FormField(key="postcode", path=("邮政编码",), type="text"),
            FormField(key="card", path=("残疾证号",), type="text"),
        ),
    )
    read = extract_fields(
        [grid_of_lines("作品题目|书香|邮政编码|450000", "残疾证号：4401-0119")], spec
    )
    values = {key: one.value for key, one in read.items()}
    assert values == {"title": "书香", "postcode": "450000", "card": "4401-0119"}
