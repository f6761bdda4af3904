"""The blank form as a workbook: read by openpyxl and, filled in, by our own reader."""

import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from make.forms import Filled, filled_forms, shipped_spec
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from mailbot.campaign.forms import FormSpec
from mailbot.inspection.documents.probe import read_document
from mailbot.judgement.form.checks import judge_form
from mailbot.judgement.form.fields import extract_fields
from mailbot.model import FieldValue, Grid
from mailbot.outbox.blankform.named import blank_form_for, with_name
from mailbot.outbox.blankform.workbook import write_blank_form

SPECS = [shipped_spec("zhengzhou-2017"), shipped_spec("jianghai-2017")]
BOTH = pytest.mark.parametrize("spec", SPECS, ids=["zhengzhou", "jianghai"])


def workbook_of(data: bytes) -> Workbook:
    return load_workbook(io.BytesIO(data))


def grids_of(data: bytes, folder: Path) -> tuple[Grid, ...]:
    path = folder / "form.xlsx"
    path.write_bytes(data)
    return read_document(path, "xlsx").grids


def cell_named(workbook: Workbook, key: str):  # type: ignore[no-untyped-def]  # openpyxl is untyped
    ((sheet, address),) = workbook.defined_names[f"mb.{key}"].destinations
    return workbook[sheet][address.replace("$", "")]


@BOTH
def test_every_field_has_a_hidden_name_of_its_own(spec: FormSpec) -> None:
    names = workbook_of(write_blank_form(spec)).defined_names
    assert set(names) == {f"mb.{one.key}" for one in spec.fields}
    assert all(name.hidden for name in names.values())
    assert len({name.attr_text for name in names.values()}) == len(spec.fields)


@BOTH
def test_every_label_and_unit_is_printed(spec: FormSpec) -> None:
    sheet = workbook_of(write_blank_form(spec)).active
    printed = "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)
    assert spec.title in printed
    assert "填报单位（盖章）" in printed
    for one in spec.fields:
        assert all(label in printed for label in one.path)
        assert not one.unit or f"{one.path[-1]}（{one.unit}）" in printed


@BOTH
def test_the_page_is_one_landscape_a4(spec: FormSpec) -> None:
    sheet = workbook_of(write_blank_form(spec)).active
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage


@BOTH
def test_counts_and_amounts_are_validated_as_not_negative(spec: FormSpec) -> None:
    workbook = workbook_of(write_blank_form(spec))
    kinds = {"count": "whole", "money_wan": "decimal"}
    for one in spec.fields:
        if one.type in kinds:
            cell = cell_named(workbook, one.key)
            (rule,) = [
                rule
                for rule in workbook.active.data_validations.dataValidation
                if cell.coordinate in rule.sqref
            ]
            assert (rule.type, rule.operator, rule.formula1) == (
                kinds[one.type],
                "greaterThanOrEqual",
                "0",
            )


@BOTH
def test_a_blank_form_is_read_as_unfilled(spec: FormSpec, tmp_path: Path) -> None:
    fields = extract_fields(grids_of(write_blank_form(spec), tmp_path), spec)
    assert all(field.value is None and field.where for field in fields.values())
    (finding,) = judge_form(fields, spec, seal=None, arrived_on=None)
    assert finding.code == "FORM_UNFILLED"


@BOTH
def test_a_filled_form_is_read_back_with_and_without_its_names(
    spec: FormSpec, tmp_path: Path
) -> None:
    @settings(
        max_examples=10,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(filled_forms(spec, layouts=("across",)))
    def round_trip(filled: Filled) -> None:
        written = {
            key: FieldValue(value, str(value), "")  # type: ignore[arg-type]  # plain values
            for key, value in filled.expected.items()
            if value is not None
        }
        grids = grids_of(write_blank_form(spec, fields=written), tmp_path)
        unnamed = [Grid(grid.title, grid.cells, grid.is_table) for grid in grids]
        for seen in (grids, unnamed):
            read = extract_fields(seen, spec)
            assert {key: one.value for key, one in read.items()} == pytest.approx(filled.expected)

    round_trip()


def test_a_wrong_cell_is_coloured_and_says_why() -> None:
    spec = SPECS[0]
    fields = {
        one.key: FieldValue(None, "", f"表1 A{row}") for row, one in enumerate(spec.fields, 1)
    }
    fields["overall.drills"] = FieldValue(None, "十几次", "表9 C5")
    fields["overall.joint_drills"] = FieldValue(2, "2", "表9 D5")
    findings = judge_form(fields, spec, seal=True, arrived_on=None)
    workbook = workbook_of(write_blank_form(spec, fields=fields, findings=findings))
    wrong, right = (
        cell_named(workbook, "overall.drills"),
        cell_named(workbook, "overall.joint_drills"),
    )
    assert wrong.value == "十几次"
    assert wrong.fill.fgColor.rgb == "FFFFC7CE"
    assert "请填写准确数字" in wrong.comment.text
    assert "表9" not in wrong.comment.text  # the address in another file would mislead
    assert right.value == 2
    assert right.comment is None


def test_a_cell_to_be_filled_is_empty_and_holds_no_sum_of_ours() -> None:
    spec = SPECS[0]
    fields = {
        one.key: FieldValue(3, "3", f"表1 A{row}")
        if one.type != "unit"
        else FieldValue("甲", "甲", "")
        for row, one in enumerate(spec.fields, 1)
    }
    for total in ("overall.drills", "overall.participants", "overall.spend_wan"):
        fields[total] = FieldValue(None, "", fields[total].where)
    findings = judge_form(fields, spec, seal=True, arrived_on=None)
    workbook = workbook_of(write_blank_form(spec, fields=fields, findings=findings))
    for total in ("overall.drills", "overall.participants", "overall.spend_wan"):
        cell = cell_named(workbook, total)
        assert cell.value is None
        assert "未填写" in cell.comment.text
    assert cell_named(workbook, "by_organiser.other.drills").value == 3
    empty = workbook_of(write_blank_form(spec))
    assert str(cell_named(empty, "overall.drills").value).startswith("=")


def test_a_column_the_form_lacked_is_marked_too() -> None:
    spec = SPECS[0]
    fields = {one.key: FieldValue(None, "", "") for one in spec.fields}
    fields["overall.drills"] = FieldValue(3, "3", "表1 A1")
    findings = judge_form(fields, spec, seal=True, arrived_on=None)
    workbook = workbook_of(write_blank_form(spec, fields=fields, findings=findings))
    assert "一栏" in cell_named(workbook, "filled_by").comment.text
    assert cell_named(workbook, "overall.drills").comment is None


@pytest.mark.parametrize("text", ["=1+1", "+1", "-cmd|' /C calc'!A0", "@SUM(A1)", "=HYPERLINK(1)"])
def test_no_text_from_outside_becomes_a_formula(text: str, tmp_path: Path) -> None:
    spec = SPECS[0]
    fields = {
        "unit": FieldValue(text, text, "表1 A1"),
        "overall.drills": FieldValue(None, text, "表1 A2"),
    }
    data = write_blank_form(spec, fields=fields)
    workbook = workbook_of(data)
    for key in fields:
        cell = cell_named(workbook, key)
        assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)
    read = extract_fields(grids_of(data, tmp_path), spec)
    assert read["overall.drills"].raw == text


def test_control_characters_and_long_texts_do_no_harm() -> None:
    spec = SPECS[0]
    text = "甲\x00\x0b乙" + "丙" * 40_000
    data = write_blank_form(spec, fields={"unit": FieldValue(text, text, "表1 A1")})
    assert cell_named(workbook_of(data), "unit").value.startswith("甲乙丙")


def test_a_section_with_many_groups_continues_below() -> None:
    spec = SPECS[0]
    template = next(one for one in spec.fields if one.key == "by_organiser.other.drills")
    groups = [f"第{number}类" for number in "一二三四五六七八九十"] * 2
    many = [
        template.model_copy(
            update={
                "key": f"many.g{chr(97 + n)}",
                "path": ("按组织单位分类", f"{name}{n}", "举办次数"),
            }
        )
        for n, name in enumerate(groups)
    ]
    wide = spec.model_copy(update={"fields": (*spec.fields[:2], *many), "checks": ()})
    workbook = workbook_of(write_blank_form(wide))
    rows = {cell_named(workbook, one.key).row for one in many}
    assert len(rows) == 2
    assert workbook.active.max_column <= 36


@BOTH
@pytest.mark.parametrize("unit", ["金水区", "A&B <局>", "=SUM(1)", " 二七区", "不在名录的单位"])
def test_a_form_for_one_unit_after_another_is_the_one_drawn_for_it(
    spec: FormSpec, unit: str
) -> None:
    names = ["中原区", "金水区", "二七区"]
    blank_form_for("中原区", spec, units=names, sheet_name="统计表")
    came = workbook_of(blank_form_for(unit, spec, units=names, sheet_name="统计表"))
    drawn = workbook_of(
        write_blank_form(spec, fields=with_name(unit, spec), units=names, sheet_name="统计表")
    )
    assert [sheet_of(one) for one in came] == [sheet_of(one) for one in drawn]
    assert any(unit.strip() in str(value) for _, value, *_ in sheet_of(came.worksheets[0]))


def sheet_of(sheet: Worksheet) -> list[tuple[str, object, str, str, bool]]:
    return [
        (one.coordinate, one.value, one.data_type, one.number_format, one.quotePrefix)
        for row in sheet.iter_rows()
        for one in row
    ]
