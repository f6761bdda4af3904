"""The blank form filled in and sent back: read without guessing, whatever program saved it."""

import io
import shutil
import subprocess
from pathlib import Path

import pytest
from make.forms import shipped_spec
from openpyxl import load_workbook

from mailbot.campaign.forms import FormSpec
from mailbot.inspection.documents.probe import read_document
from mailbot.judgement.form.checks import judge_form
from mailbot.judgement.form.fields import extract_fields, recognise_form
from mailbot.model import FieldValue, Grid
from mailbot.outbox.blankform.document import write_blank_document
from mailbot.outbox.blankform.layout import sums_of
from mailbot.outbox.blankform.workbook import write_blank_form

FLAT = FormSpec.model_validate(  # many fields without a heading over them: label beside value
    {
        "title": "双防演练统计表",
        "recognised_by": ["双防演练统计表"],
        "labels": {
            label: []
            for label in (
                *("填报单位", "演练次数（次）", "其中：防雷（次）", "其中：防火（次）", "参演人数"),
                *("发现问题（个）", "已整改问题（个）", "投入经费", "观摩人数（人）", "联系电话"),
            )
        },
        "fields": [
            {"key": "unit", "path": ["填报单位"], "type": "unit", "place": "header"},
            {"key": "drills", "path": ["演练次数（次）"], "type": "count"},
            {"key": "thunder", "path": ["其中：防雷（次）"], "type": "count"},
            {"key": "fire", "path": ["其中：防火（次）"], "type": "count"},
            {"key": "people", "path": ["参演人数"], "type": "count", "unit": "人"},
            {"key": "found", "path": ["发现问题（个）"], "type": "count"},
            {"key": "mended", "path": ["已整改问题（个）"], "type": "count"},
            {"key": "spend", "path": ["投入经费"], "type": "money_wan", "unit": "万元"},
            {"key": "guests", "path": ["观摩人数（人）"], "type": "count"},
            {"key": "phone", "path": ["联系电话"], "type": "phone", "place": "footer"},
        ],
        "checks": [
            {
                "code": "SUM",
                "test": "sum",
                "total": "drills",
                "parts": ["thunder", "fire"],
                "severity": "warning",
                "text": "应等于各项之和",
                "fix": "请核对",
                "basis": "office",
            }
        ],
    }
)
SPECS = [shipped_spec("zhengzhou-2017"), shipped_spec("jianghai-2017"), FLAT]
BOTH = pytest.mark.parametrize("spec", SPECS, ids=["zhengzhou", "jianghai", "flat"])
UNITS = ["测试区", "别的区"]
OFFICE = shutil.which("soffice")


def values_of(spec: FormSpec) -> dict[str, int | float | str]:
    """A value a field, each number another one, totals the sums of their parts."""
    words = {"unit": "测试区", "date": "2017-07-03", "phone": "0371-67182119", "person": "填表人甲"}
    values: dict[str, int | float | str] = {}
    for number, one in enumerate(spec.fields, start=11):
        if one.type in words:
            values[one.key] = words[one.type]
        else:
            values[one.key] = number if one.type == "count" else number + 0.25
    for total, parts in sums_of(spec).items():
        values[total] = sum(value for part in parts if not isinstance(value := values[part], str))
    return values


def filled_workbook(spec: FormSpec) -> bytes:
    """As Excel would leave it: values typed into the cells, totals left to their formulas."""
    workbook = load_workbook(io.BytesIO(write_blank_form(spec, units=UNITS)))
    for key, value in values_of(spec).items():
        ((sheet, address),) = workbook.defined_names[f"mb.{key}"].destinations
        if key not in sums_of(spec):
            workbook[sheet][address.replace("$", "")].value = value
    packed = io.BytesIO()
    workbook.save(packed)
    return packed.getvalue()


def filled_document(spec: FormSpec) -> bytes:
    """As Word would leave it: text in the content controls."""
    fields = {key: FieldValue(value, str(value), "") for key, value in values_of(spec).items()}
    return write_blank_document(spec, fields=fields, units=UNITS)


def grids_of(path: Path) -> tuple[Grid, ...]:
    document = read_document(path, path.suffix[1:])
    assert document.faults == ()
    return document.grids


def test_many_fields_without_a_heading_have_their_label_beside_them() -> None:
    sheet = load_workbook(io.BytesIO(write_blank_form(FLAT))).worksheets[0]
    rows = [[str(cell.value) for cell in row if cell.value] for row in sheet.iter_rows()]
    assert rows[1:4] == [
        ["填报单位"],
        ["演练次数（次）", '=IF(COUNT(E3,B4)=0,"",SUM(E3,B4))', "其中：防雷（次）"],
        ["其中：防火（次）", "参演人数（人）"],
    ]
    assert sheet.max_column == 6


@BOTH
def test_totals_add_up_their_parts_until_they_are_written_over(spec: FormSpec) -> None:
    workbook = load_workbook(io.BytesIO(write_blank_form(spec)))
    for total, parts in sums_of(spec).items():
        ((sheet, address),) = workbook.defined_names[f"mb.{total}"].destinations
        formula = workbook[sheet][address.replace("$", "")].value
        for part in parts:
            ((_, place),) = workbook.defined_names[f"mb.{part}"].destinations
            assert place.replace("$", "") in formula
    read = {total: FieldValue(5, "5", "") for total in sums_of(spec)}
    kept = load_workbook(io.BytesIO(write_blank_form(spec, fields=read)))
    for total in read:
        ((sheet, address),) = kept.defined_names[f"mb.{total}"].destinations
        assert kept[sheet][address.replace("$", "")].value == 5


def test_the_units_are_offered_in_a_list_of_any_length() -> None:
    units = [f"第{number}个很长名称的单位" for number in range(100)]
    workbook = load_workbook(io.BytesIO(write_blank_form(SPECS[0], units=units)))
    (offer,) = [
        rule
        for rule in workbook.worksheets[0].data_validations.dataValidation
        if rule.type == "list"
    ]
    ((sheet, address),) = workbook.defined_names["mb.unit"].destinations
    assert address.replace("$", "") in offer.sqref
    assert sheet == workbook.worksheets[0].title
    names = workbook["单位名录"]
    assert names.sheet_state == "hidden"
    assert [row[0].value for row in names.iter_rows()] == units
    assert offer.formula1 == "='单位名录'!$A$1:$A$100"


@BOTH
def test_a_blank_document_is_read_as_unfilled_and_recognised(
    spec: FormSpec, tmp_path: Path
) -> None:
    path = tmp_path / "form.docx"
    path.write_bytes(write_blank_document(spec, units=UNITS))
    grids = grids_of(path)
    fields = extract_fields(grids, spec)
    assert all(field.value is None and field.where for field in fields.values())
    assert recognise_form(grids, "", "附件.docx", spec)
    (finding,) = judge_form(fields, spec, seal=None, arrived_on=None)
    assert finding.code == "FORM_UNFILLED"


@BOTH
def test_a_filled_document_is_read_by_its_controls_and_by_its_labels(
    spec: FormSpec, tmp_path: Path
) -> None:
    path = tmp_path / "form.docx"
    path.write_bytes(filled_document(spec))
    grids = grids_of(path)
    assert {key for grid in grids for key in grid.names} == set(values_of(spec))
    unnamed = [Grid(grid.title, grid.cells, grid.is_table) for grid in grids]
    for seen in (grids, unnamed):
        read = extract_fields(seen, spec)
        assert {key: one.value for key, one in read.items()} == pytest.approx(values_of(spec))


def test_markup_in_a_value_or_a_name_stays_text(tmp_path: Path) -> None:
    spec = SPECS[0]
    text = '<w:t>"&区'
    path = tmp_path / "form.docx"
    fields = {"unit": FieldValue(text, text, "")}
    path.write_bytes(write_blank_document(spec, fields=fields, units=[text]))
    assert extract_fields(grids_of(path), spec)["unit"].raw == text


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("source", ["xlsx", "docx"])
def test_a_form_that_libreoffice_saved_anew_is_read(source: str, tmp_path: Path) -> None:
    """One run of the office a target format; both campaigns' forms in each."""
    assert OFFICE is not None
    if source == "docx" and not (Path(OFFICE).resolve().parent / "libswlo.so").is_file():
        pytest.skip("LibreOffice Writer is not installed")
    write = filled_workbook if source == "xlsx" else filled_document
    for number, spec in enumerate(SPECS):
        (tmp_path / f"form{number}.{source}").write_bytes(write(spec))
    targets = ["xlsx", "xls", "ods"] if source == "xlsx" else ["docx", "doc", "odt", "rtf"]
    for target in targets:
        command = [OFFICE, "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"]
        command += ["--convert-to", target, "--outdir", str(tmp_path / target)]
        command += [str(tmp_path / f"form{number}.{source}") for number in range(len(SPECS))]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        for number, spec in enumerate(SPECS):
            grids = grids_of(tmp_path / target / f"form{number}.{target}")
            if target in ("xlsx", "xls", "ods", "docx"):
                assert {key for grid in grids for key in grid.names} == set(values_of(spec))
            read = extract_fields(grids, spec)
            assert {key: one.value for key, one in read.items()} == pytest.approx(values_of(spec))
